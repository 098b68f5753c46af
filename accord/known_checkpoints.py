"""Checkpoints that a reader has from elsewhere, compared with what a report's entries lead to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accord.report_zip import BadReport
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable
from shared.tlog.fork import found
from shared.tlog.note import Note, NotSigned
from shared.tlog.policy import Policy
from shared.tlog.tree import Peaks, consistency, node_hash, root_of


@dataclass(frozen=True)
class Stretch:
    """A stretch of a log that leads to a signed checkpoint.

    Args:
        peaks: Of the tree at its start.
        hashes: Of its entries.
        newest: The checkpoint at its end.
        now: POSIX seconds.
    """

    policy: Policy
    peaks: Peaks
    hashes: Sequence[bytes]
    newest: bytes
    now: int

    def compared(self, raw: bytes, number: int) -> dict[str, Any]:
        """Return whether it is of the same history, of another, or cannot be told.

        Raises:
            BadReport: it is no checkpoint, or its log is not believed.
        """
        try:
            note = Note.parse(raw)
            checkpoint = Checkpoint.parse(note.text)
            newest = Note.parse(self.newest)
            if checkpoint.origin != Checkpoint.parse(newest.text).origin:
                return {"state": "other log", "origin": checkpoint.origin, "size": checkpoint.size}
            self.policy.judge(raw, self.now)
        except (NotSigned, Unreadable) as error:
            raise BadReport(f"Known checkpoint {number}: {error}") from error
        size, end = checkpoint.size, self.peaks.size + len(self.hashes)
        said = {"origin": checkpoint.origin, "size": size}
        if not self.peaks.size <= size <= end:
            return said | {"state": "outside"}
        grown = self.peaks.copy()
        grown.extend(self.hashes[: size - self.peaks.size])
        if grown.root() == checkpoint.root:
            return said | {"state": "same"}
        proof = [] if size == end else consistency(size, end, self._subtree)
        fork = found(note, newest, proof, self.policy.logs, self.now, grown.root())
        evidence = bytes(fork).decode() if fork is not None else None
        return said | {"state": "forked", "evidence": evidence}

    def _subtree(self, first: int, leaves: int) -> bytes:
        """Return the root of a complete subtree: a peak, of entries, or of smaller ones."""
        if first >= self.peaks.size:
            start = first - self.peaks.size
            return root_of(self.hashes[start : start + leaves])
        begins = 0
        for bit, peak in zip(_bits(self.peaks.size), self.peaks.hashes, strict=True):
            if (begins, bit) == (first, leaves):
                return peak
            begins += bit
        half = leaves // 2
        return node_hash(self._subtree(first, half), self._subtree(first + half, half))


def _bits(size: int) -> list[int]:
    return [1 << bit for bit in range(size.bit_length() - 1, -1, -1) if size >> bit & 1]
