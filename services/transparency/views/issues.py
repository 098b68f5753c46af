"""Rows of issues: what was raised and scoped, who stands where, who agreed to disagree."""

from collections.abc import Iterable

import asyncpg

from services.transparency.domain.credit_forms import Messenger
from services.transparency.domain.issues import IssueEvent
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    hidden_rows,
    jsonb,
    sealing,
)
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

ISSUE = Table(
    "issue",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("issue", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("stand", "text"),
    ("scope", "text"),
    ("parties", "uuid[]"),
    ("terms", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
MESSENGER = Table(
    "messenger",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("issue", "uuid"),
    ("at", "timestamptz"),
    ("org", "uuid"),
    ("told", "text"),
    ("audience", "text[]"),
)
STANDS = {"PositionTaken": "position", "PositionChanged": "to"}

Given = Iterable[tuple[Table, Row]]


def happened(seen: Recorded) -> Given:
    """Keep what happened to an issue; of a position all that its own audience may see."""
    data, field = seen.data, STANDS.get(seen.type, "")
    yield (
        ISSUE,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            data.get(field),
            data.get("scope"),
            data.get("parties") or (),
            jsonb(data.get("terms")),
            _readers(seen, field),
            sealing(seen, "terms"),
        ),
    )


def chosen(seen: Recorded) -> Given:
    """Keep which organisation speaks on an issue, and to whom; which person of it is not kept."""
    data = seen.data
    of = seen.coalition, seen.position, seen.key, seen.at
    yield MESSENGER, (*of, data["org"], data["audience"], audience(seen))


def _readers(seen: Recorded, field: str) -> tuple[str, ...]:
    """Return who may see a row: where its position stands under a narrower key, only they."""
    own = audience(seen)
    sealed_for = seen.sealed[field][0] if field in seen.sealed else None
    return own if sealed_for is None or sealed_for in own else (sealed_for,)


KINDS = (
    "IssueRaised",
    "IssueScoped",
    "PositionTaken",
    "PositionChanged",
    "AgreedToDisagree",
    "DisagreementReopened",
)
ROWS: dict[str, Rows] = {**dict.fromkeys(KINDS, happened), "MessengerChosen": chosen}


async def issue_events(db: Connection, lens: Lens) -> list[IssueEvent]:
    """Return what happened to issues, in order."""
    return [_event(lens, row) for row in await cited_rows(db, lens, ISSUE, "members")]


def _event(lens: Lens, row: asyncpg.Record) -> IssueEvent:
    return IssueEvent(
        cited=citing("members", row),
        type=row["type"],
        issue=row["issue"],
        at=row["at"],
        by=row["by_org"],
        stand=row["stand"],
        scope=row["scope"],
        parties=tuple(row["parties"]),
        terms=lens.said(row, "terms"),
    )


async def hidden_issue_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, ISSUE, "members")


async def messengers(db: Connection, lens: Lens, told: str) -> list[Messenger]:
    """Return who speaks on each issue to the audience `told`: whoever was chosen for it last."""
    last = {
        row["issue"]: Messenger(citing("members", row), row["issue"], row["org"], row["at"])
        for row in await cited_rows(db, lens, MESSENGER, "members")
        if row["told"] == told
    }
    return list(last.values())
