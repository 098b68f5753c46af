"""Threats that organisations share."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.members.api.routing import adds, router, write
from services.members.domain import threat
from services.members.views import queries, threats
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, requires


@adds("/threats", "members:threat:identify")
async def identify_threat(identifying: threat.IdentifyThreat, caller: Caller) -> Written:
    """Name what threatens your organisation, for others to say that it threatens them too."""
    return await write(caller, threat.decider, caller.new_id(), identifying)


@adds("/threats/{threat_id}/shares", "members:threat:share")
async def share_threat(threat_id: UUID, sharing: threat.ShareThreat, caller: Caller) -> Written:
    """Say that a threat threatens your organisation too."""
    return await write(caller, threat.decider, threat_id, sharing)


@adds("/threats/{threat_id}/retirements", "members:threat:retire")
async def retire_threat(threat_id: UUID, retiring: threat.RetireThreat, caller: Caller) -> Written:
    """Retire a threat that is over."""
    return await write(caller, threat.decider, threat_id, retiring)


@router.get("/threats", dependencies=[requires("members:threat:read")])
async def list_threats(
    reader: Reader,
    organisation: Annotated[
        list[UUID] | None, Query(description="only pairs with one of these organisations")
    ] = None,
) -> Page[threats.ThreatRow]:
    """List the threats, who shares each, and the pairs that nothing else joins."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "threat")
        stands = await queries.together(db, *seen, threats.sharing(said))
        names = await queries.names(db, *seen) | await queries.issue_names(db, *seen)
    return Page(items=threats.threats(said, stands, names, organisation))
