"""R11, stage timeline: the stages that people declared and why, and what data say beside them.

A stage lasts until the next one is entered, or the coalition adjourns. The months carry decisions,
objections, next steps and trust, so that everybody can judge whether the stage fits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain import relationship_health
from services.transparency.domain.numbers import six
from services.transparency.domain.open_next_steps import Step, due_in
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.relationship_health import Known
from services.transparency.domain.report import cell, figure
from services.transparency.domain.said import Names, Said
from services.transparency.domain.window import Window, day_of, days_of, months, quarter_of
from shared.event import timestamp

STAGES = ("forming", "storming", "norming", "performing", "adjourning")


class StageEvent(NamedTuple):
    """A stage was entered, or the coalition adjourned: then there is no stage."""

    cited: Cited
    at: datetime
    by: UUID | None
    stage: str | None
    reason: Said


class Decided(NamedTuple):
    """A decision, and what became of each objection to it."""

    cited: Cited
    at: datetime
    dispositions: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """`left` is `None` while it goes on."""

    stage: str
    entered: datetime
    by: UUID | None
    reason: Said
    events: tuple[Cited, ...]
    left: datetime | None = None

    def days(self, now: datetime) -> int:
        """Return how many whole days it lasted, up to now where it goes on."""
        return ((self.left or now) - self.entered).days

    def touches(self, days: Window) -> bool:
        return day_of(self.entered) <= days.ends and (
            self.left is None or day_of(self.left) >= days.begins
        )


def stages(events: Iterable[StageEvent]) -> list[Stage]:
    """Return the stages in the order in which they were entered; going back is a stage anew."""
    found: list[Stage] = []
    for event in sorted(events, key=lambda event: (event.at, event.cited.position)):
        if found and found[-1].left is None:
            ended = replace(found[-1], left=event.at, events=(*found[-1].events, event.cited))
            found[-1] = ended
        if event.stage is not None:
            entered = Stage(event.stage, event.at, event.by, event.reason, (event.cited,))
            found.append(entered)
    return found


def rows(
    known: Known,
    entered: Sequence[Stage],
    decided: Sequence[Decided],
    names: Names,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the stages that touch the window, then its months.

    Args:
        now: The newest moment included: a stage that goes on lasts until then.
    """
    written = [_stage(stage, names, now) for stage in entered if stage.touches(known.window)]
    return written + [_month(month, known, decided) for month in months(known.window)]


def summary(
    entered: Sequence[Stage], decided: Sequence[Decided], known: Known, now: datetime
) -> list[dict[str, Any]]:
    """Return the days in each stage, all its times together, and the figures of the window."""
    figures = []
    for stage in STAGES:
        times = [each for each in entered if each.stage == stage]
        if times:
            events = sorted({event for each in times for event in each.events})
            days = sum(each.days(now) for each in times)
            figures.append(figure("days_in_stage", days, events, "days", stage=stage))
    figures.append(
        figure("stages_entered", len(entered), sorted({each.events[0] for each in entered}))
    )
    within = _in(decided, known.window)
    measured = {
        "decisions": cell(len(within), [each.cited for each in within]),
        **_objections(within),
        "on_time_steps": _on_time(known.steps, known.window),
    }
    return figures + [{"figure": name, **said} for name, said in measured.items()]


def _stage(stage: Stage, names: Names, now: datetime) -> dict[str, Any]:
    return {
        "part": "stage",
        "stage": stage.stage,
        "entered_at": timestamp(stage.entered),
        "left_at": timestamp(stage.left) if stage.left else None,
        "days": stage.days(now),
        "declared_by": names.of(stage.by),
        "reason": stage.reason,
        **cite(stage.events),
    }


def _month(month: str, known: Known, decided: Sequence[Decided]) -> dict[str, Any]:
    """Return the line of a month, as far as it is in the window; trust is of its quarter."""
    days = days_of(month).within(known.window)
    within = _in(decided, days)
    quarter = quarter_of(days.begins)
    return {
        "part": "month",
        "month": month,
        "from": days.begins.isoformat(),
        "to": days.ends.isoformat(),
        "decisions": cell(len(within), [each.cited for each in within]),
        **_objections(within),
        "on_time_steps": _on_time(known.steps, days),
        "trust": relationship_health.trust(known, quarter) | {"quarter": quarter},
    }


def _in(decided: Iterable[Decided], days: Window) -> list[Decided]:
    return [each for each in decided if days.holds(each.at)]


def _objections(decided: Sequence[Decided]) -> dict[str, dict[str, Any]]:
    """Return how many decisions met an objection, and how many objections were addressed."""
    met = [each for each in decided if each.dispositions]
    told = [disposition for each in met for disposition in each.dispositions]
    addressed = sum(disposition != "stands" for disposition in told)
    return {
        "objection_rate": cell(
            six(len(met), len(decided)),
            [each.cited for each in decided],
            "nothing was decided",
        ),
        "share_addressed": cell(
            six(addressed, len(told)), [each.cited for each in met], "nobody objected"
        ),
    }


def _on_time(steps: Iterable[Step], days: Window) -> dict[str, Any]:
    done, due = due_in(steps, days)
    events = [event for step in due for event in step.events]
    return cell(six(len(done), len(due)), events, "nothing was due")
