"""Next steps: who owns what, what is overdue, and the owner's accepting and finishing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import Attempt, attempt
from services.web.answers import SILENT, Answer, Head, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import of

ROWS, OFFERED = "100", "200"
GIVING = frozenset({"proposed", "assigned", "accepted", "started", "blocked", "declined"})
REASON = Ask("reason", "The reason", missing="Give the reason.")
DUE = Ask("due", "Until", "day", missing="Say until when.")
TO_WHOM = (
    Ask("owner", "Which organisation", "member", missing="Choose an organisation."),
    Ask("owners", "Who there sees to it", "some", missing="Choose at least one person."),
    DUE,
)
PROPOSING = among(
    Form(
        "propose", "Propose a next step", "Propose", "steps",
        (Ask("what", "What is to be done", missing="Say what is to be done."),
         Ask("hours", "How many hours it may take", "whole")),
        "Whoever takes it on says until when.", service="meetings",
    ),
)  # fmt: skip
FORMS = among(
    Form(
        "volunteer", "Take it on", "Take it on", "steps/{on}/volunteers",
        (Ask("owners", "Who sees to it", "some", missing="Choose at least one person."), DUE),
        service="meetings",
    ),
    Form("assign", "Ask an organisation", "Ask", "steps/{on}/assignments", TO_WHOM,
         "It is theirs once they accept it.", service="meetings"),
    Form("reassign", "Ask another organisation", "Ask", "steps/{on}/reassignments", TO_WHOM,
         "It is theirs once they accept it.", service="meetings"),
    Form("accept", "Accept", "Accept", "steps/{on}/acceptances", service="meetings"),
    Form("decline", "Decline", "Decline", "steps/{on}/declinations", (REASON,),
         service="meetings"),
    Form("start", "Start", "We started", "steps/{on}/starts", service="meetings"),
    Form("block", "It cannot go on", "Say so", "steps/{on}/blocks", (REASON,),
         service="meetings"),
    Form("move", "Move the due date", "Move", "steps/{on}/due-dates", (DUE, REASON),
         service="meetings"),
    Form("complete", "It is done", "Done", "steps/{on}/completions",
         (Ask("note", "What came of it"),), service="meetings"),
    Form("finish", "Done", "Done", "steps/{on}/completions", service="meetings"),
    Form("drop", "Drop it", "Drop", "steps/{on}/drops", (REASON,), service="meetings"),
)  # fmt: skip

router = APIRouter()


class Step(Answer):
    """A next step, wherever it is shown."""

    step: UUID
    what: Said = SILENT
    owner: Named | None = None
    due: date | None = None
    overdue: bool = False
    state: str | None = None
    times_moved: int = 0
    origin: str | None = None
    reason: Said = SILENT
    meeting: Named | None = None
    decision: Named | None = None

    @property
    def owner_words(self) -> str:
        """Who owns it, in words."""
        return str(self.owner) if self.owner else "No owner yet"


class OpenSteps(Answer):
    """R6."""

    head: Head = Head()
    rows: tuple[Step, ...] = ()
    next_cursor: str | None = None

    @property
    def by_owner(self) -> list[tuple[str, list[Step]]]:
        """The steps under their owners, in the report's own order."""
        return [(owner, list(steps)) for owner, steps in groupby(self.rows, _owner)]


class Asked(Step):
    """A next step on its own page."""

    asked: Named | None = None
    moved: int = 0
    hours: int | None = None
    overload: bool = False
    proposed_by: Named | None = None
    ref: str

    def concerns(self, organisation: UUID) -> bool:
        """Tell whether this organisation owns it, or was asked to."""
        return self.asked is not None and self.asked.id == organisation


def _owner(step: Step) -> str:
    return step.owner_words


async def open_steps(visiting: Visit, coalition: str, organisation: Named) -> Sequence[Step]:
    """Return the open steps an organisation owns, as the report has them."""
    path = of(coalition, "reports", "open-next-steps.json")
    raw = await visiting.ask.get(
        "transparency", path, organisation=str(organisation.id), limit=ROWS
    )
    return [Step.model_validate(one) for one in items(raw)]


