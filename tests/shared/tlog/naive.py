"""A tree as its definition says, with nothing clever: what ours is compared with."""

from collections.abc import Sequence
from hashlib import sha256

from shared.tlog.tree import Span


def mth(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a tree with these leaf hashes (RFC 6962, 2.1)."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\x01" + mth(hashes[:half]) + mth(hashes[half:])).digest()


def span_of(hashes: Sequence[bytes]) -> Span:
    """Return what finds the roots of complete subtrees of a whole tree."""
    return lambda first, leaves: mth(hashes[first : first + leaves])
