"""HTTP in: the floor of a meeting, its heat, what is parked, and who may be recorded."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import floor, meeting, parking, recording
from services.meetings.views import floors, queries
from services.meetings.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, Router, requires
from shared.problems import not_found

router = Router()


@adds(router, "/meetings/{meeting_id}/floor-requests", "floor:request")
async def request_floor(meeting_id: UUID, command: floor.RequestFloor, caller: Caller) -> Written:
    """Ask to speak on an item."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/speeches", "floor:give")
async def start_speech(meeting_id: UUID, command: floor.StartSpeech, caller: Caller) -> Written:
    """Give the floor to an organisation: on each item one speaks at a time."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/speeches/endings", "floor:give")
async def end_speech(meeting_id: UUID, command: floor.EndSpeech, caller: Caller) -> Written:
    """End a speech; how long it was is counted here."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/heat/raises", "heat:change")
async def raise_heat(meeting_id: UUID, command: floor.RaiseHeat, caller: Caller) -> Written:
    """Make the discussion of an item hotter, and say why."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/heat/reductions", "heat:change")
async def lower_heat(meeting_id: UUID, command: floor.LowerHeat, caller: Caller) -> Written:
    """Cool the discussion of an item down, and say why."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/dissent-invitations", "dissent:invite")
async def invite_dissent(meeting_id: UUID, command: floor.InviteDissent, caller: Caller) -> Written:
    """Ask for what speaks against an item."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/parkings", "discussion:park")
async def park_discussion(
    meeting_id: UUID, command: parking.ParkDiscussion, caller: Caller
) -> Written:
    """Let an item rest; on its day it is back by itself."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/resumptions", "discussion:park")
async def resume_discussion(
    meeting_id: UUID, command: parking.ResumeDiscussion, caller: Caller
) -> Written:
    """Take an item up again before its day."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/recording-answers", "recording:answer")
async def answer_recording(
    meeting_id: UUID, command: recording.AnswerRecording, caller: Caller
) -> Written:
    """Say whether you agree to be recorded: one refusal forbids it."""
    return await write(caller, meeting.decider, meeting_id, command)


@router.get("/meetings/{meeting_id}/floor", dependencies=[requires("meetings:meeting:read")])
async def show_floor(meeting_id: UUID, reader: Reader) -> floors.FloorView:
    """Show who was heard and who was not, who waits, what is parked, and how the heat changed."""
    async with reader.rows() as db:
        seen = reader.coalition, reader.audiences
        found = await queries.meeting(db, *seen, meeting_id)
        if found is None:
            raise not_found()
        said = await entries(db, *seen, "meeting", key=meeting_id)
        titles = await floors.titles(db, *seen, [entry.data.get("item") for entry in said])
        named = await queries.names(db, *seen)
    return floors.floor(found, said, titles, named)


@router.get("/parked-items", dependencies=[requires("meetings:meeting:read")])
async def list_parked_items(reader: Reader) -> Page[floors.ParkedRow]:
    """List what was parked, what is back, and in which meeting it was taken up, by the day."""
    async with reader.rows() as db:
        seen = reader.coalition, reader.audiences
        said = await entries(db, *seen, "meeting")
        titles = await floors.titles(db, *seen, [entry.data.get("item") for entry in said])
        listed = await floors.agendas(db, *seen)
    return Page(items=floors.parked(said, titles, listed))
