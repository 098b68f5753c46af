"""Areas of conflict named in advance, and claims to one domain until they are settled."""

from uuid import UUID

from services.members.api.routing import adds, router, write
from services.members.domain import conflict
from services.members.views import conflicts, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Reader, requires


@adds("/conflict-areas", "members:conflict:name-area")
async def name_conflict_area(naming: conflict.NameConflictArea, caller: Caller) -> Written:
    """Name an area where organisations are likely to disagree, before they do."""
    return await write(caller, conflict.decider, caller.new_id(), naming)


@adds("/turf-concerns", "members:turf:raise")
async def raise_turf_concern(concern: conflict.RaiseTurfConcern, caller: Caller) -> Written:
    """Say that others claim the same domain as your organisation."""
    return await write(caller, conflict.decider, caller.new_id(), concern)


@adds("/turf-concerns/{concern_id}/settlements", "members:turf:settle")
async def settle_turf(concern_id: UUID, settlement: conflict.SettleTurf, caller: Caller) -> Written:
    """Settle who works where: the first party writes the terms, each other agrees to them."""
    return await write(caller, conflict.decider, concern_id, settlement)


@router.get("/conflicts", dependencies=[requires("members:conflict:read")])
async def list_conflicts(reader: Reader) -> conflicts.Conflicts:
    """List the areas where organisations are likely to clash, and claims to one domain."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "conflict")
        names = await queries.names(db, *seen) | await queries.issue_names(db, *seen)
    return conflicts.conflicts(said, names)
