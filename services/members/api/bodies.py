"""Bodies with their seats and roles."""

from uuid import UUID

from services.members.api.routing import adds, router, write
from services.members.domain import body
from services.members.views import queries
from shared.ask import Written
from shared.http import Caller, Page, Reader, requires


@adds("/bodies", "members:body:constitute")
async def constitute_body(constituting: body.ConstituteBody, caller: Caller) -> Written:
    """Constitute a working group or the steering body."""
    return await write(caller, body.decider, caller.new_id(), constituting)


@adds("/bodies/{body_id}/mandates", "members:body:change-mandate")
async def change_mandate(body_id: UUID, change: body.ChangeMandate, caller: Caller) -> Written:
    """Change what a body works on. In formal mode, say which decision says so."""
    return await write(caller, body.decider, body_id, change)


@adds("/bodies/{body_id}/dissolutions", "members:body:dissolve")
async def dissolve_body(body_id: UUID, dissolving: body.DissolveBody, caller: Caller) -> Written:
    """Dissolve a body. In formal mode, say which decision says so."""
    return await write(caller, body.decider, body_id, dissolving)


@adds("/bodies/{body_id}/seats", "members:seat:reserve")
async def reserve_seat(body_id: UUID, seat: body.ReserveSeat, caller: Caller) -> Written:
    """Keep a seat, perhaps for a constituency."""
    return await write(caller, body.decider, body_id, seat)


@adds("/bodies/{body_id}/seatings", "members:seat:fill")
async def fill_seat(body_id: UUID, seating: body.FillSeat, caller: Caller) -> Written:
    """Give a seat to a member."""
    return await write(caller, body.decider, body_id, seating)


@adds("/bodies/{body_id}/vacancies", "members:seat:vacate")
async def vacate_seat(body_id: UUID, vacancy: body.VacateSeat, caller: Caller) -> Written:
    """Give up your organisation's seat; the chair may vacate any."""
    return await write(caller, body.decider, body_id, vacancy)


@adds("/bodies/{body_id}/roles", "members:role:take")
async def take_role(body_id: UUID, role: body.TakeRole, caller: Caller) -> Written:
    """Take a role. Chair and secretary are made by the chair."""
    return await write(caller, body.decider, body_id, role)


@adds("/bodies/{body_id}/releases", "members:role:release")
async def release_role(body_id: UUID, role: body.ReleaseRole, caller: Caller) -> Written:
    """Release a role."""
    return await write(caller, body.decider, body_id, role)


@router.get("/bodies", dependencies=[requires("members:body:read")])
async def list_bodies(reader: Reader) -> Page[queries.BodyRow]:
    """List the bodies, with who holds roles and seats there."""
    async with reader.rows() as db:
        return Page(items=await queries.bodies(db, reader.coalition, reader.audiences))
