"""What organisations can give: strengths and hours."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.members.api.routing import Organisation, adds, router, write
from services.members.domain import capacity
from services.members.views import capacities, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.event import Code
from shared.http import Caller, Page, Reader, requires

STALE = 90


@adds("/members/{organisation}/strengths", "members:capacity:declare-strength")
async def declare_strength(
    organisation: Organisation, strength: capacity.DeclareStrength, caller: Caller
) -> Written:
    """Say what your organisation is good at."""
    return await write(caller, capacity.decider, organisation, strength)


@adds("/members/{organisation}/pledges", "members:capacity:pledge")
async def pledge_capacity(
    organisation: Organisation, pledge: capacity.PledgeCapacity, caller: Caller
) -> Written:
    """Pledge hours a month, in place of what your organisation pledged before."""
    return await write(caller, capacity.decider, organisation, pledge)


@adds("/members/{organisation}/capacity-reviews", "members:capacity:review")
async def review_capacity(
    organisation: Organisation, review: capacity.ReviewCapacity, caller: Caller
) -> Written:
    """Say that your organisation has reviewed its pledge, and whether it keeps it."""
    return await write(caller, capacity.decider, organisation, review)


@router.get("/capacities", dependencies=[requires("members:capacity:read")])
async def list_capacities(
    reader: Reader,
    organisation: Annotated[UUID | None, Query(description="only this one's")] = None,
    strength: Annotated[Code | None, Query(description="only who has this strength")] = None,
    days: Annotated[
        int, Query(ge=1, le=3_650, description="a pledge not reviewed for longer is stale")
    ] = STALE,
) -> Page[capacities.CapacityRow]:
    """List what organisations are good at, the hours they pledged, and how many are left."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "capacity", key=str(organisation) if organisation else None)
        names = await queries.names(db, *seen)
        taken = await queries.hours_taken(db, reader.coalition)
    today = datetime.now(UTC).date()
    rows = capacities.capacities(said, taken, names, today=today, days=days)
    has = [row for row in rows if strength in {None, *(one.strength for one in row.strengths)}]
    return Page(items=has)
