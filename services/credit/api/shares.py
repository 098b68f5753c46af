"""How money is divided; credit is not."""

from uuid import UUID

from services.credit import views
from services.credit.api.routing import Cursor, adds, page, router
from services.credit.domain import shares
from services.credit.views import claims
from services.credit.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/shares", "credit:shares:plan")
async def plan_shares(command: shares.PlanShares, caller: Caller) -> Written:
    """Divide a sum of money among organisations."""
    facts = views.roll, views.made
    return await caller.handle(shares.decider, caller.new_id(), command, facts=facts)


@adds("/shares/{shares_id}/plans", "credit:shares:plan")
async def plan_shares_again(shares_id: UUID, command: shares.PlanShares, caller: Caller) -> Written:
    """Divide the same money in another way; the earlier division stays on record."""
    facts = views.roll, views.made
    return await caller.handle(shares.decider, shares_id, command, facts=facts)


@router.get("/shares", dependencies=[requires("credit:shares:read")])
async def list_shares(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[claims.SharesRow]:
    """List how money is divided, newest first."""
    async with reader.rows() as db:
        told = claims.divisions(await entries(db, reader.coalition, reader.audiences, "shares"))
    rows, following = page(told, cursor, limit)
    return Page(items=rows, next_cursor=following)
