"""Mentorships, and that they meet."""

from uuid import UUID

from services.members.api.routing import adds, router, write
from services.members.domain import mentorship
from services.members.views import mentorships
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, requires


@adds("/mentorships", "members:mentorship:start")
async def start_mentorship(starting: mentorship.StartMentorship, caller: Caller) -> Written:
    """Start a mentorship of registered people."""
    return await write(caller, mentorship.decider, caller.new_id(), starting)


@adds("/mentorships/{mentorship_id}/sessions", "members:mentorship:log-session")
async def log_session(
    mentorship_id: UUID, session: mentorship.LogSession, caller: Caller
) -> Written:
    """Record that you met. What was said has no place here."""
    return await write(caller, mentorship.decider, mentorship_id, session)


@adds("/mentorships/{mentorship_id}/endings", "members:mentorship:end")
async def end_mentorship(
    mentorship_id: UUID, ending: mentorship.EndMentorship, caller: Caller
) -> Written:
    """End a mentorship that you take part in."""
    return await write(caller, mentorship.decider, mentorship_id, ending)


@router.get("/mentorships", dependencies=[requires("members:mentorship:read")])
async def list_mentorships(reader: Reader) -> Page[mentorships.MentorshipRow]:
    """List the mentorships and how often each met."""
    async with reader.rows() as db:
        said = await entries(db, reader.coalition, reader.audiences, "mentorship")
    return Page(items=mentorships.mentorships(said))
