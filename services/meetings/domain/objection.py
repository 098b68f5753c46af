"""An objection to a proposal: a disagreement that asks to be addressed, and what became of it.

It is part of the proposal's stream. Until something else became of it, it stands.
"""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from immutables import Map
from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import BodyId, Itself, ObjectionId, OrgId
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text

Disposition = Literal["stands", "accommodated", "retracted", "set_aside", "outweighed", "overruled"]


class RaiseObjection(Command):
    objection: ObjectionId
    grounds: Text
    remove_by: Text | None = None


class AccommodateObjection(Command):
    objection: ObjectionId
    amendment: int


class RetractObjection(Command):
    objection: ObjectionId
    reason: Text


class SetAsideObjection(Command):
    objection: ObjectionId
    reasoning: Text | None = None


class OutweighObjection(Command):
    objection: ObjectionId
    reasoning: Text | None = None
    alternatives: tuple[Text, ...] = Field((), max_length=20)


class RegisterFormalObjection(Command):
    objection: ObjectionId
    to: BodyId


class ResolveFormalObjection(Command):
    objection: ObjectionId
    result: Literal["upheld", "overruled"]
    reasoning: Text | None = None


class ObjectionRaised(Event):
    """An organisation objects to a proposal, with grounds and what would remove them."""

    by: OrgId
    objection: ObjectionId
    grounds: Sealed[Text]
    remove_by: Sealed[Text] = Sealed()


class ObjectionAccommodated(Event):
    """An objection was met by an amendment of the proposal."""

    objection: ObjectionId
    amendment: int


class ObjectionRetracted(Event):
    """The organisation that objected takes its objection back."""

    objection: ObjectionId
    reason: Sealed[Text]


class ObjectionSetAside(Event):
    """An objection does not bear on the merits; the reasoning is recorded."""

    objection: ObjectionId
    reasoning: Sealed[Text]


class ObjectionOutweighed(Event):
    """An objection is valid and still does not prevail; reasoning and alternatives stay."""

    objection: ObjectionId
    reasoning: Sealed[Text]
    alternatives: Sealed[tuple[Text, ...]]


class FormalObjectionRegistered(Event):
    """The objecting organisation takes its objection to another body."""

    objection: ObjectionId
    to: BodyId


class FormalObjectionResolved(Event):
    """The other body has upheld or overruled a formal objection."""

    objection: ObjectionId
    result: Literal["upheld", "overruled"]
    reasoning: Sealed[Text]


Dispose = (
    AccommodateObjection
    | RetractObjection
    | SetAsideObjection
    | OutweighObjection
    | RegisterFormalObjection
    | ResolveFormalObjection
)
Disposed = (
    ObjectionAccommodated
    | ObjectionRetracted
    | ObjectionSetAside
    | ObjectionOutweighed
    | FormalObjectionRegistered
    | FormalObjectionResolved
)


@dataclass(frozen=True)
class Objection:
    """`version` is that of the text it was raised against; `appeal` the body it went to."""

    by: OrgId
    version: int
    became: Disposition = "stands"
    appeal: BodyId | None = None


Objections = Map[ObjectionId, Objection]


OF_ONE_ORGANISATION, OF_ALL = 10, 500


@dataclass(frozen=True)
class Ground:
    """What rules on objections look at in the proposal they were raised to."""

    proposer: OrgId
    body: BodyId
    version: int
    may_outweigh: bool
    objections: Objections


def still_open(objections: Objections) -> bool:
    """Return whether one of them is not yet addressed."""
    return any(each.became == "stands" for each in objections.values())


def room_for_one_more(objections: Objections, by: OrgId) -> None:
    """Refuse more objections than a decision, which lists them all, can hold."""
    own = sum(each.by == by for each in objections.values())
    if own >= OF_ONE_ORGANISATION or len(objections) >= OF_ALL:
        detail = "There are as many objections as can be listed: add your reasons to one of them."
        raise Refused("too_many_objections", detail)


def raised_by_stance(objections: Objections, context: Context, why: Text | None) -> ObjectionRaised:
    """Return the objection that an `object` stance brings with it."""
    room_for_one_more(objections, organisation(context))
    id_ = ObjectionId(context.fact(Itself).derive(f"objection/{len(objections) + 1}"))
    return ObjectionRaised(by=organisation(context), objection=id_, grounds=Sealed(why))


def retracted_with_stance(
    objections: Objections, context: Context, why: Text
) -> list[ObjectionRetracted]:
    """Return the end of what an organisation still objected to when it stops objecting."""
    return [
        ObjectionRetracted(objection=id_, reason=Sealed(why))
        for id_, each in sorted(objections.items())
        if each.by == context.by and each.became == "stands"
    ]


