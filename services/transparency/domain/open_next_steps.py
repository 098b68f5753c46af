"""R6, open next steps by owner: what is due, what moved, and what nobody owns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.transparency.domain.numbers import six
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names, Said
from services.transparency.domain.window import Window
from shared.event import timestamp

OPEN = frozenset({"proposed", "assigned", "accepted", "started", "blocked"})
LATEST = date.max


@dataclass(frozen=True)
class StepEvent:
    """Something that happened to a next step."""

    cited: Cited
    type: str
    step: UUID
    at: datetime
    by: UUID | None
    owner: UUID | None = None
    due: date | None = None
    what: Said = None
    reason: Said = None
    meeting: UUID | None = None
    decision: UUID | None = None
    hours: int | None = None


@dataclass(frozen=True)
class Step:
    id: UUID
    what: Said
    proposed_at: datetime
    proposed_by: UUID | None
    meeting: UUID | None
    decision: UUID | None
    hours: int | None
    state: str = "proposed"
    owner: UUID | None = None
    due: date | None = None
    first_due: date | None = None
    moved: int = 0
    origin: str | None = None
    given_by: UUID | None = None
    done_at: datetime | None = None
    reason: Said = None
    events: tuple[Cited, ...] = ()

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class ClosedMeeting:
    """A meeting that was closed, with the steps an override let it leave unowned."""

    id: UUID
    cited: Cited
    overridden: frozenset[UUID] = frozenset()
    reason: Said = None


Closed = Mapping[UUID, ClosedMeeting]


@dataclass(frozen=True)
class Pledge:
    """Hours a month that an organisation promises, from its first to its last day.

    A later pledge takes the place of the one before, whatever their days.
    """

    org: UUID
    hours: int
    begins: date
    until: date
    cited: Cited


def fold(events: Iterable[StepEvent]) -> dict[UUID, Step]:
    """Return every step as its events left it."""
    steps: dict[UUID, Step] = {}
    for event in events:
        if event.type == "NextStepProposed":
            steps[event.step] = Step(
                id=event.step,
                what=event.what,
                proposed_at=event.at,
                proposed_by=event.by,
                meeting=event.meeting,
                decision=event.decision,
                hours=event.hours,
                events=(event.cited,),
            )
        elif event.step in steps:
            step = _after(steps[event.step], event)
            steps[event.step] = replace(step, events=(*step.events, event.cited))
    return steps


def _after(step: Step, event: StepEvent) -> Step:
    match event.type:
        case "NextStepVolunteered":
            return _owned(step, event, event.by, "accepted", "volunteered")
        case "NextStepAssigned" | "NextStepReassigned":
            return _owned(step, event, event.owner, "assigned", "assigned")
        case "NextStepAccepted":
            return replace(step, state="accepted")
        case "NextStepStarted":
            return replace(step, state="started", reason=None)
        case "NextStepBlocked":
            return replace(step, state="blocked", reason=event.reason)
        case "NextStepDeclined":
            return replace(step, state="proposed", owner=None, origin=None, given_by=None)
        case "NextStepDueDateMoved":
            return replace(step, due=event.due, moved=step.moved + 1, reason=event.reason)
        case "NextStepDropped":
            return replace(step, state="dropped", done_at=event.at, reason=event.reason)
        case "NextStepCompleted":
            return replace(step, state="completed", done_at=event.at)
        case _:
            return step


def _owned(step: Step, event: StepEvent, owner: UUID | None, state: str, origin: str) -> Step:
    return replace(
        step,
        state=state,
        owner=owner,
        due=event.due,
        first_due=step.first_due or event.due,
        origin=origin,
        given_by=event.by,
    )


Key = tuple[bool, str, str, date, datetime, UUID]


def key(step: Step, names: Names) -> Key:
    """Return what rows are sorted by: owner, what was due first, then age. No owner comes first.

    What is overdue was due first, so it leads, and the order does not depend on today.
    """
    person, owner, key_ = names.place(step.owner) if step.owner else (False, "", "")
    return person, owner, str(key_), step.due or LATEST, step.proposed_at, step.id


def open_steps(steps: Iterable[Step], names: Names) -> list[Step]:
    """Return the open steps in the order of the report."""
    return sorted((step for step in steps if step.open), key=lambda step: key(step, names))


def row(step: Step, names: Names, now: datetime | None) -> dict[str, Any]:
    """Return the line of one step.

    Args:
        now: The newest moment the report includes; ages and what is overdue are as of then.
    """
    return {
        "step": str(step.id),
        "owner": names.of(step.owner),
        "due": step.due.isoformat() if step.due else None,
        "state": step.state,
        "meeting": names.of(step.meeting),
        "decision": names.of(step.decision),
        "what": step.what,
        "proposed_at": timestamp(step.proposed_at),
        "proposed_by": names.of(step.proposed_by),
        "age": int((now - step.proposed_at).total_seconds()) if now else None,
        "overdue": bool(now and step.due and step.due < now.date()),
        "times_moved": step.moved,
        "origin": step.origin,
        "given_by": names.of(step.given_by),
        "hours": step.hours,
        "reason": step.reason,
        **cite(step.events),
    }


def summary(
    steps: Sequence[Step],
    closed: Closed,
    pledges: Iterable[Pledge],
    names: Names,
    now: datetime | None,
) -> list[dict[str, Any]]:
    """Return the totals, then of each owner by name: on-time rate, open hours, hours pledged.

    Args:
        pledges: In the order they were made.
    """
    current = [step for step in steps if step.open]
    volunteered = [step for step in current if step.origin == "volunteered"]
    assigned = [step for step in current if step.origin == "assigned"]
    left = [step for step in current if _left_unowned(step, closed)]
    figures = [
        figure("open", len(current), _events(current)),
        figure("volunteered", len(volunteered), _events(volunteered)),
        figure("assigned", len(assigned), _events(assigned)),
        figure("unowned_after_closed_meeting", len(left), _events(left)),
    ]
    figures += [
        figure("override", len(each.overridden), [each.cited], meeting=names.of(each.id),
               reason=each.reason)
        for each in sorted(closed.values(), key=lambda each: each.cited.position)
        if each.overridden
    ]  # fmt: skip
    owners = names.ordered({step.owner for step in steps if step.owner is not None})
    newest = {pledge.org: pledge for pledge in pledges}
    for owner in owners:
        figures.append(_on_time(owner, steps, names, now))
        hours = [step for step in current if step.owner == owner and step.hours is not None]
        total = sum(step.hours or 0 for step in hours)
        figures.append(figure("open_hours", total, _events(hours), "hours", owner=names.of(owner)))
        figures.append(_pledged(owner, newest.get(owner), names, now))
    return figures


def _pledged(
    owner: UUID, pledge: Pledge | None, names: Names, now: datetime | None
) -> dict[str, Any]:
    """Return the hours a month that an owner's newest pledge promises today."""
    if pledge and now and pledge.begins <= now.date() <= pledge.until:
        value, reason = pledge.hours, {}
    else:
        value, reason = None, {"reason": "nothing is pledged for these days"}
    cited = [pledge.cited] if pledge else []
    return figure("pledged_hours", value, cited, "hours a month", owner=names.of(owner), **reason)


