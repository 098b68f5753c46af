"""A proposal: put to a fixed electorate of organisations, and decided by a fixed rule.

Drafted, published, put to the vote in rounds, closed and decided. A voting may lapse, a decision
be deferred or reopened: then it may be opened for voting again. What happens in a round is in
`voting.py`, what becomes of objections in `objection.py`, the count in `tally.py`, who stands
behind it and who does not in `signing.py`, who was told of it in `communication.py`, how it fares
in `implementation.py`.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from immutables import Map
from pydantic import AwareDatetime, Field

from services.meetings.domain import ballot as ballots
from services.meetings.domain import communication as communications
from services.meetings.domain import implementation as implementations
from services.meetings.domain import objection as objections
from services.meetings.domain import ratification as ratifications
from services.meetings.domain import sense_check as sense_checks
from services.meetings.domain import signing as signings
from services.meetings.domain import voting as votings
from services.meetings.domain.acting import organisation
from services.meetings.domain.ballot import BallotReceived, CastBallot, StanceRevealed
from services.meetings.domain.communication import (
    AcknowledgeDecision,
    Communicated,
    CommunicateDecision,
    Communication,
    DecisionAcknowledged,
    DecisionCommunicated,
)
from services.meetings.domain.consultation import (
    ConstituencyConsulted,
    Consultation,
    RecordConsultation,
    consulted,
    happened,
)
from services.meetings.domain.electorate import ElectorateExtended, ExtendElectorate, Roll
from services.meetings.domain.ids import (
    BodyId,
    ConstituencyId,
    DecisionId,
    Decisions,
    IssueId,
    Itself,
    MeetingId,
    ObjectionId,
    ObjectiveId,
    Objectives,
    OrgId,
    RuleId,
)
from services.meetings.domain.implementation import (
    Cause,
    DecisionReviewScheduled,
    DecisionSuperseded,
    Effect,
    Implementation,
    ImplementationIssueReported,
    Implemented,
    ReportImplementationIssue,
    ScheduleReview,
    SupersedeDecision,
)
from services.meetings.domain.objection import (
    Dispose,
    Disposed,
    Disposition,
    Objection,
    ObjectionRaised,
    Objections,
    RaiseObjection,
)
from services.meetings.domain.ratification import (
    DecisionRatified,
    DeclineRatification,
    EndRatification,
    RatificationDeclined,
    RatificationRequested,
    Ratified,
    RatifyStance,
)
from services.meetings.domain.rule import Option
from services.meetings.domain.sense_check import (
    AnswerSenseCheck,
    OpenSenseCheck,
    SenseCheckEvent,
    SenseCheckOpened,
    SenseChecks,
    SenseCheckTaken,
    TakeSenseCheck,
)
from services.meetings.domain.signing import (
    FileMinority,
    MemberSignedOn,
    MemberStoodAside,
    MinorityStatementFiled,
    Signed,
    Signing,
    SignOn,
    StandAside,
)
from services.meetings.domain.tally import Counts, Outcome
from services.meetings.domain.voting import (
    ChangeStance,
    CloseVoting,
    OpenVoting,
    QuorumNotMet,
    Sitting,
    StanceChanged,
    StanceTaken,
    StanceWithdrawn,
    TakeStance,
    Voting,
    VotingClosed,
    VotingOpened,
    WithdrawStance,
)
from shared.decider import Decider, Refused, altered
from shared.event import Command, Context, Day, Digest, Event, Ref, Restricted, Sealed, Text, Value

Stage = Literal[
    "drafted",
    "published",
    "voting",
    "closed",
    "lapsed",
    "deferred",
    "decided",
    "reopened",
    "superseded",
    "withdrawn",
]


class Supersedes(Value):
    decision: DecisionId
    effect: Effect


class DraftProposal(Command):
    body: BodyId
    issue: IssueId
    objective: ObjectiveId | None = None
    affected: tuple[ConstituencyId, ...] = Field((), max_length=200)
    title: Text
    text: Text
    supersedes: Supersedes | None = None


class PublishProposal(Command):
    pass


class AmendProposal(Command):
    text: Text
    because: Text


class WithdrawProposal(Command):
    reason: Text


class MakeDecision(Command):
    accountable: tuple[OrgId, ...] = Field(max_length=100)
    meeting: MeetingId | None = None
    source_id: str | None = Field(None, min_length=1, max_length=128, pattern=r"^[!-~]+$")


class DeferDecision(Command):
    until: Day
    reason: Text


class ReopenDecision(Command):
    decision: DecisionId
    new_information: Text | None = None
    because: Ref | None = None


class ProposalDrafted(Event):
    """An organisation writes a proposal on an issue, for a body to decide."""

    by: OrgId
    body: BodyId
    issue: IssueId
    objective: ObjectiveId | None = None
    affected: tuple[ConstituencyId, ...] = ()
    title: Sealed[Text]
    text: Sealed[Text]
    supersedes: Supersedes | None = None


class ProposalPublished(Event):
    """The proposal can be read by all who may decide it; time for notice runs from here."""

    at: AwareDatetime
    text: Digest


class ProposalAmended(Event):
    """The proposal has a new text; stances on the old one no longer count."""

    at: AwareDatetime
    version: int
    text: Sealed[Text]
    because: Sealed[Text]


class ProposalWithdrawn(Event):
    """The proposal is taken back and will not be decided."""

    reason: Sealed[Text]


class DecisionMade(Event):
    """The coalition decided: the outcome, the count, and by which rule and electorate."""

    decision: DecisionId
    outcome: Outcome
    counts: Counts
    voters: int
    entitled: int
    group_results: Restricted[dict[ConstituencyId, Counts]]
    rule: RuleId
    rule_version: int
    electorate: Digest
    text: Digest
    issue: IssueId
    objections: dict[ObjectionId, Disposition]
    dissent: Restricted[tuple[OrgId, ...]]
    stood_aside: Restricted[tuple[OrgId, ...]] = ()
    members_position: int
    accountable: tuple[OrgId, ...]
    meeting: MeetingId | None = None
    source_id: str | None = None


class DecisionDeferred(Event):
    """The decision is put off to a day, and why."""

    until: date
    reason: Sealed[Text]


class DecisionReopened(Event):
    """A decision is looked at again because something new is known; the first one stays."""

    decision: DecisionId
    new_information: Sealed[Text] = Sealed()
    because: Ref | None = None


ProposalCommand = (
    DraftProposal
    | PublishProposal
    | AmendProposal
    | WithdrawProposal
    | RecordConsultation
    | OpenVoting
    | TakeStance
    | ChangeStance
    | WithdrawStance
    | CastBallot
    | ExtendElectorate
    | RatifyStance
    | DeclineRatification
    | EndRatification
    | RaiseObjection
    | Dispose
    | OpenSenseCheck
    | AnswerSenseCheck
    | TakeSenseCheck
    | CloseVoting
    | MakeDecision
    | DeferDecision
    | StandAside
    | SignOn
    | FileMinority
    | CommunicateDecision
    | AcknowledgeDecision
    | ScheduleReview
    | ReportImplementationIssue
    | SupersedeDecision
    | ReopenDecision
)
ProposalEvent = (
    ProposalDrafted
    | ProposalPublished
    | ProposalAmended
    | ProposalWithdrawn
    | ConstituencyConsulted
    | VotingOpened
    | StanceTaken
    | StanceChanged
    | StanceWithdrawn
    | StanceRevealed
    | BallotReceived
    | ElectorateExtended
    | RatificationRequested
    | Ratified
    | ObjectionRaised
    | Disposed
    | SenseCheckEvent
    | VotingClosed
    | QuorumNotMet
    | DecisionMade
    | DecisionDeferred
    | Signed
    | Communicated
    | Implemented
    | DecisionReopened
)


@dataclass(frozen=True)
class Decided:
    """What a decision was made of: asked again the same way, nothing needs to happen."""

    id: DecisionId
    outcome: Outcome
    accountable: tuple[OrgId, ...]
    source_id: str | None


@dataclass(frozen=True)
class Proposal:
    """A proposal at a stage; `voting` is its newest round, until that is decided or amended.

    Args:
        counted: What the newest round came to once it was closed.
    """

    body: BodyId
    issue: IssueId
    proposer: OrgId
    affected: frozenset[ConstituencyId]
    supersedes: Supersedes | None
    text: Digest
    version: int = 1
    stage: Stage = "drafted"
    noticed_at: datetime | None = None
    consulted: frozenset[Consultation] = frozenset()
    rounds: int = 0
    voting: Voting | None = None
    may_outweigh: bool = False
    objections: Objections = field(default_factory=Map)
    checks: SenseChecks = field(default_factory=Map)
    decision: Decided | None = None
    signing: Signing = field(default_factory=Signing)
    communication: Communication = field(default_factory=Communication)
    implementation: Implementation = field(default_factory=Implementation)
    deferred_to: date | None = None
    counted: Counts | None = None


def decide(  # noqa: C901, PLR0911, PLR0912 - a line for each command
    command: ProposalCommand, proposal: Proposal | None, context: Context
) -> list[ProposalEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, DraftProposal):
        return _draft(command, proposal, context)
    if proposal is None:
        raise Refused("unknown_proposal", "There is no such proposal: draft it first.")
    match command:
        case TakeStance():
            return _take(command, proposal, context)
        case ChangeStance():
            return _change(command, proposal, context)
        case WithdrawStance():
            return _withdraw_stance(command, proposal, context)
        case ExtendElectorate():
            return [*votings.extended(command, _voting(proposal), context)]
        case RatifyStance():
            return [*ratifications.ratified(command, _to_ratify(proposal, context), context)]
        case DeclineRatification():
            return [*ratifications.declined(command, _to_ratify(proposal, context), context)]
        case EndRatification():
            return [*_end_ratification(proposal, context)]
        case CastBallot():
            return [votings.received(_voting(proposal), context)]
        case PublishProposal():
            return _publish(proposal, context)
        case AmendProposal():
            return _amend(command, proposal, context)
        case WithdrawProposal():
            return _withdraw(command, proposal, context)
        case RecordConsultation():
            return _consult(command, proposal, context)
        case OpenVoting():
            return _open(command, proposal, context)
        case RaiseObjection():
            return _object(command, proposal, context)
        case OpenSenseCheck() | AnswerSenseCheck() | TakeSenseCheck():
            return [*_check(command, proposal, context)]
        case CloseVoting():
            return _close(proposal, context)
        case MakeDecision():
            return _make(command, proposal, context)
        case DeferDecision():
            return _defer(command, proposal)
        case StandAside() | SignOn() | FileMinority():
            return _sign(command, proposal, context)
        case CommunicateDecision() | AcknowledgeDecision():
            return _communicate(command, proposal, context)
        case ScheduleReview() | ReportImplementationIssue() | SupersedeDecision():
            return _implement(command, proposal, context)
        case ReopenDecision():
            return _reopen(command, proposal, context)
        case _:
            return _dispose(command, proposal, context)


def evolve(  # noqa: C901, PLR0911, PLR0912 - a line for each event
    proposal: Proposal | None, event: ProposalEvent
) -> Proposal:
    """Return the proposal after `event`. Never refuses: history has already happened."""
    if isinstance(event, ProposalDrafted):
        assert event.text.digest is not None
        return Proposal(
            body=event.body,
            issue=event.issue,
            proposer=event.by,
            affected=frozenset(event.affected),
            supersedes=event.supersedes,
            text=event.text.digest,
        )
    assert proposal is not None
    match event:
        case StanceTaken() | StanceChanged() | StanceWithdrawn():
            assert proposal.voting is not None
            return altered(proposal, voting=votings.after(proposal.voting, event))
        case VotingOpened():
            voting = votings.begun(event, proposal.proposer)
            may = event.terms.objections.caller_may_outweigh
            opened = replace(proposal, stage="voting", rounds=event.round, voting=voting)
            return replace(opened, may_outweigh=may, counted=None)
        case BallotReceived():
            assert proposal.voting is not None
            return altered(proposal, voting=votings.after_ballot(proposal.voting, event))
        case RatificationRequested():
            assert proposal.voting is not None
            return altered(proposal, voting=votings.asked_to_ratify(proposal.voting, event))
        case DecisionRatified() | RatificationDeclined():
            assert proposal.voting is not None
            return altered(proposal, voting=votings.after_ratification(proposal.voting, event))
        case ElectorateExtended():
            assert proposal.voting is not None
            return altered(proposal, voting=votings.after_extension(proposal.voting, event))
        case StanceRevealed():
            return _revealed(proposal, event)
        case VotingClosed():
            assert proposal.voting is not None
            voting = votings.ended(proposal.voting, event)
            return replace(proposal, stage="closed", voting=voting, counted=event.counts)
        case ObjectionRaised():
            raised = Objection(event.by, proposal.version)
            return replace(proposal, objections=proposal.objections.set(event.objection, raised))
        case SenseCheckOpened() | SenseCheckTaken():
            return replace(proposal, checks=sense_checks.after(proposal.checks, event))
        case QuorumNotMet():
            return replace(proposal, stage="lapsed")
        case DecisionMade():
            decided = Decided(event.decision, event.outcome, event.accountable, event.source_id)
            made = replace(proposal, stage="decided", voting=None, decision=decided)
            return replace(made, communication=Communication())
        case MemberStoodAside() | MemberSignedOn() | MinorityStatementFiled():
            return replace(proposal, signing=signings.signed_after(proposal.signing, event))
        case DecisionCommunicated() | DecisionAcknowledged():
            known = communications.communicated_after(proposal.communication, event)
            return replace(proposal, communication=known)
        case DecisionReviewScheduled() | ImplementationIssueReported() | DecisionSuperseded():
            return _implemented(proposal, event)
        case DecisionReopened():
            return replace(proposal, stage="reopened", signing=Signing())
        case DecisionDeferred():
            return replace(proposal, stage="deferred", deferred_to=event.until)
        case ProposalPublished():
            return replace(proposal, stage="published", noticed_at=event.at)
        case ProposalAmended():
            return _amended(proposal, event)
        case ProposalWithdrawn():
            return replace(proposal, stage="withdrawn")
        case ConstituencyConsulted():
            return replace(proposal, consulted=proposal.consulted | {happened(event)})
        case _:
            became = objections.become(proposal.objections[event.objection], event)
            return replace(proposal, objections=proposal.objections.set(event.objection, became))


def _implemented(proposal: Proposal, event: Implemented) -> Proposal:
    known = implementations.implemented_after(proposal.implementation, event)
    after = replace(proposal, implementation=known)
    if not isinstance(event, DecisionSuperseded) or proposal.stage in {"voting", "closed"}:
        return after
    newest = proposal.decision is not None and proposal.decision.id == event.decision
    return replace(after, stage="superseded") if newest else after


def _amended(proposal: Proposal, event: ProposalAmended) -> Proposal:
    assert event.text.digest is not None
    amended = replace(proposal, version=event.version, text=event.text.digest, signing=Signing())
    if proposal.stage == "drafted":
        return amended
    return replace(amended, stage="published", noticed_at=event.at, voting=None)


def _revealed(proposal: Proposal, event: StanceRevealed) -> Proposal:
    if event.objection is None:
        return proposal
    raised = Objection(event.org, proposal.version)
    return replace(proposal, objections=proposal.objections.set(event.objection, raised))


def _draft(
    command: DraftProposal, proposal: Proposal | None, context: Context
) -> list[ProposalEvent]:
    proposer = organisation(context)
    affected = tuple(sorted(set(command.affected)))
    if proposal is not None:
        asked = command.body, command.issue, proposer, frozenset(affected), command.supersedes
        if asked == (
            proposal.body,
            proposal.issue,
            proposal.proposer,
            proposal.affected,
            proposal.supersedes,
        ):
            return []
        raise Refused("already_drafted", "This proposal exists: amend it, or draft another.")
    if command.supersedes is not None:
        _known(command.supersedes.decision, context)
    if command.objective is not None and command.objective not in context.fact(Objectives).known:
        raise Refused("unknown_objective", "There is no such objective: a campaign sets it.")
    drafted = ProposalDrafted(
        by=proposer,
        body=command.body,
        issue=command.issue,
        objective=command.objective,
        affected=affected,
        title=Sealed(command.title),
        text=Sealed(command.text),
        supersedes=command.supersedes,
    )
    return [drafted]


def _publish(proposal: Proposal, context: Context) -> list[ProposalEvent]:
    _proposer_only(proposal, context)
    if proposal.stage == "withdrawn":
        raise _wrong_stage(proposal)
    if proposal.stage != "drafted":
        return []
    return [ProposalPublished(at=context.at, text=proposal.text)]


def _amend(command: AmendProposal, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    _proposer_only(proposal, context)
    if proposal.stage in {"decided", "superseded", "withdrawn"}:
        raise _wrong_stage(proposal)
    if proposal.text == command.text.digest():
        return []
    amended = ProposalAmended(
        at=context.at,
        version=proposal.version + 1,
        text=Sealed(command.text),
        because=Sealed(command.because),
    )
    if proposal.stage != "voting":
        return [amended]
    open_ = objections.still_open(proposal.objections)
    return [votings.cut_short(_voting(proposal), context, objection_open=open_), amended]


def _withdraw(
    command: WithdrawProposal, proposal: Proposal, context: Context
) -> list[ProposalEvent]:
    _proposer_only(proposal, context)
    if proposal.stage == "withdrawn":
        return []
    if proposal.stage not in {"drafted", "published", "lapsed", "deferred"}:
        raise _wrong_stage(proposal)
    return [ProposalWithdrawn(reason=Sealed(command.reason))]


def _consult(
    command: RecordConsultation, proposal: Proposal, context: Context
) -> list[ProposalEvent]:
    if proposal.stage in {"decided", "superseded", "withdrawn"}:
        raise _wrong_stage(proposal)
    return [*consulted(command, proposal.consulted, context)]


def _open(command: OpenVoting, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    if proposal.voting is not None and proposal.voting.same(command):
        return []
    if proposal.stage in {"voting", "closed"}:
        detail = "Rule, text and electorate are frozen: amend the proposal for another round."
        raise Refused("voting_frozen", detail)
    if proposal.stage == "drafted" or proposal.noticed_at is None:
        raise Refused("not_published", "Publish the proposal first, so that it can be read.")
    if proposal.stage not in {"published", "lapsed", "deferred", "reopened"}:
        raise _wrong_stage(proposal)
    motion = votings.Motion(
        body=proposal.body,
        proposer=proposal.proposer,
        affected=proposal.affected,
        consulted=frozenset(each.constituency for each in proposal.consulted),
        text=proposal.text,
        noticed_at=proposal.noticed_at,
        round=proposal.rounds + 1,
    )
    return [votings.opened(command, motion, context)]


def _take(command: TakeStance, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    taken = votings.taken(command, _voting(proposal), context)
    if taken is None:
        return []
    voting = _voting(proposal)
    asked = ratifications.requested(taken.by, voting.terms, context)
    if command.option is not Option.OBJECT or ballots.sealed(voting.terms):
        return [taken, *asked]
    raised = objections.raised_by_stance(proposal.objections, context, command.reason)
    return [taken, *asked, raised]


def _change(command: ChangeStance, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    changed = votings.changed(command, _voting(proposal), context)
    if changed is None:
        return []
    known, voting = proposal.objections, _voting(proposal)
    asked = ratifications.requested(changed.by, voting.terms, context)
    said: list[ProposalEvent] = [changed, *asked]
    if changed.to is changed.from_ or ballots.sealed(voting.terms):
        return said
    if changed.to is Option.OBJECT:
        return [*said, objections.raised_by_stance(known, context, command.because)]
    if changed.from_ is Option.OBJECT:
        return [*said, *objections.retracted_with_stance(known, context, command.because)]
    return said


def _withdraw_stance(
    command: WithdrawStance, proposal: Proposal, context: Context
) -> list[ProposalEvent]:
    withdrawn = votings.withdrawn(command, _voting(proposal), context)
    known = proposal.objections
    return [withdrawn, *objections.retracted_with_stance(known, context, command.because)]


def _object(command: RaiseObjection, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    by = organisation(context)
    if known := proposal.objections.get(command.objection):
        if known.by == by:
            return []
        raise Refused("already_raised", "Another objection has that id: use a new one.")
    votings.may_object(_voting(proposal), context)
    objections.room_for_one_more(proposal.objections, by)
    raised = ObjectionRaised(
        by=by,
        objection=command.objection,
        grounds=Sealed(command.grounds),
        remove_by=Sealed(command.remove_by),
    )
    return [raised]


def _check(
    command: sense_checks.SenseCheckCommand, proposal: Proposal, context: Context
) -> list[SenseCheckEvent]:
    if proposal.stage in {"drafted", "decided", "superseded", "withdrawn"} and not context.system:
        raise _wrong_stage(proposal)
    return sense_checks.decide(command, proposal.checks, context)


def _dispose(command: Dispose, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    ground = objections.Ground(
        proposer=proposal.proposer,
        body=proposal.body,
        version=proposal.version,
        may_outweigh=proposal.may_outweigh,
        objections=proposal.objections,
    )
    return list(objections.dispose(command, ground, context))


def _close(proposal: Proposal, context: Context) -> list[ProposalEvent]:
    if proposal.stage in {"closed", "lapsed", "decided"}:
        return []
    if proposal.stage != "voting" or proposal.voting is None:
        if context.system:
            return []
        raise Refused("not_open", "Voting on this proposal is not open.")
    reason = votings.closing(proposal.voting, context)
    open_ = objections.still_open(proposal.objections)
    return [*votings.closed(proposal.voting, reason, context, objection_open=open_)]


def _to_ratify(proposal: Proposal, context: Context) -> ratifications.Stance | None:
    """Return what the acting organisation's class holds in a voting that is not decided."""
    if proposal.voting is None or proposal.stage not in {"voting", "closed"}:
        raise Refused("not_open", "No stance on this proposal waits to be ratified.")
    place = proposal.voting.places.get(organisation(context))
    if place is None:
        raise Refused("not_accredited", "Your organisation was not entitled when voting opened.")
    return proposal.voting.stances.get(place)


