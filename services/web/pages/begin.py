"""Beginning: a coalition is formed with one form, and whoever was invited joins with another.

Both are for somebody whom the coalition does not know yet: they register with the address that
they sign in with.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import Attempt, act, attempt
from services.web.answers import Named
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, asked_for
from services.web.page import Visit, Visiting
from services.web.peers import PeerRefused, PeerSilent, Recorded, of

SECTOR = Ask("sector", "In which sector you work", "code", "A word or two, such as “education”.",
             missing="Say in which sector.")  # fmt: skip
FORMS = among(
    Form(
        "form", "Form a coalition", "Form it", "coalitions",
        (
            Ask("name", "What it is called", "line", missing="Name it."),
            Ask("slug", "Its address here", "plain", "Letters from a to z, digits and hyphens.",
                missing="Choose an address, such as “hill-teachers”."),
            Ask("template", "What it is", "choice", missing="Say what it is.",
                options=tuple(words.TEMPLATES.items()), otherwise="alliance"),
            Ask("person.name", "Your name", "line", missing="Write your name."),
            Ask("founder.kind", "You take part", "choice", missing="Say for whom you take part.",
                options=tuple(words.KINDS.items()), otherwise="person"),
            Ask("founder.name", "The organisation's name", "line",
                "Nothing, if you take part for yourself."),
            Ask("founder.sector", SECTOR.label, "code", SECTOR.hint, SECTOR.missing),
            Ask("weekly.day", "If you meet each week: the day", "choice",
                options=tuple(words.DAYS.items())),
            Ask("weekly.at", "And the time of day, in UTC", "plain", "Such as 15:30."),
        ),
        "You preside, and invite the others. All of it but the address can be changed later.",
    ),
    Form(
        "join", "Join", "Join", "coalitions/{on}",
        (
            Ask("name", "Your name", "line", missing="Write your name."),
            SECTOR,
            Ask("interest.mutual_benefit", "What you gain by taking part, and others by you"),
            Ask("ground_rules", "Which version of its ground rules you accept", "whole",
                "Ask who invited you; nothing, if there are none."),
        ),
        "You take part for yourself, with a vote of your own.",
    ),
)  # fmt: skip
NOBODY = Named(id=UUID(int=0))
"""Nobody acts for an organisation here."""

router = APIRouter()


async def _show(visiting: Visit, looked: Looked, **shown: Any) -> Response:
    if visiting.signed_in is None:
        onward = quote(visiting.request.url.path, safe="/")
        return RedirectResponse(f"/sign-in?onward={onward}", status_code=303)
    return answer(
        "begin.html", await visiting.chrome(), looked, forms=FORMS, nobody=NOBODY, **shown
    )


def registering(visiting: Visit, tried: Attempt, name: Any) -> Mapping[str, Any]:
    """Return how somebody registers: by the address that they sign in with."""
    subject = visiting.signed_in.subject if visiting.signed_in else ""
    contact = {"lang": tried.language, "text": subject}
    return {"name": name, "contact": contact, "locale": tried.language[:2].lower()}


@router.get("/begin")
async def show_beginning(visiting: Visiting) -> Response:
    """Ask what forms a coalition."""
    return await _show(visiting, LOOKED, here="/begin", joining="", doing="form")


@router.post("/begin/form")
async def form_coalition(visiting: Visiting, request: Request) -> Response:
    """Form a coalition, and go there."""
    tried = await attempt(visiting, request)
    body = formed(visiting, tried)
    recorded = await act(visiting, tried, "members", "coalitions", body)
    if recorded is None:
        return await _show(visiting, Looked(tried), here="/begin", joining="", doing="form")
    await _settled(visiting, tried.get("slug"), recorded)
    return RedirectResponse(f"/c/{quote(tried.get('slug'), safe='')}", status_code=303)


def formed(visiting: Visit, tried: Attempt) -> dict[str, Any]:
    """Return the command; what is missing is noted in `tried`."""
    body = asked_for(FORMS["form"], tried, ())
    person, founder, weekly = (body.pop(name, {}) for name in ("person", "founder", "weekly"))
    if founder.get("kind") == "person":
        founder["name"] = person.get("name")
    elif "name" not in founder:
        tried.miss("founder.name", "Write the organisation's name.")
    founder |= {"commitment": "homework", "voting_right": True}
    if len(weekly) == 1:
        missing = "weekly.at" if "day" in weekly else "weekly.day"
        tried.miss(missing, "Say both, the day and the time.")
    more = {"weekly": weekly} if weekly else {}
    who = registering(visiting, tried, person.get("name"))
    return {**body, "founder": founder, "person": who, **more}


@router.get("/join/{coalition}/{invitation:uuid}")
async def show_invitation(coalition: str, invitation: UUID, visiting: Visiting) -> Response:
    """Ask who was invited what joining takes."""
    here = f"/join/{quote(coalition, safe='')}/{invitation}"
    return await _show(visiting, LOOKED, here=here, joining=coalition, doing="join")


@router.post("/join/{coalition}/{invitation:uuid}/join")
async def accept_invitation(
    coalition: str, invitation: UUID, visiting: Visiting, request: Request
) -> Response:
    """Join, and go there."""
    tried = await attempt(visiting, request)
    body = asked_for(FORMS["join"], tried, ())
    if not body.get("interest"):
        body.pop("interest", None)
    body["person"] = registering(visiting, tried, body.get("name"))
    path = of(coalition, "invitations", invitation, "acceptances")
    recorded = await act(visiting, tried, "members", path, body)
    if recorded is None:
        here = f"/join/{quote(coalition, safe='')}/{invitation}"
        return await _show(visiting, Looked(tried), here=here, joining=coalition, doing="join")
    await _settled(visiting, coalition, recorded)
    return RedirectResponse(f"/c/{quote(coalition, safe='')}", status_code=303)


async def _settled(visiting: Visit, coalition: str, recorded: Recorded) -> None:
    """Let the services hear of it, so that the next page is there; it comes, if later."""

    async def hear(service: Any, path: str) -> None:
        try:
            await visiting.ask.get(service, path, at_least=str(recorded))
        except (PeerRefused, PeerSilent):
            return

    await asyncio.gather(
        hear("members", of(coalition)),
        hear("transparency", of(coalition, "coalition")),
        hear("meetings", of(coalition, "series")),
    )
