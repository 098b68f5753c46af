"""An organisation's credit statement: what it gave and was thanked for, as others confirmed it."""

import asyncio
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from services.web.answers import SILENT, Answer, Head, Named, Said
from services.web.page import Visiting, page
from services.web.passing import pass_on
from services.web.peers import of

router = APIRouter()


class CreditLine(Answer):
    """One contribution or credit: in which role, to which degree, and who says so."""

    part: str
    role: str
    degree: str | None = None
    at: datetime
    state: str | None = None
    what: Said = SILENT
    recorded_by: Named | None = None
    confirmed_by: tuple[Named, ...] = ()
    win: Named | None = None
    from_: Named | None = Field(None, alias="from")
    to: Named | Said = SILENT
    external: Said = SILENT
    basis: str | None = None
    refs: tuple[str, ...] = ()


class Statement(Answer):
    """R7, in the form for partners."""

    head: Head = Head()
    rows: tuple[CreditLine, ...] = ()
    next_cursor: str | None = None

    @property
    def by_part(self) -> list[tuple[str, list[CreditLine]]]:
        """The lines under the part they belong to, in the report's own order."""
        return [(part, list(lines)) for part, lines in groupby(self.rows, _part)]


def _part(line: CreditLine) -> str:
    return line.part


def _asked(organisation_id: UUID) -> dict[str, str]:
    return {"organisation": str(organisation_id), "audience": "partners"}


@router.get("/c/{coalition}/organisations/{organisation_id:uuid}/credit")
async def show_credit(
    coalition: str, organisation_id: UUID, visiting: Visiting, cursor: str | None = None
) -> Response:
    """Show an organisation's credit statement, in the form for partners."""
    path = of(coalition, "reports", "credit-statement.json")
    chrome, member, raw = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("members", of(coalition, "members", organisation_id)),
        visiting.ask.get("transparency", path, cursor=cursor, **_asked(organisation_id)),
    )
    organisation = Named.model_validate(member)
    return page(
        "credit.html", chrome, organisation=organisation, statement=Statement.model_validate(raw)
    )


@router.get("/c/{coalition}/organisations/{organisation_id:uuid}/credit.{suffix}")
async def credit_as_data(
    coalition: str, organisation_id: UUID, suffix: str, visiting: Visiting
) -> Response:
    """Pass on the statement."""
    path = of(coalition, "reports", f"credit-statement.{suffix}")
    query: dict[str, Any] = _asked(organisation_id)
    return await pass_on(visiting.ask, "transparency", path, query)
