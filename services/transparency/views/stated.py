"""Rows of what members stated in advance: scenarios, areas of conflict, to whom they answer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.transparency.domain.around import Around, Stated, around
from services.transparency.domain.said import withheld
from services.transparency.views.events import Lens, audience, jsonb, sealing
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

STATED = Table(
    "stated",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("type", "text"),
    ("key", "uuid"),
    ("by_org", "uuid"),
    ("data", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)


def stated(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Keep an event as it is."""
    yield (
        STATED,
        (
            seen.coalition,
            seen.position,
            seen.type,
            seen.key,
            seen.by,
            jsonb(seen.data),
            audience(seen),
            sealing(seen, *seen.sealed),
        ),
    )


ROWS: dict[str, Rows] = dict.fromkeys(
    ("ScenarioAgreed", "ConflictAreaNamed", "InterestStated"), stated
)


async def in_advance(db: Connection, lens: Lens, issue: UUID | None) -> Around:
    """Return what was said in advance of a proposal about this issue."""
    rows = await db.fetch(
        "select position, type, key, by_org, data, sealed from stated where coalition_id = $1"
        " and position <= $2 and audience && $3 order by position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return around((_stated(lens, row) for row in rows), issue)


def _stated(lens: Lens, row: asyncpg.Record) -> Stated:
    data: dict[str, Any] = orjson.loads(row["data"])
    for field, seal in orjson.loads(row["sealed"] or "{}").items():
        if seal[0] not in lens.audiences:
            data[field] = withheld("audience")
        elif data.get(field) is None:
            data[field] = withheld("erased")
    return Stated(row["position"], row["type"], row["key"], row["by_org"], data)


async def interest(db: Connection, lens: Lens, org: UUID) -> dict[str, Any] | None:
    """Return what an organisation stated last: what it gains, and to whom it answers."""
    row = await db.fetchrow(
        "select position, type, key, by_org, data, sealed from stated where coalition_id = $1"
        " and position <= $2 and audience && $3 and key = $4 and type = 'InterestStated'"
        " order by position desc limit 1",
        *(lens.coalition, lens.members, lens.audiences, org),
    )
    if row is None:
        return None
    said = _stated(lens, row)
    return {
        "mutual_benefit": said.data.get("mutual_benefit"),
        "answers_to": said.data.get("answers_to") or [],
        "ref": said.ref,
    }
