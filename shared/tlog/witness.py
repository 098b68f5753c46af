"""What a witness answers to a log: it cosigns a checkpoint that holds all that it cosigned before.

The checks stand in the order of C2SP tlog-witness, and end in its status codes. They are pure: who
calls `weigh` holds the log's state from reading it until the new one is kept, and answers after.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from shared.tlog.checkpoint import Checkpoint, decimal
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.note import NOTE_BYTES, Note, NotSigned
from shared.tlog.policy import Log
from shared.tlog.tree import EMPTY, Unproved, verify_consistency

PROOF_LINES = 63
HASH_BYTES = 32
REQUEST_BYTES = NOTE_BYTES + 64 * 64
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


class Declined(Exception):
    """No cosignature.

    Args:
        body: What is answered: words, or the size that the witness holds.
    """

    def __init__(self, status: HTTPStatus, body: str, type_: str = PLAIN) -> None:
        super().__init__(body.rstrip("\n"))
        self.status, self.body, self.type = status, body.rstrip("\n") + "\n", type_


@dataclass(frozen=True)
class Request:
    """What a log asks with.

    Args:
        old: The size that the witness holds, as far as the log knows.
        proof: That the tree of this size is the beginning of the new one.
    """

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the body of a request.

        Raises:
            Unreadable: it is none.
        """
        if len(raw) > REQUEST_BYTES:
            raise Unreadable(f"The request has {len(raw)} bytes; {REQUEST_BYTES} are the most.")
        above, gap, note = raw.partition(b"\n\n")
        if not gap or not above.isascii():
            raise Unreadable("A request is `old SIZE`, a proof, an empty line and a checkpoint.")
        first, *proof = above.decode().split("\n")
        if not first.startswith("old "):
            raise Unreadable(f"The first line is `old SIZE`, not {shown(first)}.")
        if len(proof) > PROOF_LINES:
            raise Unreadable(f"The proof has {len(proof)} lines; {PROOF_LINES} are the most.")
        hashes = tuple(map(base64_bytes, proof))
        if any(len(each) != HASH_BYTES for each in hashes):
            raise Unreadable(f"Each line of the proof is a hash of {HASH_BYTES} bytes.")
        return cls(decimal(first.removeprefix("old ")), hashes, Note.parse(note))

    def __bytes__(self) -> bytes:
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return "\n".join(lines).encode() + b"\n\n" + bytes(self.note)


@dataclass(frozen=True)
class Examined:
    """A request of a log that is known, with a checkpoint that this log signed.

    Args:
        note: The checkpoint with the log's signatures that were checked, and no others.
        logs: All keys of the log, each for its sizes.
    """

    request: Request
    checkpoint: Checkpoint
    note: Note
    logs: tuple[Log, ...]


def examine(raw: bytes, logs: Mapping[str, Sequence[Log]], now: int) -> Examined:
    """Check what can be checked without knowing what the witness holds.

    Args:
        logs: By their origins.
        now: POSIX seconds.

    Raises:
        Declined: unreadable (400), of an unknown log (404), not signed by it (403), or from a size
            beyond its own (400).
    """
    try:
        request = Request.parse(raw)
        checkpoint = Checkpoint.parse(request.note.text)
    except Unreadable as error:
        raise Declined(HTTPStatus.BAD_REQUEST, str(error)) from error
    if checkpoint.origin not in logs:
        raise Declined(HTTPStatus.NOT_FOUND, f"The log {shown(checkpoint.origin)} is not known.")
    known = tuple(logs[checkpoint.origin])
    keys = [log.key for log in known if log.may_sign(checkpoint.size)]
    try:
        signed = request.note.verified(keys, now)
    except NotSigned as error:
        raise Declined(HTTPStatus.FORBIDDEN, str(error)) from error
    if request.old > checkpoint.size:
        raise Declined(
            HTTPStatus.BAD_REQUEST,
            f"The old size {request.old} is beyond the checkpoint's, {checkpoint.size}.",
        )
    note = Note(request.note.text, tuple(signature for _, signature in signed))
    return Examined(request, checkpoint, note, known)


def weigh(examined: Examined, held: Checkpoint | None) -> None:
    """Check that the log only grew.

    Args:
        held: What was cosigned last of this log.

    Raises:
        Declined: the witness holds another size (409), or the proof does not hold (422).
    """
    request, checkpoint = examined.request, examined.checkpoint
    size = held.size if held else 0
    if request.old != size:
        raise Declined(HTTPStatus.CONFLICT, str(size), SIZE)
    if checkpoint.size == 0 and checkpoint.root != EMPTY:
        raise _unproven("An empty tree has the root of the empty tree.")
    if size == 0 and request.proof:
        raise _unproven("From the empty tree there is nothing to prove.")
    if held is None or size == 0:
        return
    if checkpoint.size == size and checkpoint.root != held.root:
        raise _unproven(f"At size {size} this witness cosigned another root.")
    try:
        verify_consistency(size, checkpoint.size, request.proof, held.root, checkpoint.root)
    except Unproved as error:
        raise _unproven(f"The consistency proof from size {size} does not hold.") from error


def _unproven(why: str) -> Declined:
    return Declined(HTTPStatus.UNPROCESSABLE_ENTITY, why)
