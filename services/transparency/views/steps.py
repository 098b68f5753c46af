"""Rows of next steps and of meetings, as far as steps hang on them."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.transparency.domain.open_next_steps import ClosedMeeting, Pledge, StepEvent
from services.transparency.domain.refs import Cited
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    jsonb,
    sealing,
)
from services.transparency.views.names import named
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

STEP = Table(
    "step",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("step", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("owner", "uuid"),
    ("due", "date"),
    ("what", "jsonb"),
    ("reason", "jsonb"),
    ("meeting", "uuid"),
    ("decision", "uuid"),
    ("hours", "int"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
CLOSING = Table(
    "closing",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("meeting", "uuid"),
    ("at", "timestamptz"),
    ("overridden", "uuid[]"),
    ("reason", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
PLEDGE = Table(
    "pledge",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("org", "uuid"),
    ("hours", "int"),
    ("begins", "date"),
    ("until", "date"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]


def step(seen: Recorded) -> Given:
    data = seen.data
    due = data.get("due")
    yield (
        STEP,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            data.get("owner"),
            date.fromisoformat(due) if due else None,
            jsonb(data.get("what")),
            jsonb(data.get("reason")),
            data.get("meeting"),
            data.get("decision"),
            data.get("hours"),
            audience(seen),
            sealing(seen, "what", "reason"),
        ),
    )


def closed(seen: Recorded) -> Given:
    override = seen.data.get("override") or {}
    yield (
        CLOSING,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.at,
            override.get("steps") or (),
            jsonb(override.get("reason")),
            audience(seen),
            sealing(seen, reason="override/reason"),
        ),
    )


def pledged(seen: Recorded) -> Given:
    data = seen.data
    begins, until = (date.fromisoformat(data[name]) for name in ("from", "until"))
    yield (
        PLEDGE,
        (
            seen.coalition, seen.position, seen.key, data["hours_per_month"], begins, until,
            audience(seen),
        ),
    )  # fmt: skip


STEPS = (
    "NextStepProposed",
    "NextStepVolunteered",
    "NextStepAssigned",
    "NextStepReassigned",
    "NextStepAccepted",
    "NextStepStarted",
    "NextStepDeclined",
    "NextStepBlocked",
    "NextStepDropped",
    "NextStepDueDateMoved",
    "NextStepCompleted",
)
ROWS: dict[str, Rows] = {
    "CapacityPledged": pledged,
    "MeetingScheduled": named("meeting", "title", always=True),
    "MeetingClosed": closed,
    **dict.fromkeys(STEPS, step),
}


async def step_events(
    db: Connection, lens: Lens, *, decision: UUID | None = None
) -> list[StepEvent]:
    """Return what happened to next steps, in order.

    Args:
        decision: Only steps that follow from this decision.
    """
    rows = await db.fetch(
        "select s.position, type, step, at, by_org, owner, due, what, reason, meeting, decision,"
        " hours, sealed, leaf from step s"
        " join lateral (select leaf from event e where e.coalition_id = s.coalition_id"
        " and e.service = 'meetings' and e.position = s.position) e on true"
        " where s.coalition_id = $1 and s.position <= $2 and audience && $3"
        " and ($4::uuid is null or step in (select step from step"
        " where coalition_id = $1 and position <= $2 and decision = $4))"
        " order by s.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        decision,
    )
    return [
        StepEvent(
            cited=Cited("meetings", row["position"], row["leaf"]),
            type=row["type"],
            step=row["step"],
            at=row["at"],
            by=row["by_org"],
            owner=row["owner"],
            due=row["due"],
            what=lens.said(row, "what"),
            reason=lens.said(row, "reason"),
            meeting=row["meeting"],
            decision=row["decision"],
            hours=row["hours"],
        )
        for row in rows
    ]


async def hidden_steps(db: Connection, lens: Lens) -> int:
    """Return how many next steps this reader may not see."""
    found: int = await db.fetchval(
        "select count(*) from step where coalition_id = $1 and position <= $2"
        " and type = 'NextStepProposed' and not audience && $3",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return found


async def closings(db: Connection, lens: Lens) -> dict[UUID, ClosedMeeting]:
    """Return the meetings that were closed."""
    rows = await db.fetch(
        "select c.position, meeting, overridden, reason, sealed, leaf from closing c"
        " join lateral (select leaf from event e where e.coalition_id = c.coalition_id"
        " and e.service = 'meetings' and e.position = c.position) e on true"
        " where c.coalition_id = $1 and c.position <= $2 and audience && $3",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return {
        row["meeting"]: ClosedMeeting(
            row["meeting"],
            Cited("meetings", row["position"], row["leaf"]),
            frozenset(row["overridden"]),
            lens.said(row, "reason"),
        )
        for row in rows
    }


async def pledges(db: Connection, lens: Lens) -> list[Pledge]:
    """Return what organisations pledged, in order."""
    return [
        Pledge(row["org"], row["hours"], row["begins"], row["until"], citing("members", row))
        for row in await cited_rows(db, lens, PLEDGE, "members")
    ]
