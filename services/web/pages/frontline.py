"""The front line: values held against what members accept, who consents, and what was decided."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import Attempt, attempt
from services.web.answers import SILENT, Answer, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, send
from services.web.page import NOT_OURS, Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import PeerRefused, of

FORMS = among(
    Form(
        "consent", "Consent, though it crosses your bottom line", "Consent",
        "front-lines/{on}/consents", (Ask("reason", "Why"),),
        "You agree to just these values. When one of them changes, you are asked again.",
        "front-lines", "meetings",
    ),
    Form(
        "decide", "Decide on these values", "Decide", "front-lines/{on}/decisions",
        (Ask("text", "What you decide", missing="Say what you decide."),),
        "Your organisation then owes the others a report. Whoever has not consented by then makes"
        " it a decision outside the mandate.",
        "front-lines", "meetings",
    ),
    Form(
        "review", "Say what becomes of it", "Record", "front-lines/{on}/reviews",
        (
            Ask("result", "The coalition", "choice", missing="Say what the coalition does.",
                options=tuple(words.FRONT_REVIEWS.items())),
            Ask("text", "In words", missing="Say it in words, for whoever decided."),
        ),
        "What was decided and by which verdict stays as it is recorded.",
        "front-lines", "meetings",
    ),
)  # fmt: skip
CHECKS = frozenset({"check", "check-again"})

router = APIRouter()


class Term(Answer):
    """Something negotiable: one of some choices, or a number."""

    term: UUID
    name: Said = SILENT
    choices: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    unit: str | None = None

    @property
    def field(self) -> str:
        """The name of its field in a check."""
        return f"terms.{self.term}"

    @property
    def label(self) -> str:
        """What it is called, as far as the reader may know."""
        return self.name.text or f"A term ({str(self.term)[:8]})"

    def ask(self) -> Ask:
        """Return what a check asks about it; it can be left out."""
        if self.choices:
            options = tuple((each, words.plain(each)) for each in self.choices)
            return Ask(self.field, self.label, "choice", options=options)
        return Ask(self.field, self.label, "whole", self._hint())

    def _hint(self) -> str:
        least = "" if self.min is None else f" from {self.min:,}"
        most = "" if self.max is None else f" to {self.max:,}"
        unit = f", {words.plain(self.unit).lower()}" if self.unit else ""
        return f"A whole number{least}{most}{unit}."


class Consent(Answer):
    """An organisation agreed to values that cross its bottom line."""

    by: Named
    reason: Said = SILENT
    at: datetime
    ref: str


class ReportBack(Answer):
    """The step by which its organisation reports back."""

    step: UUID
    due: date | None = None
    done: bool = False
    overdue: bool = False


class Made(Answer):
    """What was decided, by the verdict of its instant."""

    verdict: str
    outside_mandate: bool = False
    text: Said = SILENT
    at: datetime
    report_back: ReportBack | None = None
    ref: str


class Review(Answer):
    """What became of it."""

    result: str
    text: Said = SILENT
    by: Named | None = None
    at: datetime
    ref: str


class FrontLine(Answer):
    """The values as checked last, whom they cross, and what came of it."""

    front_line: UUID
    organisation: Named
    checked_at: datetime
    checks: int = 1
    terms: Mapping[UUID, str | int] = {}
    verdict: str
    crosses: tuple[Named, ...] = ()
    unknown: tuple[UUID, ...] = ()
    consents: tuple[Consent, ...] = ()
    waits_for: tuple[Named, ...] = ()
    decision: Made | None = None
    reviews: tuple[Review, ...] = ()
    ref: str

    @property
    def given(self) -> Mapping[str, str]:
        """What stands in the fields of a check of other values before anybody enters some."""
        return {f"terms.{term}": str(value) for term, value in self.terms.items()}

    def asks(self, organisation: UUID) -> bool:
        """Whether it waits for this organisation."""
        return self.decision is None and any(org.id == organisation for org in self.waits_for)

    def goes_on(self, organisation: UUID) -> bool:
        """Whether this organisation may check other values, and decide."""
        return self.decision is None and self.organisation.id == organisation


def checking(terms: Sequence[Term]) -> Mapping[str, Form]:
    """Return the forms that ask for a value of each of these terms."""
    asks = tuple(term.ask() for term in terms)
    return among(
        Form(
            "check", "Check values before you agree to them", "Check", "front-lines", asks,
            "Leave out what is not on the table. All members see what you check, and who is asked.",
            "front-lines", "meetings",
        ),
        Form(
            "check-again", "Check other values", "Check", "front-lines/{on}/checks", asks,
            "Who consented is asked again when a value changes.", "front-lines", "meetings",
        ),
    )  # fmt: skip


async def _terms(visiting: Visit, coalition: str) -> Sequence[Term]:
    """Return the terms by name; none for whom members shows nothing."""
    try:
        raw = await visiting.ask.get("members", of(coalition, "terms"))
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return ()
        raise
    terms = [Term.model_validate(one) for one in items(raw)]
    return sorted(terms, key=lambda term: (term.label.casefold(), term.term))


async def settled_as(visiting: Visit, coalition: str, decision: UUID) -> str | None:
    """Return where a decision of the front line is shown; `None` where there is none like that."""
    path = of(coalition, "front-lines")
    try:
        raw = await visiting.ask.get("meetings", path, decision=str(decision))
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return None
        raise
    shown = [FrontLine.model_validate(one).front_line for one in items(raw)]
    return f"/c/{coalition}/frontline#front-{shown[0]}" if shown else None


async def _show(
    visiting: Visit, coalition: str, terms: Sequence[Term], looked: Looked = LOOKED
) -> Response:
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "meetings", of(coalition, "front-lines")),
    )
    return answer(
        "frontline.html", chrome, looked, caught_up=caught_up, forms={**FORMS, **checking(terms)},
        found=[FrontLine.model_validate(one) for one in items(raw)], terms=terms,
        called={term.term: term for term in terms},
    )  # fmt: skip


@router.get("/c/{coalition}/frontline")
async def show_front_lines(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show what was checked and decided at the front line, the newest first."""
    terms = await _terms(visiting, coalition)
    return await _show(visiting, coalition, terms, Looked(at_least=at_least))


@router.get("/c/{coalition}/frontline.json")
async def front_lines_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "front-lines")
    return await pass_on(visiting.ask, "meetings", path, request.query_params)


@router.post("/c/{coalition}/frontline/{what}")
async def act_at_the_front_line(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Check values, consent to them, decide on them, or say what becomes of a decision."""
    terms = await _terms(visiting, coalition)
    form = found({**FORMS, **checking(terms)}, what)
    tried = await attempt(visiting, request)
    if what in CHECKS:
        _needs_values(form, tried)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, terms, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)


def _needs_values(form: Form, tried: Attempt) -> None:
    if form.asks and not any(tried.get(ask.name) for ask in form.asks):
        tried.miss(form.asks[0].name, "Enter a value for one term at least.")
