"""A next step: an owned, dated action.

Volunteering is owning and accepting at once. Being assigned is neither: an organisation owns a
step from the moment it accepts it, and a reassigned step is accepted anew.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal, assert_never

from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import (
    DecisionId,
    Decisions,
    FrontLineId,
    MeetingId,
    OrgId,
    PersonId,
)
from shared.decider import Decider, Refused
from shared.event import Command, Context, Day, Event, Personal, Sealed, Text, Value

Commitment = Literal["observer", "voice_only", "homework"]
Owners = Annotated[tuple[PersonId, ...], Field(max_length=20)]
Hours = Annotated[int, Field(ge=1, le=10_000)]


@dataclass(frozen=True)
class Commitments:
    """What the organisations that joined and have not left committed themselves to."""

    of: dict[OrgId, Commitment]


@dataclass(frozen=True)
class Meetings:
    """The meetings scheduled so far."""

    known: Container[MeetingId]


@dataclass(frozen=True)
class Owed:
    """The decision at the front line that a report is owed on, and its last day."""

    decision: DecisionId | None
    due: date


class ProposeStep(Command):
    what: Text
    meeting: MeetingId | None = None
    decision: DecisionId | None = None
    hours: Hours | None = None


class VolunteerForStep(Command):
    owners: Owners = ()
    due: Day | None = None


class AssignStep(Command):
    owner: OrgId
    owners: Owners = ()
    due: Day | None = None


class ReassignStep(Command):
    owner: OrgId
    owners: Owners = ()
    due: Day | None = None


class AcceptStep(Command):
    pass


class StartStep(Command):
    pass


class DeclineStep(Command):
    reason: Text


class BlockStep(Command):
    reason: Text


class DropStep(Command):
    reason: Text


class MoveDueDate(Command):
    due: Day
    reason: Text


class CompleteStep(Command):
    note: Text | None = None


class ReportBack(Command):
    """What a decision at the front line brings about for its organisation (D22)."""

    frontline: FrontLineId


class Owner(Value):
    """A person who sees to a step, sealed apart from the others: one may be erased."""

    person: Personal[PersonId] = Sealed()


class NextStepProposed(Event):
    """Somebody says what should be done next; nobody owns it yet."""

    by: OrgId
    what: Sealed[Text]
    meeting: MeetingId | None = None
    decision: DecisionId | None = None
    hours: int | None = None


class NextStepVolunteered(Event):
    """An organisation takes a next step on itself, with people and a day."""

    by: OrgId
    owners: tuple[Owner, ...]
    due: date


class NextStepAssigned(Event):
    """An organisation is asked to own a next step; it is not accepted yet."""

    owner: OrgId
    owners: tuple[Owner, ...]
    due: date


class NextStepReassigned(Event):
    """Another organisation is asked to own a next step."""

    owner: OrgId
    owners: tuple[Owner, ...]
    due: date


class NextStepAccepted(Event):
    """The organisation that was asked owns the next step now."""


class NextStepStarted(Event):
    """The owner has begun."""


class NextStepDeclined(Event):
    """The organisation that was asked does not take the next step, and why."""

    reason: Sealed[Text]


class NextStepBlocked(Event):
    """The owner cannot go on, and why."""

    reason: Sealed[Text]


class NextStepDropped(Event):
    """The next step will not be done, and why."""

    reason: Sealed[Text]


class NextStepDueDateMoved(Event):
    """The next step is due on another day, and why."""

    due: date
    reason: Sealed[Text]


class NextStepCompleted(Event):
    """The owner has done the next step."""

    note: Sealed[Text] = Sealed()


Hand = AssignStep | ReassignStep
StepCommand = (
    ProposeStep
    | VolunteerForStep
    | Hand
    | AcceptStep
    | StartStep
    | DeclineStep
    | BlockStep
    | DropStep
    | MoveDueDate
    | CompleteStep
    | ReportBack
)
StepEvent = (
    NextStepProposed
    | NextStepVolunteered
    | NextStepAssigned
    | NextStepReassigned
    | NextStepAccepted
    | NextStepStarted
    | NextStepDeclined
    | NextStepBlocked
    | NextStepDropped
    | NextStepDueDateMoved
    | NextStepCompleted
)

Stage = Literal[
    "proposed", "assigned", "accepted", "started", "blocked", "declined", "dropped", "completed"
]
OVER = frozenset({"dropped", "completed"})
OWNED = frozenset({"accepted", "started", "blocked"})
REPORT_BACK = Text(lang="en", text="Report back on what was decided at the front line.")


@dataclass(frozen=True)
class Step:
    """`owner` is the organisation asked; whether it owns the step, `stage` says."""

    proposer: OrgId
    meeting: MeetingId | None
    decision: DecisionId | None
    hours: int | None
    stage: Stage = "proposed"
    owner: OrgId | None = None
    due: date | None = None


def decide(command: StepCommand, step: Step | None, context: Context) -> list[StepEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, ProposeStep):
        return _propose(command, step, context)
    if isinstance(command, ReportBack):
        return _owe(step, context)
    if step is None:
        raise Refused("unknown_step", "There is no such step: propose it first.")
    match command:
        case VolunteerForStep():
            return _volunteer(command, step, context)
        case AssignStep() | ReassignStep():
            return _hand(command, step, context)
        case AcceptStep():
            return _accept(step, context)
        case StartStep():
            return _start(step, context)
        case DeclineStep():
            return _decline(command, step, context)
        case BlockStep():
            return _block(command, step, context)
        case DropStep():
            return _drop(command, step, context)
        case MoveDueDate():
            return _move(command, step, context)
        case CompleteStep():
            return _complete(command, step, context)
        case _:
            assert_never(command)


def evolve(step: Step | None, event: StepEvent) -> Step:
    """Return the step after `event`. Never refuses: history has already happened."""
    if isinstance(event, NextStepProposed):
        return Step(event.by, event.meeting, event.decision, event.hours)
    assert step is not None
    match event:
        case NextStepVolunteered(by=owner, due=due):
            return replace(step, stage="accepted", owner=owner, due=due)
        case NextStepAssigned(owner=owner, due=due) | NextStepReassigned(owner=owner, due=due):
            return replace(step, stage="assigned", owner=owner, due=due)
        case NextStepDeclined():
            return replace(step, stage="declined", owner=None)
        case NextStepDueDateMoved(due=due):
            return replace(step, due=due)
        case NextStepAccepted():
            return replace(step, stage="accepted")
        case NextStepStarted():
            return replace(step, stage="started")
        case NextStepBlocked():
            return replace(step, stage="blocked")
        case NextStepDropped():
            return replace(step, stage="dropped")
        case NextStepCompleted():
            return replace(step, stage="completed")
        case _:
            assert_never(event)


def _propose(command: ProposeStep, step: Step | None, context: Context) -> list[StepEvent]:
    by = organisation(context)
    if step is not None:
        asked = by, command.meeting, command.decision, command.hours
        if asked == (step.proposer, step.meeting, step.decision, step.hours):
            return []
        raise Refused("already_proposed", "Another step has that id: use a new one.")
    if command.meeting is not None and command.meeting not in context.fact(Meetings).known:
        raise Refused("unknown_meeting", "There is no such meeting in this coalition.")
    if command.decision is not None and command.decision not in context.fact(Decisions).known:
        raise Refused("unknown_decision", "There is no such decision in this coalition.")
    proposed = NextStepProposed(
        by=by,
        what=Sealed(command.what),
        meeting=command.meeting,
        decision=command.decision,
        hours=command.hours,
    )
    return [proposed]


def _owe(step: Step | None, context: Context) -> list[StepEvent]:
    """Give the organisation that decided a step it has accepted, seen to by who decided."""
    owed = context.fact(Owed)
    if step is not None or owed.decision is None:
        return []
    by = organisation(context)
    _may_own(by, context)
    owners = () if context.actor is None else (context.actor,)
    people = tuple(Owner(person=Sealed(PersonId(one), about=one)) for one in owners)
    return [
        NextStepProposed(by=by, what=Sealed(REPORT_BACK), decision=owed.decision),
        NextStepVolunteered(by=by, owners=people, due=owed.due),
    ]


def _volunteer(command: VolunteerForStep | Hand, step: Step, context: Context) -> list[StepEvent]:
    by = organisation(context)
    if step.owner == by and step.stage in OWNED and step.due == command.due:
        return []
    if step.stage not in {"proposed", "declined"} and not isinstance(command, ReassignStep):
        raise _wrong_stage(step)
    if step.stage in OVER:
        raise _wrong_stage(step)
    _may_own(by, context)
    owners, due = _owned(command, context)
    return [NextStepVolunteered(by=by, owners=owners, due=due)]


def _hand(command: Hand, step: Step, context: Context) -> list[StepEvent]:
    if command.owner == context.by:
        return _volunteer(command, step, context)
    if step.owner == command.owner and step.stage not in OVER and step.due == command.due:
        return []
    _may_own(command.owner, context)
    owners, due = _owned(command, context)
    if isinstance(command, AssignStep):
        if step.stage not in {"proposed", "declined"}:
            raise _wrong_stage(step)
        return [NextStepAssigned(owner=command.owner, owners=owners, due=due)]
    if step.stage in OVER or step.stage == "proposed":
        raise _wrong_stage(step)
    return [NextStepReassigned(owner=command.owner, owners=owners, due=due)]


def _owned(command: VolunteerForStep | Hand, context: Context) -> tuple[tuple[Owner, ...], date]:
    if not command.owners and not context.imported:
        raise Refused("unowned", "Name at least one person who sees to it.")
    if command.due is None:
        raise Refused("no_due_date", "Say by when.")
    people = dict.fromkeys(command.owners)
    return tuple(Owner(person=Sealed(one, about=one)) for one in people), command.due


def _may_own(org: OrgId, context: Context) -> None:
    commitment = context.fact(Commitments).of.get(org)
    if commitment is None:
        raise Refused("unknown_organisation", "That organisation is not a member.")
    if commitment == "observer":
        raise Refused("voice_only", "Observers own no step.")


def _accept(step: Step, context: Context) -> list[StepEvent]:
    by = _asked(step, context)
    if step.stage in OWNED:
        return []
    if step.stage != "assigned":
        raise _wrong_stage(step)
    _may_own(by, context)
    return [NextStepAccepted()]


def _decline(command: DeclineStep, step: Step, context: Context) -> list[StepEvent]:
    _asked(step, context)
    if step.stage != "assigned":
        raise _wrong_stage(step)
    return [NextStepDeclined(reason=Sealed(command.reason))]


def _start(step: Step, context: Context) -> list[StepEvent]:
    if step.stage == "started" and step.owner == context.by:
        return []
    _owner_only(step, context)
    return [NextStepStarted()]


def _block(command: BlockStep, step: Step, context: Context) -> list[StepEvent]:
    _owner_only(step, context)
    if step.stage == "blocked":
        return []
    return [NextStepBlocked(reason=Sealed(command.reason))]


def _drop(command: DropStep, step: Step, context: Context) -> list[StepEvent]:
    if organisation(context) != step.proposer:
        _asked(step, context)
    if step.stage == "dropped":
        return []
    if step.stage == "completed":
        raise _wrong_stage(step)
    if organisation(context) != step.proposer:
        _owner_only(step, context)
    return [NextStepDropped(reason=Sealed(command.reason))]


def _move(command: MoveDueDate, step: Step, context: Context) -> list[StepEvent]:
    _owner_only(step, context)
    if step.due == command.due:
        return []
    return [NextStepDueDateMoved(due=command.due, reason=Sealed(command.reason))]


def _complete(command: CompleteStep, step: Step, context: Context) -> list[StepEvent]:
    if step.stage == "completed" and step.owner == context.by:
        return []
    _owner_only(step, context)
    return [NextStepCompleted(note=Sealed(command.note))]


def _asked(step: Step, context: Context) -> OrgId:
    by = organisation(context)
    if step.owner != by:
        raise Refused("not_the_owner", "Only the organisation it was given to can do that.")
    return by


def _owner_only(step: Step, context: Context) -> None:
    _asked(step, context)
    if step.stage in OVER:
        raise _wrong_stage(step)
    if step.stage not in OWNED:
        raise Refused("not_accepted", "Being assigned is not accepting: accept the step first.")


def _wrong_stage(step: Step) -> Refused:
    return Refused("wrong_stage", f"The step is {step.stage}: that is not possible now.")


decider: Decider[StepCommand, Step | None, StepEvent] = Decider(
    "next_step", StepEvent, None, decide, evolve
)
