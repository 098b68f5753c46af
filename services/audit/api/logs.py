"""What members ask of their log: where it is, and what proves an event."""

import asyncio
import base64
import re
import time
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import orjson
from asyncpg import Record
from fastapi import Header, Path, Query, Response
from pydantic import BaseModel

from services.audit.views.served import Log, Sealed, covering, log_of, proof, published
from shared.hot import Connection
from shared.http import Limit, Reader, Router, requires
from shared.problems import not_found
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from shared.tlog.proof import Proof

router = Router()

State = Literal["recorded", "sealed", "witnessed"]
STATES: tuple[State, ...] = ("recorded", "sealed", "witnessed")
WAIT = re.compile(r"\bwait=(\d{1,3})\b")
LONGEST_WAIT, PAUSE_S = 8, 0.2  # seconds; a request has to be answered in nine
Event = Annotated[
    str,
    Path(
        pattern=r"^([0-9a-fA-F-]{36}|[a-z]{1,20}-[0-9]{1,16})$",
        description="Its id, or its service and position, such as `meetings-98123`.",
    ),
]
_ENTRY = (
    "select seq, event_id, service, position, leaf, leaf_hash from log.entry"
    " where coalition_id = $1 and log_id = $2"
    " and (event_id = $3 or service = $4 and position = $5)"
)
Prefer = Annotated[
    str | None, Header(description="`wait=S`: wait up to S seconds (8 at most) for that state.")
]


class Inconsistency(BaseModel):
    """What was found that must not be; `evidence` holds both versions where there are two."""

    service: str
    position: int
    evidence: object
    at: datetime


class Witnessed(BaseModel):
    """Who cosigned a checkpoint, and when, as they say."""

    name: str
    at: datetime


class LogRow(BaseModel):
    """A coalition's log.

    `size` is how many events its newest published checkpoint covers, `kept` how many came.
    """

    origin: str
    vkey: str
    state: str
    reason: str | None
    kept: int
    size: int | None
    checkpoint: str | None
    inconsistencies: list[Inconsistency]


class Receipt(BaseModel):
    """What proves that an event is in the log.

    `proof` holds hashes in base64, that of the leaf's sibling first; `checkpoint` is the note that
    they lead to. Without them the event came, and is sealed at the next turn.
    """

    state: State
    event: UUID
    service: str
    position: int
    index: int
    leaf_hash: str
    proof: list[str] | None = None
    checkpoint: str | None = None
    sealed_at: datetime | None = None
    witnesses: list[Witnessed] = []


class CheckpointRow(BaseModel):
    """A published checkpoint; `state` is `witnessed` once its witnesses are a quorum."""

    size: int
    root: str
    state: State
    sealed_at: datetime | None
    witnesses: list[Witnessed]


class Checkpoints(BaseModel):
    """A page of them, the largest first; `next_cursor` leads to smaller ones."""

    items: list[CheckpointRow]
    next_cursor: str | None = None


@router.get("/log", dependencies=[requires("audit:log:read")])
async def read_log(reader: Reader) -> LogRow:
    """The coalition's log: its name, its key, how far it is sealed, and what is wrong with it."""
    async with reader.rows() as db:
        log = await log_of(db, reader.coalition)
        if log is None:
            raise not_found()
        found = await db.fetch(
            "select service, position, evidence, at from log.inconsistency"
            " where coalition_id = $1 and log_id = $2 order by at, service, position",
            reader.coalition, log.id,
        )  # fmt: skip
    return LogRow(
        origin=log.origin, vkey=log.vkey, state=log.state, reason=log.reason,
        kept=log.kept, size=log.size,
        checkpoint=bytes(log.note).decode() if log.note else None,
        inconsistencies=[
            Inconsistency(
                service=row["service"], position=row["position"],
                evidence=orjson.loads(row["evidence"]), at=row["at"],
            )
            for row in found
        ],
    )  # fmt: skip


@router.get("/checkpoints", dependencies=[requires("audit:log:read")])
async def list_checkpoints(
    reader: Reader, limit: Limit = 20, cursor: Annotated[int | None, Query(ge=0, lt=1 << 53)] = None
) -> Checkpoints:
    """The log's published checkpoints, the largest first, with who cosigned each."""
    async with reader.rows() as db:
        log = await log_of(db, reader.coalition)
        if log is None:
            raise not_found()
        found = await published(db, log, cursor, limit + 1)
    rows = [
        CheckpointRow(
            size=each.size, root=_base64(Checkpoint.parse(each.note.text).root),
            state="witnessed" if each.witnessed else "sealed", sealed_at=each.at,
            witnesses=_witnesses(each),
        )
        for each in found[:limit]
    ]  # fmt: skip
    more = str(found[limit - 1].size) if len(found) > limit else None
    return Checkpoints(items=rows, next_cursor=more)


