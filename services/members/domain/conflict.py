"""A conflict: an area named in advance, or two claims to one domain until they are settled.

A settlement is in force once each of its parties has recorded it. The first writes its terms; the
others agree to those.
"""

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from pydantic import Field

from services.members.domain.ids import IssueId, OrgId
from services.members.domain.standing import speaker, words
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

Orgs = Annotated[tuple[OrgId, ...], Field(max_length=500)]


@dataclass(frozen=True)
class Concerned:
    """Whether the organisations that a command names are members, and its issue was raised."""

    members: bool
    issue: bool = True


class NameConflictArea(Command):
    name: Text
    issue: IssueId | None = None
    orgs: Orgs = ()


class RaiseTurfConcern(Command):
    domain: Text
    with_: Orgs


class SettleTurf(Command):
    """The first party names the parties and writes the terms; the others send nothing."""

    parties: Orgs | None = None
    terms: Text | None = None


class ConflictAreaNamed(Event):
    """A topic is named in advance on which organisations may clash."""

    name: Sealed[Text]
    issue: IssueId | None = None
    orgs: tuple[OrgId, ...]


class TurfConcernRaised(Event):
    """An organisation says that others work in what it sees as its domain."""

    by: OrgId
    domain: Sealed[Text]
    with_: tuple[OrgId, ...]


class TurfSettled(Event):
    """A party agrees how a claim to a domain ends; the first brings parties and terms."""

    by: OrgId
    parties: tuple[OrgId, ...] | None = None
    terms: Sealed[Text] = Sealed()


ConflictCommand = NameConflictArea | RaiseTurfConcern | SettleTurf
ConflictEvent = ConflictAreaNamed | TurfConcernRaised | TurfSettled


@dataclass(frozen=True)
class Area:
    issue: IssueId | None
    orgs: tuple[OrgId, ...]


@dataclass(frozen=True)
class Turf:
    """`claimants` all claim one domain; `agreed` are the parties that recorded the settlement."""

    claimants: frozenset[OrgId]
    parties: tuple[OrgId, ...] = ()
    agreed: frozenset[OrgId] = frozenset()

    @property
    def settled(self) -> bool:
        """Whether the settlement is in force."""
        return bool(self.parties) and self.agreed.issuperset(self.parties)


Conflict = Area | Turf | None  # None: nothing was named or raised yet


def decide(command: ConflictCommand, conflict: Conflict, context: Context) -> list[ConflictEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case NameConflictArea():
            return _name(command, conflict, context)
        case RaiseTurfConcern():
            return _raise(command, conflict, context)
        case SettleTurf():
            return _settle(command, _claimed(conflict), context)
        case _:
            assert_never(command)


def evolve(conflict: Conflict, event: ConflictEvent) -> Conflict:
    """Return the conflict after `event`."""
    match event:
        case ConflictAreaNamed():
            return Area(event.issue, event.orgs)
        case TurfConcernRaised():
            return Turf(frozenset({event.by, *event.with_}))
        case TurfSettled():
            assert isinstance(conflict, Turf)
            parties = event.parties or conflict.parties
            return replace(conflict, parties=parties, agreed=conflict.agreed | {event.by})
        case _:
            assert_never(event)


def _name(command: NameConflictArea, conflict: Conflict, context: Context) -> list[ConflictEvent]:
    orgs = _in_order(command.orgs)
    if _is_known(Area(command.issue, orgs), conflict):
        return []
    _check_names(context)
    return [ConflictAreaNamed(name=words(command.name, context), issue=command.issue, orgs=orgs)]


def _raise(command: RaiseTurfConcern, conflict: Conflict, context: Context) -> list[ConflictEvent]:
    by, others = speaker(context), _in_order(command.with_)
    if not others or by in others:
        raise Refused("with_itself", "A turf concern is raised with other organisations.")
    raised = Turf(frozenset({by, *others}))
    if _is_known(raised, _as_raised(conflict)):
        return []
    _check_names(context)
    return [TurfConcernRaised(by=by, domain=words(command.domain, context), with_=others)]


def _settle(command: SettleTurf, turf: Turf, context: Context) -> list[ConflictEvent]:
    by = speaker(context)
    if not turf.parties:
        return [_propose(command, turf, by, context)]
    if by not in turf.parties:
        raise Refused("not_a_party", "Only a named party settles this.")
    agrees = command.parties is None and command.terms is None
    repeats = _in_order(command.parties or ()) == turf.parties
    if by in turf.agreed and (agrees or repeats):
        return []
    if not agrees:
        raise Refused("terms_stand", "The terms are written: agree without writing them again.")
    return [TurfSettled(by=by)]


def _propose(command: SettleTurf, turf: Turf, by: OrgId, context: Context) -> TurfSettled:
    """Return the first of a settlement's events: it carries the terms, and names who agrees."""
    parties = _in_order(command.parties or ())
    if command.terms is None or not parties:
        raise Refused("terms_missing", "Name the parties, and write down the terms.")
    if by not in parties:
        raise Refused("not_a_party", "Only a named party settles this.")
    if not turf.claimants.issubset(parties):
        raise Refused("party_missing", "Everybody who claims this domain is a party.")
    _check_names(context)
    return TurfSettled(by=by, parties=parties, terms=words(command.terms, context))


def _is_known(asked: Area | Turf, conflict: Conflict) -> bool:
    if conflict is None:
        return False
    if conflict != asked:
        raise Refused("already_raised", "This conflict was recorded with other terms.")
    return True


def _as_raised(conflict: Conflict) -> Conflict:
    return Turf(conflict.claimants) if isinstance(conflict, Turf) else conflict


def _check_names(context: Context) -> None:
    named = context.fact(Concerned)
    if not named.members:
        raise Refused("not_a_member", "An organisation that is named here is not a member.")
    if not named.issue:
        raise Refused("unknown_issue", "The issue that is named here has not been raised.")


def _claimed(conflict: Conflict) -> Turf:
    if not isinstance(conflict, Turf):
        raise Refused("unknown_concern", "No such turf concern was raised.")
    return conflict


def _in_order(orgs: tuple[OrgId, ...]) -> tuple[OrgId, ...]:
    return tuple(sorted(set(orgs)))


decider: Decider[ConflictCommand, Conflict, ConflictEvent] = Decider(
    "conflict", ConflictEvent, None, decide, evolve
)
