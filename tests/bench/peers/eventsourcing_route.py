"""eventsourcing behind FastAPI: `PORT`. A synchronous route that saves a new aggregate."""

import sys
from typing import Any
from uuid import UUID

import uvloop
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from fastapi import FastAPI

from shared.http import Receipt
from tests.bench.peers.eventsourcing_save import environment
from tests.bench.peers.routes import PATH, Stance, receipt
from tests.bench.peers.server import serve_http

DATABASE = "peer_eventsourcing_route"


class Taken(Aggregate):
    def __init__(self, proposal: str, option: str, reason: str | None) -> None:
        self.proposal = proposal
        self.option = option
        self.reason = reason


def application() -> FastAPI:
    saving: Application[Any] = Application(env=environment(DATABASE))
    app = FastAPI()

    @app.post(PATH, status_code=201)
    def take(coalition: UUID, proposal_id: UUID, command: Stance) -> Receipt:  # noqa: ARG001 - parsed, as everywhere
        reason = command.reason.text if command.reason else None
        saving.save(Taken(str(proposal_id), command.option.value, reason))
        return receipt(proposal_id)

    return app


if __name__ == "__main__":
    uvloop.run(serve_http(application(), int(sys.argv[1])))
