"""Events as they are recorded, for whoever may see them: server-sent events, one stream a reader.

A message says that something happened: its position, type and stream. What it says is read from a
page or a list then, which is asked for at least that position. `Last-Event-ID` goes on where a
connection broke off (WHATWG HTML, 9.2).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Annotated

import orjson
from fastapi import Header, Query, Request
from starlette.responses import StreamingResponse

from shared import decoding
from shared.event import LARGEST, Recorded
from shared.http import Reader, ReaderOf, Router, requires
from shared.problems import Problem
from shared.serving import stopping

AT_MOST = 6
"""So many streams each reader may have open."""
BEYOND = frozenset({"partners", "funders"})
"""Classes whose audience comes to that of all who are here."""
HEARTBEAT = 15.0  # seconds
PAGE = 500
HEAD = b"retry: 3000\n\n"
Types = Annotated[list[str] | None, Query(alias="type", max_length=20)]
Subject = Annotated[str | None, Query(max_length=200, description="one stream, by its name")]
Resumed = Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)]


def router(service: str) -> Router:
    """Return the route by which a reader hears what a service records."""
    made = Router()
    streams: Counter[object] = Counter()

    @made.get(
        "/events/stream", dependencies=[requires(f"{service}:event:stream")],
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    async def stream_events(
        reader: Reader,
        request: Request,
        types: Types = None,
        subject: Subject = None,
        resumed: Resumed = None,
    ) -> StreamingResponse:
        """Hear of events as they are recorded: of all, or of some types, or of one stream."""
        who = reader.coalition, reader.person
        if streams[who] >= AT_MOST:
            detail = f"You hear {AT_MOST} streams already: close one of them."
            raise Problem(429, "too_many_streams", detail, headers={"Retry-After": "15"})
        after = await _start(reader, service, resumed)

        async def lines() -> AsyncIterator[bytes]:
            streams[who] += 1
            try:
                async for piece in _heard(reader, request, service, after, types, subject):
                    yield piece
            finally:
                streams[who] -= 1
                if not streams[who]:
                    del streams[who]

        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)

    return made


async def _start(reader: ReaderOf, service: str, resumed: str | None) -> int:
    """Return the position after which a stream begins: where it broke off, or now.

    Raises:
        Problem: 400, that is no position.
    """
    if resumed is None:
        async with reader.rows() as db:
            found = await db.fetchval(
                "select position from journal.head where coalition_id = $1", reader.coalition
            )
        return found or 0
    named, _, position = resumed.partition("/")
    if named != service or not position.isdecimal() or int(position) > LARGEST:
        raise Problem(400, "unreadable", f"Last-Event-ID names a position: {service}/98123.")
    return int(position)


async def _heard(
    reader: ReaderOf,
    request: Request,
    service: str,
    after: int,
    types: Collection[str] | None,
    subject: str | None,
) -> AsyncIterator[bytes]:
    moved = reader.host.moved
    assert moved is not None
    ends = asyncio.create_task(stopping(request).wait())
    woken = moved.listen()
    woken.set()
    audiences = reader.audiences
    yield HEAD
    try:
        while not ends.done():
            wakes = asyncio.create_task(woken.wait())
            done, _ = await asyncio.wait(
                (ends, wakes), timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                wakes.cancel()
                audiences = await reader.still()
                if not audiences:
                    return
                yield b": still here\n\n"
                continue
            woken.clear()
            while not ends.done():
                rows = await _next(reader, after)
                for position, entry in rows:
                    after = position
                    seen = decoding.recorded(entry, {})
                    if _wanted(seen, types, subject) and _sees(audiences, seen):
                        yield _message(service, seen)
                if len(rows) < PAGE:
                    break
    finally:
        ends.cancel()
        moved.leave(woken)


async def _next(reader: ReaderOf, after: int) -> Sequence[tuple[int, bytes]]:
    async with reader.rows() as db:
        rows = await db.fetch(
            "select position, bytes from journal.event where coalition_id = $1"
            " and position > $2 order by position limit $3",
            reader.coalition, after, PAGE,
        )  # fmt: skip
    return [(row["position"], row["bytes"]) for row in rows]


def _wanted(seen: Recorded, types: Collection[str] | None, subject: str | None) -> bool:
    return (types is None or seen.type in types) and subject in {None, seen.stream}


def _sees(own: Collection[str], seen: Recorded) -> bool:
    """Say whether somebody of these audiences may know of an event."""
    if seen.visibility in BEYOND:
        return bool(own)
    named = [token if ":" in token else f"org:{token}" for token in seen.audience]
    return not set(named or [seen.visibility]).isdisjoint(own)


def _message(service: str, seen: Recorded) -> bytes:
    told = {"position": seen.position, "type": seen.type, "subject": seen.stream}
    return b"id: %s/%d\ndata: %s\n\n" % (service.encode(), seen.position, orjson.dumps(told))
