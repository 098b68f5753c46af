"""What a figure rests on: its events, or how many they are and the root over them (T2).

The root is that of RFC 6962 over the events' leaf hashes: a node is the hash of 0x01, its left
and its right half, and a list is halved at the largest power of two smaller than its length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from shared.event import Ref, base64url

SHOWN = 50
EMPTY = sha256(b"").digest()


class Cited(NamedTuple):
    """An event a figure rests on."""

    service: str
    position: int
    leaf: bytes

    @property
    def ref(self) -> Ref:
        return f"{self.service}/{self.position}"


def leaf_hash(entry: bytes) -> bytes:
    """Return the leaf hash of an event's bytes."""
    return sha256(b"\x00" + entry).digest()


@dataclass(frozen=True)
class Range:
    """A list of leaf hashes, kept as the roots of its complete subtrees, largest first.

    A list that only grows never needs its earlier leaves again.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extend(self, leaves: Iterable[bytes]) -> "Range":
        """Return the list with `leaves` after its own."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node, carry = leaf, size
            while carry & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                carry >>= 1
            peaks.append(node)
            size += 1
        return Range(size, tuple(peaks))

    def root(self) -> bytes:
        """Return the root over the whole list."""
        if not self.peaks:
            return EMPTY
        *left, node = self.peaks
        for peak in reversed(left):
            node = sha256(b"\x01" + peak + node).digest()
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the RFC 6962 root over leaf hashes."""
    return Range().extend(leaves).root()


def cite(events: Sequence[Cited]) -> dict[str, Any]:
    """Return `refs`, or above fifty events `refs_count` and `refs_root`."""
    if len(events) > SHOWN:
        return cite_range(Range().extend(leaf for _, _, leaf in events))
    return {"refs": [event.ref for event in events]}


def cite_unseen(events: Sequence[Cited]) -> dict[str, Any]:
    """Return count and root of events that the reader may not see, however few they are.

    Their positions would say when something happened between two others, and beside what.
    """
    return cite_range(Range().extend(leaf for _, _, leaf in events))


def cite_stream(service: str, events: Sequence[tuple[int, bytes]]) -> dict[str, Any]:
    """Return the same of events of one service, known by position and leaf hash."""
    if len(events) > SHOWN:
        return cite_range(Range().extend(leaf for _, leaf in events))
    return {"refs": [f"{service}/{position}" for position, _ in events]}


def cite_range(events: Range) -> dict[str, Any]:
    """Return the count and the root of a list that is known by its subtrees only."""
    return {"refs_count": events.size, "refs_root": base64url(events.root())}
