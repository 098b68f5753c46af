"""Meetings: the list, and one with its agenda, who was there, its minutes and next steps."""

import asyncio
import re
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web import words
from services.web.answers import SILENT, Answer, Dated, Named, Said, items
from services.web.page import Visiting, page
from services.web.pages.steps import Step
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "50"

router = APIRouter()


class MeetingRow(Answer):
    """A meeting in the list."""

    meeting: UUID
    date: date | datetime
    title: Said = SILENT
    present: int | None = None
    state: str | None = None


WEEKLY = re.compile(r"FREQ=WEEKLY;BYDAY=([A-Z]{2});BYHOUR=(\d{1,2});BYMINUTE=(\d{1,2})")


class Series(Answer):
    """Meetings of a body that come again and again."""

    series: UUID
    name: Said = SILENT
    body: Named | None = None
    rrule: str

    @property
    def when(self) -> str:
        """When they are, in words where it is a slot of the week, else as the rule says it."""
        if (weekly := WEEKLY.fullmatch(self.rrule)) is None:
            return self.rrule
        day, hour, minute = weekly.groups()
        return f"every {words.DAYS[day]} at {int(hour):02}:{int(minute):02} UTC"


class AgendaItem(Answer):
    """One item of an agenda."""

    item: UUID
    kind: str | None = None
    title: Said = SILENT
    proposal: UUID | None = None
    minutes: int | None = None


class Attendance(Answer):
    """Somebody who was there: by name where the reader may see it, else by organisation."""

    org: Named | None = None
    person: Said = SILENT
    mode: str | None = None
    left: bool = False


class Facilitator(Answer):
    """Who leads the meeting; somebody from outside takes no stance in it."""

    person: Said = SILENT
    org: Named | None = None
    external: bool = False


class Quorum(Answer):
    """Whether enough organisations were there, at the last arrival or departure."""

    present: int
    needed: int
    established: bool


class Minutes(Answer):
    """One version of the minutes."""

    version: int
    text: Said = SILENT
    reason: Said = SILENT
    at: datetime | None = None
    state: str | None = None
    approved_by: tuple[Named, ...] = ()


class Meeting(Dated):
    """A meeting, as the meetings service answers."""

    meeting: UUID
    title: Said = SILENT
    date: date | datetime
    state: str
    body: Named | None = None
    host: Named | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: Said = SILENT
    short_notice: bool = False
    facilitators: tuple[Facilitator, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    present: int | None = None
    quorum: Quorum | None = None
    minutes: tuple[Minutes, ...] = ()
    steps: tuple[Step, ...] = ()
    imported: bool = False


@router.get("/c/{coalition}/meetings")
async def show_meetings(coalition: str, visiting: Visiting, cursor: str | None = None) -> Response:
    """Show the meetings, newest first."""
    chrome, found, slots = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("meetings", of(coalition, "meetings"), limit=ROWS, cursor=cursor),
        visiting.ask.get("meetings", of(coalition, "series")),
    )
    after = found.get("next_cursor") if isinstance(found, dict) else None
    return page(
        "meetings.html",
        chrome,
        series=[Series.model_validate(raw) for raw in items(slots)],
        meetings=[MeetingRow.model_validate(raw) for raw in items(found)],
        older=urlencode({"cursor": after}) if after else "",
        first=not cursor,
    )


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}")
async def show_meeting(coalition: str, meeting_id: UUID, visiting: Visiting) -> Response:
    """Show one meeting."""
    chrome, found = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("meetings", of(coalition, "meetings", meeting_id)),
    )
    return page("meeting.html", chrome, meeting=Meeting.model_validate(found))


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}.json")
async def meeting_as_json(
    coalition: str, meeting_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "meetings", meeting_id)
    return await pass_on(visiting.ask, "meetings", path, request.query_params)