def _end_ratification(proposal: Proposal, context: Context) -> list[QuorumNotMet]:
    if proposal.stage != "closed" or proposal.voting is None:
        return []
    return votings.lapsed(proposal.voting, context)


def _make(command: MakeDecision, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    accountable = tuple(sorted(set(command.accountable)))
    if proposal.stage == "decided" and proposal.decision is not None:
        made = proposal.decision
        if (made.accountable, made.source_id) == (accountable, command.source_id):
            return []
        raise Refused("already_decided", "It is decided: reopen it if there is new information.")
    if proposal.stage == "lapsed":
        raise Refused("no_quorum", "The voting lapsed without a quorum: open it again.")
    if proposal.stage != "closed" or proposal.voting is None:
        raise Refused("not_closed", "Close the voting first.")
    _answerable(command, accountable, context)
    votings.within_remit(context)
    voting = proposal.voting
    ratifications.decided_on(voting.stances, context.at)
    open_ = objections.still_open(proposal.objections)
    result = votings.count(voting, voting.present, objection_open=open_)
    if result.shortfall is not None:
        return [*votings.lapsed(voting, context)]
    decided = DecisionMade(
        decision=DecisionId(context.fact(Itself).derive(f"decision/{voting.round}")),
        outcome=result.outcome,
        counts=result.counts,
        voters=result.voters,
        entitled=result.entitled,
        group_results=result.groups,
        rule=voting.rule,
        rule_version=voting.rule_version,
        electorate=votings.digest(voting.electorate),
        text=voting.text,
        issue=proposal.issue,
        objections={id_: each.became for id_, each in sorted(proposal.objections.items())},
        dissent=votings.dissenting(voting),
        stood_aside=proposal.signing.named,
        members_position=voting.members_position,
        accountable=accountable,
        meeting=command.meeting or voting.meeting,
        source_id=command.source_id,
    )
    issued = signings.Issued(decided.decision, decided.outcome)
    review = implementations.reviewed_by_rule(issued, voting.terms, context)
    return [decided] if review is None else [decided, review]


def _answerable(command: MakeDecision, accountable: tuple[OrgId, ...], context: Context) -> None:
    if not accountable:
        raise Refused("unaccountable", "Name at least one organisation that answers for it.")
    if not context.fact(Roll).joined >= set(accountable):
        raise Refused("unknown_organisation", "An accountable organisation is not a member.")
    if command.source_id is not None and not context.imported:
        raise Refused("imports_only", "Only imported decisions have the number of their source.")
    if command.meeting is not None and not context.fact(Sitting).exists:
        raise Refused("unknown_meeting", "There is no such meeting: leave it out, or schedule it.")


def _defer(command: DeferDecision, proposal: Proposal) -> list[ProposalEvent]:
    if proposal.stage == "deferred" and proposal.deferred_to == command.until:
        return []
    if proposal.stage not in {"published", "closed", "lapsed", "deferred", "reopened"}:
        raise _wrong_stage(proposal)
    return [DecisionDeferred(until=command.until, reason=Sealed(command.reason))]


def _sign(command: signings.Sign, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    if proposal.stage in {"drafted", "withdrawn"}:
        raise _wrong_stage(proposal)
    said = signings.sign(command, proposal.signing, _issued(proposal), context)
    return [] if said is None else [said]


def _communicate(
    command: communications.Communicate, proposal: Proposal, context: Context
) -> list[ProposalEvent]:
    known, decided = proposal.communication, _issued(proposal)
    said = communications.communicate(command, known, decided, context)
    return [] if said is None else [said]


def _issued(proposal: Proposal) -> signings.Issued | None:
    """Return the decision in force; `None` while there is none, or once it was reopened."""
    if proposal.stage != "decided" or proposal.decision is None:
        return None
    return signings.Issued(proposal.decision.id, proposal.decision.outcome)


def _implement(
    command: implementations.Implement, proposal: Proposal, context: Context
) -> list[ProposalEvent]:
    if isinstance(command, SupersedeDecision) and proposal.decision is None:
        raise Refused("unknown_decision", "This proposal was not decided by that decision.")
    known, decided = proposal.implementation, _issued(proposal)
    said = implementations.implement(command, known, decided, context)
    return [] if said is None else [said]


def _reopen(command: ReopenDecision, proposal: Proposal, context: Context) -> list[ProposalEvent]:
    if proposal.decision is None or proposal.decision.id != command.decision:
        raise Refused("unknown_decision", "This proposal was not decided by that decision.")
    if proposal.stage == "reopened":
        return []
    if proposal.stage != "decided":
        raise _wrong_stage(proposal)
    issue = command.because is not None and context.fact(Cause).issue_with == command.decision
    if command.new_information is None and not issue:
        detail = "Reopening needs new information: say what is new, or name an issue reported."
        raise Refused("no_new_information", detail)
    reopened = DecisionReopened(
        decision=command.decision,
        new_information=Sealed(command.new_information),
        because=command.because,
    )
    return [reopened]


def _voting(proposal: Proposal) -> Voting:
    if proposal.stage != "voting" or proposal.voting is None:
        raise Refused("not_open", "Voting on this proposal is not open.")
    return proposal.voting


def _proposer_only(proposal: Proposal, context: Context) -> None:
    if organisation(context) != proposal.proposer:
        raise Refused("not_the_proposer", "Only the organisation that proposed it can do that.")


def _known(decision: DecisionId, context: Context) -> None:
    if decision not in context.fact(Decisions).known:
        raise Refused("unknown_decision", "There is no such decision in this coalition.")


def _wrong_stage(proposal: Proposal) -> Refused:
    return Refused("wrong_stage", f"The proposal is {proposal.stage}: that is not possible now.")


decider: Decider[ProposalCommand, Proposal | None, ProposalEvent] = Decider(
    "proposal", ProposalEvent, None, decide, evolve
)
