"""What organisations tell others of their own part, and what speaks for and against it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.credit import views
from services.credit.api.routing import Cursor, adds, page, router
from services.credit.domain import claim
from services.credit.views import claims
from services.credit.views.said import entries, seen
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/claims", "credit:claim:make")
async def claim_credit(command: claim.ClaimCredit, caller: Caller) -> Written:
    """Say what your organisation tells an audience of its own part."""
    facts = views.roll, views.ground
    return await caller.handle(claim.decider, caller.new_id(), command, facts=facts)


@adds("/claims/{claim_id}/reviews", "credit:claim:review")
async def review_claim(claim_id: UUID, command: claim.ReviewClaim, caller: Caller) -> Written:
    """Hold a claim against what others confirm and what others tell."""
    return await caller.handle(claim.decider, claim_id, command, facts=(views.ground, views.told))


@router.get("/claims", dependencies=[requires("credit:claim:read")])
async def list_claims(
    reader: Reader,
    organisation: Annotated[UUID | None, Query()] = None,
    audience: Annotated[str | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[claims.ClaimRow]:
    """List claims, newest first, with the last review and what stands against them now."""
    assert reader.host.journal is not None
    stands = await reader.host.journal.look(reader.coalition, claims.standing)
    async with reader.rows() as db:
        told = claims.claims(await entries(db, reader.coalition, reader.audiences, "claim"))
        asked = [
            row
            for row in told
            if organisation in {None, row.by} and audience in {None, row.audience}
        ]
        rows, following = page(asked, cursor, limit)
        named = claims.weigh(rows, stands)
        claims.hide(rows, await seen(db, reader.coalition, reader.audiences, named))
    return Page(items=rows, next_cursor=following)
