"""Rows of terms, bottom lines and compromises, and of what was settled at the front line."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from services.transparency.domain.mandate import Front, FrontEvent, LineEvent, stand
from services.transparency.domain.refs import Cited
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    day,
    hidden_rows,
    jsonb,
    sealing,
    together,
)
from services.transparency.views.names import NAME
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

LINE = Table(
    "bottom_line",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("org", "uuid"),
    ("term", "uuid"),
    ("says", "jsonb"),
    ("is_sealed", "boolean"),
    ("until", "date"),
    ("compromise", "uuid"),
    ("parties", "uuid[]"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
FRONT = Table(
    "front_line",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("front", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("crosses", "uuid[]"),
    ("terms", "jsonb"),
    ("decision", "uuid"),
    ("verdict", "text"),
    ("outside", "boolean"),
    ("report", "uuid"),
    ("result", "text"),
    ("audience", "text[]"),
)


def line(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    said = "terms" if seen.type == "CompromiseAgreed" else "acceptable"
    yield (
        LINE,
        (
            seen.coalition,
            seen.position,
            seen.type,
            seen.at,
            None if seen.type == "TermDefined" else seen.key,
            data.get("term"),
            jsonb(data.get(said)),
            data.get("sealed", False),
            day(data.get("valid_until")),
            data.get("compromise"),
            data.get("parties") or (),
            audience(seen),
            sealing(seen, says=said),
        ),
    )


def front(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    yield (
        FRONT,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            data.get("crosses") or (),
            jsonb(data.get("terms")),
            data.get("decision"),
            data.get("verdict"),
            data.get("outside_mandate", False),
            data.get("report_back"),
            data.get("result"),
            audience(seen),
        ),
    )


def called(kind: str, identified: str, field: str) -> Rows:
    """Return the name of what an event brings forth beside its aggregate."""

    def rows(seen: Recorded) -> Iterable[tuple[Table, Row]]:
        yield (
            NAME,
            (
                seen.coalition,
                seen.service,
                seen.position,
                seen.data[identified],
                kind,
                jsonb(seen.data.get(field)),
                audience(seen),
                sealing(seen, name=field),
            ),
        )

    return rows


LINES = ("TermDefined", "BottomLineDeclared", "CompromiseAgreed")
FRONTS = (
    "MandateChecked",
    "FrontLineConsentGiven",
    "FrontLineDecisionMade",
    "FrontLineDecisionReviewed",
)
ROWS: dict[str, Rows] = together(
    dict.fromkeys(LINES, line),
    dict.fromkeys(FRONTS, front),
    {
        "TermDefined": called("term", "term", "name"),
        "FrontLineDecisionMade": called("decision", "decision", "text"),
    },
)


async def line_events(db: Connection, lens: Lens) -> list[LineEvent]:
    """Return what was said of terms, in order.

    Members may know of every line that it is there; others only of what they may see.
    """
    rows = await db.fetch(
        "select l.*, e.leaf from bottom_line l join event e"
        " on e.coalition_id = l.coalition_id and e.service = 'members' and e.position = l.position"
        " where l.coalition_id = $1 and l.position <= $2"
        " and (l.audience && $3 or 'members' = any($3) and l.type = 'BottomLineDeclared')"
        " order by l.position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return [_line(row, lens) for row in rows]


def _line(row: Any, lens: Lens) -> LineEvent:
    compromise: UUID | None = row["compromise"]
    says = lens.said(row, "says")
    return LineEvent(
        cited=Cited("members", row["position"], row["leaf"]),
        type=row["type"],
        at=row["at"],
        org=row["org"],
        term=row["term"],
        says=None if compromise else says,
        sealed=row["is_sealed"],
        until=row["until"],
        compromise=compromise,
        parties=tuple(row["parties"]),
        terms=says if compromise else None,
        seen=lens.sees(row["audience"]),
    )


async def front_events(db: Connection, lens: Lens) -> list[FrontEvent]:
    """Return what happened at the front line, in order."""
    return [
        FrontEvent(
            cited=citing("meetings", row),
            type=row["type"],
            front=row["front"],
            at=row["at"],
            by=row["by_org"],
            crosses=tuple(row["crosses"]),
            values=row["terms"],
            decision=row["decision"],
            verdict=row["verdict"],
            outside=row["outside"],
            report=row["report"],
            result=row["result"],
        )
        for row in await cited_rows(db, lens, FRONT, "meetings")
    ]


async def settled(db: Connection, lens: Lens, fronts: Collection[UUID]) -> dict[UUID, Front]:
    """Return how these matters of the front line stand."""
    events = await front_events(db, lens) if fronts else ()
    return stand(event for event in events if event.front in fronts)


async def hidden_front_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, FRONT, "meetings")
