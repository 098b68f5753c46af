"""A coalition's own page: where it stands, what is open, what was decided last."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from services.web.answers import Answer, items
from services.web.page import Visiting, page
from services.web.pages.home import latest
from services.web.pages.meetings import MeetingRow
from services.web.peers import of

MEETINGS_SHOWN = "4"

router = APIRouter()


class Standing(Answer):
    """How large a coalition is, and how much it did."""

    members: int | None = None
    decisions: int | None = None
    meetings: int | None = None
    open_steps: int | None = None


@router.get("/c/{coalition}")
async def show_coalition(coalition: str, visiting: Visiting) -> Response:
    """Show a coalition."""
    chrome, about, new, meetings = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("transparency", of(coalition, "coalition")),
        latest(visiting, coalition),
        visiting.ask.get("meetings", of(coalition, "meetings"), limit=MEETINGS_SHOWN),
    )
    return page(
        "coalition.html",
        chrome,
        standing=Standing.model_validate(about),
        latest=new,
        due=new.due(chrome.me),
        meetings=[MeetingRow.model_validate(raw) for raw in items(meetings)],
    )
