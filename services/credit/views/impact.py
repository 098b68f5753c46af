"""What came of it: metrics over time, what organisations say of a campaign, benefits, stories."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.credit.domain.metric import Kind, total
from services.credit.domain.story import PURPOSE
from services.credit.views.facts import Consents
from services.credit.views.queries import Words
from services.credit.views.said import Entry
from shared.hot import Connection


class RecordRow(BaseModel):
    """A record of a metric; one that was corrected does not count, and stays listed."""

    value: int
    on: date
    corrects: str | None
    corrected_by: str | None = None
    by: UUID | None
    at: datetime
    ref: str


class MetricRow(BaseModel):
    """A metric and its records, by day; `newest` is the value that counts last.

    `whole` is what a counter's records that count come to; a gauge has none (K13).
    """

    metric: UUID
    name: Words | None
    unit: str
    kind: Kind
    source: Words | None
    newest: int | None = None
    whole: int | None = None
    series: list[RecordRow] = []
    by: UUID | None
    at: datetime
    ref: str


class AssessmentRow(BaseModel):
    """What an organisation says of an objective; `before` are its earlier words."""

    objective: UUID
    met: Literal["met", "partly", "not"]
    as_intended: bool
    why: Words | None
    by: UUID | None
    at: datetime
    ref: str
    before: list["AssessmentRow"] = []


class AnswersRow(BaseModel):
    """An organisation's answers to the three questions; `before` are its earlier ones."""

    done: Words | None
    met_as_intended: Words | None
    changed: Words | None
    by: UUID | None
    at: datetime
    ref: str
    before: list["AnswersRow"] = []


class RetrospectiveRow(BaseModel):
    on: date
    orgs: list[UUID]
    by: UUID | None
    at: datetime
    ref: str


class EvaluationRow(BaseModel):
    """What is said of a campaign, side by side: nobody is outvoted."""

    campaign: UUID
    assessments: list[AssessmentRow] = []
    answers: list[AnswersRow] = []
    retrospectives: list[RetrospectiveRow] = []


class BenefitRow(BaseModel):
    organisation: UUID | None
    benefit: Words | None
    relationships: Words | None
    at: datetime
    ref: str


class Benefits(BaseModel):
    """What members have of the coalition; `missing`, in stage `adjourning`: who has not said."""

    stage: str | None
    items: list[BenefitRow]
    missing: list[UUID]


class StoryRow(BaseModel):
    story: UUID
    text: Words | None
    metrics: list[UUID]
    by: UUID | None
    at: datetime
    ref: str


def metrics(entries: Iterable[Entry]) -> list[MetricRow]:
    """Return the metrics, those defined last first."""
    found: dict[UUID, MetricRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "ImpactMetricDefined":
            found[entry.key] = MetricRow(
                metric=entry.key,
                name=data.get("name"),
                unit=data["unit"],
                kind=data["kind"],
                source=data.get("source"),
                **entry.told,
            )
        elif (known := found.get(entry.key)) is not None:
            record = RecordRow(
                value=data["value"], on=data["on"], corrects=data.get("corrects"), **entry.told
            )
            for earlier in known.series:
                if earlier.ref == record.corrects:
                    earlier.corrected_by = record.ref
            known.series.append(record)
    for row in found.values():
        row.series.sort(key=lambda one: (one.on, int(one.ref.partition("/")[2])))
        counting = [one.value for one in row.series if one.corrected_by is None]
        row.newest = counting[-1] if counting else None
        row.whole = total(row.kind, counting) if row.kind == "counter" else None
    return [*reversed(found.values())]


def evaluation(entries: Iterable[Entry], campaign: UUID) -> EvaluationRow:
    """Return what is said of a campaign: assessments by objective, answers by time."""
    assessed: dict[tuple[UUID | None, str], AssessmentRow] = {}
    answered: dict[UUID | None, AnswersRow] = {}
    found = EvaluationRow(campaign=campaign)
    for entry in entries:
        if entry.key != campaign:
            continue
        if entry.type == "ObjectiveAssessed":
            assessment = AssessmentRow(**_only(AssessmentRow, entry))
            _put(assessed, (entry.by, entry.data["objective"]), assessment)
        elif entry.type == "EvaluationAnswered":
            _put(answered, entry.by, AnswersRow(**_only(AnswersRow, entry)))
        elif entry.type == "RetrospectiveHeld":
            found.retrospectives.append(RetrospectiveRow(**_only(RetrospectiveRow, entry)))
    found.assessments = sorted(assessed.values(), key=lambda row: (str(row.objective), row.ref))
    found.answers = [*answered.values()]
    return found


def _put(known: dict[Any, Any], key: Any, row: Any) -> None:
    """Let a row stand for an earlier one of the same, which is kept behind it."""
    earlier = known.pop(key, None)
    if earlier is not None:
        row.before = [*earlier.before, earlier.model_copy(update={"before": []})]
    known[key] = row


def _only(kind: type[BaseModel], entry: Entry) -> dict[str, Any]:
    return {
        name: entry.data.get(name) for name in kind.model_fields if name != "before"
    } | entry.told


def benefits(entries: Iterable[Entry]) -> list[BenefitRow]:
    """Return what each organisation said last, the newest first."""
    found: dict[UUID | None, BenefitRow] = {}
    for entry in entries:
        if entry.type == "BenefitArticulated":
            found.pop(entry.by, None)
            found[entry.by] = BenefitRow(
                organisation=entry.by,
                benefit=entry.data.get("benefit"),
                relationships=entry.data.get("relationships"),
                at=entry.at,
                ref=entry.ref,
            )
    return [*reversed(found.values())]


def stories(entries: Iterable[Entry], consents: Consents, today: date) -> list[StoryRow]:
    """Return the stories whose consent holds today, the newest first (K14)."""
    return [
        StoryRow(
            story=entry.key,
            text=entry.data.get("text"),
            metrics=entry.data["metrics"],
            **entry.told,
        )
        for entry in reversed([*entries])
        if (given := consents.get(UUID(entry.data["consent"]))) is not None  # type: ignore[call-overload]  # a ConsentId is a UUID
        and given.holds(PURPOSE, today)
    ]


async def standing(db: Connection, coalition: UUID) -> tuple[str | None, Collection[UUID]]:
    """Return the stage that the coalition is in, and who is a member now."""
    stage = await db.fetchval("select stage from heard.stage where coalition_id = $1", coalition)
    rows = await db.fetch(
        "select organisation from heard.organisation"
        " where coalition_id = $1 and standing <> 'left' order by organisation",
        coalition,
    )
    return stage, [row["organisation"] for row in rows]
