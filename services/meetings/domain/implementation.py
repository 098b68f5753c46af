"""How a decision fares once it is made: when it is reviewed, what went wrong, what replaced it.

A review has a day: the rule's, or one that the chair sets. Any member reports an issue with
putting the decision into practice; an issue alone is reason enough to reopen it (D20). A later
decision that was proposed in its place ends it. It is part of the proposal's stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, assert_never

from immutables import Map

from services.meetings.domain.acting import organisation
from services.meetings.domain.consultation import Constituencies
from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ConstituencyId, DecisionId, OrgId, ProposalId
from services.meetings.domain.rule import Rule
from services.meetings.domain.signing import Issued, in_force
from shared.decider import Refused
from shared.event import Command, Context, Day, Event, Sealed, Text

Effect = Literal["replaced", "reversed"]


class ScheduleReview(Command):
    decision: DecisionId
    on: Day


class ReportImplementationIssue(Command):
    decision: DecisionId
    constituency: ConstituencyId | None = None
    what: Text


class SupersedeDecision(Command):
    """What the decision on `successor` brings about for the one that it was proposed instead of."""

    decision: DecisionId
    successor: ProposalId
    effect: Effect


class DecisionReviewScheduled(Event):
    """The decision is looked at again on a day: as its rule says, or as the chair does."""

    decision: DecisionId
    on: date


class ImplementationIssueReported(Event):
    """Something goes wrong in putting the decision into practice, perhaps for a constituency."""

    by: OrgId
    decision: DecisionId
    constituency: ConstituencyId | None = None
    what: Sealed[Text]


class DecisionSuperseded(Event):
    """A later decision, proposed in place of this one, replaced or reversed it."""

    decision: DecisionId
    successor: DecisionId
    effect: Effect


Implement = ScheduleReview | ReportImplementationIssue | SupersedeDecision
Implemented = DecisionReviewScheduled | ImplementationIssueReported | DecisionSuperseded


@dataclass(frozen=True)
class Cause:
    """The decision that the event named as cause reports an issue with, if it reports one."""

    issue_with: DecisionId | None = None


@dataclass(frozen=True)
class Successor:
    """The adopted decision on the proposal that was to replace this one, if there is one."""

    decision: DecisionId | None = None


@dataclass(frozen=True)
class Implementation:
    """When each decision is reviewed next, and which decision came in its place."""

    reviews: Mapping[DecisionId, date] = field(default_factory=Map)
    successors: Mapping[DecisionId, DecisionId] = field(default_factory=Map)


def implement(
    command: Implement, known: Implementation, decided: Issued | None, context: Context
) -> Implemented | None:
    """Return what is recorded; `None` where it was said already, or nothing follows.

    Args:
        decided: The decision in force; `None` while there is none, or once it was reopened.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case ScheduleReview():
            return _schedule(command, known, decided, context)
        case ReportImplementationIssue():
            return _report(command, decided, context)
        case SupersedeDecision():
            return _supersede(command, known, context)
        case _:
            assert_never(command)


def reviewed_by_rule(
    decided: Issued, terms: Rule, context: Context
) -> DecisionReviewScheduled | None:
    """Return the review that the rule asks for; none of what is rejected, or was made long ago."""
    if terms.review_after_days is None or decided.outcome != "adopted" or context.imported:
        return None
    day = context.at.date() + timedelta(days=terms.review_after_days)
    return DecisionReviewScheduled(decision=decided.id, on=day)


def implemented_after(known: Implementation, event: Implemented) -> Implementation:
    """Return how the decisions fare after `event`."""
    match event:
        case DecisionReviewScheduled():
            return replace(known, reviews=Map(known.reviews).set(event.decision, event.on))
        case DecisionSuperseded():
            successors = Map(known.successors).set(event.decision, event.successor)
            return replace(known, successors=successors)
        case ImplementationIssueReported():
            return known
        case _:
            assert_never(event)


def _schedule(
    command: ScheduleReview, known: Implementation, decided: Issued | None, context: Context
) -> DecisionReviewScheduled | None:
    in_force(command.decision, decided)
    if known.reviews.get(command.decision) == command.on:
        return None
    if command.on < context.at.date():
        raise Refused("in_the_past", "Review it on a day that is still to come.")
    return DecisionReviewScheduled(decision=command.decision, on=command.on)


def _report(
    command: ReportImplementationIssue, decided: Issued | None, context: Context
) -> ImplementationIssueReported:
    by = organisation(context)
    if by not in context.fact(Roll).joined:
        raise Refused("not_a_member", "Only members of the coalition do that.")
    in_force(command.decision, decided)
    constituency = command.constituency
    if constituency is not None and constituency not in context.fact(Constituencies).known:
        detail = "There is no such constituency: identify it first, or leave it out."
        raise Refused("unknown_constituency", detail)
    return ImplementationIssueReported(
        by=by, decision=command.decision, constituency=constituency, what=Sealed(command.what)
    )


def _supersede(
    command: SupersedeDecision, known: Implementation, context: Context
) -> DecisionSuperseded | None:
    successor = context.fact(Successor).decision
    if successor is None or known.successors.get(command.decision) == successor:
        return None
    return DecisionSuperseded(decision=command.decision, successor=successor, effect=command.effect)
