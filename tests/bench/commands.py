"""B3, B4: a durable command over HTTP, beside routes of FastAPI that promise less.

Every row answers the same requests, in one process under uvicorn, on 32, 64 and 256 connections.
`take-stance` is the real TakeStance of the real meetings service: identity, mandate, idempotency,
decision under the lock, a sealed reason, chain, ETag, position. 500 organisations take a stance
in 500 proposals; in `take-stance-rush` they all take it in the same one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec

import asyncpg

from accord.loopback import free_port
from tests.bench.append import WITHOUT_PEERS
from tests.bench.meter import Row, Sample, Target
from tests.bench.stage import Stage, Worker

TARGETS = (
    Target("B3", "take-stance", "route-bare", 64, 0.90, 1.2),
    Target("B4", "take-stance", "route-insert", 64, 2.5, 5),
    Target("B4-p99", "take-stance", "route-insert", 32, 1.0, 0.5, "lower", "p99_ms"),
    Target("B4-rush", "take-stance-rush", "take-stance", 64, 0.67, 1.0),
)
CONTROL = "take-stance", 64
AT = 32, 64, 256
PROPOSALS, VOTERS = 500, 500
RUSHES = 100
A_SECOND = 8_000
"""More stances than a second can take here; so many must be left before a round begins."""
STORED = {
    "take-stance": (
        "accord_meetings",
        "select count(*) from journal.event where type = 'StanceTaken' and position > $1",
        "select coalesce(max(position), 0) from journal.event",
    ),
    "route-insert": (
        "peer_insert",
        "select count(*) from stance where n > $1",
        "select coalesce(max(n), 0) from stance",
    ),
    "route-eventsourcing": (
        "peer_eventsourcing_route",
        "select count(*) from application_events where notification_id > $1",
        "select coalesce(max(notification_id), 0) from application_events",
    ),
}
"""Where a row's answers must be found again: database, how many came after, and after what."""


@dataclass
class Supply:
    """Stances that nobody has taken; more proposals are opened where they run low."""

    meetings: Worker
    batch: int
    left: int = 0

    async def last_for(self, secs: float) -> None:
        while self.left < A_SECOND * secs:
            await self.meetings.measure(self.batch, 0)
            self.left += self.batch * VOTERS


def counted(
    driver: Worker, name: str, admin: str, supply: Supply
) -> Callable[[int, float], Awaitable[Sample]]:
    """Return how a row is measured: enough to do, and every answer found again."""

    async def measure(at: int, secs: float) -> Sample:
        await supply.last_for(secs)
        if name not in STORED:
            return await driver.measure(at, secs)
        database, after, last = STORED[name]
        db = await asyncpg.connect(admin, database=database)
        try:
            before = await db.fetchval(last)
            sample = await driver.measure(at, secs)
            stored = await db.fetchval(after, before)
        finally:
            await db.close()
        if name == "take-stance":
            supply.left -= sample.n
        return replace(sample, lost=max(0, sample.n - sample.errors - stored))

    return measure


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Start the service, the other routes, and a driver for each."""
    admin, plan = await stage.postgres(), stage.folder / "plan.json"
    async with AsyncExitStack() as stack:

        async def serve(module: str, *arguments: str) -> tuple[int, Worker]:
            port = free_port()
            made = stage.worker(f"tests.bench.peers.{module}", *arguments, str(port))
            worker = await stack.enter_async_context(made)
            stage.helping.add(worker.pid)
            return port, worker

        async def drive(port: int, batch: int, how: str) -> Worker:
            arguments = str(port), str(plan), str(batch), how
            made = stage.worker("tests.bench.peers.driver", *arguments)
            return await stack.enter_async_context(made)

        port, meetings = await serve("meetings", str(plan))
        spread = Supply(meetings, PROPOSALS)
        await spread.last_for(0.001)
        servers = {"take-stance": port}
        for name, how in (("route-bare", "bare"), ("route-insert", "insert")):
            servers[name], _ = await serve("routes", how)
        if find_spec("eventsourcing"):
            servers["route-eventsourcing"], _ = await serve("eventsourcing_route")
        else:
            stage.skip("route-eventsourcing", WITHOUT_PEERS)
        made = []
        for name, at in servers.items():
            driver = await drive(at, PROPOSALS, "spread" if name == "take-stance" else "again")
            made.append(Row(name, AT, counted(driver, name, admin, spread)))
        rush = await drive(port, RUSHES, "together")
        measure = counted(rush, "take-stance", admin, Supply(meetings, RUSHES))
        made.append(Row("take-stance-rush", (64,), measure))
        yield made
        stage.helping.clear()
