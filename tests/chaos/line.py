"""One journal, its relay, the bus and readers, in one process; and a ledger that knows better.

The read model here has no key that forgives: what is heard twice stands there twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.ask import Busy, Written
from shared.ear import Ear
from shared.event import Recorded
from shared.hot import Connection
from shared.inbox import Listener, Reader
from shared.journal import Journal
from shared.projection import Projection, Row, Table
from shared.relay import Relay
from shared.source import Own
from tests.chaos.bus import OwnBus
from tests.shared.jars import Put, Shop, ask, shop, writing

Say = Callable[[str], None]

SERVICE = "credit"  # who speaks and who listens has to be known on the bus
HEARD_BY = {"reports": "transparency-reports-v1", "evaluations": "members-hears-evaluations"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CONVERGES_WITHIN = 40.0

SHELF = Table(
    "heard.coins",
    ("reader", "text"),
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("coins", "bigint"),
    ("happened", "timestamptz"),
)
TABLE = """
create schema if not exists heard;
create table if not exists heard.coins (
  reader text not null, coalition_id uuid not null, position bigint not null,
  coins bigint, happened timestamptz not null, heard timestamptz default clock_timestamp());
grant usage on schema heard to {app};
grant select, insert, delete, truncate on heard.coins to {app};
"""


def shelf(name: str, *lets_pass: str) -> Projection:
    """Return a read model of the coins that were put; events of other types are unknown to it."""

    def row(event: Recorded) -> list[tuple[Table, Row]]:
        coins = event.data.get("coins")
        return [(SHELF, (name, event.coalition, event.position, coins, event.recorded_at))]

    return Projection(name, (SERVICE,), (SHELF,), {"CoinsPut": row}, frozenset(lets_pass))


@dataclass(frozen=True)
class Hindered:
    """A read model that something happens to before it applies."""

    inner: Projection
    hinder: Callable[[Connection, Sequence[Recorded]], Awaitable[None]]

    @property
    def reader(self) -> str:
        return self.inner.reader

    def wants(self, kind: str) -> bool:
        return self.inner.wants(kind)

    def opens(self, kind: str) -> bool:
        return self.inner.opens(kind)

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        await self.hinder(db, events)
        await self.inner.apply(db, events)


class Once:
    """What is done the first time only."""

    def __init__(self, what: Callable[[], Awaitable[None]]) -> None:
        self._what = what
        self._done = False

    async def __call__(self, _db: Connection, _events: Sequence[Recorded]) -> None:
        if not self._done:
            self._done = True
            await self._what()


async def relay_key() -> bytes:
    return KEY.public_key().public_bytes_raw()


@dataclass
class Line:
    """What runs, and what was acknowledged: (coalition, position) → coins."""

    shop: Shop
    bus: OwnBus | None
    ledger: dict[tuple[UUID, int], int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    _jars: Iterator[int] = field(default_factory=lambda: count(1))

    async def put(
        self, coalition: UUID, coins: int = 1, journal: Journal | None = None, tries: int = 1
    ) -> Written:
        """Put coins into a jar, and note where the journal says it wrote that.

        Raises:
            Busy: it was put off that many times.
        """
        number = next(self._jars)
        began = time.monotonic()
        while True:
            wanted = ask(coalition, UUID(int=number % 7 + 1), Put(coins=coins), key=f"{number}")
            try:
                written = await (journal or self.shop.journal).write(wanted)
                break
            except Busy:
                if (tries := tries - 1) <= 0:
                    raise
                await asyncio.sleep(0.2)
        self.seconds.append(time.monotonic() - began)
        self.ledger[coalition, written.position] = coins
        return written

    async def put_many(self, coalitions: Sequence[UUID], each: int) -> None:
        """Put 1, 2, 3 … coins for each coalition, all at once."""
        await asyncio.gather(
            *(self.put(one, coins, tries=50) for coins in range(1, each + 1) for one in coalitions)
        )

    def reader(self, listener: Listener) -> Reader:
        """Return a reader of this journal that has no bus: tests deliver to it."""
        opened = self.shop
        source = Own(SERVICE, opened.relay)
        return Reader(listener, source, opened.app, opened.relay, opened.keys, relay_key=relay_key)

    @asynccontextmanager
    async def listening(self, listener: Listener) -> AsyncIterator[Reader]:
        """Run a reader on the bus until the block ends."""
        assert self.bus is not None
        opened = self.shop
        bus = self.bus.bus(listener.reader.partition("-")[0])
        await bus.connect()
        reader = Reader(
            listener, Own(SERVICE, opened.relay), opened.app, opened.relay, opened.keys,
            heard=True, relay_key=relay_key,
        )  # fmt: skip
        ear = Ear(SERVICE, listener.reader, bus, lambda: [reader])
        tasks = asyncio.create_task(reader.run()), asyncio.create_task(ear.run())
        try:
            yield reader
        finally:
            ear.stop()
            reader.stop()
            await asyncio.gather(*tasks)
            await bus.close()

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator[Relay]:
        """Run a relay until the block ends."""
        assert self.bus is not None
        bus = self.bus.bus(SERVICE)
        await bus.connect()
        relay = Relay(SERVICE, self.shop.relay, bus, KEY, self.shop.journal.listen())
        task = asyncio.create_task(relay.run())
        try:
            yield relay
        finally:
            relay.stop()
            await task
            await bus.close()

    async def kill_who_holds_the_cursor(self) -> None:
        """Cut the connection of the transaction that is about to move a cursor."""
        await self.shop.admin.execute(
            "select pg_terminate_backend(pid) from pg_locks"
            " where relation = 'inbox.cursor'::regclass and pid <> pg_backend_pid()"
            " and database = (select oid from pg_database where datname = current_database())"
        )

    async def blocked(self) -> None:
        """Wait until somebody waits for the lock on a table."""
        await self._until(
            "select count(*) = 0 from pg_stat_activity"
            " where datname = current_database() and wait_event = 'relation'",
            seconds=2,
        )

    async def relayed(self, seconds: float = 10) -> None:
        """Wait until all that is written is published."""
        await self._until(
            "select count(*) from journal.head join journal.relay r using (coalition_id)"
            " where head.position > r.position",
            seconds,
        )

    async def heard(self, name: str, seconds: float = CONVERGES_WITHIN) -> float:
        """Wait until a reader has no lag, and return how long that took."""
        return await self._until(
            "select count(*) from journal.head h left join inbox.cursor c"
            " on c.coalition_id = h.coalition_id and c.reader = $1"
            " where h.position > coalesce(c.position, 0)",
            seconds, name,
        )  # fmt: skip

    async def _until(self, behind: str, seconds: float, *about: str) -> float:
        began = time.monotonic()
        while await self.shop.admin.fetchval(behind, *about):
            if time.monotonic() > began + seconds:
                raise AssertionError(f"not within {seconds} s: {behind} {about}")
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def lags(self, name: str, of: Sequence[UUID]) -> list[float]:
        """Return the seconds between the writing and the hearing of each event."""
        rows = await self.shop.admin.fetch(
            "select extract(epoch from heard - happened)::float8 as lag from heard.coins"
            " where reader = $1 and coalition_id = any($2)",
            name, of,
        )  # fmt: skip
        return [row["lag"] for row in rows]

    async def parked(self) -> dict[UUID, str]:
        rows = await self.shop.admin.fetch("select coalition_id, reason from inbox.parked")
        return {row["coalition_id"]: row["reason"] for row in rows}

    async def model(self, name: str) -> list[tuple[UUID, int, int]]:
        """Return what a read model holds, in the order of the journals."""
        rows = await self.shop.admin.fetch(
            "select coalition_id, position, coins from heard.coins where reader = $1"
            " order by 1, 2, 3",
            name,
        )
        return [tuple(row) for row in rows]

    async def unrelayed(self) -> int:
        """Return how many coalitions have events that are not published."""
        behind: int = await self.shop.admin.fetchval(
            "select count(*) from journal.head join journal.relay r using (coalition_id)"
            " where head.position > r.position"
        )
        return behind

    async def lost_none(self) -> None:
        """I1, I3: what was acknowledged stands where it was said; so may what was put off."""
        written = await self.shop.admin.fetch(
            "select coalition_id, array_agg(position order by position) as positions"
            " from journal.event group by 1"
        )
        stands = {row["coalition_id"]: row["positions"] for row in written}
        for positions in stands.values():
            assert positions == list(range(1, len(positions) + 1))
        assert not [place for place in self.ledger if place[1] not in stands[place[0]]]
        assert self.shop.journal.conflicts == 0

    async def check(self, *names: str) -> None:
        """I1, I3, I4: what was acknowledged stands where it was said, once, in every model."""
        await self.lost_none()
        acknowledged = sorted((*place, coins) for place, coins in self.ledger.items())
        written = await self.shop.admin.fetch(
            "select coalition_id, position from journal.event where type = 'CoinsPut'"
        )
        assert {(row["coalition_id"], row["position"]) for row in written} == self.ledger.keys()
        for name in names:
            assert await self.model(name) == acknowledged


class Traffic:
    """Puts for each coalition in turn, until it is ended."""

    def __init__(self, running: Line, of: Sequence[UUID], pause: float = 0.0) -> None:
        self._line = running
        self._of = of
        self._pause = pause
        self._stopping = False
        self._task = asyncio.create_task(self._go_on())

    async def _go_on(self) -> int:
        for number in count():
            if self._stopping:
                return number
            await self._line.put(self._of[number % len(self._of)], number % 9 + 1)
            await asyncio.sleep(self._pause)
        raise AssertionError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stopping = True
        await self._task

    async def end(self) -> int:
        """Return the number of puts, after the last was answered."""
        self._stopping = True
        return await self._task


@asynccontextmanager
async def line(
    postgres: str, name: str, bus: OwnBus | None = None, **journal: Any
) -> AsyncIterator[Line]:
    """Run a journal with an empty read model behind it."""
    async with shop(postgres, name, service=SERVICE, **journal) as opened:
        await opened.admin.execute(TABLE.format(app=f"accord_{name}_app"))
        async with writing(opened.journal):
            yield Line(opened, bus)


def coalitions(number: int) -> list[UUID]:
    """Return ids of coalitions."""
    return [UUID(int=0xACC0 << 64 | n) for n in range(1, number + 1)]


def at_percent(values: Sequence[float], percent: float) -> float:
    """Return the value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
