"""Wins and losses: what came of the work, who is thanked for it, and who was not thanked yet."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import NOT_OURS, Visit, Visiting
from services.web.pages.contributions import DEGREES, ROLES, Contribution
from services.web.passing import pass_on
from services.web.peers import PeerRefused, Service, of

ROWS = "10"
OFFERED, CAMPAIGNS = "12", 5
CITED = "40"
TITLE = Ask("title", "In a line", "line", missing="Say it in a line.")
BEHIND = (
    Ask("decisions", "Decisions behind it", "some"),
    Ask("objectives", "Objectives it was about", "some"),
)
CREDIT = Ask("credit", kind="fixed")
ROLE = Ask("role", "For which role", "choice", missing="Choose a role.", options=ROLES)
AUDIENCES = tuple((code, words.plain(shown)) for code, shown in words.AUDIENCES.items())
DEGREE = Ask("degree", "How much of it was its doing", "choice", missing="Say how much.",
             options=DEGREES)  # fmt: skip
OPENING = among(
    Form(
        "declare", "Declare a win", "Declare", "wins",
        (TITLE,
         Ask("size", "How large", "choice", missing="Say how large.",
             options=tuple(words.SIZES.items())),
         *BEHIND),
        "Small steps count: they are worth a thank-you too.", service="credit",
    ),
    Form(
        "acknowledge", "Acknowledge a loss", "Acknowledge", "losses", (TITLE, *BEHIND),
        "It stands among the wins: nothing is hidden.", service="credit",
    ),
)  # fmt: skip
FORMS = among(
    Form(
        "thank", "Thank somebody", "Thank them", "wins/{on}/credits",
        (
            Ask("credit", kind="new_id"),
            Ask("to", "A member organisation", "member"),
            Ask("external", "Or somebody outside", "line", "One of the two."),
            ROLE,
            DEGREE,
            Ask("basis", "What you thank them on", "choice", missing="Say what you thank them on.",
                options=tuple(words.CREDIT_BASES.items())),
            Ask("contributions", "What they contributed", "some",
                "Thanks on evidence name what another organisation confirmed."),
        ),
        "Thanks to one take none from another. Nobody thanks itself.", "thanks", "credit",
    ),
    Form("accept", "Accept these thanks", "Accept these thanks", "wins/{on}/acceptances", (CREDIT,),
         shows="thanks", service="credit"),
    Form("waive", "Waive these thanks", "Waive them: count us, do not name us",
         "wins/{on}/waivers", (CREDIT,), shows="thanks", service="credit"),
    Form(
        "correct", "Correct these thanks", "Correct", "wins/{on}/corrections",
        (CREDIT, ROLE, DEGREE, Ask("reason", "The reason", missing="Give the reason.")),
        "What stood before is shown with it.", "thanks", "credit",
    ),
    Form(
        "welcome", "Welcome somebody who came round", "Welcome them", "wins/{on}/latecomers",
        (
            Ask("to", "A member organisation", "member"),
            Ask("external", "Or somebody outside", "line", "One of the two."),
            Ask("from", "What they thought before", missing="Say what they thought before."),
            Ask("now", "What they think now", missing="Say what they think now."),
            Ask("target", "Which target of a campaign they are", "choice"),
        ),
        "They head the thanks.", "thanks", "credit",
    ),
    Form(
        "announce", "Announce it", "Announce", "wins/{on}/announcements",
        (Ask("audience", "To whom", "choice", missing="Say to whom.", options=AUDIENCES),),
        "Who took part and was not thanked yet is listed with it. Nothing waits for that.",
        "told", "credit",
    ),
    Form(
        "celebrate", "Record a celebration", "Record", "wins/{on}/celebrations",
        (Ask("on", "On which day", "day", missing="Say on which day."),
         Ask("orgs", "Who celebrated", "members", missing="Say who celebrated.")),
        shows="celebrations", service="credit",
    ),
)  # fmt: skip

router = APIRouter()


class Correction(Answer):
    """A credit was corrected to this."""

    role: str
    degree: str
    reason: Said = SILENT
    by: UUID | None = None
    at: datetime
    ref: str


class Credit(Answer):
    """Thanks to a member, or to somebody outside, as they stand."""

    credit: UUID
    to: UUID | None = None
    external: Said = SILENT
    role: str
    degree: str
    basis: str
    accepted: bool = False
    by: UUID | None = None
    at: datetime
    corrections: tuple[Correction, ...] = ()
    ref: str


class Latecomer(Answer):
    """Somebody who thought otherwise before."""

    to: UUID | None = None
    external: Said = SILENT
    before: Said = SILENT
    now: Said = SILENT
    by: UUID | None = None
    at: datetime
    ref: str


class Announcement(Answer):
    """Who was told, and who was not thanked when they were."""

    audience: str
    uncredited: tuple[UUID, ...] = ()
    at: datetime
    ref: str


class Celebration(Answer):
    """A day on which it was celebrated, and by whom."""

    on: date
    orgs: tuple[UUID, ...] = ()
    ref: str


class Win(Answer):
    """A win or a loss, with all that was said of it; `waiting` were not thanked yet."""

    win: UUID
    kind: str
    size: str | None = None
    title: Said = SILENT
    decisions: tuple[UUID, ...] = ()
    by: UUID | None = None
    at: datetime
    latecomers: tuple[Latecomer, ...] = ()
    credits: tuple[Credit, ...] = ()
    undisclosed: int = 0
    announcements: tuple[Announcement, ...] = ()
    celebrations: tuple[Celebration, ...] = ()
    waiting: tuple[UUID, ...] = ()
    ref: str


class Celebrated(Answer):
    """When a win was celebrated last, and how many days ago."""

    last: date | None = None
    days_since: int | None = None


Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """What a win or a welcome may refer to."""

    decisions: Choices = ()
    objectives: Choices = ()
    targets: Choices = ()
    contributions: Choices = ()

    @property
    def choices(self) -> Mapping[str, Choices]:
        """The choices by the name of the field that offers them."""
        return {
            "decisions": self.decisions,
            "objectives": self.objectives,
            "target": self.targets,
            "contributions": self.contributions,
        }


async def _win(visiting: Visit, coalition: str, key: Any, at_least: str | None) -> tuple[Win, bool]:
    path = of(coalition, "wins", key)
    raw, caught_up = await visiting.ask.get_with(at_least, "credit", path)
    waiting = await visiting.ask.get("credit", of(coalition, "wins", key, "uncredited"))
    return Win.model_validate(raw | {"waiting": waiting["uncredited"]}), caught_up


async def _seen(visiting: Visit, service: Service, path: str, **query: str) -> Any:
    """Return what a service answers; an empty list where the reader may not see it."""
    try:
        return await visiting.ask.get(service, path, **query)
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return []
        raise


def _named(raw: Sequence[Any], key: str, text: str, nameless: str) -> Choices:
    said = [(str(one[key]), Said.model_validate(one[text]).text) for one in raw]
    return [(each, shown or nameless) for each, shown in said]


async def _about(visiting: Visit, coalition: str) -> Offered:
    """Return the newest decisions, and what the newest campaigns want."""
    decided, listed = await asyncio.gather(
        _seen(visiting, "transparency", of(coalition, "reports", "decision-register.json"),
              limit=OFFERED),
        _seen(visiting, "meetings", of(coalition, "campaigns")),
    )  # fmt: skip
    newest = [one["campaign"] for one in items(listed)][:CAMPAIGNS]
    campaigns = await asyncio.gather(
        *(_seen(visiting, "meetings", of(coalition, "campaigns", key)) for key in newest)
    )
    seen = [campaign for campaign in campaigns if campaign]
    return Offered(
        _named(items(decided), "decision", "title", "A decision, its title not shown"),
        [aim for one in seen
         for aim in _named(one["objectives"], "objective", "text", "An objective, not shown")],
        [target for one in seen
         for target in _named(one["targets"], "target", "name", "A target, not named")],
    )  # fmt: skip


async def _cited(visiting: Visit, coalition: str, called: Mapping[UUID, Named]) -> Choices:
    """Return the newest contributions that another organisation confirmed, in words."""
    raw = await visiting.ask.get("credit", of(coalition, "contributions"), limit=CITED)
    recorded = [Contribution.model_validate(one) for one in items(raw)]
    return [
        (
            str(one.contribution),
            f"{called.get(one.of, 'An organisation')}: {_doing(one.role)}, {words.day(one.at)}",
        )
        for one in recorded
        if one.state == "confirmed"
    ]


def _doing(role: str) -> str:
    return words.say(words.CREDIT_ROLES, role).lower()


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")
    chrome, (raw, caught_up), celebrated, members = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "credit", of(coalition, "wins"), limit=ROWS, cursor=cursor
        ),
        visiting.ask.get("credit", of(coalition, "celebrations")),
        names(visiting, coalition),
    )
    shown = await asyncio.gather(
        *(_win(visiting, coalition, one["win"], None) for one in items(raw))
    )
    offered = await _about(visiting, coalition) if chrome.me.spokesperson else Offered()
    return answer(
        "wins.html", chrome, looked, caught_up=caught_up, forms=OPENING, first=not cursor,
        wins=[win for win, _ in shown], following=raw["next_cursor"], offered=offered.choices,
        celebrated=Celebrated.model_validate(celebrated), called={one.id: one for one in members},
    )  # fmt: skip


@router.get("/c/{coalition}/wins")
async def show_wins(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show wins and losses together, the newest first, and the days since one was celebrated."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/wins.json")
async def wins_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on the list."""
    return await pass_on(visiting.ask, "credit", of(coalition, "wins"), request.query_params)


