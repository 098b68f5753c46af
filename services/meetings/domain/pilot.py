"""A pilot: an idea that a member pitches, others review, and somebody tries out.

Who tries it out says what came of it; then it may be tried out again.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, assert_never

from immutables import Map
from pydantic import AwareDatetime

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import OrgId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Day, Event, Sealed, Text

Outcome = Literal["worked", "partly", "not"]


class PitchIdea(Command):
    text: Text


class ReviewIdea(Command):
    text: Text


class StartPilot(Command):
    until: Day


class ReportPilot(Command):
    result: Outcome
    text: Text


class IdeaPitched(Event):
    """Somebody put an idea to the others."""

    by: OrgId
    text: Sealed[Text]


class IdeaReviewed(Event):
    """Somebody said what they think of an idea."""

    by: OrgId
    at: AwareDatetime
    text: Sealed[Text]


class PilotStarted(Event):
    """An idea is being tried out, until a day."""

    by: OrgId
    until: date


class PilotReported(Event):
    """A pilot ended; it worked, in part, or not."""

    by: OrgId
    result: Outcome
    text: Sealed[Text]


PilotCommand = PitchIdea | ReviewIdea | StartPilot | ReportPilot
PilotEvent = IdeaPitched | IdeaReviewed | PilotStarted | PilotReported


@dataclass(frozen=True)
class Trial:
    """A try: whose it is, until when, and what came of it."""

    by: OrgId
    until: date
    result: Outcome | None = None


@dataclass(frozen=True)
class Pitched:
    """`reviewed` is when each organisation last reviewed it; `trial` is the newest one."""

    by: OrgId
    reviewed: Map[OrgId, datetime] = field(default_factory=Map)
    trial: Trial | None = None


Pilot = Pitched | None  # None: not pitched yet


def decide(command: PilotCommand, pilot: Pilot, context: Context) -> list[PilotEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case PitchIdea():
            return _pitch(command, pilot, context)
        case ReviewIdea():
            return _review(command, _known(pilot), context)
        case StartPilot():
            return _start(command, _known(pilot), context)
        case ReportPilot():
            return _report(command, _known(pilot), context)
        case _:
            assert_never(command)


def evolve(pilot: Pilot, event: PilotEvent) -> Pilot:
    """Return the pilot after `event`. Never refuses: history has already happened."""
    if isinstance(event, IdeaPitched):
        return Pitched(event.by)
    assert pilot is not None
    match event:
        case IdeaReviewed():
            return replace(pilot, reviewed=pilot.reviewed.set(event.by, event.at))
        case PilotStarted():
            return replace(pilot, trial=Trial(event.by, event.until))
        case PilotReported():
            assert pilot.trial is not None
            return replace(pilot, trial=replace(pilot.trial, result=event.result))
        case _:
            assert_never(event)


def _known(pilot: Pilot) -> Pitched:
    if pilot is None:
        raise Refused("unknown_idea", "There is no such idea: pitch it first.")
    return pilot


def _pitch(command: PitchIdea, pilot: Pilot, context: Context) -> list[PilotEvent]:
    by = organisation(context)
    if pilot is not None:
        if pilot.by == by:
            return []
        raise Refused("already_pitched", "Another idea has that id: use a new one.")
    return [IdeaPitched(by=by, text=Sealed(command.text))]


def _review(command: ReviewIdea, pilot: Pitched, context: Context) -> list[PilotEvent]:
    by = organisation(context)
    if by == pilot.by:
        raise Refused("own_idea", "Others review your idea.")
    if pilot.reviewed.get(by) == context.at:
        return []
    return [IdeaReviewed(by=by, at=context.at, text=Sealed(command.text))]


def _start(command: StartPilot, pilot: Pitched, context: Context) -> list[PilotEvent]:
    by, trial = organisation(context), pilot.trial
    if trial is not None and (trial.by, trial.until) == (by, command.until):
        return []
    if trial is not None and trial.result is None:
        raise Refused("already_started", f"It is tried out until {trial.until}: wait for that.")
    return [PilotStarted(by=by, until=command.until)]


def _report(command: ReportPilot, pilot: Pitched, context: Context) -> list[PilotEvent]:
    by, trial = organisation(context), pilot.trial
    if trial is None:
        raise Refused("not_started", "It has not been tried out: start a pilot first.")
    if trial.by != by:
        raise Refused("not_the_owner", "Who tries it out says what came of it.")
    if trial.result == command.result:
        return []
    if trial.result is not None:
        raise Refused("already_reported", f"This pilot was reported: {trial.result}.")
    return [PilotReported(by=by, result=command.result, text=Sealed(command.text))]


decider: Decider[PilotCommand, Pilot, PilotEvent] = Decider(
    "pilot", PilotEvent, None, decide, evolve
)
