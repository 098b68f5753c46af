"""B7: events from one service's journal to another's read model, through JetStream, in bulk.

The relay of meetings and the reader of transparency's reports share a process, as under
`accord up`; each event is a vote of an imported roll call. Rates are per CPU-second of everything:
relay, reader, PostgreSQL, NATS. Beside a NATS that flushes every message to disk, as ours does,
stands one that flushes every two minutes, as by default.
"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from uuid import UUID

import asyncpg
import uvloop

from accord import nats as our_nats
from accord.provision import connect, provision
from services.meetings.domain.ids import OrgId
from services.meetings.domain.rule import Option
from services.meetings.domain.voting import StanceTaken
from services.transparency.views import projection
from shared import bus
from shared.ear import Ear
from shared.feed import Page
from shared.hot import Head
from shared.identity import ed25519_key
from shared.inbox import Reader
from shared.relay import Relay
from shared.service import spare_the_collector
from shared.settings import needed, secret
from shared.source import Own
from tests.bench.journals import Filled, prepare, roles, told_to_worker
from tests.bench.meter import Clock, Row, Sample, Target
from tests.bench.stage import Stage
from tests.bench.worker import serve

SINGLE, PACKED = 1, 100
A_SECOND = {SINGLE: 1_500, PACKED: 15_000}
PROPOSALS = 100
HERE_WITHIN, LOOK_EVERY = 60.0, 0.01
HEAD = "select position from journal.head where coalition_id = $1"
REACHED = "select position from inbox.cursor where coalition_id = $1"
COALITIONS = {"bus-always": UUID(int=7), "bus-default": UUID(int=8)}

TARGETS = (Target("B7", "bus-always", None, PACKED, 20_000, 100_000, measure="per_cpu"),)
CONTROL = ("bus-always", PACKED)


def votes(number: int) -> Iterator[tuple[str, StanceTaken]]:
    """Yield as many votes as are asked for, of one proposal after another."""
    for n in range(number):
        stream = f"proposal-{UUID(int=n * PROPOSALS // number)}"
        by = OrgId(UUID(int=n % 193))
        yield stream, StanceTaken(by=by, option=Option.AGREE, members_position=4_127)


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Start two servers of the bus, and on each a relay and a reader."""
    admin, always = await stage.postgres(), await stage.nats()
    await prepare(stage.folder, admin)
    async with AsyncExitStack() as stack:
        source = await asyncpg.connect(admin, database="accord_meetings")
        stack.push_async_callback(source.close)

        async def row(name: str, url: str) -> Row:
            journal = Filled(source, COALITIONS[name], relayed=True)
            worker = await stack.enter_async_context(stage.worker("tests.bench.bus", name, url))

            async def measure(size: int, secs: float) -> Sample:
                number = max(size, round(A_SECOND[size] * secs))
                await journal.append(votes(number), "imported")
                return await worker.measure(size, secs)

            return Row(name, (SINGLE, PACKED), measure)

        yield [await row("bus-always", always), await row("bus-default", await _lazy(stage))]


async def _lazy(stage: Stage) -> str:
    """Start a NATS that does not flush what it acknowledges, and return its address."""
    folder = stage.folder / "lazy"
    folder.mkdir(mode=0o711)
    shutil.copytree(stage.seeds, folder / "secrets")
    server = our_nats.prepare(folder)
    written = server.folder / "nats.conf"
    written.write_text(written.read_text().replace(", sync_interval: always", ""))
    await stage.supervisor.start(replace(server.program(), name="lazy-nats"))
    operations = await connect(server.url, stage.seeds / "nkey_ops")
    await provision(operations)
    await operations.close()
    return server.url


# In a worker


class Watched(Own):
    """One journal of a source; it counts what was fetched: what the bus did not bring."""

    def __init__(self, pool: asyncpg.Pool, coalition: UUID) -> None:
        super().__init__("meetings", pool)
        self._coalition = coalition
        self.pages = 0

    async def heads(self, since: float | None) -> Mapping[UUID, Head]:
        found = await super().heads(since)
        return {key: head for key, head in found.items() if key == self._coalition}

    async def page(self, coalition: UUID, after: int) -> Page:
        self.pages += 1
        return await super().page(coalition, after)


async def carry(row: str, url: str) -> None:
    """Relay what was appended and hear it, whenever that is ordered."""
    coalition, told = COALITIONS[row], told_to_worker()
    spare_the_collector()
    async with AsyncExitStack() as stack:
        speaks = await stack.enter_async_context(roles(told, "meetings"))
        hears = await stack.enter_async_context(roles(told, "transparency"))
        key = ed25519_key(secret(needed(told.for_service("meetings").relay.key_file, "")))
        public = key.public_key().public_bytes_raw()
        buses = []
        for name in ("meetings", "transparency"):
            seed = needed(told.for_service(name).nats.nkey_seed_file, "")
            made = bus.Bus(url, name, seed)
            await made.connect()
            stack.push_async_callback(made.close)
            buses.append(made)
        source = Watched(speaks.watch, coalition)

        async def relay_key() -> bytes:
            return public

        reader = Reader(
            projection, source, hears.app, hears.watch, hears.keys, heard=True, relay_key=relay_key
        )
        ear = Ear("meetings", projection.reader, buses[1], lambda: [reader])
        listening = asyncio.gather(reader.run(), ear.run())

        async def left() -> int:
            head = await speaks.watch.fetchval(HEAD, coalition)
            return (head or 0) - (await hears.watch.fetchval(REACHED, coalition) or 0)

        async def measure(size: int, _secs: float) -> Sample:
            bus.RUN_EVENTS = size
            number, fetched = await left(), source.pages
            relay = Relay("meetings", speaks.watch, buses[0], key, asyncio.Event())
            clock = Clock()
            relaying = asyncio.create_task(relay.run())
            with suppress(TimeoutError):
                async with asyncio.timeout(HERE_WITHIN):
                    while await left():  # noqa: ASYNC110 - another process moves it
                        await asyncio.sleep(LOOK_EVERY)
            wall, cpu, _ = clock.stop()
            relay.stop()
            await relaying
            missed = source.pages - fetched
            return Sample(number, wall, cpu_client_s=cpu, lost=await left(), errors=missed)

        await serve(measure)
        reader.stop()
        ear.stop()
        await listening


if __name__ == "__main__":
    uvloop.run(carry(sys.argv[1], sys.argv[2]))
