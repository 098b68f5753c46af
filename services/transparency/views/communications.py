"""Rows of what was told: agendas, minutes, progress, briefings; and who was told of decisions."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import orjson

from services.transparency.domain.notices import Notice
from services.transparency.domain.refs import Cited
from services.transparency.domain.relayed import KNOWS, TOLD, Made, Telling
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    day,
    hidden_rows,
    jsonb,
    sealing,
)
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

NOTICE = Table(
    "notice",
    ("coalition_id", "uuid"),
    ("service", "text"),
    ("position", "bigint"),
    ("type", "text"),
    ("about", "uuid"),
    ("at", "timestamptz"),
    ("org", "uuid"),
    ("starts_at", "timestamptz"),
    ("flag", "boolean"),
    ("on_day", "date"),
    ("name", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
MINUTES = "MinutesDrafted"
OF_MEETINGS = (
    "MeetingScheduled",
    "MeetingRescheduled",
    "AgendaPublished",
    "AttendanceRecorded",
    "MeetingClosed",
    MINUTES,
    "NextStepProposed",
)
OF_WORKSTREAMS = ("WorkstreamStarted", "ProgressReported", "WorkstreamClosed")
OF_MEMBERS = ("PointPersonNamed", "InternalBriefingHeld")


def told(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    about = data.get("meeting") if seen.type == "NextStepProposed" else seen.key
    if about is None:
        return
    flags = {"AgendaPublished": data.get("short_notice")}
    flags["AttendanceRecorded"] = data.get("mode") == "remote"
    yield (
        NOTICE,
        (
            seen.coalition,
            seen.service,
            seen.position,
            seen.type,
            about,
            seen.at,
            data.get("lead"),
            datetime.fromisoformat(data["starts_at"]) if "starts_at" in data else None,
            flags.get(seen.type),
            day(data.get("on")) if seen.type in OF_MEMBERS else None,
            jsonb(data.get("name")) if seen.type in OF_WORKSTREAMS else None,
            audience(seen),
            sealing(seen, "name") if seen.type in OF_WORKSTREAMS else None,
        ),
    )


ROWS: dict[str, Rows] = dict.fromkeys((*OF_MEETINGS, *OF_WORKSTREAMS, *OF_MEMBERS), told)


async def notices(db: Connection, lens: Lens, service: str, *types: str) -> list[Notice]:
    """Return what was told, of these event types, in order."""
    return [
        Notice(
            cited=citing(service, row),
            type=row["type"],
            about=row["about"],
            at=row["at"],
            org=row["org"],
            starts_at=row["starts_at"],
            flag=row["flag"],
            on_day=row["on_day"],
            name=lens.said(row, "name"),
        )
        for row in await cited_rows(db, lens, NOTICE, service, *types)
    ]


async def hidden(db: Connection, lens: Lens) -> tuple[int, int]:
    """Return how much of what was told this reader may not see, and how many minutes of that."""
    minutes = await hidden_rows(db, lens, NOTICE, "meetings", MINUTES)
    rest = [kind for kind in (*OF_MEETINGS, *OF_WORKSTREAMS) if kind != MINUTES]
    left_out = await hidden_rows(db, lens, NOTICE, "meetings", *rest)
    left_out += await hidden_rows(db, lens, NOTICE, "members", *OF_MEMBERS)
    return minutes + left_out, minutes


async def tellings(db: Connection, lens: Lens) -> list[Telling]:
    """Return who was told of a decision, and who says that it knows, in order."""
    rows = await db.fetch(
        "select m.position, m.type, m.at, m.by_org, m.data, e.leaf from moment m"
        " join event e on e.coalition_id = m.coalition_id and e.service = 'meetings'"
        " and e.position = m.position where m.coalition_id = $1 and m.position <= $2"
        " and m.audience && $3 and m.type = any($4) order by m.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        [TOLD, KNOWS],
    )
    found = []
    for row in rows:
        data = orjson.loads(row["data"])
        found.append(
            Telling(
                cited=Cited("meetings", row["position"], row["leaf"]),
                type=row["type"],
                decision=UUID(data["decision"]),
                at=row["at"],
                by=row["by_org"],
                channel=data.get("channel", ""),
                orgs=tuple(map(UUID, data.get("orgs", ()))),
            )
        )
    return found


async def decisions(db: Connection, lens: Lens) -> list[Made]:
    """Return the decisions that were made, in order."""
    rows = await db.fetch(
        "select d.position, d.decision, d.at, e.leaf from decision d"
        " join event e on e.coalition_id = d.coalition_id and e.service = 'meetings'"
        " and e.position = d.position where d.coalition_id = $1 and d.position <= $2"
        " and d.audience && $3 and d.type = 'DecisionMade' order by d.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return [
        Made(Cited("meetings", row["position"], row["leaf"]), row["decision"], row["at"])
        for row in rows
    ]
