"""The log as files that never change, for everybody's tools (C2SP tlog-tiles).

Checkpoints and hashes lead to nothing, so anybody may have them: a witness has no account. Entries
are for members.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.audit.views.served import Log, log_of, tile
from shared.database import tenant
from shared.http import bearer, host_of
from shared.problems import not_found
from shared.tlog.tiles import BadPath, Tile

router = APIRouter(prefix="/c/{log_id}")
LogId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]

FOR_EVER = "public, max-age=31536000, immutable"
OF_MEMBERS = "private, max-age=31536000, immutable"
NEWEST = "public, max-age=2"


@router.get("/checkpoint", response_class=Response)
async def read_checkpoint(log_id: LogId, request: Request) -> Response:
    """The newest published checkpoint, with the signatures it has so far."""
    log = await _log(log_id, request)
    if log.note is None:
        raise not_found()
    return Response(
        bytes(log.note), media_type="text/plain; charset=utf-8", headers={"Cache-Control": NEWEST}
    )


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


async def _log(log_id: str, request: Request) -> Log:
    """Return a log by its id, whosever it is.

    Raises:
        Problem: 404 for one that is not kept here.
    """
    host = host_of(request)
    async with host.relay_pool.acquire(timeout=2) as db:
        coalition = await db.fetchval("select coalition_id from log.log where log_id = $1", log_id)
    if coalition is None:
        raise not_found()
    async with tenant(host.pool, [coalition]) as db:
        log = await log_of(db, coalition, log_id)
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
