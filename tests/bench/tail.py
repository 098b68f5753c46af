"""B10: who polls for "all after the last I saw" misses nothing in a journal.

Many writers at once, and one reader in another process. A table numbered by `bigserial`, a
transaction per command, must lose: numbers are taken in one order and committed in another.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from shared.ask import Ask, Repeat, Step
from shared.decider import Decider
from shared.event import Command, Context, Event, Whole
from shared.feed import read
from shared.hot import Reading, Rules
from tests.bench.meter import Row, Sample, Target
from tests.bench.stage import Stage
from tests.bench.worker import POSTGRES, serve
from tests.shared.jars import shop

WRITERS, EVENTS, A_COMMAND = 64, 1_000_000, 20
COALITION = UUID(int=9)
PAGE = 5_000
NAME = "tail"
TARGETS = (
    # the moonshot kills writers meanwhile, which is for the chaos suite
    Target("B10", "tail-journal", None, WRITERS, 0, -1, "lower", "lost", rounds=1),
)
CONTROL = None


class Tick(Command):
    pass


class Ticked(Event):
    unsigned = True
    number: Whole


def decide(_command: Tick, ticks: int, _context: Context) -> list[Ticked]:
    return [Ticked(number=ticks + n) for n in range(A_COMMAND)]


decider: Decider[Tick, int, Ticked] = Decider(
    "clock", Ticked, 0, decide, lambda ticks, _event: ticks + 1
)


async def _acts(read: Reading, _state: Any, _command: Any) -> Context:
    return Context(COALITION, None, None, read.context.at, credential="app_user", authority="full")


# The reader

Next = Callable[[asyncpg.Connection, int], Awaitable[list[int]]]


async def of_journal(db: asyncpg.Connection, after: int) -> list[int]:
    return [event.position for event in await read(db, COALITION, after, PAGE)]


async def of_bigserial(db: asyncpg.Connection, after: int) -> list[int]:
    rows = await db.fetch(
        "select id from public.numbered where id > $1 order by id limit $2", after, PAGE
    )
    return [row["id"] for row in rows]


@dataclass
class Tail:
    """A reader that asks again and again for what comes after the last it saw."""

    db: asyncpg.Connection
    next: Next
    last: int = 0
    seen: int = 0
    ended: bool = False

    async def follow(self) -> None:
        """Read until told to end, and then what is left."""
        while True:
            ending = self.ended
            found = await self.next(self.db, self.last)
            self.seen += len(found)
            self.last = found[-1] if found else self.last
            if ending and not found:
                return


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Start the writers, each kind in a process of its own; the reader is this process."""
    admin = await stage.postgres()
    async with AsyncExitStack() as stack:

        async def row(kind: str, following: Next, table: str, database: str) -> Row:
            worker = await stack.enter_async_context(stage.worker("tests.bench.tail", kind))
            db = await asyncpg.connect(admin, database=database)
            stack.push_async_callback(db.close)
            tail = Tail(db, following)

            async def measure(at: int, secs: float) -> Sample:
                tail.ended = False
                before = tail.seen
                reading = asyncio.create_task(tail.follow())
                sample = await worker.measure(at, secs)
                tail.ended = True
                await reading
                written = await db.fetchval(f"select count(*) from {table}")  # noqa: S608 - ours
                missed = written - tail.seen
                tail.seen = written
                note = f"{missed:,} of {written - before:,} missed"
                if kind == "bigserial":
                    return replace(sample, note=f"{note}, as it must", errors=int(not missed))
                return replace(sample, n=written - before, lost=missed, note=note)

            return Row(f"tail-{kind}", (WRITERS,), measure, once=True)

        yield [
            await row("journal", of_journal, "journal.event", f"accord_{NAME}"),
            await row("bigserial", of_bigserial, "public.numbered", "postgres"),
        ]


# The writers


async def to_journal() -> None:
    async with shop(os.environ[POSTGRES], NAME, Rules(NAME, (decider,), ())) as opened:
        task = asyncio.create_task(opened.journal.run())
        numbers = count()

        async def measure(at: int, secs: float) -> Sample:
            left = [EVENTS // A_COMMAND] if secs >= 1 else None
            end = time.perf_counter() + secs

            async def write(stream: UUID) -> int:
                done = 0
                while (left[0] > 0) if left else (time.perf_counter() < end):
                    if left:
                        left[0] -= 1
                    key = f"tick-{next(numbers)}"
                    repeat = Repeat("somebody", "POST /ticks", key, b"{}")
                    step = Step(decider, stream, Tick())
                    await opened.journal.write(Ask(COALITION, (step,), _acts, repeat))
                    done += A_COMMAND
                return done

            cpu, began = time.process_time(), time.perf_counter()
            done = await asyncio.gather(*(write(UUID(int=n)) for n in range(at)))
            wall = time.perf_counter() - began
            return Sample(sum(done), wall, cpu_client_s=time.process_time() - cpu)

        await serve(measure)
        opened.journal.stop()
        await task


async def to_bigserial() -> None:
    connections = [await asyncpg.connect(os.environ[POSTGRES]) for _ in range(WRITERS)]
    await connections[0].execute(
        "create table public.numbered (id bigserial primary key, said bytea not null)"
    )

    async def measure(_at: int, secs: float) -> Sample:
        end = time.perf_counter() + secs

        async def write(db: asyncpg.Connection) -> int:
            done = 0
            while time.perf_counter() < end:
                async with db.transaction():
                    await db.execute("insert into public.numbered (said) values ($1)", bytes(400))
                done += 1
            return done

        cpu, began = time.process_time(), time.perf_counter()
        done = await asyncio.gather(*(write(db) for db in connections))
        wall = time.perf_counter() - began
        return Sample(sum(done), wall, cpu_client_s=time.process_time() - cpu)

    await serve(measure)
    for db in connections:
        await db.close()


if __name__ == "__main__":
    uvloop.run(to_journal() if sys.argv[1] == "journal" else to_bigserial())
