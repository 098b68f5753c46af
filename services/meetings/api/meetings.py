"""HTTP in: meetings, who is there, and their minutes."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import TypeAdapter
from starlette.responses import Response

from services.meetings.api.adding import adds, write
from services.meetings.domain import agenda, attendance, meeting, minutes, series
from services.meetings.views import decided, floors, queries, rows
from services.meetings.views import minutes as written
from services.meetings.views.said import entries
from shared.ask import Written
from shared.event import Moment
from shared.http import Caller, Limit, Page, Reader, Router, requires
from shared.problems import Problem, not_found

MARKDOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The minutes.",
        "content": {"text/markdown": {"schema": {"type": "string"}}},
    }
}
Version = Annotated[int, Query(ge=1, le=10_000)]
Cursor = Annotated[str | None, Query(max_length=120)]

router = Router()
_PLACE: TypeAdapter[datetime] = TypeAdapter(Moment)


@adds(router, "/series", "series:establish")
async def establish_series(command: series.EstablishSeries, caller: Caller) -> Written:
    """Establish a series: a body meets again and again, at the same time."""
    return await write(caller, series.decider, caller.new_id(), command)


@router.get("/series", dependencies=[requires("meetings:meeting:read")])
async def list_series(reader: Reader) -> Page[rows.SeriesRow]:
    """List the series, the oldest first: when each body meets."""
    async with reader.rows() as db:
        return Page(items=await queries.series(db, reader.coalition, reader.audiences))


@adds(router, "/meetings", "meeting:schedule")
async def schedule_meeting(command: meeting.ScheduleMeeting, caller: Caller) -> Written:
    """Schedule a meeting of a body."""
    return await write(caller, meeting.decider, caller.new_id(), command)


@adds(router, "/meetings/{meeting_id}/reschedulings", "meeting:reschedule")
async def reschedule_meeting(
    meeting_id: UUID, command: meeting.RescheduleMeeting, caller: Caller
) -> Written:
    """Move a meeting to another time or place."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/cancellations", "meeting:cancel")
async def cancel_meeting(
    meeting_id: UUID, command: meeting.CancelMeeting, caller: Caller
) -> Written:
    """Cancel a meeting that has not opened."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/items", "agenda:propose")
async def propose_agenda_item(
    meeting_id: UUID, command: agenda.ProposeAgendaItem, caller: Caller
) -> Written:
    """Propose an item for the agenda."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/agendas", "agenda:publish")
async def publish_agenda(
    meeting_id: UUID, command: agenda.PublishAgenda, caller: Caller
) -> Written:
    """Publish the agenda; a late one is stamped so, and not refused."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/facilitators", "facilitator:appoint")
async def appoint_facilitator(
    meeting_id: UUID, command: meeting.AppointFacilitator, caller: Caller
) -> Written:
    """Appoint who facilitates."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/reengagements", "reengagement:invite")
async def invite_back(meeting_id: UUID, command: meeting.InviteBack, caller: Caller) -> Written:
    """Invite an organisation that is only informed back in, at an event that you name."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/openings", "meeting:open")
async def open_meeting(meeting_id: UUID, command: meeting.OpenMeeting, caller: Caller) -> Written:
    """Open the meeting."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/attendances", "attendance:record")
async def record_attendance(
    meeting_id: UUID, command: attendance.RecordAttendance, caller: Caller
) -> Written:
    """Record who is here, and for which organisation."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/departures", "attendance:record")
async def record_departure(
    meeting_id: UUID, command: attendance.RecordDeparture, caller: Caller
) -> Written:
    """Record that somebody left."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/minutes", "minutes:draft")
