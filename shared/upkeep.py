"""What the operator may do to read models while the service runs: build, check, switch, drop.

The work is done by a process of its own (`shared/rebuilding.py`); what that says goes out as it
comes, in lines of JSON. Whoever hangs up ends it, and may begin again where it was.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from shared.bus import PARTITIONS
from shared.database import Dropped
from shared.errand import Helper, running
from shared.host import Host
from shared.http import bearer, host_of, read_body
from shared.models import Models
from shared.problems import Problem, forbidden
from shared.rebuilding import ALONE
from shared.serving import stopping


class Rebuild(BaseModel):
    """How to build a read model anew."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    processes: int = Field(default=1, ge=1, le=PARTITIONS)
    accept: str | None = Field(default=None, min_length=1, max_length=500)


async def _operator(request: Request) -> Host:
    host = host_of(request)
    if not host.tokens.verify(bearer(request)).operator:
        raise forbidden("This is for the operator.")
    return host


Operated = Annotated[Host, Depends(_operator)]


def router(package: str, addresses: Mapping[str, str]) -> APIRouter:
    """Return the routes for one service's read models.

    Args:
        package: The service's, which its helping process runs.
        addresses: Those of the other services.
    """
    routes = APIRouter(prefix="/internal/models", include_in_schema=False)
    peers = {f"ACCORD_PEERS__{name.upper()}": address for name, address in addresses.items()}

    def answered(request: Request, order: dict[str, Any], **environment: str) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            async with running(package, order, **peers, **environment) as helper:
                ending = asyncio.create_task(_end(helper, stopping(request)))
                try:
                    while line := await helper.stdout.readline():
                        yield line
                finally:
                    ending.cancel()
            if helper.process.returncode:
                yield orjson.dumps({"what": "ended", "code": helper.process.returncode}) + b"\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    @routes.get("")
    async def show(host: Operated) -> Response:
        """Every read model there is, the newest first."""
        found = await Models(host.pool, host.relay_pool).all()
        return JSONResponse([{"schema": one.schema, "state": one.state} for one in found])

    @routes.post("/rebuild")
    async def rebuild(request: Request, _host: Operated) -> Response:
        """Build one beside the live one, compare them, and switch."""
        wanted = Rebuild.model_validate_json(await read_body(request))
        return answered(request, {"do": "rebuild", **wanted.model_dump()})

    @routes.post("/check")
    async def check(request: Request, _host: Operated) -> Response:
        """Fold the journals again, with other hashes, and compare that with the live one."""
        seed = random.randrange(1, 1 << 32)  # noqa: S311 - any other than ours will do
        return answered(request, {"do": "check"}, PYTHONHASHSEED=str(seed))

    @routes.post("/back")
    async def back(host: Operated) -> Response:
        """Switch to the one that was read before."""
        models = Models(host.pool, host.relay_pool)
        async with _alone(host):
            kept = [one for one in await models.all() if one.state == "kept" and not one.due]
            start = time.perf_counter()
            try:
                await models.switch(kept[0])
            except (IndexError, Dropped):
                detail = "No earlier read model is kept: rebuild instead."
                raise Problem(409, "none_kept", detail) from None
            took = round((time.perf_counter() - start) * 1000, 1)
        return JSONResponse({"schema": kept[0].schema, "milliseconds": took})

    @routes.post("/drop")
    async def drop(host: Operated) -> Response:
        """Drop every one that is not read."""
        models = Models(host.pool, host.relay_pool)
        async with _alone(host):
            others = [one for one in await models.all() if one.state != "current"]
            dropped = [one.schema for one in others if await models.drop(one)]
        return JSONResponse({"dropped": dropped})

    return routes


async def _end(helper: Helper, stop: asyncio.Event) -> None:
    """End the work when the service is told to end."""
    await stop.wait()
    with suppress(ProcessLookupError):
        helper.process.kill()


@asynccontextmanager
async def _alone(host: Host) -> AsyncIterator[None]:
    async with host.pool.acquire(timeout=2) as db:
        if not await db.fetchval(f"select pg_try_advisory_lock({ALONE})"):
            raise Problem(409, "rebuilding", "A rebuild or check is under way here: wait for it.")
        try:
            yield
        finally:
            await db.execute(f"select pg_advisory_unlock({ALONE})")
