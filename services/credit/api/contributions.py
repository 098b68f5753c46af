"""What organisations did, and who says so."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.credit import views
from services.credit.api.routing import NEWEST, Cursor, adds, following, router
from services.credit.domain import contribution
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires

Organisation = Annotated[UUID | None, Query()]


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


@router.get("/contributions/suggestions", dependencies=[requires("credit:contribution:read")])
async def list_suggestions(
    reader: Reader, organisation: Organisation = None, limit: Limit = 50
) -> Page[views.SuggestionRow]:
    """List what might deserve thanks and nobody recorded yet."""
    async with reader.rows() as db:
        rows = await views.suggestions(db, reader.coalition, reader.audiences, organisation, limit)
    return Page(items=rows)
