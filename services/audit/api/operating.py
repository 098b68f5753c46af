"""What the operator may do to the logs: look whether anything is wrong, and repair it.

Looking changes nothing but that a difference freezes its log. Each repair is a request of its own
that names what it repairs, so that none happens by the way.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.audit.domain.entry import SOURCES
from services.audit.examining import Examiner
from services.audit.recovery import CannotRepair, Case, Recovery
from services.audit.rotation import CannotRotate, Step, turn
from services.audit.signing import SignerClient
from services.audit.trusted import expected, policy_file
from shared.database import DB_TRANSIENT
from shared.host import Host
from shared.http import host_of, read_body, settings_of
from shared.problems import Problem
from shared.settings import needed
from shared.source import Source, Sources
from shared.tlog.policy import Policy
from shared.upkeep import Operated

router = APIRouter(prefix="/internal/log", include_in_schema=False)
HEAD_BYTES = 1 << 20
LENGTH_BYTES = 2


class Which(BaseModel):
    """A log by its coalition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    coalition: UUID


class Confirmed(Which):
    """What was found wrong with it, and is to be repaired."""

    case: Case


class Copy(BaseModel):
    """The first line of a copy: its checkpoint, what the log said of itself, and its key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checkpoint: Annotated[str, Field(min_length=1)]
    about: str | None = None
    vkey: str


@router.post("/check")
async def check(request: Request, host: Operated) -> Response:
    """Diagnose and examine every log; a line for each, and one at the end."""

    async def lines() -> AsyncIterator[bytes]:
        wrong = 0
        async with _recovery(request) as recovery:
            examiner = Examiner(host.pool, host.relay_pool, _journals(host))
            async with host.relay_pool.acquire(timeout=2) as db:
                logs = await db.fetch(
                    "select coalition_id, log_id, origin, size from log.log"
                    " where state <> 'ended' order by coalition_id"
                )
            for row in logs:
                said: dict[str, Any] = {
                    "what": "log", "coalition": str(row["coalition_id"]),
                    "origin": row["origin"], "size": row["size"],
                }  # fmt: skip
                try:
                    differs = await examiner.examine(row["coalition_id"])
                    cases = await recovery.diagnose(row["coalition_id"])
                except (*DB_TRANSIENT, OSError) as error:
                    said["unknown"] = str(error) or type(error).__name__
                    cases, differs = [], []
                said["found"] = [{"case": each.case, "why": each.words} for each in cases]
                said["differs"] = [
                    {"service": each.service, "position": each.position, "why": each.why}
                    for each in differs
                ]
                wrong += bool(cases or differs or "unknown" in said)
                yield orjson.dumps(said) + b"\n"
        yield orjson.dumps({"what": "examined", "logs": len(logs), "wrong": wrong}) + b"\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@router.post("/repair")
async def repair(request: Request, _host: Operated) -> Response:
    """Repair what was found."""
    confirmed = Confirmed.model_validate_json(await read_body(request))
    async with _repairing(request) as recovery:
        return _done(await recovery.repair(confirmed.coalition, confirmed.case))


@router.post("/anew")
async def begin_anew(request: Request, _host: Operated) -> Response:
    """End a log that is lost for good, and begin one that names it."""
    which = Which.model_validate_json(await read_body(request))
    async with _repairing(request) as recovery:
        return _done(await recovery.begin_anew(which.coalition))


@router.post("/keys/rotate")
async def rotate(request: Request, _host: Operated) -> Response:
    """Make a new key, which signs beside the old one."""
    return await _turned(request, "rotate")


@router.post("/keys/retire")
async def retire(request: Request, _host: Operated) -> Response:
    """End the old one of two keys."""
    return await _turned(request, "retire")


@router.post("/restore")
async def restore(coalition: UUID, request: Request, _host: Operated) -> Response:
    """Put a log back from a copy: a line of JSON, then its entries as a bundle has them."""
    pieces = _Pieces(request.stream())
    copy = Copy.model_validate_json(await pieces.line())
    async with _repairing(request) as recovery:
        return _done(
            await recovery.restore(
                coalition, copy.checkpoint.encode(), copy.about, copy.vkey, pieces.entries()
            )
        )


class _Pieces:
    """A body as it comes."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._held = bytearray()

    async def line(self) -> bytes:
        """Return the first line.

        Raises:
            Problem: 400, there is none.
        """
        while b"\n" not in self._held and len(self._held) <= HEAD_BYTES and await self._more():
            pass
        line, newline, rest = bytes(self._held).partition(b"\n")
        if not newline:
            raise Problem(400, "unreadable", "The first line of a copy says what it is.")
        self._held = bytearray(rest)
        return line

    async def entries(self) -> AsyncIterator[bytes]:
        """Yield the entries.

        Raises:
            CannotRepair: it ends inside one.
        """
        at = 0
        while True:
            ends = at + LENGTH_BYTES
            length = int.from_bytes(self._held[at:ends], "big")
            if len(self._held) >= ends + length and len(self._held) >= ends:
                yield bytes(self._held[ends : ends + length])
                at = ends + length
                continue
            del self._held[:at]
            at = 0
            if not await self._more():
                break
        if self._held:
            raise CannotRepair("The copy ends inside an entry.")

    async def _more(self) -> bool:
        async for piece in self._stream:
            if piece:
                self._held += piece
                return True
        return False


def _journals(host: Host) -> dict[str, Source]:
    sources = Sources("audit", host.relay_pool, host.peers)
    return {name: sources.of(name) for name in SOURCES}


@asynccontextmanager
async def _recovery(request: Request) -> AsyncIterator[Recovery]:
    host, settings = host_of(request), settings_of(request)
    signer = SignerClient(needed(settings.signer.socket, "ACCORD_SIGNER__SOCKET"))
    policy = Policy.parse(policy_file(settings))
    try:
        yield Recovery(
            host.pool, host.relay_pool, signer, _journals(host), policy, expected(settings)
        )
    finally:
        await signer.close()


@asynccontextmanager
async def _repairing(request: Request) -> AsyncIterator[Recovery]:
    """Repair something; what cannot be is told in words.

    Raises:
        Problem: 409.
    """
    try:
        async with _recovery(request) as recovery:
            yield recovery
    except CannotRepair as error:
        raise Problem(409, "cannot_repair", str(error)) from error
    except OSError as error:
        raise Problem(
            503, "not_now", f"The signer or a journal does not answer: {error}"
        ) from error


async def _turned(request: Request, step: Step) -> Response:
    which = Which.model_validate_json(await read_body(request))
    signer = SignerClient(needed(settings_of(request).signer.socket, "ACCORD_SIGNER__SOCKET"))
    try:
        about = await turn(host_of(request).pool, signer, which.coalition, step)
    except CannotRotate as error:
        raise Problem(409, "cannot_rotate", str(error)) from error
    except OSError as error:
        raise Problem(503, "not_now", f"The signer does not answer: {error}") from error
    finally:
        await signer.close()
    return JSONResponse({"about": str(about)})


def _done(words: str) -> Response:
    return JSONResponse({"done": words})
