"""Evidence that a log forked: two checkpoints with its signature that cannot both be true.

Of one size, they have different roots. Of two sizes, a consistency proof shows which root the
larger tree has at the smaller size, and that is not the root that was signed for it. Nobody without
the log's key can make either, and nobody needs to be asked to check it.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, base64_bytes
from shared.tlog.note import Note, NotSigned
from shared.tlog.policy import Log
from shared.tlog.tree import Unproved, verify_consistency

FORMAT = "accord-fork/1"
FORK_BYTES = 4 << 20
_OTHER = f"This is no evidence of the format {FORMAT}."


class NoFork(ValueError):
    """What was given does not show that a log forked: the message says why."""


@dataclass(frozen=True)
class Fork:
    """Two checkpoints, each with the log's signature.

    Args:
        older: The one of the smaller size; of one size, either.
        root: Of the tree of `newer` at the size of `older`.
        proof: That it has this root there; empty where both are of one size.
    """

    older: Note
    newer: Note
    root: bytes
    proof: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a file of evidence; nothing of it is checked yet.

        Raises:
            Unreadable: it is none.
        """
        if len(raw) > FORK_BYTES:
            raise Unreadable(f"The evidence has {len(raw)} bytes; {FORK_BYTES} are the most.")
        try:
            held: Any = json.loads(raw)
            form = held["format"]
            older, newer = (Note.parse(held[name].encode()) for name in ("older", "newer"))
            root, *proof = map(base64_bytes, [held["root"], *held["proof"]])
        except Unreadable:
            raise
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise Unreadable(_OTHER) from error
        if form != FORMAT:
            raise Unreadable(_OTHER)
        return cls(older, newer, root, tuple(proof))

    def __bytes__(self) -> bytes:
        held = {
            "format": FORMAT,
            "older": bytes(self.older).decode(),
            "newer": bytes(self.newer).decode(),
            "root": base64.b64encode(self.root).decode(),
            "proof": [base64.b64encode(each).decode() for each in self.proof],
        }
        return json.dumps(held, indent=2, ensure_ascii=False).encode() + b"\n"

    def check(self, logs: Iterable[Log], now: int) -> tuple[Checkpoint, Checkpoint]:
        """Return the two checkpoints, once it is sure that they contradict each other.

        Args:
            logs: The log's keys, from a source other than this file, each for its sizes.
            now: POSIX seconds.

        Raises:
            NotSigned: the log did not sign both.
            NoFork: both can be true, or it is not shown that they cannot.
            Unreadable: one of them is no checkpoint.
        """
        older, newer = (Checkpoint.parse(note.text) for note in (self.older, self.newer))
        trusted = list(logs)
        for note, checkpoint in ((self.older, older), (self.newer, newer)):
            note.verified([log.key for log in trusted if log.may_sign(checkpoint.size)], now)
        if older.origin != newer.origin:
            raise NoFork("These are checkpoints of two logs.")
        if older.root == self.root:
            raise NoFork("The newer checkpoint holds all of the older one.")
        if not _has_at(newer, older.size, self.root, self.proof):
            raise NoFork("It is not shown which root the newer checkpoint has at the older size.")
        return older, newer


def found(
    older: Note,
    newer: Note,
    proof: Sequence[bytes],
    logs: Iterable[Log],
    now: int,
    root: bytes = b"",
) -> Fork | None:
    """Return the evidence that lies in a proof which does not fit the older checkpoint, if any.

    Args:
        proof: From the size of `older` to that of `newer`, as the log gave it.
        root: Of the newer tree at the older size, where it is known. A proof holds it too, save
            from a size that is a power of two: such a proof alone shows that something is wrong,
            but not what.
    """
    old, new = (Checkpoint.parse(note.text) for note in (older, newer))
    if old.size == new.size:
        fork = Fork(older, newer, new.root)
    else:
        fork = Fork(older, newer, root or root_at(old.size, new.size, proof), tuple(proof))
    try:
        fork.check(logs, now)
    except (NoFork, NotSigned):
        return None
    return fork


def root_at(old: int, new: int, proof: Sequence[bytes]) -> bytes:
    """Return the root at size `old` that a consistency proof was made for; `b""`: not in it.

    The first half of RFC 9162, 2.1.4.2: of the tree of size `new` it says nothing.
    """
    if not proof or not 0 < old < new or old & (old - 1) == 0:
        return b""
    fn, sn, root = old - 1, new - 1, proof[0]
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    for each in proof[1:]:
        if fn & 1 or fn == sn:
            root = sha256(b"\x01" + each + root).digest()
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    return root


def _has_at(newer: Checkpoint, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    try:
        verify_consistency(size, newer.size, proof, root, newer.root)
    except Unproved:
        return False
    return True
