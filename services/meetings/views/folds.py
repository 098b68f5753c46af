"""What the journal of a coalition adds up to, over many streams; held hot."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from immutables import Map

from services.meetings.domain import frontline, next_step, rule
from services.meetings.domain.agenda import AgendaItemProposed, AgendaPublished
from services.meetings.domain.attendance import AttendanceRecorded
from services.meetings.domain.campaign import ObjectiveSet
from services.meetings.domain.ids import (
    AttendanceId,
    BodyId,
    DecisionId,
    ItemId,
    MeetingId,
    ObjectiveId,
    OrgId,
    PersonId,
    ProposalId,
    RuleId,
    SeriesId,
    StepId,
)
from services.meetings.domain.meeting import (
    MeetingCancelled,
    MeetingClosed,
    MeetingOpened,
    MeetingRescheduled,
    MeetingScheduled,
)
from services.meetings.domain.minutes import MinutesDrafted
from services.meetings.domain.parking import DiscussionParked, DiscussionResumed
from services.meetings.domain.proposal import DecisionMade
from services.meetings.domain.rule import InForce, Rule
from shared.event import Event
from shared.hot import Fold

Rules = Map[RuleId, InForce]
Attending = Map[MeetingId, Map[AttendanceId, PersonId]]


def in_force(rules: Rules, body: BodyId) -> dict[RuleId, Rule]:
    """Return the rules in force in a body."""
    return {
        id_: each.terms for id_, each in rules.items() if each.body == body and not each.retired
    }


def _ruled(rules: Rules, key: str, event: Event) -> Rules:
    id_ = RuleId(UUID(key))
    after = rule.evolve(rules.get(id_), cast("rule.RuleEvent", event))
    assert after is not None
    return rules.set(id_, after)


RULES: Fold[Rules] = Fold(
    "rules", (rule.DecisionRuleAdopted, rule.DecisionRuleRetired), Map(), _ruled
)


@dataclass(frozen=True)
class Made:
    """The decisions made, and the streams of those that a meeting made."""

    decisions: Map[DecisionId, str] = field(default_factory=Map)
    in_meetings: Map[MeetingId, frozenset[str]] = field(default_factory=Map)


def _decided(made: Made, key: str, event: Event) -> Made:
    assert isinstance(event, DecisionMade)
    known = replace(made, decisions=made.decisions.set(event.decision, key))
    if event.meeting is None:
        return known
    streams = made.in_meetings.get(event.meeting, frozenset()) | {f"proposal-{key}"}
    return replace(known, in_meetings=made.in_meetings.set(event.meeting, streams))


DECISIONS: Fold[Made] = Fold("decisions", (DecisionMade,), Made(), _decided)


@dataclass(frozen=True)
class Hanging:
    """The steps that hang on a meeting, as they stand."""

    steps: Map[StepId, next_step.Step] = field(default_factory=Map)
    of: Map[MeetingId, frozenset[StepId]] = field(default_factory=Map)


def _stepped(hanging: Hanging, key: str, event: Event) -> Hanging:
    id_ = StepId(UUID(key))
    if isinstance(event, next_step.NextStepProposed):
        if event.meeting is None:
            return hanging
        ids = hanging.of.get(event.meeting, frozenset()) | {id_}
        hanging = replace(hanging, of=hanging.of.set(event.meeting, ids))
    elif id_ not in hanging.steps:
        return hanging
    step = next_step.evolve(hanging.steps.get(id_), cast("next_step.StepEvent", event))
    return replace(hanging, steps=hanging.steps.set(id_, step))


STEPS: Fold[Hanging] = Fold("steps", tuple(next_step.decider.types.values()), Hanging(), _stepped)


def _attended(attending: Attending, key: str, event: Event) -> Attending:
    meeting = MeetingId(UUID(key))
    if isinstance(event, MeetingClosed):
        return attending.delete(meeting) if meeting in attending else attending
    assert isinstance(event, AttendanceRecorded)
    if event.person.value is None:
        return attending
    people = attending.get(meeting, Map()).set(event.attendance, event.person.value)
    return attending.set(meeting, people)


ATTENDING: Fold[Attending] = Fold(
    "attending", (AttendanceRecorded, MeetingClosed), Map(), _attended
)


@dataclass(frozen=True)
class Recurred:
    """A meeting of a series: when it is or was, whether it was opened, and written down."""

    starts_at: datetime
    opened: bool = False
    drafted: bool = False


@dataclass(frozen=True)
class Serial:
    """The meetings of every series."""

    series: Map[MeetingId, SeriesId] = field(default_factory=Map)
    meetings: Map[SeriesId, Map[MeetingId, Recurred]] = field(default_factory=Map)

    def before(self, series: SeriesId, at: datetime) -> Recurred | None:
        """Return the meeting that was held last before `at`."""
        held = [
            each
            for each in self.meetings.get(series, Map()).values()
            if each.opened and each.starts_at < at
        ]
        return max(held, key=lambda each: each.starts_at, default=None)


def _recurred(serial: Serial, key: str, event: Event) -> Serial:
    meeting = MeetingId(UUID(key))
    if isinstance(event, MeetingScheduled):
        if event.series is None:
            return serial
        serial = replace(serial, series=serial.series.set(meeting, event.series))
    if (series := serial.series.get(meeting)) is None:
        return serial
    known = serial.meetings.get(series, Map())
    match event:
        case MeetingScheduled(starts_at=starts_at):
            after = Recurred(starts_at)
        case MeetingRescheduled(starts_at=starts_at):
            after = replace(known[meeting], starts_at=starts_at)
        case MeetingOpened():
            after = replace(known[meeting], opened=True)
        case _:
            after = replace(known[meeting], drafted=True)
    return replace(serial, meetings=serial.meetings.set(series, known.set(meeting, after)))


SERIES: Fold[Serial] = Fold(
    "series",
    (MeetingScheduled, MeetingRescheduled, MeetingOpened, MinutesDrafted),
    Serial(),
    _recurred,
)


@dataclass(frozen=True)
class Resting:
    """An item that was parked: where, until when, whether it is back, and who took it up.

    Args:
        over: That meeting was closed before the item came back.
    """

    meeting: MeetingId
    until: date
    over: bool = False
    back: bool = False
    taken: MeetingId | None = None


@dataclass(frozen=True)
class Rests:
    """The body of each meeting, and the items that their meetings parked."""

    bodies: Map[MeetingId, BodyId] = field(default_factory=Map)
    items: Map[ItemId, Resting] = field(default_factory=Map)

    def back(self, body: BodyId, here: MeetingId) -> tuple[ItemId, ...]:
        """Return what is back for a body and no other agenda has, by the day and the id."""
        found = (
            (each.until, item)
            for item, each in self.items.items()
            if each.back and each.taken in {None, here} and self.bodies[each.meeting] == body
        )
        return tuple(item for _, item in sorted(found))


def _rested(rests: Rests, key: str, event: Event) -> Rests:
    meeting, items = MeetingId(UUID(key)), rests.items
    match event:
        case MeetingScheduled(body=body):
            return replace(rests, bodies=rests.bodies.set(meeting, body))
        case DiscussionParked(item=item, until=until):
            after = {item: Resting(meeting, until)}
        case DiscussionResumed(item=item) if item in items and items[item].over:
            after = {item: replace(items[item], back=True)}
        case DiscussionResumed(item=item):
            return replace(rests, items=items.delete(item)) if item in items else rests
        case MeetingClosed():
            parked = {item: each for item, each in items.items() if each.meeting == meeting}
            after = {item: replace(each, over=True) for item, each in parked.items()}
        case AgendaPublished(items=listed):
            waiting = {item: items[item] for item in listed if item in items}
            taken = {item: each for item, each in waiting.items() if each.back and not each.taken}
            after = {item: replace(each, taken=meeting) for item, each in taken.items()}
        case _:  # cancelled: the next agenda takes up what this one had
            lost = {item: each for item, each in items.items() if each.taken == meeting}
            after = {item: replace(each, taken=None) for item, each in lost.items()}
    return replace(rests, items=items.update(after))


PARKED: Fold[Rests] = Fold(
    "parked",
    (
        MeetingScheduled,
        DiscussionParked,
        DiscussionResumed,
        MeetingClosed,
        AgendaPublished,
        MeetingCancelled,
    ),
    Rests(),
    _rested,
)


Tabled = Map[ProposalId, frozenset[MeetingId]]


def _tabled(tabled: Tabled, key: str, event: Event) -> Tabled:
    assert isinstance(event, AgendaItemProposed)
    if event.proposal is None:
        return tabled
    meetings = tabled.get(event.proposal, frozenset()) | {MeetingId(UUID(key))}
    return tabled.set(event.proposal, meetings)


TABLED: Fold[Tabled] = Fold("tabled", (AgendaItemProposed,), Map(), _tabled)
"""The meetings that have a proposal on their agenda."""


def _listed(listed: Map[ItemId, MeetingId], key: str, event: Event) -> Map[ItemId, MeetingId]:
    assert isinstance(event, AgendaItemProposed)
    return listed.set(event.item, MeetingId(UUID(key)))


LISTED: Fold[Map[ItemId, MeetingId]] = Fold("listed", (AgendaItemProposed,), Map(), _listed)
"""The meeting that each agenda item was proposed for."""


@dataclass(frozen=True)
class Fronts:
    """What was decided at the front line, and when each organisation checked of late."""

    decisions: frozenset[DecisionId] = frozenset()
    checks: Map[OrgId, tuple[datetime, ...]] = field(default_factory=Map)


def _fronted(fronts: Fronts, _key: str, event: Event) -> Fronts:
    if isinstance(event, frontline.FrontLineDecisionMade):
        return replace(fronts, decisions=fronts.decisions | {event.decision})
    assert isinstance(event, frontline.MandateChecked)
    checks = *fronts.checks.get(event.by, ()), event.at
    since = max(checks) - frontline.WITHIN
    of_late = tuple(at for at in checks if at > since)
    return replace(fronts, checks=fronts.checks.set(event.by, of_late))


FRONTS: Fold[Fronts] = Fold(
    "fronts", (frontline.MandateChecked, frontline.FrontLineDecisionMade), Fronts(), _fronted
)


def _aimed(known: frozenset[ObjectiveId], _key: str, event: Event) -> frozenset[ObjectiveId]:
    assert isinstance(event, ObjectiveSet)
    return known | {event.objective}


OBJECTIVES: Fold[frozenset[ObjectiveId]] = Fold("objectives", (ObjectiveSet,), frozenset(), _aimed)

FOLDS = RULES, DECISIONS, STEPS, ATTENDING, SERIES, PARKED, TABLED, LISTED, FRONTS, OBJECTIVES
