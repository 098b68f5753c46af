"""A membership: an organisation, or one person, at the table.

It is invited or applies, joins, is perhaps suspended, and leaves; leaving removes no history, and
who left may join again. A person who was invited joins by accepting: the invitation is the chair's
word, and its id is all they need. Active is who joined, is not suspended, and does more than
observe. A member says what it brings, gains and needs, accepts the ground rules, acknowledges who
decides what, and declares which organisations it is related to.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal, assert_never
from uuid import UUID

from immutables import Map
from pydantic import Field

from services.members.domain.ids import ConstituencyId, OrgId, PersonId
from services.members.domain.person import RegisterPerson
from services.members.domain.standing import (
    Charter,
    Standing,
    Table,
    cite,
    rest_on_a_decision,
    speak_for_it,
    speak_for_it_or_preside,
)
from shared.decider import Decider, Refused
from shared.event import (
    Code,
    Command,
    Context,
    Day,
    Event,
    Personal,
    Ref,
    Sealed,
    Text,
    Whole,
)

Kind = Literal["organization", "person"]
Commitment = Literal["observer", "voice_only", "homework"]
Involvement = Literal["inform", "consult", "decide"]
Leaving = Literal["burnout", "goals", "capacity", "conflict", "dissolved", "expelled", "other"]


@dataclass(frozen=True)
class Itself:
    """Whose membership this is. A one-person member that nobody names goes by this id."""

    org: OrgId


@dataclass(frozen=True)
class Acceptance:
    """Whether who asks is the person who accepted this invitation before."""

    own: bool


@dataclass(frozen=True)
class Here:
    """Whether the organisations, or the person, that a command names are here."""

    known: bool


class InviteMember(Command):
    name: Text
    why: Text | None = None


class StateInterest(Command):
    """What it gains, and whom it answers to."""

    mutual_benefit: Text
    answers_to: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


class ApplyForMembership(Command):
    """`interest`: where the coalition asks for one; it may come later, with the same again."""

    name: Text
    kind: Kind
    sector: Code
    why: Text
    interest: StateInterest | None = None


class DeclineMembership(Command):
    """Decline an application, or an invitation."""

    reason: Text


class AdmitMember(Command):
    """`person`: who a one-person member is; it is sealed with that person's key."""

    name: Text
    kind: Kind
    sector: Code
    constituencies: tuple[ConstituencyId, ...] = ()
    commitment: Commitment
    voting_right: bool
    ground_rules: Whole = 0
    person: PersonId | None = None


class AcceptInvitation(Command):
    """Join as one person, as whoever was invited.

    `person`: where the coalition does not know them yet. `interest`: where it asks for one.
    """

    name: Text
    sector: Code
    ground_rules: Whole = 0
    interest: StateInterest | None = None
    person: RegisterPerson | None = None


class StateAlignment(Command):
    """The three questions of alignment."""

    brings: Text
    problem: Text
    goals: Text


class StateNeed(Command):
    need: Text
    stakeholders: Text


class SetCommitment(Command):
    level: Commitment
    reason: Text | None = None


class SetInvolvement(Command):
    phase: Code
    level: Involvement


class AcceptGroundRules(Command):
    version: Whole


class AcknowledgeStructure(Command):
    version: Whole


class DeclareRelated(Command):
    """The whole set: those left out are no longer declared."""

    related: Annotated[tuple[OrgId, ...], Field(max_length=500)]


class NamePointPerson(Command):
    person: PersonId


class HoldBriefing(Command):
    """`attended`: how many of its own people were there."""

    on: Day
    attended: Annotated[int, Field(ge=1, le=1_000_000)]


class SuspendMember(Command):
    reason: Text
    decision: Ref | None = None


class ReinstateMember(Command):
    reason: Text
    decision: Ref | None = None


class LeaveCoalition(Command):
    reason_code: Leaving
    note: Text | None = None


class MemberInvited(Event):
    """An organisation is asked to join."""

    name: Sealed[Text]
    why: Sealed[Text] = Sealed()


class MembershipApplied(Event):
    """An organisation, or one person, asks to join."""

    name: Sealed[Text]
    kind: Kind
    sector: Code
    why: Sealed[Text]


class MembershipDeclined(Event):
    """An invitation or an application came to nothing, and why."""

    reason: Sealed[Text]


