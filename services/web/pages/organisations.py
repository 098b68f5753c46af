"""The roster: who is at the table, for whom, who speaks for them; who was invited or applies."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web import words
from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Named, Said
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, send
from services.web.page import Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "50"
KINDS = tuple(words.KINDS.items())
COMMITMENTS = tuple(words.COMMITMENTS.items())

router = APIRouter()


class Representative(Answer):
    """A person who speaks for an organisation, and in which body."""

    accreditation: UUID
    person: UUID | None = None
    name: Said = SILENT
    body: Named
    authority: str
    voting: bool = False
    executive: bool = False
    begins: date | None = None
    ends: date | None = None
    roles: tuple[str, ...] = ()


class Seat(Answer):
    """A seat in a body."""

    seat: UUID
    body: Named


class Organisation(Answer):
    """An organisation in the roster."""

    id: UUID
    name: Said = SILENT
    kind: str | None = None
    sector: str | None = None
    state: str | None = None
    commitment: str | None = None
    voting_right: bool | None = None
    person: UUID | None = None
    joined_at: datetime | None = None
    ref: str
    why: Said = SILENT
    states_interest: bool = False
    represents: tuple[Named, ...] = ()
    representatives: tuple[Representative, ...] = ()
    seats: tuple[Seat, ...] = ()

    def __str__(self) -> str:
        return str(Named(id=self.id, name=self.name))


class Admission(Answer):
    """What who joins accepts."""

    ground_rules: int = 0
    interest_required: bool = False
    max_members: int | None = None


class Roster(Answer):
    """A page of the roster."""

    items: tuple[Organisation, ...] = ()
    next_cursor: str | None = None
    counts: Mapping[str, int] = {}
    admission: Admission = Admission()


NAME = Ask("name", "Its name", "line", missing="Write its name.")
ADMITTED = (
    NAME,
    Ask("kind", "What joins", "choice", missing="Say what joins.", options=KINDS,
        otherwise="organization"),
    Ask("sector", "Sector", "code", "A word or two, such as “health care”.",
        missing="Say in which sector it works."),
    Ask("commitment", "How far it commits itself", "choice",
        missing="Say how far it commits itself.", options=COMMITMENTS, otherwise="homework"),
    Ask("voting_right", "It has a vote", "yes", otherwise="yes"),
    Ask("ground_rules", kind="number"),
    Ask("person", kind="fixed"),
)  # fmt: skip
FORMS = among(
    Form(
        "invite", "Invite an organisation or a person", "Invite", "invitations",
        (NAME, Ask("why", "Why you invite it")), shows="roster",
    ),
    Form(
        "admit-new", "Admit an organisation that did not apply", "Admit", "members", ADMITTED,
        "Joining accepts the ground rules as they are now.", shows="roster",
    ),
    Form(
        "admit", "Admit", "Admit", "members/{on}/admissions", ADMITTED,
        "Joining accepts the ground rules as they are now.", shows="roster",
    ),
    Form(
        "decline", "Decline", "Decline", "members/{on}/declines",
        (Ask("reason", "The reason", missing="Give the reason: it stays beside the name."),),
        shows="roster",
    ),
    Form(
        "invite-again", "Invite again", "Invite again", "members/{on}/invitations",
        (NAME, Ask("why", "Why you invite it")), shows="roster",
    ),
)  # fmt: skip


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    asked = visiting.request.query_params
    place = asked.get("place", "table")
    query, cursor = asked.get("q", "").strip(), asked.get("cursor")
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "roster"),
            place=place, q=query, limit=ROWS, cursor=cursor,
        ),
    )  # fmt: skip
    narrowed = {"place": place} | ({"q": query} if query else {})
    return answer(
        "organisations.html",
        chrome,
        looked,
        caught_up=caught_up,
        roster=Roster.model_validate(raw),
        place=place,
        query=query,
        narrowed=urlencode(narrowed),
        tail="?" + urlencode(narrowed | ({"cursor": cursor} if cursor else {})),
        first=not cursor,
        forms=FORMS,
    )


@router.get("/c/{coalition}/organisations")
async def show_organisations(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show the roster: at the table, at its door, or gone; by name."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/organisations.{suffix}")
async def organisations_as_data(
    coalition: str, suffix: str, visiting: Visiting, request: Request
) -> Response:
    """Pass on the roster."""
    path = of(coalition, "roster" if suffix == "json" else f"roster.{suffix}")
    return await pass_on(visiting.ask, "members", path, request.query_params)


@router.post("/c/{coalition}/organisations/{what}")
async def act_on_roster(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Invite, admit or decline."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    place = "table" if what in {"admit", "admit-new"} else "door"
    here = request.url.path.rpartition("/")[0]
    query = urlencode({"place": place, "at_least": recorded})
    return RedirectResponse(f"{here}?{query}#{form.shows}", status_code=303)