async def draft_minutes(meeting_id: UUID, command: minutes.DraftMinutes, caller: Caller) -> Written:
    """Draft the minutes; they cite the meeting's decisions."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/minutes/approvals", "minutes:approve")
async def approve_minutes(
    meeting_id: UUID, command: minutes.ApproveMinutes, caller: Caller
) -> Written:
    """Approve the newest version for your organisation."""
    return await write(caller, meeting.decider, meeting_id, command)


@adds(router, "/meetings/{meeting_id}/minutes/corrections", "minutes:correct")
async def correct_minutes(
    meeting_id: UUID, command: minutes.CorrectMinutes, caller: Caller
) -> Written:
    """Correct the minutes: a new version, to be approved again."""
    return await write(caller, meeting.decider, meeting_id, command, needs_match=True)


@adds(router, "/meetings/{meeting_id}/closings", "meeting:close")
async def close_meeting(meeting_id: UUID, command: meeting.CloseMeeting, caller: Caller) -> Written:
    """Close the meeting, once every step has an owner or is named in an override."""
    return await write(caller, meeting.decider, meeting_id, command)


@router.get("/meetings", dependencies=[requires("meetings:meeting:read")])
async def list_meetings(
    reader: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[rows.MeetingRow]:
    """List meetings, the latest first."""
    async with reader.rows() as db:
        found = await queries.meetings(
            db, reader.coalition, reader.audiences, before=_before(cursor), limit=limit + 1
        )
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        place = f"{last.starts_at.isoformat()}|{last.meeting}"
        following = urlsafe_b64encode(place.encode()).decode()
    return Page(items=found[:limit], next_cursor=following)


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        at, _, last = urlsafe_b64decode(cursor).decode().partition("|")
        return _PLACE.validate_python(at), UUID(last)
    except ValueError:
        raise Problem(422, "bad_cursor", "That cursor was not given by this list.") from None


@router.get("/meetings/{meeting_id}", dependencies=[requires("meetings:meeting:read")])
async def show_meeting(meeting_id: UUID, reader: Reader) -> rows.MeetingDetail:
    """Show a meeting: its agenda, who was there, its minutes and next steps."""
    async with reader.rows() as db:
        found = await queries.meeting(db, reader.coalition, reader.audiences, meeting_id)
    if found is None:
        raise not_found()
    return found


@router.get(
    "/meetings/{meeting_id}/minutes.md", dependencies=[requires("meetings:meeting:read")],
    response_class=Response, responses=MARKDOWN,
)  # fmt: skip
async def export_minutes(
    meeting_id: UUID, reader: Reader, version: Version | None = None
) -> Response:
    """Export minutes, draft or final, as Markdown that `accord import minutes` reads back."""
    async with reader.rows() as db:
        seen = reader.coalition, reader.audiences
        found = await queries.meeting(db, *seen, meeting_id)
        row = written.version_of(found, version) if found else None
        if found is None or row is None:
            raise not_found()
        said = await entries(db, *seen, "meeting", key=meeting_id)
        titles = await floors.titles(db, *seen, [entry.data.get("item") for entry in said])
        named = await queries.names(db, *seen)
        made = await decided.decided(db, *seen, row.decisions, named)
    course = written.course(found, said, titles, named, made)
    body = written.markdown(found, row, course).encode()
    name = f"{found.date}-{found.meeting}.md"
    headers = {
        "Cache-Control": "no-store",
        "Content-Digest": f"sha-256=:{b64encode(sha256(body).digest()).decode()}:",
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, 200, headers, "text/markdown; charset=utf-8")


@router.get(
    "/meetings/{meeting_id}/minutes/differences", dependencies=[requires("meetings:meeting:read")]
)
async def compare_minutes(
    meeting_id: UUID, reader: Reader, before: Version, after: Version
) -> written.Differences:
    """Show what changed from one version of the minutes to another, line by line."""
    async with reader.rows() as db:
        found = await queries.meeting(db, reader.coalition, reader.audiences, meeting_id)
    one, other = (written.version_of(found, each) if found else None for each in (before, after))
    if one is None or other is None:
        raise not_found()
    return written.differences(one, other)
