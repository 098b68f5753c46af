"""The evaluation of a campaign: so far, what was learned. Its id is that of the campaign."""

from immutables import Map

from services.credit.domain import lesson
from shared.decider import Decider
from shared.event import Context

EvaluationCommand = lesson.LessonCommand
EvaluationEvent = lesson.LessonEvent
Evaluation = lesson.Lessons


def decide(
    command: EvaluationCommand, evaluation: Evaluation, context: Context
) -> list[EvaluationEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    return lesson.decide(command, evaluation, context)


def evolve(evaluation: Evaluation, event: EvaluationEvent) -> Evaluation:
    """Return the evaluation after `event`. Never refuses: history has already happened."""
    return lesson.evolve(evaluation, event)


decider: Decider[EvaluationCommand, Evaluation, EvaluationEvent] = Decider(
    "evaluation", EvaluationEvent, Map(), decide, evolve
)
