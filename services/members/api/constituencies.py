"""Constituencies: who should be heard, who represents them, and how they were reached."""

from datetime import UTC, datetime
from uuid import UUID

from services.members.api.routing import adds, router, window, write
from services.members.domain import constituency
from services.members.views import constituencies, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Limit, Page, Reader, requires


@adds("/constituencies", "members:constituency:identify")
async def identify_constituency(
    identifying: constituency.IdentifyConstituency, caller: Caller
) -> Written:
    """Identify a perspective that should be heard, and how many seats it should have."""
    return await write(caller, constituency.decider, caller.new_id(), identifying)


@adds("/constituencies/{constituency_id}/representations", "members:constituency:represent")
async def represent_constituency(
    constituency_id: UUID, representing: constituency.RepresentConstituency, caller: Caller
) -> Written:
    """Say since when your organisation represents a constituency, and until when."""
    return await write(caller, constituency.decider, constituency_id, representing)


@adds("/constituencies/{constituency_id}/outreaches", "members:constituency:reach-out")
async def reach_out(
    constituency_id: UUID, outreach: constituency.ReachOut, caller: Caller
) -> Written:
    """Record how you reached out. To who was long left out, say why now."""
    return await write(caller, constituency.decider, constituency_id, outreach)


@adds("/constituencies/{constituency_id}/listenings", "members:constituency:listen")
async def hold_listening(
    constituency_id: UUID, listening: constituency.HoldListening, caller: Caller
) -> Written:
    """Record a listening session. What people need is kept only with their consent."""
    return await write(caller, constituency.decider, constituency_id, listening)


@adds("/constituencies/{constituency_id}/reviews", "members:constituency:review")
async def review_representation(
    constituency_id: UUID, review: constituency.ReviewRepresentation, caller: Caller
) -> Written:
    """Compare how many represent a constituency with how many should."""
    return await write(caller, constituency.decider, constituency_id, review)


@router.get("/constituencies", dependencies=[requires("members:constituency:read")])
async def list_constituencies(
    reader: Reader, limit: Limit | None = None, cursor: str | None = None
) -> Page[constituencies.ConstituencyRow]:
    """List who should be heard and who speaks for them: those that nobody speaks for first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = [
            *await entries(db, *seen, "constituency"),
            *await entries(db, *seen, "membership", types=("MemberJoined",)),
        ]
        members = await queries.active(db, *seen)
        names = await queries.names(db, *seen)
    today = datetime.now(UTC).date()
    rows = constituencies.constituencies(said, members, names, today=today)
    return window(rows, limit, cursor, lambda row: row.id)