@router.post("/c/{coalition}/wins/{what}")
async def open_win(coalition: str, what: str, visiting: Visiting, request: Request) -> Response:
    """Declare a win or acknowledge a loss, and go to its page."""
    form = found(OPENING, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}/{recorded.key}?at_least={recorded}", status_code=303)


async def _show_one(
    visiting: Visit, coalition: str, win_id: UUID, looked: Looked = LOOKED
) -> Response:
    chrome, (win, caught_up), members = await asyncio.gather(
        visiting.chrome(coalition),
        _win(visiting, coalition, win_id, looked.at_least),
        names(visiting, coalition),
    )
    called = {one.id: one for one in members}
    offered = Offered()
    if chrome.me.spokesperson:
        about, cited = await asyncio.gather(
            _about(visiting, coalition), _cited(visiting, coalition, called)
        )
        offered = Offered(targets=about.targets, contributions=cited)
    return answer(
        "win.html", chrome, looked, caught_up=caught_up, forms=FORMS, win=win, called=called,
        members=members, offered=offered.choices,
    )  # fmt: skip


@router.get("/c/{coalition}/wins/{win_id:uuid}")
async def show_win(
    coalition: str, win_id: UUID, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show a win or a loss, and what can be done about it."""
    return await _show_one(visiting, coalition, win_id, Looked(at_least=at_least))


@router.get("/c/{coalition}/wins/{win_id:uuid}.json")
async def win_as_json(
    coalition: str, win_id: UUID, visiting: Visiting, request: Request
) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "wins", win_id)
    return await pass_on(visiting.ask, "credit", path, request.query_params)


@router.post("/c/{coalition}/wins/{win_id:uuid}/{what}")
async def act_on_win(
    coalition: str, win_id: UUID, what: str, visiting: Visiting, request: Request
) -> Response:
    """Thank somebody, answer thanks, announce or celebrate a win."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show_one(visiting, coalition, win_id, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
