"""One event of each type of meetings, with fixed values: what the golden files are made from."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.meetings.domain.agenda import AgendaItemProposed, AgendaPublished
from services.meetings.domain.attendance import (
    AttendanceRecorded,
    DepartureRecorded,
    QuorumEstablished,
    QuorumLost,
)
from services.meetings.domain.ballot import BallotReceived, StanceRevealed, kept
from services.meetings.domain.campaign import (
    ActionHeld,
    CampaignLaunched,
    ObjectiveSet,
    TargetId,
    TargetStanceRecorded,
)
from services.meetings.domain.communication import DecisionAcknowledged, DecisionCommunicated
from services.meetings.domain.concern import ConcernRaised, ConcernResolved
from services.meetings.domain.consultation import ConstituencyConsulted
from services.meetings.domain.demand import (
    DemandAnswered,
    DemandEscalated,
    DemandPresented,
)
from services.meetings.domain.disclosure import (
    DisclosureApproved,
    DisclosureRefused,
    DisclosureRequested,
)
from services.meetings.domain.electorate import ElectorateExtended
from services.meetings.domain.flag import IndicatorFlagAnswered
from services.meetings.domain.floor import (
    DissentInvited,
    FloorRequested,
    HeatLowered,
    HeatRaised,
    SpeechEnded,
    SpeechStarted,
)
from services.meetings.domain.frontline import (
    FrontLineConsentGiven,
    FrontLineDecisionMade,
    FrontLineDecisionReviewed,
    MandateChecked,
)
from services.meetings.domain.ids import (
    AccId,
    AttendanceId,
    BodyId,
    CampaignId,
    CheckId,
    ConstituencyId,
    DecisionId,
    IssueId,
    ItemId,
    MeetingId,
    ObjectionId,
    ObjectiveId,
    OrgId,
    PersonId,
    PreWorkId,
    ProposalId,
    RuleId,
    SeriesId,
    SpeechId,
    StepId,
    TermId,
)
from services.meetings.domain.implementation import (
    DecisionReviewScheduled,
    DecisionSuperseded,
    ImplementationIssueReported,
)
from services.meetings.domain.invitation import Exempted, InvitationAnswered, InvitationSent
from services.meetings.domain.meeting import (
    FacilitatorAppointed,
    MeetingCancelled,
    MeetingClosed,
    MeetingOpened,
    MeetingRescheduled,
    MeetingScheduled,
    Overridden,
    ReengagementInvited,
)
from services.meetings.domain.message import (
    MessageApproved,
    MessageDrafted,
    MessageVariantApproved,
    VariantId,
)
from services.meetings.domain.minutes import MinutesApproved, MinutesCorrected, MinutesDrafted
from services.meetings.domain.next_step import (
    NextStepAccepted,
    NextStepAssigned,
    NextStepBlocked,
    NextStepCompleted,
    NextStepDeclined,
    NextStepDropped,
    NextStepDueDateMoved,
    NextStepProposed,
    NextStepReassigned,
    NextStepStarted,
    NextStepVolunteered,
    Owner,
)
from services.meetings.domain.objection import (
    FormalObjectionRegistered,
    FormalObjectionResolved,
    ObjectionAccommodated,
    ObjectionOutweighed,
    ObjectionRaised,
    ObjectionRetracted,
    ObjectionSetAside,
)
from services.meetings.domain.parking import DiscussionParked, DiscussionResumed
from services.meetings.domain.pilot import (
    IdeaPitched,
    IdeaReviewed,
    PilotReported,
    PilotStarted,
)
from services.meetings.domain.policy import (
    PolicyAdaptationReported,
    PolicyAdopted,
    PolicyAgreed,
    PolicyDeclined,
    PolicyDrafted,
    PolicyRetired,
    Unit,
    UnitId,
)
from services.meetings.domain.practice import PracticeAsked, PracticeShared
from services.meetings.domain.prework import PreWorkAssigned, PreWorkCompleted
from services.meetings.domain.proposal import (
    DecisionDeferred,
    DecisionMade,
    DecisionReopened,
    ProposalAmended,
    ProposalDrafted,
    ProposalPublished,
    ProposalWithdrawn,
    Supersedes,
)
from services.meetings.domain.ratification import (
    DecisionRatified,
    RatificationDeclined,
    RatificationRequested,
)
from services.meetings.domain.recording import RecordingAnswered
from services.meetings.domain.report import AsOf, ReportIssued
from services.meetings.domain.rule import (
    DecisionRuleAdopted,
    DecisionRuleRetired,
    Method,
    Objecting,
    Option,
    Rule,
)
from services.meetings.domain.sense_check import SenseCheckOpened, SenseCheckTaken
from services.meetings.domain.series import MeetingSeriesEstablished
from services.meetings.domain.signing import (
    MemberSignedOn,
    MemberStoodAside,
    MinorityStatementFiled,
)
from services.meetings.domain.statement import StatementReleased
from services.meetings.domain.tally import VoteClass
from services.meetings.domain.voting import (
    QuorumNotMet,
    StanceChanged,
    StanceTaken,
    StanceWithdrawn,
    VotingClosed,
    VotingOpened,
    digest,
)
from services.meetings.domain.workstream import (
    ProgressReported,
    WorkstreamClosed,
    WorkstreamStarted,
)
from shared.event import Event, Sealed, Text

CLINIC = OrgId(UUID("0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80"))
SCHOOL = OrgId(UUID("0195a3c2-7d91-7e12-8f03-3b4c5d6e7f81"))
UNION = OrgId(UUID("0195a3c2-7d92-7e13-8f04-3b4c5d6e7f82"))
ELDERS = OrgId(UUID("0195a3c2-7d93-7e14-8f05-3b4c5d6e7f83"))
ANA = PersonId(UUID("0195a3c2-a043-7d54-9c35-6e7f80911223"))
BO = PersonId(UUID("0195a3c2-a044-7d55-9c36-6e7f80911224"))
FIRST = AccId(UUID("0195a3c4-22cc-7f33-8e44-be0d9c8b7a61"))
PLENARY = BodyId(UUID("0195a3c2-b100-7a01-8b02-0c0d0e0f1011"))
GROUP = BodyId(UUID("0195a3c2-b101-7a02-8b03-0c0d0e0f1012"))
MEALS = IssueId(UUID("0195a3d0-44ee-7b55-a066-d02fbeadc083"))
PARENTS = ConstituencyId(UUID("0195a3d0-55ff-7c66-a177-e13fcfbed194"))
RULE_ID = RuleId(UUID("0195a3c2-b154-7e65-8d46-7f8091122334"))
CHECK = CheckId(UUID("0195b7f0-31e5-7b9f-8d44-7f2c1fab5e33"))
PROPOSAL_ID = ProposalId(UUID("0195b7f0-21d4-7a8e-8c33-6f1b0e9a4d22"))
DECISION = DecisionId(UUID("0195c4d1-3a51-7a19-9c08-5b6c7d8e9fa0"))
EARLIER = DecisionId(UUID("0195b1a0-3a51-7a19-9c08-5b6c7d8e9fa1"))
SEALED_ONE = ObjectionId(UUID("0195b8c3-5d6e-7f70-9122-334455667790"))
OBJECTION = ObjectionId(UUID("0195c2f1-6d72-7e1a-9f21-8b9cad0e1f30"))
MEETING_ID = MeetingId(UUID("0195c1b0-55ff-7c66-b177-e13fcfbed194"))
ITEM = ItemId(UUID("0195c1b1-0a00-7b01-8c02-0d0e0f101112"))
ATTENDANCE = AttendanceId(UUID("0195c1b2-0a01-7b02-8c03-0d0e0f101113"))
SERIES_ID = SeriesId(UUID("0195c1b4-0a03-7b04-8c05-0d0e0f101115"))
PREWORK = PreWorkId(UUID("0195c1b6-0a05-7b06-8c07-0d0e0f101117"))
SPEECH = SpeechId(UUID("0195c1b5-0a04-7b05-8c06-0d0e0f101116"))
STEP_ID = StepId(UUID("0195c1b3-0a02-7b03-8c04-0d0e0f101114"))

RULE, PROPOSAL = f"rule-{RULE_ID}", f"proposal-{PROPOSAL_ID}"
MEETING, STEP = f"meeting-{MEETING_ID}", f"next_step-{STEP_ID}"
VARIANT = VariantId(UUID("0195a3c2-9d10-7a31-8c02-1f2e3d4c5b6a"))
MESSAGE = f"message-{UUID('0195a3c2-9d10-7a31-8c02-1f2e3d4c5b6b')}"
DISCLOSURE = f"disclosure-{UUID('0195a3c2-9d10-7a31-8c02-1f2e3d4c5b6c')}"
CAMPAIGN_ID = CampaignId(UUID("0195c5a0-1b20-7c31-8d42-9e53af64b075"))
OBJECTIVE = ObjectiveId(UUID("0195c5a0-1b21-7c32-8d43-9e54af65b076"))
TARGET = TargetId(UUID("0195c5a0-1b22-7c33-8d44-9e55af66b077"))
CAMPAIGN = f"campaign-{CAMPAIGN_ID}"
WORKSTREAM = f"workstream-{UUID('0195c5a0-1b23-7c34-8d45-9e56af67b078')}"
REPORT = f"report-{UUID('0195c5a0-1b2f-7c40-8d51-9e57af68b0a1')}"
FRONT_LINE = f"frontline-{UUID('0195c5a0-1b2f-7c40-8d51-9e57af68b0a3')}"
FEE = TermId(UUID("0195c5a0-1b2f-7c40-8d51-9e57af68b0a4"))
STREET = TermId(UUID("0195c5a0-1b2f-7c40-8d51-9e57af68b0a5"))
FLAG = f"flag-{UUID('0195c5a0-1b2f-7c40-8d51-9e57af68b0a2')}"
DEMAND = f"demand-{UUID('0195c5a0-1b24-7c35-8d46-9e57af68b079')}"
POLICY = f"policy-{UUID('0195c5a0-1b25-7c36-8d47-9e58af69b07a')}"
ROOM = UnitId(UUID("0195c5a0-1b26-7c37-8d48-9e59af6ab07b"))
PRACTICE = f"practice-{UUID('0195c5a0-1b27-7c38-8d49-9e5aaf6bb07c')}"
CONCERN = f"concern-{UUID('0195c5a0-1b29-7c3a-8d4b-9e5caf6db07e')}"
PILOT = f"pilot-{UUID('0195c5a0-1b28-7c39-8d4a-9e5baf6cb07d')}"
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
DUSK = datetime(2026, 3, 12, 18, tzinfo=UTC)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
TITLE = Text(lang="en", text="School meals for every child")
WORDS = Text(lang="en", text="A warm meal a day, from the first of May.")
WHY = Text(lang="en", text="Children learn better when they have eaten.")
PLACE = Text(lang="en", text="The town hall")
TERMS = Rule(
    method=Method.CONSENSUS,
    objections=Objecting(must_be_addressed=True, caller_may_outweigh=True),
    notice_hours=72,
)
ELECTORATE = (
    VoteClass(class_=(CLINIC, SCHOOL), constituencies=(PARENTS,)),
    VoteClass(class_=(UNION,)),
)
COUNTS = {Option.AGREE: 1, Option.DISAGREE: 0, Option.ABSTAIN: 0, Option.OBJECT: 1}
DIGEST = "wy__PvP9SqJOkBuoBwzH6XO2vWGe67ZP2Pt6HKHcXAY"
SEEN_BY = f"body:{PLENARY}"

SAMPLES: tuple[tuple[str, Event], ...] = (
    (MESSAGE, MessageDrafted(by=UNION, issue=MEALS, text=Sealed(WORDS))),
    (MESSAGE, MessageApproved(by=CLINIC)),
    (
        MESSAGE,
        MessageVariantApproved(by=CLINIC, variant=VARIANT, audience_="funders", text=Sealed(WORDS)),
    ),
    (
        DISCLOSURE,
        DisclosureRequested(
            by=UNION,
            items=("meetings/41", "meetings/43"),
            to="funders",
            audience_=(SCHOOL,),
            needs=(CLINIC, UNION),
        ),
    ),
    (DISCLOSURE, DisclosureApproved(by=UNION)),
    (DISCLOSURE, DisclosureRefused(by=CLINIC, reason=Sealed(WHY))),
    (CAMPAIGN, CampaignLaunched(by=CLINIC, name=Sealed(TITLE), from_=("credit/12", "meetings/3"))),
    (CAMPAIGN, ObjectiveSet(objective=OBJECTIVE, text=Sealed(WORDS), due=JUNE)),
    (
        CAMPAIGN,
        ActionHeld(by=UNION, kind="delegation", on=MAY, orgs=(CLINIC, UNION), participants=40),
    ),
    (
        CAMPAIGN,
        TargetStanceRecorded(
            by=UNION, target=TARGET, name=Sealed(PLACE), from_="oppose", to="undecided"
        ),
    ),
    (WORKSTREAM, WorkstreamStarted(campaign=CAMPAIGN_ID, lead=SCHOOL, name=Sealed(TITLE))),
    (WORKSTREAM, ProgressReported(by=SCHOOL, at=NOON, percent=40, text=Sealed(WORDS))),
    (WORKSTREAM, WorkstreamClosed(result=Sealed(WORDS))),
    (
        DEMAND,
        DemandPresented(
            by=UNION, campaign=CAMPAIGN_ID, office=Sealed(PLACE), text=Sealed(WORDS), due=MAY
        ),
    ),
    (DEMAND, DemandAnswered(by=UNION, result="partly", text=Sealed(WHY))),
    (DEMAND, DemandEscalated(by=UNION, to=Sealed(PLACE), due=JUNE)),
    (
        REPORT,
        ReportIssued(
            by=UNION,
            report="R7",
            organisation=UNION,
            audience_="public",
            as_of=AsOf(members=40, meetings=61, credit=8),
            boundary_version=2,
            format_version=1,
            content=DIGEST,
            withheld={"audience": 3, "erased": 1},
            supersedes="meetings/58",
        ),
    ),
    (
        MESSAGE,
        StatementReleased(
            by=UNION,
            decision=DECISION,
            audience_="public",
            text=DIGEST,
            sign_ons=(UNION,),
            minority=("meetings/58",),
        ),
    ),
    (
        FLAG,
        IndicatorFlagAnswered(
            by=UNION,
            indicator="late_dissent",
            window_end=MAY,
            answer="dismissed",
            reason=Sealed(WHY),
        ),
    ),
    (
        FRONT_LINE,
        MandateChecked(
            by=UNION,
            at=NOON,
            terms={FEE: 25, STREET: "hill"},
            verdict="crosses",
            crosses=(CLINIC,),
            unknown=(STREET,),
            members_position=4127,
        ),
    ),
    (FRONT_LINE, FrontLineConsentGiven(by=CLINIC, reason=Sealed(WHY))),
    (
        FRONT_LINE,
        FrontLineDecisionMade(
            by=UNION,
            decision=EARLIER,
            verdict="crosses",
            outside_mandate=False,
            report_back=STEP_ID,
            members_position=4128,
            text=Sealed(WORDS),
        ),
    ),
    (FRONT_LINE, FrontLineDecisionReviewed(result="endorsed", text=Sealed(WHY))),
    (POLICY, PolicyDrafted(by=UNION, title=Sealed(TITLE), text=Sealed(WORDS))),
    (
        POLICY,
        PolicyAgreed(
            version=1,
            relation="fills_gap",
            units=(Unit(unit=ROOM, owner=SCHOOL, name=Sealed(PLACE)),),
            decision="meetings/41",
        ),
    ),
    (POLICY, PolicyAdopted(by=SCHOOL, unit=ROOM, reason=Sealed(WHY))),
    (
        POLICY,
        PolicyAdaptationReported(by=SCHOOL, at=NOON, unit=ROOM, change=Sealed(WORDS)),
    ),
    (POLICY, PolicyRetired(unit=ROOM, reason=Sealed(WHY))),
    (POLICY, PolicyDeclined(by=SCHOOL, unit=ROOM, reason=Sealed(WHY))),
    (PRACTICE, PracticeAsked(by=CLINIC, question=Sealed(WORDS))),
    (PRACTICE, PracticeShared(by=UNION, at=NOON, answer=Sealed(WORDS), works="partly")),
    (PILOT, IdeaPitched(by=CLINIC, text=Sealed(WORDS))),
    (PILOT, IdeaReviewed(by=UNION, at=NOON, text=Sealed(WHY))),
    (PILOT, PilotStarted(by=SCHOOL, until=JUNE)),
    (PILOT, PilotReported(by=SCHOOL, result="worked", text=Sealed(WORDS))),
    (
        CONCERN,
        ConcernRaised(
            by=UNION,
            source="community",
            kind="implementation",
            anonymous=False,
            body=PLENARY,
            about=PROPOSAL_ID,
            text=Sealed(WORDS),
        ).seen_by(SEEN_BY, within="body"),
    ),
    (CONCERN, ConcernResolved(how="changed", text=Sealed(WHY)).seen_by(SEEN_BY, within="body")),
    (RULE, DecisionRuleAdopted(version=1, body=PLENARY, rule=TERMS, decision="meetings/41")),
    (RULE, DecisionRuleRetired(decision="meetings/42")),
    (
        PROPOSAL,
        ProposalDrafted(
            by=UNION,
            body=PLENARY,
            issue=MEALS,
            affected=(PARENTS,),
            title=Sealed(TITLE),
            text=Sealed(WORDS),
            supersedes=Supersedes(decision=EARLIER, effect="replaced"),
        ),
    ),
    (PROPOSAL, ProposalPublished(at=NOON, text=WORDS.digest())),
    (PROPOSAL, SenseCheckOpened(check=CHECK, closes_at=DUSK)),
    (PROPOSAL, SenseCheckTaken(check=CHECK, comfortable=4, unsure=2, concerned=3)),
    (
        PROPOSAL,
        VotingOpened(
            by=CLINIC,
            at=NOON,
            round=1,
            rule=RULE_ID,
            rule_version=1,
            terms=TERMS,
            text=WORDS.digest(),
            electorate=ELECTORATE,
            members_position=4127,
            meeting=MEETING_ID,
            closes_at=DUSK,
            gate="overridden",
            override=Sealed(WHY),
        ),
    ),
    (
        PROPOSAL,
        StanceTaken(
            by=CLINIC,
            authority="full",
            option=Option.AGREE,
            reason=Sealed(WHY),
            members_position=4127,
        ),
    ),
    (PROPOSAL, RatificationRequested(org=CLINIC, due=date(2026, 3, 19))),
    (PROPOSAL, RatificationDeclined(by=CLINIC, reason=Sealed(WHY))),
    (PROPOSAL, DecisionRatified(by=CLINIC, reason=Sealed(WHY))),
    (
        PROPOSAL,
        StanceChanged(
            by=SCHOOL,
            authority="full",
            from_=Option.AGREE,
            to=Option.ABSTAIN,
            because=Sealed(WHY),
            members_position=4128,
        ),
    ),
    (PROPOSAL, StanceWithdrawn(by=SCHOOL, because=Sealed(WHY))),
    (
        PROPOSAL,
        ObjectionRaised(
            by=CLINIC, objection=OBJECTION, grounds=Sealed(WHY), remove_by=Sealed(WORDS)
        ),
    ),
    (PROPOSAL, ObjectionAccommodated(objection=OBJECTION, amendment=2)),
    (PROPOSAL, ObjectionRetracted(objection=OBJECTION, reason=Sealed(WHY))),
    (PROPOSAL, ObjectionSetAside(objection=OBJECTION, reasoning=Sealed(WHY))),
    (
        PROPOSAL,
        ObjectionOutweighed(
            objection=OBJECTION, reasoning=Sealed(WHY), alternatives=Sealed((WORDS, TITLE))
        ),
    ),
    (PROPOSAL, FormalObjectionRegistered(objection=OBJECTION, to=GROUP)),
    (
        PROPOSAL,
        FormalObjectionResolved(objection=OBJECTION, result="overruled", reasoning=Sealed(WHY)),
    ),
    (
        PROPOSAL,
        ElectorateExtended(
            orgs=(ELDERS,),
            classes=(VoteClass(class_=(ELDERS,), constituencies=(PARENTS,), weight=2),),
            reason=Sealed(WHY),
            members_position=4130,
        ),
    ),
    (PROPOSAL, kept(BallotReceived(voter=UNION, members_position=4131))),
    (PROPOSAL, VotingClosed(reason="all_in", present=(CLINIC, UNION), counts=COUNTS)),
    (
        PROPOSAL,
        StanceRevealed(org=UNION, option=Option.OBJECT, reason=Sealed(WHY), objection=SEALED_ONE),
    ),
    (PROPOSAL, QuorumNotMet(needed=2, reached=1)),
    (PROPOSAL, ProposalAmended(at=DUSK, version=2, text=Sealed(WORDS), because=Sealed(WHY))),
    (
        PROPOSAL,
        DecisionMade(
            decision=DECISION,
            outcome="adopted",
            counts=COUNTS,
            voters=2,
            entitled=2,
            group_results={PARENTS: COUNTS},
            rule=RULE_ID,
            rule_version=1,
            electorate=DIGEST,
            text=WORDS.digest(),
            issue=MEALS,
            objections={OBJECTION: "overruled"},
            dissent=(UNION,),
            members_position=4127,
            accountable=(CLINIC,),
            meeting=MEETING_ID,
            source_id="1204",
        ),
    ),
    (PROPOSAL, MemberStoodAside(by=UNION, public=True, reason=Sealed(WHY))),
    (PROPOSAL, MemberSignedOn(by=CLINIC, decision=DECISION)),
    (PROPOSAL, MinorityStatementFiled(by=UNION, decision=DECISION, text=Sealed(WORDS))),
    (PROPOSAL, DecisionCommunicated(decision=DECISION, channel="email", orgs=(CLINIC, UNION))),
    (PROPOSAL, DecisionAcknowledged(by=UNION, decision=DECISION)),
    (PROPOSAL, DecisionReviewScheduled(decision=DECISION, on=JUNE)),
    (
        PROPOSAL,
        ImplementationIssueReported(
            by=UNION, decision=DECISION, constituency=PARENTS, what=Sealed(WORDS)
        ),
    ),
    (PROPOSAL, DecisionSuperseded(decision=EARLIER, successor=DECISION, effect="reversed")),
    (
        PROPOSAL,
        DecisionReopened(decision=DECISION, new_information=Sealed(WHY), because="meetings/77"),
    ),
    (PROPOSAL, DecisionDeferred(until=JUNE, reason=Sealed(WHY))),
    (PROPOSAL, ProposalWithdrawn(reason=Sealed(WHY))),
    (
        PROPOSAL,
        ConstituencyConsulted(
            constituency=PARENTS, org=UNION, on=date(2026, 3, 9), summary=Sealed(WORDS)
        ),
    ),
    (
        MEETING,
        MeetingScheduled(
            title=Sealed(TITLE),
            body=PLENARY,
            host=SCHOOL,
            starts_at=NOON,
            ends_at=DUSK,
            place=Sealed(PLACE),
            piggyback_on=Sealed(WHY),
        ),
    ),
    (
        f"series-{SERIES_ID}",
        MeetingSeriesEstablished(
            body=PLENARY, rrule="FREQ=WEEKLY;BYDAY=TU;BYHOUR=15;BYMINUTE=30", name=Sealed(TITLE)
        ),
    ),
    (MEETING, MeetingRescheduled(starts_at=NOON, ends_at=DUSK, place=Sealed(PLACE))),
    (
        MEETING,
        AgendaItemProposed(
            by=CLINIC,
            item=ITEM,
            kind="decision",
            title=Sealed(TITLE),
            proposal=PROPOSAL_ID,
            issue=MEALS,
            minutes=20,
        ),
    ),
    (
        MEETING,
        InvitationSent(orgs=(CLINIC, SCHOOL), exempt=(Exempted(org=UNION, reason=Sealed(WHY)),)),
    ),
    (MEETING, InvitationAnswered(by=CLINIC, answer="maybe")),
    (MEETING, AgendaPublished(items=(ITEM,), short_notice=True)),
    (
        MEETING,
        PreWorkAssigned(prework=PREWORK, item=ITEM, orgs=(CLINIC,), what=Sealed(WORDS), due=MAY),
    ),
    (MEETING, PreWorkCompleted(by=CLINIC, prework=PREWORK)),
    (
        MEETING,
        FacilitatorAppointed(
            person=Sealed(BO, about=BO), accreditation=FIRST, org=SCHOOL, external=True
        ),
    ),
    (MEETING, ReengagementInvited(org=UNION, entry="meetings/98120")),
    (MEETING, MeetingOpened()),
    (
        MEETING,
        AttendanceRecorded(
            attendance=ATTENDANCE,
            org=CLINIC,
            person=Sealed(ANA, about=ANA),
            accreditation=FIRST,
            mode="in_person",
        ),
    ),
    (MEETING, QuorumEstablished(present=2, needed=2)),
    (MEETING, RecordingAnswered(attendance=ATTENDANCE, agreed=False)),
    (MEETING, FloorRequested(by=CLINIC, item=ITEM).seen_by(SEEN_BY)),
    (
        MEETING,
        SpeechStarted(
            at=NOON, speech=SPEECH, item=ITEM, org=CLINIC, speaker=Sealed(ANA, about=ANA)
        ).seen_by(SEEN_BY),
    ),
    (MEETING, HeatRaised(item=ITEM, reason=Sealed(WHY)).seen_by(SEEN_BY)),
    (MEETING, SpeechEnded(speech=SPEECH, seconds=95).seen_by(SEEN_BY)),
    (MEETING, HeatLowered(item=ITEM, reason=Sealed(WHY)).seen_by(SEEN_BY)),
    (MEETING, DissentInvited(item=ITEM)),
    (MEETING, DiscussionParked(item=ITEM, until=MAY, reason=Sealed(WHY))),
    (MEETING, DiscussionResumed(item=ITEM)),
    (MEETING, DepartureRecorded(attendance=ATTENDANCE)),
    (MEETING, QuorumLost(present=1, needed=2)),
    (
        MEETING,
        MinutesDrafted(
            version=1, decisions=("meetings/98123",), steps=(STEP_ID,), text=Sealed(WORDS)
        ).seen_by(SEEN_BY),
    ),
    (MEETING, MinutesApproved(by=CLINIC, version=1)),
    (
        MEETING,
        MinutesCorrected(version=2, corrects=1, text=Sealed(WORDS), reason=Sealed(WHY)).seen_by(
            SEEN_BY
        ),
    ),
    (
        MEETING,
        MeetingClosed(steps=(STEP_ID,), override=Overridden(steps=(STEP_ID,), reason=Sealed(WHY))),
    ),
    (MEETING, MeetingCancelled(reason=Sealed(WHY))),
    (
        STEP,
        NextStepProposed(
            by=UNION, what=Sealed(WORDS), meeting=MEETING_ID, decision=DECISION, hours=6
        ),
    ),
    (
        STEP,
        NextStepVolunteered(by=SCHOOL, owners=(Owner(person=Sealed(BO, about=BO)),), due=MAY),
    ),
    (
        STEP,
        NextStepAssigned(owner=CLINIC, owners=(Owner(person=Sealed(ANA, about=ANA)),), due=MAY),
    ),
    (
        STEP,
        NextStepReassigned(
            owner=SCHOOL,
            owners=(Owner(person=Sealed(ANA, about=ANA)), Owner(person=Sealed(BO, about=BO))),
            due=MAY,
        ),
    ),
    (STEP, NextStepAccepted()),
    (STEP, NextStepStarted()),
    (STEP, NextStepBlocked(reason=Sealed(WHY))),
    (STEP, NextStepDueDateMoved(due=JUNE, reason=Sealed(WHY))),
    (STEP, NextStepDeclined(reason=Sealed(WHY))),
    (STEP, NextStepDropped(reason=Sealed(WHY))),
    (STEP, NextStepCompleted(note=Sealed(WHY))),
)
"""(stream, event), one of each type."""

GROWN: tuple[tuple[int, str, Event], ...] = (
    (
        2,
        CONCERN,
        ConcernRaised(
            source="member",
            kind="interpersonal",
            anonymous=True,
            body=PLENARY,
            item=ITEM,
            text=Sealed(WORDS),
        ).seen_by(SEEN_BY, within="body"),
    ),
    (
        2,
        MEETING,
        MeetingScheduled(
            series=SERIES_ID,
            body=PLENARY,
            host=SCHOOL,
            starts_at=NOON,
            ends_at=DUSK,
            place=Sealed(PLACE),
        ),
    ),
    (
        2,
        PROPOSAL,
        VotingOpened(
            by=CLINIC,
            at=NOON,
            round=1,
            rule=RULE_ID,
            rule_version=1,
            terms=Rule(method=Method.LEAD_DECIDES),
            text=WORDS.digest(),
            electorate=ELECTORATE,
            lead=SCHOOL,
            members_position=4127,
            closes_at=DUSK,
            gate="passed",
        ),
    ),
    (
        3,
        PROPOSAL,
        VotingOpened(
            by=CLINIC,
            at=NOON,
            round=1,
            rule=RULE_ID,
            rule_version=1,
            terms=TERMS,
            text=WORDS.digest(),
            electorate=digest(ELECTORATE),
            listed=ELECTORATE,
            members_position=4127,
            closes_at=DUSK,
            gate="passed",
        ),
    ),
    (
        2,
        PROPOSAL,
        VotingClosed(
            reason="all_in",
            present=digest((CLINIC, UNION)),
            listed=(CLINIC, UNION),
            counts=COUNTS,
        ),
    ),
)
"""Shapes that types have grown into since they were first shipped, with their numbers."""
