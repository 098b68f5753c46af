"""A practice: one member asks how others do something, and others say how, and whether it works.

Who asked and who answered are tied by it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

from immutables import Map
from pydantic import AwareDatetime

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import OrgId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

Works = Literal["yes", "partly", "no"]


class AskPractice(Command):
    question: Text


class SharePractice(Command):
    answer: Text
    works: Works


class PracticeAsked(Event):
    """Somebody asked what others do."""

    by: OrgId
    question: Sealed[Text]


class PracticeShared(Event):
    """Somebody said what they do, and whether it works."""

    by: OrgId
    at: AwareDatetime
    answer: Sealed[Text]
    works: Works


PracticeCommand = AskPractice | SharePractice
PracticeEvent = PracticeAsked | PracticeShared


@dataclass(frozen=True)
class Asked:
    """`shared` is when each organisation last answered, and whether that works."""

    by: OrgId
    shared: Map[OrgId, tuple[datetime, Works]] = field(default_factory=Map)


Practice = Asked | None  # None: not asked yet


def decide(command: PracticeCommand, practice: Practice, context: Context) -> list[PracticeEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case AskPractice():
            return _ask(command, practice, context)
        case SharePractice():
            return _share(command, practice, context)
        case _:
            assert_never(command)


def evolve(practice: Practice, event: PracticeEvent) -> Practice:
    """Return the practice after `event`. Never refuses: history has already happened."""
    if isinstance(event, PracticeAsked):
        return Asked(event.by)
    assert practice is not None
    return replace(practice, shared=practice.shared.set(event.by, (event.at, event.works)))


def _ask(command: AskPractice, practice: Practice, context: Context) -> list[PracticeEvent]:
    by = organisation(context)
    if practice is not None:
        if practice.by == by:
            return []
        raise Refused("already_asked", "Another question has that id: use a new one.")
    return [PracticeAsked(by=by, question=Sealed(command.question))]


def _share(command: SharePractice, practice: Practice, context: Context) -> list[PracticeEvent]:
    by = organisation(context)
    if practice is None:
        raise Refused("unknown_practice", "Nobody asked that: ask it first.")
    if practice.shared.get(by) == (context.at, command.works):
        return []
    return [
        PracticeShared(by=by, at=context.at, answer=Sealed(command.answer), works=command.works)
    ]


decider: Decider[PracticeCommand, Practice, PracticeEvent] = Decider(
    "practice", PracticeEvent, None, decide, evolve
)
