"""What members hears: decisions that a rule may ask to be cited (M1), evaluations (M3), and steps.

Of steps it keeps how many hours each organisation has taken on, to say how many are left.
"""

from uuid import UUID

from shared.changes import Changes
from shared.event import Heard, Recorded
from shared.inbox import Hears, Subscription


class DecisionMade(Heard):
    outcome: str


async def know(db: Changes, seen: Recorded, made: DecisionMade) -> None:
    """Keep whether what was decided at this position was adopted."""
    await db.execute(
        "insert into heard.decision values ($1, $2, $3) on conflict do nothing",
        seen.coalition, seen.position, made.outcome == "adopted",
    )  # fmt: skip


class Happened(Heard):
    """An event whose having happened is all that matters."""


class NextStepProposed(Heard):
    hours: int | None = None


class NextStepAssigned(Heard):
    owner: UUID


async def propose(db: Changes, seen: Recorded, proposed: NextStepProposed) -> None:
    """Know how many hours the step takes."""
    await db.execute(
        "insert into heard.step values ($1, $2, $3) on conflict do nothing",
        seen.coalition, UUID(seen.key), proposed.hours,
    )  # fmt: skip


async def volunteer(db: Changes, seen: Recorded, _: Happened) -> None:
    """Count the step among those of who volunteered."""
    await _hand(db, seen, seen.by, accepted=True)


async def assign(db: Changes, seen: Recorded, assigned: NextStepAssigned) -> None:
    """Know who was asked; it is not theirs yet."""
    await _hand(db, seen, assigned.owner, accepted=False)


