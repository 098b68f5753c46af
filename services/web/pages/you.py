"""A person's own page: for whom they act, their consents and goals, how they are; and the way out.

What stands here is the person's own: services answer nobody else with it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import Attempt, attempt
from services.web.answers import SILENT, Answer, Named, Said
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, send
from services.web.page import Chrome, Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import Recorded, of

SURE = "ERASE"
SCORES = tuple(
    (str(score), words)
    for score, words in enumerate(("1, badly", "2", "3, so-so", "4", "5, well"), start=1)
)

router = APIRouter()


class Taken(Answer):
    """A role that the person took; `held`: they have it still."""

    role: str
    body: Named
    organisation: Named
    held: bool = False
    ref: str


class Goal(Answer):
    """A goal that the person set themselves."""

    goal: UUID
    text: Said = SILENT
    due: date
    reached_at: datetime | None = None
    refs: tuple[str, ...] = ()


class Consent(Answer):
    """What the person consented to."""

    consent: UUID
    purpose: str
    until: date | None = None
    given_at: datetime
    withdrawn_at: datetime | None = None
    refs: tuple[str, ...] = ()


class Month(Answer):
    """How the person was in a month."""

    period: str
    score: int | None = None
    ref: str


class Own(Answer):
    """What only the person sees."""

    roles: tuple[Taken, ...] = ()
    goals: tuple[Goal, ...] = ()
    consents: tuple[Consent, ...] = ()
    wellbeing: tuple[Month, ...] = ()


FORMS: Mapping[str, Form] = among(
    Form(
        "give-consent", "Consent to something", "Give consent", "people/{by}/consents",
        (
            Ask("purpose", "To what", "code", "A word or two, such as “story” or “photo”.",
                missing="Say to what you consent."),
            Ask("until", "Until", "day", "Without a day it holds until you withdraw it."),
            Ask("consent", kind="new_id"),
        ),
        shows="consents",
    ),
    Form(
        "withdraw-consent", "Withdraw it", "Withdraw", "people/{by}/withdrawals",
        (Ask("consent", kind="fixed"),), shows="consents",
    ),
    Form(
        "set-goal", "Set yourself a goal", "Set", "people/{by}/goals",
        (
            Ask("text", "What you want to learn or do", missing="Write what it is."),
            Ask("due", "Until", "day", missing="Say until which day."),
            Ask("goal", kind="new_id"),
        ),
        "Nobody else sees it.", "goals",
    ),
    Form(
        "reach-goal", "Reached", "I have reached it", "people/{by}/achievements",
        (Ask("goal", kind="fixed"),), shows="goals",
    ),
    Form(
        "say-how-you-are", "Say how you are", "Record", "people/{by}/wellbeings",
        (
            Ask("score", "This month I am", "rating", missing="Choose a number.", options=SCORES),
            Ask("period", kind="fixed"),
        ),
        "Once a month. Nobody else sees it: others see how a group of at least five is.",
        "wellbeing",
    ),
    Form(
        "erase", "Have yourself erased", "Erase me for good", "people/{by}/erasures",
        (
            Ask("ground", "Why, in a word or two", "code", "Such as “moved on”.",
                missing="Give a reason, in a word or two."),
            Ask("sure", f"To be sure, write {SURE}", "plain", missing=f"Write {SURE}."),
        ),
        "Your name, your address, your goals and all else that is about you become unreadable in"
        " every service. What your organisations decided stays, without your name. Nothing brings"
        " it back.", "main",
    ),
)  # fmt: skip


def _person(chrome: Chrome) -> Named:
    """Return the person at the browser.

    Raises:
        HTTPException: 404: this coalition does not know them.
    """
    if chrome.me.person is None:
        raise HTTPException(404)
    return Named(id=chrome.me.person, name=chrome.me.name)


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(looked.at_least, "members", of(coalition, "growth")),
    )
    own = Own.model_validate(raw)
    period = f"{datetime.now(UTC):%Y-%m}"
    return answer(
        "you.html", chrome, looked, caught_up=caught_up, person=_person(chrome), own=own,
        forms=FORMS, period=period, asked=all(one.period != period for one in own.wellbeing),
    )  # fmt: skip


@router.get("/c/{coalition}/you")
async def show_you(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show people what is theirs."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/you.json")
async def you_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    return await pass_on(visiting.ask, "members", of(coalition, "growth"), request.query_params)


@router.post("/c/{coalition}/you/{what}")
async def act_on_you(coalition: str, what: str, visiting: Visiting, request: Request) -> Response:
    """Say something for oneself, on behalf of no organisation; or be erased."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send_own(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    if what == "erase":
        return RedirectResponse("/", status_code=303)
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)


async def send_own(visiting: Visit, coalition: str, tried: Attempt, form: Form) -> Recorded | None:
    """Send what people say for themselves alone; who is erased has to be sure."""
    if form.name == "erase":
        if tried.get("sure") != SURE:
            tried.miss("sure", f"Write {SURE}, in capital letters.")
        form = replace(form, asks=tuple(ask for ask in form.asks if ask.name != "sure"))
    return await send(visiting, coalition, tried, form, for_oneself=True)
