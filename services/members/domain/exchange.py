"""An exchange: what one organisation offers and another asks for, matched and delivered.

It begins with an offer or with a request; others answer it in kind. A match joins organisations
that offered with some that asked, and is in force once each of them has recorded it. No more is
delivered than was matched.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from immutables import Map
from pydantic import Field

from services.members.domain.ids import OrgId
from services.members.domain.standing import speaker, words
from shared.decider import Decider, Refused
from shared.event import LARGEST, Code, Command, Context, Day, Event, Sealed, Text

MatchId = NewType("MatchId", UUID)
Kind = Literal["information", "people", "skill", "space", "goods", "money"]
Quantity = Annotated[int, Field(ge=1, le=LARGEST)]


class OfferResource(Command):
    """`until` is the last day on which it can be matched."""

    kind: Kind
    what: Text
    quantity: Quantity | None = None
    unit: Code | None = None
    until: Day | None = None


class RequestResource(OfferResource):
    pass


class MatchResource(Command):
    """The first party names all parties and the quantity; each other agrees with neither."""

    match: MatchId
    parties: tuple[OrgId, ...] | None = Field(None, max_length=500)
    quantity: Quantity | None = None


class DeliverResource(Command):
    """`quantity` is what was delivered in all so far; everything where it is absent."""

    match: MatchId
    quantity: Quantity | None = None


class ResourceOffered(Event):
    """An organisation offers something that others may use."""

    by: OrgId
    kind: Kind
    what: Sealed[Text]
    quantity: Quantity | None = None
    unit: Code | None = None
    until: date | None = None


class ResourceRequested(ResourceOffered):
    """A member asked the others for something."""


class ResourceMatched(Event):
    """A party agrees to a match of offer and request; the first brings parties and quantity."""

    by: OrgId
    match: MatchId
    parties: tuple[OrgId, ...] | None = None
    quantity: Quantity | None = None


class ResourceDelivered(Event):
    """What was matched was handed over, all or part of it."""

    match: MatchId
    quantity: Quantity | None = None


ExchangeCommand = OfferResource | RequestResource | MatchResource | DeliverResource
ExchangeEvent = ResourceOffered | ResourceRequested | ResourceMatched | ResourceDelivered


@dataclass(frozen=True)
class Side:
    """What an organisation offers or asks for."""

    asks: bool
    kind: Kind
    quantity: int | None
    unit: str | None
    until: date | None


@dataclass(frozen=True)
class Match:
    """`delivered` is how much so far; `complete` where that is everything."""

    parties: frozenset[OrgId]
    quantity: int | None
    agreed: frozenset[OrgId] = frozenset()
    delivered: int = 0
    complete: bool = False

    @property
    def in_force(self) -> bool:
        """Whether each party has recorded it."""
        return self.agreed == self.parties


@dataclass(frozen=True)
class Begun:
    kind: Kind
    sides: Map[OrgId, Side] = field(default_factory=Map)
    matches: Map[MatchId, Match] = field(default_factory=Map)


Exchange = Begun | None  # None: nothing was offered or asked for yet


def decide(command: ExchangeCommand, exchange: Exchange, context: Context) -> list[ExchangeEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case OfferResource():  # or RequestResource
            return _speak_up(command, exchange, context)
        case MatchResource():
            return _match(command, _begun(exchange), context)
        case DeliverResource():
            return _deliver(command, _begun(exchange), context)
        case _:
            assert_never(command)


def evolve(exchange: Exchange, event: ExchangeEvent) -> Exchange:
    """Return the exchange after `event`."""
    if isinstance(event, ResourceOffered):  # or ResourceRequested
        begun = exchange or Begun(event.kind)
        return replace(begun, sides=begun.sides.set(event.by, _side(event)))
    assert exchange is not None
    before = exchange.matches.get(event.match)
    match event:
        case ResourceMatched():
            made = before or Match(frozenset(event.parties or ()), event.quantity)
            after = replace(made, agreed=made.agreed | {event.by})
        case ResourceDelivered():
            assert before is not None
            after = _delivered(before, event.quantity)
        case _:
            assert_never(event)
    return replace(exchange, matches=exchange.matches.set(event.match, after))


def _side(said: OfferResource | ResourceOffered) -> Side:
    asks = isinstance(said, RequestResource | ResourceRequested)
    return Side(asks, said.kind, said.quantity, said.unit, said.until)


def _delivered(match: Match, quantity: int | None) -> Match:
    """Return the match when this much was delivered in all; everything where it is `None`."""
    so_far = (match.quantity or 0) if quantity is None else quantity
    complete = quantity is None or so_far == match.quantity
    return replace(match, delivered=so_far, complete=complete)


def _begun(exchange: Exchange) -> Begun:
    if exchange is None:
        raise Refused("unknown_exchange", "Nothing was offered or asked for here.")
    return exchange


def _speak_up(command: OfferResource, exchange: Exchange, context: Context) -> list[ExchangeEvent]:
    org, side = speaker(context), _side(command)
    before = None if exchange is None else exchange.sides.get(org)
    if before == side:
        return []
    if before is not None:
        raise Refused("already_said", "Your organisation has offered or asked here already.")
    if exchange is not None and exchange.kind != command.kind:
        raise Refused("another_kind", "This exchange is about something of another kind.")
    made = ResourceRequested if side.asks else ResourceOffered
    return [
        made(
            by=org,
            kind=command.kind,
            what=words(command.what, context),
            quantity=command.quantity,
            unit=command.unit,
            until=command.until,
        )
    ]


def _match(command: MatchResource, exchange: Begun, context: Context) -> list[ExchangeEvent]:
    org, parties = speaker(context), frozenset(command.parties or ())
    made = exchange.matches.get(command.match)
    if made is None:
        return [_first(command, parties, exchange, context)]
    if org not in made.parties:
        raise Refused("not_a_party", "This match is between others.")
    same = parties in (frozenset(), made.parties)
    if not same or command.quantity not in (None, made.quantity):
        raise Refused("terms_stand", "This match has other terms: agree with them or make another.")
    return [] if org in made.agreed else [ResourceMatched(by=org, match=command.match)]


def _first(
    command: MatchResource, parties: frozenset[OrgId], exchange: Begun, context: Context
) -> ResourceMatched:
    org = speaker(context)
    if not parties:
        raise Refused("terms_missing", "Name the parties of this match.")
    if org not in parties:
        raise Refused("not_a_party", "Name your own organisation among the parties.")
    sides = [exchange.sides[party] for party in parties if party in exchange.sides]
    if len(sides) < len(parties) or {side.asks for side in sides} != {True, False}:
        raise Refused("nothing_to_match", "Each party offered or asked here, and not all the same.")
    if len({side.unit for side in sides if side.unit}) > 1:
        raise Refused("another_unit", "The parties count in different units.")
    today = context.at.date()
    if any(side.until is not None and side.until < today for side in sides):
        raise Refused("already_over", "What a party offered or asked for is over.")
    named = tuple(sorted(parties))
    return ResourceMatched(by=org, match=command.match, parties=named, quantity=command.quantity)


def _deliver(command: DeliverResource, exchange: Begun, context: Context) -> list[ExchangeEvent]:
    made = exchange.matches.get(command.match)
    if made is None or not made.in_force:
        raise Refused("not_matched", "This is not matched until each party has agreed.")
    if speaker(context) not in made.parties:
        raise Refused("not_a_party", "This match is between others.")
    if command.quantity is not None and command.quantity > (made.quantity or 0):
        raise Refused("more_than_matched", "This is more than was matched.")
    after = _delivered(made, command.quantity)
    if after == made:
        return []
    if after.delivered < made.delivered:
        raise Refused("already_delivered", "More than that was delivered already.")
    return [ResourceDelivered(match=command.match, quantity=command.quantity)]


decider: Decider[ExchangeCommand, Exchange, ExchangeEvent] = Decider(
    "exchange", ExchangeEvent, None, decide, evolve
)
