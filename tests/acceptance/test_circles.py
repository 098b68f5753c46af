"""Safe circles: what somebody learns who has everything that was stored."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from shared.identity import Signed
from tests.end_to_end.coalition import Coalition, key_of, mail
from tests.end_to_end.test_rebuild import admin_of

OPENER = "Parents"
Dump = set[tuple[str, str, str]]


async def dump(table: Coalition) -> Dump:
    """Return every row of every table of every database: where it stands, and all it says."""
    dsn, password = admin_of(table.suite.data)
    admin = await asyncpg.connect(dsn, password=password)
    databases = await admin.fetch("select datname from pg_database where datname like 'accord%'")
    await admin.close()
    rows: Dump = set()
    for (database,) in databases:
        db = await asyncpg.connect(dsn, database=database, password=password)
        tables = await db.fetch(
            "select schemaname, tablename from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        )
        for schema, name in tables:
            for row in await db.fetch(f'select * from "{schema}"."{name}"'):  # noqa: S608 - names from the catalogue
                rows.add((database, f"{schema}.{name}", "\n".join(map(written, row.values()))))
        await db.close()
    return rows


def written(value: Any) -> str:
    """Return what a column says, bytes as the characters they may stand for too."""
    if isinstance(value, bytes):
        return f"{value.decode('latin-1')} {value.hex()}"
    return str(value)


async def test_f111_a_full_dump_reveals_no_member_of_a_circle_and_no_text(
    table: Coalition,
) -> None:
    me = (await table.get("members", "me", OPENER)).json()
    subject = mail(OPENER)
    leads = {
        me["person"], table.orgs[OPENER], table.accreditations[OPENER], subject,
        Signed("accord", subject).principal, UUID(me["person"]).hex,
    }  # fmt: skip
    before = await dump(table)
    assert any(lead in said for lead in leads for _, _, said in before)

    key = "a-guess"
    opened = await table.post("members", "circles", {}, OPENER, key=key)
    circle = key_of(opened)
    assert await table.post("members", "circles", {}, OPENER, key=key) == opened
    others = await table.post("members", "circles", {}, "Union", key=key)
    assert key_of(others) != circle
    path = f"circles/{circle}/closings"
    closed = await table.post("members", path, {}, OPENER, key=key)
    await table.settled(f"members/{closed['position']}")
    new = await dump(table) - before

    about = {(where, said) for _, where, said in new if circle in said}
    assert {where for where, _ in about} >= {"journal.event", "journal.idempotency"}
    fingerprints = {sha256(f"{key}\n{{}}".encode()).hexdigest(), sha256(b"{}").hexdigest()}
    for _, where, said in new:
        for lead in {*leads, key, *fingerprints}:
            assert lead not in said, (where, lead)
    [event] = [said for where, said in about if where == "journal.event" and "CircleOpened" in said]
    assert '"data":{}' in event
    assert "authority" not in event
