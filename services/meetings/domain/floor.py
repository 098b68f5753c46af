"""The floor of a meeting: who asks for it, who speaks and for how long, how hot it is (C8).

It is part of the meeting's stream. One organisation at a time speaks on an item. A speech ends when
the facilitator says so, and by itself where its item is parked or the meeting closes.
"""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar, assert_never

from immutables import Map
from pydantic import AwareDatetime

from services.meetings.domain.acting import organisation
from services.meetings.domain.boundary import Bounds
from services.meetings.domain.ids import BodyId, ItemId, OrgId, PersonId, SpeechId
from shared.decider import Refused
from shared.event import Command, Context, Event, Personal, Sealed, Text, Visibility

NARROW: frozenset[Visibility] = frozenset({"dyad", "body"})


class RequestFloor(Command):
    item: ItemId


class StartSpeech(Command):
    """`speaker` says something for `org`, which asked for the floor or is given it."""

    speech: SpeechId
    item: ItemId
    org: OrgId
    speaker: PersonId


class EndSpeech(Command):
    speech: SpeechId


class RaiseHeat(Command):
    item: ItemId
    reason: Text


class LowerHeat(Command):
    item: ItemId
    reason: Text


class InviteDissent(Command):
    item: ItemId


class FloorRequested(Event):
    """An organisation asks to speak on an item."""

    visibility = "body"

    by: OrgId
    item: ItemId


class SpeechStarted(Event):
    """Somebody begins to speak on an item, for an organisation."""

    visibility = "body"

    at: AwareDatetime
    speech: SpeechId
    item: ItemId
    org: OrgId
    speaker: Personal[PersonId]


class SpeechEnded(Event):
    """A speech is over, after so many seconds."""

    visibility = "body"

    speech: SpeechId
    seconds: int


class HeatRaised(Event):
    """The facilitator makes the discussion of an item hotter, and says why."""

    visibility = "body"

    item: ItemId
    reason: Sealed[Text]


class HeatLowered(Event):
    """The facilitator cools the discussion of an item down, and says why."""

    visibility = "body"

    item: ItemId
    reason: Sealed[Text]


class DissentInvited(Event):
    """The facilitator asks for what speaks against, before it is decided."""

    item: ItemId


FloorCommand = RequestFloor | StartSpeech | EndSpeech | RaiseHeat | LowerHeat | InviteDissent
FloorEvent = (
    FloorRequested | SpeechStarted | SpeechEnded | HeatRaised | HeatLowered | DissentInvited
)
B = TypeVar("B", FloorRequested, SpeechStarted, SpeechEnded, HeatRaised, HeatLowered)


@dataclass(frozen=True)
class Speech:
    item: ItemId
    org: OrgId
    at: datetime
    over: bool = False


@dataclass(frozen=True)
class Floor:
    """Who asked for the floor, who has or had it, and on which items dissent was invited."""

    asked: frozenset[tuple[ItemId, OrgId]] = frozenset()
    speeches: Map[SpeechId, Speech] = field(default_factory=Map)
    dissent: frozenset[ItemId] = frozenset()

    def taken(self, item: ItemId) -> Speech | None:
        """Return the speech that goes on about an item."""
        going_on = (each for each in self.speeches.values() if not each.over)
        return next((each for each in going_on if each.item == item), None)


@dataclass(frozen=True)
class Discussed:
    """Where the floor is: the body that meets, its items, those parked, and who is in the room."""

    body: BodyId
    items: Container[ItemId]
    parked: Container[ItemId]
    present: Container[OrgId]


def held(
    command: FloorCommand, floor: Floor, meeting: Discussed, context: Context
) -> list[FloorEvent]:
    """Return what a command does with the floor."""
    match command:
        case RequestFloor():
            return _request(command, floor, meeting, context)
        case StartSpeech():
            return _start(command, floor, meeting, context)
        case EndSpeech():
            return _end(command, floor, meeting, context)
        case RaiseHeat():
            discussed(command.item, meeting)
            raised = HeatRaised(item=command.item, reason=Sealed(command.reason))
            return [_to_body(raised, meeting.body, context)]
        case LowerHeat():
            discussed(command.item, meeting)
            lowered = HeatLowered(item=command.item, reason=Sealed(command.reason))
            return [_to_body(lowered, meeting.body, context)]
        case InviteDissent():
            discussed(command.item, meeting)
            known = command.item in floor.dissent
            return [] if known else [DissentInvited(item=command.item)]
        case _:
            assert_never(command)


