"""How a decision reaches those who must know it: who told whom, by which channel, and who knows.

Whoever tells others says so; each organisation acknowledges for itself, told or not. It is part of
the proposal's stream, for the decision in force there.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, assert_never

from immutables import Map
from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import DecisionId, OrgId
from services.meetings.domain.signing import Issued, in_force
from shared.decider import Refused
from shared.event import Code, Command, Context, Event


class CommunicateDecision(Command):
    decision: DecisionId
    channel: Code
    orgs: Annotated[tuple[OrgId, ...], Field(min_length=1, max_length=1000)]


class AcknowledgeDecision(Command):
    decision: DecisionId


class DecisionCommunicated(Event):
    """An organisation told others of the decision, by one channel."""

    decision: DecisionId
    channel: Code
    orgs: tuple[OrgId, ...]


class DecisionAcknowledged(Event):
    """An organisation knows of the decision."""

    by: OrgId
    decision: DecisionId


Communicate = CommunicateDecision | AcknowledgeDecision
Communicated = DecisionCommunicated | DecisionAcknowledged


@dataclass(frozen=True)
class Communication:
    """Whom each channel reached, and who acknowledged."""

    told: Map[str, frozenset[OrgId]] = field(default_factory=Map)
    acknowledged: frozenset[OrgId] = frozenset()


def communicate(
    command: Communicate, known: Communication, decided: Issued | None, context: Context
) -> Communicated | None:
    """Return what is recorded; `None` where it was said already.

    Raises:
        Refused: a rule forbids it.
    """
    by, joined = organisation(context), context.fact(Roll).joined
    if by not in joined:
        raise Refused("not_a_member", "Only members of the coalition do that.")
    in_force(command.decision, decided)
    match command:
        case CommunicateDecision(channel=channel, orgs=orgs):
            if not joined >= set(orgs):
                raise Refused("unknown_organisation", "One of those told is not a member.")
            if known.told.get(channel, frozenset()) >= set(orgs):
                return None
            told = tuple(sorted(set(orgs)))
            return DecisionCommunicated(decision=command.decision, channel=channel, orgs=told)
        case AcknowledgeDecision():
            if by in known.acknowledged:
                return None
            return DecisionAcknowledged(by=by, decision=command.decision)
        case _:
            assert_never(command)


def communicated_after(known: Communication, event: Communicated) -> Communication:
    """Return who knows after `event`."""
    match event:
        case DecisionCommunicated(channel=channel, orgs=orgs):
            told = known.told.get(channel, frozenset()) | set(orgs)
            return replace(known, told=known.told.set(channel, told))
        case DecisionAcknowledged():
            return replace(known, acknowledged=known.acknowledged | {event.by})
        case _:
            assert_never(event)
