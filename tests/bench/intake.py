"""B16: how long after a burst of 100,000 events the last of them is kept, and under a checkpoint.

Three journals of one coalition are written at full speed by one process, with their relays and
feeds, as `accord up` has them; the audit service and its signer are processes of their own, as in
containers. Commands come 128 at a time, an event each, as those of `append-plain`; `intake-at-once`
finds as many events in one journal as if they had come in no time. The lag is from the last answer
until a published checkpoint covers that event. Meanwhile somebody reads the newest checkpoint 50
times a second: what that takes at worst says whether the service still answers.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from uuid import UUID

import asyncpg
import httpx2
import uvloop
from fastapi import FastAPI

from accord import environment
from accord.loopback import answers, free_port
from accord.supervisor import Program
from accord.up import listens
from services.audit.__main__ import service as audit
from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from shared.service import Runtime, spare_the_collector
from shared.settings import Settings
from shared.uuid7 import random_bytes
from tests.bench import notes
from tests.bench.bus import votes
from tests.bench.journals import Filled, settings, told_to_worker
from tests.bench.meter import Clock, Row, Sample, Target, percentile
from tests.bench.peers.server import serve_http
from tests.bench.stage import Stage, staged
from tests.bench.worker import Measured

BURST, A_FEW = 100_000, 2_000
AT_ONCE = UUID(int=10)
IN_FLIGHT = 128
A_SECOND = 50
COVERED_WITHIN, LOOK_EVERY = 200.0, 0.01
NOTED = tuple(
    replace(
        each, deciders=(notes.decider,), folds=(), imports={}, subscriptions=(), projection=None,
        mandates=None, find=None, timers=(), erased=None, confirm=None, works=None,
    )
    for each in (members, meetings, credit)
)  # fmt: skip
"""The services that speak, each with notes as all that it decides."""
LOG_ID = "select log_id from log.log where coalition_id = $1"
KEPT = "select coalesce((select size from log.log where coalition_id = $1), 0)"
COVERED = (
    "select coalesce(max(size), 0) from log.checkpoint"
    " where coalition_id = $1 and published_at is not null"
)
TARGETS = (
    Target("B16", "intake", None, BURST, 5_000, 1_000, "lower", "lag_ms", rounds=1),
    Target("B16-answers", "intake", None, BURST, 100, 20, "lower", "p99_ms", rounds=1),
    Target("B16-at-once", "intake-at-once", None, BURST, 5_000, 3_000, "lower", "lag_ms", rounds=1),
)
CONTROL = None


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Start the log's keeper and signer, and the process that writes the journals.

    They have servers of their own: what they do to every event is no part of other rows.
    """
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged())
        admin, bus = await stage.postgres(), await stage.nats()
        told = settings(stage.folder, admin)
        await asyncio.gather(*(each.prepare(told) for each in (*NOTED, audit)))
        speaks, keeps = free_port(), free_port()
        started = stage.worker("tests.bench.intake", str(speaks), str(keeps))
        worker = await stack.enter_async_context(started)
        for program in _programs(stage, admin, bus, speaks, keeps):
            await stage.supervisor.start(program)
        db, journal = [
            await asyncpg.connect(admin, database=each.database) for each in (audit, meetings)
        ]
        stack.push_async_callback(db.close)
        stack.push_async_callback(journal.close)
        client = httpx2.AsyncClient(base_url=_at(keeps), trust_env=False, timeout=60)
        await stack.enter_async_context(client)
        filled = Filled(journal, AT_ONCE, relayed=True)

        async def fill(number: int) -> Sample:
            clock = Clock(stage.servers)
            await filled.append(votes(number), "imported")
            wall, own, cpu = clock.stop()
            return Sample(number, wall, cpu_client_s=own, cpu_servers_s=cpu)

        async def row(name: str, log: Log) -> Row:
            await log.burst(A_FEW)  # the log is opened by it

            async def measure(_at: int, secs: float) -> Sample:
                return await log.burst_while_read(BURST if secs >= 1 else A_FEW)

            return Row(name, (BURST,), measure, once=True)

        written = partial(worker.measure, secs=0)
        yield [
            await row("intake", Log(db, client, notes.COALITION, written)),
            await row("intake-at-once", Log(db, client, AT_ONCE, fill)),
        ]


def _programs(stage: Stage, admin: str, bus: str, speaks: int, keeps: int) -> list[Program]:
    """Return the signer, and the audit service as a container runs it."""
    told = Settings(data=stage.folder)
    of_all = environment.of_services(
        told, stage.folder, environment.Database(admin, None), bus, demo=False
    )
    peers = {f"ACCORD_PEERS__{each.name.upper()}": _at(speaks, each.name) for each in NOTED}
    own = {"ACCORD_HTTP__PORT": str(keeps), "ACCORD_PEERS__AUDIT": _at(keeps)}
    return [
        Program(
            name="signer",
            title="The signer",
            command=(sys.executable, "-m", "services.audit.signer"),
            ready=partial(listens, environment.signer_socket(told, stage.folder)),
            environment=environment.of_signer(told, stage.folder),
        ),
        Program(
            name="audit",
            title="The audit service",
            command=(sys.executable, "-m", "services.audit"),
            ready=partial(answers, keeps, "/livez"),
            environment=environment.of_ours() | of_all | peers | own,
            patience=60,
        ),
    ]


