"""What organisations accept for the coalition's terms, alone and with others."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.members.api.routing import Organisation, adds, router, write
from services.members.domain import bottomline
from services.members.views import bottomlines, queries
from services.members.views.said import entries
from shared.ask import Written
from shared.http import Caller, Page, Reader, requires


@adds("/members/{organisation}/bottom-lines", "members:bottomline:declare")
async def declare_bottom_line(
    organisation: Organisation, line: bottomline.DeclareBottomLine, caller: Caller
) -> Written:
    """Say what your organisation accepts for a term, and until when. Sealed, only you see it."""
    return await write(caller, bottomline.decider, organisation, line)


@adds("/members/{organisation}/compromises", "members:compromise:agree")
async def agree_compromise(
    organisation: Organisation, compromise: bottomline.AgreeCompromise, caller: Caller
) -> Written:
    """Propose a compromise, or agree to one. It holds once all parties agreed."""
    return await write(caller, bottomline.decider, organisation, compromise)


@router.get("/bottom-lines", dependencies=[requires("members:bottomline:read")])
async def list_bottom_lines(
    reader: Reader,
    term: Annotated[UUID | None, Query(description="only those about this term")] = None,
) -> Page[bottomlines.LineRow]:
    """List what each organisation accepts for each term; of a sealed line, only that it is."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "bottomline", all_of_them="members" in reader.audiences)
        names = await queries.names(db, *seen)
    rows = bottomlines.lines(said, names, today=datetime.now(UTC).date())
    return Page(items=[row for row in rows if term in {None, row.term}])


@router.get("/compromises", dependencies=[requires("members:bottomline:read")])
async def list_compromises(reader: Reader) -> Page[bottomlines.CompromiseRow]:
    """List compromises: those in force first."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        said = await entries(db, *seen, "bottomline")
        names = await queries.names(db, *seen)
    return Page(items=bottomlines.compromises(said, names, today=datetime.now(UTC).date()))
