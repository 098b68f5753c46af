"""A command on its way to the journal, and what can come of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.event import Context, Event
from shared.hot import AnyDecider, Reading

Fact = Callable[[Reading, Any, Any], Awaitable[object]]
"""(what may be read, the stream's state, the command) → a value that a rule asks for by type."""
Resolve = Callable[[Reading, Any, Any], Awaitable[Context]]
Beside = Callable[[Context, Sequence[Event]], Iterable[tuple[Any, ...]]]
"""(context, what was decided) → statements with their values: carried out in the transaction that
writes the events, or not at all. They hold what may stand in no journal."""
Line = tuple[UUID, bool]
"""Where a command waits: its coalition, and whether it is part of an import."""


class Stale(Exception):
    """The stream is no longer at the version that was read."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the stream is at version {version}")
        self.version = version


class KeyReused(Exception):
    """An idempotency key came again with another body."""


class Busy(Exception):
    """The journal cannot take or finish a command now; ask again with the same key."""


class Step:
    """A command on one stream, with the facts its rule needs; never changed once made.

    Not a frozen dataclass, as one is made for each command and those are made slowly.

    Args:
        begins: The key was drawn for this command: there can be no such stream yet.
        follows: It is what the step before brings about, with the authority of that one, which
            may have ended by it.
        beside: What is to be written beside the events.
        veiled: Nothing kept for repeats may lead to who asked, or say what.
    """

    __slots__ = (
        "begins", "beside", "command", "decider", "facts", "follows", "key", "stream", "veiled",
    )  # fmt: skip

    def __init__(
        self, decider: AnyDecider, key: UUID | str, command: Any, facts: tuple[Fact, ...] = (),
        *, begins: bool = False, follows: bool = False, beside: Beside | None = None,
        veiled: bool = False,
    ) -> None:  # fmt: skip
        self.begins = begins
        self.beside = beside
        self.veiled = veiled
        self.follows = follows
        self.decider = decider
        self.key = key
        self.command = command
        self.facts = facts
        self.stream = decider.stream(key)


class Repeat(NamedTuple):
    """How an exact repeat is known: scope, key, and a digest over key and body."""

    principal: str
    operation: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True)
class Written:
    """Where the stream stands; without events when nothing needed to happen."""

    stream: str
    version: int
    position: int
    events: tuple[Mapping[str, Any], ...] = ()
    replayed: bool = False
    skipped: bool = False

    def json(self) -> bytes:
        """Return the receipt, as it is stored and sent; made once."""
        made: bytes | None = self.__dict__.get("made")
        if made is None:
            said = {
                "stream": self.stream,
                "version": self.version,
                "position": self.position,
                "events": list(self.events),
            }
            made = self.__dict__["made"] = orjson.dumps(said)
        return made

    @classmethod
    def again(cls, answer: bytes) -> "Written":
        """Return a stored answer."""
        said = orjson.loads(answer)
        return cls(
            said["stream"], said["version"], said["position"], tuple(said["events"]), replayed=True
        )


@dataclass
class Ask:
    """A command on its way: its steps are written together or not at all.

    Args:
        resolve: Who asks, for whom, with which authority: checked under the lock, per step.
        if_match: The version that the first step's stream must be at.
        brings_to: The version that the first step brings its stream to; where the stream is
            already there, the command was carried out before and is passed over (imports).
    """

    coalition: UUID
    steps: tuple[Step, ...]
    resolve: Resolve
    repeat: Repeat | None = None
    if_match: int | None = None
    brings_to: int | None = None
    correlation: UUID | None = None
    causation: str | None = None
    traceparent: str | None = None
    since: float = field(default_factory=time.monotonic)
    skipped: int = 0
    answer: asyncio.Future[Written] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def imported(self) -> bool:
        return self.brings_to is not None

    @property
    def line(self) -> Line:
        return self.coalition, self.imported

    def settle(self, outcome: Written | Exception) -> None:
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)
