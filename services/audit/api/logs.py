"""What members ask of their log: where it is, and what proves an event."""

import base64
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from services.audit.views.served import log_of, proof
from shared.http import Reader, Router, requires
from shared.problems import not_found

router = Router()

State = Literal["recorded", "sealed", "witnessed"]


class Inconsistency(BaseModel):
    """What was found that must not be; `evidence` holds both versions where there are two."""

    service: str
    position: int
    evidence: object
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
        inconsistencies=[Inconsistency.model_validate(dict(row)) for row in found],
    )  # fmt: skip


@router.get(
    "/events/{event_id}/receipt.tlog-proof", dependencies=[requires("audit:log:read")],
    response_class=Response,
)  # fmt: skip
async def read_proof(event_id: UUID, reader: Reader) -> Response:
    """The receipt as a file for other tools (C2SP tlog-proof)."""
    receipt = await _receipt(reader, event_id)
    if receipt.proof is None or receipt.checkpoint is None:
        raise not_found()
    lines = ["c2sp.org/tlog-proof@v1", f"index {receipt.index}", *receipt.proof, ""]
    content = "\n".join(lines) + "\n" + receipt.checkpoint
    return Response(content, media_type="text/plain; charset=utf-8")


@router.get("/events/{event_id}/receipt", dependencies=[requires("audit:log:read")])
async def read_receipt(event_id: UUID, reader: Reader) -> Receipt:
    """What proves an event: that it came, is sealed, or is witnessed."""
    return await _receipt(reader, event_id)


async def _receipt(reader: Reader, event_id: UUID) -> Receipt:
    async with reader.rows() as db:
        log = await log_of(db, reader.coalition)
        if log is None:
            raise not_found()
        row = await db.fetchrow(
            "select seq, service, position, leaf_hash from log.entry"
            " where coalition_id = $1 and log_id = $2 and event_id = $3",
            reader.coalition, log.id, event_id,
        )  # fmt: skip
        if row is None:
            raise not_found()
        receipt = Receipt(
            state="recorded", event=event_id, service=row["service"], position=row["position"],
            index=row["seq"], leaf_hash=_base64(row["leaf_hash"]),
        )  # fmt: skip
        if log.size is None or log.note is None or row["seq"] >= log.size:
            return receipt
        hashes = await proof(db, log, row["seq"], log.size)
    return receipt.model_copy(
        update={
            "state": "witnessed" if log.witnessed else "sealed",
            "proof": [_base64(each) for each in hashes],
            "checkpoint": bytes(log.note).decode(),
        }
    )


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
