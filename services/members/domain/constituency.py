"""A constituency: a perspective that should be heard.

Many organisations may speak for it, none is it: nothing here can hold what a constituency thinks.
An organisation represents it from the day it joined for it, or as it said itself later.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, assert_never

from immutables import Map
from pydantic import Field

from services.members.domain.ids import OrgId
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Ref, Sealed, Text, Whole


@dataclass(frozen=True)
class AtTheTable:
    """The members that are not suspended, and who of them joined for this constituency."""

    members: frozenset[OrgId]
    joined_for_it: frozenset[OrgId]


class IdentifyConstituency(Command):
    name: Text
    kind: Code
    least_well_served: bool
    implementer: bool
    historically_excluded: bool
    seats_wanted: Whole


class RepresentConstituency(Command):
    """`since` and `until` are the first and the last day."""

    since: Day
    until: Day | None = None


class ReachOut(Command):
    to: Text
    why_now: Text | None = None
    different_now: Text | None = None


class HoldListening(Command):
    on: Day
    participants: Whole
    consent: bool
    needs: Annotated[tuple[Text, ...], Field(max_length=100)] = ()


class ReviewRepresentation(Command):
    occasion: Ref
    consulted: bool
    note: Text | None = None


class ConstituencyIdentified(Event):
    """There is a perspective that should be heard, and how well it is served so far."""

    name: Sealed[Text]
    kind: Code
    least_well_served: bool
    implementer: bool
    historically_excluded: bool
    seats_wanted: Whole


class ConstituencyRepresented(Event):
    """An organisation speaks for the constituency, from a day and perhaps until one."""

    by: OrgId
    since: date
    until: date | None = None


class OutreachMade(Event):
    """An organisation approached somebody of the constituency who is not at the table."""

    to: Sealed[Text]
    why_now: Sealed[Text] = Sealed()
    different_now: Sealed[Text] = Sealed()


class ListeningSessionHeld(Event):
    """An organisation listened to people of the constituency."""

    on: date
    participants: Whole
    consent: bool
    needs: Sealed[tuple[Text, ...]] = Sealed()


class RepresentationReviewed(Event):
    """Before an occasion it was counted who of the constituency was there or consulted."""

    occasion: Ref
    required: Whole
    present: Whole
    consulted: bool
    note: Sealed[Text] = Sealed()


ConstituencyCommand = (
    IdentifyConstituency | RepresentConstituency | ReachOut | HoldListening | ReviewRepresentation
)
ConstituencyEvent = (
    ConstituencyIdentified
    | ConstituencyRepresented
    | OutreachMade
    | ListeningSessionHeld
    | RepresentationReviewed
)


@dataclass(frozen=True)
class Terms:
    kind: str
    least_well_served: bool
    implementer: bool
    historically_excluded: bool
    seats_wanted: int


@dataclass(frozen=True)
class Span:
    """The first and the last day on which an organisation represents the constituency."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether that day is one of them."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Review:
    required: int
    present: int
    consulted: bool


@dataclass(frozen=True)
class Identified:
    terms: Terms
    represented: Map[OrgId, Span] = field(default_factory=Map)
    reviews: Map[Ref, Review] = field(default_factory=Map)


Constituency = Identified | None  # None: not identified yet


