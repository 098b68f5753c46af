"""A shared policy: agreed by the coalition, and adopted by each unit for itself, or not.

A unit is what a member works in: a classroom, a ward, a branch. Who owns it decides alone whether
it adopts, declines, adapts or drops a policy, and not adopting is no breach (C11). Agreed on again,
a policy may ask other units; those that stay keep their answer.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from immutables import Map
from pydantic import AwareDatetime, Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import OrgId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Ref, Sealed, Text, Value

UnitId = NewType("UnitId", UUID)
Relation = Literal["overrides", "fills_gap", "none"]
"""How a policy stands to the rules that hold anyway, such as those of a school."""
Answer = Literal["unanswered", "adopted", "adapted", "declined", "dropped"]
FOLLOWED = frozenset({"adopted", "adapted"})


@dataclass(frozen=True)
class Cited:
    """Whether the decision that a policy rests on was made, and adopted."""

    adopted: bool


@dataclass(frozen=True)
class Presides:
    """Whether the acting person chairs the coalition."""

    presides: bool


class AskedUnit(Value):
    """A unit that a policy is put to, and which member answers for it."""

    unit: UnitId
    owner: OrgId
    name: Text


class DraftPolicy(Command):
    title: Text
    text: Text


class AgreePolicy(Command):
    relation: Relation
    units: Annotated[tuple[AskedUnit, ...], Field(min_length=1, max_length=200)]
    decision: Ref | None = None


class AdoptPolicy(Command):
    unit: UnitId
    reason: Text


class DeclinePolicy(Command):
    unit: UnitId
    reason: Text


class ReportAdaptation(Command):
    unit: UnitId
    change: Text


class RetirePolicy(Command):
    """Of one unit, by who owns it; without a unit, of all, by the chair."""

    unit: UnitId | None = None
    reason: Text


class Unit(Value):
    unit: UnitId
    owner: OrgId
    name: Sealed[Text] = Sealed()


class PolicyDrafted(Event):
    """A policy to be shared was drafted."""

    by: OrgId
    title: Sealed[Text]
    text: Sealed[Text]


class PolicyAgreed(Event):
    """A policy was agreed, with the units that may adopt it."""

    version: int
    relation: Relation
    units: tuple[Unit, ...]
    decision: Ref | None = None


class PolicyAdopted(Event):
    """A unit adopted a policy."""

    by: OrgId
    unit: UnitId
    reason: Sealed[Text]


class PolicyDeclined(Event):
    """A unit did not adopt a policy, and says why."""

    by: OrgId
    unit: UnitId
    reason: Sealed[Text]


class PolicyAdaptationReported(Event):
    """A unit said how it changed a policy for itself."""

    by: OrgId
    at: AwareDatetime
    unit: UnitId
    change: Sealed[Text]


class PolicyRetired(Event):
    """A policy ended, for all or for one unit."""

    unit: UnitId | None = None
    reason: Sealed[Text]


PolicyCommand = (
    DraftPolicy | AgreePolicy | AdoptPolicy | DeclinePolicy | ReportAdaptation | RetirePolicy
)
PolicyEvent = (
    PolicyDrafted
    | PolicyAgreed
    | PolicyAdopted
    | PolicyDeclined
    | PolicyAdaptationReported
    | PolicyRetired
)


@dataclass(frozen=True)
class Cell:
    """What a unit answered; `adapted_at` is when it last said what it changed."""

    owner: OrgId
    answer: Answer = "unanswered"
    adapted_at: datetime | None = None


@dataclass(frozen=True)
class Drafted:
    """`version` counts how often it was agreed on; 0 is a draft."""

    by: OrgId
    version: int = 0
    relation: Relation = "none"
    decision: Ref | None = None
    units: Map[UnitId, Cell] = field(default_factory=Map)
    retired: bool = False


Policy = Drafted | None  # None: not drafted yet


def decide(command: PolicyCommand, policy: Policy, context: Context) -> list[PolicyEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, DraftPolicy):
        return _draft(command, policy, context)
    if policy is None:
        raise Refused("unknown_policy", "There is no such policy: draft it first.")
    match command:
        case AgreePolicy():
            return _agree(command, policy, context)
        case RetirePolicy(unit=None):
            return _retire(command, policy, context)
        case AdoptPolicy():
            return _adopt(command, policy, context)
        case DeclinePolicy():
            return _decline(command, policy, context)
        case ReportAdaptation():
            return _adapt(command, policy, context)
        case RetirePolicy():
            return _drop(command, policy, context)
        case _:
            assert_never(command)


def evolve(policy: Policy, event: PolicyEvent) -> Policy:
    """Return the policy after `event`. Never refuses: history has already happened."""
    if isinstance(event, PolicyDrafted):
        return Drafted(event.by)
    assert policy is not None
    match event:
        case PolicyAgreed():
            return replace(
                policy,
                version=event.version,
                relation=event.relation,
                decision=event.decision,
                units=Map({unit.unit: _kept(policy, unit) for unit in event.units}),
            )
        case PolicyAdopted():
            return _answered(policy, event.unit, "adopted")
        case PolicyDeclined():
            return _answered(policy, event.unit, "declined")
        case PolicyAdaptationReported():
            return _answered(policy, event.unit, "adapted", event.at)
        case PolicyRetired(unit=None):
            return replace(policy, retired=True)
        case PolicyRetired(unit=unit):
            assert unit is not None
            return _answered(policy, unit, "dropped")
        case _:
            assert_never(event)


def _kept(policy: Drafted, unit: Unit) -> Cell:
    """Return what a unit answered before, where it is still the same owner's."""
    held = policy.units.get(unit.unit)
    return held if held is not None and held.owner == unit.owner else Cell(unit.owner)


