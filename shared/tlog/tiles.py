"""Tiles and entry bundles: how a log lies as files that never change (C2SP tlog-tiles).

    <prefix>/tile/<level>/<n>[.p/<width>]      256 hashes; fewer at the right edge
    <prefix>/tile/entries/<n>[.p/<width>]      the entries of a tile of level 0

Tile n of level L holds the roots of the subtrees of 256^L leaves that begin at leaf n·256·256^L.
Only full tiles are hashed upward.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from shared.tlog.tree import HASH_BYTES, parents

WIDTH = 256
LEVELS = 64
LARGEST_ENTRY = 0xFFFF
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")


class BadPath(ValueError):
    """No tile lies there."""


class BadBundle(ValueError):
    """Bytes that are no bundle of entries: the message says where they are not."""


@dataclass(frozen=True)
class Tile:
    """Which tile, and how wide.

    Args:
        level: From 0, that of the leaf hashes; `None` for a bundle of entries.
        n: Its number in the level, from the left.
        width: Hashes or entries in it, 1 to 256.
    """

    level: int | None
    n: int
    width: int = WIDTH

    @classmethod
    def at(cls, path: str) -> Self:
        """Read a path below a log's prefix.

        Raises:
            BadPath: no tile lies there.
        """
        found = _PATH.fullmatch(path)
        if found is None:
            raise BadPath(path)
        where, number, width = found.groups()
        level = None if where == "entries" else int(where)
        n = int(number.replace("x", "").replace("/", ""))
        tile = cls(level, n, WIDTH if width is None else int(width))
        full = width is None and tile.width == WIDTH
        if (level or 0) >= LEVELS or not (full or 0 < tile.width < WIDTH) or tile.path != path:
            raise BadPath(path)
        return tile

    @property
    def path(self) -> str:
        where = "entries" if self.level is None else self.level
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{where}/{_number(self.n)}{partial}"

    @property
    def first(self) -> int:
        """The first leaf below it."""
        return self.n * WIDTH * self.span

    @property
    def span(self) -> int:
        """How many leaves each of its hashes stands for."""
        return int(WIDTH ** (self.level or 0))

    def within(self, size: int) -> bool:
        """Whether a log of a size has it, as wide as it is."""
        return self.first + self.width * self.span <= size


def tiles(size: int) -> Iterator[Tile]:
    """Yield the tiles of a log of a size, level by level; its partial ones too, no bundles."""
    level = 0
    while span := size // WIDTH**level:
        full, width = divmod(span, WIDTH)
        yield from (Tile(level, n) for n in range(full))
        if width:
            yield Tile(level, full, width)
        level += 1


def bundles(size: int) -> Iterator[Tile]:
    """Yield the entry bundles of a log of a size."""
    full, width = divmod(size, WIDTH)
    yield from (Tile(None, n) for n in range(full))
    if width:
        yield Tile(None, full, width)


def top(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a full tile."""
    if len(hashes) != WIDTH:
        raise ValueError(f"A full tile has {WIDTH} hashes, not {len(hashes)}.")
    while len(hashes) > 1:
        hashes = parents(hashes)
    return hashes[0]


def split(data: bytes) -> list[bytes]:
    """Return the hashes in a tile.

    Raises:
        ValueError: it ends inside one.
    """
    if len(data) % HASH_BYTES:
        raise ValueError(f"A tile holds hashes of {HASH_BYTES} bytes; this one has {len(data)}.")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def bundled(entries: Iterable[bytes]) -> bytes:
    """Return a bundle: each entry after its length as a big-endian u16.

    Raises:
        ValueError: an entry is beyond 65,535 bytes.
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise ValueError(f"An entry has {len(entry)} bytes; {LARGEST_ENTRY} are the most.")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def entries(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        BadBundle: it ends inside one.
    """
    found: list[bytes] = []
    at, end = 0, len(bundle)
    while at < end:
        stop = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > end or stop > end:
            raise BadBundle(f"The bundle ends inside its entry {len(found)}.")
        found.append(bundle[at + 2 : stop])
        at = stop
    return found


def _number(n: int) -> str:
    groups = [f"{n % 1_000:03d}"]
    while n := n // 1_000:
        groups.append(f"x{n % 1_000:03d}")
    return "/".join(reversed(groups))
