"""What organisations accept for the coalition's terms, as heard from members, held hot."""

from typing import Any
from uuid import UUID

import orjson

from services.meetings.domain.ids import OrgId, TermId
from services.meetings.domain.mandate import Accepted, Compromise, Line, Lines, Mandate, Range
from services.meetings.views.roll import ROLL
from shared.hot import Connection, Reading, Snapshot


async def _load(db: Connection, coalition: UUID) -> Lines:
    terms = await db.fetch("select term from heard.term where coalition_id = $1", coalition)
    lines = await db.fetch("select * from heard.bottom_line where coalition_id = $1", coalition)
    deals = await db.fetch("select * from heard.compromise where coalition_id = $1", coalition)
    said: dict[TermId, dict[OrgId, Line]] = {TermId(row["term"]): {} for row in terms}
    for row in lines:
        line = Line(_accepted(orjson.loads(row["acceptable"])), row["until"])
        said.setdefault(row["term"], {})[row["org"]] = line
    return Lines(
        said,
        tuple(
            Compromise(
                parties=frozenset(row["parties"]),
                agreed=frozenset(row["agreed"]),
                terms={
                    TermId(UUID(term)): _accepted(accepted)
                    for term, accepted in orjson.loads(row["terms"]).items()
                },
                until=row["until"],
            )
            for row in deals
        ),
    )


def _accepted(heard: Any) -> Accepted:
    return Range(heard["min"], heard["max"]) if isinstance(heard, dict) else frozenset(heard)


LINES: Snapshot[Lines] = Snapshot("lines", _load)


async def mandate(read: Reading) -> Mandate:
    """Return what the members accept today, by term and organisation."""
    active = {org for org, one in (await read.snapshot(ROLL)).members.items() if one.active}
    found = (await read.snapshot(LINES)).mandate(read.context.at.date())
    return {
        term: {org: accepted for org, accepted in of.items() if org in active}
        for term, of in found.items()
    }
