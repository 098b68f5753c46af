"""Contributions: what organisations did, who confirms it, and what nobody recorded yet."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import of

ROWS, OFFERED = "25", "25"
ROLES = tuple(words.CREDIT_ROLES.items())
DEGREES = tuple(words.DEGREES.items())
DEGREE = Ask("degree", "How much of it was its doing", "choice", missing="Say how much.",
             options=DEGREES)  # fmt: skip
WHAT = Ask("what", "What it did", missing="Say what it did.")
FORMS = among(
    Form(
        "record", "Record a contribution", "Record", "contributions",
        (
            Ask("of", "Which organisation", "member", missing="Choose an organisation."),
            Ask("role", "In which role", "choice", missing="Choose a role.",
                # A question needs the speech or concern that it opened: it is suggested below.
                options=tuple(role for role in ROLES if role[0] != "asked_the_question")),
            DEGREE,
            WHAT,
        ),
        "What you record of your own organisation is a claim until another confirms it.",
        "contributions", "credit",
    ),
    Form(
        "record-suggested", "Record it", "Record", "contributions",
        (
            Ask("of", kind="fixed"), Ask("role", kind="fixed"), Ask("about", kind="alone"),
            DEGREE, WHAT,
        ),
        "What you record of your own organisation is a claim until another confirms it.",
        "contributions", "credit",
    ),
    Form("confirm", "Confirm it", "Confirm", "contributions/{on}/confirmations",
         shows="contributions", service="credit"),
    Form("decline", "Do not name us", "Do not name us for it", "contributions/{on}/declinations",
         shows="contributions", service="credit"),
)  # fmt: skip

router = APIRouter()


class Contribution(Answer):
    """What an organisation did, and who says so."""

    contribution: UUID
    of: UUID
    role: str
    degree: str
    what: Said = SILENT
    state: str
    confirmed_by: tuple[UUID, ...] = ()
    by: UUID | None = None
    at: datetime
    about: tuple[str, ...] = ()
    ref: str


class Contributions(Answer):
    """A page of contributions, the newest first, and how many are not named."""

    items: tuple[Contribution, ...] = ()
    next_cursor: str | None = None
    undisclosed: int = 0


class Suggestion(Answer):
    """What might deserve thanks, and nobody recorded."""

    of: UUID
    role: str
    about: str


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")
    path = of(coalition, "contributions")
    chrome, (raw, caught_up), suggested, members = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "credit", path, limit=ROWS, cursor=cursor),
        visiting.ask.get("credit", of(coalition, "contributions", "suggestions"), limit=OFFERED),
        names(visiting, coalition),
    )
    suggestions: Sequence[Suggestion] = [Suggestion.model_validate(one) for one in items(suggested)]
    return answer(
        "contributions.html", chrome, looked, caught_up=caught_up, forms=FORMS, members=members,
        found=Contributions.model_validate(raw), suggestions=suggestions, first=not cursor,
        called={one.id: one for one in members},
    )  # fmt: skip


@router.get("/c/{coalition}/contributions")
async def show_contributions(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show who contributed what, the newest first, and what nobody recorded yet."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/contributions.json")
async def contributions_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "contributions")
    return await pass_on(visiting.ask, "credit", path, request.query_params)


@router.post("/c/{coalition}/contributions/{what}")
async def act_on_contributions(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Record a contribution, confirm one, or decline to be named for it."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
