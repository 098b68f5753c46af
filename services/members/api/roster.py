"""The roster: who is at the table, and what every organisation is called."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from services.members.api.routing import SHEET, Bom, page, router, sheet
from services.members.views import constituencies, lists, queries, roster
from services.members.views.said import entries
from shared.hot import Connection
from shared.http import Limit, Page, Reader, requires

Place = Annotated[
    roster.Place | None, Query(description="at the table, at the door, or gone; all without it")
]
Words = Annotated[str | None, Query(max_length=200, description="words in the name")]


class Roster(Page[roster.RosterRow]):
    """By name. `counts`: how many organisations are at each place."""

    counts: dict[roster.Place, int]
    admission: roster.Admission


@router.get("/roster", dependencies=[requires("members:membership:read")])
async def show_roster(
    reader: Reader,
    place: Place = None,
    q: Words = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Roster:
    """Show who is at the table: for whom, who speaks for them, where, and with which role."""
    seen = reader.coalition, reader.audiences
    async with reader.rows() as db:
        rows = await roster.rows(db, *seen, place=place, words=q, after=cursor, limit=limit)
        await _complete(db, reader, rows)
        counts = await roster.counts(db, *seen)
        terms = await entries(db, *seen, "coalition", types=roster.TERMS)
    found = page(rows, limit)
    return Roster(
        items=found.items, next_cursor=found.next_cursor, counts=counts,
        admission=roster.admission(terms),
    )  # fmt: skip


@router.get(
    "/roster.csv", dependencies=[requires("members:membership:read")],
    response_class=Response, responses=SHEET,
)  # fmt: skip
async def export_roster(
    reader: Reader,
    place: Place = None,
    q: Words = None,
    bom: Bom = False,  # noqa: FBT002 - a query parameter is always named
) -> Response:
    """The same as a sheet, whole: a line for each representative."""
    async with reader.rows() as db:
        rows = await roster.rows(db, reader.coalition, reader.audiences, place=place, words=q)
        await _complete(db, reader, rows)
    return sheet("roster", lists.roster(rows), bom=bom)


@router.get("/names", dependencies=[requires("members:membership:read")])
async def list_names(reader: Reader) -> Page[queries.Named]:
    """List what every member is called, by name."""
    async with reader.rows() as db:
        found = await roster.members_named(db, reader.coalition, reader.audiences)
    return Page(items=found)


async def _complete(db: Connection, reader: Reader, rows: list[roster.RosterRow]) -> None:
    """Add whom the rows speak for, and why those at the door came."""
    seen = reader.coalition, reader.audiences
    roster.tell_why(rows, await entries(db, *seen, "membership", types=roster.ASKED))
    represented, names = await represented_by(db, reader)
    roster.tell_for_whom(rows, represented, names)


async def represented_by(
    db: Connection, reader: Reader
) -> tuple[Mapping[UUID, set[UUID]], queries.Names]:
    """Return which constituencies each member represents today, and what they are called."""
    seen = reader.coalition, reader.audiences
    said = [
        *await entries(
            db, *seen, "constituency", types=("ConstituencyIdentified", "ConstituencyRepresented")
        ),
        *await entries(db, *seen, "membership", types=("MemberJoined",)),
    ]
    members = await queries.active(db, *seen)
    today = datetime.now(UTC).date()
    rows = constituencies.constituencies(said, members, {}, today=today)
    represented: dict[UUID, set[UUID]] = {}
    for row in rows:
        for org in row.represented_by:
            represented.setdefault(org.id, set()).add(row.id)
    return represented, {row.id: row.name for row in rows}
