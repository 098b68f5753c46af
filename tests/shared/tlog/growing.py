"""A log for tests: leaves in memory, and everything straight from the definitions of RFC 6962."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note, Signer
from shared.tlog.witness import Request


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return MTH (2.1)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = _split(len(leaves))
    return sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def proof_of(old: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return PROOF (2.1.2): that the first `old` of these leaves are the beginning of all."""
    return () if old == 0 else _subproof(old, leaves, whole=True)


def _subproof(old: int, leaves: Sequence[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if old == len(leaves):
        return () if whole else (root_of(leaves),)
    split = _split(len(leaves))
    if old <= split:
        return (*_subproof(old, leaves[:split], whole=whole), root_of(leaves[split:]))
    return (*_subproof(old - split, leaves[split:], whole=False), root_of(leaves[:split]))


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


@dataclass
class GrowingLog:
    """A log with its key, which may be told to lie."""

    signer: Signer = field(
        default_factory=lambda: Signer("host.example/audit/c/7f3a", b"\x01" * 32)
    )
    leaves: list[bytes] = field(default_factory=list)

    def grow(self, count: int, what: str = "entry") -> "GrowingLog":
        """Append so many leaves; what differs in `what` is another history."""
        start = len(self.leaves)
        self.leaves += [f"{what} {number}".encode() for number in range(start, start + count)]
        return self

    def forked(self, at: int) -> "GrowingLog":
        """Return a log with the same key, and of its leaves only the first `at`."""
        return GrowingLog(self.signer, self.leaves[:at])

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.signer.name, len(self.leaves), root_of(self.leaves))

    @property
    def note(self) -> Note:
        text = str(self.checkpoint)
        return Note(text, (self.signer.sign(text),))

    def proof(self, old: int) -> tuple[bytes, ...]:
        return proof_of(old, self.leaves)

    def request(self, old: int) -> bytes:
        return bytes(Request(old, self.proof(old), self.note))

    def tile(self, level: int, number: int, width: int) -> bytes | None:
        """Return a hash tile of the current size, as tlog-tiles defines it."""
        each = 256**level
        starts = [(number * 256 + index) * each for index in range(width)]
        if not starts or starts[-1] + each > len(self.leaves):
            return None
        return b"".join(root_of(self.leaves[start : start + each]) for start in starts)
