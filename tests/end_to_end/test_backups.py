"""Backups put back: of who was erased since, they bring nothing back."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from accord import postgres
from accord.supervisor import Supervisor
from tests.acceptance.test_erasure import confirmed, connected, dumped, until
from tests.end_to_end.coalition import key_of, text
from tests.end_to_end.test_scenarios import (
    LARK,
    all_reports,
    come_alone,
    gather,
    heads,
    tell,
    work_together,
)
from tests.suite import suite

pytestmark = pytest.mark.servers
LISTENERS = ("meetings", "credit", "transparency")
KEY_STORES = tuple(f"accord_{name}_keys" for name in ("members", *LISTENERS))
DATA = tuple(f"accord_{name}" for name in LISTENERS)


@asynccontextmanager
async def nobody_else(data: Path) -> AsyncIterator[asyncpg.Connection]:
    """Run the database of a stopped suite, for its operator alone."""
    async with Supervisor(data, print) as supervisor:
        server = await postgres.prepare(data)
        await supervisor.start(server.program())
        password = server.password_file.read_text().strip()
        db = await asyncpg.connect(server.dsn(password=password))
        try:
            yield db
        finally:
            await db.close()


async def copy(db: asyncpg.Connection, source: str, target: str) -> None:
    """Let a database be as another is, and its owner's."""
    owner = await db.fetchval(
        "select datdba::regrole::text from pg_database where datname = $1", source
    )
    await db.execute(f'drop database if exists "{target}"')
    await db.execute(f'create database "{target}" template "{source}" owner {owner}')


async def put_back(db: asyncpg.Connection, names: Iterable[str]) -> None:
    for name in names:
        await copy(db, f"kept_{name}", name)


async def knowing(data: Path) -> set[str]:
    """Return the tables in which the name stands."""
    tables = await dumped(data)
    return {name for name, rows in tables.items() if any(LARK in row for row in rows)}


async def alive(data: Path, person: str) -> int:
    """Return how many keys of a person open something, in all key stores."""
    found = 0
    for name in KEY_STORES:
        db = await connected(data, name)
        found += await db.fetchval(
            "select count(*) from sealing.sealing_key"
            " where person_id = $1::uuid and wrapped_key is not null",
            person,
        )
        await db.close()
    return found


async def test_f121_what_is_restored_brings_nobody_back() -> None:
    async with suite() as running:
        data = running.data
        table = await gather(running, "backups", "Clinic", "Union", "Parents")
        person = await come_alone(table, LARK)
        issue = await tell(
            table, "issues", {"name": text("Vans"), "summary": text("One for all?")}, "Union"
        )
        await table.settled(f"members/{issue['position']}")
        await work_together(table, key_of(issue), LARK, person)
        stood = await heads(table)
        as_of = ",".join(f"{service}/{head}" for service, head in stood.items())
        await all_reports(table, as_of)
        await running.stop()
        async with nobody_else(data) as db:
            for name in (*KEY_STORES, *DATA):
                await copy(db, name, f"kept_{name}")

        await running.start()
        await tell(table, f"people/{person}/erasure-requests", {"ground": "left"}, "Clinic")
        await tell(table, f"people/{person}/erasures", {"ground": "left"}, "Union")
        await until(lambda: confirmed(table, person))
        after = await all_reports(table, as_of)
        assert (await knowing(data), await alive(data, person)) == (set(), 0)
        assert {name: (await heads(table))[name] for name in ("meetings", "credit")} == {
            name: stood[name] for name in ("meetings", "credit")
        }, "what is put back lacks nothing that was recorded"

        # The key stores of the day before: nobody opens anything with them.
        await running.stop()
        async with nobody_else(data) as db:
            await put_back(db, KEY_STORES)
            assert await alive(data, person) > 0
        await running.start()
        assert await all_reports(table, as_of) == after
        assert (await knowing(data), await alive(data, person)) == (set(), 0)

        # And with them all that the others knew: they read on, and erase again.
        await running.stop()
        async with nobody_else(data) as db:
            await put_back(db, (*KEY_STORES, *DATA))
            assert await knowing(data)
            assert await alive(data, person) > 0
        await running.start()

        async def erased_again() -> bool:
            return not await knowing(data) and not await alive(data, person)

        await until(erased_again)
        assert await all_reports(table, as_of) == after
