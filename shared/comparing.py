"""Two read models compared: digests of the columns they share, per table and coalition.

Both are looked at in one snapshot, and only where their cursors stand at the same positions.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from shared.hot import Connection
from shared.models import Model

AT_ONCE = 200
SECONDS = 1_800.0
SNAPSHOT_TIMEOUTS_SINCE = (17,)


@dataclass(frozen=True)
class Shared:
    """A table that both have.

    Args:
        columns: Those that both have, of the same type.
        key: Those of the primary key.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def hashed(self) -> str:
        return f"hashtextextended(row({', '.join(map(_quoted, self.columns))})::text, 0)"


@dataclass(frozen=True)
class Compared:
    """What came of one table and coalition; `first` is the first row that differs."""

    table: str
    coalition: UUID
    rows: int
    first: str | None = None

    @property
    def equal(self) -> bool:
        return self.first is None


class Comparison:
    """A read model and the one beside it, over all coalitions that either knows.

    Args:
        watch: The role that sees every coalition's rows.

    Attributes:
        done: The coalitions that have been compared.
    """

    def __init__(self, watch: asyncpg.Pool, live: Model, beside: Model) -> None:
        self.done: set[UUID] = set()
        self._watch = watch
        self._live = live
        self._beside = beside

    async def coalitions(self) -> list[UUID]:
        """Return the coalitions that either has heard of."""
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select distinct coalition_id from inbox.cursor where reader = any($1) order by 1",
                [self._live.reader, self._beside.reader],
            )
        return [row["coalition_id"] for row in rows]

    async def compare(self, coalitions: Sequence[UUID]) -> AsyncIterator[Compared]:
        """Yield what came of those that stand at the same positions; pass over the others."""
        for first in range(0, len(coalitions), AT_ONCE):
            async for each in self._some(coalitions[first : first + AT_ONCE]):
                yield each

    async def _some(self, coalitions: Sequence[UUID]) -> AsyncIterator[Compared]:
        async with (
            self._watch.acquire(timeout=2) as db,
            db.transaction(isolation="repeatable_read", readonly=True),
        ):
            if db.get_server_version() >= SNAPSHOT_TIMEOUTS_SINCE:
                await db.execute("set local transaction_timeout = 0")
            await db.execute("set local statement_timeout = 0")
            level = await self._level(db, coalitions)
            for table in await self._tables(db):
                here = await self._digests(db, self._live, table, level)
                there = await self._digests(db, self._beside, table, level)
                for coalition in level:
                    rows, digest = here.get(coalition, (0, None))
                    if (rows, digest) == there.get(coalition, (0, None)):
                        yield Compared(table.name, coalition, rows)
                    else:
                        key = await self._first(db, table, coalition)
                        yield Compared(table.name, coalition, rows, key)
            self.done.update(level)

    async def _level(self, db: Connection, coalitions: Sequence[UUID]) -> list[UUID]:
        """Return those of the coalitions for which both stand at the same positions."""
        rows = await db.fetch(
            "select coalition_id, array_agg(source || '/' || position order by source)"
            " filter (where reader = $2) as live,"
            " array_agg(source || '/' || position order by source)"
            " filter (where reader = $3) as beside"
            " from inbox.cursor where coalition_id = any($1) and position > 0"
            " group by coalition_id order by coalition_id",
            *(coalitions, self._live.reader, self._beside.reader),
        )
        return [row["coalition_id"] for row in rows if row["live"] == row["beside"]]

    async def _tables(self, db: Connection) -> list[Shared]:
        rows = await db.fetch(
            "select n.nspname as schema, c.relname as name, a.attname as column,"
            " format_type(a.atttypid, a.atttypmod) as type,"
            " coalesce(a.attnum = any(i.indkey), false) as key"
            " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " left join pg_index i on i.indrelid = c.oid and i.indisprimary"
            " where n.nspname = any($1) and c.relkind in ('r', 'p') order by c.relname, a.attnum",
            [self._live.schema, self._beside.schema],
        )
        live = {
            (row["name"], row["column"], row["type"]): row["key"]
            for row in rows
            if row["schema"] == self._live.schema
        }
        both: dict[str, list[tuple[str, bool]]] = {}
        for row in rows:
            place = row["name"], row["column"], row["type"]
            if row["schema"] == self._beside.schema and place in live:
                both.setdefault(row["name"], []).append((row["column"], live[place]))
        return [
            Shared(
                name,
                tuple(sorted(column for column, _ in columns)),
                tuple(column for column, key in columns if key and column != "coalition_id"),
            )
            for name, columns in both.items()
        ]

    async def _digests(
        self, db: Connection, model: Model, table: Shared, coalitions: Sequence[UUID]
    ) -> Mapping[UUID, tuple[int, str]]:
        rows = await db.fetch(
            f"select coalition_id, count(*) as rows, sum({table.hashed}::numeric)::text as digest"  # noqa: S608 - names from the catalogue, quoted
            f" from {_quoted(model.schema)}.{_quoted(table.name)}"
            " where coalition_id = any($1) group by coalition_id",
            coalitions,
            timeout=SECONDS,
        )
        return {row["coalition_id"]: (row["rows"], row["digest"]) for row in rows}

    async def _first(self, db: Connection, table: Shared, coalition: UUID) -> str:
        """Return the key of the first row that is in one only, or not the same in both."""
        keys = ", ".join(map(_quoted, table.key))
        named = ", ".join(
            f"'{column}=' || coalesce({_quoted(column)}::text, '')" for column in table.key
        )
        live, beside = (
            f"(select {keys}, {table.hashed} as hash"  # noqa: S608 - names from the catalogue, quoted
            f" from {_quoted(schema)}.{_quoted(table.name)} where coalition_id = $1)"
            for schema in (self._live.schema, self._beside.schema)
        )
        found: str = await db.fetchval(
            f"select concat_ws(', ', {named}) from {live} a full join {beside} b using ({keys})"  # noqa: S608 - names from the catalogue, quoted
            f" where a.hash is distinct from b.hash order by {keys} limit 1",
            coalition,
            timeout=SECONDS,
        )
        return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
