"""The decision register: every outcome, newest first, found again by its address."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.answers import SILENT, Answer, Head, Named, Said, items
from services.web.page import NOT_OURS, Visit, Visiting, page
from services.web.passing import pass_on
from services.web.peers import PeerRefused, Service, of
from services.web.words import OUTCOMES as OUTCOME_WORDS

FILTERS = ("q", "outcome", "body", "issue", "organisation", "dissent", "from", "to")
OUTCOMES = tuple(
    (code, OUTCOME_WORDS[code]) for code in ("adopted", "rejected", "deferred", "lapsed")
)
ROWS = "50"
CHOICES = "200"

router = APIRouter()


class Dissent(Answer):
    """An organisation that disagreed or objected at the close."""

    organisation: Named
    option: str
    reason: Said = SILENT


class Link(Answer):
    """Something by which one decision led to another."""

    type: str
    words: str = ""
    at: datetime
    decision: UUID
    title: Said = SILENT
    by: Named | None = None
    said: Said = SILENT
    because: str | None = None
    ref: str | None = None


class Settled(Answer):
    """What was decided at the front line: by whom, and by which verdict."""

    id: UUID
    organisation: Named | None = None
    verdict: str = ""
    outside_mandate: bool = False


class Row(Answer):
    """One outcome in the register."""

    decision: UUID
    date: date
    title: Said = SILENT
    outcome: str
    body: Named | None = None
    issue: Named | None = None
    method: str | None = None
    counts: Mapping[str, int] | None = None
    voters: int | None = None
    entitled: int | None = None
    dissent: tuple[Dissent, ...] = ()
    objections: Mapping[str, int] = {}
    superseded_by: UUID | None = None
    reopened: str | None = None
    chain: tuple[Link, ...] = ()
    front_line: Settled | None = None
    source_id: str | None = None
    imported: bool = False


class Register(Answer):
    """A page of the register."""

    head: Head = Head()
    rows: tuple[Row, ...] = ()
    next_cursor: str | None = None


async def choices(visiting: Visit, service: Service, path: str) -> Sequence[tuple[str, str]]:
    """Return the ids and names to choose from, by name; nothing where they may not see the list."""
    try:
        found = await visiting.ask.get(service, path, limit=CHOICES)
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return ()
        raise
    named = [Named.model_validate(raw) for raw in items(found)]
    return [(str(each.id), str(each)) for each in sorted(named, key=lambda n: str(n).casefold())]


@router.get("/c/{coalition}/decisions")
async def show_register(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Show the register as filtered by the address."""
    asked = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    narrowed = {name: value for name, value in asked.items() if value}
    cursor = request.query_params.get("cursor")
    path = of(coalition, "reports", "decision-register.json")
    chrome, raw, bodies, issues, organisations = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("transparency", path, limit=ROWS, cursor=cursor, **narrowed),
        choices(visiting, "members", of(coalition, "bodies")),
        choices(visiting, "members", of(coalition, "issues")),
        choices(visiting, "transparency", of(coalition, "organisations")),
    )
    register = Register.model_validate(raw)
    older = urlencode(narrowed | {"cursor": register.next_cursor}) if register.next_cursor else ""
    return page(
        "register.html",
        chrome,
        register=register,
        asked=asked,
        narrowed=urlencode(narrowed),
        older=older,
        first=not cursor,
        outcomes=OUTCOMES,
        bodies=bodies,
        issues=issues,
        organisations=organisations,
    )


@router.get("/c/{coalition}/decisions.{suffix}")
async def register_as_data(
    coalition: str, suffix: str, visiting: Visiting, request: Request
) -> Response:
    """Pass on the register with the same filters."""
    path = of(coalition, "reports", f"decision-register.{suffix}")
    return await pass_on(visiting.ask, "transparency", path, request.query_params)
