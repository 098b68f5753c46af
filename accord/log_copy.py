"""Where a log is read: at its address, in a folder that holds the same files, or in both."""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from shared.tlog.call import call, joined
from shared.tlog.tiles import LARGEST_ENTRY, WIDTH, BadBundle, Tile, bundles, entries, split, tiles
from shared.tlog.tree import EMPTY, HASH_BYTES, consistency, parents, subtree

SECONDS = 20.0
LARGEST_FILE = WIDTH * (LARGEST_ENTRY + 2)
CHECKPOINT = "checkpoint"


class Absent(Exception):
    """A file of the log is not there: the message says which, and what came instead."""


class Altered(Exception):
    """What is served is not what was copied before: the message says which entry, or file."""


class Site(Protocol):
    """A log's files by their paths below its prefix (C2SP tlog-tiles)."""

    def get(self, path: str) -> bytes:
        """Return a file.

        Raises:
            Absent: it is not there, or not for whoever asks.
            NoAnswer: nobody answers there.
        """


@dataclass(frozen=True)
class Address:
    """A log at its prefix.

    Args:
        token: For the entries of a coalition that shows them to members alone.
    """

    url: str
    token: str | None = field(default=None, repr=False)

    def get(self, path: str) -> bytes:
        url = joined(self.url, path)
        reply = call("GET", url, seconds=SECONDS, token=self.token, at_most=LARGEST_FILE)
        if reply.status != HTTPStatus.OK:
            raise Absent(f"{url} answered {reply.status}.")
        return reply.body


@dataclass(frozen=True)
class Folder:
    """A log as files."""

    path: Path

    def get(self, path: str) -> bytes:
        try:
            return (self.path / path).read_bytes()
        except OSError as error:
            raise Absent(f"{self.path / path}: {error.strerror}.") from error


@dataclass(frozen=True)
class Mirror:
    """A folder that takes what it lacks from elsewhere, and keeps it once all was verified.

    Until then what is new lies in `<folder>/.new`: of a scan that broke off it is used again, and
    verified again.

    Args:
        afresh: Ask for everything again, and compare it with what the folder has.
    """

    path: Path
    source: Site
    afresh: bool = False

    def get(self, path: str) -> bytes:
        if path == CHECKPOINT:
            return self.source.get(path)
        kept = self.path / path
        if self.afresh:
            content = self.source.get(path)
            if kept.is_file() and kept.read_bytes() != content:
                raise Altered(_difference(path, kept.read_bytes(), content))
        else:
            for held in (kept, self._new / path):
                if held.is_file():
                    return held.read_bytes()
            content = self.source.get(path)
        _write(self._new / path, content)
        return content

    def known(self) -> bytes | None:
        """Return the checkpoint up to which the folder was verified before."""
        held = self.path / CHECKPOINT
        return held.read_bytes() if held.is_file() else None

    def keep(self, checkpoint: bytes) -> None:
        """Keep what is new, and the checkpoint last: it says that all below it is there."""
        for new in sorted(self._new.rglob("*")):
            if new.is_file():
                at = self.path / new.relative_to(self._new)
                at.parent.mkdir(parents=True, exist_ok=True)
                new.replace(at)
        self.drop()
        _write(self.path / CHECKPOINT, checkpoint)

    def drop(self) -> None:
        """Forget what is new."""
        shutil.rmtree(self._new, ignore_errors=True)

    @property
    def _new(self) -> Path:
        return self.path / ".new"


@dataclass(frozen=True)
class LogTiles:
    """The hash tiles of a log at one size, read when needed; nothing vouches for them yet."""

    site: Site
    size: int
    tiles: dict[tuple[int, int], list[bytes]] = field(default_factory=dict)

    def proof(self, old: int) -> tuple[bytes, ...]:
        """Return the consistency proof from a size to this one."""
        return tuple(consistency(old, self.size, self._top))

    def root_at(self, size: int) -> bytes:
        return subtree(0, size, self._top) if size else EMPTY

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return a tile's hashes, of the whole tile where the partial one is gone.

        Raises:
            Absent: it is not there, or not as long as it has to be.
        """
        content, width = read(self.site, tile)
        if len(content) != width * HASH_BYTES:
            raise Absent(f"{tile.path} has {len(content)} bytes; it holds {width} hashes.")
        return split(content[: tile.width * HASH_BYTES])

    def _top(self, first: int, leaves: int) -> bytes:
        """Return the root of a complete subtree, from the highest level of tiles that has it."""
        level = (leaves.bit_length() - 1) // 8
        number, at = divmod(first // WIDTH**level, WIDTH)
        if (level, number) not in self.tiles:
            width = min((self.size >> 8 * level) - number * WIDTH, WIDTH)
            self.tiles[level, number] = self.hashes(Tile(level, number, width))
        hashes = self.tiles[level, number][at : at + leaves // WIDTH**level]
        while len(hashes) > 1:
            hashes = parents(hashes)
        return hashes[0]


def export(source: Site, folder: Path, size: int) -> int:
    """Copy a log's files as they are served, and verify none; return how many there are.

    Raises:
        Absent: one is not there.
        NoAnswer: nobody answers.
    """
    paths = [tile.path for tile in (*tiles(size), *bundles(size))]
    for path in paths:
        _write(folder / path, source.get(path))
    for path in ("about", "policy"):
        with suppress(Absent):
            _write(folder / path, source.get(path))
    return len(paths) + 1


def leaves_of(site: Site, bundle: Tile) -> list[bytes]:
    """Return the entries of a bundle, of the whole one where the partial one is gone.

    Raises:
        Absent: it is not there, or has fewer or more.
        BadBundle: it ends inside an entry.
    """
    content, width = read(site, bundle)
    found = entries(content)
    if len(found) != width:
        raise Absent(f"{bundle.path} has {len(found)} entries; it holds {width}.")
    return found[: bundle.width]


def read(site: Site, tile: Tile) -> tuple[bytes, int]:
    """Return a tile or bundle, and how wide it is: the full one where a partial one is gone."""
    try:
        return site.get(tile.path), tile.width
    except Absent as absent:
        if tile.width == WIDTH:
            raise
        try:
            return site.get(Tile(tile.level, tile.n).path), WIDTH
        except Absent:
            raise absent from None


def _difference(path: str, kept: bytes, served: bytes) -> str:
    """Return which entry of a bundle differs, or that a tile does."""
    tile = Tile.at(path)
    if tile.level is None:
        with suppress(BadBundle):
            pairs = zip(entries(kept), entries(served), strict=False)
            for index, (ours, theirs) in enumerate(pairs, tile.first):
                if ours != theirs:
                    return (
                        f"Entry {index}, {place(ours)}, is served otherwise than it was copied "
                        "before."
                    )
    return f"{path} is served otherwise than it was copied before."


def place(leaf: bytes) -> str:
    """Return in a few words what an entry is, and where it was recorded."""
    try:
        said = json.loads(leaf)
        kind, service = said["type"].rpartition(".")[2], said["source"].rpartition("/")[2]
        return f"{kind} at {service} {int(said['sequence'])}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{len(leaf)} bytes"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
