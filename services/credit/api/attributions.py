"""Statements of who did what, for one audience each: drafted, approved, released."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.credit import views
from services.credit.api.routing import Cursor, adds, page, router
from services.credit.domain import attribution
from services.credit.views import claims
from services.credit.views.said import entries, seen
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires
from shared.problems import not_found


@adds("/attributions", "credit:attribution:draft")
async def draft_attribution(command: attribution.DraftAttribution, caller: Caller) -> Written:
    """Draft a statement of who did what, for one audience."""
    facts = views.roll, views.ground
    return await caller.handle(attribution.decider, caller.new_id(), command, facts=facts)


@adds("/attributions/{attribution_id}/versions", "credit:attribution:draft")
async def redraft_attribution(
    attribution_id: UUID, command: attribution.DraftAttribution, caller: Caller
) -> Written:
    """Draft a new version of your statement; it says which of its facts are disputed now."""
    facts = views.roll, views.ground
    return await caller.handle(attribution.decider, attribution_id, command, facts=facts)


@adds("/attributions/{attribution_id}/approvals", "credit:attribution:approve")
async def approve_attribution(
    attribution_id: UUID, command: attribution.ApproveAttribution, caller: Caller
) -> Written:
    """Agree to the newest version of a statement."""
    return await caller.handle(attribution.decider, attribution_id, command)


@adds("/attributions/{attribution_id}/releases", "credit:attribution:release")
async def release_attribution(
    attribution_id: UUID, command: attribution.ReleaseAttribution, caller: Caller
) -> Written:
    """Release the newest version; it is marked where somebody it names has not agreed."""
    facts = (views.ground,)
    return await caller.handle(attribution.decider, attribution_id, command, facts=facts)


@router.get("/attributions", dependencies=[requires("credit:attribution:read")])
async def list_attributions(
    reader: Reader,
    organisation: Annotated[UUID | None, Query(description="whose statements")] = None,
    audience: Annotated[str | None, Query(description="told to these")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[claims.AttributionRow]:
    """List statements, those drafted last first, and what stands against each now."""
    asked = [
        row
        for row in await _shown(reader)
        if organisation in {None, row.author} and audience in {None, row.audience}
    ]
    rows, following = page(asked, cursor, limit)
    await _weigh(reader, rows)
    return Page(items=rows, next_cursor=following)


@router.get("/attributions/{attribution_id}", dependencies=[requires("credit:attribution:read")])
async def show_attribution(attribution_id: UUID, reader: Reader) -> claims.AttributionRow:
    """Show a statement in all its versions, and what stands against the newest now."""
    for row in await _shown(reader):
        if row.attribution == attribution_id:
            await _weigh(reader, [row])
            return row
    raise not_found()


async def _shown(reader: Reader) -> list[claims.AttributionRow]:
    async with reader.rows() as db:
        told = await entries(db, reader.coalition, reader.audiences, "attribution")
    return claims.attributions(told)


async def _weigh(reader: Reader, rows: list[claims.AttributionRow]) -> None:
    assert reader.host.journal is not None
    stands = await reader.host.journal.look(reader.coalition, claims.standing)
    named = claims.weigh(rows, stands)
    async with reader.rows() as db:
        claims.hide(rows, await seen(db, reader.coalition, reader.audiences, named))
