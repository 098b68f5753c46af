"""Batches decided on what is held and written in one trip: only where all of it still stands."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from structlog.testing import capture_logs

from shared.decider import Refused
from shared.failpoint import arm, arm_from
from shared.hot import Reading, Snapshot
from shared.journal import LOCKS_FIRST, Journal
from tests.shared.jars import Put, Shop, Smash, address, ask, shop, writing

JAR = UUID(int=1)
WAITING = (
    "select count(*) from pg_stat_activity where usename = 'accord_once_app'"
    " and wait_event_type = 'Lock' and query like '%journal.append%'"
)


@pytest.fixture(scope="module")
async def open_shop(postgres: str) -> AsyncIterator[Shop]:
    async with shop(postgres, "once") as opened:
        yield opened


@pytest.fixture
async def warm(open_shop: Shop, request: pytest.FixtureRequest) -> AsyncIterator["Warm"]:
    """A replica that holds one jar of a coalition of its own."""
    coalition = UUID(bytes=request.node.name.encode().ljust(16)[-16:])
    async with writing(open_shop.again()) as journal:
        await journal.write(ask(coalition, JAR, Put(coins=1)))
        yield Warm(open_shop, journal, coalition)
        assert journal.conflicts == 0


class Warm:
    def __init__(self, opened: Shop, journal: Journal, coalition: UUID) -> None:
        self.shop, self.journal, self.coalition = opened, journal, coalition
        self._before = journal.in_one_trip

    @property
    def in_one_trip(self) -> int:
        """How many batches since it is warm."""
        return self.journal.in_one_trip - self._before

    async def put(self, coins: int = 1, **more: Any) -> int:
        return (
            await self.journal.write(ask(self.coalition, JAR, Put(coins=coins), **more))
        ).position

    async def rows(self) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.shop.admin.fetch(
            "select position, version, bytes::text from journal.event where coalition_id = $1"
            " order by position",
            self.coalition,
        )
        return rows

    async def positions(self) -> list[int]:
        return [row["position"] for row in await self.rows()]


async def test_what_is_held_is_decided_and_written_in_one_trip(warm: Warm) -> None:
    assert [await warm.put() for _ in range(3)] == [2, 3, 4]
    assert warm.in_one_trip == 3
    assert [(row["position"], row["version"]) for row in await warm.rows()] == [
        (n, n) for n in range(1, 5)
    ]


async def test_what_has_to_be_read_goes_the_long_way(warm: Warm) -> None:
    other = ask(warm.coalition, UUID(int=2), Put(coins=1))
    assert (await warm.journal.write(other)).position == 2
    assert warm.in_one_trip == 0
    assert await warm.put() == 3
    assert warm.in_one_trip == 1


async def test_a_stream_that_begins_has_nothing_to_be_read(warm: Warm) -> None:
    begun = ask(warm.coalition, UUID(int=3), Put(coins=1))
    begun.steps[0].begins = True
    assert (await warm.journal.write(begun)).position == 2
    assert warm.in_one_trip == 1


async def test_a_refusal_rests_on_what_stands(warm: Warm) -> None:
    async with writing(warm.shop.again()) as other:
        await other.write(ask(warm.coalition, JAR, Smash()))
    with pytest.raises(Refused):  # as held, the jar is whole
        await warm.put()
    assert await warm.positions() == [1, 2]


async def test_what_another_replica_moved_is_decided_again(warm: Warm) -> None:
    async with writing(warm.shop.again()) as other:
        for n in range(2, 8):
            journal = (warm.journal, other)[n % 2]
            written = await journal.write(ask(warm.coalition, JAR, Put(coins=1)))
            assert (written.position, written.version) == (n, n)
        assert other.conflicts == 0
    assert await warm.positions() == list(range(1, 8))


async def test_who_was_come_before_locks_first_for_a_while(warm: Warm) -> None:
    async with writing(warm.shop.again()) as other:
        await other.write(ask(warm.coalition, JAR, Put(coins=1)))
    for _ in range(1 + LOCKS_FIRST):
        await warm.put()
    assert warm.in_one_trip == 0
    await warm.put()
    assert warm.in_one_trip == 1


async def test_what_another_replica_holds_is_not_written_at_once(warm: Warm) -> None:
    async with warm.shop.admin.acquire() as db, db.transaction():
        await db.execute(
            "select from journal.head where coalition_id = $1 for update", warm.coalition
        )
        answer = asyncio.create_task(warm.put())
        for _ in range(20):
            await asyncio.sleep(0.02)
            assert await warm.shop.admin.fetchval(WAITING) == 0  # whoever waits has locked nothing
        assert not answer.done()
        assert warm.in_one_trip == 0
    assert await answer == 2


async def test_a_repeat_gets_its_answer(warm: Warm) -> None:
    first = await warm.journal.write(ask(warm.coalition, JAR, Put(coins=2), key="again"))
    assert warm.in_one_trip == 1
    again = await warm.journal.write(ask(warm.coalition, JAR, Put(coins=2), key="again"))
    assert again.replayed
    assert again.json() == first.json()
    assert await warm.positions() == [1, 2]


async def test_what_was_heard_meanwhile_is_known_to_the_next_command(warm: Warm) -> None:
    loads: list[int] = []

    async def load(db: Any, coalition: UUID) -> int:
        heard = await db.fetchval(
            "select coalesce(max(position), 0) from inbox.cursor where coalition_id = $1", coalition
        )
        loads.append(heard)
        return int(heard)

    snapshot = Snapshot("heard", load)

    async def fact(read: Reading, _state: Any, _command: Any) -> int:
        return await read.snapshot(snapshot)

    await warm.put(facts=(fact,))
    await warm.put(facts=(fact,))
    assert (loads, warm.in_one_trip) == ([0], 1)
    await warm.shop.admin.execute(
        "insert into inbox.cursor values ($1, 'others', 'reader', 7, sha256(''))", warm.coalition
    )
    await warm.put(facts=(fact,))
    assert loads == [0, 7]
    await warm.put(facts=(fact,))
    assert (loads, warm.in_one_trip) == ([0, 7], 2)


async def test_a_clock_that_runs_away_dates_nothing(open_shop: Shop) -> None:
    coalition, ahead = UUID(int=900), 0.0
    journal = Journal(open_shop.app, open_shop.journal.rules, open_shop.keys, passing=lambda: ahead)
    async with writing(journal):
        for away in (0.0, 0.0, 3_600.0, -7_200.0):
            before = journal.in_one_trip
            ahead += away
            await journal.write(ask(coalition, JAR, Put(coins=1)))
            assert away == 0.0 or journal.in_one_trip == before
    times = await open_shop.admin.fetch(
        "select convert_from(bytes, 'UTF8')::jsonb ->> 'recordedtime' as at from journal.event"
        " where coalition_id = $1 order by position",
        coalition,
    )
    found = [datetime.fromisoformat(row["at"]) for row in times]
    assert len(found) == 4
    assert (found[-1] - found[0]).total_seconds() < 60


async def test_times_never_run_backwards(warm: Warm) -> None:
    later = "clock_timestamp() + interval '0.5 seconds'"
    await warm.shop.admin.execute(
        f"update journal.head set recorded_at = {later} where coalition_id = $1",  # noqa: S608 - our own words
        warm.coalition,
    )
    before = await warm.shop.admin.fetchval(
        "select recorded_at from journal.head where coalition_id = $1", warm.coalition
    )
    assert await warm.put() == 2
    after = await warm.shop.admin.fetchval(
        "select recorded_at from journal.head where coalition_id = $1", warm.coalition
    )
    assert after >= before.replace(microsecond=before.microsecond // 1000 * 1000)


@pytest.mark.parametrize("point", ["journal.before_commit", "journal.after_commit"])
async def test_a_lost_answer_is_found_by_its_key(warm: Warm, tmp_path: Any, point: str) -> None:
    arm_from(tmp_path)
    try:
        arm(tmp_path, point, "raise")
        assert await warm.put(key=point) == 2
    finally:
        arm_from(None)
    assert await warm.positions() == [1, 2]


async def test_a_tenant_ends_with_its_statement(open_shop: Shop, postgres: str) -> None:
    coalition = UUID(int=901)
    dsn = address(postgres, "accord_once_app", "a", "accord_once")
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=1, reset=_as_it_is)
    async with writing(Journal(pool, open_shop.journal.rules, open_shop.keys)) as journal:
        for _ in range(2):
            await journal.write(ask(coalition, JAR, Put(coins=1)))
        assert journal.in_one_trip
    assert await pool.fetchval("select count(*) from journal.event") == 0
    await pool.close()


async def _as_it_is(_db: asyncpg.Connection) -> None:
    """Let a connection go back as it is, as one behind a pooler may."""


async def test_who_writes_nothing_holds_no_connection(warm: Warm) -> None:
    await warm.put()
    pool = warm.shop.app
    async with asyncio.timeout(5):
        while pool.get_idle_size() < pool.get_size():  # noqa: ASYNC110 - the pool sets no event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("jar", [JAR, UUID(int=4)], ids=["in one trip", "the long way"])
async def test_who_waits_is_answered_and_who_is_next_served_before_a_connection_is_given_back(
    warm: Warm, monkeypatch: pytest.MonkeyPatch, jar: UUID
) -> None:
    given_back, release = asyncio.Event(), asyncpg.pool.Pool.release

    async def late(pool: asyncpg.Pool, connection: Any, **more: Any) -> None:
        await given_back.wait()
        await release(pool, connection, **more)

    monkeypatch.setattr(asyncpg.pool.Pool, "release", late)
    try:
        async with asyncio.timeout(5):
            first = await warm.journal.write(ask(warm.coalition, jar, Put(coins=1)))
            second = await warm.journal.write(ask(warm.coalition, jar, Put(coins=1)))
    finally:
        given_back.set()
    assert (first.position, second.position) == (2, 3)
    assert warm.in_one_trip == (2 if jar == JAR else 1)


async def test_a_connection_that_cannot_be_given_back_fails_nobody(
    warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncpg.pool.Pool.release

    async def broken(pool: asyncpg.Pool, connection: Any, **more: Any) -> None:
        await release(pool, connection, **more)
        raise asyncpg.InterfaceError("gone")

    monkeypatch.setattr(asyncpg.pool.Pool, "release", broken)
    with capture_logs() as said:
        assert await warm.put() == 2
        await asyncio.sleep(0.1)
    assert [one["event"] for one in said] == ["connection_not_returned"]
