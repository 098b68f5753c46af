"""A tree as its definition says, with nothing clever: what ours is compared with."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from shared.tlog.tree import Span


class Defined:
    """A tree of any size, by the definitions of RFC 6962; each subtree is made once."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self._hashes = hashes
        self.root = cache(self._root)

    def _root(self, first: int, end: int) -> bytes:
        """Return MTH(D[first:end]) (2.1)."""
        if end - first < 2:
            return self._hashes[first] if end > first else sha256(b"").digest()
        split = first + _half(end - first)
        return sha256(b"\x01" + self.root(first, split) + self.root(split, end)).digest()

    def path(self, at: int, first: int, end: int) -> list[bytes]:
        """Return PATH(at, D[first:end]) (2.1.1)."""
        if end - first == 1:
            return []
        split = first + _half(end - first)
        if at < split:
            return [*self.path(at, first, split), self.root(split, end)]
        return [*self.path(at, split, end), self.root(first, split)]

    def proof(self, old: int, first: int, end: int, *, whole: bool = True) -> list[bytes]:
        """Return SUBPROOF(old, D[first:end], whole) (2.1.2)."""
        if old == end - first:
            return [] if whole else [self.root(first, end)]
        half = _half(end - first)
        split = first + half
        if old <= half:
            return [*self.proof(old, first, split, whole=whole), self.root(split, end)]
        return [*self.proof(old - half, split, end, whole=False), self.root(first, split)]

    def span(self, first: int, leaves: int) -> bytes:
        return self.root(first, first + leaves)


def mth(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree with these leaf hashes (RFC 6962, 2.1)."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = _half(len(hashes))
    return sha256(b"\x01" + mth(hashes[:half]) + mth(hashes[half:])).digest()


def span_of(hashes: Sequence[bytes]) -> Span:
    """Return what finds the roots of complete subtrees of a whole tree."""
    return lambda first, leaves: mth(hashes[first : first + leaves])


def _half(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half
