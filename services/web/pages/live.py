"""A meeting as it goes on: who is here, who speaks and who was not heard, how organisations stand.

It moves by itself where the browser runs our script, and can be paused; without it, it is a page
like any other.
"""

import asyncio
from collections.abc import Hashable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from services.web.answers import SILENT, Answer, Named, Said
from services.web.live import Live
from services.web.page import Me, Visiting, page, to_html
from services.web.pages.decision import Decision
from services.web.pages.meetings import Meeting
from services.web.peers import Asker, PeerRefused, of

SCRIPTED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types accord"
)
VOTINGS = 10

router = APIRouter()
_live = Live()


class Unheard(Answer):
    """An organisation that came, and has not been heard."""

    organisation: Named
    left: bool = False


class Heard(Answer):
    """How often and how long an organisation spoke."""

    organisation: Named
    turns: int
    seconds: int


class Waiting(Answer):
    """Who asked for the floor."""

    item: Named
    organisation: Named


class Speaking(Waiting):
    """Who has the floor, and since when."""

    speech: UUID
    person: Said = SILENT
    since: datetime


class Parked(Answer):
    """What rests until a day."""

    item: Named
    until: date
    reason: Said = SILENT


class Heat(Answer):
    """A discussion made hotter, or cooled down."""

    item: Named
    change: str
    reason: Said = SILENT
    at: datetime


class Floor(Answer):
    """The floor of a meeting."""

    not_heard: tuple[Unheard, ...] = ()
    heard: tuple[Heard, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    speaking: tuple[Speaking, ...] = ()
    parked: tuple[Parked, ...] = ()
    heat: tuple[Heat, ...] = ()
    dissent_invited: tuple[Named, ...] = ()
    recording: str = "open"


class Moment(Answer):
    """A meeting as it stands, with the proposals on its agenda."""

    meeting: Meeting
    floor: Floor
    votings: tuple[Decision, ...] = ()


async def _moment(ask: Asker, coalition: str, meeting: UUID, at_least: str | None) -> Moment:
    (raw, _), (floor, _) = await asyncio.gather(
        ask.get_with(at_least, "meetings", of(coalition, "meetings", meeting)),
        ask.get_with(at_least, "meetings", of(coalition, "meetings", meeting, "floor")),
    )
    shown = Meeting.model_validate(raw)
    about = [item.proposal for item in shown.agenda if item.proposal][:VOTINGS]
    votings = await asyncio.gather(*(_voting(ask, coalition, one, at_least) for one in about))
    return Moment(meeting=shown, floor=floor, votings=tuple(filter(None, votings)))


async def _voting(
    ask: Asker, coalition: str, proposal: UUID, at_least: str | None
) -> Decision | None:
    """Return a proposal; `None` where they may not see it."""
    path = of(coalition, "decisions", proposal)
    try:
        raw, _ = await ask.get_with(at_least, "transparency", path)
    except PeerRefused as refused:
        if refused.problem.status == 404:  # noqa: PLR2004 - not for them
            return None
        raise
    return Decision.model_validate(raw)


def alike(me: Me) -> Hashable:
    """Return what those have in common who see the same: for whom they act, where, and how."""
    return frozenset(
        (mandate.organisation.id, mandate.body.id if mandate.body else None, mandate.authority)
        for mandate in me.mandates
    )


def shown(moment: Moment) -> dict[str, Any]:
    """Return what the template shows."""
    return {"meeting": moment.meeting, "floor": moment.floor, "votings": moment.votings}


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}/live")
async def show_live(
    coalition: str, meeting_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show the meeting as it stands, with the script that keeps it so."""
    chrome, moment = await asyncio.gather(
        visiting.chrome(coalition), _moment(visiting.ask, coalition, meeting_id, at_least)
    )
    policy = {"Content-Security-Policy": SCRIPTED}
    return page("live.html", chrome, headers=policy, **shown(moment))


@router.get("/c/{coalition}/meetings/{meeting_id:uuid}/live/stream")
async def stream_live(
    coalition: str, meeting_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Send what moves each time that it changed."""
    chrome = await visiting.chrome(coalition)
    ask = visiting.ask
    await ask.get("meetings", of(coalition, "meetings", meeting_id))  # 404 where it is not theirs

    async def make(ask: Asker, at_least: str | None) -> str:
        moment = await _moment(ask, coalition, meeting_id, at_least)
        return to_html("live_part.html", chrome, **shown(moment))

    part = _live.part((coalition, meeting_id, alike(chrome.me)), coalition, make)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        part.seen_by(ask, request), media_type="text/event-stream", headers=headers
    )
