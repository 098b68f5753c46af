"""Shares: how money is divided among organisations. Credit is not divided, here or anywhere."""

import asyncio
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import attempt
from services.web.answers import SILENT, Answer, Said
from services.web.forms import LOOKED, Ask, Form, Looked, among, answer, found, names, send
from services.web.page import Visit, Visiting
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "20"
ASKS = (
    Ask("pot", "What is divided", missing="Say what is divided."),
    Ask("shares", "Who has which share", "divided",
        "One organisation a line with its basis points, such as “Clinic: 2500” for a quarter."
        " Together they are 10,000.",
        "Give each organisation its share."),
    Ask("decision", "The decision it rests on", "plain", "Its reference, such as meetings/41."),
)  # fmt: skip
FORMS = among(
    Form(
        "plan", "Divide money", "Record the shares", "shares", ASKS,
        "Every member sees it. Who is thanked for what stays as it is.", "shares", "credit",
    ),
    Form(
        "plan-again", "Divide it in another way", "Record the new shares", "shares/{on}/plans",
        ASKS, "The earlier shares stay on record.", "shares", "credit",
    ),
)  # fmt: skip

router = APIRouter()


class Share(Answer):
    org: UUID
    basis_points: int

    @property
    def percent(self) -> str:
        """Return it in percent, to the hundredth."""
        return f"{self.basis_points // 100}.{self.basis_points % 100:02}"


class Division(Answer):
    """How money is divided; `earlier` are the events of how it was divided before."""

    shares: UUID
    pot: Said = SILENT
    parts: tuple[Share, ...] = ()
    decision: str | None = None
    earlier: tuple[str, ...] = ()
    by: UUID | None = None
    at: datetime
    ref: str


class Divisions(Answer):
    """A page of them, the newest first."""

    items: tuple[Division, ...] = ()
    next_cursor: str | None = None


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")
    chrome, (raw, caught_up), members = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "credit", of(coalition, "shares"), limit=ROWS, cursor=cursor
        ),
        names(visiting, coalition),
    )
    return answer(
        "shares.html", chrome, looked, caught_up=caught_up, forms=FORMS, first=not cursor,
        found=Divisions.model_validate(raw), called={one.id: one for one in members},
    )  # fmt: skip


@router.get("/c/{coalition}/shares")
async def show_shares(coalition: str, visiting: Visiting, at_least: str | None = None) -> Response:
    """Show how money is divided, the newest first."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/shares.json")
async def shares_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on how money is divided."""
    return await pass_on(visiting.ask, "credit", of(coalition, "shares"), request.query_params)


@router.post("/c/{coalition}/shares/{what}")
async def act_on_shares(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Divide money, or divide it in another way."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#{form.shows}", status_code=303)
