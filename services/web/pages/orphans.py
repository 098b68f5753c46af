"""Proposals that name no objective: whether they serve the North Star, nobody has said."""

import asyncio
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.answers import SILENT, Answer, Named, Said
from services.web.page import NOT_OURS, Visit, Visiting, page
from services.web.passing import pass_on
from services.web.peers import PeerRefused, of

ROWS = "50"
FEW = "5"

router = APIRouter()


class Orphan(Answer):
    """A proposal without an objective; `outcome` where it was decided all the same."""

    id: UUID
    title: Said = SILENT
    issue: Named | None = None
    proposed_by: Named | None = None
    at: datetime
    outcome: str | None = None


class Orphans(Answer):
    """A page of them, the newest first; `total` counts all."""

    items: tuple[Orphan, ...] = ()
    total: int = 0
    next_cursor: str | None = None


async def some_orphans(visiting: Visit, coalition: str) -> Orphans:
    """Return a few of them, for another page; none where that is not for them to see."""
    path = of(coalition, "orphan-proposals")
    try:
        return Orphans.model_validate(await visiting.ask.get("transparency", path, limit=FEW))
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return Orphans()
        raise


@router.get("/c/{coalition}/charter/orphans")
async def show_orphans(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Show them."""
    cursor = request.query_params.get("cursor")
    path = of(coalition, "orphan-proposals")
    chrome, raw = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("transparency", path, limit=ROWS, cursor=cursor),
    )
    return page("orphans.html", chrome, found=Orphans.model_validate(raw), first=not cursor)


@router.get("/c/{coalition}/charter/orphans.json")
async def orphans_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "orphan-proposals")
    return await pass_on(visiting.ask, "transparency", path, request.query_params)
