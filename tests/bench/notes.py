"""What the append rows write: a note of 401 bytes, with or without two values sealed beside it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.ask import Ask, Repeat, Step
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text
from shared.hot import Reading, Rules

WORDS = ("We met, we spoke, and we wrote down what we had agreed to do until we meet again. " * 5)[
    :380
]
REASON = "Because it saves each of us a day a month."
COALITION = UUID(int=0xACC0)
SOMEBODY = UUID(int=0x50)


class Note(Command):
    words: str
    reason: Text | None = None


class Noted(Event):
    """Two values stay out of the bytes: the reason, and who acted."""

    words: str
    reason: Sealed[Text]


class PlainlyNoted(Event):
    """All of it stands in the bytes."""

    unsigned = True
    words: str


@dataclass(frozen=True)
class Notes:
    taken: int = 0


def decide(command: Note, notes: Notes, _context: Context) -> list[Noted | PlainlyNoted]:
    if notes.taken < 0:
        raise Refused("torn", "The notebook is torn.")
    if command.reason is None:
        return [PlainlyNoted(words=command.words)]
    return [Noted(words=command.words, reason=Sealed(command.reason))]


def evolve(notes: Notes, _event: Noted | PlainlyNoted) -> Notes:
    return Notes(notes.taken + 1)


decider: Decider[Note, Notes, Noted | PlainlyNoted] = Decider(
    "note", Noted | PlainlyNoted, Notes(), decide, evolve
)
SEALED = Note(words=WORDS, reason=Text(lang="en", text=REASON))
PLAIN = Note(words=WORDS)


def rules(service: str) -> Rules:
    return Rules(service, (decider,), ())


async def _acts(read: Reading, _state: Any, _command: Any) -> Context:
    at = read.context.at
    return Context(COALITION, SOMEBODY, None, at, credential="app_user", authority="full")


def ask(command: Note, stream: UUID, key: str) -> Ask:
    """Return a command on its way, with an idempotency key as every command has one."""
    step = Step(decider, stream, command)
    return Ask(COALITION, (step,), _acts, Repeat("somebody", "POST /notes", key, bytes(32)))
