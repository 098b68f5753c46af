"""The journal served to those who missed something: events, heads, sealing keys.

For services only; the relay's role reads ciphertext and bytes of every coalition.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any
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
router = APIRouter(prefix="/internal")


async def read(db: Connection, coalition: UUID, after: int, limit: int) -> list[Stored]:
    """Return the next events of a journal, in order, with their disclosures."""
    rows = await db.fetch(
        "select position, type, bytes, event_id, traceparent, chain from journal.event"
        " where coalition_id = $1 and position > $2 order by position limit $3",
        coalition, after, limit,
    )  # fmt: skip
    closed = [row["position"] for row in rows if b'"_sd"' in row["bytes"]]
    disclosures: dict[int, list[Disclosure]] = {}
    if closed:
        for found in await db.fetch(
            "select position, digest, audience, key_id, nonce, ciphertext from journal.disclosure"
            " where coalition_id = $1 and position between $2 and $3",
            coalition, closed[0], closed[-1],
        ):  # fmt: skip
            disclosures.setdefault(found["position"], []).append(Disclosure(*found[1:]))
    return [
        Stored(
            coalition, row["position"], row["type"], row["bytes"], row["event_id"],
            tuple(disclosures.get(row["position"], ())), row["traceparent"], row["chain"],
        )
        for row in rows
    ]  # fmt: skip


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
        found = await read(db, coalition, after, limit)
        head = await db.fetchrow(
            "select position, chain from journal.head where coalition_id = $1", coalition
        )
    lines = []
    for event in found:
        lines.append(event.entry)
        if event.disclosures:
            lines.append(orjson.dumps({"disclosures": written_disclosures(event.disclosures)}))
    chain = found[-1].chain if found else None
    return Response(
        b"\n".join(lines) + b"\n" if lines else b"",
        media_type="application/x-ndjson",
        headers={
            "Accord-Position": str(head["position"] if head else 0),
            "Accord-Chain": (chain or chain_start(host.service, coalition)).hex(),
        },
    )


def parse(body: bytes) -> list[tuple[bytes, tuple[Disclosure, ...]]]:
    """Return the events of a page of the feed with their disclosures.

    Raises:
        Damaged: disclosures that cannot be read, or that belong to no event.
    """
    found: list[tuple[bytes, tuple[Disclosure, ...]]] = []
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


@router.get("/keys", include_in_schema=False)
async def keys(request: Request, peer: Peer, coalition: UUID, after: int = 0) -> Response:
    """The sealing keys of the audiences that this peer serves."""
    host = host_of(request)
    assert host.keys is not None
    return JSONResponse(
        await host.keys.export(coalition, after, lambda audience: host.serves(peer, audience)),
        headers={"Cache-Control": "no-store"},
    )
