"""Ask witnesses for their cosignatures, all at once, and take what comes in time."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from shared.tlog.call import NoAnswer, Reply, call, joined
from shared.tlog.checkpoint import Checkpoint, decimal
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.note import Note, NotSigned, Signature
from shared.tlog.policy import Witness
from shared.tlog.witness import SIZE, Request

ROUND_SECONDS = 5.0
Prove = Callable[[int], Sequence[bytes]]
"""Return the consistency proof from a size to the checkpoint's; called from several threads."""


@dataclass(frozen=True)
class Answer:
    """What became of asking one witness.

    Args:
        signatures: Its cosignatures, checked; none where it gave none.
        why: In words, where it gave none.
        holds: The size that it cosigned last, where it said so.
    """

    witness: Witness
    signatures: tuple[Signature, ...] = ()
    why: str = ""
    holds: int | None = None


def submit(
    note: Note,
    witnesses: Sequence[Witness],
    olds: Mapping[bytes, int],
    prove: Prove,
    seconds: float = ROUND_SECONDS,
) -> Iterator[Answer]:
    """Yield one answer a witness, as they come; whoever is late is told as late.

    A witness that holds another size than expected is asked again, from the size it names.

    Args:
        note: A checkpoint with the log's signature.
        olds: The size that each witness is expected to hold, by its name; 0 where unknown.
        seconds: For the whole round.
    """
    ends = time.monotonic() + seconds
    answers: queue.Queue[Answer] = queue.Queue()

    def ask(witness: Witness) -> None:
        try:
            answers.put(_asked(note, witness, olds.get(witness.name, 0), prove, ends))
        except NoAnswer as error:
            answers.put(Answer(witness, why=str(error)))
        except Exception as error:  # noqa: BLE001 - of a thread nobody else would hear
            answers.put(Answer(witness, why=f"{type(error).__name__}: {error}"))

    for witness in witnesses:
        threading.Thread(target=ask, args=(witness,), daemon=True).start()
    waited_for = {witness.name: witness for witness in witnesses}
    while waited_for:
        try:
            answer = answers.get(timeout=max(ends - time.monotonic(), 0))
        except queue.Empty:
            break
        del waited_for[answer.witness.name]
        yield answer
    for witness in waited_for.values():
        yield Answer(witness, why=f"No answer within {seconds:g} s.")


def _asked(note: Note, witness: Witness, old: int, prove: Prove, ends: float) -> Answer:
    if witness.url is None:
        return Answer(witness, why="The policy has no address for it.")
    size = Checkpoint.parse(note.text).size
    reply = _reply(note, witness.url, old, prove, ends)
    holds = _holds(reply)
    if holds is not None and holds != old and holds <= size:
        old = holds
        reply = _reply(note, witness.url, old, prove, ends)
        holds = _holds(reply)
    if holds is not None:
        ahead = f"It holds size {holds}, which is beyond {size}." if holds > size else ""
        return Answer(witness, why=ahead or f"It holds size {holds} by now.", holds=holds)
    if reply.status != HTTPStatus.OK:
        said = shown(reply.body.decode(errors="replace").strip())
        return Answer(witness, why=f"It answered {reply.status}: {said}")
    try:
        signatures = cosignatures_in(reply.body, note, witness)
    except (NotSigned, Unreadable) as error:
        return Answer(witness, why=f"Its answer is no cosignature. {error}")
    return Answer(witness, signatures, holds=size)


def cosignatures_in(body: bytes, note: Note, witness: Witness) -> tuple[Signature, ...]:
    """Return a witness's signatures out of its answer.

    Raises:
        Unreadable: it is no list of signature lines.
        NotSigned: none is of the witness, or one is false.
    """
    answered = Note.parse(note.text.encode() + b"\n" + body)
    if answered.text != note.text:
        raise Unreadable("There is an empty line in it.")
    found = answered.verified([witness.key], int(time.time()))
    return tuple(signature for _, signature in found)


def _reply(note: Note, url: str, old: int, prove: Prove, ends: float) -> Reply:
    request = Request(old, tuple(prove(old)) if old else (), note)
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise NoAnswer("no time is left.")
    return call("POST", joined(url, "add-checkpoint"), seconds=seconds, body=bytes(request))


def _holds(reply: Reply) -> int | None:
    """Return the size in an answer 409."""
    if reply.status != HTTPStatus.CONFLICT or reply.type != SIZE:
        return None
    try:
        return decimal(reply.body.decode("ascii").removesuffix("\n"))
    except (UnicodeDecodeError, Unreadable):
        return None
