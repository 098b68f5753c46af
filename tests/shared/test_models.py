"""Read models side by side: entered, compared, switched and dropped, each by whom it may be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest

from shared import models
from shared.comparing import Compared, Comparison
from shared.database import Dropped, Pin, Script, migrate, tenant
from shared.models import Model, Models, current
from shared.service import CORE
from tests.shared.jars import Shop, shop

MINE, OTHERS = UUID(int=0x5E1F), UUID(int=0x5E20)
PACKAGE, BASE = "tests.shared", "shelf-shows-v1"


@dataclass(frozen=True)
class Shelf:
    """A database with read models, as its roles see it."""

    admin: str
    shop: Shop
    models: Models

    async def migrate(self, script: str = "shelf.sql") -> None:
        tables = Script(PACKAGE, script)
        await migrate(self.admin, "accord_shelf", CORE, [], model=(BASE, tables))

    async def add(self, model: Model, position: int, worth: int, of: UUID = MINE) -> None:
        """Put a row there, as a reader does."""
        pin = Pin()
        pin.schema = model.schema
        async with tenant(self.shop.app, [of], pin=pin) as db:
            await db.execute("insert into coin values ($1, $2, $3)", of, position, worth)
            await db.execute(
                "insert into inbox.cursor values ($1, 'shelf', $2, $3, '')"
                " on conflict (coalition_id, source, reader)"
                " do update set position = excluded.position",
                *(of, model.reader, position),
            )

    async def worths(self, pin: Pin | None = None) -> list[int]:
        async with tenant(self.shop.app, [MINE], pin=pin) as db:
            return [row[0] for row in await db.fetch("select worth from coin order by position")]

    async def build(self) -> Model:
        model = await self.models.make(BASE, "code")
        await self.models.begin_following(model)
        return model

    async def compare(self, live: Model, beside: Model) -> list[Compared]:
        comparison = Comparison(self.shop.relay, live, beside)
        return [each async for each in comparison.compare(await comparison.coalitions())]


@pytest.fixture(scope="module")
async def shelf(postgres: str) -> AsyncIterator[Shelf]:
    """Read models in a database that has had one since before there could be several."""
    async with shop(postgres, "shelf") as opened:
        await opened.admin.execute(
            "set role accord_shelf_owner; create schema views;"
            " create table views.coin (coalition_id uuid not null, position bigint not null,"
            " worth int not null, primary key (coalition_id, position)); reset role"
        )
        await opened.admin.executemany(
            "insert into views.coin values ($1, 1, $2)", [(MINE, 10), (OTHERS, 99)]
        )
        await opened.admin.execute(
            "insert into inbox.cursor select coalition_id, 'shelf', $1, 1, '' from views.coin", BASE
        )
        made = Shelf(postgres, opened, Models(opened.app, opened.relay))
        await made.migrate()
        yield made


@pytest.fixture
async def live(shelf: Shelf) -> AsyncIterator[Model]:
    """The one that is read; whatever a test builds beside it is dropped."""
    models.REQUEST_ENDS_WITHIN *= 0
    yield current(await shelf.models.all())
    for model in await shelf.models.all():
        if model.state != "current":
            await shelf.models.drop(model)


async def test_one_that_was_there_before_is_read_on(shelf: Shelf, live: Model) -> None:
    assert (live.schema, live.reader, live.followed) == ("views", BASE, True)
    assert await shelf.worths() == [10]


async def test_roles_may_do_in_a_new_one_what_they_may_in_the_first(
    shelf: Shelf, live: Model
) -> None:
    new = await shelf.build()
    assert new.schema != live.schema
    await shelf.add(new, 1, 7)
    await shelf.add(new, 1, 8, OTHERS)
    await shelf.models.switch(new)
    assert await shelf.worths() == [7]
    async with tenant(shelf.shop.app, []) as db:
        assert await db.fetchval("select count(*) from coin") == 0
    seen = await shelf.shop.relay.fetch(f"select worth from {new.schema}.coin order by 1")  # noqa: S608 - a schema of ours
    assert [row[0] for row in seen] == [7, 8]
    for pool, forbidden in (
        (shelf.shop.app, "create schema of_my_own"),
        (shelf.shop.app, f"create table {new.schema}.of_my_own ()"),
        (shelf.shop.app, "select * from migration.model"),
        (shelf.shop.relay, f"insert into {new.schema}.coin values ('{MINE}', 2, 2)"),  # noqa: S608 - a schema of ours
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(forbidden)
    await shelf.models.switch(live)


async def test_a_changed_script_reaches_every_one(shelf: Shelf, live: Model) -> None:
    new = await shelf.build()
    await shelf.migrate("shelf_wider.sql")
    for model in (live, new):
        found = await shelf.shop.relay.fetch(f"select mint from {model.schema}.coin")  # noqa: S608 - a schema of ours
        assert {row["mint"] for row in found} <= {None}


async def test_tables_that_were_lost_are_not_made_again_without_their_rows(
    shelf: Shelf, live: Model
) -> None:
    lost = await shelf.build()
    await shelf.shop.admin.execute(f"drop table {lost.schema}.coin")
    await shelf.migrate("shelf_wider.sql")
    there = await shelf.shop.admin.fetch(
        "select schemaname from pg_tables where tablename = 'coin' order by 1"
    )
    assert [row[0] for row in there] == [live.schema]
    comparison = Comparison(shelf.shop.relay, live, lost)
    await shelf.shop.admin.execute(
        "insert into inbox.cursor select coalition_id, source, $2, position, chain"
        " from inbox.cursor where reader = $1",
        *(live.reader, lost.reader),
    )
    assert [each async for each in comparison.compare([MINE, OTHERS])] == []
    assert comparison.done == {MINE, OTHERS}, "they were looked at, though they share no table"


async def test_a_request_keeps_to_the_one_it_read_first(shelf: Shelf, live: Model) -> None:
    new = await shelf.build()
    await shelf.add(new, 1, 7)
    pin = Pin()
    assert await shelf.worths(pin) == [10]
    await shelf.models.switch(new)
    assert (await shelf.worths(pin), await shelf.worths()) == ([10], [7])
    await shelf.models.switch(live)


async def test_what_was_entered_is_not_dropped_before_it_is_left(shelf: Shelf, live: Model) -> None:
    new = await shelf.build()
    await shelf.add(new, 1, 7)
    pin = Pin()
    pin.schema = new.schema
    async with tenant(shelf.shop.app, [MINE], pin=pin) as db:
        dropping = asyncio.create_task(shelf.models.drop(new))
        await asyncio.sleep(0.3)
        assert not dropping.done()
        assert await db.fetchval("select worth from coin") == 7
    assert await dropping
    with pytest.raises(Dropped):
        await shelf.worths(pin)
    left = await shelf.shop.relay.fetchval(
        "select count(*) from inbox.cursor where reader = $1", new.reader
    )
    assert left == 0
    assert not await shelf.models.drop(new)
    assert not await shelf.models.drop(live), "the one that is read stays"
    assert await shelf.worths() == [10]


async def test_only_one_that_is_kept_up_can_be_switched_to(shelf: Shelf, live: Model) -> None:
    unfilled = await shelf.models.make(BASE, "code")
    with pytest.raises(Dropped):
        await shelf.models.switch(unfilled)
    assert current(await shelf.models.all()).schema == live.schema


async def test_of_those_kept_only_the_last_one_stays(shelf: Shelf, live: Model) -> None:
    first, second = await shelf.build(), await shelf.build()
    await shelf.models.switch(first)
    await shelf.models.switch(second)
    due = {model.schema: model.due for model in await shelf.models.all()}
    assert due == {live.schema: True, first.schema: False, second.schema: None}
    await shelf.models.switch(live)


async def test_every_kind_of_difference_is_named_at_its_first_row(
    shelf: Shelf, live: Model
) -> None:
    same = await shelf.build()
    await shelf.add(same, 1, 10)
    await shelf.add(same, 1, 99, OTHERS)
    assert await shelf.compare(live, same) == [
        Compared("coin", MINE, 1), Compared("coin", OTHERS, 1),
    ]  # fmt: skip
    changed, more = await shelf.build(), await shelf.build()
    for model, worth in ((changed, 98), (more, 99)):
        await shelf.add(model, 1, worth, OTHERS)
    await shelf.add(more, 2, 1, OTHERS)
    assert await shelf.compare(live, changed) == [Compared("coin", OTHERS, 1, "position=1")]
    assert await shelf.compare(live, more) == [], "they do not stand at the same position"
    await shelf.shop.admin.execute(
        "update inbox.cursor set position = 1 where reader = $1", more.reader
    )
    assert await shelf.compare(live, more) == [Compared("coin", OTHERS, 1, "position=2")]
    assert await shelf.models.behind(same, live) == 0
    assert await shelf.models.behind(changed, live) == 1
    assert await shelf.models.behind(changed, live, [MINE]) == 0
