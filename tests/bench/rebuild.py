"""B5 and B6: a read model made again from its journal, beside others that make the same.

Count, sum and last amount of each stream, from events that lie in the journal. Ours checks the
chain of every event and moves its cursor with each page; the server-side statement checks nothing.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from importlib.util import find_spec
from uuid import UUID

import asyncpg
import uvicorn
import uvloop
from fastapi import FastAPI

from accord.loopback import free_port
from services.meetings.__main__ import service as meetings
from shared.event import base64url
from shared.feed import read
from shared.identity import ServiceKey
from shared.inbox import Reader
from shared.peers import Peers
from shared.service import Runtime, spare_the_collector
from shared.settings import Settings, needed, secret
from shared.source import Own, Peer, Source
from tests.bench.append import WITHOUT_PEERS
from tests.bench.journals import Filled, prepare, roles, told_to_worker
from tests.bench.meter import Row, Sample, Target
from tests.bench.stage import Stage, Worker
from tests.bench.totals import MEMO, SERVER_SIDE, Deposited, projection
from tests.bench.worker import POSTGRES, serve

MANY, FEW = 50_000, 10_000
COALITIONS = {MANY: UUID(int=5), FEW: UUID(int=6)}
STREAMS = 1_000

TARGETS = (
    Target("B5", "rebuild", "eventsourcing-runner", 2_000, 60, 300, over_at=1),
    Target("B6", "rebuild", "rebuild-sql", 2_000, 0.25, 0.80, over_at=1),
)
CONTROL = ("rebuild", 2_000)


def deposits(number: int) -> list[tuple[str, Deposited]]:
    """Return as many events of `STREAMS` streams as are asked for."""
    streams = [f"jar-{UUID(int=n)}" for n in range(STREAMS)]
    return [(streams[n * 7 % STREAMS], Deposited(amount=n, memo=MEMO)) for n in range(number)]


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Fill two journals, a large and a small, and start a worker for each way to read them."""
    admin, port = await stage.postgres(), free_port()
    await prepare(stage.folder, admin)
    async with AsyncExitStack() as stack:
        source, views = [
            await asyncpg.connect(admin, database=f"accord_{name}")
            for name in ("meetings", "transparency")
        ]
        stack.push_async_callback(source.close)
        stack.push_async_callback(views.close)
        ways = ("serve", "own", "feed", "fetch", "sql")
        starting = [stage.worker("tests.bench.rebuild", how, str(port)) for how in ways]
        if find_spec("eventsourcing"):
            starting.append(stage.worker("tests.bench.peers.eventsourcing_runner"))
        else:
            stage.skip("eventsourcing-runner", WITHOUT_PEERS)
        started = asyncio.gather(*map(stack.enter_async_context, starting))
        for number, coalition in COALITIONS.items():
            await Filled(source, coalition).append(deposits(number))
        await source.execute("vacuum analyze journal.event")
        served, own, feed, fetch, sql, *peers = await started
        stage.helping.add(served.pid)
        yield [
            _row("rebuild", own, (500, 2_000), source),
            _row("rebuild-feed", feed, (2_000,), views),
            Row("rebuild-fetch", (2_000,), fetch.measure),
            _row("rebuild-sql", sql, (1,), source),
            *(Row("eventsourcing-runner", (1,), peer.measure) for peer in peers),
        ]


def _row(name: str, worker: Worker, at: tuple[int, ...], db: asyncpg.Connection) -> Row:
    """Return a row that begins with nothing each time, and must end with everything."""

    async def measure(size: int, secs: float) -> Sample:
        await db.execute("truncate views.total, inbox.cursor")
        sample = await worker.measure(size, secs)
        return replace(sample, lost=await missing(db, sample.n))

    return Row(name, at, measure)


async def missing(db: asyncpg.Connection, number: int) -> int:
    """Return how much of the sum of so many amounts is not in the read model, or twice."""
    found = await db.fetchrow("select sum(count), sum(sum) from views.total")
    count, total = found or (0, 0)
    return abs(number - (count or 0)) or int(total != number * (number - 1) // 2)


# In a worker


async def rebuild(told: Settings, how: str, address: str) -> None:
    async with AsyncExitStack() as stack:
        service = "transparency" if how == "feed" else "meetings"
        own = await stack.enter_async_context(roles(told, service))

        def source(size: int) -> Source:
            if how != "feed":
                return Own("meetings", own.watch, size)
            peers = Peers({"meetings": f"{address}/meetings"}, own_key(told, service))
            return Peer("meetings", peers)

        async def by_reader(coalition: UUID, size: int) -> None:
            reader = Reader(projection, source(size), own.app, own.watch, own.keys)
            assert await reader.heal(coalition)

        async def fetch_only(coalition: UUID, size: int) -> None:
            after = 0
            async with own.watch.acquire() as db:
                while found := await read(db, coalition, after, size):
                    after = found[-1].position

        async def by_sql(coalition: UUID, _size: int) -> None:
            db = await asyncpg.connect(os.environ[POSTGRES], database="accord_meetings")
            await db.execute(SERVER_SIDE, coalition)
            await db.close()

        ways: dict[str, Callable[[UUID, int], Awaitable[None]]] = {
            "own": by_reader, "feed": by_reader, "fetch": fetch_only, "sql": by_sql,
        }  # fmt: skip

        async def measure(size: int, secs: float) -> Sample:
            number = MANY if secs >= 1 else FEW
            began, cpu = time.perf_counter(), time.process_time()
            await ways[how](COALITIONS[number], size)
            return Sample(
                number, time.perf_counter() - began, cpu_client_s=time.process_time() - cpu
            )

        await serve(measure)


def own_key(told: Settings, service: str) -> ServiceKey:
    return ServiceKey(service, secret(needed(told.for_service(service).service.key_file, "")))


async def serve_feed(told: Settings, port: int) -> None:
    """Serve the feed of meetings, and the key of the service that asks for it."""
    quiet = replace(meetings, subscriptions=(), projection=None, timers=())
    key = own_key(told, "transparency")
    base = f"http://127.0.0.1:{port}"
    addresses = {name: f"{base}/{name}" for name in ("meetings", "transparency")}
    runtime = Runtime(quiet, told, addresses)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with runtime.running():
            yield

    root = FastAPI(openapi_url=None, lifespan=lifespan)

    @root.get("/transparency/.well-known/accord-keys")
    async def keys() -> dict[str, str | None]:
        return {"token": base64url(key.public), "relay": None}

    root.mount("/meetings", quiet.app(runtime))
    server = uvicorn.Server(
        uvicorn.Config(root, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.02)

    async def nothing(_at: int, _secs: float) -> Sample:
        return Sample(0, 0)

    await serve(nothing)
    server.should_exit = True
    await serving


async def main(how: str, port: int) -> None:
    told = told_to_worker()
    spare_the_collector()
    if how == "serve":
        await serve_feed(told, port)
    else:
        await rebuild(told, how, f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