async def _show(
    visiting: Visit,
    coalition: str,
    asked: dict[str, str | None],
    tried: Attempt | None,
    at_least: str | None,
) -> Response:
    path = of(coalition, "reports", "open-next-steps.json")
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(at_least, "transparency", path, limit=ROWS, **asked),
    )
    listed = OpenSteps.model_validate(raw)
    return answer(
        "steps.html", chrome, Looked(tried, at_least), caught_up=caught_up, found=listed,
        mine={org.id: org for org in chrome.me.spokesperson}, forms=FORMS, proposing=PROPOSING,
        first=not asked.get("cursor"),
    )  # fmt: skip


@router.get("/c/{coalition}/steps")
async def show_steps(
    coalition: str,
    visiting: Visiting,
    organisation: str | None = None,
    cursor: str | None = None,
    at_least: str | None = None,
) -> Response:
    """Show the open next steps by owner, overdue first."""
    asked = {"organisation": organisation, "cursor": cursor}
    return await _show(visiting, coalition, asked, None, at_least)


@router.get("/c/{coalition}/steps.{suffix}")
async def steps_as_data(
    coalition: str, suffix: str, visiting: Visiting, request: Request
) -> Response:
    """Pass on the report."""
    path = of(coalition, "reports", f"open-next-steps.{suffix}")
    return await pass_on(visiting.ask, "transparency", path, request.query_params)


@dataclass(frozen=True)
class Helpers:
    """Whom a step can be given to: organisations, and who speaks for them."""

    members: Sequence[Named] = ()
    people: Sequence[tuple[str, str]] = ()


async def _helpers(visiting: Visit, coalition: str) -> Helpers:
    raw, members = await asyncio.gather(
        visiting.ask.get("members", of(coalition, "roster"), place="table", limit=OFFERED),
        names(visiting, coalition),
    )
    people = {
        str(one["person"]): f"{one['name']['text']}, {row['name']['text']}"
        for row in items(raw)
        for one in row["representatives"]
        if one["person"] and one["name"] and row["name"]
    }
    return Helpers(members, sorted(people.items(), key=itemgetter(1)))


async def _show_one(
    visiting: Visit, coalition: str, step_id: UUID, looked: Looked = LOOKED
) -> Response:
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "meetings", of(coalition, "steps", step_id)),
    )
    step = Asked.model_validate(raw)
    giving = step.state in GIVING and chrome.me.spokesperson
    helpers = await _helpers(visiting, coalition) if giving else Helpers()
    return answer(
        "step.html", chrome, looked, caught_up=caught_up, step=step, forms=FORMS,
        members=helpers.members, people=helpers.people,
        mine=next((org for org in chrome.me.spokesperson if step.concerns(org.id)), None),
        own=[str(chrome.me.person)],
    )  # fmt: skip


@router.get("/c/{coalition}/steps/{step_id:uuid}")
async def show_step(
    coalition: str, step_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show a next step, and what can be done about it."""
    return await _show_one(visiting, coalition, step_id, Looked(at_least=at_least))


@router.get("/c/{coalition}/steps/{step_id:uuid}.json")
async def step_as_json(
    coalition: str, step_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "steps", step_id)
    return await pass_on(visiting.ask, "meetings", path, request.query_params)


@router.post("/c/{coalition}/steps/{what}")
async def propose_step(coalition: str, what: str, visiting: Visiting, request: Request) -> Response:
    """Propose a next step, and go to its page."""
    form = found(PROPOSING, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, {}, tried, None)
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}/{recorded.key}?at_least={recorded}", status_code=303)


@router.post("/c/{coalition}/steps/{step_id:uuid}/{what}")
async def act_on_step(
    coalition: str, step_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Take a step on, give it to somebody, or say how it goes."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    listed = request.query_params.get("from") == "list"
    if recorded is None and listed:
        return await _show(visiting, coalition, {}, tried, None)
    if recorded is None:
        return await _show_one(visiting, coalition, step_id, Looked(tried))
    here, _, _ = request.url.path.rpartition(f"/{step_id}/")
    there = f"{here}?at_least={recorded}#step-{step_id}"
    if not listed:
        there = f"{here}/{step_id}?at_least={recorded}"
    return RedirectResponse(there, status_code=303)
