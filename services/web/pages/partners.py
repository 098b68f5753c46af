"""Unlikely partners: who could stand together with one's own, though little joins them."""

import asyncio
from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.answers import Answer, Named
from services.web.page import Me, Visiting, page
from services.web.passing import pass_on
from services.web.peers import of

router = APIRouter()


class Pair(Answer):
    """Two organisations, what they share and what stands between them."""

    organisations: tuple[Named, ...]
    issues: tuple[Named, ...] = ()
    threats: tuple[Named, ...] = ()
    opposed: tuple[Named, ...] = ()
    last_touchpoint: date | None = None
    low_trust: bool = False
    events: tuple[str, ...] = ()

    def others(self, me: Me) -> Sequence[Named]:
        """Return those of the two for whom the person does not act."""
        own = {org.id for org in me.organisations}
        return [org for org in self.organisations if org.id not in own]


class Partners(Answer):
    """The unlikely pairs with an organisation of the person's, the nearest first."""

    items: tuple[Pair, ...] = ()


@router.get("/c/{coalition}/partners")
async def show_partners(coalition: str, visiting: Visiting) -> Response:
    """Show with whom one could stand together."""
    chrome, raw = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("transparency", of(coalition, "unlikely-partners")),
    )
    return page("partners.html", chrome, found=Partners.model_validate(raw))


@router.get("/c/{coalition}/partners.json")
async def partners_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the page is made of."""
    path = of(coalition, "unlikely-partners")
    return await pass_on(visiting.ask, "transparency", path, request.query_params)