class MemberJoined(Event):
    """An organisation, or one person, is a member from now on."""

    name: Sealed[Text]
    kind: Kind
    sector: Code
    constituencies: tuple[ConstituencyId, ...]
    commitment: Commitment
    voting_right: bool
    ground_rules: Whole


class AlignmentStated(Event):
    """A member says what it brings, sees as the problem, and wants."""

    brings: Sealed[Text]
    problem: Sealed[Text]
    goals: Sealed[Text]


class InterestStated(Event):
    """A member or an applicant says what it gains, and to whom it answers."""

    mutual_benefit: Sealed[Text]
    answers_to: Sealed[tuple[Text, ...]] = Sealed()


class NeedStated(Event):
    """A member says what it needs, and who is behind that."""

    need: Sealed[Text]
    stakeholders: Sealed[Text]


class CommitmentLevelSet(Event):
    """A member only observes, gives its voice, or also does homework, from now on."""

    level: Commitment
    reason: Sealed[Text] = Sealed()


class InvolvementLevelSet(Event):
    """In a phase a member is informed, consulted, or decides."""

    phase: Code
    level: Involvement


class GroundRulesAccepted(Event):
    """A member accepts a version of the ground rules."""

    version: Whole


class DecisionStructureAcknowledged(Event):
    """A member has read a version of the decision structure."""

    version: Whole


class RelatedOrganizationDeclared(Event):
    """A member says which members it is related to; each list replaces the last."""

    related: tuple[OrgId, ...]


class PointPersonNamed(Event):
    """A member says who is asked first."""

    person: Personal[PersonId] = Sealed()


class InternalBriefingHeld(Event):
    """A member told its own people about the coalition's work, and how many came."""

    on: date
    attended: Whole


class MemberSuspended(Event):
    """A member may neither vote nor act for a while, and why."""

    reason: Sealed[Text]
    decision: Ref | None = None


class MemberReinstated(Event):
    """A suspended member takes part again, and why."""

    reason: Sealed[Text]
    decision: Ref | None = None


class MemberLeft(Event):
    """A member is no longer at the table, by its own will or not; what it did stays."""

    reason_code: Leaving
    note: Sealed[Text] = Sealed()


MembershipCommand = (
    InviteMember
    | ApplyForMembership
    | DeclineMembership
    | AdmitMember
    | AcceptInvitation
    | StateAlignment
    | StateInterest
    | StateNeed
    | SetCommitment
    | SetInvolvement
    | AcceptGroundRules
    | AcknowledgeStructure
    | DeclareRelated
    | NamePointPerson
    | HoldBriefing
    | SuspendMember
    | ReinstateMember
    | LeaveCoalition
)
MembershipEvent = (
    MemberInvited
    | MembershipApplied
    | MembershipDeclined
    | MemberJoined
    | AlignmentStated
    | InterestStated
    | NeedStated
    | CommitmentLevelSet
    | InvolvementLevelSet
    | GroundRulesAccepted
    | DecisionStructureAcknowledged
    | RelatedOrganizationDeclared
    | PointPersonNamed
    | InternalBriefingHeld
    | MemberSuspended
    | MemberReinstated
    | MemberLeft
)


@dataclass(frozen=True)
class Invited:
    pass


@dataclass(frozen=True)
class Applied:
    """`interest`: whether what it gains by joining was stated."""

    kind: Kind
    sector: Code
    interest: bool = False


@dataclass(frozen=True)
class Terms:
    """What an organisation joined with."""

    kind: Kind
    sector: Code
    constituencies: tuple[ConstituencyId, ...]
    commitment: Commitment
    voting_right: bool
    ground_rules: int


@dataclass(frozen=True)
class Joined:
    """`ground_rules`, `structure`: the newest versions that it accepted and acknowledged."""

    admitted: Terms
    commitment: Commitment
    suspended: bool = False
    ground_rules: int = 0
    structure: int = 0
    related: tuple[OrgId, ...] = ()
    involvement: Map[str, Involvement] = field(default_factory=Map)
    briefings: Map[tuple[date, int], None] = field(default_factory=Map)

    @property
    def active(self) -> bool:
        """Whether it is counted where the active members are asked."""
        return not self.suspended and self.commitment != "observer"


@dataclass(frozen=True)
class Declined:
    pass


