"""HTTP out: calendars of meetings, for who is signed in and at secret addresses.

A calendar program cannot sign in: it is given an address with a secret in it, which its person can
revoke. It shows what they may see on the day it is read, and nothing once nobody accredits them.
"""

from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from services.meetings.views import addresses, queries
from services.meetings.views.addresses import AddressRow, MadeAddress, Of
from services.meetings.views.calendar import (
    Occasion,
    Rhythm,
    asked_to,
    calendar,
    occasions,
    rhythms,
)
from services.meetings.views.roll import ROLL, mandates
from shared.event import base64url
from shared.host import Host
from shared.hot import Connection, Reading
from shared.http import Page, Reader, Router, host_of, requires
from shared.problems import Problem, forbidden, not_found
from shared.uuid7 import random_bytes

ICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The calendar.",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    },
    304: {"description": "You hold this very calendar."},
}
AT_MOST = 20
"""Addresses that one person has at a time."""
FEEDS = 1.0, 30.0  # a second, and at once

router = Router()
_secrets = random_bytes(32)


class NewAddress(BaseModel):
    """What a calendar shows: the meetings that concern you, those of a body, or all."""

    model_config = ConfigDict(extra="forbid")

    of: Of
    body: UUID | None = None


class Place(BaseModel):
    """Where somebody sits on a day: for which organisations, and in which bodies."""

    orgs: frozenset[UUID]
    bodies: frozenset[UUID]

    @property
    def audiences(self) -> list[str]:
        return ["members", "public", *(f"body:{body}" for body in sorted(self.bodies))]


@router.get(
    "/calendar.ics", dependencies=[requires("meetings:meeting:read")],
    response_class=Response, responses=ICS,
)  # fmt: skip
async def export_calendar(reader: Reader, request: Request) -> Response:
    """Export all meetings as a calendar."""
    async with reader.rows() as db:
        found = await _all(db, reader.coalition, reader.audiences)
    return _answer(request, calendar("Meetings", *found))


@router.get(
    "/bodies/{body_id}/calendar.ics", dependencies=[requires("meetings:meeting:read")],
    response_class=Response, responses=ICS,
)  # fmt: skip
async def export_calendar_of_body(body_id: UUID, reader: Reader, request: Request) -> Response:
    """Export the meetings of a body as a calendar."""
    async with reader.rows() as db:
        name, found = await _of_body(db, reader.coalition, reader.audiences, body_id)
    return _answer(request, calendar(name, *found))


@router.get(
    "/my-calendar.ics", dependencies=[requires("meetings:meeting:read")],
    response_class=Response, responses=ICS,
)  # fmt: skip
async def export_own_calendar(reader: Reader, request: Request) -> Response:
    """Export the meetings of your bodies, and those that your organisations are invited to."""
    place = await _place(reader.host, reader.coalition, reader.person)
    if place is None:
        raise not_found()
    async with reader.rows() as db:
        found = await _own(db, reader.coalition, reader.audiences, place)
    return _answer(request, calendar("My meetings", *found))


@router.post(
    "/calendar-addresses", status_code=201, dependencies=[requires("meetings:calendar:follow")]
)
async def make_calendar_address(wanted: NewAddress, reader: Reader) -> MadeAddress:
    """Make a secret address at which a calendar program reads; it is shown this once."""
    if reader.person is None:
        raise forbidden("An operator follows no calendar.")
    if (wanted.of == "body") != (wanted.body is not None):
        raise Problem(422, "unreadable", "Name a body for the calendar of one, and only then.")
    secret = base64url(next(_secrets))
    digest = reader.host.own_key.veil("calendar", secret)
    async with reader.rows() as db:
        made = AddressRow(
            address=reader.host.new_id(),
            of=wanted.of,
            body=wanted.body,
            person=reader.person,
            made_at=await db.fetchval("select clock_timestamp()"),
        )
        if not await addresses.keep(db, reader.coalition, made, digest, AT_MOST):
            detail = f"You have {AT_MOST} addresses: revoke one that you no longer use."
            raise Problem(409, "too_many_addresses", detail)
    return MadeAddress(
        address=made.address, path=f"/api/v1/coalitions/{reader.coalition}/feeds/{secret}.ics"
    )


