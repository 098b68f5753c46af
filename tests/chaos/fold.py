"""Read models folded again from nothing, in databases of their own, by another process.

`python -m tests.chaos.fold DATA` reads the journals, not the bus: one event after another in
slices of chance length, with another hash seed than the services had. Two read models that agree
have the same digest for every table and coalition.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

import asyncpg

from shared import decoding
from shared.bus import Stored, read_disclosures, written_disclosures
from shared.canonical import leaf_hash
from shared.database import create, enter, migrate
from shared.feed import read
from shared.inbox import Listener
from shared.sealing import Keys, Opened, open_disclosure
from shared.service import CORE, TIMERS, Service
from tests.chaos.world import LISTENERS, drawn_from

PAGE = 500
SLICE = 40
HIDDEN_FROM_PEERS = "affinity"

Digests = dict[str, str]
"""`schema.table coalition` → digest over all rows."""


async def digests(db: asyncpg.Connection) -> Digests:
    """Return the digest of every table of an inbox and the current read model, by coalition."""
    tables = await db.fetch(
        "select table_schema || '.' || table_name as name from information_schema.tables"
        " where table_type = 'BASE TABLE' and (table_schema = 'heard'"
        " or table_schema in (select schema from inbox.model where state = 'current')) order by 1"
    )
    found: Digests = {}
    for table in tables:
        rows = await db.fetch(
            "select coalition_id, count(*) || ' rows, ' ||"  # noqa: S608 - names are the database's own
            """ md5(string_agg(t::text, E'\\n' order by t::text collate "C")) as digest"""
            f" from {table['name']} t group by coalition_id"
        )
        found |= {f"{table['name']} {row['coalition_id']}": row["digest"] for row in rows}
    return found


async def folded(dsn: str, kek: bytes) -> dict[str, Digests]:
    """Fold what every service derives; return the digests by service."""
    services = {service.name: service for service, _, _ in LISTENERS}
    found = {}
    for service in services.values():
        await _prepare(dsn, service)
        db = await asyncpg.connect(dsn, database=_base(service))
        try:
            for listening, source, listener in LISTENERS:
                if listening is service:
                    await _fold(dsn, kek, db, service.name, source, listener)
            found[service.name] = await digests(db)
        finally:
            await db.close()
    return found


def _base(service: Service) -> str:
    return f"fold_{service.name}"


async def _prepare(dsn: str, service: Service) -> None:
    """Make an empty database with the tables of a service."""
    base = _base(service)
    admin = await asyncpg.connect(dsn)
    try:
        await admin.execute(f"drop database if exists {base}")
    finally:
        await admin.close()
    await create(dsn, base, {f"{base}_app": "unused", f"{base}_relay": "unused"})
    model = None
    if service.projection is not None and service.tables is not None:
        model = service.projection.reader, service.tables
    heard = ["create schema if not exists heard"]
    timing = (TIMERS,) if service.timers else ()
    await migrate(dsn, base, (*CORE, *timing, *service.sql), heard, model=model)


async def _fold(
    dsn: str, kek: bytes, db: asyncpg.Connection, service: str, source: str, listener: Listener
) -> None:
    chance = drawn_from(f"{service} {source}")  # where slices end
    journal = await asyncpg.connect(dsn, database=f"accord_{source}")
    try:
        async with asyncpg.create_pool(
            dsn, database=f"accord_{source}_keys", min_size=1, max_size=1
        ) as sealing:
            keys = Keys(sealing, kek, source)
            for row in await journal.fetch("select coalition_id from journal.head order by 1"):
                coalition, after = row["coalition_id"], 0
                while events := await read(journal, coalition, after, PAGE):
                    opened = await _opened(keys, coalition, events, own=service == source)
                    while events:
                        cut = chance.randint(1, SLICE)
                        await _apply(db, coalition, listener, events[:cut], opened)
                        after, events = events[:cut][-1].position, events[cut:]
    finally:
        await journal.close()


async def _opened(
    keys: Keys, coalition: UUID, events: Iterable[Stored], *, own: bool
) -> Mapping[UUID, dict[str, Opened]]:
    """Open what a service may read: of others', all but affinity."""
    closed = [
        (decoding.event_id(event.entry), one)
        for event in events
        for one in read_disclosures(written_disclosures(event.disclosures))  # as they travel
        if own or one.audience != HIDDEN_FROM_PEERS
    ]
    known = await keys.known(coalition, {one.key for _, one in closed})
    found: dict[UUID, dict[str, Opened]] = {}
    for event_id, one in closed:
        if (key := known.get(one.key)) is not None:
            opened = open_disclosure(key, coalition, event_id, one)
            assert opened is not None
            found.setdefault(event_id, {})[one.digest] = opened
    return found


async def _apply(
    db: asyncpg.Connection, coalition: UUID, listener: Listener, events: Iterable[Stored],
    opened: Mapping[UUID, dict[str, Opened]],
) -> None:  # fmt: skip
    seen = [
        decoding.recorded(
            event.entry, opened.get(decoding.event_id(event.entry), {}), leaf_hash(event.entry)
        )
        for event in events
        if listener.wants(event.type)
    ]
    async with db.transaction():
        await enter(db, [coalition])
        if seen:
            await listener.apply(db, seen)


def main() -> None:
    data, dsn = Path(sys.argv[1]), sys.stdin.readline().strip()
    kek = bytes.fromhex((data / "secrets" / "kek").read_text().strip())
    print(json.dumps(asyncio.run(folded(dsn, kek))))  # noqa: T201 - what its parent reads


if __name__ == "__main__":
    main()
