"""Rows of contributions and of credit."""

from collections.abc import Iterable
from uuid import UUID

from services.transparency.domain.credit_statement import ContributionEvent, CreditEvent
from services.transparency.domain.refs import Cited
from services.transparency.views.events import Lens, audience, jsonb, sealing
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

CONTRIBUTION = Table(
    "contribution",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("contribution", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("of_org", "uuid"),
    ("role", "text"),
    ("degree", "text"),
    ("about", "text[]"),
    ("what", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
CREDIT = Table(
    "credit",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("win", "uuid"),
    ("credit", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("to_org", "uuid"),
    ("external", "jsonb"),
    ("role", "text"),
    ("degree", "text"),
    ("basis", "text"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)

Given = Iterable[tuple[Table, Row]]


def contributed(seen: Recorded) -> Given:
    data = seen.data
    yield (
        CONTRIBUTION,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            data.get("of"),
            data.get("role"),
            data.get("degree"),
            data.get("about") or (),
            jsonb(data.get("what")),
            audience(seen),
            sealing(seen, "what"),
        ),
    )


def credited(seen: Recorded) -> Given:
    data = seen.data
    yield (
        CREDIT,
        (
            seen.coalition,
            seen.position,
            seen.key,
            data["credit"],
            seen.type,
            seen.at,
            seen.by,
            data.get("to"),
            jsonb(data.get("external")),
            data.get("role"),
            data.get("degree"),
            data.get("basis"),
            audience(seen),
            sealing(seen, "external"),
        ),
    )


CONTRIBUTIONS = ("ContributionRecorded", "ContributionConfirmed", "ContributionDeclined")
CREDITS = ("CreditAssigned", "CreditAccepted", "CreditWaived", "CreditCorrected")
ROWS: dict[str, Rows] = {
    **dict.fromkeys(CONTRIBUTIONS, contributed),
    **dict.fromkeys(CREDITS, credited),
}


async def _worked_on(db: Connection, lens: Lens, organisation: UUID | None) -> list[str]:
    """Return what an organisation's contributions are about."""
    rows = await db.fetch(
        "select distinct unnest(about) from contribution"
        " where coalition_id = $1 and position <= $2 and of_org = $3",
        lens.coalition,
        lens.credit,
        organisation,
    )
    return [row[0] for row in rows]


async def contribution_events(
    db: Connection, lens: Lens, organisation: UUID | None = None
) -> list[ContributionEvent]:
    """Return what happened to the contributions of an organisation, and to those made with it.

    Args:
        organisation: Without one, what happened to all.
    """
    rows = await db.fetch(
        "select c.position, c.type, c.contribution, c.at, c.by_org, c.of_org, c.role, c.degree,"
        " c.about, c.what, c.sealed, e.leaf from contribution c join event e"
        "  on (e.coalition_id, e.service, e.position) = (c.coalition_id, 'credit', c.position)"
        " where c.coalition_id = $1 and c.position <= $2 and c.audience && $3 and ($4::uuid is null"
        "  or c.contribution in (select contribution from contribution where coalition_id = $1"
        "   and position <= $2 and of_org is not null and (of_org = $4"
        "    or (select bool_or(ref = any($5::text[])) from unnest(about) ref))))"
        " order by c.position",
        lens.coalition,
        lens.credit,
        lens.audiences,
        organisation,
        await _worked_on(db, lens, organisation),
    )
    return [
        ContributionEvent(
            cited=Cited("credit", row["position"], row["leaf"]),
            type=row["type"],
            contribution=row["contribution"],
            at=row["at"],
            by=row["by_org"],
            of=row["of_org"],
            role=row["role"],
            degree=row["degree"],
            about=tuple(row["about"]),
            what=lens.said(row, "what"),
        )
        for row in rows
    ]


async def credit_events(
    db: Connection, lens: Lens, organisation: UUID | None = None
) -> list[CreditEvent]:
    """Return what happened to the credit an organisation gave and was given.

    Args:
        organisation: Without one, what happened to all.
    """
    rows = await db.fetch(
        "select position, type, win, credit, at, by_org, to_org, external, role, degree, basis,"
        " sealed, leaf from credit join event using (coalition_id, position, type)"
        " where coalition_id = $1 and service = 'credit' and position <= $2 and audience && $3"
        " and credit in (select credit from credit where coalition_id = $1"
        " and position <= $2 and type = 'CreditAssigned'"
        " and ($4 in (by_org, to_org) or $4::uuid is null))"
        " order by position",
        lens.coalition,
        lens.credit,
        lens.audiences,
        organisation,
    )
    return [
        CreditEvent(
            cited=Cited("credit", row["position"], row["leaf"]),
            type=row["type"],
            win=row["win"],
            credit=row["credit"],
            at=row["at"],
            by=row["by_org"],
            to=row["to_org"],
            external=lens.said(row, "external"),
            role=row["role"],
            degree=row["degree"],
            basis=row["basis"],
        )
        for row in rows
    ]


async def hidden_credit(db: Connection, lens: Lens, organisation: UUID) -> int:
    """Return how many facts about an organisation this reader may not see."""
    found: int = await db.fetchval(
        "select (select count(*) from contribution where coalition_id = $1"
        " and position <= $2 and of_org = $4 and not audience && $3)"
        " + (select count(*) from credit where coalition_id = $1 and position <= $2"
        " and type = 'CreditAssigned' and $4 in (by_org, to_org) and not audience && $3)",
        lens.coalition,
        lens.credit,
        lens.audiences,
        organisation,
    )
    return found
