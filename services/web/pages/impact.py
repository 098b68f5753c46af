"""Impact: what is counted and measured, what organisations say came of it, stories, benefits."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import NOT_OURS, Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import PeerRefused, of

ROWS, CAMPAIGNS = "20", 5
WIDE, HIGH = 600, 120
"""The plot of a chart, without what is written around it."""
BAR = 8
VALUE = (
    Ask("value", "How much", "amount", missing="Say how much."),
    Ask("on", "On which day", "day", missing="Say on which day."),
)
FORMS = among(
    Form(
        "define", "Define a metric", "Define", "metrics",
        (
            Ask("name", "What it is called", "line", missing="Say what it is called."),
            Ask("unit", "What is counted or measured", "code", "In a word or two, such as meals.",
                missing="Say what is counted or measured."),
            Ask("kind", "How", "choice", missing="Say how.", options=tuple(words.METRICS.items())),
            Ask("source", "Where the numbers come from", missing="Say where they come from."),
        ),
        shows="metrics", service="credit",
    ),
    Form("record", "Record a value", "Record", "metrics/{on}/records", VALUE,
         shows="metrics", service="credit"),
    Form(
        "correct", "Correct it", "Correct", "metrics/{on}/records",
        (*VALUE, Ask("corrects", kind="fixed")),
        "What stood there is shown still, and does not count.", "metrics", "credit",
    ),
    Form(
        "answer", "Answer the three questions", "Answer", "evaluations/{on}/answers",
        (
            Ask("done", "What was done?", missing="Say what was done."),
            Ask("met_as_intended", "Was it met, and as intended?", missing="Say whether."),
            Ask("changed", "What has changed?", missing="Say what has changed."),
        ),
        "What you answered before stands behind it.", "evaluations", "credit",
    ),
)  # fmt: skip

router = APIRouter()


class Record(Answer):
    """A value of a metric on a day; one that was corrected does not count."""

    value: int
    on: date
    corrects: str | None = None
    corrected_by: str | None = None
    by: UUID | None = None
    at: datetime
    ref: str


@dataclass(frozen=True)
class Point:
    """Where a value is drawn, and where zero is."""

    x: float
    y: float
    zero: float


class Metric(Answer):
    """What is counted or measured; `whole` is what a counter's records come to (K13)."""

    metric: UUID
    name: Said = SILENT
    unit: str
    kind: str
    source: Said = SILENT
    newest: int | None = None
    whole: int | None = None
    series: tuple[Record, ...] = ()
    by: UUID | None = None
    at: datetime
    ref: str

    @property
    def counting(self) -> list[Record]:
        """The records that count, by day."""
        return [one for one in self.series if one.corrected_by is None]

    @property
    def points(self) -> list[Point]:
        """Return where each of them is drawn: from the left by day, upwards by value."""
        if not (counting := self.counting):
            return []
        first, last = counting[0].on, counting[-1].on
        low, high = (edge(0, *(one.value for one in counting)) for edge in (min, max))
        across, up = (last - first).days or 1, (high - low) or 1
        zero = HIGH + HIGH * low / up
        return [
            Point(
                round(BAR / 2 + (WIDE - BAR) * (one.on - first).days / across, 1),
                round(zero - HIGH * one.value / up, 1),
                round(zero, 1),
            )
            for one in counting
        ]


class Metrics(Answer):
    """A page of metrics, those defined last first."""

    items: tuple[Metric, ...] = ()
    next_cursor: str | None = None


class Answered(Answer):
    """An organisation's answers to the three questions."""

    done: Said = SILENT
    met_as_intended: Said = SILENT
    changed: Said = SILENT
    by: UUID | None = None
    at: datetime
    ref: str
    before: tuple["Answered", ...] = ()


class Assessment(Answer):
    """What an organisation says of an objective."""

    objective: UUID
    met: str
    as_intended: bool
    why: Said = SILENT
    by: UUID | None = None
    at: datetime
    ref: str


class Evaluation(Answer):
    """What organisations say of a campaign, side by side."""

    campaign: UUID
    name: Said = SILENT
    objectives: Mapping[UUID, Said] = {}
    assessments: tuple[Assessment, ...] = ()
    answers: tuple[Answered, ...] = ()


class Benefit(Answer):
    """What an organisation has of the coalition."""

    organisation: UUID | None = None
    benefit: Said = SILENT
    relationships: Said = SILENT
    at: datetime
    ref: str


class Benefits(Answer):
    """Benefits, the newest first; while it adjourns, who has not said."""

    items: tuple[Benefit, ...] = ()
    missing: tuple[UUID, ...] = ()


class Story(Answer):
    """What somebody lived through; it is here only while they consent."""

    story: UUID
    text: Said = SILENT
    metrics: tuple[UUID, ...] = ()
    by: UUID | None = None
    at: datetime
    ref: str


async def _evaluation(visiting: Visit, coalition: str, key: str) -> Evaluation:
    said, campaign = await asyncio.gather(
        visiting.ask.get("credit", of(coalition, "evaluations", key)),
        visiting.ask.get("meetings", of(coalition, "campaigns", key)),
    )
    aims = {one["objective"]: one["text"] or {} for one in campaign["objectives"]}
    return Evaluation.model_validate(said | {"name": campaign["name"], "objectives": aims})


async def _evaluations(visiting: Visit, coalition: str) -> Sequence[Evaluation]:
    """Return what is said of the newest campaigns; nothing for whom meetings shows none."""
    try:
        listed = await visiting.ask.get("meetings", of(coalition, "campaigns"))
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return ()
        raise
    newest = [str(one["campaign"]) for one in items(listed)][:CAMPAIGNS]
    return await asyncio.gather(*(_evaluation(visiting, coalition, key) for key in newest))


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")

    async def ask(what: str) -> Any:
        return await visiting.ask.get("credit", of(coalition, what))

    chrome, (raw, caught_up), evaluations, told, benefits, members = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "credit", of(coalition, "metrics"), limit=ROWS, cursor=cursor
        ),
        _evaluations(visiting, coalition),
        ask("stories"),
        ask("benefits"),
        names(visiting, coalition),
    )
    return answer(
        "impact.html", chrome, looked, caught_up=caught_up, forms=FORMS, first=not cursor,
        found=Metrics.model_validate(raw), evaluations=evaluations, wide=WIDE, high=HIGH, bar=BAR,
        stories=[Story.model_validate(one) for one in items(told)],
        benefits=Benefits.model_validate(benefits), called={one.id: one for one in members},
    )  # fmt: skip


@router.get("/c/{coalition}/impact")
async def show_impact(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show metrics over time, evaluations side by side, stories with consent, and benefits."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/impact.json")
async def impact_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on the metrics."""
    return await pass_on(visiting.ask, "credit", of(coalition, "metrics"), request.query_params)


@router.post("/c/{coalition}/impact/{what}")
async def act_on_impact(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Define a metric, record or correct a value, or answer the three questions."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
