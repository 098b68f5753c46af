"""Who sits at the table in these tests, and what they say."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.members.domain.ids import AccId, BodyId, ConstituencyId, IssueId, OrgId, PersonId
from services.members.domain.standing import Bounds, Charter, Cited, Standing
from shared.event import Context, Text

COALITION = UUID(int=8)
ANA, BO, CY = (PersonId(UUID(int=n)) for n in range(21, 24))
CLINIC, SCHOOL, UNION = (OrgId(UUID(int=n)) for n in range(1, 4))
PLENARY, STEERING, GROUP = (BodyId(UUID(int=n)) for n in range(31, 34))
ACC_1, ACC_2, ACC_3 = (AccId(UUID(int=n)) for n in range(41, 44))
BUSES, MEALS = (IssueId(UUID(int=n)) for n in range(51, 53))
PARENTS, PUPILS = (ConstituencyId(UUID(int=n)) for n in range(61, 63))

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
TODAY = NOON.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

NAME = Text(lang="en", text="Clinic on Hill Street")
WHY = Text(lang="en", text="Children miss school when they are ill.")

OWN = Standing(own=True, presides=False)
CHAIR = Standing(own=False, presides=True)
STRANGER = Standing(own=False, presides=False)
INFORMAL, FORMAL = Charter("informal"), Charter("formal")
ADOPTED, UNKNOWN = Cited(adopted=True), Cited(adopted=False)


def by(org: OrgId, *facts: object, actor: PersonId = ANA, at: datetime = NOON) -> Context:
    """Return the context of a person who acts for `org`, with what the rules may ask.

    No boundary is agreed, unless the facts say otherwise.
    """
    return Context(COALITION, actor, org, at, facts=(*facts, Bounds()), authority="full")


def by_itself(at: datetime = NOON) -> Context:
    """Return the context of what the service does by itself, for nobody."""
    return Context(COALITION, None, None, at, credential="system")


def imported(*facts: object, at: datetime = NOON) -> Context:
    """Return the context of a command of the past, brought in from elsewhere."""
    return Context(COALITION, None, UNION, at, facts=facts, authority="imported")
