"""What organisations say of a campaign once it is over: objectives, three answers, benefits.

These rules are a part of the evaluation of a campaign; `evaluation.py` asks them with the state of
its stream.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal, assert_never

from immutables import Map
from pydantic import Field

from services.credit.domain.ids import ObjectiveId, OrgId
from services.credit.domain.roll import Roll, speaker
from services.credit.domain.win import References
from shared.decider import Refused
from shared.event import Command, Context, Day, Event, Sealed, Text

Met = Literal["met", "partly", "not"]
Present = Annotated[tuple[OrgId, ...], Field(min_length=1, max_length=2_000)]


class AssessObjective(Command):
    objective: ObjectiveId
    met: Met
    as_intended: bool
    why: Text


class AnswerEvaluation(Command):
    """The three questions: what was done, was it met as intended, what has changed."""

    done: Text
    met_as_intended: Text
    changed: Text


class HoldRetrospective(Command):
    on: Day
    orgs: Present


class ArticulateBenefit(Command):
    """What one's own organisation has of the coalition, and of the relationships in it."""

    benefit: Text
    relationships: Text


class ObjectiveAssessed(Event):
    """An organisation says whether an objective was met, whether as intended, and why."""

    by: OrgId
    objective: ObjectiveId
    met: Met
    as_intended: bool
    why: Sealed[Text]


class EvaluationAnswered(Event):
    """An organisation answered the three questions; a later answer stands beside the earlier."""

    by: OrgId
    done: Sealed[Text]
    met_as_intended: Sealed[Text]
    changed: Sealed[Text]


class RetrospectiveHeld(Event):
    """Organisations looked back together."""

    by: OrgId
    on: date
    orgs: tuple[OrgId, ...]


class BenefitArticulated(Event):
    """An organisation says what it has of the coalition."""

    by: OrgId
    benefit: Sealed[Text]
    relationships: Sealed[Text]


AnswerCommand = AssessObjective | AnswerEvaluation | HoldRetrospective | ArticulateBenefit
AnswerEvent = ObjectiveAssessed | EvaluationAnswered | RetrospectiveHeld | BenefitArticulated


@dataclass(frozen=True)
class Answers:
    """What was said of one campaign, as far as rules ask."""

    assessed: Map[tuple[OrgId, ObjectiveId], tuple[Met, bool]] = field(default_factory=Map)
    held: frozenset[tuple[date, frozenset[OrgId]]] = frozenset()


def decide(command: AnswerCommand, answers: Answers, context: Context) -> list[AnswerEvent]:
    """Return what happens to the evaluation of a campaign.

    Raises:
        Refused: a rule forbids it.
    """
    by, roll = speaker(context), context.fact(Roll)
    match command:
        case AssessObjective():
            return _assess(command, answers, by, context)
        case AnswerEvaluation():
            return [
                EvaluationAnswered(
                    by=by,
                    done=roll.seal(command.done, by),
                    met_as_intended=roll.seal(command.met_as_intended, by),
                    changed=roll.seal(command.changed, by),
                )
            ]
        case HoldRetrospective():
            return _hold(command, answers, by, context)
        case ArticulateBenefit():
            return [
                BenefitArticulated(
                    by=by,
                    benefit=roll.seal(command.benefit, by),
                    relationships=roll.seal(command.relationships, by),
                )
            ]
        case _:
            assert_never(command)


def evolve(answers: Answers, event: AnswerEvent) -> Answers:
    """Return the answers after `event`. Never refuses: history has already happened."""
    match event:
        case ObjectiveAssessed(by=by, objective=objective, met=met, as_intended=intended):
            return replace(answers, assessed=answers.assessed.set((by, objective), (met, intended)))
        case RetrospectiveHeld(on=on, orgs=orgs):
            return replace(answers, held=answers.held | {(on, frozenset(orgs))})
        case EvaluationAnswered() | BenefitArticulated():
            return answers
        case _:
            assert_never(event)


def _assess(
    command: AssessObjective, answers: Answers, by: OrgId, context: Context
) -> list[AnswerEvent]:
    said = command.met, command.as_intended
    if answers.assessed.get((by, command.objective)) == said:
        return []
    if command.objective not in context.fact(References).objectives:
        raise Refused("unknown_objective", "No such objective was set in this coalition.")
    return [
        ObjectiveAssessed(
            by=by,
            objective=command.objective,
            met=command.met,
            as_intended=command.as_intended,
            why=context.fact(Roll).seal(command.why, by),
        )
    ]


def _hold(
    command: HoldRetrospective, answers: Answers, by: OrgId, context: Context
) -> list[AnswerEvent]:
    orgs = tuple(sorted(set(command.orgs)))
    if (command.on, frozenset(orgs)) in answers.held:
        return []
    context.fact(Roll).check(orgs)
    if command.on > context.at.date():
        raise Refused("not_yet", "That day is yet to come: say so once it was held.")
    return [RetrospectiveHeld(by=by, on=command.on, orgs=orgs)]