async def decline(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let the step be nobody's."""
    await _hand(db, seen, None, accepted=False)


async def _hand(db: Changes, seen: Recorded, owner: UUID | None, *, accepted: bool) -> None:
    await db.execute(
        "update heard.step set owner = $3, accepted = $4 where coalition_id = $1 and step = $2",
        seen.coalition, UUID(seen.key), owner, accepted,
    )  # fmt: skip


async def accept(db: Changes, seen: Recorded, _: Happened) -> None:
    """Count the step among those of who was asked."""
    await db.execute(
        "update heard.step set accepted = true where coalition_id = $1 and step = $2",
        seen.coalition, UUID(seen.key),
    )  # fmt: skip


async def finish(db: Changes, seen: Recorded, _: Happened) -> None:
    """Count the step no more."""
    await db.execute(
        "delete from heard.step where coalition_id = $1 and step = $2",
        seen.coalition, UUID(seen.key),
    )  # fmt: skip


class EvaluationAnswered(Heard):
    pass


async def count(db: Changes, seen: Recorded, _: EvaluationAnswered) -> None:
    """Keep that the evaluation questions were answered."""
    await db.execute(
        "insert into heard.evaluation values ($1, $2) on conflict do nothing",
        seen.coalition, seen.position,
    )  # fmt: skip


from_meetings = Subscription(
    "meetings",
    reader="members-hears-decisions",
    hears=(
        Hears(DecisionMade, know),
        Hears(NextStepProposed, propose),
        Hears(Happened, volunteer, type="NextStepVolunteered"),
        Hears(NextStepAssigned, assign),
        Hears(NextStepAssigned, assign, type="NextStepReassigned"),
        Hears(Happened, accept, type="NextStepAccepted"),
        Hears(Happened, decline, type="NextStepDeclined"),
        Hears(Happened, finish, type="NextStepCompleted"),
        Hears(Happened, finish, type="NextStepDropped"),
    ),
    ignores=frozenset(
        {
            "BallotReceived",
            "DecisionRatified",
            "ElectorateExtended",
            "MeetingScheduled",
            "MeetingSeriesEstablished",
            "MeetingRescheduled",
            "MeetingCancelled",
            "FacilitatorAppointed",
            "FieldRedacted",
            "RatificationDeclined",
            "RatificationRequested",
            "ReengagementInvited",
            "MeetingOpened",
            "AgendaItemProposed",
            "AgendaPublished",
            "AttendanceRecorded",
            "DepartureRecorded",
            "DiscussionParked",
            "DiscussionResumed",
            "DissentInvited",
            "FloorRequested",
            "HeatLowered",
            "HeatRaised",
            "RecordingAnswered",
            "SpeechEnded",
            "SpeechStarted",
            "InvitationAnswered",
            "InvitationSent",
            "PreWorkAssigned",
            "PreWorkCompleted",
            "QuorumEstablished",
            "QuorumLost",
            "MinutesDrafted",
            "MinutesCorrected",
            "MinutesApproved",
            "MeetingClosed",
            "DisclosureApproved",
            "DisclosureRefused",
            "DisclosureRequested",
            "MessageDrafted",
            "MessageApproved",
            "MessageVariantApproved",
            "DecisionRuleAdopted",
            "DecisionRuleRetired",
            "ProposalDrafted",
            "ProposalPublished",
            "ProposalAmended",
            "ProposalWithdrawn",
            "SenseCheckOpened",
            "SenseCheckTaken",
            "StanceRevealed",
            "VotingOpened",
            "StanceTaken",
            "StanceChanged",
            "StanceWithdrawn",
            "VotingClosed",
            "QuorumNotMet",
            "DecisionAcknowledged",
            "DecisionCommunicated",
            "DecisionDeferred",
            "DecisionReopened",
            "DecisionReviewScheduled",
            "DecisionSuperseded",
            "ImplementationIssueReported",
            "ConstituencyConsulted",
            "MemberSignedOn",
            "MemberStoodAside",
            "MinorityStatementFiled",
            "ObjectionRaised",
            "ObjectionAccommodated",
            "ObjectionRetracted",
            "ObjectionSetAside",
            "ObjectionOutweighed",
            "FormalObjectionRegistered",
            "FormalObjectionResolved",
            "NextStepStarted",
            "NextStepBlocked",
            "NextStepDueDateMoved",
            "CampaignLaunched",
            "ConcernRaised",
            "ConcernResolved",
            "ObjectiveSet",
            "ActionHeld",
            "TargetStanceRecorded",
            "WorkstreamStarted",
            "ProgressReported",
            "WorkstreamClosed",
            "ReportIssued",
            "StatementReleased",
            "IndicatorFlagAnswered",
            "FrontLineConsentGiven",
            "FrontLineDecisionMade",
            "FrontLineDecisionReviewed",
            "MandateChecked",
            "DemandPresented",
            "DemandAnswered",
            "DemandEscalated",
            "PolicyDrafted",
            "PolicyAgreed",
            "PolicyAdopted",
            "PolicyDeclined",
            "PolicyAdaptationReported",
            "PolicyRetired",
            "PracticeAsked",
            "PracticeShared",
            "IdeaPitched",
            "IdeaReviewed",
            "PilotStarted",
            "PilotReported",
        }
    ),
)

from_credit = Subscription(
    "credit",
    reader="members-hears-evaluations",
    hears=(Hears(EvaluationAnswered, count),),
    ignores=frozenset(
        {
            "AttributionStatementApproved",
            "AttributionStatementDrafted",
            "AttributionStatementReleased",
            "ClaimReviewed",
            "ContributionConfirmed",
            "ContributionDeclined",
            "BenefitArticulated",
            "ContributionRecorded",
            "CreditAccepted",
            "CreditAssigned",
            "CreditClaimed",
            "CreditCorrected",
            "CreditDisputeMediated",
            "CreditDisputeResolved",
            "CreditDisputed",
            "CreditWaived",
            "FieldRedacted",
            "ImpactMetricDefined",
            "ImpactMetricRecorded",
            "LatecomerWelcomed",
            "LessonRecorded",
            "LessonShared",
            "LossAcknowledged",
            "ObjectiveAssessed",
            "RetrospectiveHeld",
            "SharesAllocated",
            "StoryRecorded",
            "WinAnnounced",
            "WinCelebrated",
            "WinDeclared",
        }
    ),
)
