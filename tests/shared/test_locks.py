"""Locks and transactions of the journal, the long way: the unique keys are never met."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from shared.database import tenant
from shared.decider import Refused
from shared.inbox import Reader, Subscription
from shared.journal import Journal
from shared.source import Own
from tests.shared.jars import Put, Shop, Smash, address, ask, shop, writing

APP = "accord_locks_app"


@pytest.fixture(scope="module")
async def open_shop(postgres: str) -> AsyncIterator[Shop]:
    async with shop(postgres, "locks", at_once=False) as opened, writing(opened.journal):
        yield opened


async def positions(opened: Shop, coalition: UUID) -> list[int]:
    rows = await opened.admin.fetch(
        "select position from journal.event where coalition_id = $1 order by 1", coalition
    )
    return [row["position"] for row in rows]


async def waiting(opened: Shop, event: str = "relation") -> None:
    """Wait until the journal waits for a lock."""
    for _ in range(200):
        if await opened.admin.fetchval(
            "select count(*) from pg_stat_activity where usename = $1 and wait_event = $2",
            APP, event,
        ):  # fmt: skip
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing waits")


async def test_replicas_decide_one_after_another(open_shop: Shop) -> None:
    coalition, jar = UUID(int=1), UUID(int=11)
    async with writing(open_shop.again()) as left, writing(open_shop.again()) as right:
        answers = await asyncio.gather(
            *((left, right)[n % 2].write(ask(coalition, jar, Put(coins=1))) for n in range(60))
        )
        assert sorted(answer.position for answer in answers) == list(range(1, 61))
        assert left.conflicts + right.conflicts == 0


async def test_a_head_that_another_replica_moved_is_caught_up_with(open_shop: Shop) -> None:
    coalition, jar = UUID(int=2), UUID(int=12)
    async with writing(open_shop.again()) as left, writing(open_shop.again()) as right:
        for n in range(6):
            await (left, right)[n % 2].write(ask(coalition, jar, Put(coins=1)))
        assert await positions(open_shop, coalition) == [1, 2, 3, 4, 5, 6]
        assert left.conflicts + right.conflicts == 0


async def test_what_another_replica_holds_is_waited_for_together(open_shop: Shop) -> None:
    held, jar = [UUID(int=100 + n) for n in range(5)], UUID(int=12)
    async with writing(open_shop.again()) as journal:
        for coalition in held:
            await journal.write(ask(coalition, jar, Put(coins=1)))
        async with open_shop.admin.acquire() as db, db.transaction():
            await db.execute(
                "select from journal.head where coalition_id = any($1) for update", held
            )
            answers = asyncio.gather(*(journal.write(ask(c, jar, Put(coins=1))) for c in held))
            await waiting(open_shop, "transactionid")
            await asyncio.sleep(0.2)
            waits = await open_shop.admin.fetchval(
                "select count(*) from pg_stat_activity"
                " where usename = $1 and wait_event_type = 'Lock'",
                APP,
            )
        assert waits == 1
        assert [answer.position for answer in await answers] == [2] * 5


async def test_a_twin_in_the_same_batch_gets_the_answer_of_the_first(open_shop: Shop) -> None:
    coalition, jar, journal = UUID(int=3), UUID(int=13), open_shop.again()
    asks = [ask(coalition, jar, Put(coins=1), key="twin") for _ in range(2)]
    waits = asyncio.gather(*(journal.write(one) for one in asks))
    await asyncio.sleep(0)  # both are in the queue before the first batch is taken
    async with writing(journal):
        first, second = await waits
    assert (first.position, second.position) == (1, 1)
    assert journal.conflicts == 0


async def test_a_key_belongs_to_its_coalition(open_shop: Shop) -> None:
    ours, theirs, jar = UUID(int=4), UUID(int=5), UUID(int=14)
    asks = [ask(whose, jar, Put(coins=3), key="the-same") for whose in (ours, theirs)]
    await open_shop.journal.write_all(asks)
    assert await positions(open_shop, ours) == [1]
    assert await positions(open_shop, theirs) == [1]


async def test_nothing_is_answered_before_it_is_durable(open_shop: Shop) -> None:
    coalition, jar = UUID(int=6), UUID(int=15)
    async with open_shop.admin.acquire() as db, db.transaction():
        await db.execute("lock table journal.event in share row exclusive mode")
        answer = asyncio.create_task(open_shop.journal.write(ask(coalition, jar, Put(coins=1))))
        await waiting(open_shop)
        assert not answer.done()
    assert (await answer).position == 1


async def test_of_a_command_refused_at_its_second_step_nothing_stays(open_shop: Shop) -> None:
    coalition, whole, broken = UUID(int=7), UUID(int=16), UUID(int=17)
    await open_shop.journal.write(ask(coalition, broken, Smash()))
    both = ask(coalition, whole, Put(coins=5))
    both.steps += ask(coalition, broken, Put(coins=5)).steps
    answers = await open_shop.journal.write_all([both, ask(coalition, whole, Smash())])
    assert isinstance(answers[0], Refused)
    assert await positions(open_shop, coalition) == [1, 2]
    async with tenant(open_shop.app, [coalition]) as db:
        stored = await db.fetchval("select bytes from journal.event where position = 2")
    assert b'"coins":0' in stored  # the jar was empty


async def test_a_batch_whose_connection_broke_is_decided_again_from_what_stands(
    open_shop: Shop,
) -> None:
    coalition, jar = UUID(int=8), UUID(int=18)
    await open_shop.journal.write(ask(coalition, jar, Put(coins=1)))
    async with open_shop.admin.acquire() as db, db.transaction():
        await db.execute("lock table journal.event in share row exclusive mode")
        answer = asyncio.create_task(
            open_shop.journal.write(ask(coalition, jar, Put(coins=1), key="again"))
        )
        await waiting(open_shop)
        await db.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = $1 and wait_event = 'relation'",
            APP,
        )
    assert (await answer).position == 2
    assert await positions(open_shop, coalition) == [1, 2]
    assert (await open_shop.journal.write(ask(coalition, jar, Smash()))).version == 3


class Unreset(asyncpg.Connection):
    """A connection that goes back as it is, as one behind a pooler may."""

    def get_reset_query(self) -> str:
        return ""


async def test_a_tenant_ends_with_its_transaction(open_shop: Shop, postgres: str) -> None:
    coalition, jar = UUID(int=9), UUID(int=19)
    dsn = address(postgres, APP, "a", "accord_locks")
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=1, connection_class=Unreset)

    async def rows_of_nobody() -> int:
        seen: int = await pool.fetchval("select count(*) from journal.event")
        return seen

    async with writing(
        Journal(pool, open_shop.journal.rules, open_shop.keys, at_once=False)
    ) as journal:
        await journal.write(ask(coalition, jar, Put(coins=1)))
    assert await rows_of_nobody() == 0  # on the connection that the journal had
    async with tenant(pool, [coalition]) as db:
        assert await db.fetchval("select count(*) from journal.event") == 1
    assert await rows_of_nobody() == 0
    hears = Subscription("locks", "hears", (), frozenset({"CoinsPut", "JarSmashed"}))
    own = Own("locks", open_shop.relay)
    assert await Reader(hears, own, pool, open_shop.relay, open_shop.keys).heal(coalition)
    assert await rows_of_nobody() == 0
    await pool.close()
