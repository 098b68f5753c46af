"""What a service does by itself when a moment has come: rows that say when, and who acts on them.

A row is an alarm clock and no more. What happens, if anything, is for the rule to say, on the state
that stands then: so a row that is stale, late or acted on twice does no harm.

- None is lost: rows follow from the journal, through a reader with its cursor in the same
  transaction. A command is repeated until it is accepted; only then does its row go.
- One replica acts: who claims a row has it for half a minute, by the database's time. If that one
  is gone by then, the next takes it.
- Nothing happens twice: the rule finds that nothing is left to do, and records nothing.
- The past stays as it is: a moment that had come before its event was recorded sets no row.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import asyncpg
import structlog

from shared.ask import Ask, Busy, Step, Written
from shared.changes import Changes
from shared.database import DB_TRANSIENT
from shared.decider import Refused, altered
from shared.event import Context, Recorded
from shared.hot import Connection, Reading
from shared.projection import UnknownType

log = structlog.get_logger()

LOOK_SECONDS = 1.0
HELD_SECONDS = 30.0
AT_ONCE = 50
AGAIN_AT_MOST = 3_600.0  # seconds, after two, four, eight …

SET = (
    "insert into timing.timer as held (coalition_id, what, key, due) values ($1, $2, $3, $4)"
    " on conflict (coalition_id, what, key) do update"
    " set due = excluded.due, tries = 0, again_at = '-infinity' where held.due <> excluded.due"
)
UNSET = "delete from timing.timer where coalition_id = $1 and what = $2 and key = $3"
CLAIM = """
with next as materialized (
  select coalition_id, what, key from timing.timer
    where due <= $1 and what = any($2) and again_at <= clock_timestamp()
    order by due limit $3 for update skip locked)
update timing.timer t set tries = t.tries + 1,
    again_at = clock_timestamp() + make_interval(secs => $4)
  from next where (t.coalition_id, t.what, t.key) = (next.coalition_id, next.what, next.key)
  returning t.coalition_id, t.what, t.key, t.due, t.tries"""
DONE = UNSET + " and due = $4"
LATER = (
    "update timing.timer set again_at = clock_timestamp() + make_interval(secs => $5)"
    " where coalition_id = $1 and what = $2 and key = $3 and due = $4"
)


class Due(NamedTuple):
    """A row whose moment has come: something is to be done about what `key` names."""

    coalition: UUID
    what: str
    key: str
    due: datetime
    tries: int = 1


Sets = Callable[[Recorded], Iterable[tuple[str, datetime | None]]]
"""event → (key, when), in place of what was set for that key; `None` for not any more."""


@dataclass(frozen=True)
class Timer:
    """One thing that a service does by itself.

    Args:
        what: Its name among the rows.
        sets: For each event type that sets or unsets it, how.
        step: The command that is due, on its stream. Its rule is asked with the credential
            `system`, for nobody: it records nothing where nothing is left to do, and refuses
            where it is too soon.
    """

    what: str
    sets: Mapping[str, Sets]
    step: Callable[[Due], Step]


@dataclass(frozen=True)
class Agenda:
    """What keeps the rows of a service: a listener to its own journal.

    Args:
        types: All event types of the service. An unknown one waits for an upgrade, as it may set
            something.
    """

    service: str
    timers: tuple[Timer, ...]
    types: frozenset[str]

    @cached_property
    def reader(self) -> str:
        """The name of its cursor; another one, from the beginning, where it looks at other types.

        So what was recorded before a timer was thought of sets it too.
        """
        looks_at = sorted((timer.what, *sorted(timer.sets)) for timer in self.timers)
        return f"{self.service}-timers-{sha256(repr(looks_at).encode()).hexdigest()[:8]}"

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[Timer]]:
        return {kind: [timer for timer in self.timers if kind in timer.sets] for kind in self.types}

    def wants(self, kind: str) -> bool:
        """Say whether events of a type set anything.

        Raises:
            UnknownType: this service knows no such type.
        """
        if kind not in self._by_type:
            raise UnknownType(kind)
        return bool(self._by_type[kind])

    def opens(self, _kind: str) -> bool:
        """Say that no sealed field is needed: the time when something is due is no secret."""
        return False

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Set what events set, and unset what they end or what had come before they were told."""
        changes = Changes(db)
        for seen in events:
            for timer in self._by_type[seen.type]:
                for key, due in timer.sets[seen.type](seen):
                    row = seen.coalition, timer.what, key
                    if due is None or due <= seen.recorded_at:
                        await changes.execute(UNSET, *row)
                    else:
                        await changes.execute(SET, *row, due)
        await changes.flush()


class Writes(Protocol):
    """A journal, as far as it is needed here."""

    def write(self, ask: Ask) -> Awaitable[Written]: ...


class Timers:
    """Acts on the rows of one service whose moment has come; every replica has one.

    Args:
        pool: The role that sees every coalition's rows.
        clock: Turns the database's time into the time of a decision, as the journal's does.
    """

    def __init__(
        self,
        timers: Iterable[Timer],
        pool: asyncpg.Pool,
        journal: Writes,
        clock: Callable[[datetime], datetime] = lambda at: at,
    ) -> None:
        self._timers = {timer.what: timer for timer in timers}
        self._pool = pool
        self._journal = journal
        self._clock = clock
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Act until `stop`, and look again every second."""
        while not self._stopping.is_set():
            acted = 0
            try:
                acted = await self.turn()
            except DB_TRANSIENT as error:
                log.info("timers_later", error=type(error).__name__)
            except Exception:
                log.exception("timers_failed")
            if acted < AT_ONCE:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._stopping.wait()

    async def turn(self) -> int:
        """Act once on what is due and nobody else has; return how many rows that were."""
        claimed = await self._claim()
        outcomes = await asyncio.gather(*map(self._act, claimed), return_exceptions=True)
        for row, error in zip(claimed, outcomes, strict=True):
            if isinstance(error, Exception):
                log.warning("timer_not_marked", what=row.what, error=type(error).__name__)
        return len(claimed)

    async def _claim(self) -> list[Due]:
        async with self._pool.acquire(timeout=2) as db:
            now = self._clock(await db.fetchval("select clock_timestamp()"))
            rows = await db.fetch(CLAIM, now, list(self._timers), AT_ONCE, HELD_SECONDS)
        return sorted((Due(*row) for row in rows), key=lambda row: row.due)

    async def _act(self, row: Due) -> None:
        about = {"what": row.what, "coalition": str(row.coalition), "tries": row.tries}
        try:
            step = self._timers[row.what].step(row)
            await self._journal.write(Ask(row.coalition, (step,), by_itself))
        except Refused as refused:
            log.info("timer_again", why=refused.reason, **about)
        except Busy:
            log.info("timer_again", why="busy", **about)
        except Exception:
            log.exception("timer_failed", **about)
        else:
            await self._mark(DONE, *row[:4])
            return
        await self._mark(LATER, *row[:4], min(2.0 ** min(row.tries, 20), AGAIN_AT_MOST))

    async def _mark(self, statement: str, *values: Any) -> None:
        async with self._pool.acquire(timeout=2) as db:
            await db.execute(statement, *values)


async def by_itself(read: Reading, _state: Any, _command: Any) -> Context:
    """Return the context of what nobody asked for: no actor, no organisation."""
    return altered(read.context, credential="system")
