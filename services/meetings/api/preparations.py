"""HTTP in: who is asked to a meeting, and what they prepare for it."""

from uuid import UUID

from services.meetings.api.adding import adds, write
from services.meetings.domain import invitation, meeting, prework
from services.meetings.domain.ids import MeetingId
from services.meetings.views import facts, floors, preparations, queries
from services.meetings.views.said import entries
from shared.ask import Written
from shared.event import Context
from shared.hot import Reading
from shared.http import Caller, Reader, Router, requires
from shared.problems import not_found

router = Router()


@adds(router, "/meetings/{meeting_id}/invitations", "invitation:send")
async def invite(meeting_id: UUID, command: invitation.Invite, caller: Caller) -> Written:
    """Invite all who sit in the body, or say why not."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/invitations/answers", "invitation:answer")
async def answer_invitation(
    meeting_id: UUID, command: invitation.AnswerInvitation, caller: Caller
) -> Written:
    """Say whether your organisation comes."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/prework", "prework:assign")
async def assign_prework(
    meeting_id: UUID, command: prework.AssignPreWork, caller: Caller
) -> Written:
    """Ask organisations to prepare an item."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/prework/completions", "prework:complete")
async def complete_prework(
    meeting_id: UUID, command: prework.CompletePreWork, caller: Caller
) -> Written:
    """Say that your organisation has done it."""
    return await write(caller, meeting.decider, meeting_id, command)


@router.get("/meetings/{meeting_id}/preparation", dependencies=[requires("meetings:meeting:read")])
async def show_preparation(meeting_id: UUID, reader: Reader) -> preparations.PreparationView:
    """Show who is asked and what they answered, who was forgotten, and who has prepared what."""
    assert reader.host.journal is not None

    async def seated(read: Reading) -> tuple[invitation.Seated, Context]:
        state = await read.stream(meeting.decider, MeetingId(meeting_id))
        return await facts.seated(read, state, None), read.context

    async with reader.rows() as db:
        seen = reader.coalition, reader.audiences
        found = await queries.meeting(db, *seen, meeting_id)
        if found is None:
            raise not_found()
        said = await entries(db, *seen, "meeting", key=meeting_id)
        titles = await floors.titles(db, *seen, [entry.data.get("item") for entry in said])
        named = await queries.names(db, *seen)
    sits, context = await reader.host.journal.look(reader.coalition, seated)
    return preparations.preparation(
        found, said, titles, named, seated=sits.orgs, today=context.at.date()
    )
