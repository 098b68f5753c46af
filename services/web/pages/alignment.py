"""Alignment: what each organisation answered to the three questions, and where there are gaps."""

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import attempt
from services.web.answers import Answer, Named, Said
from services.web.forms import LOOKED, Looked, answer, found, send
from services.web.page import Visit, Visiting
from services.web.pages.organisation import OWN
from services.web.passing import pass_on
from services.web.peers import of

ROWS = "50"
FORMS = {"state-alignment": OWN["state-alignment"]}

router = APIRouter()


class Row(Answer):
    """What one organisation answered."""

    organisation: Named
    answers: Mapping[str, Said] = {}
    complete: bool = False
    ref: str | None = None


class Matrix(Answer):
    """A page of the matrix: those with gaps first."""

    items: tuple[Row, ...] = ()
    next_cursor: str | None = None
    members: int = 0
    gaps: Mapping[str, int] = {}


async def _show(visiting: Visit, coalition: str, looked: Looked = LOOKED) -> Response:
    cursor = visiting.request.query_params.get("cursor")
    chrome, (raw, caught_up) = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get_with(
            looked.at_least, "members", of(coalition, "alignments"), limit=ROWS, cursor=cursor
        ),
    )
    return answer(
        "alignment.html", chrome, looked, caught_up=caught_up, matrix=Matrix.model_validate(raw),
        forms=FORMS, first=not cursor, tail=f"?cursor={cursor}" if cursor else "",
    )  # fmt: skip


@router.get("/c/{coalition}/alignment")
async def show_alignment(
    coalition: str, visiting: Visiting, at_least: str | None = None
) -> Response:
    """Show the matrix."""
    return await _show(visiting, coalition, Looked(at_least=at_least))


@router.get("/c/{coalition}/alignment.{suffix}")
async def alignment_as_data(
    coalition: str, suffix: str, visiting: Visiting, request: Request
) -> Response:
    """Pass on the matrix."""
    path = of(coalition, "alignments" if suffix == "json" else f"alignments.{suffix}")
    return await pass_on(visiting.ask, "members", path, request.query_params)


@router.post("/c/{coalition}/alignment/{what}")
async def act_on_alignment(
    coalition: str, what: str, visiting: Visiting, request: Request
) -> Response:
    """Answer the three questions."""
    form = found(FORMS, what)
    tried = await attempt(visiting, request)
    recorded = await send(visiting, coalition, tried, form)
    if recorded is None:
        return await _show(visiting, coalition, Looked(tried))
    here = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{here}?at_least={recorded}#matrix", status_code=303)
