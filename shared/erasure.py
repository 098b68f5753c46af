"""A person is erased: their keys, then all that stood under them, in this service and for good.

Whoever reads the event first does it, before the cursor moves past; so a service that has read it
has done it. Each step may be repeated, and one that was broken off is.

1. What was sealed under the person's keys is noted by name, while it can still be opened.
2. The keys are overwritten. From then on nothing opens, here or in what was kept anywhere else.
3. In the transaction that moves the cursor: disclosures are deleted, rows emptied in every read
   model and in what was heard, and the person is on the list of those who were erased.

That list makes it whole: a batch that was decided before it, or a reader that opened a value before
it, finds at its end that the list has grown, and begins again.
"""

from collections.abc import Callable, Collection, Coroutine, Sequence
from uuid import UUID

import asyncpg
import structlog

from shared import decoding
from shared.database import enter
from shared.feed import Entry
from shared.hot import Connection
from shared.sealing import Disclosure, Keys, open_disclosure

log = structlog.get_logger()

SOURCE, TYPE = "members", "PersonErased"
"""Who says that a person is erased, and how: on the person's stream."""
WAIT_SECONDS = 2.0
WITHIN = 30.0  # seconds, for each statement: large tables are read from end to end
_MARK = f'.{TYPE}"'.encode()
_NOTED_AT_ONCE = 5_000


def persons(entries: Sequence[Entry], coalition: UUID) -> list[tuple[int, UUID]]:
    """Return who is erased by these events of the source, with the position that says so.

    Raises:
        EventDecodeError: one of them cannot be read.
    """
    found = []
    for entry, _ in entries:
        if _MARK in entry and decoding.type_of(entry) == TYPE:
            event = decoding.recorded(entry, {})
            if (event.service, event.coalition) == (SOURCE, coalition):
                found.append((event.position, UUID(event.key)))
    return found


def applied_again(watch: asyncpg.Pool) -> Callable[[Connection], Coroutine[None, None, None]]:
    """Return what a connection to a key store does first: destroy again what was destroyed.

    A key store that was restored from a backup has keys of persons who were erased since. Whoever
    can use it can only do so over a connection on which they are gone again.

    Args:
        watch: The role that sees who was erased in every coalition.
    """

    async def first(keys: Connection) -> None:
        async with watch.acquire(timeout=WAIT_SECONDS) as db:
            rows = await db.fetch("select coalition_id, person_id from inbox.erased")
        back = await keys.fetch(
            "select coalition, person from unnest($1::uuid[], $2::uuid[]) as one(coalition, person)"
            " where not exists (select from sealing.erased"
            " where (coalition_id, person_id) = (coalition, person))",
            [row["coalition_id"] for row in rows], [row["person_id"] for row in rows],
        )  # fmt: skip
        for row in back:
            await keys.fetch("select sealing.destroy($1, $2)", *row)
        if back:
            log.warning("keys_destroyed_again", persons=len(back))

    return first


class Erasure:
    """What one service does about it.

    Args:
        pool: The application's role.
    """

    def __init__(self, pool: asyncpg.Pool, keys: Keys) -> None:
        self._pool = pool
        self._keys = keys

    async def begin(self, coalition: UUID, person: UUID) -> None:
        """Note what was sealed under the person's keys, and destroy these."""
        await self._note(coalition, await self._keys.of(coalition, person))
        destroyed = await self._keys.destroy(coalition, person)
        log.info("keys_destroyed", coalition=str(coalition), keys=len(destroyed))

    async def _note(self, coalition: UUID, keys: Collection[UUID]) -> None:
        """Keep which fields of our events stood under these keys, as far as that can be read."""
        alive = await self._keys.known(coalition, keys)
        after = 0, ""
        while alive:
            async with self._pool.acquire(timeout=2) as db, db.transaction():
                await enter(db, [coalition])
                rows = await db.fetch(
                    "select e.event_id, d.position, d.digest, d.audience, d.key_id, d.nonce,"
                    " d.ciphertext from journal.disclosure d"
                    " join journal.event e using (coalition_id, position)"
                    " where d.coalition_id = $1 and d.key_id = any($2)"
                    " and (d.position, d.digest) > ($3, $4) order by d.position, d.digest limit $5",
                    coalition, list(alive), *after, _NOTED_AT_ONCE, timeout=WITHIN,
                )  # fmt: skip
                if not rows:
                    return
                named = []
                for event, position, *closed in rows:
                    held = Disclosure(*closed)
                    said = open_disclosure(alive[held.key], coalition, event, held)
                    name = said.name if said else ""
                    named.append((coalition, position, held.digest, held.audience, held.key, name))
                await db.executemany(
                    "insert into journal.erased values ($1, $2, $3, $4, $5, $6)"
                    " on conflict do nothing",
                    named,
                )
                after = rows[-1]["position"], rows[-1]["digest"]

    async def finish(self, db: Connection, coalition: UUID, person: UUID, position: int) -> int:
        """Delete and empty all that stood under the person's keys.

        Args:
            db: In the transaction of the reader, which has the coalition to itself (`alone`).

        Returns:
            How many are new on the list of those who were erased: one, or none.
        """
        keys = list(await self._keys.of(coalition, person))
        await db.execute(
            "insert into journal.erased select coalition_id, position, digest, audience, key_id, ''"
            " from journal.disclosure where coalition_id = $1 and key_id = any($2)"
            " on conflict do nothing",
            coalition, keys, timeout=WITHIN,
        )  # fmt: skip
        await db.execute(
            "delete from journal.disclosure where coalition_id = $1 and key_id = any($2)",
            coalition, keys, timeout=WITHIN,
        )  # fmt: skip
        await db.execute(
            "select inbox.forget(array(select schema from inbox.model) || array['heard'], $1, $2)",
            coalition, keys, timeout=WITHIN,
        )  # fmt: skip
        new = await db.fetchval(
            "insert into inbox.erased values ($1, $2, $3) on conflict do nothing returning 1",
            coalition, person, position,
        )  # fmt: skip
        log.info("person_erased", coalition=str(coalition), position=position)
        return new or 0


async def listed(db: Connection, coalition: UUID) -> frozenset[UUID]:
    """Return who was erased here: nothing of theirs is left, and nothing of theirs can come."""
    rows = await db.fetch("select person_id from inbox.erased where coalition_id = $1", coalition)
    return frozenset(row["person_id"] for row in rows)


async def queue(db: Connection, coalition: UUID) -> None:
    """Wait for others who erase in this coalition; each then locks what the others had locked."""
    await db.execute(
        "select pg_advisory_xact_lock(hashtextextended('erase' || $1, 0))", str(coalition)
    )


async def alone(db: Connection, coalition: UUID) -> None:
    """Let those come to their end who write or read in this coalition, and nobody begin."""
    await db.execute("select from journal.head where coalition_id = $1 for update", coalition)
    await db.execute(
        "select from inbox.cursor where coalition_id = $1 order by source, reader for update",
        coalition,
    )
