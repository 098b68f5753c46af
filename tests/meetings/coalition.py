"""Who and what the tests of this service speak of: four organisations, and one that came late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.meetings.domain.ids import (
    AccId,
    BodyId,
    ConstituencyId,
    DecisionId,
    IssueId,
    MeetingId,
    OrgId,
    PersonId,
    ProposalId,
    ProxyId,
    RuleId,
    StepId,
)
from shared.event import Authority, Context, Text

CLINIC, SCHOOL, UNION, YOUTH, NEWCOMER = (OrgId(UUID(int=n)) for n in range(1, 6))
COALITION = UUID(int=8)
ANNA, BEN = PersonId(UUID(int=9)), PersonId(UUID(int=10))
PLENARY, STEERING = BodyId(UUID(int=11)), BodyId(UUID(int=12))
TRANSPORT = IssueId(UUID(int=13))
PARENTS, MIGRANTS = ConstituencyId(UUID(int=14)), ConstituencyId(UUID(int=15))
RULE, OTHER_RULE = RuleId(UUID(int=16)), RuleId(UUID(int=17))
PROPOSAL = ProposalId(UUID(int=18))
ASSEMBLY = MeetingId(UUID(int=19))
STEP, OTHER_STEP = StepId(UUID(int=20)), StepId(UUID(int=21))
BADGE, OTHER_BADGE = AccId(UUID(int=22)), AccId(UUID(int=23))
DECISION = DecisionId(UUID(int=24))
PROXY = ProxyId(UUID(int=25))

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DUSK = NOON + timedelta(hours=6)
MORNING = NOON - timedelta(hours=4)

VAN, BUS = Text(lang="en", text="Share the van."), Text(lang="en", text="Share the bus.")
COST, NEWS = Text(lang="en", text="The cost."), Text(lang="en", text="A grant came in.")


def by(
    org: OrgId | None,
    at: datetime = NOON,
    *,
    facts: tuple[object, ...] = (),
    authority: Authority = "full",
    accreditation: AccId | None = None,
) -> Context:
    """Return the context of a person who acts for `org`."""
    return Context(
        COALITION, ANNA, org, at, facts, accreditation=accreditation, authority=authority
    )


def by_itself(at: datetime = NOON, *facts: object) -> Context:
    """Return the context of what the service does by itself, for nobody."""
    return Context(COALITION, None, None, at, facts, credential="system")


def imported(org: OrgId | None, at: datetime = NOON, facts: tuple[object, ...] = ()) -> Context:
    """Return the context of history from elsewhere."""
    return replace(by(org, at, facts=facts, authority="imported"), actor=None)


def knowing(context: Context, *facts: object) -> Context:
    """Return `context` with these facts in place of those of the same types."""
    kinds = {type(fact) for fact in facts}
    kept = tuple(fact for fact in context.facts if type(fact) not in kinds)
    return replace(context, facts=(*facts, *kept))
