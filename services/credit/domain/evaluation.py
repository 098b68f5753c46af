"""The evaluation of a campaign: what was learned, and what organisations say of it.

Its id is that of the campaign.
"""

from dataclasses import dataclass, field, replace

from immutables import Map

from services.credit.domain import answer, lesson
from services.credit.domain.answer import AnswerCommand, AnswerEvent, Answers
from services.credit.domain.lesson import LessonCommand, LessonEvent, Lessons
from shared.decider import Decider
from shared.event import Context

EvaluationCommand = LessonCommand | AnswerCommand
EvaluationEvent = LessonEvent | AnswerEvent


@dataclass(frozen=True)
class Evaluation:
    lessons: Lessons = field(default_factory=Map)
    answers: Answers = field(default_factory=Answers)


def decide(
    command: EvaluationCommand, evaluation: Evaluation, context: Context
) -> list[EvaluationEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, LessonCommand):
        return [*lesson.decide(command, evaluation.lessons, context)]
    return [*answer.decide(command, evaluation.answers, context)]


def evolve(evaluation: Evaluation, event: EvaluationEvent) -> Evaluation:
    """Return the evaluation after `event`. Never refuses: history has already happened."""
    if isinstance(event, LessonEvent):
        return replace(evaluation, lessons=lesson.evolve(evaluation.lessons, event))
    return replace(evaluation, answers=answer.evolve(evaluation.answers, event))


decider: Decider[EvaluationCommand, Evaluation, EvaluationEvent] = Decider(
    "evaluation", EvaluationEvent, Evaluation(), decide, evolve
)
