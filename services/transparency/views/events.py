"""Every event, so that a figure can cite what it rests on; and who may see a row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Said, withheld
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table
from shared.projection import sealing as under

SERVICES = ("members", "meetings", "credit")
UUID_LENGTH = 36

EVENT = Table(
    "event",
    ("coalition_id", "uuid"),
    ("service", "text"),
    ("position", "bigint"),
    ("type", "text"),
    ("key", "uuid"),
    ("recorded_at", "timestamptz"),
    ("leaf", "bytea"),
)


def kept(seen: Recorded) -> bool:
    """Say whether only the service that recorded it may open an event."""
    return any(token.startswith("own:") for token in seen.audience)


STANCES = frozenset({"StanceTaken", "StanceChanged", "StanceWithdrawn", "StanceRevealed"})


def every(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Keep each event's leaf hash, whatever its type; a stance's stands in its own row.

    Of what a service keeps for itself not even that it happened is told.
    """
    if seen.type in STANCES or kept(seen):
        return ()
    key = seen.key if len(seen.key) == UUID_LENGTH else None
    at = seen.recorded_at
    row = seen.coalition, seen.service, seen.position, seen.type, key, at, seen.leaf
    return ((EVENT, row),)


def together(*read: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return what each event type gives to all who read it."""
    found: dict[str, list[Rows]] = {}
    for rows in read:
        for kind, given in rows.items():
            found.setdefault(kind, []).append(given)
    return {kind: _all_of(given) for kind, given in found.items()}


def _all_of(given: Sequence[Rows]) -> Rows:
    if len(given) == 1:
        return given[0]
    return lambda seen: [row for rows in given for row in rows(seen)]


def audience(seen: Recorded) -> tuple[str, ...]:
    """Return the tokens of readers who may see what an event says (`security.md` 3)."""
    if seen.audience:
        return tuple(token if ":" in token else f"org:{token}" for token in seen.audience)
    return (seen.visibility,) if seen.visibility in {"members", "public"} else ()


def jsonb(value: Any) -> str | None:
    """Return what a jsonb column takes."""
    return None if value is None else orjson.dumps(value).decode()


def day(written: str | None) -> date | None:
    """Return what a date column takes."""
    return date.fromisoformat(written) if written else None


def sealing(seen: Recorded, *fields: str, **columns: str) -> str | None:
    """Return under which audience and key columns were sealed, for the column that says so."""
    return jsonb(under(seen, *fields, **columns) or None) if seen.sealed else None


@dataclass(frozen=True)
class Lens:
    """Whose eyes look, up to which positions, and in which read model (`model`)."""

    coalition: UUID
    audiences: tuple[str, ...]
    as_of: Mapping[str, int]
    model: str | None = None
    erased: tuple[int, ...] = ()
    """Where the journal of members says of somebody that they are erased."""

    @property
    def members(self) -> int:
        return self.as_of["members"]

    @property
    def meetings(self) -> int:
        return self.as_of["meetings"]

    @property
    def credit(self) -> int:
        return self.as_of["credit"]

    @property
    def erased_since(self) -> int:
        """How many were erased since: what it shows may be less than it was then."""
        return sum(position > self.members for position in self.erased)

    def sees(self, tokens: Collection[str]) -> bool:
        return not set(tokens).isdisjoint(self.audiences)

    def said(self, row: asyncpg.Record, field: str) -> Said:
        """Return the words of a field: as they are, or why they are not shown."""
        if row["sealed"] is None:
            value = row[field]
            return None if value is None else orjson.loads(value)
        return self.opened(row[field], orjson.loads(row["sealed"]).get(field))

    def opened(self, value: str | None, seal: Any) -> Said:
        """Return a value that may stand under a narrower audience than its row."""
        if seal is not None:
            if seal[0] not in self.audiences:
                return withheld("audience")
            if value is None:
                return withheld("erased")
        return None if value is None else orjson.loads(value)


async def positions(db: Connection, coalition: UUID) -> dict[str, int]:
    """Return how far each journal was read."""
    rows = await db.fetch(
        "select source, position from inbox.cursor where coalition_id = $1"
        " and reader = (select reader from inbox.model where schema = current_schema())",
        coalition,
    )
    return dict.fromkeys(SERVICES, 0) | {row["source"]: row["position"] for row in rows}


async def model(db: Connection) -> str:
    """Return which read model this is, and how often a row of it was not just added but changed.

    What was made of the rows of one is not held for another: an erasure, or damage, is another.
    """
    found: str = await db.fetchval(
        "select schema || '+' || changes from inbox.model where schema = current_schema()"
    )
    return found


async def erasures(db: Connection, coalition: UUID) -> tuple[int, ...]:
    """Return where it says of whom nothing is left here that they are erased."""
    rows = await db.fetch(
        "select position from inbox.erased where coalition_id = $1 order by position", coalition
    )
    return tuple(row["position"] for row in rows)


async def settled(db: Connection, lens: Lens, service: str) -> int:
    """Return the position of the newest event that is no stance: what decisions can depend on."""
    found: int | None = await db.fetchval(
        "select position from event where coalition_id = $1 and service = $2"
        " and position <= $3 order by position desc limit 1",
        lens.coalition,
        service,
        lens.as_of[service],
    )
    return found or 0


async def newest(db: Connection, lens: Lens) -> datetime | None:
    """Return when the newest event up to there was recorded.

    The newest may be a stance; then its voting was open when the newest other event happened.
    """
    found: datetime | None = await db.fetchval(
        "with newest as (select service, reached, e.position, e.recorded_at"
        " from unnest($2::text[], $3::bigint[]) as up_to(service, reached),"
        " lateral (select position, recorded_at from event e where e.coalition_id = $1"
        " and e.service = up_to.service and e.position <= reached"
        " order by position desc limit 1) e),"
        " since as (select reached, position from newest where service = 'meetings'),"
        " still_open as (select v.proposal from since, voting v where v.coalition_id = $1"
        " and v.position <= since.position and not exists (select from moment m"
        " where m.coalition_id = $1 and m.proposal = v.proposal and m.type = 'VotingClosed'"
        " and m.position > v.position and m.position <= since.position))"
        " select max(recorded_at) from (select recorded_at from newest union all"
        " select s.recorded_at from since, still_open join stance s"
        " on s.coalition_id = $1 and s.proposal = still_open.proposal"
        " where s.position > since.position and s.position <= since.reached) as included",
        lens.coalition,
        list(lens.as_of),
        list(lens.as_of.values()),
    )
    return found


async def heard(db: Connection, lens: Lens, service: str) -> datetime | None:
    """Return when the newest event of a journal up to there was recorded; stances do not count."""
    found: datetime | None = await db.fetchval(
        "select recorded_at from event where coalition_id = $1 and service = $2"
        " and position <= $3 order by position desc limit 1",
        lens.coalition,
        service,
        lens.as_of[service],
    )
    return found


async def of_aggregates(
    db: Connection, lens: Lens, service: str, keys: Collection[UUID]
) -> dict[UUID, list[tuple[int, bytes]]]:
    """Return position and leaf hash of all events of these aggregates but stances."""
    rows = await db.fetch(
        "select key, array_agg(position order by position) as positions,"
        " array_agg(leaf order by position) as leaves"
        " from event where coalition_id = $1 and key = any($2) and service = $3"
        " and position <= $4 group by key",
        lens.coalition,
        list(keys),
        service,
        lens.as_of[service],
    )
    return {row["key"]: list(zip(row["positions"], row["leaves"], strict=True)) for row in rows}


async def at_positions(
    db: Connection, lens: Lens, service: str, positions: Collection[int]
) -> dict[int, Cited]:
    """Return the events at these positions."""
    rows = await db.fetch(
        "select position, leaf from event"
        " where coalition_id = $1 and service = $2 and position = any($3)",
        lens.coalition,
        service,
        list(positions),
    )
    return {row["position"]: Cited(service, row["position"], row["leaf"]) for row in rows}


async def cited_rows(
    db: Connection, lens: Lens, table: Table, service: str, *types: str
) -> list[asyncpg.Record]:
    """Return the rows of a table that a reader may see, in order, each with its event's leaf.

    Args:
        types: Only of these event types.
    """
    of_types = "t.type = any($5)" if types else "$5::text[] is null"
    return await db.fetch(
        f"select t.*, e.leaf from {table.name} t join event e"  # noqa: S608 - a table of ours
        " on e.coalition_id = t.coalition_id and e.service = $4 and e.position = t.position"
        " where t.coalition_id = $1 and t.position <= $2 and t.audience && $3"
        f" and {of_types} order by t.position",
        lens.coalition,
        lens.as_of[service],
        lens.audiences,
        service,
        list(types) or None,
    )


async def hidden_rows(db: Connection, lens: Lens, table: Table, service: str, *types: str) -> int:
    """Return how many rows of a table a reader may not see."""
    found: int = await db.fetchval(
        f"select count(*) from {table.name} where coalition_id = $1 and position <= $2"  # noqa: S608 - a table of ours
        " and not audience && $3 and ($4::text[] is null or type = any($4))",
        lens.coalition,
        lens.as_of[service],
        lens.audiences,
        list(types) or None,
    )
    return found


def citing(service: str, row: asyncpg.Record) -> Cited:
    """Return the event of a row that was read with its leaf."""
    return Cited(service, row["position"], row["leaf"])
