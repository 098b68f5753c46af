"""What an inbox changes: in the order of its events, however few trips that takes."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.changes import Changes
from shared.hot import Connection

MADE = "insert into seen (what) values ($1)"
MADE_TWICE = "insert into seen (what) select $1 from generate_series(1, 2)"


@pytest.fixture
async def db(postgres: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(postgres)
    await connection.execute(
        "create temp table seen (number int generated always as identity, what text,"
        " trip xid8 default pg_current_xact_id())"  # a trip without a transaction is one itself
    )
    yield connection
    await connection.close()


async def seen(db: Connection) -> list[str]:
    return [row["what"] for row in await db.fetch("select what from seen order by number")]


async def test_statements_run_in_their_order(db: Connection) -> None:
    changes = Changes(db)
    for what, statement in (("a", MADE), ("b", MADE), ("c", MADE_TWICE), ("d", MADE), ("e", MADE)):
        await changes.execute(statement, what)
    await changes.flush()
    assert await seen(db) == ["a", "b", "c", "c", "d", "e"]


async def test_those_that_are_alike_go_together(db: Connection) -> None:
    changes = Changes(db)
    for number in range(50):
        await changes.execute(MADE, str(number))
    await changes.flush()
    assert await seen(db) == [str(number) for number in range(50)]
    assert await db.fetchval("select count(distinct trip) from seen") == 1


async def test_an_answer_is_that_after_all_before(db: Connection) -> None:
    changes = Changes(db)
    await changes.execute(MADE, "a")
    await changes.execute(MADE, "b")
    assert await changes.fetchval("select count(*) from seen") == 2
    await changes.flush()
    assert await seen(db) == ["a", "b"]


async def test_what_cannot_be_run_is_said_where_it_is_sent(db: Connection) -> None:
    changes = Changes(db)
    await changes.execute("insert into seen (number, what) values ($1, $2)", 1, "a")
    with pytest.raises(asyncpg.PostgresError):
        await changes.flush()
    await changes.flush()  # nothing is left
    assert await seen(db) == []