@router.get(
    "/events/{event}/receipt.tlog-proof", dependencies=[requires("audit:log:read")],
    response_class=Response,
)  # fmt: skip
async def read_proof(
    event: Event, reader: Reader, state: State = "recorded", prefer: Prefer = None
) -> Response:
    """The receipt as a file for other tools (C2SP tlog-proof)."""
    receipt = await _awaited(reader, event, state, prefer)
    if receipt.proof is None or receipt.checkpoint is None:
        raise not_found()
    hashes = tuple(base64.b64decode(each) for each in receipt.proof)
    content = bytes(Proof(receipt.index, hashes, Note.parse(receipt.checkpoint.encode())))
    headers = {"Content-Disposition": f'attachment; filename="{event}.tlog-proof"'}
    return Response(content, media_type="text/plain; charset=utf-8", headers=headers)


@router.get(
    "/events/{event}/leaf", dependencies=[requires("audit:log:read")], response_class=Response
)
async def read_leaf(event: Event, reader: Reader) -> Response:
    """An event as it was recorded, byte for byte: what its proof is of."""
    async with reader.rows() as db:
        log = await log_of(db, reader.coalition)
        row = None if log is None or not reader.audiences else await _entry(db, log, event)
    if row is None:
        raise not_found()
    headers = {"Content-Disposition": f'attachment; filename="{event}.json"'}
    return Response(row["leaf"], media_type="application/cloudevents+json", headers=headers)


@router.get("/events/{event}/receipt", dependencies=[requires("audit:log:read")])
async def read_receipt(
    event: Event, reader: Reader, state: State = "recorded", prefer: Prefer = None
) -> Receipt:
    """What proves an event: that it came, is sealed, or is witnessed."""
    return await _awaited(reader, event, state, prefer)


async def _awaited(reader: Reader, event: str, state: State, prefer: str | None) -> Receipt:
    """Return the receipt once it is in that state, or what there is when waiting is over.

    Raises:
        Problem: 404 where the event has not come by then.
    """
    asked = WAIT.search(prefer or "")
    end = time.monotonic() + (min(int(asked[1]), LONGEST_WAIT) if asked else 0)
    while True:
        receipt = await _receipt(reader, event)
        if receipt is not None and STATES.index(receipt.state) >= STATES.index(state):
            return receipt
        if time.monotonic() >= end:
            break
        await asyncio.sleep(PAUSE_S)
    if receipt is None:
        raise not_found()
    return receipt


async def _receipt(reader: Reader, event: str) -> Receipt | None:
    async with reader.rows() as db:
        log = await log_of(db, reader.coalition)
        if log is None:  # it has no key yet
            return None
        row = await _entry(db, log, event)
        if row is None:
            return None
        receipt = Receipt(
            state="recorded", event=row["event_id"], service=row["service"],
            position=row["position"],
            index=row["seq"], leaf_hash=_base64(row["leaf_hash"]),
        )  # fmt: skip
        sealed = await covering(db, log, row["seq"])
        if sealed is None:
            return receipt
        hashes = await proof(db, log, row["seq"], row["leaf_hash"], sealed)
    return receipt.model_copy(
        update={
            "state": "witnessed" if sealed.witnessed else "sealed",
            "proof": [_base64(each) for each in hashes],
            "checkpoint": bytes(sealed.note).decode(),
            "sealed_at": sealed.at,
            "witnesses": _witnesses(sealed),
        }
    )


async def _entry(db: Connection, log: Log, event: str) -> Record | None:
    """Return an entry by the event's id, or by its service and position."""
    service, _, position = event.partition("-")
    by_place = position.isdecimal()
    try:
        event_id = None if by_place else UUID(event)
    except ValueError:
        return None
    return await db.fetchrow(
        _ENTRY, log.coalition, log.id, event_id, service, int(position) if by_place else None
    )


def _witnesses(sealed: Sealed) -> list[Witnessed]:
    return [
        Witnessed(name=name, at=datetime.fromtimestamp(at, UTC)) for name, at in sealed.witnesses
    ]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
