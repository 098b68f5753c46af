"""A workstream: a part of the work that one organisation leads, and that members report on.

Who leads it answers for it; how far it is, any member may say.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, NewType, assert_never
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import CampaignId, Campaigns, OrgId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

WorkstreamId = NewType("WorkstreamId", UUID)
Percent = Annotated[int, Field(ge=0, le=100)]


class StartWorkstream(Command):
    campaign: CampaignId | None = None
    lead: OrgId
    name: Text


class ReportProgress(Command):
    percent: Percent | None = None
    text: Text


class CloseWorkstream(Command):
    result: Text


class WorkstreamStarted(Event):
    """A part of the work began, with who leads it."""

    campaign: CampaignId | None = None
    lead: OrgId
    name: Sealed[Text]


class ProgressReported(Event):
    """Who leads a workstream said how far it is."""

    by: OrgId
    at: AwareDatetime
    percent: int | None = None
    text: Sealed[Text]


class WorkstreamClosed(Event):
    """A workstream ended, with its result."""

    result: Sealed[Text]


WorkstreamCommand = StartWorkstream | ReportProgress | CloseWorkstream
WorkstreamEvent = WorkstreamStarted | ProgressReported | WorkstreamClosed


@dataclass(frozen=True)
class Report:
    """Who said when how far it is: told twice, it is the same report."""

    by: OrgId
    at: datetime
    percent: int | None


@dataclass(frozen=True)
class Started:
    campaign: CampaignId | None
    lead: OrgId
    last: Report | None = None
    closed: bool = False


Workstream = Started | None  # None: not started yet


def decide(
    command: WorkstreamCommand, workstream: Workstream, context: Context
) -> list[WorkstreamEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case StartWorkstream():
            return _start(command, workstream, context)
        case ReportProgress():
            return _report(command, _known(workstream), context)
        case CloseWorkstream():
            closed = WorkstreamClosed(result=Sealed(command.result))
            return [] if _known(workstream).closed else [closed]
        case _:
            assert_never(command)


def evolve(workstream: Workstream, event: WorkstreamEvent) -> Workstream:
    """Return the workstream after `event`. Never refuses: history has already happened."""
    if isinstance(event, WorkstreamStarted):
        return Started(event.campaign, event.lead)
    assert workstream is not None
    match event:
        case ProgressReported():
            return replace(workstream, last=Report(event.by, event.at, event.percent))
        case WorkstreamClosed():
            return replace(workstream, closed=True)
        case _:
            assert_never(event)


def _known(workstream: Workstream) -> Started:
    if workstream is None:
        raise Refused("unknown_workstream", "There is no such workstream: start it first.")
    return workstream


def _start(
    command: StartWorkstream, workstream: Workstream, context: Context
) -> list[WorkstreamEvent]:
    if workstream is not None:
        if (workstream.campaign, workstream.lead) == (command.campaign, command.lead):
            return []
        raise Refused("already_started", "Another workstream has that id: use a new one.")
    if command.campaign is not None and command.campaign not in context.fact(Campaigns).known:
        raise Refused("unknown_campaign", "There is no such campaign in this coalition.")
    if command.lead not in context.fact(Roll).joined:
        raise Refused("unknown_organisation", "Who is to lead it is not a member.")
    return [
        WorkstreamStarted(campaign=command.campaign, lead=command.lead, name=Sealed(command.name))
    ]


def _report(
    command: ReportProgress, workstream: Started, context: Context
) -> list[WorkstreamEvent]:
    by = organisation(context)
    if workstream.last == Report(by, context.at, command.percent):
        return []
    if workstream.closed:
        raise Refused("wrong_stage", "The workstream is closed: start another one.")
    return [
        ProgressReported(by=by, at=context.at, percent=command.percent, text=Sealed(command.text))
    ]


decider: Decider[WorkstreamCommand, Workstream, WorkstreamEvent] = Decider(
    "workstream", WorkstreamEvent, None, decide, evolve
)
