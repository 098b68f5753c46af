"""Meetings: the list, and one with its agenda, who was there, its minutes and next steps."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Dated, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names_for, send
from services.web.page import Chrome, Visit, Visiting
from services.web.pages.register import choices
from services.web.pages.steps import Step
from services.web.passing import pass_on
from services.web.peers import of

ROWS, OFFERED = "50", "200"
KINDS = (("decision", "To decide"), ("discussion", "To discuss"),
         ("support", "To get support"), ("information", "To inform"))  # fmt: skip
WHEN = (
    Ask("starts_at", "When it begins, in UTC", "time", missing="Say when it begins."),
    Ask("ends_at", "When it ends, in UTC", "time", missing="Say when it ends."),
    Ask("place", "Where", "line", missing="Say where."),
)
SCHEDULING = among(
    Form(
        "schedule", "Schedule a meeting", "Schedule", "meetings",
        (
            Ask("title", "What it is called", "line", missing="Give it a title."),
            Ask("body", "Of which body", "choice", missing="Choose the body."),
            Ask("host", "Which organisation hosts it", "member"),
            *WHEN,
            Ask("piggyback_on", "Which gathering it is attached to", "line",
                "Where people meet anyway: then no notice of the agenda is asked for."),
        ),
        service="meetings",
    ),
)  # fmt: skip
BEFORE = among(
    Form("reschedule", "Move it", "Move", "meetings/{on}/reschedulings", WHEN,
         service="meetings"),
    Form("cancel", "Cancel it", "Cancel this meeting", "meetings/{on}/cancellations",
         (Ask("reason", "The reason", missing="Give the reason."),), service="meetings"),
    Form(
        "appoint", "Appoint who facilitates", "Appoint", "meetings/{on}/facilitators",
        (
            Ask("who", "Who", "who", missing="Choose somebody."),
            Ask("external", "They come from outside: their organisation takes no stance here",
                "yes"),
        ),
        service="meetings",
    ),
    Form("publish-agenda", "Publish the agenda", "Publish", "meetings/{on}/agendas",
         (Ask("items", "Which items, in this order", "some",
              missing="Choose at least one item."),),
         "A late agenda is marked so, and not refused.", "agenda", "meetings"),
    Form("open", "Open the meeting", "Open the meeting", "meetings/{on}/openings",
         service="meetings"),
)  # fmt: skip
DURING = among(
    Form(
        "came", "Record who is here", "Record", "meetings/{on}/attendances",
        (
            Ask("attendance", kind="new_id"),
            Ask("who", "Who", "who", missing="Choose somebody."),
            Ask("mode", "How", "choice", options=(("in_person", "Here"), ("remote", "From afar")),
                otherwise="in_person", missing="Say how."),
        ),
        shows="present", service="meetings",
    ),
    Form("left", "They left", "They left", "meetings/{on}/departures",
         (Ask("attendance", kind="fixed"),), shows="present", service="meetings"),
    Form(
        "next-step", "Record a next step", "Record", "steps",
        (
            Ask("what", "What is to be done", missing="Say what is to be done."),
            Ask("meeting", kind="fixed"),
        ),
        "Then somebody takes it on, or is asked to.", "steps", "meetings",
    ),
    Form("close", "Close the meeting", "Close the meeting", "meetings/{on}/closings",
         service="meetings"),
    Form(
        "close-anyway", "Close it with steps that nobody owns", "Close it all the same",
        "meetings/{on}/closings",
        (
            Ask("override.steps", "Which steps stay without an owner", "some",
                missing="Choose the steps."),
            Ask("override.reason", "Why", missing="Say why."),
        ),
        "The minutes will name these steps.", service="meetings",
    ),
)  # fmt: skip
OF_MINUTES = among(
    Form(
        "draft-minutes", "Draft the minutes", "Save the draft", "meetings/{on}/minutes",
        (
            Ask("text", "The minutes", missing="Write the minutes."),
            Ask("decisions", "Which decisions they cite", "some"),
            Ask("steps", "Which next steps they cite", "some"),
        ),
        "Decisions are cited, never written again.", "minutes", "meetings",
    ),
    Form("approve-minutes", "Approve the minutes", "We approve version",
         "meetings/{on}/minutes/approvals", (Ask("version", kind="number"),), shows="minutes",
         service="meetings"),
    Form(
        "correct-minutes", "Correct the minutes", "Record the correction",
        "meetings/{on}/minutes/corrections",
        (
            Ask("corrects", kind="number"),
            Ask("text", "The minutes as they should be", missing="Write the whole text."),
            Ask("reason", "What was wrong", missing="Say what was wrong."),
            Ask("read", kind="version"),
        ),
        "A new version, which everybody who was there approves again.", "minutes", "meetings",
    ),
)  # fmt: skip
ANYBODY = among(
    Form(
        "propose-item", "Ask for time on the agenda", "Ask", "meetings/{on}/items",
        (
            Ask("item", kind="new_id"),
            Ask("title", "What it is called", "line", missing="Give it a title."),
            Ask("kind", "What for", "choice", options=KINDS, missing="Say what for."),
            Ask("proposal", "The proposal it is about", "choice"),
            Ask("minutes", "How many minutes", "whole", missing="Say how many minutes."),
        ),
        shows="agenda", service="meetings",
    ),
)  # fmt: skip
FORMS = {**BEFORE, **DURING, **OF_MINUTES, **ANYBODY}
OVER = frozenset({"closed", "cancelled"})

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

    attendance: UUID | None = None
    org: Named | None = None
    person: Said = SILENT
    who: UUID | None = None
    mode: str | None = None
    left: bool = False


class Facilitator(Answer):
    """Who leads the meeting; somebody from outside takes no stance in it."""

    person: Said = SILENT
    who: UUID | None = None
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

    def waits_for(self, organisation: UUID) -> bool:
        """Tell whether this organisation has not approved it yet."""
        return all(one.id != organisation for one in self.approved_by)


class Decided(Answer):
    """A decision made at a meeting."""

    decision: UUID
    title: Said = SILENT
    outcome: str
    ref: str


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
    waiting: tuple[AgendaItem, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    present: int | None = None
    quorum: Quorum | None = None
    minutes: tuple[Minutes, ...] = ()
    decisions: tuple[Decided, ...] = ()
    steps: tuple[Step, ...] = ()
    imported: bool = False
    version: int = 0

    @property
    def asked_for(self) -> list[tuple[str, str]]:
        """The items that an agenda may have."""
        every = (*self.agenda, *self.waiting)
        return [(str(item.item), item.title.text or "An item") for item in every]

    @property
    def unowned(self) -> list[tuple[str, str]]:
        """The next steps that nobody has accepted, which keep the meeting from closing."""
        waiting = (step for step in self.steps if step.state in {"proposed", "assigned"})
        return [(str(step.step), step.what.text or "A next step") for step in waiting]

    @property
    def cited(self) -> dict[str, list[tuple[str, str]]]:
        """What minutes may cite."""
        return {
            "decisions": [(one.ref, one.title.text or "A decision") for one in self.decisions],
            "steps": [(str(one.step), one.what.text or "A next step") for one in self.steps],
        }

    @property
    def outline(self) -> str:
        """What minutes begin with: the agenda, an item a paragraph."""
        return "\n\n".join(f"{item.title.text or 'An item'}:" for item in self.agenda)

    @property
    def here(self) -> frozenset[UUID]:
        """The organisations in the room."""
        return frozenset(one.org.id for one in self.attendance if one.org and not one.left)

    def came_for(self, organisation: UUID) -> bool:
        """Tell whether somebody was there for this organisation."""
        return any(one.org and one.org.id == organisation for one in self.attendance)


@dataclass(frozen=True)
class Around:
    """What the forms of a meeting's page are filled with.

    Args:
        chair: The organisation for which somebody chairs its body.
    """

    chair: Named | None = None
    people: Sequence[tuple[str, str]] = ()
    proposals: Sequence[tuple[str, str]] = ()


async def _list(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")
    chrome, (raw, caught_up), slots = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "meetings", of(coalition, "meetings"), limit=ROWS, cursor=cursor
        ),
        visiting.ask.get("meetings", of(coalition, "series")),
    )
    after = raw.get("next_cursor") if isinstance(raw, dict) else None
    speaks = bool(chrome.me.spokesperson)
    return answer(
        "meetings.html", chrome, looked, caught_up=caught_up, forms=SCHEDULING,
        series=[Series.model_validate(raw) for raw in items(slots)],
        meetings=[MeetingRow.model_validate(one) for one in items(raw)],
        bodies=await choices(visiting, "members", of(coalition, "bodies")) if speaks else (),
        members=await names_for(visiting, coalition, chrome, SCHEDULING),
        older=urlencode({"cursor": after}) if after else "", first=not cursor,
    )  # fmt: skip


async def around(visiting: Visit, coalition: str, chrome: Chrome, meeting: Meeting) -> Around:
    """Return what the forms of a meeting are filled with."""
    informal = chrome.coalition is not None and chrome.coalition.mode == "informal"
    chair = chrome.me.chairs(meeting.body.id if meeting.body else None, informal=informal)
    if not chrome.me.spokesperson or meeting.state in OVER:
        return Around(chair)
    raw, home = await asyncio.gather(
        visiting.ask.get("members", of(coalition, "roster"), place="table", limit=OFFERED),
        visiting.ask.get("transparency", of(coalition, "home")),
    )
    people = {
        f"{row['id']}_{one['person']}_{one['accreditation']}": f"{one['name']['text']}, {name}"
        for row in items(raw)
        for name in [(row["name"] or {}).get("text", "not named")]
        for one in row["representatives"]
        if one["person"] and one["name"]
    }
    votings = home.get("open") if isinstance(home, dict) else None
    return Around(
        chair, sorted(people.items(), key=itemgetter(1)),
        [(one["id"], (one["title"] or {}).get("text", "A proposal")) for one in votings or ()],
    )  # fmt: skip


async def _show(
    visiting: Visit, coalition: str, meeting_id: UUID, looked: Looked = LOOKED
) -> Response:
    path = of(coalition, "meetings", meeting_id)
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition), visiting.ask.get_with(looked.at_least, "meetings", path)
    )
    meeting = Meeting.model_validate(raw)
    return answer(
        "meeting.html", chrome, looked, caught_up=caught_up, meeting=meeting, forms=FORMS,
        around=await around(visiting, coalition, chrome, meeting),
    )  # fmt: skip


@router.get("/c/{coalition}/meetings")
async def show_meetings(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show the meetings, newest first."""
    return await _list(visiting, coalition, Looked(at_least=at_least))


@router.post("/c/{coalition}/meetings/{what}")
async def schedule_meeting(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Schedule a meeting, and go to its page."""
    form = found(SCHEDULING, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _list(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}/{recorded.key}?at_least={recorded}", status_code=303)


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}")
async def show_meeting(
    coalition: str, meeting_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show one meeting."""
    return await _show(visiting, coalition, meeting_id, Looked(at_least=at_least))


@router.post("/c/{coalition}/meetings/{meeting_id:uuid}/{what}")
async def act_on_meeting(
    coalition: str, meeting_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Prepare, open and close it; say who is here, what is to be done, what the minutes say."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, meeting_id, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}.json")
async def meeting_as_json(
    coalition: str, meeting_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "meetings", meeting_id)
    return await pass_on(visiting.ask, "meetings", path, request.query_params)
