"""A domain of its own for the timers' tests: eggs that are put in, and come out by themselves."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from pydantic import AwareDatetime

from shared.ask import Ask, Step, Written
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Moment, Recorded
from shared.hot import Rules
from shared.inbox import Reader
from shared.journal import Journal
from shared.service import TIMERS
from shared.source import Own
from shared.timers import Agenda, Due, Timer, Timers
from tests.shared.jars import Shop, acts, shop, writing


class PutIn(Command):
    until: Moment


class TakeOut(Command):
    pass


class EggPutIn(Event):
    until: AwareDatetime


class EggTakenOut(Event):
    pass


@dataclass(frozen=True)
class Egg:
    until: datetime | None = None


def decide(
    command: PutIn | TakeOut, egg: Egg, context: Context
) -> list[EggPutIn] | list[EggTakenOut]:
    if isinstance(command, PutIn):
        return [] if egg.until == command.until else [EggPutIn(until=command.until)]
    if egg.until is None:
        return []
    if context.system and context.at < egg.until:
        raise Refused("too_soon", "It is still soft.")
    return [EggTakenOut()]


def evolve(_egg: Egg, event: EggPutIn | EggTakenOut) -> Egg:
    return Egg(event.until if isinstance(event, EggPutIn) else None)


decider: Decider[PutIn | TakeOut, Egg, Any] = Decider(
    "egg", EggPutIn | EggTakenOut, Egg(), decide, evolve
)


def _in(seen: Recorded) -> Iterable[tuple[str, datetime | None]]:
    yield seen.key, datetime.fromisoformat(seen.data["until"])


def _out(seen: Recorded) -> Iterable[tuple[str, datetime | None]]:
    yield seen.key, None


BOILED = Timer(
    "boiled",
    sets={"EggPutIn": _in, "EggTakenOut": _out},
    step=lambda row: Step(decider, UUID(row.key), TakeOut()),
)
TYPES = frozenset(decider.types)


class Clock:
    """A clock that is ahead by as much as it is told."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self, at: datetime) -> datetime:
        return at + self.ahead


@dataclass
class Kitchen:
    """A journal with its agenda, and a clock that both go by."""

    shop: Shop
    clock: Clock
    agenda: Agenda = field(default_factory=lambda: Agenda("kitchen", (BOILED,), TYPES))

    def again(self) -> Journal:
        """Return another replica of the journal, cold."""
        shop = self.shop
        return Journal(shop.app, shop.journal.rules, shop.keys, clock=self.clock)

    def timers(self, journal: Any = None, clock: Clock | None = None) -> Timers:
        """Return what one replica acts with."""
        return Timers((BOILED,), self.shop.relay, journal or self.shop.journal, clock or self.clock)

    def reader(self, agenda: Agenda | None = None) -> Reader:
        own = Own("kitchen", self.shop.relay)
        return Reader(agenda or self.agenda, own, self.shop.app, self.shop.relay, None)

    async def now(self) -> datetime:
        """Return the time of decisions, in the milliseconds that events have."""
        at: datetime = await self.shop.admin.fetchval(
            "select date_trunc('milliseconds', clock_timestamp())"
        )
        return self.clock(at)

    async def ask(self, coalition: UUID, egg: UUID, command: PutIn | TakeOut) -> Written:
        """Ask as somebody who is signed in."""

        async def resolve(read: Any, _state: Any, _command: Any) -> Context:
            return await acts(None, read)

        return await self.shop.journal.write(
            Ask(coalition, (Step(decider, egg, command),), resolve)
        )

    async def put_in(self, coalition: UUID, egg: UUID, **left: float) -> datetime:
        """Put an egg in for so long, and let the agenda know; return when it is done."""
        until = await self.now() + timedelta(**left)
        await self.ask(coalition, egg, PutIn(until=until))
        assert await self.reader().heal(coalition)
        return until

    async def rows(self, coalition: UUID) -> list[Due]:
        """Return what stands there of a coalition, the soonest first."""
        rows = await self.shop.admin.fetch(
            "select coalition_id, what, key, due, tries from timing.timer"
            " where coalition_id = $1 order by due, key",
            coalition,
        )
        return [Due(*row) for row in rows]

    async def taken_out(self, coalition: UUID) -> list[dict[str, Any]]:
        """Return the events by which eggs came out, in their order."""
        rows = await self.shop.admin.fetch(
            "select bytes from journal.event where coalition_id = $1 and type = 'EggTakenOut'"
            " order by position",
            coalition,
        )
        return [orjson.loads(row["bytes"]) for row in rows]

    async def let_go(self) -> None:
        """Let the time pass for which rows are held."""
        await self.shop.admin.execute("update timing.timer set again_at = '-infinity'")


class Dying:
    """A journal of a process that dies: before a command, or after it was written."""

    def __init__(self, journal: Journal, *, after: bool) -> None:
        self._journal = journal
        self._after = after

    async def write(self, ask: Ask) -> Written:
        if self._after:
            await self._journal.write(ask)
        raise asyncio.CancelledError


@asynccontextmanager
async def kitchen(postgres: str, name: str) -> AsyncIterator[Kitchen]:
    """Run a journal with the timers' table beside it."""
    clock = Clock()
    rules = Rules("kitchen", (decider,), ())
    async with shop(postgres, name, rules, service="kitchen", clock=clock) as opened:
        await opened.admin.execute(TIMERS.text())
        await opened.admin.execute("select migration.secure('timing')")
        app, relay = f"accord_{name}_app", f"accord_{name}_relay"
        for grant in (
            f"grant usage on schema timing to {app}, {relay}",
            f"grant select, insert, update, delete on timing.timer to {app}",
            f"grant select, update, delete on timing.timer to {relay}",
        ):
            await opened.admin.execute(grant)
        async with writing(opened.journal):
            yield Kitchen(opened, clock)
