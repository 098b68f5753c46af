"""The log: what was sealed, who witnessed it, and the proof of one event."""

import asyncio
from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.answers import Answer
from services.web.page import NOT_OURS, Visit, Visiting, page
from services.web.passing import pass_on
from services.web.peers import PeerRefused, PeerSilent, of

ROWS = "20"

router = APIRouter()


class Witnessed(Answer):
    """Who cosigned a checkpoint, and when, as they say."""

    name: str
    at: datetime

    @property
    def organisation(self) -> str:
        """The name without what the organisation calls this witness."""
        return self.name.partition("/")[0]


class Proof(Answer):
    """How far an event is proved: recorded, sealed, or witnessed; `unknown` where nobody says.

    Args:
        ref: The event's service and position, such as `meetings/98123`.
    """

    ref: str
    state: str = "unknown"
    sealed_at: datetime | None = None
    witnesses: tuple[Witnessed, ...] = ()

    @property
    def position(self) -> int:
        return int(self.ref.rpartition("/")[2])

    @property
    def name(self) -> str:
        """What its files are called."""
        return self.ref.replace("/", "-")


class Checkpoint(Answer):
    """A size of the log that was signed, and who saw it."""

    size: int
    root: str
    state: str
    sealed_at: datetime | None = None
    witnesses: tuple[Witnessed, ...] = ()


class Checkpoints(Answer):
    """A page of them, the largest first."""

    items: tuple[Checkpoint, ...] = ()
    next_cursor: str | None = None


class Inconsistency(Answer):
    """What was found that must not be, and where."""

    service: str
    position: int
    at: datetime


class Log(Answer):
    """A coalition's log as the audit service keeps it."""

    origin: str
    vkey: str
    state: str
    reason: str | None = None
    kept: int = 0
    size: int | None = None
    inconsistencies: tuple[Inconsistency, ...] = ()

    @property
    def below(self) -> str:
        """Where its files lie on this host."""
        return f"/audit/c/{quote(self.origin.rpartition('/')[2], safe='')}"


async def proof_of(visiting: Visit, coalition: str, ref: str) -> Proof:
    """Return how far an event is proved; that nobody can tell spoils no page."""
    path = of(coalition, "events", ref.replace("/", "-"), "receipt")
    try:
        said = await visiting.ask.get("audit", path)
    except PeerSilent:
        return Proof(ref=ref)
    except PeerRefused as refused:
        if refused.problem.status in NOT_OURS:
            return Proof(ref=ref)
        raise
    return Proof.model_validate(said | {"ref": ref})


@router.get("/c/{coalition}/audit")
async def show_log(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Show the log: its name and key, what was signed and by whom witnessed, and what is wrong."""
    cursor = request.query_params.get("cursor")
    chrome, log, found = await asyncio.gather(
        visiting.chrome(coalition),
        visiting.ask.get("audit", of(coalition, "log")),
        visiting.ask.get("audit", of(coalition, "checkpoints"), limit=ROWS, cursor=cursor),
    )
    return page(
        "audit.html", chrome, log=Log.model_validate(log), first=not cursor,
        found=Checkpoints.model_validate(found),
    )  # fmt: skip


@router.get("/c/{coalition}/audit.json")
async def log_as_json(coalition: str, visiting: Visiting, request: Request) -> Response:
    """Pass on what the log says of itself."""
    return await pass_on(visiting.ask, "audit", of(coalition, "log"), request.query_params)


@router.get("/c/{coalition}/audit/{event}.tlog-proof")
async def proof_file(coalition: str, event: str, visiting: Visiting, request: Request) -> Response:
    """Pass on the proof of an event, named as `meetings-98123`."""
    path = of(coalition, "events", event, "receipt.tlog-proof")
    return await pass_on(visiting.ask, "audit", path, request.query_params)


@router.get("/c/{coalition}/audit/{event}.json")
async def leaf_file(coalition: str, event: str, visiting: Visiting, request: Request) -> Response:
    """Pass on an event as it was recorded."""
    path = of(coalition, "events", event, "leaf")
    return await pass_on(visiting.ask, "audit", path, request.query_params)
