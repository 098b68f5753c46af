"""A demand: what an office is asked for, by a day, and what it answered.

An office that has not answered by then gave no answer (C12); silence is never recorded, it is read
from the day. What was not met can be taken higher, with a new day.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NewType, assert_never
from uuid import UUID

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import CampaignId, Campaigns, OrgId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Day, Event, Sealed, Text

DemandId = NewType("DemandId", UUID)
Result = Literal["met", "partly", "refused"]
Reading = Literal["met", "partly", "refused", "waiting", "no_answer"]


class PresentDemand(Command):
    campaign: CampaignId | None = None
    office: Text
    text: Text
    due: Day


class AnswerDemand(Command):
    result: Result
    text: Text


class EscalateDemand(Command):
    to: Text
    due: Day


class DemandPresented(Event):
    """An office was asked for something, by a day."""

    by: OrgId
    campaign: CampaignId | None = None
    office: Sealed[Text]
    text: Sealed[Text]
    due: date


class DemandAnswered(Event):
    """An office answered a demand."""

    by: OrgId
    result: Result
    text: Sealed[Text]


class DemandEscalated(Event):
    """A demand was taken to somebody above, by a new day."""

    by: OrgId
    to: Sealed[Text]
    due: date


DemandCommand = PresentDemand | AnswerDemand | EscalateDemand
DemandEvent = DemandPresented | DemandAnswered | DemandEscalated


@dataclass(frozen=True)
class Presented:
    """`due` and `result` are those of the office that was asked last."""

    by: OrgId
    campaign: CampaignId | None
    asked: date
    due: date
    result: Result | None = None
    escalated: bool = False


Demand = Presented | None  # None: not presented yet


def reads(result: Result | None, due: date, today: date) -> Reading:
    """Return how a demand reads on a day: the office has until the end of the day named."""
    if result is not None:
        return result
    return "no_answer" if today > due else "waiting"


def decide(command: DemandCommand, demand: Demand, context: Context) -> list[DemandEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case PresentDemand():
            return _present(command, demand, context)
        case AnswerDemand():
            return _answer(command, _known(demand), context)
        case EscalateDemand():
            return _escalate(command, _known(demand), context)
        case _:
            assert_never(command)


def evolve(demand: Demand, event: DemandEvent) -> Demand:
    """Return the demand after `event`. Never refuses: history has already happened."""
    if isinstance(event, DemandPresented):
        return Presented(event.by, event.campaign, event.due, event.due)
    assert demand is not None
    match event:
        case DemandAnswered():
            return replace(demand, result=event.result)
        case DemandEscalated():
            return replace(demand, due=event.due, result=None, escalated=True)
        case _:
            assert_never(event)


def _known(demand: Demand) -> Presented:
    if demand is None:
        raise Refused("unknown_demand", "There is no such demand: present it first.")
    return demand


def _present(command: PresentDemand, demand: Demand, context: Context) -> list[DemandEvent]:
    by = organisation(context)
    if demand is not None:
        asked = by, command.campaign, command.due
        if asked == (demand.by, demand.campaign, demand.asked):
            return []
        raise Refused("already_presented", "Another demand has that id: use a new one.")
    if command.campaign is not None and command.campaign not in context.fact(Campaigns).known:
        raise Refused("unknown_campaign", "There is no such campaign in this coalition.")
    return [
        DemandPresented(
            by=by,
            campaign=command.campaign,
            office=Sealed(command.office),
            text=Sealed(command.text),
            due=command.due,
        )
    ]


def _answer(command: AnswerDemand, demand: Presented, context: Context) -> list[DemandEvent]:
    by = organisation(context)
    if demand.result == command.result:
        return []
    return [DemandAnswered(by=by, result=command.result, text=Sealed(command.text))]


def _escalate(command: EscalateDemand, demand: Presented, context: Context) -> list[DemandEvent]:
    by = organisation(context)
    if demand.escalated and demand.result is None and demand.due == command.due:
        return []
    match reads(demand.result, demand.due, context.at.date()):
        case "met":
            raise Refused("demand_met", "The demand is met: present a new one.")
        case "waiting":
            raise Refused("not_due", f"The office has until {demand.due} to answer.")
    return [DemandEscalated(by=by, to=Sealed(command.to), due=command.due)]


decider: Decider[DemandCommand, Demand, DemandEvent] = Decider(
    "demand", DemandEvent, None, decide, evolve
)