@router.get("/calendar-addresses", dependencies=[requires("meetings:calendar:follow")])
async def list_calendar_addresses(reader: Reader) -> Page[AddressRow]:
    """List your addresses of calendars, without their secrets."""
    if reader.person is None:
        return Page(items=[])
    async with reader.rows() as db:
        return Page(items=await addresses.of_person(db, reader.coalition, reader.person))


@router.post(
    "/calendar-addresses/{address_id}/revocations", status_code=201,
    dependencies=[requires("meetings:calendar:follow")],
)  # fmt: skip
async def revoke_calendar_address(address_id: UUID, reader: Reader) -> Page[AddressRow]:
    """Revoke an address of yours: nobody reads there any more. Returns those that are left."""
    if reader.person is None:
        return Page(items=[])
    async with reader.rows() as db:
        await addresses.revoke(db, reader.coalition, reader.person, address_id)
        return Page(items=await addresses.of_person(db, reader.coalition, reader.person))


@router.get(
    "/feeds/{secret}.ics", dependencies=[requires("meetings:calendar:read")],
    response_class=Response, responses=ICS, openapi_extra={"security": []},
)  # fmt: skip
async def read_feed(secret: str, request: Request) -> Response:
    """Read the calendar at a secret address; no token is needed."""
    host = host_of(request)
    coalition = await host.coalition(request.path_params["coalition"])
    digest = host.own_key.veil("calendar", secret)
    host.limit("feeds", base64url(digest), *FEEDS)
    async with host.rows(coalition, ()) as db:
        known = await addresses.of_digest(db, coalition, digest)
    place = await _place(host, coalition, known.person) if known else None
    if known is None or place is None:
        raise not_found()
    async with host.rows(coalition, place.audiences) as db:
        seen = coalition, place.audiences
        if known.of == "mine":
            name, found = "My meetings", await _own(db, *seen, place)
        elif known.body is not None:
            name, found = await _of_body(db, *seen, known.body)
        else:
            name, found = "Meetings", await _all(db, *seen)
    return _answer(request, calendar(name, *found))


async def _place(host: Host, coalition: UUID, person: UUID | None) -> Place | None:
    """Return where a person sits now; `None` where nobody accredits them."""
    assert host.journal is not None

    async def sits(read: Reading) -> Place | None:
        known, roll = await mandates(read), await read.snapshot(ROLL)
        if person is None:
            return None
        held = [
            each for each in known.by_person.get(person, ()) if each.speaks(read.context.at.date())
        ]
        bodies = {each.body for each in held} | ({roll.plenary} if roll.plenary else set())
        if not held:
            return None
        return Place(orgs=frozenset(each.by for each in held), bodies=frozenset(bodies))

    return await host.journal.look(coalition, sits)


Audiences = list[str] | tuple[str, ...]
Found = tuple[list[Occasion], list[Rhythm]]


async def _all(db: Connection, coalition: UUID, seen_by: Audiences) -> Found:
    return await occasions(db, coalition, seen_by), await rhythms(db, coalition, seen_by)


async def _own(db: Connection, coalition: UUID, seen_by: Audiences, place: Place) -> Found:
    asked = await asked_to(db, coalition, seen_by, place.orgs)
    found, series = await _all(db, coalition, seen_by)
    return (
        [each for each in found if asked.get(each.meeting, each.body in place.bodies)],
        [each for each in series if each.body in place.bodies],
    )


async def _of_body(
    db: Connection, coalition: UUID, seen_by: Audiences, body: UUID
) -> tuple[str, Found]:
    """Return what a body is called, and its meetings and series.

    Raises:
        Problem: 404, there is none, or not for this reader.
    """
    known = await queries.names(db, coalition, seen_by)
    if not known.has_body(body):
        raise not_found()
    named, (found, series) = known.body(body), await _all(db, coalition, seen_by)
    name = named.name["text"] if named.name else "Meetings"
    return name, (
        [each for each in found if each.body == body],
        [each for each in series if each.body == body],
    )


def _answer(request: Request, body: str) -> Response:
    content = body.encode()
    etag = f'"{base64url(sha256(content).digest())[:22]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    headers |= {
        "Content-Disposition": "attachment; filename*=UTF-8''meetings.ics",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, 200, headers, "text/calendar; charset=utf-8")
