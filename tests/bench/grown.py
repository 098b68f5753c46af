"""A journal that has been written for years: filled by the server itself, chained at its end."""

import asyncio
from uuid import UUID

from shared.canonical import chain_next, chain_start, leaf_hash
from tests.bench import notes
from tests.shared.jars import Shop

STREAM = 20
"""Events a stream."""


def stream_of(number: int) -> UUID:
    return UUID(int=number)


async def fill(opened: Shop, service: str, events: int) -> None:
    """Put that many events into an empty journal, 20 a stream.

    They have the bytes of one that was really written; only what the database checks differs. The
    chain of the head is of no history, so nothing may verify it.
    """
    await _write_one(opened)
    db = opened.admin
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("set local synchronous_commit to off")
        await connection.execute(
            "insert into journal.event (coalition_id, position, event_id, stream, version, type,"
            " bytes, chain) select $1, n, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))"
            "::uuid,"
            " 'note-' || ('00000000-0000-0000-0000-' || lpad(to_hex((n - 2) / $3), 12, '0')),"
            " (n - 2) % $3 + 1, one.type, one.bytes, one.chain"
            " from generate_series(2, $2 + 1) as n, journal.event one"
            " where one.coalition_id = $1 and one.position = 1",
            notes.COALITION, events, STREAM,
        )  # fmt: skip
        chain = chain_next(chain_start(service, notes.COALITION), leaf_hash(b""))
        await connection.execute(
            "update journal.head set position = $2, chain = $3 where coalition_id = $1",
            notes.COALITION, events + 1, chain,
        )  # fmt: skip
    await db.execute("vacuum analyze journal.event")
    await db.execute("checkpoint")


async def _write_one(opened: Shop) -> None:
    journal = opened.again()
    task = asyncio.create_task(journal.run())
    await journal.write(notes.ask(notes.PLAIN, UUID(int=2**65), "the first"))
    journal.stop()
    await task
