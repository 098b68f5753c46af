"""What is to be done before a meeting, by whom and until when, and who has done it.

It is part of the meeting's stream.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from immutables import Map
from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ItemId, OrgId, PreWorkId
from shared.decider import Refused
from shared.event import Command, Context, Day, Event, Sealed, Text


class AssignPreWork(Command):
    prework: PreWorkId
    item: ItemId
    orgs: tuple[OrgId, ...] = Field(min_length=1, max_length=500)
    what: Text
    due: Day


class CompletePreWork(Command):
    prework: PreWorkId


class PreWorkAssigned(Event):
    """Organisations are asked to prepare an item until a day."""

    prework: PreWorkId
    item: ItemId
    orgs: tuple[OrgId, ...]
    what: Sealed[Text]
    due: date


class PreWorkCompleted(Event):
    """An organisation has done what it was asked to prepare."""

    by: OrgId
    prework: PreWorkId


PreWorkCommand = AssignPreWork | CompletePreWork
PreWorkEvent = PreWorkAssigned | PreWorkCompleted


@dataclass(frozen=True)
class Asked:
    item: ItemId
    orgs: tuple[OrgId, ...]
    due: date
    done: frozenset[OrgId] = frozenset()


PreWork = Map[PreWorkId, Asked]


def prepared(
    command: PreWorkCommand, prework: PreWork, items: Container[ItemId], context: Context
) -> list[PreWorkEvent]:
    """Return what is asked for, or that it was done."""
    match command:
        case AssignPreWork():
            return _assign(command, prework, items, context)
        case CompletePreWork():
            return _complete(command, prework, context)
        case _:
            assert_never(command)


def after(prework: PreWork, event: PreWorkEvent) -> PreWork:
    """Return what is asked for after `event`."""
    if isinstance(event, PreWorkAssigned):
        return prework.set(event.prework, Asked(event.item, event.orgs, event.due))
    asked = prework[event.prework]
    return prework.set(event.prework, replace(asked, done=asked.done | {event.by}))


def _assign(
    command: AssignPreWork, prework: PreWork, items: Container[ItemId], context: Context
) -> list[PreWorkEvent]:
    orgs = tuple(sorted(set(command.orgs)))
    if known := prework.get(command.prework):
        if (known.item, known.orgs, known.due) == (command.item, orgs, command.due):
            return []
        raise Refused("already_assigned", "Other pre-work has that id: use a new one.")
    if command.item not in items:
        raise Refused("unknown_item", "Nobody proposed that item for this meeting.")
    if not context.imported:
        if command.due < context.at.date():
            raise Refused("in_the_past", "Say until which day, from today on, it is to be done.")
        if strange := [org for org in orgs if org not in context.fact(Roll).joined]:
            listed = ", ".join(map(str, strange))
            raise Refused("unknown_organisation", f"These are no members: {listed}.")
    assigned = PreWorkAssigned(
        prework=command.prework,
        item=command.item,
        orgs=orgs,
        what=Sealed(command.what),
        due=command.due,
    )
    return [assigned]


def _complete(command: CompletePreWork, prework: PreWork, context: Context) -> list[PreWorkEvent]:
    by, asked = organisation(context), prework.get(command.prework)
    if asked is None:
        raise Refused("unknown_prework", "Nobody was asked for that pre-work here.")
    if by in asked.done:
        return []
    if by not in asked.orgs:
        raise Refused("not_asked", "Your organisation was not asked to prepare that.")
    return [PreWorkCompleted(by=by, prework=command.prework)]
