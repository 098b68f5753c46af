"""Reviews: what is to be looked at again, until when and by whom; and what came of those before."""

import asyncio
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import attempt
from services.web.answers import Answer
from services.web.forms import LOOKED, Looked, answer, found, names_for, send
from services.web.page import Visit, Visiting
from services.web.pages.charter import CHAIRS, NAMES, Review
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "50"
FORMS = {name: CHAIRS[name] for name in ("open-review", "close-review")}

router = APIRouter()


class Reviews(Answer):
    """A page of reviews: the open ones first, by the day they are due."""

    items: tuple[Review, ...] = ()
    next_cursor: str | None = None


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    asked = visiting.request.query_params
    cursor, organisation = asked.get("cursor"), asked.get("organisation", "")
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "reviews"),
            names=NAMES, limit=ROWS, cursor=cursor, organisation=organisation,
        ),
    )  # fmt: skip
    members = await names_for(visiting, coalition, chrome, FORMS) if chrome.me.chair else ()
    narrowed = {"organisation": organisation} if organisation else {}
    return answer(
        "reviews.html", chrome, looked, caught_up=caught_up, found=Reviews.model_validate(raw),
        forms=FORMS, members=members, today=date.today(), organisation=organisation,  # noqa: DTZ011 - a day is overdue where the reader is
        narrowed=urlencode(narrowed), first=not cursor,
        tail="?" + urlencode(narrowed | ({"cursor": cursor} if cursor else {})),
    )  # fmt: skip


@router.get("/c/{coalition}/reviews")
async def show_reviews(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show the reviews."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/reviews.json")
async def reviews_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    return await pass_on(visiting.ask, "members", of(coalition, "reviews"), request.query_params)


@router.post("/c/{coalition}/reviews/{what}")
async def act_on_reviews(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Open a review, or close one."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
