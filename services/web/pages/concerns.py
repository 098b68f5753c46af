"""Concerns: what worries somebody, for how long already, and what became of it."""

import asyncio
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Named, Said, items
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, send
from services.web.page import NOT_OURS, Visit, Visiting
from services.web.pages.register import choices
from services.web.passing import pass_on
from services.web.peers import PeerRefused, of

ASKED = (
    Ask("text", "What worries you", missing="Say what worries you."),
    Ask("source", "Whose concern it is", "choice", missing="Say whose concern it is.",
        options=tuple(words.CONCERN_SOURCES.items())),
    Ask("kind", "What it is about", "choice", "What is between persons never leaves this body.",
        missing="Say what it is about.", options=tuple(words.CONCERN_KINDS.items())),
    Ask("anonymous", "Raise it anonymously", "yes",
        "Nobody learns who raised it but the facilitator: who leads the meeting it came up in, else"
        " who chairs the body. Once it is resolved, nobody can tell any more."),
)  # fmt: skip
FORMS = among(
    Form(
        "raise", "Raise a concern", "Raise", "concerns",
        (*ASKED, Ask("body", "Who should hear it", "choice", "Nobody chosen: the plenary.")),
        "The sooner it is said, the smaller it is.", "concerns", "meetings",
    ),
    Form(
        "raise-about", "Raise a concern about this proposal", "Raise", "concerns",
        (*ASKED, Ask("about", kind="fixed")),
        "The body that decides about the proposal hears it.", "concerns", "meetings",
    ),
    Form(
        "resolve", "Say what became of it", "Record", "concerns/{on}/resolutions",
        (
            Ask("how", "What became of it", "choice", missing="Say what became of it.",
                options=tuple(words.CONCERN_ENDS.items())),
            Ask("text", "In words", missing="Say it in words, for whoever raised it."),
        ),
        "Who reads the concern reads this. Who raised it anonymously is forgotten with it.",
        "concerns", "meetings",
    ),
    Form(
        "let-more-see", "Let more see it", "Let them see it", "disclosures",
        (
            Ask("to", "Who else should see it", "choice", missing="Choose who.",
                options=tuple(words.DISCLOSED_TO.items())),
            Ask("items", kind="alone"),
        ),
        "It shows your organisation alone, so nobody else is asked. What was shown stays shown.",
        "concerns", "meetings",
    ),
)  # fmt: skip

router = APIRouter()


class Resolution(Answer):
    """What became of a concern."""

    how: str
    text: Said = SILENT
    by: Named | None = None
    on: date
    ref: str


class Concern(Answer):
    """A concern, as the reader may see it."""

    concern: UUID
    source: str
    kind: str
    anonymous: bool = False
    raised_by: Named | None = None
    raised_on: date
    days: int | None = None
    answered: bool = False
    body: Named | None = None
    about: Named | None = None
    text: Said = SILENT
    resolution: Resolution | None = None
    may_resolve: bool = False
    may_know: bool = False
    ref: str


def an_id(asked: str | None) -> UUID | None:
    """Return the id that is asked about, where it is one."""
    try:
        return UUID(asked) if asked else None
    except ValueError:
        return None


async def concerns_about(visiting: Visit, coalition: str, proposal: UUID) -> Sequence[Concern]:
    """Return the concerns about a proposal; none for whom meetings shows nothing."""
    try:
        raw = await visiting.ask.get("meetings", of(coalition, "concerns"), about=str(proposal))
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return ()
        raise
    return [Concern.model_validate(one) for one in items(raw)]


async def _raiser(visiting: Visit, coalition: str, concern: UUID | None) -> Named | None:
    """Return who raised a concern, where the reader asks and may know."""
    if concern is None:
        return None
    try:
        path = of(coalition, "concerns", concern, "raiser")
        raw = await visiting.ask.get("meetings", path)
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return None
        raise
    return Named.model_validate(raw["raised_by"]) if raw["raised_by"] else None


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    asked = visiting.request.query_params
    about, who = an_id(asked.get("about")), an_id(asked.get("who"))
    chrome, (raw, caught_up), raiser, bodies = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "meetings", of(coalition, "concerns"),
            about=str(about) if about else None,
        ),
        _raiser(visiting, coalition, who),
        choices(visiting, "members", of(coalition, "bodies")),
    )  # fmt: skip
    return answer(
        "concerns.html", chrome, looked, caught_up=caught_up, forms=FORMS, about=about,
        found=[Concern.model_validate(one) for one in items(raw)], bodies=bodies,
        who=who, raiser=raiser, tail=f"?about={about}" if about else "",
    )  # fmt: skip


@router.get("/c/{coalition}/concerns")
async def show_concerns(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show the concerns; `about`: of one proposal; `who`: and who raised one, if one may know."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/concerns.json")
async def concerns_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    return await pass_on(visiting.ask, "meetings", of(coalition, "concerns"), request.query_params)


@router.post("/c/{coalition}/concerns/{what}")
async def act_on_concerns(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Raise a concern, or say what became of one."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    about = an_id(request.query_params.get("about"))
    query = urlencode(({"about": str(about)} if about else {}) | {"at_least": str(recorded)})
    return RedirectResponse(f"{here}?{query}#{form.shows}", status_code=303)