def after(floor: Floor, event: FloorEvent) -> Floor:
    """Return the floor after `event`."""
    match event:
        case FloorRequested(by=org, item=item):
            return replace(floor, asked=floor.asked | {(item, org)})
        case SpeechStarted(item=item, org=org):
            speech = Speech(item, org, event.at)
            return replace(
                floor,
                asked=floor.asked - {(item, org)},
                speeches=floor.speeches.set(event.speech, speech),
            )
        case SpeechEnded(speech=id_):
            over = replace(floor.speeches[id_], over=True)
            return replace(floor, speeches=floor.speeches.set(id_, over))
        case HeatRaised() | HeatLowered():
            return floor
        case DissentInvited(item=item):
            return replace(floor, dissent=floor.dissent | {item})
        case _:
            assert_never(event)


def silenced(
    floor: Floor, body: BodyId, context: Context, item: ItemId | None = None
) -> list[SpeechEnded]:
    """Return the ends of the speeches that go on, of all or about one item."""
    return [
        _ended(id_, speech, body, context)
        for id_, speech in sorted(floor.speeches.items())
        if not speech.over and item in {None, speech.item}
    ]


def discussed(item: ItemId, meeting: Discussed) -> None:
    """Refuse an item that is not of this meeting, or that rests."""
    if item not in meeting.items:
        raise Refused("unknown_item", "Nobody proposed that item for this meeting.")
    if item in meeting.parked:
        raise Refused("parked", "That item is parked: resume it first.")


def _request(
    command: RequestFloor, floor: Floor, meeting: Discussed, context: Context
) -> list[FloorEvent]:
    by = organisation(context)
    discussed(command.item, meeting)
    if (command.item, by) in floor.asked:
        return []
    _here(by, meeting, context)
    return [_to_body(FloorRequested(by=by, item=command.item), meeting.body, context)]


def _start(
    command: StartSpeech, floor: Floor, meeting: Discussed, context: Context
) -> list[FloorEvent]:
    if known := floor.speeches.get(command.speech):
        if (known.item, known.org) == (command.item, command.org):
            return []
        raise Refused("already_spoken", "Another speech has that id: use a new one.")
    discussed(command.item, meeting)
    if floor.taken(command.item):
        raise Refused("floor_taken", "Somebody speaks on that item: end their speech first.")
    _here(command.org, meeting, context)
    started = SpeechStarted(
        at=context.at,
        speech=command.speech,
        item=command.item,
        org=command.org,
        speaker=Sealed(command.speaker, about=command.speaker),
    )
    return [_to_body(started, meeting.body, context)]


def _here(org: OrgId, meeting: Discussed, context: Context) -> None:
    if org not in meeting.present and not context.imported:
        raise Refused("not_present", "Record first that the organisation is in the room.")


def _end(
    command: EndSpeech, floor: Floor, meeting: Discussed, context: Context
) -> list[FloorEvent]:
    speech = floor.speeches.get(command.speech)
    if speech is None:
        raise Refused("unknown_speech", "Nobody began to speak here under that id.")
    return [] if speech.over else [_ended(command.speech, speech, meeting.body, context)]


def _ended(id_: SpeechId, speech: Speech, body: BodyId, context: Context) -> SpeechEnded:
    seconds = max(0, int((context.at - speech.at).total_seconds()))
    return _to_body(SpeechEnded(speech=id_, seconds=seconds), body, context)


def _to_body(event: B, body: BodyId, context: Context) -> B:
    """Show it to the body only, or to all members where the boundary agreement says so."""
    if context.visibility is not None:
        return event
    if not context.imported and context.fact(Bounds).classes.get("speech", "body") not in NARROW:
        return event.seen_by(within="members")
    return event.seen_by(f"body:{body}")
