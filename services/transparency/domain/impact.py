"""R9, impact: what came of the work, as each organisation sees it, and what it rests on.

Organisations answer and assess side by side: nobody is outvoted, and none is set right by another.
Every record of a metric is a line; one that was corrected stays and says so. What is counted comes
to a whole, what is measured never does (K13). A story is told only while the person it is of agrees
(K14): that is asked anew each time, so one that was told in an earlier report is gone from it too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names, Said
from shared.event import timestamp

MET = ("met", "partly", "not")
STORY = "story"
"""What a person agrees to whose story is told."""
UNNAMED = (True, "", UUID(int=0))


class Happening(NamedTuple):
    """Something that came of the work, or was said of it.

    Args:
        key: Of the campaign, demand, metric, story or win.
        words: The fields that are words, by name.
        plain: The others.
    """

    cited: Cited
    key: UUID
    type: str
    at: datetime
    by: UUID | None
    words: Mapping[str, Said]
    plain: Mapping[str, Any]


@dataclass(frozen=True)
class Consent:
    """What a person agreed to; `until` is the last day of it."""

    purpose: str
    until: date | None = None

    def holds(self, purpose: str, today: date) -> bool:
        return self.purpose == purpose and (self.until is None or today <= self.until)


@dataclass
class Objective:
    """What a campaign set out to reach; `said` is each organisation's last assessment of it."""

    set: Happening | None
    campaign: UUID
    said: dict[UUID | None, Happening] = field(default_factory=dict)


@dataclass
class Metric:
    """What is counted or measured; of each record, the one that corrected it."""

    defined: Happening
    records: list[Happening] = field(default_factory=list)
    corrected: dict[str, Happening] = field(default_factory=dict)

    @property
    def series(self) -> list[Happening]:
        """The records by day."""
        return sorted(self.records, key=lambda one: (one.plain["on"], one.cited.position))

    @property
    def counting(self) -> list[Happening]:
        """Those that were not corrected, by day."""
        return [one for one in self.series if one.cited.ref not in self.corrected]


@dataclass
class Demand:
    """What was asked of an office; `escalations` are by time."""

    presented: Happening
    escalations: list[Happening] = field(default_factory=list)
    answered: Happening | None = None

    @property
    def due(self) -> date:
        asked = self.escalations[-1] if self.escalations else self.presented
        return date.fromisoformat(asked.plain["due"])

    def state(self, now: datetime) -> str:
        """Return how it was answered, or else whether the day has passed."""
        if self.answered is not None:
            return str(self.answered.plain["result"])
        return "no_answer" if self.due < now.date() else "waiting"

    @property
    def events(self) -> list[Cited]:
        answered = [self.answered.cited] if self.answered else []
        return [self.presented.cited, *(one.cited for one in self.escalations), *answered]


@dataclass
class Impact:
    """What came of the work, each in the order in which it came first."""

    objectives: dict[UUID, Objective] = field(default_factory=dict)
    answers: dict[tuple[UUID, UUID | None], Happening] = field(default_factory=dict)
    lessons: dict[UUID, Happening] = field(default_factory=dict)
    metrics: dict[UUID, Metric] = field(default_factory=dict)
    stories: list[Happening] = field(default_factory=list)
    outcomes: dict[UUID, Happening] = field(default_factory=dict)
    celebrations: list[Happening] = field(default_factory=list)
    demands: dict[UUID, Demand] = field(default_factory=dict)
    actions: list[Happening] = field(default_factory=list)


def gather(events: Iterable[Happening]) -> Impact:
    """Return what came of it: of answers and assessments, what each organisation said last.

    Args:
        events: In order, those of meetings before those of credit.
    """
    found = Impact()
    for event in events:
        if event.cited.service == "meetings":
            _done(found, event)
        else:
            _said(found, event)
    return found


def _done(found: Impact, event: Happening) -> None:
    key = event.key
    match event.type:
        case "ObjectiveSet":
            found.objectives[UUID(event.plain["objective"])] = Objective(event, key)
        case "DemandPresented":
            found.demands[key] = Demand(event)
        case "DemandEscalated" if key in found.demands:
            found.demands[key].escalations.append(event)
        case "DemandAnswered" if key in found.demands:
            found.demands[key].answered = event
        case "ActionHeld":
            found.actions.append(event)


def _said(found: Impact, event: Happening) -> None:
    key, plain = event.key, event.plain
    match event.type:
        case "ObjectiveAssessed":
            objective = UUID(plain["objective"])
            found.objectives.setdefault(objective, Objective(None, key)).said[event.by] = event
        case "EvaluationAnswered":
            found.answers[key, event.by] = event
        case "LessonRecorded":
            found.lessons[UUID(plain["lesson"])] = event
        case "ImpactMetricDefined":
            found.metrics[key] = Metric(event)
        case "ImpactMetricRecorded" if key in found.metrics:
            metric = found.metrics[key]
            metric.records.append(event)
            if corrects := plain.get("corrects"):
                metric.corrected[corrects] = event
        case "StoryRecorded":
            found.stories.append(event)
        case "WinDeclared" | "LossAcknowledged":
            found.outcomes[key] = event
        case "WinCelebrated":
            found.celebrations.append(event)


