"""Lessons: what went right or wrong here and why, and what other coalitions shared of theirs."""

import asyncio
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

ROWS, OTHERS = "25", "25"
FORMS = among(
    Form(
        "record", "Record a lesson of this campaign", "Record", "evaluations/{on}/lessons",
        (
            Ask("kind", "It went", "choice", missing="Say how it went.",
                options=tuple(words.LESSONS.items())),
            Ask("what", "What happened", missing="Say what happened."),
            Ask("why", "Why", missing="Say why: others learn from that."),
            Ask("lesson", kind="new_id"),
        ),
        "Every member reads it. Outside it is read only once you share it.", service="credit",
    ),
    Form(
        "share", "Share it outside", "Share", "evaluations/{on}/lesson-shares",
        (Ask("to", "With whom", "choice", missing="Say with whom.",
             options=tuple(words.OUTSIDE.items())),
         Ask("lesson", kind="fixed")),
        "What was shared stays shared.", service="credit",
    ),
)  # fmt: skip

router = APIRouter()


class Lesson(Answer):
    """A lesson of this coalition, and with whom outside it is shared."""

    lesson: UUID
    campaign: UUID
    kind: str
    what: Said = SILENT
    why: Said = SILENT
    by: UUID | None = None
    at: datetime
    shared: tuple[str, ...] = ()
    ref: str


class Lessons(Answer):
    """A page of lessons, the newest first."""

    items: tuple[Lesson, ...] = ()
    next_cursor: str | None = None


class Elsewhere(Answer):
    """A lesson that a coalition shared with everybody."""

    kind: str
    what: Said = SILENT
    why: Said = SILENT
    shared_at: datetime
    coalition: Said = SILENT
    topics: tuple[str, ...] = ()


def campaign_of(asked: str | None) -> UUID | None:
    """Return the campaign that is asked about, where that is an id."""
    try:
        return UUID(asked) if asked else None
    except ValueError:
        return None


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    asked = visiting.request.query_params
    cursor, campaign = asked.get("cursor"), campaign_of(asked.get("campaign"))
    chrome, (raw, caught_up), elsewhere, members = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "credit", of(coalition, "lessons"), limit=ROWS, cursor=cursor
        ),
        visiting.ask.get("credit", "lessons", limit=OTHERS),
        names(visiting, coalition),
    )
    return answer(
        "lessons.html", chrome, looked, caught_up=caught_up, found=Lessons.model_validate(raw),
        elsewhere=[Elsewhere.model_validate(one) for one in items(elsewhere)], forms=FORMS,
        called={one.id: one for one in members}, campaign=campaign, first=not cursor,
        tail=f"?campaign={campaign}" if campaign else "",
    )  # fmt: skip


@router.get("/c/{coalition}/lessons")
async def show_lessons(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show the lessons of this coalition, and what others shared; `campaign`: to add one of it."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/lessons.json")
async def lessons_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    return await pass_on(visiting.ask, "credit", of(coalition, "lessons"), request.query_params)


@router.post("/c/{coalition}/lessons/{what}")
async def act_on_lessons(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Record a lesson, or share one."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
