"""An issue: what the coalition speaks about, or agreed to leave out.

An issue is in scope from the moment it is raised, until it is scoped out. Each organisation has
one position on it at a time, and history keeps every change. Organisations may agree to disagree,
which parks the issue until one of them reopens it. One organisation leads it, and for each
audience one is its messenger. Who left the coalition holds up nobody: without its lead another
may be assigned, and without all its parties anybody reopens a disagreement.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from immutables import Map
from pydantic import Field

from services.members.domain.ids import OrgId, PersonId
from services.members.domain.standing import as_agreed, speaker, words
from shared.decider import Decider, Refused
from shared.event import (
    Command,
    Context,
    Event,
    Personal,
    Restricted,
    Sealed,
    Text,
    Visibility,
)

Scope = Literal["in", "out"]
Position = Literal["support", "can_live_with", "oppose", "no_position"]


@dataclass(frozen=True)
class Named:
    """Whether the organisations, and the person, that a command names are here."""

    members: bool
    person: bool = True


@dataclass(frozen=True)
class StillHere:
    """Whether the lead, and any party to the disagreement, are members still."""

    lead: bool = True
    party: bool = True


class RaiseIssue(Command):
    name: Text
    summary: Text


class ScopeIssue(Command):
    scope: Scope
    reason: Text


class TakePosition(Command):
    position: Position
    reason: Text


class ChangePosition(Command):
    to: Position
    reason: Text


class AgreeToDisagree(Command):
    """The first party names all parties and the terms; each other agrees with neither."""

    parties: tuple[OrgId, ...] | None = Field(None, max_length=500)
    terms: Text | None = None


class ReopenDisagreement(Command):
    reason: Text


class AssignLead(Command):
    lead: OrgId


class YieldLead(Command):
    reason: Text
    successor: OrgId | None = None


class ChooseMessenger(Command):
    org: OrgId
    audience: Visibility
    person: PersonId | None = None


class IssueRaised(Event):
    """The coalition has an issue to speak about."""

    name: Sealed[Text]
    summary: Sealed[Text]


class IssueScoped(Event):
    """The issue is inside or outside of what the coalition speaks about, and why."""

    scope: Scope
    reason: Sealed[Text]


class PositionTaken(Event):
    """An organisation says for the first time where it stands on the issue."""

    by: OrgId
    position: Restricted[Position]
    reason: Sealed[Text]


class PositionChanged(Event):
    """An organisation stands elsewhere on the issue now, and says why."""

    by: OrgId
    from_: Restricted[Position]
    to: Restricted[Position]
    reason: Sealed[Text]


class AgreedToDisagree(Event):
    """A party parks the issue; the first to do so brings parties and terms."""

    by: OrgId
    parties: tuple[OrgId, ...] | None = None
    terms: Sealed[Text] = Sealed()


class DisagreementReopened(Event):
    """A party brings a parked issue back, and says why."""

    reason: Sealed[Text]


class LeadAssigned(Event):
    """One organisation leads on the issue."""

    lead: OrgId


class LeadYielded(Event):
    """The leading organisation steps back, and may name who follows."""

    reason: Sealed[Text]
    successor: OrgId | None = None


class MessengerChosen(Event):
    """An organisation, perhaps one person of it, speaks on the issue to an audience.

    `audience_` is who the message is for; without the underscore it would be the event's.
    """

    org: OrgId
    audience_: Visibility
    person: Personal[PersonId] = Sealed()


IssueCommand = (
    RaiseIssue
    | ScopeIssue
    | TakePosition
    | ChangePosition
    | AgreeToDisagree
    | ReopenDisagreement
    | AssignLead
    | YieldLead
    | ChooseMessenger
)
IssueEvent = (
    IssueRaised
    | IssueScoped
    | PositionTaken
    | PositionChanged
    | AgreedToDisagree
    | DisagreementReopened
    | LeadAssigned
    | LeadYielded
    | MessengerChosen
)


@dataclass(frozen=True)
class Disagreement:
    """It is in force, and the issue parked, once every party has agreed."""

    parties: frozenset[OrgId]
    agreed: frozenset[OrgId] = frozenset()


@dataclass(frozen=True)
class Yielded:
    """Who yielded the lead last, and to whom: the same again changes nothing."""

    lead: OrgId
    successor: OrgId | None


@dataclass(frozen=True)
class Raised:
    scope: Scope = "in"
    positions: Map[OrgId, Position] = field(default_factory=Map)
    disagreement: Disagreement | None = None
    lead: OrgId | None = None
    yielded: Yielded | None = None
    messengers: Map[Visibility, OrgId] = field(default_factory=Map)


Issue = Raised | None  # None: not raised yet


def decide(command: IssueCommand, issue: Issue, context: Context) -> list[IssueEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RaiseIssue():
            return _raise(command, issue, context)
        case ScopeIssue():
            return _scope(command, _raised(issue), context)
        case TakePosition():
            return _take(command, _raised(issue), context)
        case ChangePosition():
            return _change(command, _raised(issue), context)
        case AgreeToDisagree():
            return _agree(command, _raised(issue), context)
        case ReopenDisagreement():
            return _reopen(command, _raised(issue), context)
        case AssignLead():
            return _assign(command, _raised(issue), context)
        case YieldLead():
            return _yield(command, _raised(issue), context)
        case ChooseMessenger():
            return _choose(command, _raised(issue), context)
        case _:
            assert_never(command)


def evolve(issue: Issue, event: IssueEvent) -> Issue:
    """Return the issue after `event`."""
    if isinstance(event, IssueRaised):
        return Raised()
    assert issue is not None
    match event:
        case IssueScoped():
            return replace(issue, scope=event.scope)
        case PositionTaken(by=org, position=now) | PositionChanged(by=org, to=now):
            return replace(issue, positions=issue.positions.set(org, now))
        case AgreedToDisagree():
            return replace(issue, disagreement=_joined_by(event, issue.disagreement))
        case DisagreementReopened():
            return replace(issue, disagreement=None)
        case LeadAssigned():
            return replace(issue, lead=event.lead, yielded=None)
        case LeadYielded(successor=successor):
            assert issue.lead is not None
            return replace(issue, lead=successor, yielded=Yielded(issue.lead, successor))
        case MessengerChosen():
            return replace(issue, messengers=issue.messengers.set(event.audience_, event.org))
        case _:
            assert_never(event)


def _joined_by(event: AgreedToDisagree, before: Disagreement | None) -> Disagreement:
    between = before or Disagreement(frozenset(event.parties or ()))
    return replace(between, agreed=between.agreed | {event.by})


def _raised(issue: Issue) -> Raised:
    if issue is None:
        raise Refused("unknown_issue", "This issue has not been raised.")
    return issue


def _raise(command: RaiseIssue, issue: Issue, context: Context) -> list[IssueEvent]:
    if issue is not None:
        return []
    name, summary = words(command.name, context), words(command.summary, context)
    return [IssueRaised(name=name, summary=summary)]


def _scope(command: ScopeIssue, issue: Raised, context: Context) -> list[IssueEvent]:
    if issue.scope == command.scope:
        return []
    return [IssueScoped(scope=command.scope, reason=words(command.reason, context))]


def _take(command: TakePosition, issue: Raised, context: Context) -> list[IssueEvent]:
    org = speaker(context)
    before = issue.positions.get(org)
    if before == command.position:
        return []
    if before is not None:
        raise Refused("use_change", "Your organisation has a position on this: change that one.")
    reason = words(command.reason, context)
    taken = PositionTaken(by=org, position=command.position, reason=reason)
    return [as_agreed(taken, "position", [org], context)]


def _change(command: ChangePosition, issue: Raised, context: Context) -> list[IssueEvent]:
    org = speaker(context)
    before = issue.positions.get(org)
    if before is None:
        raise Refused("not_taken", "Your organisation has no position on this yet: take one.")
    if before == command.to:
        return []
    reason = words(command.reason, context)
    changed = PositionChanged(by=org, from_=before, to=command.to, reason=reason)
    return [as_agreed(changed, "position", [org], context)]


def _agree(command: AgreeToDisagree, issue: Raised, context: Context) -> list[IssueEvent]:
    org, between = speaker(context), issue.disagreement
    parties = frozenset(command.parties or ())
    if between is not None:
        if org not in between.parties:
            raise Refused(
                "not_a_party", "Others agreed to disagree here, without your organisation."
            )
        if org in between.agreed and parties in (frozenset(), between.parties):
            return []
        if parties or command.terms:
            raise Refused(
                "terms_stand", "The terms are named: agree without naming others, or reopen."
            )
        return [AgreedToDisagree(by=org)]
    if len(parties) < 2 or command.terms is None:  # noqa: PLR2004 - two disagree
        raise Refused("terms_missing", "Name two parties or more, and the terms.")
    if org not in parties:
        raise Refused("not_a_party", "Name your own organisation among those who disagree.")
    _must_be_members(context)
    terms = words(command.terms, context)
    return [AgreedToDisagree(by=org, parties=tuple(sorted(parties)), terms=terms)]


def _reopen(command: ReopenDisagreement, issue: Raised, context: Context) -> list[IssueEvent]:
    if issue.disagreement is None:
        return []
    party = speaker(context) in issue.disagreement.parties
    if not party and context.fact(StillHere).party:
        raise Refused("not_a_party", "Only who agreed to disagree, or was asked to, reopens it.")
    return [DisagreementReopened(reason=words(command.reason, context))]


def _assign(command: AssignLead, issue: Raised, context: Context) -> list[IssueEvent]:
    if issue.lead == command.lead:
        return []
    if issue.lead is not None and context.fact(StillHere).lead:
        raise Refused("lead_taken", "Another organisation leads this issue: only it can yield.")
    _must_be_members(context)
    return [LeadAssigned(lead=command.lead)]


def _yield(command: YieldLead, issue: Raised, context: Context) -> list[IssueEvent]:
    org = speaker(context)
    if issue.yielded == Yielded(org, command.successor) or issue.lead == org == command.successor:
        return []
    if issue.lead != org:
        raise Refused("not_the_lead", "Your organisation does not lead this issue.")
    if command.successor is not None:
        _must_be_members(context)
    return [LeadYielded(reason=words(command.reason, context), successor=command.successor)]


def _choose(command: ChooseMessenger, issue: Raised, context: Context) -> list[IssueEvent]:
    chosen = issue.messengers.get(command.audience)
    if chosen == command.org and command.person is None:
        return []
    _must_be_members(context)
    if command.person is not None and not context.fact(Named).person:
        raise Refused("unknown_person", "This person is not registered: register them first.")
    person = Sealed(command.person, command.person)
    return [MessengerChosen(org=command.org, audience_=command.audience, person=person)]


def _must_be_members(context: Context) -> None:
    if not context.fact(Named).members:
        raise Refused("not_a_member", "Only members can be named here.")


decider: Decider[IssueCommand, Issue, IssueEvent] = Decider(
    "issue", IssueEvent, None, decide, evolve
)
