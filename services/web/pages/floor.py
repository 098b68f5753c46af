"""The floor of a meeting: who asks for it and gets it, what rests, who may be recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import attempt
from services.web.answers import Named
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, send
from services.web.page import Me, Visit, Visiting
from services.web.pages.live import Floor
from services.web.pages.meetings import Attendance, Meeting, around
from services.web.passing import pass_on
from services.web.peers import of

ITEM = Ask("item", "On which item", "choice", missing="Choose the item.")
REASON = Ask("reason", "The reason", missing="Give the reason.")
OF_THE_FACILITATOR = among(
    Form(
        "give", "Give the floor", "Give the floor", "meetings/{on}/speeches",
        (Ask("speech", kind="new_id"), ITEM,
         Ask("speaker", "Who speaks", "speaker", missing="Choose who speaks.")),
        "On each item one speaks at a time. Who speaks has to be recorded as here.", "speaks",
        "meetings",
    ),
    Form("end", "End the speech", "End the speech", "meetings/{on}/speeches/endings",
         (Ask("speech", kind="fixed"),), shows="speaks", service="meetings"),
    Form("raise-heat", "Make it hotter", "Record", "meetings/{on}/heat/raises", (ITEM, REASON),
         "Where a discussion avoids what divides.", "heat", "meetings"),
    Form("lower-heat", "Cool it down", "Record", "meetings/{on}/heat/reductions",
         (ITEM, REASON), shows="heat", service="meetings"),
    Form("invite-dissent", "Ask what speaks against it", "Ask",
         "meetings/{on}/dissent-invitations", (ITEM,), shows="heat", service="meetings"),
    Form(
        "park", "Let an item rest", "Let it rest", "meetings/{on}/parkings",
        (ITEM, Ask("until", "Until", "day", missing="Say until when."), REASON),
        "On that day it is back by itself. Whoever speaks on it has spoken.", "rests",
        "meetings",
    ),
    Form("resume", "Take it up again", "Take it up again", "meetings/{on}/resumptions",
         (Ask("item", kind="fixed"),), shows="rests", service="meetings"),
)  # fmt: skip
OF_WHO_IS_THERE = among(
    Form("ask", "Ask for the floor", "Ask for the floor", "meetings/{on}/floor-requests",
         (ITEM,), shows="speaks", service="meetings"),
)  # fmt: skip
OF_ONESELF = among(
    Form("agree", "You may record me", "You may record me", "meetings/{on}/recording-answers",
         (Ask("attendance", kind="fixed"),), shows="recording", service="meetings"),
    Form("refuse", "Do not record me", "Do not record me", "meetings/{on}/recording-answers",
         (Ask("attendance", kind="fixed"),), shows="recording", service="meetings"),
)  # fmt: skip
FORMS = {**OF_THE_FACILITATOR, **OF_WHO_IS_THERE, **OF_ONESELF}

router = APIRouter()


@dataclass(frozen=True)
class Part:
    """What somebody may do at a meeting that is open; the meetings service decides.

    Args:
        facilitator: The organisation for which they facilitate.
        present: Those for which they speak that are in the room.
        people: Who may be given the floor: their organisation is in the room.
    """

    facilitator: Named | None = None
    present: Sequence[Named] = ()
    own: Sequence[Attendance] = ()
    people: Sequence[tuple[str, str]] = ()

    def people_of(self, organisation: UUID) -> list[tuple[str, str]]:
        """Return who may speak for an organisation."""
        return [each for each in self.people if each[0].startswith(f"{organisation}_")]


def facilitates(me: Me, meeting: Meeting) -> Named | None:
    """Return the organisation for which somebody facilitates a meeting."""
    if me.person is None:
        return None
    appointed = [one for one in meeting.facilitators if one.who == me.person]
    theirs = [one.org.id for one in appointed if one.org]
    return next((org for org in me.spokesperson if org.id in theirs), None)


def part_of(me: Me, meeting: Meeting, people: Sequence[tuple[str, str]]) -> Part:
    """Return what somebody may do here."""
    if meeting.state != "open" or me.person is None:
        return Part()
    here = meeting.here
    return Part(
        facilitates(me, meeting),
        [org for org in me.spokesperson if org.id in here],
        [one for one in meeting.attendance if one.who == me.person and not one.left],
        [each for each in people if UUID(each[0].partition("_")[0]) in here],
    )


async def _show(
    visiting: Visit, coalition: str, meeting_id: UUID, looked: Looked = LOOKED
) -> Response:
    path = of(coalition, "meetings", meeting_id)
    chrome, (raw, caught_up), (floor, _) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "meetings", path),
        visiting.ask.get_with(looked.at_least, "meetings", f"{path}/floor"),
    )
    meeting, stands = Meeting.model_validate(raw), Floor.model_validate(floor)
    people: Sequence[tuple[str, str]] = ()
    if meeting.state == "open" and facilitates(chrome.me, meeting):
        people = (await around(visiting, coalition, chrome, meeting)).people
    resting = {str(one.item.id) for one in stands.parked}
    return answer(
        "floor.html", chrome, looked, caught_up=caught_up, meeting=meeting, floor=stands,
        forms=FORMS, part=part_of(chrome.me, meeting, people),
        items=[each for each in meeting.asked_for if each[0] not in resting],
    )  # fmt: skip


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}/floor")
async def show_floor(
    coalition: str, meeting_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show who speaks and who waits, what rests, and what can be done about it."""
    return await _show(visiting, coalition, meeting_id, Looked(at_least=at_least))


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}/floor.json")
async def floor_as_json(
    coalition: str, meeting_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "meetings", meeting_id, "floor")
    return await pass_on(visiting.ask, "meetings", path, request.query_params)


@router.post("/c/{coalition}/meetings/{meeting_id:uuid}/floor/{what}")
async def act_on_floor(
    coalition: str, meeting_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Ask for the floor, give it, let an item rest, say whether you may be recorded."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    if what in OF_ONESELF:
        recorded = await send(
            visiting, coalition, tried, form, for_oneself=True, agreed=what == "agree"
        )
    else:
        recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, meeting_id, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