def _left_unowned(step: Step, closed: Closed) -> bool:
    meeting = closed.get(step.meeting) if step.meeting else None
    return step.owner is None and meeting is not None and step.id not in meeting.overridden


def _on_time(
    owner: UUID, steps: Sequence[Step], names: Names, now: datetime | None
) -> dict[str, Any]:
    """Return the steps done by their first due date, over those that were due."""
    due = [
        step
        for step in steps
        if step.owner == owner and step.first_due and now and step.first_due <= now.date()
    ]
    done = [step for step in due if in_time(step)]
    share = six(len(done), len(due))
    reason = {} if due else {"reason": "nothing was due"}
    return figure("on_time_rate", share, _events(due), owner=names.of(owner), **reason)


def due_in(steps: Iterable[Step], days: Window) -> tuple[list[Step], list[Step]]:
    """Return the steps done by their first due date, and all that were due in these days."""
    due = [step for step in steps if step.first_due is not None and step.first_due in days]
    return [step for step in due if in_time(step)], due


def in_time(step: Step) -> bool:
    """Say whether a step was done by its first due date."""
    return (
        step.state == "completed"
        and step.done_at is not None
        and step.first_due is not None
        and step.done_at.date() <= step.first_due
    )


def _events(steps: Iterable[Step]) -> list[Cited]:
    return [cited for step in steps for cited in step.events]
