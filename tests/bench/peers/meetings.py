"""The real meetings service with one coalition in it: `PLAN PORT`.

500 organisations, a delegate each. Identity is looked up in this process instead of at members,
as it is cached; relay and views do not run, for other rows measure them. An order `at` n opens a
batch of n more proposals; the file PLAN says which there are, and who may take a stance in them.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import uvloop

from services.meetings.__main__ import service
from shared.host import Whois
from shared.identity import EmbeddedIssuer
from shared.inbox import Reader
from shared.journal import Journal
from shared.peers import Peers
from shared.service import Runtime
from shared.settings import Auth, Service
from shared.source import Own
from tests.bench.meter import Sample
from tests.bench.peers.server import serve_http
from tests.bench.worker import POSTGRES, SECRETS, Measured
from tests.meetings import hall
from tests.meetings.coalition import PLENARY, TRANSPORT
from tests.shared.kitchen import Clock

ORGANISATIONS = 500
COALITION = UUID(int=0xACC0)
FIRST_ORG, FIRST_PERSON = 10_000, 20_000
TOKEN_SECONDS = 3_600
AT_ONCE = 25


class Alone(Runtime):
    """The service without its peers: identity is known."""

    def _whois(self, _watch: asyncpg.Pool, _journal: Journal | None, _peers: Peers) -> Whois:
        return hall.whois


class Plenary:
    """The coalition, and the proposals opened in it so far."""

    def __init__(self, here: hall.Hall, plan: Path, tokens: EmbeddedIssuer) -> None:
        self._hall = here
        self._plan = plan
        self._tokens = tokens
        self._rule = ""
        self._people: list[Mapping[str, str]] = []
        self._batches: list[list[str]] = []

    async def found(self) -> None:
        await self._hall.found()
        for n in range(ORGANISATIONS - len(hall.DELEGATES)):
            org, person = UUID(int=FIRST_ORG + n), UUID(int=FIRST_PERSON + n)
            await self._hall.admit(org, person)
            self._may_act(org, person)
        for person, org in hall.DELEGATES.items():
            self._may_act(org, person)
        rule = {"body": str(PLENARY), "rule": {"method": "majority"}}
        self._rule = await self._hall.make(hall.CARLA, "/rules", rule)

    def _may_act(self, org: UUID, person: UUID) -> None:
        token = self._tokens.mint(
            f"{person}@{self._hall.coalition}", seconds=TOKEN_SECONDS, demo=True
        )
        self._people.append({"token": token, "org": str(org)})

    async def open(self, number: int, _secs: float) -> Sample:
        """Open so many more proposals, and write down the plan."""
        batch: list[str] = []
        for done in range(0, number, AT_ONCE):
            opening = (self._open_one() for _ in range(min(AT_ONCE, number - done)))
            batch += await asyncio.gather(*opening)
        self._batches.append(batch)
        plan = {
            "coalition": str(self._hall.coalition),
            "people": self._people,
            "batches": self._batches,
        }
        draft = self._plan.with_suffix(".draft")
        draft.write_text(json.dumps(plan))
        draft.rename(self._plan)
        return Sample(n=number, secs=1)

    async def _open_one(self) -> str:
        drafted = {
            "body": str(PLENARY), "issue": str(TRANSPORT), "affected": [],
            "title": hall.text("Share the van"), "text": hall.text("On Tuesdays and Fridays."),
        }  # fmt: skip
        closes = (datetime.now(UTC) + timedelta(days=7)).isoformat()
        proposal = await self._hall.make(hall.CARLA, "/proposals", drafted)
        path = f"/proposals/{proposal}"
        await self._hall.make(hall.CARLA, f"{path}/publications")
        opened = {"rule": self._rule, "closes_at": closes}
        await self._hall.make(hall.CARLA, f"{path}/votings", opened)
        return proposal


class Chair(EmbeddedIssuer):
    """Mints tokens of the demo, which no limit of commands a second holds back."""

    def mint(self, subject: str, **more: Any) -> str:
        return super().mint(subject, **({"seconds": TOKEN_SECONDS} | more | {"demo": True}))


async def main(port: int, plan: Path) -> None:
    """Serve until there are no more orders."""
    secrets = Path(os.environ[SECRETS])
    told = hall.settings(os.environ[POSTGRES], secrets.parent).model_copy(
        update={
            "demo": True,
            "auth": Auth(key_file=secrets / "issuer"),
            "service": Service(key_file=secrets / "service_meetings"),
        }
    )
    await service.prepare(told)
    # there is nobody to listen to
    deaf = replace(service, projection=None, subscriptions=(), timers=())
    runtime = Alone(deaf, told, {})
    application = deaf.app(runtime)
    tokens = Chair.read(secrets / "issuer")
    chair = Chair((secrets / "issuer").read_text("ascii"))

    async def prepare() -> Measured:
        assert runtime.host is not None
        assert runtime.host.keys is not None
        assert service.projection is not None
        host = runtime.host
        own = Own("meetings", host.relay_pool)
        views = Reader(service.projection, own, host.pool, host.relay_pool, runtime.host.keys)
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=application), base_url="http://meetings"
        )
        plenary = Plenary(
            hall.Hall(hall.Running(client, host, views, chair, Clock()), COALITION), plan, tokens
        )
        await plenary.found()
        return plenary.open

    await serve_http(application, port, prepare)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[2]), Path(sys.argv[1])))
