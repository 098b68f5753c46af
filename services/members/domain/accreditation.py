"""The accreditations of one organisation: who may speak for it, in which body, and how far.

One stream holds all of them. The first is given by the chair, as nobody can speak for the
organisation yet; from then on it names its representatives itself.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, assert_never

from immutables import Map

from services.members.domain.ids import AccId, BodyId, PersonId
from services.members.domain.standing import Standing, speak_for_it, speak_for_it_or_preside
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Personal, Sealed

Extent = Literal["full", "ad_referendum", "observer"]


@dataclass(frozen=True)
class Posting:
    """Whether the organisation, the body and the person that a command names are there."""

    member: bool
    body: bool
    person: bool


class AccreditRepresentative(Command):
    """`from` and `until` are the first and the last day; `from` is today where it is absent."""

    accreditation: AccId
    body: BodyId
    person: PersonId | None = None
    authority: Extent
    voting: bool
    executive: bool = False
    from_: Day | None = None
    until: Day | None = None


class ReplaceRepresentative(AccreditRepresentative):
    ended: AccId


class EndAccreditation(Command):
    accreditation: AccId
    reason: Code


class RepresentativeAccredited(Event):
    """`authority_` is what is given; without the underscore it would be the giver's."""

    accreditation: AccId
    body: BodyId
    person: Personal[PersonId] = Sealed()
    authority_: Extent
    voting: bool
    executive: bool
    from_: date
    until: date | None = None


class RepresentativeReplaced(RepresentativeAccredited):
    ended: AccId


class AccreditationEnded(Event):
    accreditation: AccId
    reason: Code


AccreditationCommand = AccreditRepresentative | ReplaceRepresentative | EndAccreditation
AccreditationEvent = RepresentativeAccredited | RepresentativeReplaced | AccreditationEnded


@dataclass(frozen=True)
class Accreditation:
    body: BodyId
    authority: Extent
    voting: bool
    executive: bool
    begins: date
    until: date | None
    replaced: AccId | None = None
    ended: bool = False

    def speaks(self, day: date) -> bool:
        """Whether it lets somebody act for the organisation on that day."""
        return not self.ended and self.authority != "observer" and self.covers(day, day)

    def covers(self, first: date, last: date | None) -> bool:
        """Whether it shares a day with the days from `first` to `last`."""
        begun = last is None or self.begins <= last
        return begun and (self.until is None or first <= self.until)


Accreditations = Map[AccId, Accreditation]
NOBODY: Accreditations = Map()


def decide(
    command: AccreditationCommand, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case ReplaceRepresentative():
            return _replace(command, held, context)
        case AccreditRepresentative():
            return _accredit(command, held, context)
        case EndAccreditation():
            return _end(command, held, context)
        case _:
            assert_never(command)


def evolve(held: Accreditations, event: AccreditationEvent) -> Accreditations:
    """Return the accreditations after `event`."""
    match event:
        case RepresentativeReplaced():
            left = held.set(event.ended, replace(held[event.ended], ended=True))
            return left.set(event.accreditation, _as_recorded(event, event.ended))
        case RepresentativeAccredited():
            return held.set(event.accreditation, _as_recorded(event, None))
        case AccreditationEnded():
            ended = replace(held[event.accreditation], ended=True)
            return held.set(event.accreditation, ended)
        case _:
            assert_never(event)


def _as_recorded(event: RepresentativeAccredited, replaced: AccId | None) -> Accreditation:
    return Accreditation(
        body=event.body,
        authority=event.authority_,
        voting=event.voting,
        executive=event.executive,
        begins=event.from_,
        until=event.until,
        replaced=replaced,
    )


def _accredit(
    command: AccreditRepresentative, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    if _is_known(command, held, None):
        return []
    _let_speak(held, context)
    return [RepresentativeAccredited(**_named(command, held, context))]


def _replace(
    command: ReplaceRepresentative, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    if _is_known(command, held, command.ended):
        return []
    speak_for_it(context)
    before = held.get(command.ended)
    if before is None or before.ended:
        raise Refused("not_accredited", "The representative to be replaced is not accredited.")
    others = held.delete(command.ended)
    return [RepresentativeReplaced(ended=command.ended, **_named(command, others, context))]


def _end(
    command: EndAccreditation, held: Accreditations, context: Context
) -> list[AccreditationEvent]:
    before = held.get(command.accreditation)
    if before is None:
        raise Refused("not_accredited", "This organisation has no such accreditation.")
    speak_for_it_or_preside(context)
    if before.ended:
        return []
    return [AccreditationEnded(accreditation=command.accreditation, reason=command.reason)]


def _is_known(
    command: AccreditRepresentative, held: Accreditations, replaced: AccId | None
) -> bool:
    before = held.get(command.accreditation)
    if before is None:
        return False
    asked = Accreditation(
        body=command.body,
        authority=command.authority,
        voting=command.voting,
        executive=command.executive,
        begins=command.from_ or before.begins,
        until=command.until,
        replaced=replaced,
        ended=before.ended,
    )
    if before != asked:
        raise Refused("already_accredited", "This accreditation was given with other terms.")
    return True


def _let_speak(held: Accreditations, context: Context) -> None:
    """Let the organisation name its own; while nobody speaks for it, let the chair."""
    if context.imported or context.fact(Standing).own:
        return
    if any(one.speaks(context.at.date()) for one in held.values()):
        raise Refused("not_your_organisation", "The organisation names its representatives itself.")
    if not context.fact(Standing).presides:
        raise Refused("not_the_chair", "The chair accredits an organisation's first.")


def _named(
    command: AccreditRepresentative, others: Accreditations, context: Context
) -> dict[str, Any]:
    """Return the fields of the new accreditation, once it may stand beside the `others`."""
    posting = context.fact(Posting)
    if not posting.member:
        raise Refused("not_a_member", "This organisation is not a member.")
    if not posting.body:
        raise Refused("unknown_body", "This body was not constituted, or is dissolved.")
    if command.person is None and not context.imported:
        raise Refused("person_missing", "Say who is accredited.")
    if command.person is not None and not posting.person:
        raise Refused("unknown_person", "This person is not registered: register them first.")
    first = command.from_ or context.at.date()
    if command.until is not None and command.until < first:
        raise Refused("over_before_it_begins", "An accreditation lasts at least a day.")
    if command.voting and any(_votes(one, command, first) for one in others.values()):
        raise Refused("voting_seat_taken", "Another representative has the vote in this body then.")
    return {
        "accreditation": command.accreditation,
        "body": command.body,
        "person": Sealed(command.person, command.person),
        "authority_": command.authority,
        "voting": command.voting,
        "executive": command.executive,
        "from_": first,
        "until": command.until,
    }


def _votes(one: Accreditation, command: AccreditRepresentative, first: date) -> bool:
    """Whether `one` holds the vote in the same body on a day of the new accreditation (M7)."""
    at_once = not one.ended and one.covers(first, command.until)
    return one.voting and one.body == command.body and at_once


decider: Decider[AccreditationCommand, Accreditations, AccreditationEvent] = Decider(
    "accreditation", AccreditationEvent, NOBODY, decide, evolve
)
