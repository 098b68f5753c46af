"""The journal served to those who missed something: events, heads, sealing keys.

For services only; the relay's role reads ciphertext and bytes of every coalition.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from shared.bus import Damaged, Stored, read_disclosures, written_disclosures
from shared.canonical import chain_start
from shared.hot import Connection
from shared.http import bearer, host_of
from shared.sealing import Disclosure

PAGE = 2_000
CLOSED = b'"_sd"'  # in the bytes of an event that has disclosures
Entry = tuple[bytes, tuple[Disclosure, ...]]
router = APIRouter(prefix="/internal")


class Page(NamedTuple):
    """Consecutive events, the chain's value after the last of them, and whether more may follow."""

    entries: Sequence[Entry]
    chain: bytes
    more: bool


async def read(db: Connection, coalition: UUID, after: int, limit: int) -> list[Stored]:
    """Return the next events of a journal, in order, with their disclosures."""
    rows = await db.fetch(
        "select position, type, bytes, traceparent, chain from journal.event"
        " where coalition_id = $1 and position > $2 order by position limit $3",
        coalition, after, limit,
    )  # fmt: skip
    found = [
        Stored(coalition, position, kind, entry, (), traceparent, chain)
        for position, kind, entry, traceparent, chain in rows
    ]
    closed = [event for event in found if CLOSED in event.entry]
    if closed:
        first, last = closed[0].position, closed[-1].position
        disclosures = await _disclosures(db, coalition, first, last)
        for event in closed:
            event.disclosures = tuple(disclosures.get(event.position, ()))
    return found


async def page(db: Connection, service: str, coalition: UUID, after: int, limit: int) -> Page:
    """Return the next events of a journal as a reader takes them."""
    rows = await db.fetch(
        "select bytes, chain from journal.event"
        " where coalition_id = $1 and position > $2 order by position limit $3",
        coalition, after, limit,
    )  # fmt: skip
    if not rows:
        return Page((), chain_start(service, coalition), more=False)
    entries: list[Entry] = [(row[0], ()) for row in rows]
    chain: bytes = rows[-1][1]
    closed = [n for n, (entry, _) in enumerate(entries) if CLOSED in entry]
    if closed:
        first, last = after + 1 + closed[0], after + 1 + closed[-1]
        disclosures = await _disclosures(db, coalition, first, last)
        for n in closed:
            entries[n] = entries[n][0], tuple(disclosures.get(after + 1 + n, ()))
    return Page(entries, chain, len(rows) == limit)


async def _disclosures(
    db: Connection, coalition: UUID, first: int, last: int
) -> Mapping[int, list[Disclosure]]:
    found: dict[int, list[Disclosure]] = {}
    for row in await db.fetch(
        "select position, digest, audience, key_id, nonce, ciphertext, erased from journal.closed"
        " where coalition_id = $1 and position between $2 and $3",
        coalition, first, last,
    ):  # fmt: skip
        found.setdefault(row["position"], []).append(Disclosure(*row[1:]))
    return found


async def _peer(request: Request) -> str:
    return await host_of(request).peer(bearer(request))


Peer = Annotated[str, Depends(_peer)]


@router.get("/events", include_in_schema=False)
async def events(
    request: Request,
    _peer: Peer,
    coalition: UUID,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> Response:
    """Each event's line verbatim, followed by its disclosures where it has any."""
    host = host_of(request)
    async with host.relay_pool.acquire(timeout=2) as db:
        found = await page(db, host.service, coalition, after, limit)
        head = await db.fetchrow(
            "select position, chain from journal.head where coalition_id = $1", coalition
        )
    lines = []
    for entry, disclosures in found.entries:
        lines.append(entry)
        if disclosures:
            lines.append(orjson.dumps({"disclosures": written_disclosures(disclosures)}))
    return Response(
        b"\n".join(lines) + b"\n" if lines else b"",
        media_type="application/x-ndjson",
        headers={
            "Accord-Position": str(head["position"] if head else 0),
            "Accord-Chain": found.chain.hex(),
        },
    )


def parse(body: bytes) -> list[Entry]:
    """Return the events of a page of the feed with their disclosures.

    Raises:
        Damaged: disclosures that cannot be read, or that belong to no event.
    """
    found: list[Entry] = []
    for line in body.split(b"\n"):
        if line.startswith(b'{"disclosures":'):
            try:
                written = orjson.loads(line)["disclosures"]
                found[-1] = found[-1][0], read_disclosures(written)
            except (IndexError, ValueError) as error:
                raise Damaged("disclosures that cannot be read") from error
        elif line:
            found.append((line, ()))
    return found


@router.get("/heads", include_in_schema=False)
async def heads(request: Request, _peer: Peer, since: float | None = None) -> Response:
    """Where each journal stands; with `since` (seconds) those that moved lately."""
    return JSONResponse([row async for row in _heads(host_of(request).relay_pool, since)])


async def _heads(pool: asyncpg.Pool, since: float | None) -> AsyncIterator[dict[str, Any]]:
    async with pool.acquire(timeout=2) as db:
        rows = await db.fetch(
            "select coalition_id, position, chain from journal.head where position > 0 and"
            " ($1::float8 is null or recorded_at > clock_timestamp() - make_interval(secs => $1))",
            since,
        )
    for row in rows:
        yield {
            "coalition": str(row["coalition_id"]),
            "position": row["position"],
            "chain": row["chain"].hex(),
        }


class Done(NamedTuple):
    """What a service has erased of a coalition, and up to where it has read who says so."""

    read: int
    persons: frozenset[UUID]


async def erased(pool: asyncpg.Pool, coalition: UUID, source: str) -> Done:
    """Return who was erased here."""
    async with pool.acquire(timeout=2) as db:
        rows = await db.fetch(
            "select person_id from inbox.erased where coalition_id = $1", coalition
        )
        read = await db.fetchval(
            "select min(position) from inbox.cursor where coalition_id = $1 and source = $2"
            " and reader not in (select reader from inbox.model where state <> 'current')",
            coalition, source,
        )  # fmt: skip
    return Done(read or 0, frozenset(row["person_id"] for row in rows))


@router.get("/erasures", include_in_schema=False)
async def erasures(request: Request, peer: Peer, coalition: UUID) -> Response:
    """Who was erased here, and up to where the journal of who asks was read."""
    done = await erased(host_of(request).relay_pool, coalition, peer)
    return JSONResponse({"read": done.read, "persons": sorted(map(str, done.persons))})


@router.get("/keys", include_in_schema=False)
async def keys(request: Request, peer: Peer, coalition: UUID, after: int = 0) -> Response:
    """The sealing keys of the audiences that this peer serves."""
    host = host_of(request)
    assert host.keys is not None
    return JSONResponse(
        await host.keys.export(coalition, after, lambda audience: host.serves(peer, audience)),
        headers={"Cache-Control": "no-store"},
    )
