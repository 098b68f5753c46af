"""A flag: an indicator of a report that stood out, and what the coalition made of it.

Whether a flag is up follows from the events and is never recorded. Its answer is: somebody saw it,
or dismissed it, and why. An answer is about one window of time; the next window asks anew.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal
from uuid import UUID, uuid5

from immutables import Map

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import OrgId
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Sealed, Text

Answer = Literal["acknowledged", "dismissed"]


class AnswerFlag(Command):
    """`window_end` is the last day of the window in which the flag was up."""

    indicator: Code
    window_end: Day
    answer: Answer
    reason: Text


class IndicatorFlagAnswered(Event):
    """The coalition saw a flag, or dismissed it, and says why."""

    by: OrgId
    indicator: Code
    window_end: date
    answer: Answer
    reason: Sealed[Text]


@dataclass(frozen=True)
class Flag:
    """`answers` are the newest ones, by the end of their window."""

    answers: Map[date, Answer] = field(default_factory=Map)


def of(coalition: UUID, indicator: str) -> UUID:
    """Return the id of an indicator's flag: one in each coalition."""
    return uuid5(coalition, f"flag {indicator}")


def decide(command: AnswerFlag, flag: Flag, context: Context) -> list[IndicatorFlagAnswered]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by = organisation(context)
    if flag.answers.get(command.window_end) == command.answer:
        return []
    if command.window_end > context.at.date():
        raise Refused("not_over", f"That window ends on {command.window_end}: answer it then.")
    return [
        IndicatorFlagAnswered(
            by=by,
            indicator=command.indicator,
            window_end=command.window_end,
            answer=command.answer,
            reason=Sealed(command.reason),
        )
    ]


def evolve(flag: Flag, event: IndicatorFlagAnswered) -> Flag:
    """Return the flag after `event`. Never refuses: history has already happened."""
    return replace(flag, answers=flag.answers.set(event.window_end, event.answer))


decider: Decider[AnswerFlag, Flag, IndicatorFlagAnswered] = Decider(
    "flag", IndicatorFlagAnswered, Flag(), decide, evolve
)