def dispose(command: Dispose, ground: Ground, context: Context) -> list[Disposed]:
    """Return what becomes of an objection."""
    objection = ground.objections.get(command.objection)
    if objection is None:
        raise Refused("unknown_objection", "This proposal has no such objection.")
    match command:
        case AccommodateObjection():
            return _accommodate(command, objection, ground, context)
        case RetractObjection():
            return _retract(command, objection, context)
        case SetAsideObjection() | OutweighObjection():
            return _overrule(command, objection, ground, context)
        case RegisterFormalObjection():
            return _appeal(command, objection, ground, context)
        case ResolveFormalObjection():
            return _judge(command, objection, ground, context)
        case _:
            assert_never(command)


def become(objection: Objection, event: Disposed) -> Objection:
    """Return the objection after `event`."""
    match event:
        case ObjectionAccommodated():
            return replace(objection, became="accommodated", appeal=None)
        case ObjectionRetracted():
            return replace(objection, became="retracted", appeal=None)
        case ObjectionSetAside():
            return replace(objection, became="set_aside")
        case ObjectionOutweighed():
            return replace(objection, became="outweighed")
        case FormalObjectionRegistered():
            return replace(objection, became="stands", appeal=event.to)
        case FormalObjectionResolved(result="overruled"):
            return replace(objection, became="overruled", appeal=None)
        case FormalObjectionResolved():
            return replace(objection, became="stands", appeal=None)
        case _:
            assert_never(event)


def _accommodate(
    command: AccommodateObjection, objection: Objection, ground: Ground, context: Context
) -> list[Disposed]:
    if context.by != ground.proposer:
        raise Refused("not_the_proposer", "Only the proposer says which amendment answers it.")
    if objection.became == "accommodated":
        return []
    _must_stand(objection)
    if not objection.version < command.amendment <= ground.version:
        raise Refused("unknown_amendment", "Name an amendment made after it was raised.")
    return [ObjectionAccommodated(objection=command.objection, amendment=command.amendment)]


def _retract(command: RetractObjection, objection: Objection, context: Context) -> list[Disposed]:
    _only_the_objector(objection, context)
    if objection.became == "retracted":
        return []
    if objection.became != "stands":
        raise Refused("already_resolved", f"The objection {_said(objection)}.")
    return [ObjectionRetracted(objection=command.objection, reason=Sealed(command.reason))]


def _overrule(
    command: SetAsideObjection | OutweighObjection,
    objection: Objection,
    ground: Ground,
    context: Context,
) -> list[Disposed]:
    if context.by == ground.proposer:
        detail = "Your organisation proposed this: another one disposes of objections to it."
        raise Refused("own_proposal", detail)
    reasoning = _reasoned(command.reasoning)
    if isinstance(command, SetAsideObjection):
        if objection.became == "set_aside":
            return []
        _must_stand(objection)
        return [ObjectionSetAside(objection=command.objection, reasoning=reasoning)]
    if not ground.may_outweigh:
        detail = "The rule lets nobody outweigh an objection: address it, or set it aside."
        raise Refused("reasoning_required", detail)
    if not command.alternatives:
        raise Refused("reasoning_required", "Say which alternatives were weighed.")
    if objection.became == "outweighed":
        return []
    _must_stand(objection)
    outweighed = ObjectionOutweighed(
        objection=command.objection,
        reasoning=reasoning,
        alternatives=Sealed(command.alternatives),
    )
    return [outweighed]


def _appeal(
    command: RegisterFormalObjection, objection: Objection, ground: Ground, context: Context
) -> list[Disposed]:
    _only_the_objector(objection, context)
    if command.to == ground.body:
        raise Refused("own_proposal", "A formal objection goes to another body than decides.")
    if objection.appeal == command.to:
        return []
    if objection.appeal is not None or objection.became in {"accommodated", "retracted"}:
        detail = f"It is with a body already, or over: it {_said(objection)}."
        raise Refused("already_resolved", detail)
    return [FormalObjectionRegistered(objection=command.objection, to=command.to)]


def _judge(
    command: ResolveFormalObjection, objection: Objection, ground: Ground, context: Context
) -> list[Disposed]:
    if objection.appeal is None:
        raise Refused("not_registered", "No formal objection waits for an answer here.")
    if context.by in {ground.proposer, objection.by}:
        raise Refused("own_proposal", "An organisation does not judge its own dispute.")
    resolved = FormalObjectionResolved(
        objection=command.objection,
        result=command.result,
        reasoning=_reasoned(command.reasoning),
    )
    return [resolved]


def _only_the_objector(objection: Objection, context: Context) -> None:
    if context.by != objection.by:
        raise Refused("not_the_objector", "Only the organisation that raised it can do that.")


def _must_stand(objection: Objection) -> None:
    if objection.became != "stands":
        raise Refused("already_resolved", f"The objection {_said(objection)}.")
    if objection.appeal is not None:
        raise Refused("already_resolved", "The objection is with another body: wait for it.")


def _reasoned(reasoning: Text | None) -> Sealed[Text]:
    if reasoning is None:
        raise Refused("reasoning_required", "Say why, in words the objector can read.")
    return Sealed(reasoning)


def _said(objection: Objection) -> str:
    if objection.became == "stands":
        return "stands"
    return f"was {objection.became.replace('_', ' ')}"