@dataclass(frozen=True)
class Given:
    """What the rules of the report need beside what happened.

    Args:
        now: When the newest event was recorded.
        today: The day on which the report is made: no story is told whose consent has run out.
        consents: Those that were not withdrawn, of persons who were not erased.
    """

    now: datetime
    today: date
    consents: Mapping[UUID, Consent]

    def agreed(self, story: Happening) -> bool:
        """Whether the person whose story it is agrees to its being told (K14)."""
        consent = self.consents.get(UUID(story.plain["consent"]))
        return consent is not None and consent.holds(STORY, self.today)


def rows(found: Impact, given: Given, names: Names) -> list[dict[str, Any]]:
    """Return the lines: by campaign what it reached, said and learned; then the coalition's own."""
    told = [story for story in found.stories if given.agreed(story)]
    return [
        *(
            objective_row(key, found.objectives[key], names)
            for key in sorted(found.objectives, key=lambda key: _campaign(found.objectives[key]))
        ),
        *(_answers(one, names) for one in _by_organisation(found.answers.values(), names)),
        *(_lesson(one, names) for one in found.lessons.values()),
        *(
            _record(metric, one, names)
            for metric in found.metrics.values()
            for one in metric.series
        ),
        *(_story(one, found.metrics, names) for one in told),
        *(_outcome(one, found.celebrations, names) for one in found.outcomes.values()),
        *(_demand(one, given.now, names) for one in found.demands.values()),
        *(_action(one, names) for one in found.actions),
    ]


def _campaign(objective: Objective) -> tuple[bytes, datetime]:
    first = objective.set or next(iter(objective.said.values()))
    return objective.campaign.bytes, first.at


def _by_organisation(answers: Collection[Happening], names: Names) -> list[Happening]:
    """Return answers by campaign, and of one campaign by the name of who gave them (K6)."""
    return sorted(answers, key=lambda one: (one.key.bytes, _place(one.by, names)))


def _place(org: UUID | None, names: Names) -> tuple[bool, str, UUID]:
    return UNNAMED if org is None else names.place(org)


def objective_row(key: UUID, objective: Objective, names: Names) -> dict[str, Any]:
    """Return an objective with what each organisation says of it, by name (K6)."""
    said = sorted(objective.said.values(), key=lambda one: _place(one.by, names))
    set_ = objective.set
    return {
        "part": "objective",
        "id": str(key),
        "campaign": names.of(objective.campaign),
        "at": timestamp(set_.at) if set_ else None,
        "text": set_.words.get("text") if set_ else None,
        "due": set_.plain.get("due") if set_ else None,
        "assessments": [
            {
                "organisation": names.of(one.by),
                "met": one.plain["met"],
                "as_intended": one.plain["as_intended"],
                "why": one.words.get("why"),
            }
            for one in said
        ],
        **cite([*([set_.cited] if set_ else []), *(one.cited for one in said)]),
    }


def _answers(said: Happening, names: Names) -> dict[str, Any]:
    return {
        "part": "answer",
        "campaign": names.of(said.key),
        "organisation": names.of(said.by),
        "at": timestamp(said.at),
        **{name: said.words.get(name) for name in ("done", "met_as_intended", "changed")},
        **cite([said.cited]),
    }


def _lesson(learned: Happening, names: Names) -> dict[str, Any]:
    return {
        "part": "lesson",
        "id": learned.plain["lesson"],
        "campaign": names.of(learned.key),
        "organisation": names.of(learned.by),
        "at": timestamp(learned.at),
        "kind": learned.plain["kind"],
        "what": learned.words.get("what"),
        "why": learned.words.get("why"),
        **cite([learned.cited]),
    }


def _record(metric: Metric, record: Happening, names: Names) -> dict[str, Any]:
    defined, correction = metric.defined, metric.corrected.get(record.cited.ref)
    events = [defined.cited, record.cited, *([correction.cited] if correction else [])]
    return {
        "part": "metric",
        "metric": _called(defined),
        "kind": defined.plain["kind"],
        "unit": defined.plain["unit"],
        "source": defined.words.get("source"),
        "organisation": names.of(record.by),
        "at": timestamp(record.at),
        "on": record.plain["on"],
        "value": record.plain["value"],
        "corrects": record.plain.get("corrects"),
        "corrected_by": correction.cited.ref if correction else None,
        **cite(events),
    }


def _called(metric: Happening) -> dict[str, Any]:
    return {"id": str(metric.key), "name": metric.words.get("name")}


def _story(told: Happening, metrics: Mapping[UUID, Metric], names: Names) -> dict[str, Any]:
    about = [metrics[key] for each in told.plain["metrics"] if (key := UUID(each)) in metrics]
    return {
        "part": "story",
        "id": str(told.key),
        "organisation": names.of(told.by),
        "at": timestamp(told.at),
        "text": told.words.get("text"),
        "metrics": [_called(metric.defined) for metric in about],
        **cite([told.cited]),
    }