def _answered(
    policy: Drafted, unit: UnitId, answer: Answer, adapted_at: datetime | None = None
) -> Drafted:
    cell = replace(policy.units[unit], answer=answer, adapted_at=adapted_at)
    return replace(policy, units=policy.units.set(unit, cell))


def _draft(command: DraftPolicy, policy: Policy, context: Context) -> list[PolicyEvent]:
    by = organisation(context)
    if policy is not None:
        if policy.by == by:
            return []
        raise Refused("already_drafted", "Another policy has that id: use a new one.")
    return [PolicyDrafted(by=by, title=Sealed(command.title), text=Sealed(command.text))]


def _agree(command: AgreePolicy, policy: Drafted, context: Context) -> list[PolicyEvent]:
    asked = {unit.unit: unit for unit in command.units}
    if len(asked) < len(command.units):
        raise Refused("unit_named_twice", "A unit stands there twice: name each once.")
    before = (
        policy.relation,
        policy.decision,
        {key: cell.owner for key, cell in policy.units.items()},
    )
    wanted = command.relation, command.decision, {key: one.owner for key, one in asked.items()}
    if policy.version and before == wanted:
        return []
    _in_force(policy)
    if not context.fact(Roll).joined >= {unit.owner for unit in command.units}:
        raise Refused("unknown_organisation", "Somebody who is to answer for a unit is no member.")
    if command.decision is not None and not context.fact(Cited).adopted:
        raise Refused(
            "needs_decision", f"No adopted decision is known at {command.decision}: check it."
        )
    return [
        PolicyAgreed(
            version=policy.version + 1,
            relation=command.relation,
            units=tuple(
                Unit(unit=key, owner=one.owner, name=Sealed(one.name))
                for key, one in sorted(asked.items())
            ),
            decision=command.decision,
        )
    ]


def _adopt(command: AdoptPolicy, policy: Drafted, context: Context) -> list[PolicyEvent]:
    by, cell = _own(command.unit, policy, context)
    if cell.answer in FOLLOWED:
        return []
    _in_force(policy)
    return [PolicyAdopted(by=by, unit=command.unit, reason=Sealed(command.reason))]


def _decline(command: DeclinePolicy, policy: Drafted, context: Context) -> list[PolicyEvent]:
    by, cell = _own(command.unit, policy, context)
    if cell.answer == "declined":
        return []
    _in_force(policy)
    if cell.answer != "unanswered":
        raise Refused("already_answered", f"Your unit has {cell.answer} it: drop it, or let it be.")
    return [PolicyDeclined(by=by, unit=command.unit, reason=Sealed(command.reason))]


def _adapt(command: ReportAdaptation, policy: Drafted, context: Context) -> list[PolicyEvent]:
    by, cell = _own(command.unit, policy, context)
    if cell.adapted_at == context.at:
        return []
    _in_force(policy)
    if cell.answer not in FOLLOWED:
        raise Refused("not_adopted", "Your unit has not adopted it: adopt it, then adapt it.")
    return [
        PolicyAdaptationReported(
            by=by, at=context.at, unit=command.unit, change=Sealed(command.change)
        )
    ]


def _drop(command: RetirePolicy, policy: Drafted, context: Context) -> list[PolicyEvent]:
    assert command.unit is not None
    _, cell = _own(command.unit, policy, context)
    if cell.answer == "dropped":
        return []
    _in_force(policy)
    if cell.answer not in FOLLOWED:
        raise Refused("not_adopted", "Your unit has not adopted it: there is nothing to drop.")
    return [PolicyRetired(unit=command.unit, reason=Sealed(command.reason))]


def _retire(command: RetirePolicy, policy: Drafted, context: Context) -> list[PolicyEvent]:
    if not context.imported and not context.fact(Presides).presides:
        raise Refused("not_the_chair", "For all units the chair retires it: name your unit.")
    return [] if policy.retired else [PolicyRetired(reason=Sealed(command.reason))]


def _own(unit: UnitId, policy: Drafted, context: Context) -> tuple[OrgId, Cell]:
    """Return who acts, and its unit's cell: nobody answers for the unit of another (C11)."""
    by, cell = organisation(context), policy.units.get(unit)
    if cell is None:
        raise Refused("unknown_unit", "The policy is not put to such a unit.")
    if cell.owner != by:
        raise Refused("voluntary", "Each unit answers for itself: that one is another member's.")
    return by, cell


def _in_force(policy: Drafted) -> None:
    if policy.retired:
        raise Refused("policy_retired", "The policy is retired: draft another one.")


decider: Decider[PolicyCommand, Policy, PolicyEvent] = Decider(
    "policy", PolicyEvent, None, decide, evolve
)
