"""The ids that the aggregates of credit share."""

from typing import NewType
from uuid import UUID

OrgId = NewType("OrgId", UUID)
PersonId = NewType("PersonId", UUID)

CampaignId = NewType("CampaignId", UUID)
ConsentId = NewType("ConsentId", UUID)
LessonId = NewType("LessonId", UUID)
MetricId = NewType("MetricId", UUID)
ContributionId = NewType("ContributionId", UUID)
CreditId = NewType("CreditId", UUID)
DisputeId = NewType("DisputeId", UUID)
WinId = NewType("WinId", UUID)

DecisionId = NewType("DecisionId", UUID)
ObjectiveId = NewType("ObjectiveId", UUID)
TargetId = NewType("TargetId", UUID)
