"""What one organisation can give: its strengths, and the hours it pledges.

A new pledge takes the place of the one before. A pledge is reviewed again and again, as what was
promised in one season may be too much in the next.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from immutables import Map
from pydantic import AwareDatetime

from services.members.domain.standing import Standing, speak_for_it
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Sealed, Text, Whole

Result = Literal["kept", "changed"]


class DeclareStrength(Command):
    strength: Code
    note: Text | None = None


class PledgeCapacity(Command):
    """`from` and `until` are the first and the last day."""

    hours_per_month: Whole
    from_: Day
    until: Day


class ReviewCapacity(Command):
    result: Result


class StrengthDeclared(Event):
    """An organisation says what it is good at."""

    strength: Code
    note: Sealed[Text] = Sealed()


class CapacityPledged(Event):
    """An organisation promises hours a month for a time."""

    hours_per_month: Whole
    from_: date
    until: date


class CapacityReviewed(Event):
    """An organisation looked at its pledge again, and kept or changed it."""

    at: AwareDatetime
    result: Result


CapacityCommand = DeclareStrength | PledgeCapacity | ReviewCapacity
CapacityEvent = StrengthDeclared | CapacityPledged | CapacityReviewed


@dataclass(frozen=True)
class Pledge:
    hours_per_month: int
    begins: date
    until: date


@dataclass(frozen=True)
class Review:
    on: date
    result: Result


@dataclass(frozen=True)
class Capacity:
    """`review` is the last one of this pledge."""

    strengths: Map[str, None] = field(default_factory=Map)
    pledge: Pledge | None = None
    review: Review | None = None


def decide(command: CapacityCommand, capacity: Capacity, context: Context) -> list[CapacityEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    speak_for_it(context)
    match command:
        case DeclareStrength():
            return _declare(command, capacity, context)
        case PledgeCapacity():
            return _pledge(command, capacity)
        case ReviewCapacity():
            return _review(command, capacity, context)
        case _:
            assert_never(command)


def evolve(capacity: Capacity, event: CapacityEvent) -> Capacity:
    """Return the capacity after `event`."""
    match event:
        case StrengthDeclared():
            return replace(capacity, strengths=capacity.strengths.set(event.strength, None))
        case CapacityPledged():
            pledge = Pledge(event.hours_per_month, event.from_, event.until)
            return replace(capacity, pledge=pledge, review=None)
        case CapacityReviewed():
            return replace(capacity, review=Review(event.at.date(), event.result))
        case _:
            assert_never(event)


def _declare(command: DeclareStrength, capacity: Capacity, context: Context) -> list[CapacityEvent]:
    if command.strength in capacity.strengths:
        return []
    about = None if command.note is None else context.fact(Standing).person
    return [StrengthDeclared(strength=command.strength, note=Sealed(command.note, about))]


def _pledge(command: PledgeCapacity, capacity: Capacity) -> list[CapacityEvent]:
    if command.until < command.from_:
        raise Refused("over_before_it_begins", "A pledge lasts at least a day.")
    if capacity.pledge == Pledge(command.hours_per_month, command.from_, command.until):
        return []
    hours = command.hours_per_month
    return [CapacityPledged(hours_per_month=hours, from_=command.from_, until=command.until)]


def _review(command: ReviewCapacity, capacity: Capacity, context: Context) -> list[CapacityEvent]:
    if capacity.pledge is None:
        raise Refused("no_pledge", "Your organisation has pledged nothing yet: pledge first.")
    if capacity.review == Review(context.at.date(), command.result):
        return []
    return [CapacityReviewed(at=context.at, result=command.result)]


decider: Decider[CapacityCommand, Capacity, CapacityEvent] = Decider(
    "capacity", CapacityEvent, Capacity(), decide, evolve
)
