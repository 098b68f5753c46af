"""Disputes about credit: raised with a day, mediated by who is neutral, resolved for all to see."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from services.credit import views
from services.credit.api.routing import Cursor, adds, page, router
from services.credit.domain import dispute
from services.credit.views import claims
from services.credit.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/disputes", "credit:dispute:raise")
async def dispute_credit(command: dispute.DisputeCredit, caller: Caller) -> Written:
    """Say that what was told of credit is not so, what you ask for, and until when."""
    facts = views.roll, views.disputable
    return await caller.handle(dispute.decider, caller.new_id(), command, facts=facts)


@adds("/disputes/{dispute_id}/mediators", "credit:dispute:mediate")
async def mediate_dispute(
    dispute_id: UUID, command: dispute.MediateDispute, caller: Caller
) -> Written:
    """Ask an organisation of neither side, or somebody from outside, to mediate."""
    facts = views.roll, views.office
    return await caller.handle(dispute.decider, dispute_id, command, facts=facts)


@adds("/disputes/{dispute_id}/resolutions", "credit:dispute:resolve")
async def resolve_dispute(
    dispute_id: UUID, command: dispute.ResolveDispute, caller: Caller
) -> Written:
    """Say as the mediator how the dispute ended; or take back one that you raised."""
    facts = views.roll, views.office
    return await caller.handle(dispute.decider, dispute_id, command, facts=facts)


@router.get("/disputes", dependencies=[requires("credit:dispute:read")])
async def list_disputes(
    reader: Reader,
    organisation: Annotated[UUID | None, Query(description="that is a party")] = None,
    state: Annotated[Literal["open", "resolved"] | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[claims.DisputeRow]:
    """List disputes, newest first: what was said, who mediates, how each ended."""
    async with reader.rows() as db:
        told = claims.disputes(await entries(db, reader.coalition, reader.audiences, "dispute"))
    asked = [
        row
        for row in told
        if (organisation is None or organisation in row.parties) and state in {None, row.state}
    ]
    rows, following = page(asked, cursor, limit)
    return Page(items=rows, next_cursor=following)
