"""What is parked: an item rests until a day, and is back on that day by itself.

It is part of the meeting's stream. Where the meeting is over by then, the next agenda that its body
publishes takes the item up.
"""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from immutables import Map

from services.meetings.domain import floor
from services.meetings.domain.floor import Discussed, Floor, SpeechEnded
from services.meetings.domain.ids import ItemId
from shared.decider import Refused
from shared.event import Command, Context, Day, Event, Sealed, Text


class ParkDiscussion(Command):
    """`until`: the day, in UTC, on which the item is back."""

    item: ItemId
    until: Day
    reason: Text


class ResumeDiscussion(Command):
    item: ItemId


class DiscussionParked(Event):
    """The discussion of an item rests until a day."""

    item: ItemId
    until: date
    reason: Sealed[Text]


class DiscussionResumed(Event):
    """An item is discussed again: somebody took it up, or its day has come."""

    item: ItemId


ParkingCommand = ParkDiscussion | ResumeDiscussion
ParkingEvent = DiscussionParked | DiscussionResumed
Parked = Map[ItemId, date]
"""Until when each item rests."""


@dataclass(frozen=True)
class Returning:
    """Items of the body's earlier meetings whose day has come, the oldest first."""

    items: tuple[ItemId, ...]


def held(
    command: ParkingCommand, parked: Parked, spoken: Floor, meeting: Discussed, context: Context
) -> list[ParkingEvent | SpeechEnded]:
    """Return what a command does to an item that rests or is to rest."""
    match command:
        case ParkDiscussion():
            return _park(command, parked, spoken, meeting, context)
        case ResumeDiscussion():
            return _resume(command, parked, meeting, context)
        case _:
            assert_never(command)


def after(parked: Parked, event: ParkingEvent) -> Parked:
    """Return what rests after `event`."""
    if isinstance(event, DiscussionParked):
        return parked.set(event.item, event.until)
    return parked.delete(event.item) if event.item in parked else parked


def _park(
    command: ParkDiscussion, parked: Parked, spoken: Floor, meeting: Discussed, context: Context
) -> list[ParkingEvent | SpeechEnded]:
    if command.item not in meeting.items:
        raise Refused("unknown_item", "Nobody proposed that item for this meeting.")
    if parked.get(command.item) == command.until:
        return []
    if command.until <= context.at.date() and not context.imported:
        raise Refused("in_the_past", "Park it until a later day.")
    rests = DiscussionParked(item=command.item, until=command.until, reason=Sealed(command.reason))
    return [*floor.silenced(spoken, meeting.body, context, command.item), rests]


def _resume(
    command: ResumeDiscussion, parked: Parked, meeting: Discussed, context: Context
) -> list[ParkingEvent | SpeechEnded]:
    if command.item not in meeting.items:
        raise Refused("unknown_item", "Nobody proposed that item for this meeting.")
    until = parked.get(command.item)
    if until is None:
        return []
    if context.system and context.at.date() < until:
        raise Refused("too_soon", f"The item rests until {until}.")
    return [DiscussionResumed(item=command.item)]
