"""A membership: an organisation, or one person, at the table.

It is applied for, joined, perhaps suspended, and left; leaving removes no history, and who left
may join again. Active is who joined, is not suspended, and does more than observe.
"""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from services.members.domain.ids import ConstituencyId, OrgId, PersonId
from services.members.domain.standing import (
    Charter,
    Standing,
    cite,
    rest_on_a_decision,
    speak_for_it,
    speak_for_it_or_preside,
)
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Event, Ref, Sealed, Text, Whole

Kind = Literal["organization", "person"]
Commitment = Literal["observer", "voice_only", "homework"]
Leaving = Literal["burnout", "goals", "capacity", "conflict", "dissolved", "expelled", "other"]


@dataclass(frozen=True)
class Itself:
    """Whose membership this is. A one-person member that nobody names goes by this id."""

    org: OrgId


class ApplyForMembership(Command):
    name: Text
    kind: Kind
    sector: Code
    why: Text


class DeclineMembership(Command):
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


class SetCommitment(Command):
    level: Commitment
    reason: Text | None = None


class SuspendMember(Command):
    reason: Text
    decision: Ref | None = None


class ReinstateMember(Command):
    reason: Text
    decision: Ref | None = None


class LeaveCoalition(Command):
    reason_code: Leaving
    note: Text | None = None


class MembershipApplied(Event):
    name: Sealed[Text]
    kind: Kind
    sector: Code
    why: Sealed[Text]


class MembershipDeclined(Event):
    reason: Sealed[Text]


class MemberJoined(Event):
    name: Sealed[Text]
    kind: Kind
    sector: Code
    constituencies: tuple[ConstituencyId, ...]
    commitment: Commitment
    voting_right: bool
    ground_rules: Whole


class CommitmentLevelSet(Event):
    level: Commitment
    reason: Sealed[Text] = Sealed()


class MemberSuspended(Event):
    reason: Sealed[Text]
    decision: Ref | None = None


class MemberReinstated(Event):
    reason: Sealed[Text]
    decision: Ref | None = None


class MemberLeft(Event):
    reason_code: Leaving
    note: Sealed[Text] = Sealed()


MembershipCommand = (
    ApplyForMembership
    | DeclineMembership
    | AdmitMember
    | SetCommitment
    | SuspendMember
    | ReinstateMember
    | LeaveCoalition
)
MembershipEvent = (
    MembershipApplied
    | MembershipDeclined
    | MemberJoined
    | CommitmentLevelSet
    | MemberSuspended
    | MemberReinstated
    | MemberLeft
)


@dataclass(frozen=True)
class Applied:
    kind: Kind
    sector: Code


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
    admitted: Terms
    commitment: Commitment
    suspended: bool = False

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


Membership = Applied | Joined | Declined | Gone | None  # None: never heard of


def decide(
    command: MembershipCommand, membership: Membership, context: Context
) -> list[MembershipEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case ApplyForMembership():
            return _apply(command, membership, context)
        case DeclineMembership():
            return _decline(command, membership)
        case AdmitMember():
            return _admit(command, membership, context)
        case SetCommitment():
            return _commit(command, _joined(membership), context)
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
        case MembershipApplied():
            return Applied(event.kind, event.sector)
        case MembershipDeclined():
            return Declined()
        case MemberJoined():
            return Joined(_terms(event), event.commitment)
        case CommitmentLevelSet():
            return replace(_at_the_table(membership), commitment=event.level)
        case MemberSuspended():
            return replace(_at_the_table(membership), suspended=True)
        case MemberReinstated():
            return replace(_at_the_table(membership), suspended=False)
        case MemberLeft():
            return Gone()
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


def _apply(
    command: ApplyForMembership, membership: Membership, context: Context
) -> list[MembershipEvent]:
    if membership == Applied(command.kind, command.sector):
        return []
    if isinstance(membership, Applied | Joined):
        raise Refused("already_member", "This organisation has applied or joined already.")
    about = context.actor if command.kind == "person" else None
    if command.kind == "person" and about is None and not context.imported:
        raise Refused("person_missing", "Register yourself first, then apply as a person.")
    return [
        MembershipApplied(
            name=Sealed(command.name, about),
            kind=command.kind,
            sector=command.sector,
            why=Sealed(command.why, about),
        )
    ]


def _decline(command: DeclineMembership, membership: Membership) -> list[MembershipEvent]:
    match membership:
        case Applied():
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
    if command.ground_rules != context.fact(Charter).ground_rules:
        raise Refused("unknown_version", "Joining accepts the ground rules as they are now.")
    if command.kind == "organization" and command.person is not None:
        raise Refused("not_a_person", "An organisation is not a person: accredit them for it.")
    if command.kind == "person" and command.person is None and not context.imported:
        raise Refused("person_missing", "Say which person the one-person member is.")
    about = command.person
    if command.kind == "person" and about is None:
        about = PersonId(context.fact(Itself).org)
    return [
        MemberJoined(
            name=Sealed(command.name, about),
            kind=terms.kind,
            sector=terms.sector,
            constituencies=terms.constituencies,
            commitment=terms.commitment,
            voting_right=terms.voting_right,
            ground_rules=terms.ground_rules,
        )
    ]


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
    if text is None or member.admitted.kind == "organization":
        return Sealed(text)
    return Sealed(text, context.fact(Standing).person)


decider: Decider[MembershipCommand, Membership, MembershipEvent] = Decider(
    "membership", MembershipEvent, None, decide, evolve
)
