"""What members hears: decisions that a rule may ask to be cited (M1), and evaluations (M3)."""

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
    hears=(Hears(DecisionMade, know),),
    ignores=frozenset(
        {
            "MeetingScheduled",
            "MeetingRescheduled",
            "MeetingCancelled",
            "FacilitatorAppointed",
            "ReengagementInvited",
            "MeetingOpened",
            "AgendaItemProposed",
            "AgendaPublished",
            "AttendanceRecorded",
            "DepartureRecorded",
            "QuorumEstablished",
            "QuorumLost",
            "MinutesDrafted",
            "MinutesCorrected",
            "MinutesApproved",
            "MeetingClosed",
            "DecisionRuleAdopted",
            "DecisionRuleRetired",
            "ProposalDrafted",
            "ProposalPublished",
            "ProposalAmended",
            "ProposalWithdrawn",
            "VotingOpened",
            "StanceTaken",
            "StanceChanged",
            "StanceWithdrawn",
            "VotingClosed",
            "QuorumNotMet",
            "DecisionDeferred",
            "DecisionReopened",
            "DecisionSuperseded",
            "ObjectionRaised",
            "ObjectionAccommodated",
            "ObjectionRetracted",
            "ObjectionSetAside",
            "ObjectionOutweighed",
            "FormalObjectionRegistered",
            "FormalObjectionResolved",
            "NextStepProposed",
            "NextStepVolunteered",
            "NextStepAssigned",
            "NextStepAccepted",
            "NextStepDeclined",
            "NextStepStarted",
            "NextStepBlocked",
            "NextStepReassigned",
            "NextStepDueDateMoved",
            "NextStepCompleted",
            "NextStepDropped",
        }
    ),
)

from_credit = Subscription(
    "credit",
    reader="members-hears-evaluations",
    hears=(Hears(EvaluationAnswered, count),),
    ignores=frozenset(
        {
            "ContributionConfirmed",
            "ContributionDeclined",
            "ContributionRecorded",
            "CreditAccepted",
            "CreditAssigned",
            "CreditCorrected",
            "CreditWaived",
            "LatecomerWelcomed",
            "LossAcknowledged",
            "WinAnnounced",
            "WinCelebrated",
            "WinDeclared",
        }
    ),
)
