"""What FastAPI does with the same request when less is promised: `bare PORT` or `insert PORT`.

`bare` parses the command into the same model and answers with a receipt. `insert` also writes the
body as one row, in a transaction of its own. Neither asks who calls, keeps idempotency keys,
seals, chains or decides.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from fastapi import FastAPI
from pydantic import ConfigDict

from services.meetings.domain.voting import TakeStance
from shared.http import Receipt
from tests.bench.peers.server import serve_http
from tests.bench.worker import POSTGRES

PATH = "/api/v1/coalitions/{coalition}/proposals/{proposal_id}/stances"
DATABASE = "peer_insert"
POOL = 8


class Stance(TakeStance):
    """The same model, as FastAPI's own parsing can fill it."""

    model_config = ConfigDict(strict=False)


def receipt(proposal: UUID) -> Receipt:
    said: dict[str, Any] = {
        "id": str(proposal), "type": "StanceTaken", "position": 1, "leaf": "x" * 43
    }  # fmt: skip
    return Receipt(stream=f"proposal-{proposal}", version=1, position=1, events=[said])


def bare() -> FastAPI:
    app = FastAPI()

    @app.post(PATH, status_code=201)
    async def take(coalition: UUID, proposal_id: UUID, command: Stance) -> Receipt:  # noqa: ARG001 - parsed, as everywhere
        return receipt(proposal_id)

    return app


def insert() -> FastAPI:
    pools: list[asyncpg.Pool] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        admin = await asyncpg.connect(os.environ[POSTGRES])
        await admin.execute(f"create database {DATABASE}")
        await admin.close()
        pool = await asyncpg.create_pool(
            os.environ[POSTGRES], database=DATABASE, min_size=POOL, max_size=POOL
        )
        await pool.execute(
            "create table stance (n bigint generated always as identity primary key,"
            " coalition uuid not null, proposal uuid not null, body bytea not null)"
        )
        pools.append(pool)
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post(PATH, status_code=201)
    async def take(coalition: UUID, proposal_id: UUID, command: Stance) -> Receipt:
        await pools[0].execute(
            "insert into stance (coalition, proposal, body) values ($1, $2, $3)",
            coalition, proposal_id, command.model_dump_json().encode(),
        )  # fmt: skip
        return receipt(proposal_id)

    return app


if __name__ == "__main__":
    uvloop.run(serve_http({"bare": bare, "insert": insert}[sys.argv[1]](), int(sys.argv[2])))
