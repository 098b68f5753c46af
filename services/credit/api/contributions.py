"""What organisations did, and who says so."""

from base64 import b64encode
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.credit import views
from services.credit.api.routing import NEWEST, Cursor, adds, following, router
from services.credit.domain import contribution
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires
from shared.sheet import MEDIA_TYPE

Organisation = Annotated[UUID | None, Query()]
CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "The sheet.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@adds("/contributions", "credit:contribution:record")
async def record_contribution(command: contribution.RecordContribution, caller: Caller) -> Written:
    """Record what an organisation did; of your own it is a claim until another confirms it."""
    facts = (views.roll,)
    return await caller.handle(contribution.decider, caller.new_id(), command, facts=facts)


@adds("/contributions/{contribution_id}/confirmations", "credit:contribution:confirm")
async def confirm_contribution(
    contribution_id: UUID, command: contribution.ConfirmContribution, caller: Caller
) -> Written:
    """Confirm what another organisation did."""
    return await caller.handle(contribution.decider, contribution_id, command)


@adds("/contributions/{contribution_id}/declinations", "credit:contribution:decline")
async def decline_contribution(
    contribution_id: UUID, command: contribution.DeclineContribution, caller: Caller
) -> Written:
    """Decline to be named for what your organisation did."""
    return await caller.handle(contribution.decider, contribution_id, command)


class Contributions(Page[views.ContributionRow]):
    """Contributions; `undisclosed` counts those not named, and says nothing of one organisation."""

    undisclosed: int | None = None


@router.get("/contributions", dependencies=[requires("credit:contribution:read")])
async def list_contributions(
    reader: Reader, organisation: Organisation = None, limit: Limit = 50, cursor: Cursor = None
) -> Contributions:
    """List contributions, newest first."""
    seen_by, before = reader.audiences, int(cursor or NEWEST)
    async with reader.rows() as db:
        rows = await views.contributions(
            db, reader.coalition, seen_by, organisation, before, limit + 1
        )
        count = None
        if organisation is None:
            count = await views.undisclosed(db, reader.coalition, seen_by)
    return Contributions(items=rows[:limit], next_cursor=following(rows, limit), undisclosed=count)


@router.get(
    "/contributions.csv", dependencies=[requires("credit:contribution:read")],
    response_class=Response, responses=CSV,
)  # fmt: skip
async def export_contributions(
    reader: Reader,
    bom: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> Response:
    """Export contributions as a sheet: every row, oldest first, as an import reads them."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        position = await views.recorded_up_to(db, reader.coalition)
        rows = await views.contributions(db, *seen, None, NEWEST, None)
    body = views.sheet(reversed(rows), bom=bom)
    headers = {
        "Accord-Position": str(position),
        "Cache-Control": "no-store",
        "Content-Digest": f"sha-256=:{b64encode(sha256(body).digest()).decode()}:",
        "Content-Disposition": "attachment; filename*=UTF-8''contributions.csv",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, 200, headers, MEDIA_TYPE)


@router.get("/contributions/suggestions", dependencies=[requires("credit:contribution:read")])
async def list_suggestions(
    reader: Reader, organisation: Organisation = None, limit: Limit = 50
) -> Page[views.SuggestionRow]:
    """List what might deserve thanks and nobody recorded yet."""
    async with reader.rows() as db:
        rows = await views.suggestions(db, reader.coalition, reader.audiences, organisation, limit)
    return Page(items=rows)
