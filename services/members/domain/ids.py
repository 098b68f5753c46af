"""Ids that the aggregates of this service share."""

from typing import NewType
from uuid import UUID

OrgId = NewType("OrgId", UUID)
PersonId = NewType("PersonId", UUID)
AccId = NewType("AccId", UUID)
BodyId = NewType("BodyId", UUID)
SeatId = NewType("SeatId", UUID)
IssueId = NewType("IssueId", UUID)
ConstituencyId = NewType("ConstituencyId", UUID)
ProxyId = NewType("ProxyId", UUID)
BreachId = NewType("BreachId", UUID)
ConsentId = NewType("ConsentId", UUID)
GoalId = NewType("GoalId", UUID)
TermId = NewType("TermId", UUID)
ScenarioId = NewType("ScenarioId", UUID)
ReviewId = NewType("ReviewId", UUID)
