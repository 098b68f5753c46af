"""Merkle trees of RFC 6962 (2.1, SHA-256): roots, and proofs as RFC 9162 (2.1.3, 2.1.4) has them.

    MTH({})   = SHA-256("")
    leaf hash = SHA-256(0x00 ‖ leaf)
    node hash = SHA-256(0x01 ‖ left ‖ right)

A tree of n leaves is split at the largest power of two below n. Its peaks are the roots of the
complete subtrees that n's binary digits name, the largest first: with them a tree grows, and its
root is known, without its leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH_BYTES = 32
EMPTY = sha256(b"").digest()

Span = Callable[[int, int], bytes]
"""(first leaf, how many: a power of two, which divides the first) → root of that subtree."""


class Unproved(ValueError):
    """A proof that proves nothing: the message says what does not fit."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the level above an even number of nodes."""
    pairs = iter(hashes)
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)
    ]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree with these leaf hashes, in order."""
    peaks = Peaks()
    peaks.extend(hashes)
    return peaks.root()


@dataclass
class Peaks:
    """A tree as far as it has to be known to grow.

    Args:
        size: Leaves.
        hashes: Roots of its complete subtrees, the largest first; as many as `size` has ones.
    """

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.hashes) != self.size.bit_count():
            raise Unproved(f"A tree of {self.size} leaves has {self.size.bit_count()} peaks.")

    def copy(self) -> "Peaks":
        """Return the same tree, to grow by itself."""
        return Peaks(self.size, list(self.hashes))

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Append leaf hashes."""
        at, end = 0, len(leaves)
        while at < end:
            span = self._span(end - at)
            if span == 1:
                self._push(leaves[at], 1)
            else:
                level: Sequence[bytes] = leaves[at : at + span]
                while len(level) > 1:
                    level = parents(level)
                self._push(level[0], span)
            at += span

    def _span(self, most: int) -> int:
        """Return the largest complete subtree that can stand next, of `most` leaves at most."""
        fits = 1 << (most.bit_length() - 1)
        return min(fits, self.size & -self.size) if self.size else fits

    def _push(self, top: bytes, leaves: int) -> None:
        while self.size & leaves:
            top = node_hash(self.hashes.pop(), top)
            self.size -= leaves
            leaves <<= 1
        self.hashes.append(top)
        self.size += leaves

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.hashes:
            return EMPTY
        *others, root = self.hashes
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def spans(first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the complete subtrees, as (first leaf, leaves), that make up leaves [first, end)."""
    while first < end:
        span = 1 << ((end - first).bit_length() - 1)
        if first:
            span = min(span, first & -first)
        yield first, span
        first += span


def subtree(first: int, end: int, span: Span) -> bytes:
    """Return the root of the leaves [first, end), which begin where a subtree of a tree does."""
    tops = [span(*each) for each in spans(first, end)]
    root = tops.pop()
    for peak in reversed(tops):
        root = node_hash(peak, root)
    return root


def inclusion(index: int, size: int, span: Span) -> list[bytes]:
    """Return the proof that a leaf is in a tree: the hashes beside its path, its sibling first.

    Raises:
        Unproved: there is no such leaf.
    """
    if not 0 <= index < size:
        raise Unproved(f"A tree of {size} leaves has no leaf {index}.")
    proof, first, end = [], 0, size
    while end - first > 1:
        split = first + _split(end - first)
        if index < split:
            proof.append(subtree(split, end, span))
            end = split
        else:
            proof.append(subtree(first, split, span))
            first = split
    return proof[::-1]


def consistency(old: int, new: int, span: Span) -> list[bytes]:
    """Return the proof that a tree of `old` leaves is the beginning of one of `new` leaves.

    Raises:
        Unproved: `old` is not from 0 to `new`.
    """
    if not 0 <= old <= new:
        raise Unproved(f"A tree of {new} leaves has no beginning of {old}.")
    if old in (0, new):
        return []
    proof, first, end, whole = [], 0, new, True
    while end != old:
        split = first + _split(end - first)
        if old <= split:
            proof.append(subtree(split, end, span))
            end = split
        else:
            proof.append(subtree(first, split, span))
            first, whole = split, False
    if not whole:
        proof.append(subtree(first, end, span))
    return proof[::-1]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a tree holds a leaf hash at a place (RFC 9162, 2.1.3.2).

    Raises:
        Unproved: it does not follow.
    """
    if not 0 <= index < size:
        raise Unproved(f"A tree of {size} leaves has no leaf {index}.")
    _check_lengths(leaf, root, *proof)
    at, last, top = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise Unproved(f"The proof of leaf {index} is too long.")
        if at & 1 or at == last:
            top = node_hash(beside, top)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            top = node_hash(top, beside)
        at, last = at >> 1, last >> 1
    if last:
        raise Unproved(f"The proof of leaf {index} is too short.")
    if top != root:
        raise Unproved(f"The proof of leaf {index} leads to another root.")


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that one tree is the beginning of another (RFC 9162, 2.1.4.2).

    From size 0 every tree grows: the proof is empty, and the old root that of no leaves.

    Raises:
        Unproved: it does not follow.
    """
    if not 0 <= old_size <= new_size:
        raise Unproved(f"A tree of {new_size} leaves has no beginning of {old_size}.")
    _check_lengths(*proof)
    if old_size in (0, new_size):
        _check_unproved(old_size, new_size, proof, old_root, new_root)
        return
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else [*proof]
    if not hashes:
        raise Unproved("The proof is empty.")
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            raise Unproved("The proof is too long.")
        if at & 1 or at == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        at, last = at >> 1, last >> 1
    if last:
        raise Unproved("The proof is too short.")
    if old != old_root:
        raise Unproved(f"The proof leads to another root of {old_size} leaves.")
    if new != new_root:
        raise Unproved(f"The proof leads to another root of {new_size} leaves.")


def _check_unproved(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check what needs no proof: a tree and itself, and what began with no leaves."""
    if proof:
        raise Unproved("Where nothing has to be proved, the proof is empty.")
    if old_size == new_size and old_root != new_root:
        raise Unproved(f"Two roots of a tree of {old_size} leaves.")
    if old_size == 0 and old_root != EMPTY:
        raise Unproved("A tree of no leaves has the root of no leaves.")


def _check_lengths(*hashes: bytes) -> None:
    for each in hashes:
        if len(each) != HASH_BYTES:
            raise Unproved(f"A hash has {HASH_BYTES} bytes; this one has {len(each)}.")


def _split(size: int) -> int:
    """Return the largest power of two below a size of 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)
