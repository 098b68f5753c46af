"""Next steps: who owns what, what is overdue, and the owner's accepting and finishing."""

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import Attempt, act, attempt
from services.web.answers import SILENT, Answer, Head, Named, Said, items
from services.web.page import Visit, Visiting, page
from services.web.passing import pass_on
from services.web.peers import of

ACTS = {"accept": "acceptances", "complete": "completions"}
ROWS = "100"

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


def _owner(step: Step) -> str:
    return step.owner_words


async def open_steps(visiting: Visit, coalition: str, organisation: Named) -> Sequence[Step]:
    """Return the open steps an organisation owns, as the report has them."""
    path = of(coalition, "reports", "open-next-steps.json")
    found = await visiting.ask.get(
        "transparency", path, organisation=str(organisation.id), limit=ROWS
    )
    return [Step.model_validate(raw) for raw in items(found)]


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
    found = OpenSteps.model_validate(raw)
    return page(
        "steps.html",
        chrome,
        status=200 if tried is None else tried.status,
        found=found,
        mine={org.id for org in chrome.me.spokesperson},
        tried=tried,
        reached=at_least if caught_up else None,
        behind=None if caught_up else at_least,
        first=not asked.get("cursor"),
    )


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


@router.post("/c/{coalition}/steps/{step_id:uuid}/{what}")
async def act_on_step(
    coalition: str, step_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Accept a step for the organisation that owns it, or say that it is done."""
    form = await attempt(visiting, request)
    path = of(coalition, "steps", step_id, ACTS.get(what, what))
    note = form.said("note")
    body: dict[str, Any] = {"note": note} if note and what == "complete" else {}
    recorded = await act(visiting, form, "meetings", path, body)
    if recorded is None:
        return await _show(visiting, coalition, {}, form, None)
    here = request.url.path.rpartition("/steps/")[0]
    return RedirectResponse(f"{here}/steps?at_least={recorded}#step-{step_id}", status_code=303)
