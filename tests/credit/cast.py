"""Who acts in the tests of credit."""

from datetime import UTC, datetime
from uuid import UUID

from services.credit.domain.ids import OrgId, PersonId
from services.credit.domain.roll import Roll
from shared.event import Context, Text

CLINIC, SCHOOL, UNION, TEACHER, STRANGER = (OrgId(UUID(int=n)) for n in range(1, 6))
COALITION, DELEGATE, ANNA = UUID(int=8), UUID(int=9), PersonId(UUID(int=10))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

# The teacher is a member of one person, Anna.
ROLL = Roll(frozenset({CLINIC, SCHOOL, UNION, TEACHER}), {TEACHER: ANNA})

VAN = Text(lang="en", text="Lent the van for a week.")
THANKS = Text(lang="en", text="A late correction.")


def by(org: OrgId | None, *facts: object) -> Context:
    """Return the context of somebody who acts for `org`."""
    return Context(COALITION, DELEGATE, org, NOON, facts=(*facts, ROLL))
