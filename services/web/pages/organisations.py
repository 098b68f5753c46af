"""The organisations of a coalition, one of them, and its credit statement."""

import asyncio
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field
from starlette.responses import Response

from services.web.answers import SILENT, Answer, Dated, Head, Named, Said
from services.web.page import Visit, Visiting, page
from services.web.pages.steps import open_steps
from services.web.passing import pass_on
from services.web.peers import of

router = APIRouter()


class Organisation(Answer):
    """A member organisation."""

    id: UUID
    name: Said = SILENT
    kind: str | None = None
    state: str | None = None
    commitment: str | None = None
    voting_right: bool | None = None
    joined_at: datetime | None = None
    ref: str | None = None

    def __str__(self) -> str:
        return str(Named(id=self.id, name=self.name))


class Members(Dated):
    """Every organisation, by name."""

    items: tuple[Organisation, ...] = ()


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


async def _members(visiting: Visit, coalition: str) -> Members:
    found = await visiting.ask.get("transparency", of(coalition, "organisations"))
    return Members.model_validate(found)


async def _one(visiting: Visit, coalition: str, organisation_id: UUID) -> Organisation:
    for organisation in (await _members(visiting, coalition)).items:
        if organisation.id == organisation_id:
            return organisation
    raise HTTPException(404)


@router.get("/c/{coalition}/organisations")
async def show_organisations(coalition: str, visiting: Visiting) -> Response:
    """Show who is in the coalition, by name."""
    chrome, members = await asyncio.gather(
        visiting.chrome(coalition), _members(visiting, coalition)
    )
    return page("organisations.html", chrome, members=members)


@router.get("/c/{coalition}/organisations.json")
async def organisations_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on the list."""
    path = of(coalition, "organisations")
    return await pass_on(visiting.ask, "transparency", path, request.query_params)


@router.get("/c/{coalition}/organisations/{organisation_id:uuid}")
async def show_organisation(coalition: str, organisation_id: UUID, visiting: Visiting) -> Response:
    """Show an organisation, and what it has taken on."""
    chrome, organisation, steps = await asyncio.gather(
        visiting.chrome(coalition),
        _one(visiting, coalition, organisation_id),
        open_steps(visiting, coalition, Named(id=organisation_id)),
    )
    return page("organisation.html", chrome, organisation=organisation, steps=steps)


def _asked(organisation_id: UUID) -> dict[str, str]:
    return {"organisation": str(organisation_id), "audience": "partners"}


@router.get("/c/{coalition}/organisations/{organisation_id:uuid}/credit")
async def show_credit(
    coalition: str, organisation_id: UUID, visiting: Visiting, cursor: str | None = None
) -> Response:
    """Show an organisation's credit statement, in the form for partners."""
    path = of(coalition, "reports", "credit-statement.json")
    chrome, organisation, raw = await asyncio.gather(
        visiting.chrome(coalition),
        _one(visiting, coalition, organisation_id),
        visiting.ask.get("transparency", path, cursor=cursor, **_asked(organisation_id)),
    )
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
