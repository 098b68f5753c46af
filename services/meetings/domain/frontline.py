"""The front line: what one organisation settles in minutes where no meeting can be asked.

It checks the values it is about to agree to against what members accept now. Whom they cross may
consent to just these values; whoever decides without that decides outside its mandate, and the
decision says so (D21). Either way it owes the others a report within hours (D22), and the chair
says what becomes of the decision (docs/decisions/0035).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, Literal, assert_never

from pydantic import AwareDatetime, Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import DecisionId, Itself, OrgId, StepId, TermId
from services.meetings.domain.mandate import Checked, Mandate, Verdict, check
from shared.decider import Decider, Refused
from shared.event import LARGEST, Code, Command, Context, Event, Restricted, Sealed, Text

Number = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Values = dict[TermId, Code | Number]
Result = Literal["endorsed", "corrected", "reversed"]

CHECKS, WITHIN = 30, timedelta(hours=24)
"""How many checks an organisation has in which time: by many small steps one could find out what
a sealed line says."""


@dataclass(frozen=True)
class Ground:
    """What the members accept today for each defined term, as known at a position of theirs."""

    mandate: Mandate
    members_position: int


@dataclass(frozen=True)
class Checks:
    """How many checks the acting organisation made in the last `WITHIN`."""

    made: int


class CheckMandate(Command):
    """All values that are to be agreed, each of a term that is defined."""

    terms: Annotated[Values, Field(min_length=1, max_length=500)]


class ConsentToFrontLine(Command):
    reason: Text | None = None


class DecideFrontLine(Command):
    text: Text


class ReviewFrontLine(Command):
    result: Result
    text: Text


class MandateChecked(Event):
    """Values for terms were held against what members accept: whom they cross is named.

    What nobody has a line for is `unknown`. A sealed line answers like any other, and its values
    are nowhere in here.
    """

    by: OrgId
    at: AwareDatetime
    terms: Restricted[Values]
    verdict: Verdict
    crosses: Restricted[tuple[OrgId, ...]]
    unknown: tuple[TermId, ...]
    members_position: int


class FrontLineConsentGiven(Event):
    """An organisation whose bottom line is crossed agrees to just the values that were checked."""

    by: OrgId
    reason: Sealed[Text] = Sealed()


class FrontLineDecisionMade(Event):
    """An organisation settled something on the spot, within its mandate or outside.

    The verdict is that of the instant: it stands as it was when lines expire or are revised.
    """

    by: OrgId
    decision: DecisionId
    verdict: Verdict
    outside_mandate: bool
    report_back: StepId
    members_position: int
    text: Sealed[Text]


class FrontLineDecisionReviewed(Event):
    """The coalition endorsed, corrected or reversed what was decided at the front line."""

    result: Result
    text: Sealed[Text]


FrontLineCommand = CheckMandate | ConsentToFrontLine | DecideFrontLine | ReviewFrontLine
FrontLineEvent = (
    MandateChecked | FrontLineConsentGiven | FrontLineDecisionMade | FrontLineDecisionReviewed
)


@dataclass(frozen=True)
class Line:
    """What is being settled: the values as they were checked last, and what came of them."""

    by: OrgId
    values: Mapping[TermId, str | int]
    found: Checked
    consents: frozenset[OrgId] = field(default_factory=frozenset)
    decision: DecisionId | None = None
    reviewed: Result | None = None


FrontLine = Line | None  # None: nothing was checked yet


def decide(command: FrontLineCommand, line: FrontLine, context: Context) -> list[FrontLineEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, CheckMandate):
        return _check(command, line, context)
    if line is None:
        raise Refused("unknown_front_line", "Nothing was checked here: check the values first.")
    match command:
        case ConsentToFrontLine():
            return _consent(command, line, context)
        case DecideFrontLine():
            return _decide(command, line, context)
        case ReviewFrontLine():
            return _review(command, line)
        case _:
            assert_never(command)


def evolve(line: FrontLine, event: FrontLineEvent) -> FrontLine:
    """Return where it stands after `event`. Never refuses: history has already happened."""
    if isinstance(event, MandateChecked):
        consents = line.consents if line and line.values == event.terms else frozenset()
        return Line(event.by, event.terms, Checked(event.crosses, event.unknown), consents)
    assert line is not None
    match event:
        case FrontLineConsentGiven(by=org):
            return replace(line, consents=line.consents | {org})
        case FrontLineDecisionMade(decision=decision):
            return replace(line, decision=decision)
        case FrontLineDecisionReviewed(result=result):
            return replace(line, reviewed=result)
        case _:
            assert_never(event)


def decision_of(line: Itself) -> DecisionId:
    """Return the id of the decision that is made where these values were checked."""
    return DecisionId(line.derive("decision"))


def report_of(line: Itself) -> StepId:
    """Return the id of the step by which its organisation reports back."""
    return StepId(line.derive("report_back"))


def _check(command: CheckMandate, line: FrontLine, context: Context) -> list[FrontLineEvent]:
    by = organisation(context)
    if line is not None:
        _own(line, by)
        _open(line)
    values = {term: command.terms[term] for term in sorted(command.terms)}
    ground = context.fact(Ground)
    if not context.imported and values.keys() - ground.mandate.keys():
        raise Refused("unknown_term", "The coalition has not defined one of these terms.")
    found = _found(values, context)
    if line is not None and (line.values, line.found) == (values, found):
        return []
    if not context.imported and context.fact(Checks).made >= CHECKS:
        hours = WITHIN // timedelta(hours=1)
        detail = f"Your organisation made {CHECKS} checks in {hours} hours: ask the others instead."
        raise Refused("too_many_checks", detail)
    return [
        MandateChecked(
            by=by,
            at=context.at,
            terms=values,
            verdict=found.verdict,
            crosses=found.crosses,
            unknown=found.unknown,
            members_position=ground.members_position,
        )
    ]


def _found(values: Mapping[TermId, str | int], context: Context) -> Checked:
    """Return how the values stand now; of history from elsewhere nobody knows how they stood."""
    if context.imported:
        return Checked(unknown=tuple(sorted(values)))
    return check(values, context.fact(Ground).mandate)


def _consent(command: ConsentToFrontLine, line: Line, context: Context) -> list[FrontLineEvent]:
    by = organisation(context)
    if by in line.consents:
        return []
    _open(line)
    if by not in line.found.crosses and not context.imported:
        raise Refused("not_crossed", "These values do not cross your bottom line: nobody asks you.")
    return [FrontLineConsentGiven(by=by, reason=Sealed(command.reason))]


def _decide(command: DecideFrontLine, line: Line, context: Context) -> list[FrontLineEvent]:
    by = organisation(context)
    _own(line, by)
    _open(line)
    found = _found(line.values, context)
    if not line.found.crosses_already(found):
        detail = (
            "Bottom lines changed since you checked, and these values cross one more of them:"
            " check again, so that its organisation can consent."
        )
        raise Refused("crosses_bottom_line", detail)
    itself = context.fact(Itself)
    return [
        FrontLineDecisionMade(
            by=by,
            decision=decision_of(itself),
            verdict=found.verdict,
            outside_mandate=not line.consents.issuperset(found.crosses),
            report_back=report_of(itself),
            members_position=context.fact(Ground).members_position,
            text=Sealed(command.text),
        )
    ]


def _review(command: ReviewFrontLine, line: Line) -> list[FrontLineEvent]:
    if line.decision is None:
        raise Refused("not_decided", "Nothing was decided here yet: there is nothing to review.")
    if line.reviewed == command.result:
        return []
    return [FrontLineDecisionReviewed(result=command.result, text=Sealed(command.text))]


def _own(line: Line, by: OrgId) -> None:
    if line.by != by:
        detail = "Another organisation stands at this front line: check your own values."
        raise Refused("not_the_negotiator", detail)


def _open(line: Line) -> None:
    if line.decision is not None:
        raise Refused("already_decided", "It was decided: what is new is checked by itself.")


decider: Decider[FrontLineCommand, FrontLine, FrontLineEvent] = Decider(
    "frontline", FrontLineEvent, None, decide, evolve
)