@dataclass(frozen=True)
class Gone:
    pass


Membership = Invited | Applied | Joined | Declined | Gone | None  # None: never heard of


def decide(  # noqa: C901 - one case a command
    command: MembershipCommand, membership: Membership, context: Context
) -> list[MembershipEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case InviteMember():
            return _invite(command, membership)
        case ApplyForMembership():
            return _apply(command, membership, context)
        case DeclineMembership():
            return _decline(command, membership, context)
        case AdmitMember():
            return _admit(command, membership, context)
        case AcceptInvitation():
            return _accept(command, membership, context)
        case StateAlignment() | StateInterest() | StateNeed():
            return [_tell(command, _joined(membership), context)]
        case SetCommitment():
            return _commit(command, _joined(membership), context)
        case SetInvolvement():
            return _involve(command, _joined(membership), context)
        case AcceptGroundRules() | AcknowledgeStructure():
            return _agree(command, _joined(membership), context)
        case DeclareRelated():
            return _relate(command, _joined(membership), context)
        case NamePointPerson() | HoldBriefing():
            return _relay(command, _joined(membership), context)
        case SuspendMember():
            return _suspend(command, _joined(membership), context)
        case ReinstateMember():
            return _reinstate(command, _joined(membership), context)
        case LeaveCoalition():
            return _leave(command, membership, context)
        case _:
            assert_never(command)


def evolve(membership: Membership, event: MembershipEvent) -> Membership:
    """Return the membership after `event`."""
    match event:
        case MemberInvited():
            return Invited()
        case MembershipApplied():
            return Applied(event.kind, event.sector)
        case MembershipDeclined():
            return Declined()
        case MemberJoined():
            rules = event.ground_rules
            return Joined(_terms(event), event.commitment, ground_rules=rules)
        case InterestStated() if isinstance(membership, Applied):
            return replace(membership, interest=True)
        case MemberLeft():
            return Gone()
        case _:
            return _sat(_at_the_table(membership), event)


def _sat(
    member: Joined,
    event: AlignmentStated
    | InterestStated
    | NeedStated
    | CommitmentLevelSet
    | InvolvementLevelSet
    | GroundRulesAccepted
    | DecisionStructureAcknowledged
    | RelatedOrganizationDeclared
    | PointPersonNamed
    | InternalBriefingHeld
    | MemberSuspended
    | MemberReinstated,
) -> Joined:
    match event:
        case AlignmentStated() | InterestStated() | NeedStated() | PointPersonNamed():
            return member
        case CommitmentLevelSet():
            return replace(member, commitment=event.level)
        case InvolvementLevelSet():
            return replace(member, involvement=member.involvement.set(event.phase, event.level))
        case GroundRulesAccepted():
            return replace(member, ground_rules=event.version)
        case DecisionStructureAcknowledged():
            return replace(member, structure=event.version)
        case RelatedOrganizationDeclared():
            return replace(member, related=event.related)
        case InternalBriefingHeld():
            held = member.briefings.set((event.on, event.attended), None)
            return replace(member, briefings=held)
        case MemberSuspended():
            return replace(member, suspended=True)
        case MemberReinstated():
            return replace(member, suspended=False)
        case _:
            assert_never(event)


def _at_the_table(membership: Membership) -> Joined:
    assert isinstance(membership, Joined)
    return membership


def _joined(membership: Membership) -> Joined:
    if not isinstance(membership, Joined):
        raise Refused("not_a_member", "This organisation is not a member.")
    return membership


def _terms(joining: AdmitMember | MemberJoined) -> Terms:
    return Terms(
        kind=joining.kind,
        sector=joining.sector,
        constituencies=tuple(sorted(set(joining.constituencies))),
        commitment=joining.commitment,
        voting_right=joining.voting_right,
        ground_rules=joining.ground_rules,
    )


def _invite(command: InviteMember, membership: Membership) -> list[MembershipEvent]:
    if isinstance(membership, Invited):
        return []
    if isinstance(membership, Applied | Joined):
        raise Refused("already_member", "This organisation has applied or joined already.")
    return [MemberInvited(name=Sealed(command.name), why=Sealed(command.why))]


def _apply(
    command: ApplyForMembership, membership: Membership, context: Context
) -> list[MembershipEvent]:
    about = context.actor if command.kind == "person" else None
    interest = [] if command.interest is None else [_interest(command.interest, about)]
    if isinstance(membership, Applied):
        if (membership.kind, membership.sector) != (command.kind, command.sector):
            raise Refused("already_member", "This organisation has applied otherwise.")
        return [] if membership.interest else [*interest]
    if isinstance(membership, Joined):
        raise Refused("already_member", "This organisation has joined already.")
    if command.kind == "person" and about is None and not context.imported:
        raise Refused("person_missing", "Register yourself first, then apply as a person.")
    application = MembershipApplied(
        name=Sealed(command.name, about),
        kind=command.kind,
        sector=command.sector,
        why=Sealed(command.why, about),
    )
    return [application, *interest]


def _interest(command: StateInterest, about: UUID | None) -> InterestStated:
    return InterestStated(
        mutual_benefit=Sealed(command.mutual_benefit, about),
        answers_to=Sealed(command.answers_to or None, about),
    )


def _decline(
    command: DeclineMembership, membership: Membership, context: Context
) -> list[MembershipEvent]:
    """Decline an application: the chair; an invitation: who acts for no member, or the chair."""
    presides = context.imported or context.fact(Standing).presides
    match membership:
        case Applied() | Invited():
            invited = isinstance(membership, Invited) and context.by is None
            if not (presides or invited):
                raise Refused("not_the_chair", "Only the chair declines an application.")
            return [MembershipDeclined(reason=Sealed(command.reason))]
        case Declined():
            return []
        case Joined():
            raise Refused("already_member", "This organisation has joined already.")
        case None | Gone():
            raise Refused("no_application", "This organisation has not applied.")
        case _:
            assert_never(membership)


def _admit(command: AdmitMember, membership: Membership, context: Context) -> list[MembershipEvent]:
    terms = _terms(command)
    if isinstance(membership, Joined):
        if membership.admitted == terms:
            return []
        raise Refused("already_member", "This organisation has joined already.")
    interested = isinstance(membership, Applied) and membership.interest
    return [_join(command, context, interested=interested)]


def _accept(
    command: AcceptInvitation, membership: Membership, context: Context
) -> list[MembershipEvent]:
    """Let who was invited join as one person, without the chair acting again."""
    if isinstance(membership, Joined):
        if context.fact(Acceptance).own:
            return []
        raise Refused("already_member", "This invitation was accepted: ask for one of your own.")
    if not isinstance(membership, Invited):
        raise Refused("not_invited", "Nobody is invited here any more: ask for an invitation.")
    if context.by is not None and not context.imported:
        raise Refused("speaks_already", "You speak for a member: let the chair admit you.")
    who = None if context.actor is None else PersonId(context.actor)
    joining = AdmitMember(
        name=command.name,
        kind="person",
        sector=command.sector,
        commitment="homework",
        voting_right=True,
        ground_rules=command.ground_rules,
        person=who,
    )
    joined = _join(joining, context, interested=command.interest is not None)
    if command.interest is None:
        return [joined]
    return [joined, _interest(command.interest, joined.name.about)]


def _join(command: AdmitMember, context: Context, *, interested: bool) -> MemberJoined:
    """Return the joining, where there is room and all that is asked for was given."""
    terms = _terms(command)
    charter = context.fact(Charter)
    if command.ground_rules != charter.ground_rules:
        raise Refused("unknown_version", "Joining accepts the ground rules as they are now.")
    most = charter.max_members
    if most is not None and context.fact(Table).members >= most:
        raise Refused("coalition_full", f"{most} members may join, and have: there is no room.")
    if charter.interest_required and not interested:
        raise Refused("interest_missing", "First let it state what it gains by joining.")
    if command.kind == "organization" and command.person is not None:
        raise Refused("not_a_person", "An organisation is not a person: accredit them for it.")
    if command.kind == "person" and command.person is None and not context.imported:
        raise Refused("person_missing", "Say which person the one-person member is.")
    about = command.person
    if command.kind == "person" and about is None:
        about = PersonId(context.fact(Itself).org)
    return MemberJoined(
        name=Sealed(command.name, about),
        kind=terms.kind,
        sector=terms.sector,
        constituencies=terms.constituencies,
        commitment=terms.commitment,
        voting_right=terms.voting_right,
        ground_rules=terms.ground_rules,
    )


def _tell(
    command: StateAlignment | StateInterest | StateNeed, member: Joined, context: Context
) -> MembershipEvent:
    """Record every account: only its words tell one from another."""
    speak_for_it(context)
    if isinstance(command, StateInterest):
        return _interest(command, _about(member, context))
    if isinstance(command, StateAlignment):
        return AlignmentStated(
            brings=_words(command.brings, member, context),
            problem=_words(command.problem, member, context),
            goals=_words(command.goals, member, context),
        )
    return NeedStated(
        need=_words(command.need, member, context),
        stakeholders=_words(command.stakeholders, member, context),
    )


def _involve(command: SetInvolvement, member: Joined, context: Context) -> list[MembershipEvent]:
    speak_for_it_or_preside(context)
    if member.involvement.get(command.phase) == command.level:
        return []
    return [InvolvementLevelSet(phase=command.phase, level=command.level)]


def _agree(
    command: AcceptGroundRules | AcknowledgeStructure, member: Joined, context: Context
) -> list[MembershipEvent]:
    """Accept, or acknowledge, the current version: a new one asks again (M2)."""
    speak_for_it(context)
    charter = context.fact(Charter)
    rules = isinstance(command, AcceptGroundRules)
    current = charter.ground_rules if rules else charter.structure
    if current == 0 or command.version != current:
        raise Refused("unknown_version", f"The current version is {current}: read that one.")
    if current == (member.ground_rules if rules else member.structure):
        return []
    if rules:
        return [GroundRulesAccepted(version=current)]
    return [DecisionStructureAcknowledged(version=current)]


def _relate(command: DeclareRelated, member: Joined, context: Context) -> list[MembershipEvent]:
    speak_for_it(context)
    related = tuple(sorted(set(command.related)))
    if related == member.related:
        return []
    if context.fact(Itself).org in related:
        raise Refused("related_to_itself", "An organisation is related to others only.")
    if not context.fact(Here).known:
        raise Refused("not_a_member", "Only members can be named here.")
    return [RelatedOrganizationDeclared(related=related)]


def _relay(
    command: NamePointPerson | HoldBriefing, member: Joined, context: Context
) -> list[MembershipEvent]:
    speak_for_it(context)
    if isinstance(command, HoldBriefing):
        if (command.on, command.attended) in member.briefings:
            return []
        if command.on > context.at.date():
            raise Refused("not_yet", "A briefing is recorded once it was held.")
        return [InternalBriefingHeld(on=command.on, attended=command.attended)]
    if not context.fact(Here).known:
        raise Refused("unknown_person", "This person is not registered: register them first.")
    return [PointPersonNamed(person=Sealed(command.person, command.person))]


def _commit(command: SetCommitment, member: Joined, context: Context) -> list[MembershipEvent]:
    speak_for_it(context)
    if command.level == member.commitment:
        return []
    return [CommitmentLevelSet(level=command.level, reason=_words(command.reason, member, context))]


def _suspend(command: SuspendMember, member: Joined, context: Context) -> list[MembershipEvent]:
    if member.suspended:
        return []
    rest_on_a_decision(command.decision, context)
    reason = _words(command.reason, member, context)
    return [MemberSuspended(reason=reason, decision=command.decision)]


def _reinstate(command: ReinstateMember, member: Joined, context: Context) -> list[MembershipEvent]:
    if not member.suspended:
        return []
    cite(command.decision, context)
    reason = _words(command.reason, member, context)
    return [MemberReinstated(reason=reason, decision=command.decision)]


def _leave(
    command: LeaveCoalition, membership: Membership, context: Context
) -> list[MembershipEvent]:
    if isinstance(membership, Gone):
        return []
    member = _joined(membership)
    speak_for_it_or_preside(context)
    note = _words(command.note, member, context)
    return [MemberLeft(reason_code=command.reason_code, note=note)]


def _words(text: Text | None, member: Joined, context: Context) -> Sealed[Text]:
    """Seal what is said about a member; about a one-person member, with that person's key."""
    return Sealed(text, None if text is None else _about(member, context))


def _about(member: Joined, context: Context) -> PersonId | None:
    if member.admitted.kind == "organization":
        return None
    return context.fact(Standing).person


decider: Decider[MembershipCommand, Membership, MembershipEvent] = Decider(
    "membership", MembershipEvent, None, decide, evolve
)
