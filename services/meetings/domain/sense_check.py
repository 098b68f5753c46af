"""A sense check: an anonymous question whether organisations are comfortable with a proposal.

It never binds. Answers lie in the ballot box, never here: only how many there were of each leaves
it, once, and only if enough organisations answered that none can be told from the others. It is
part of the proposal's stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from immutables import Map
from pydantic import AwareDatetime

from services.meetings.domain.acting import organisation
from services.meetings.domain.electorate import Electorate
from services.meetings.domain.ids import CheckId
from services.meetings.domain.rule import DISSENT
from services.meetings.domain.tally import Counts
from shared.decider import Refused
from shared.event import Command, Context, Event, Moment, Whole

OPEN_AT_ONCE = 20  # of one proposal, ever


class Answer(StrEnum):
    COMFORTABLE = "comfortable"
    UNSURE = "unsure"
    CONCERNED = "concerned"


@dataclass(frozen=True)
class Moderator:
    """Whether the caller chairs the body, or facilitates a meeting that has this on its agenda."""

    may: bool


@dataclass(frozen=True)
class Answered:
    """Whether the acting organisation has answered already, and under what name that is known."""

    already: bool
    who: bytes = b""


@dataclass(frozen=True)
class Answers:
    """What lies in the box, and from how many answers on it may be said."""

    counts: Mapping[Answer, int]
    min_group: int

    @property
    def enough(self) -> bool:
        return sum(self.counts.values()) >= self.min_group


class OpenSenseCheck(Command):
    check: CheckId
    closes_at: Moment


class AnswerSenseCheck(Command):
    check: CheckId
    answer: Answer


class TakeSenseCheck(Command):
    check: CheckId


class SenseCheckOpened(Event):
    """Organisations are asked, anonymously, how comfortable they are with a proposal."""

    check: CheckId
    closes_at: AwareDatetime


class SenseCheckTaken(Event):
    """How many organisations were comfortable, unsure and concerned; who said what is nowhere."""

    check: CheckId
    comfortable: Whole
    unsure: Whole
    concerned: Whole


@dataclass(frozen=True)
class SenseCheck:
    """`counts` are those that were taken; `None` while it is open, or where too few answered."""

    closes_at: datetime
    counts: Mapping[Answer, int] | None = None


SenseCheckCommand = OpenSenseCheck | AnswerSenseCheck | TakeSenseCheck
SenseCheckEvent = SenseCheckOpened | SenseCheckTaken
SenseChecks = Map[CheckId, SenseCheck]


def decide(
    command: SenseCheckCommand, checks: SenseChecks, context: Context
) -> list[SenseCheckEvent]:
    """Return what follows; an answer leaves no event.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case OpenSenseCheck():
            return _open(command, checks, context)
        case AnswerSenseCheck():
            return _answer(_known(command.check, checks), context)
        case TakeSenseCheck():
            return _take(command.check, _known(command.check, checks), context)


def after(checks: SenseChecks, event: SenseCheckEvent) -> SenseChecks:
    """Return the sense checks after `event`."""
    match event:
        case SenseCheckOpened():
            return checks.set(event.check, SenseCheck(event.closes_at))
        case SenseCheckTaken():
            taken = {answer: getattr(event, answer) for answer in Answer}
            return checks.set(event.check, replace(checks[event.check], counts=taken))


def gap(check: SenseCheck, counted: Counts | None) -> tuple[int, int] | None:
    """Return by how much more were concerned in secret than disagreed or objected by name (F79).

    Args:
        counted: What the voting came to; `None` while it is not closed.

    Returns:
        Numerator and denominator; negative where more disagreed by name. `None` where either is
        not known.
    """
    if check.counts is None or counted is None:
        return None
    answers, cast = sum(check.counts.values()), sum(counted.values())
    if not answers or not cast:
        return None
    dissent = sum(counted[option] for option in DISSENT)
    return check.counts[Answer.CONCERNED] * cast - dissent * answers, answers * cast


def _open(command: OpenSenseCheck, checks: SenseChecks, context: Context) -> list[SenseCheckEvent]:
    _moderator(context)
    if known := checks.get(command.check):
        if known.closes_at == command.closes_at:
            return []
        raise Refused("already_opened", "Another sense check has that id: use a new one.")
    if command.closes_at <= context.at:
        raise Refused("too_soon", "A sense check closes after it opens: name a later time.")
    if len(checks) >= OPEN_AT_ONCE:
        raise Refused("too_many", f"A proposal has {OPEN_AT_ONCE} sense checks at most.")
    return [SenseCheckOpened(check=command.check, closes_at=command.closes_at)]


def _answer(check: SenseCheck, context: Context) -> list[SenseCheckEvent]:
    by = organisation(context)
    if check.counts is not None or context.at >= check.closes_at:
        raise Refused("not_open", "This sense check is over.")
    classes = context.fact(Electorate).classes
    if context.authority == "observer" or not any(by in each.class_ for each in classes):
        detail = "A sense check asks the organisations that may decide in this body."
        raise Refused("not_accredited", detail)
    if context.fact(Answered).already:
        raise Refused(
            "one_vote", "Your organisation has answered: nobody can tell which was yours."
        )
    return []


def _take(id_: CheckId, check: SenseCheck, context: Context) -> list[SenseCheckEvent]:
    if not context.system:
        _moderator(context)
    if check.counts is not None:
        return []
    if context.system and context.at < check.closes_at:
        raise Refused("too_soon", "A sense check runs until its closing time, or is taken before.")
    answers = context.fact(Answers)
    if not answers.enough:
        if context.system:
            return []
        detail = f"Fewer than {answers.min_group} organisations answered: nothing can be said."
        raise Refused("sense_check_only", detail)
    counts = {str(answer): answers.counts.get(answer, 0) for answer in Answer}
    return [SenseCheckTaken(check=id_, **counts)]


def _known(check: CheckId, checks: SenseChecks) -> SenseCheck:
    known = checks.get(check)
    if known is None:
        raise Refused("unknown_check", "There is no such sense check of this proposal.")
    return known


def _moderator(context: Context) -> None:
    if not context.fact(Moderator).may:
        detail = "A sense check is for the body's chair, or who facilitates the meeting about it."
        raise Refused("not_the_facilitator", detail)