def _outcome(outcome: Happening, celebrations: Iterable[Happening], names: Names) -> dict[str, Any]:
    parties = [one for one in celebrations if one.key == outcome.key]
    return {
        "part": "outcome",
        "id": str(outcome.key),
        "kind": "win" if outcome.type == "WinDeclared" else "loss",
        "title": outcome.words.get("title"),
        "size": outcome.plain.get("size"),
        "organisation": names.of(outcome.by),
        "at": timestamp(outcome.at),
        "celebrated": sorted(one.plain["on"] for one in parties),
        **cite([outcome.cited, *(one.cited for one in parties)]),
    }


def _demand(demand: Demand, now: datetime, names: Names) -> dict[str, Any]:
    asked, answered = demand.presented, demand.answered
    campaign = asked.plain.get("campaign")
    return {
        "part": "demand",
        "id": str(asked.key),
        "campaign": names.of(UUID(campaign)) if campaign else None,
        "organisation": names.of(asked.by),
        "at": timestamp(asked.at),
        "office": asked.words.get("office"),
        "text": asked.words.get("text"),
        "due": demand.due.isoformat(),
        "state": demand.state(now),
        "escalated_to": [one.words.get("to") for one in demand.escalations],
        "answer": answered.words.get("text") if answered else None,
        **cite(demand.events),
    }


def _action(held: Happening, names: Names) -> dict[str, Any]:
    orgs = names.ordered(UUID(org) for org in held.plain["orgs"])
    return {
        "part": "action",
        "campaign": names.of(held.key),
        "at": timestamp(held.at),
        "on": held.plain["on"],
        "kind": held.plain["kind"],
        "organisations": [names.of(org) for org in orgs],
        "participants": held.plain["participants"],
        **cite([held.cited]),
    }


def summary(found: Impact, given: Given) -> list[dict[str, Any]]:
    """Return how much of what came; of a metric its whole, or what was measured last."""
    said = [one for objective in found.objectives.values() for one in objective.said.values()]
    unsaid = [one for one in found.objectives.values() if not one.said]
    lessons, outcomes = found.lessons.values(), found.outcomes.values()
    agreed = [story for story in found.stories if given.agreed(story)]
    return [
        *(
            _count(f"assessed_{met}", [one for one in said if one.plain["met"] == met])
            for met in MET
        ),
        _count("as_intended", [one for one in said if one.plain["as_intended"]]),
        _count("not_assessed", [one.set for one in unsaid if one.set]),
        _count("answers", [*found.answers.values()]),
        *(_of_metric(metric) for metric in found.metrics.values()),
        _count("stories", agreed),
        {
            "figure": "stories_without_consent",
            "value": len(found.stories) - len(agreed),
            "refs": [],
        },
        *(
            _count(f"went_{kind}", [one for one in lessons if one.plain["kind"] == kind])
            for kind in ("right", "wrong")
        ),
        _count("wins", [one for one in outcomes if one.type == "WinDeclared"]),
        _count("losses", [one for one in outcomes if one.type == "LossAcknowledged"]),
        _count("celebrations", found.celebrations),
        _since_celebration(found, given.now),
        *(_demands(found, given.now, state) for state in ("answered", "no_answer", "waiting")),
        figure(
            "demands_escalated",
            len(up := [one for one in found.demands.values() if one.escalations]),
            [cited for one in up for cited in one.events],
        ),
        _count("actions", found.actions),
    ]


def _count(name: str, found: Sequence[Happening]) -> dict[str, Any]:
    return figure(name, len(found), [one.cited for one in found])


def _of_metric(metric: Metric) -> dict[str, Any]:
    defined, counting = metric.defined, metric.counting
    unit, named = defined.plain["unit"], _called(defined)
    events = [defined.cited]
    if not counting:
        return figure("metric", None, events, unit, metric=named, reason="nothing was recorded")
    if defined.plain["kind"] == "gauge":
        events.append(counting[-1].cited)
        return figure("measured_last", counting[-1].plain["value"], events, unit, metric=named)
    whole = sum(one.plain["value"] for one in counting)
    events += [one.cited for one in counting]
    return figure("counted", whole, events, unit, metric=named)


def _since_celebration(found: Impact, now: datetime) -> dict[str, Any]:
    held = [
        (date.fromisoformat(one.plain["on"]), one.cited)
        for one in found.celebrations
        if date.fromisoformat(one.plain["on"]) <= now.date()
    ]
    if not held:
        return figure("days_since_celebration", None, [], reason="nothing was celebrated yet")
    last, cited = max(held)
    return figure("days_since_celebration", (now.date() - last).days, [cited], "days")


def _demands(found: Impact, now: datetime, state: str) -> dict[str, Any]:
    of_state = [
        one
        for one in found.demands.values()
        if ("answered" if one.answered else one.state(now)) == state
    ]
    events = [cited for one in of_state for cited in one.events]
    return figure(f"demands_{state}", len(of_state), events)
