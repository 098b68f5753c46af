"""The first page: what needs you, in every coalition you are part of."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.web.answers import SILENT, Answer, Dated, Named, Said, items
from services.web.page import Coalition, Me, Visit, Visiting, page
from services.web.pages.register import Row
from services.web.pages.steps import Step, open_steps
from services.web.peers import of

COALITIONS_SHOWN = 12

router = APIRouter()


class Voting(Answer):
    """A voting that is open."""

    id: UUID
    title: Said = SILENT
    closes_at: datetime | None = None
    voters: int | None = None
    entitled: int | None = None
    silent: tuple[Named, ...] = ()


class Latest(Dated):
    """What is new in a coalition."""

    decisions: tuple[Row, ...] = ()
    open: tuple[Voting, ...] = ()

    def due(self, me: Me) -> Sequence[Voting]:
        """Return the votings in which an organisation of the person was not heard yet."""
        mine = {org.id for org in me.spokesperson}
        return [voting for voting in self.open if mine & {org.id for org in voting.silent}]


@dataclass(frozen=True)
class Place:
    """One coalition on the home page."""

    coalition: Coalition
    me: Me
    latest: Latest
    due: Sequence[Voting]
    steps: Sequence[Step]


async def latest(visiting: Visit, coalition: str) -> Latest:
    """Ask what is new in a coalition."""
    found = await visiting.ask.get("transparency", of(coalition, "home"))
    return Latest.model_validate(found)


async def _place(visiting: Visit, coalition: Coalition) -> Place:
    me, new = await asyncio.gather(visiting.me_in(coalition.slug), latest(visiting, coalition.slug))
    steps = await asyncio.gather(
        *(open_steps(visiting, coalition.slug, org) for org in me.spokesperson)
    )
    return Place(coalition, me, new, new.due(me), [step for each in steps for step in each])


@router.get("/")
async def show_home(visiting: Visiting) -> Response:
    """Show what is due, what was decided, and the coalitions to go to."""
    if visiting.signed_in is None:
        return RedirectResponse("/sign-in", status_code=303)
    chrome, found = await asyncio.gather(
        visiting.chrome(), visiting.ask.get("members", "coalitions")
    )
    coalitions = [Coalition.model_validate(raw) for raw in items(found)]
    shown = coalitions[:COALITIONS_SHOWN]
    places = await asyncio.gather(*(_place(visiting, coalition) for coalition in shown))
    return page("home.html", chrome, places=places, more=coalitions[COALITIONS_SHOWN:])
