"""What the aggregates call each other and the things other services know."""

from collections.abc import Container
from dataclasses import dataclass
from typing import NewType
from uuid import UUID, uuid5

OrgId = NewType("OrgId", UUID)
PersonId = NewType("PersonId", UUID)
AccId = NewType("AccId", UUID)
BodyId = NewType("BodyId", UUID)
IssueId = NewType("IssueId", UUID)
ConstituencyId = NewType("ConstituencyId", UUID)
ProxyId = NewType("ProxyId", UUID)
TermId = NewType("TermId", UUID)

CheckId = NewType("CheckId", UUID)
RuleId = NewType("RuleId", UUID)
ProposalId = NewType("ProposalId", UUID)
ObjectionId = NewType("ObjectionId", UUID)
CampaignId = NewType("CampaignId", UUID)
ObjectiveId = NewType("ObjectiveId", UUID)
DecisionId = NewType("DecisionId", UUID)
SeriesId = NewType("SeriesId", UUID)
MeetingId = NewType("MeetingId", UUID)
ItemId = NewType("ItemId", UUID)
SpeechId = NewType("SpeechId", UUID)
PreWorkId = NewType("PreWorkId", UUID)
AttendanceId = NewType("AttendanceId", UUID)
StepId = NewType("StepId", UUID)
FrontLineId = NewType("FrontLineId", UUID)


@dataclass(frozen=True)
class Itself:
    """The aggregate's own id, from which the ids of what it brings forth are derived."""

    id: UUID | str

    def derive(self, name: str) -> UUID:
        """Return an id that is the same whenever history is imported again."""
        return uuid5(UUID(str(self.id)), name)


@dataclass(frozen=True)
class Decisions:
    """The decisions made so far."""

    known: Container[DecisionId]


@dataclass(frozen=True)
class Campaigns:
    """The campaigns launched so far, as far as a command names one."""

    known: Container[CampaignId]


@dataclass(frozen=True)
class Objectives:
    """The objectives set so far."""

    known: Container[ObjectiveId]
