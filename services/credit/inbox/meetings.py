"""Heard from meetings: what a win may refer to, and whose doing it was."""

from uuid import UUID

from services.credit.inbox.happened import Happened
from services.credit.inbox.suggestion import ripen, suggest, withdraw
from shared.changes import Changes
from shared.event import Heard, Recorded
from shared.inbox import Hears, Subscription


class DecisionMade(Heard):
    decision: UUID


class ObjectiveSet(Heard):
    objective: UUID


class TargetStanceRecorded(Heard):
    target: UUID


class MeetingScheduled(Heard):
    host: UUID | None = None


class FacilitatorAppointed(Heard):
    org: UUID | None = None


class NextStepProposed(Heard):
    decision: UUID | None = None


class NextStepAssigned(Heard):
    owner: UUID


async def decide(db: Changes, seen: Recorded, made: DecisionMade) -> None:
    """Let wins refer to the decision."""
    await _refer(db, seen, "decision", made.decision)


async def aim(db: Changes, seen: Recorded, objective: ObjectiveSet) -> None:
    """Let wins refer to the objective."""
    await _refer(db, seen, "objective", objective.objective)


async def target(db: Changes, seen: Recorded, stance: TargetStanceRecorded) -> None:
    """Let a latecomer be welcomed as this target."""
    await _refer(db, seen, "target", stance.target)


async def _refer(db: Changes, seen: Recorded, kind: str, key: UUID) -> None:
    await db.execute(
        "insert into heard.reference values ($1, $2, $3, $4) on conflict do nothing",
        *(seen.coalition, kind, key, seen.position),
    )


async def host(db: Changes, seen: Recorded, scheduled: MeetingScheduled) -> None:
    """Suggest thanks to the host."""
    await suggest(db, seen, scheduled.host, "hosting", UUID(seen.key))


async def facilitate(db: Changes, seen: Recorded, appointed: FacilitatorAppointed) -> None:
    """Suggest thanks to the organisation of the last one appointed."""
    await withdraw(db, seen, "facilitation", UUID(seen.key))
    await suggest(db, seen, appointed.org, "facilitation", UUID(seen.key))


async def close(db: Changes, seen: Recorded, _: Happened) -> None:
    """Know that the meeting was held."""
    await ripen(db, seen, UUID(seen.key))


async def propose(db: Changes, seen: Recorded, proposed: NextStepProposed) -> None:
    """Know which decision the step carries out."""
    await db.execute(
        "insert into heard.step values ($1, $2, $3) on conflict do nothing",
        *(seen.coalition, UUID(seen.key), proposed.decision),
    )


async def volunteer(db: Changes, seen: Recorded, _: Happened) -> None:
    """Know whose step it is."""
    await _own(db, seen, seen.by)


async def assign(db: Changes, seen: Recorded, assigned: NextStepAssigned) -> None:
    """Know whose step it is."""
    await _own(db, seen, assigned.owner)


async def _own(db: Changes, seen: Recorded, owner: UUID | None) -> None:
    await db.execute(
        "update heard.step set owner = $3 where coalition_id = $1 and step = $2",
        *(seen.coalition, UUID(seen.key), owner),
    )


async def complete(db: Changes, seen: Recorded, _: Happened) -> None:
    """Count the owner among those who took part (K3), and suggest thanks."""
    owner = await db.fetchval(
        "update heard.step set done = true where coalition_id = $1 and step = $2 returning owner",
        *(seen.coalition, UUID(seen.key)),
    )
    await suggest(db, seen, owner, "implementation")


from_meetings = Subscription(
    "meetings",
    reader="credit-hears-meetings",
    hears=(
        Hears(DecisionMade, decide),
        Hears(ObjectiveSet, aim),
        Hears(TargetStanceRecorded, target),
        Hears(MeetingScheduled, host),
        Hears(FacilitatorAppointed, facilitate),
        Hears(Happened, close, type="MeetingClosed"),
        Hears(NextStepProposed, propose),
        Hears(Happened, volunteer, type="NextStepVolunteered"),
        Hears(NextStepAssigned, assign),
        Hears(NextStepAssigned, assign, type="NextStepReassigned"),
        Hears(Happened, complete, type="NextStepCompleted"),
    ),
    ignores=frozenset(
        {
            "ActionHeld",
            "AgendaItemProposed",
            "AgendaPublished",
            "AttendanceRecorded",
            "BallotReceived",
            "CampaignLaunched",
            "ConcernRaised",
            "ConcernResolved",
            "ConstituencyConsulted",
            "DecisionAcknowledged",
            "DecisionCommunicated",
            "DecisionDeferred",
            "DecisionRatified",
            "DecisionReopened",
            "DecisionReviewScheduled",
            "DecisionRuleAdopted",
            "DecisionRuleRetired",
            "DecisionSuperseded",
            "DemandAnswered",
            "IndicatorFlagAnswered",
            "ReportIssued",
            "StatementReleased",
            "DemandEscalated",
            "DemandPresented",
            "DepartureRecorded",
            "ElectorateExtended",
            "FieldRedacted",
            "FormalObjectionRegistered",
            "FormalObjectionResolved",
            "FrontLineConsentGiven",
            "FrontLineDecisionMade",
            "FrontLineDecisionReviewed",
            "MandateChecked",
            "IdeaPitched",
            "IdeaReviewed",
            "ImplementationIssueReported",
            "MeetingCancelled",
            "MeetingOpened",
            "MeetingRescheduled",
            "MeetingSeriesEstablished",
            "MemberSignedOn",
            "MemberStoodAside",
            "DisclosureApproved",
            "DisclosureRefused",
            "DisclosureRequested",
            "MessageApproved",
            "MessageDrafted",
            "MessageVariantApproved",
            "MinorityStatementFiled",
            "MinutesApproved",
            "MinutesCorrected",
            "MinutesDrafted",
            "NextStepAccepted",
            "NextStepBlocked",
            "NextStepDeclined",
            "NextStepDropped",
            "NextStepDueDateMoved",
            "NextStepStarted",
            "ObjectionAccommodated",
            "ObjectionOutweighed",
            "ObjectionRaised",
            "ObjectionRetracted",
            "ObjectionSetAside",
            "PilotReported",
            "PilotStarted",
            "PolicyAdaptationReported",
            "PolicyAdopted",
            "PolicyAgreed",
            "PolicyDeclined",
            "PolicyDrafted",
            "PolicyRetired",
            "PracticeAsked",
            "PracticeShared",
            "ProgressReported",
            "ProposalAmended",
            "ProposalDrafted",
            "ProposalPublished",
            "ProposalWithdrawn",
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
            "QuorumNotMet",
            "RatificationDeclined",
            "RatificationRequested",
            "ReengagementInvited",
            "SenseCheckOpened",
            "SenseCheckTaken",
            "StanceChanged",
            "StanceRevealed",
            "StanceTaken",
            "StanceWithdrawn",
            "VotingClosed",
            "VotingOpened",
            "WorkstreamClosed",
            "WorkstreamStarted",
        }
    ),
)
