"""The log as files that never change, for everybody's tools (C2SP tlog-tiles).

Checkpoints and hashes lead to nothing, so anybody may have them: a witness has no account, and what
it hands in is worth its signature. Entries are for members.
"""

import time
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.audit.trusted import policy_file, policy_of
from services.audit.views.served import Log, log_of, tile
from services.audit.witnesses import take
from shared.database import tenant
from shared.http import bearer, host_of, settings_of, whole_body
from shared.problems import not_found
from shared.settings import needed
from shared.tlog.policy import Policy
from shared.tlog.tiles import BadPath, Tile
from shared.tlog.witness import Declined

router = APIRouter(prefix="/c/{log_id}")
LogId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Size = Annotated[int, Path(ge=0, lt=1 << 53)]

FOR_EVER = "public, max-age=31536000, immutable"
OF_MEMBERS = "private, max-age=31536000, immutable"
NEWEST = "public, max-age=2"


@router.get("/checkpoint", response_class=Response)
async def read_checkpoint(log_id: LogId, request: Request) -> Response:
    """The newest published checkpoint, with the signatures it has so far."""
    log = await _log(log_id, request)
    if log.note is None:
        raise not_found()
    return _text(bytes(log.note))


@router.get("/about", response_class=Response)
async def read_about(log_id: LogId, request: Request) -> Response:
    """What the log says of itself: its keys, each for its sizes; a note that they signed."""
    log = await _log(log_id, request)
    if log.about is None:
        raise not_found()
    return _text(bytes(log.about))


@router.get("/policy", response_class=Response)
async def read_policy(log_id: LogId, request: Request) -> Response:
    """The log's keys and the witnesses that it asks, as a policy.

    Compare it with one that you got elsewhere: whoever chooses it chooses what you believe.
    """
    log = await _log(log_id, request)
    if log.about is None:
        raise not_found()
    scheme = urlsplit(needed(settings_of(request).public_url, "ACCORD_PUBLIC_URL")).scheme
    return _text(policy_of(log, f"{scheme}://{log.origin}", policy_file(settings_of(request))))


@router.post("/cosignature", response_class=Response, status_code=204)
async def hand_in(log_id: LogId, request: Request) -> Response:
    """Take the cosignature of a witness that nobody can reach: its whole note, or its line.

    The line alone is for the newest published checkpoint.
    """
    log = await _log(log_id, request)
    policy = Policy.parse(policy_file(settings_of(request)))
    raw = await whole_body(request)
    try:
        await take(host_of(request).pool, log, raw, policy, int(time.time()))
    except Declined as declined:
        return _text(declined.body.encode(), declined.status)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/checkpoint/{size}", response_class=Response)
async def read_older_checkpoint(log_id: LogId, size: Size, request: Request) -> Response:
    """A published checkpoint of a size, for what is to be compared with it."""
    log = await _log(log_id, request, size)
    if log.note is None:
        raise not_found()
    return _text(bytes(log.note))


@router.get("/tile/{path:path}", response_class=Response)
async def read_tile(log_id: LogId, path: str, request: Request) -> Response:
    """A tile of hashes, or a bundle of entries."""
    try:
        asked = Tile.at(f"tile/{path}")
    except BadPath as error:
        raise not_found() from error
    log = await _log(log_id, request)
    if asked.level is None:
        await _only_members(log, request)
    async with tenant(host_of(request).pool, [log.coalition]) as db:
        data = await tile(db, log, asked)
    if data is None:
        raise not_found()
    kept = OF_MEMBERS if asked.level is None else FOR_EVER
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": kept})


def _text(content: bytes, status: int = HTTPStatus.OK) -> Response:
    return Response(
        content, status, media_type="text/plain; charset=utf-8", headers={"Cache-Control": NEWEST}
    )


async def _log(log_id: str, request: Request, size: int | None = None) -> Log:
    """Return a log by its id, whosever it is, at its newest checkpoint or at that of a size.

    Raises:
        Problem: 404 for one that is not kept here.
    """
    host = host_of(request)
    async with host.relay_pool.acquire(timeout=2) as db:
        coalition = await db.fetchval("select coalition_id from log.log where log_id = $1", log_id)
    if coalition is None:
        raise not_found()
    async with tenant(host.pool, [coalition]) as db:
        log = await log_of(db, coalition, log_id, size)
    if log is None:
        raise not_found()
    return log


async def _only_members(log: Log, request: Request) -> None:
    """Refuse who is no member, and no operator either.

    Raises:
        Problem: 404.
    """
    host = host_of(request)
    signed = host.tokens.verify(bearer(request))
    if signed.operator:
        return
    known = await host.known_soon(signed, log.coalition, None)
    if known is None or not known.audiences:
        raise not_found()
