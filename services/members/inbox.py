"""What members hears: the decisions that a rule may ask to be cited (M1)."""

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