def decide(
    command: ConstituencyCommand, constituency: Constituency, context: Context
) -> list[ConstituencyEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case IdentifyConstituency():
            return _identify(command, constituency)
        case RepresentConstituency():
            return _represent(command, _known(constituency), context)
        case ReachOut():
            return [_reach_out(command, _known(constituency))]
        case HoldListening():
            return [_listen(command, _known(constituency))]
        case ReviewRepresentation():
            return _review(command, _known(constituency), context)
        case _:
            assert_never(command)


def evolve(constituency: Constituency, event: ConstituencyEvent) -> Constituency:
    """Return the constituency after `event`."""
    if isinstance(event, ConstituencyIdentified):
        return Identified(_terms(event))
    assert constituency is not None
    match event:
        case ConstituencyRepresented():
            span = Span(event.since, event.until)
            return replace(constituency, represented=constituency.represented.set(event.by, span))
        case OutreachMade() | ListeningSessionHeld():
            return constituency
        case RepresentationReviewed():
            review = Review(event.required, event.present, event.consulted)
            return replace(constituency, reviews=constituency.reviews.set(event.occasion, review))
        case _:
            assert_never(event)


def _terms(said: IdentifyConstituency | ConstituencyIdentified) -> Terms:
    return Terms(
        kind=said.kind,
        least_well_served=said.least_well_served,
        implementer=said.implementer,
        historically_excluded=said.historically_excluded,
        seats_wanted=said.seats_wanted,
    )


def _known(constituency: Constituency) -> Identified:
    if constituency is None:
        raise Refused("unknown_constituency", "This constituency has not been identified.")
    return constituency


def _identify(command: IdentifyConstituency, constituency: Constituency) -> list[ConstituencyEvent]:
    if constituency is not None:
        if constituency.terms == _terms(command):
            return []
        raise Refused("already_identified", "This constituency was identified with other terms.")
    return [
        ConstituencyIdentified(
            name=Sealed(command.name),
            kind=command.kind,
            least_well_served=command.least_well_served,
            implementer=command.implementer,
            historically_excluded=command.historically_excluded,
            seats_wanted=command.seats_wanted,
        )
    ]


def _represent(
    command: RepresentConstituency, constituency: Identified, context: Context
) -> list[ConstituencyEvent]:
    if context.by is None:
        raise Refused("no_organisation", "Say on which organisation's behalf you act.")
    if command.until is not None and command.until < command.since:
        raise Refused(
            "over_before_it_begins", "Who represents somebody does so for a day at least."
        )
    org = OrgId(context.by)
    if constituency.represented.get(org) == Span(command.since, command.until):
        return []
    return [ConstituencyRepresented(by=org, since=command.since, until=command.until)]


def _reach_out(command: ReachOut, constituency: Identified) -> OutreachMade:
    """Return the outreach; who was long left out is told why they are asked now (M19)."""
    if constituency.terms.historically_excluded and command.why_now is None:
        raise Refused("why_now_missing", "They were long left out: say why you reach out now.")
    return OutreachMade(
        to=Sealed(command.to),
        why_now=Sealed(command.why_now),
        different_now=Sealed(command.different_now),
    )


def _listen(command: HoldListening, _: Identified) -> ListeningSessionHeld:
    """Return the session; what was said is kept only where its participants agreed (M20)."""
    if command.needs and not command.consent:
        raise Refused("no_consent", "Without the participants' consent, leave out what they said.")
    return ListeningSessionHeld(
        on=command.on,
        participants=command.participants,
        consent=command.consent,
        needs=Sealed(command.needs or None),
    )


def _review(
    command: ReviewRepresentation, constituency: Identified, context: Context
) -> list[ConstituencyEvent]:
    """Count who represents it on the day; again only where something is different."""
    required = constituency.terms.seats_wanted
    present = len(_representing(constituency, context))
    review = Review(required, present, command.consulted)
    if constituency.reviews.get(command.occasion) == review:
        return []
    return [
        RepresentationReviewed(
            occasion=command.occasion,
            required=required,
            present=present,
            consulted=command.consulted,
            note=Sealed(command.note),
        )
    ]


def _representing(constituency: Identified, context: Context) -> frozenset[OrgId]:
    """Return the members that represent it on the day; what they said counts before joining."""
    table = context.fact(AtTheTable)
    said = constituency.represented
    day = context.at.date()
    saying = {org for org, span in said.items() if org in table.members and span.covers(day)}
    silent = {org for org in table.joined_for_it if org not in said}
    return frozenset(saying | silent)


decider: Decider[ConstituencyCommand, Constituency, ConstituencyEvent] = Decider(
    "constituency", ConstituencyEvent, None, decide, evolve
)
