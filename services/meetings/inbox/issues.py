"""Heard of issues: which ones are not decided now (D3), and who leads on them."""

from typing import Literal
from uuid import UUID

from services.meetings.inbox.happened import Happened, change
from shared.changes import Changes
from shared.event import Heard, Recorded
from shared.inbox import Hears


class IssueScoped(Heard):
    scope: Literal["in", "out"]


class AgreedToDisagree(Heard):
    """The first of its events names the parties; each party's own says that it agrees."""

    parties: tuple[UUID, ...] = ()


class LeadAssigned(Heard):
    lead: UUID


class LeadYielded(Heard):
    successor: UUID | None = None


async def raise_issue(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let proposals be about the issue."""
    await change(
        db,
        seen,
        "insert into heard.issue (coalition_id, issue) values ($1, $2) on conflict do nothing",
    )


async def scope(db: Changes, seen: Recorded, scoped: IssueScoped) -> None:
    """Know whether the issue is the coalition's at all."""
    await change(
        db,
        seen,
        "update heard.issue set scoped_out = $3 where coalition_id = $1 and issue = $2",
        scoped.scope == "out",
    )


async def park(db: Changes, seen: Recorded, agreed: AgreedToDisagree) -> None:
    """Park the issue once every party has agreed to disagree."""
    await change(
        db,
        seen,
        "update heard.issue set parties = case when $3::uuid[] = '{}' then parties else $3 end,"
        " agreed = array_append(agreed, $4) where coalition_id = $1 and issue = $2",
        list(agreed.parties),
        seen.by,
    )


async def unpark(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let the issue be decided again."""
    await change(
        db,
        seen,
        "update heard.issue set parties = '{}', agreed = '{}'"
        " where coalition_id = $1 and issue = $2",
    )


async def lead(db: Changes, seen: Recorded, assigned: LeadAssigned) -> None:
    """Know whose stance decides where a rule leaves it to the lead."""
    await _led_by(db, seen, assigned.lead)


async def yield_lead(db: Changes, seen: Recorded, yielded: LeadYielded) -> None:
    """Know who follows, if anybody does."""
    await _led_by(db, seen, yielded.successor)


async def _led_by(db: Changes, seen: Recorded, org: UUID | None) -> None:
    statement = "update heard.issue set lead = $3 where coalition_id = $1 and issue = $2"
    await change(db, seen, statement, org)


ISSUES = (
    Hears(Happened, raise_issue, type="IssueRaised"),
    Hears(IssueScoped, scope),
    Hears(AgreedToDisagree, park),
    Hears(Happened, unpark, type="DisagreementReopened"),
    Hears(LeadAssigned, lead),
    Hears(LeadYielded, yield_lead),
)
