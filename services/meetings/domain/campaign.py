"""A campaign: what the coalition wants to reach, and what it does for that.

It may have grown from others, or from what was learned. Its objectives have ids of their own, so
that proposals, wins and losses can name them. Whom it wants to move are its targets: what they
think changes, and each change says from where.
"""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from immutables import Map
from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ObjectiveId, OrgId
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Ref, Restricted, Sealed, Text

TargetId = NewType("TargetId", UUID)
Leaning = Literal["support", "undecided", "oppose"]
Roots = Annotated[tuple[Ref, ...], Field(max_length=50)]
TookPart = Annotated[tuple[OrgId, ...], Field(min_length=1, max_length=1_000)]
Headcount = Annotated[int, Field(ge=0, le=100_000_000)]


@dataclass(frozen=True)
class Known:
    """Of the events that a campaign is said to have grown from, those that happened."""

    events: Container[Ref]


class LaunchCampaign(Command):
    name: Text
    from_: Roots = ()


class SetObjective(Command):
    objective: ObjectiveId
    text: Text
    due: Day | None = None


class HoldAction(Command):
    kind: Code
    on: Day
    orgs: TookPart
    participants: Headcount


class RecordTarget(Command):
    """`name` is asked for when a target is named first; `from_` where it is not known here."""

    target: TargetId
    name: Text | None = None
    from_: Leaning | None = None
    to: Leaning


class CampaignLaunched(Event):
    """A campaign began, perhaps growing from earlier work."""

    by: OrgId
    name: Sealed[Text]
    from_: tuple[Ref, ...] = ()


class ObjectiveSet(Event):
    """A campaign set itself an objective."""

    objective: ObjectiveId
    text: Sealed[Text]
    due: date | None = None


class ActionHeld(Event):
    """Organisations did something together in public."""

    by: OrgId
    kind: Code
    on: date
    orgs: tuple[OrgId, ...]
    participants: int


class TargetStanceRecorded(Event):
    """Where somebody who is to be won over stands was recorded."""

    by: OrgId
    target: TargetId
    name: Sealed[Text] = Sealed()
    from_: Restricted[Leaning] | None = None
    to: Restricted[Leaning]


CampaignCommand = LaunchCampaign | SetObjective | HoldAction | RecordTarget
CampaignEvent = CampaignLaunched | ObjectiveSet | ActionHeld | TargetStanceRecorded


@dataclass(frozen=True)
class Action:
    """What was held: told again the same way, it is the same action."""

    kind: str
    on: date
    orgs: tuple[OrgId, ...]
    participants: int


@dataclass(frozen=True)
class Launched:
    by: OrgId
    roots: tuple[Ref, ...]
    objectives: Map[ObjectiveId, date | None] = field(default_factory=Map)
    actions: frozenset[Action] = frozenset()
    targets: Map[TargetId, Leaning] = field(default_factory=Map)


Campaign = Launched | None  # None: not launched yet


def decide(command: CampaignCommand, campaign: Campaign, context: Context) -> list[CampaignEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case LaunchCampaign():
            return _launch(command, campaign, context)
        case SetObjective():
            return _aim(command, _known(campaign))
        case HoldAction():
            return _act(command, _known(campaign), context)
        case RecordTarget():
            return _move(command, _known(campaign), context)
        case _:
            assert_never(command)


def evolve(campaign: Campaign, event: CampaignEvent) -> Campaign:
    """Return the campaign after `event`. Never refuses: history has already happened."""
    if isinstance(event, CampaignLaunched):
        return Launched(event.by, event.from_)
    assert campaign is not None
    match event:
        case ObjectiveSet():
            objectives = campaign.objectives.set(event.objective, event.due)
            return replace(campaign, objectives=objectives)
        case ActionHeld():
            held = Action(event.kind, event.on, event.orgs, event.participants)
            return replace(campaign, actions=campaign.actions | {held})
        case TargetStanceRecorded():
            return replace(campaign, targets=campaign.targets.set(event.target, event.to))
        case _:
            assert_never(event)


def _known(campaign: Campaign) -> Launched:
    if campaign is None:
        raise Refused("unknown_campaign", "There is no such campaign: launch it first.")
    return campaign


def _launch(command: LaunchCampaign, campaign: Campaign, context: Context) -> list[CampaignEvent]:
    by, roots = organisation(context), tuple(dict.fromkeys(command.from_))
    if campaign is not None:
        if (campaign.by, campaign.roots) == (by, roots):
            return []
        raise Refused("already_launched", "Another campaign has that id: use a new one.")
    if roots:
        known = context.fact(Known).events
        if missing := [ref for ref in roots if ref not in known]:
            raise Refused("unknown_event", f"Nothing has happened at {', '.join(missing)}.")
    return [CampaignLaunched(by=by, name=Sealed(command.name), from_=roots)]


def _aim(command: SetObjective, campaign: Launched) -> list[CampaignEvent]:
    """Set an objective; again with another day, it is the objective as revised."""
    objective = command.objective
    if objective in campaign.objectives and campaign.objectives[objective] == command.due:
        return []
    return [ObjectiveSet(objective=objective, text=Sealed(command.text), due=command.due)]


def _act(command: HoldAction, campaign: Launched, context: Context) -> list[CampaignEvent]:
    by, orgs = organisation(context), tuple(sorted(set(command.orgs)))
    if Action(command.kind, command.on, orgs, command.participants) in campaign.actions:
        return []
    if not context.fact(Roll).joined >= set(orgs) and not context.imported:
        raise Refused("unknown_organisation", "An organisation that is named is not a member.")
    if command.on > context.at.date():
        raise Refused("not_yet", f"That is on {command.on}: record it once it was held.")
    return [
        ActionHeld(
            by=by, kind=command.kind, on=command.on, orgs=orgs, participants=command.participants
        )
    ]


def _move(command: RecordTarget, campaign: Launched, context: Context) -> list[CampaignEvent]:
    by, was = organisation(context), campaign.targets.get(command.target)
    if was == command.to:
        return []
    if was is None and command.name is None:
        raise Refused("unnamed_target", "This target is new here: say who it is.")
    if was is not None and command.from_ not in {None, was}:
        raise Refused("moved_meanwhile", f"What is known of this target is: {was}.")
    return [
        TargetStanceRecorded(
            by=by,
            target=command.target,
            name=Sealed(command.name),
            from_=was or command.from_,
            to=command.to,
        )
    ]


decider: Decider[CampaignCommand, Campaign, CampaignEvent] = Decider(
    "campaign", CampaignEvent, None, decide, evolve
)