def _at(port: int, service: str = "") -> str:
    return f"http://127.0.0.1:{port}/{service}".rstrip("/")


class Log:
    """The log of one coalition, as the bench looks at it.

    Args:
        write: Appends so many events to its journals.
    """

    def __init__(
        self, db: asyncpg.Connection, client: httpx2.AsyncClient, coalition: UUID,
        write: Callable[[int], Awaitable[Sample]],
    ) -> None:  # fmt: skip
        self._db = db
        self._client = client
        self._coalition = coalition
        self._write = write
        self._written = 0

    async def burst(self, number: int) -> Sample:
        """Let so many events be written, and say how long after the last one they were covered."""
        sample = await self._write(number)
        last = time.perf_counter()
        self._written += sample.n
        kept = await self._reaches(KEPT) - last
        covered = await self._reaches(COVERED) - last
        return replace(
            sample, lag_ms=covered * 1_000,
            lost=self._written - await self._db.fetchval(COVERED, self._coalition),
            note=f"written at {sample.rate:,.0f} a second; the last is kept after {kept:.2f} s, "
            f"covered after {covered:.2f} s",
        )  # fmt: skip

    async def burst_while_read(self, number: int) -> Sample:
        """Do the same while others read the newest checkpoint; p50 and p99 are of their answers."""
        log_id = await self._db.fetchval(LOG_ID, self._coalition)
        path = f"/c/{log_id}/checkpoint"
        ended = asyncio.Event()
        reading = asyncio.create_task(self._read(path, ended))
        sample = await self.burst(number)
        ended.set()
        took = sorted(await reading)
        slowest = f"slowest of {len(took):,} answers {took[-1] * 1_000:.0f} ms"
        return replace(
            sample, p50_ms=percentile(took, 0.5) * 1_000, p99_ms=percentile(took, 0.99) * 1_000,
            note=f"{sample.note}; {slowest}",
        )  # fmt: skip

    async def _reaches(self, question: str) -> float:
        """Return when as many as were written are there, or when that is waited for no longer."""
        until = time.perf_counter() + COVERED_WITHIN
        while (now := time.perf_counter()) < until:
            if await self._db.fetchval(question, self._coalition) >= self._written:
                break
            await asyncio.sleep(LOOK_EVERY)
        return now

    async def _read(self, path: str, ended: asyncio.Event) -> list[float]:
        """Read a path at times planned beforehand; return how long after them each answer came."""
        took, began = list[float](), time.perf_counter()

        async def read(planned: float) -> None:
            answer = await self._client.get(path)
            took.append(time.perf_counter() - planned)
            assert answer.status_code == httpx2.codes.OK, answer.text

        reads = []
        for number in count():
            planned = began + number / A_SECOND
            await asyncio.sleep(planned - time.perf_counter())
            if ended.is_set():
                break
            reads.append(asyncio.create_task(read(planned)))
        await asyncio.gather(*reads)
        return took


# In the worker


async def write(speaks: int, keeps: int) -> None:
    """Serve the journals, and write as much to them as is ordered."""
    told = told_to_worker()
    addresses = {each.name: _at(speaks, each.name) for each in NOTED} | {"audit": _at(keeps)}
    runtimes = [Runtime(each, told, addresses) for each in NOTED]

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for runtime in runtimes:
                await stack.enter_async_context(runtime.running())
            yield

    root = FastAPI(openapi_url=None, lifespan=lifespan)
    for each, runtime in zip(NOTED, runtimes, strict=True):
        root.mount(f"/{each.name}", each.app(runtime))
    keys, drawn = count(), next(random_bytes(8)).hex()
    streams = [UUID(int=2**64 + asker) for asker in range(IN_FLIGHT)]

    async def measure(number: int, _secs: float) -> Sample:
        left = iter(range(number))

        async def ask(asker: int) -> None:
            host = runtimes[asker % len(runtimes)].host
            assert host is not None
            assert host.journal is not None
            for _ in left:
                key = f"{drawn}-{next(keys)}"
                await host.journal.write(notes.ask(notes.PLAIN, streams[asker], key))

        cpu, began = time.process_time(), time.perf_counter()
        await asyncio.gather(*(ask(asker) for asker in range(IN_FLIGHT)))
        wall = time.perf_counter() - began
        return Sample(number, wall, cpu_client_s=time.process_time() - cpu)

    async def prepared() -> Measured:
        spare_the_collector()
        return measure

    await serve_http(root, speaks, prepared)


if __name__ == "__main__":
    uvloop.run(write(int(sys.argv[1]), int(sys.argv[2])))
