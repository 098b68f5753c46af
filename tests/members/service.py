"""Members alone on a real PostgreSQL, and how a test speaks to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import orjson

from accord import environment
from services.members.__main__ import service
from shared.database import tenant
from shared.host import Host
from shared.hot import Connection
from shared.identity import EmbeddedIssuer
from shared.service import Runtime
from shared.settings import Settings
from shared.uuid7 import random_bytes, uuid7

BASE = "http://members/api/v1"
NOWHERE = dict.fromkeys(("members", "meetings", "credit"), "http://127.0.0.1:9")
_ids = random_bytes(10)
_keys = count()  # whoever forms a coalition is known by them in every service of a session


def new_id() -> str:
    """Return an id as a client draws it."""
    return str(uuid7(1_772_000_000_000, next(_ids)))


def words(text: str) -> dict[str, str]:
    return {"lang": "en", "text": text}


@dataclass
class Members:
    """The running service."""

    client: httpx2.AsyncClient
    secrets: Path
    host: Host

    def headers(self, person: str, **more: str) -> dict[str, str]:
        issuer = EmbeddedIssuer.read(self.secrets / "issuer")
        token = issuer.mint(person, operator=person == "operator")
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {token}"} | named

    async def post(self, path: str, body: Any, person: str, **headers: str) -> httpx2.Response:
        """Send a command, with a new idempotency key unless one is given; slow down if told to."""
        sent = {"Idempotency-Key": f"k{next(_keys)}"} | self.headers(person, **headers)
        while True:
            answer = await self.client.post(f"{BASE}{path}", json=body, headers=sent)
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                return answer
            await asyncio.sleep(int(answer.headers["Retry-After"]))

    async def get(self, path: str, person: str, **query: Any) -> httpx2.Response:
        return await self.client.get(f"{BASE}{path}", params=query, headers=self.headers(person))

    async def bring(self, coalition: UUID | str, *lines: Any) -> list[Any]:
        """Import commands as the operator; return the lines of the answer."""
        answer = await self.client.post(
            f"{BASE}/coalitions/{coalition}/import",
            content=b"\n".join(map(orjson.dumps, lines)),
            headers=self.headers("operator", Content_Type="application/x-ndjson"),
        )
        assert answer.status_code == 200, answer.text
        return [orjson.loads(line) for line in answer.content.splitlines()]

    @asynccontextmanager
    async def rows(self, coalition: UUID | str) -> AsyncIterator[Connection]:
        """Look at the tables of a coalition."""
        async with tenant(self.host.pool, [UUID(str(coalition))]) as db:
            yield db


@asynccontextmanager
async def members(
    admin: str, data: Path, clock: Callable[[datetime], datetime] = lambda at: at
) -> AsyncIterator[Members]:
    """Run the service until the block ends."""
    database = environment.Database(admin, None)
    secrets = data / "secrets"
    base = "accord_members"
    flags: dict[str, Any] = {
        "admin": {"dsn": admin},
        "database": {
            "dsn": database.dsn_for(f"{base}_app", base), "password_file": secrets / f"{base}_app",
        },
        "relay": {
            "dsn": database.dsn_for(f"{base}_relay", base),
            "password_file": secrets / f"{base}_relay",
        },
        "keys": {
            "dsn": database.dsn_for(f"{base}_keys", f"{base}_keys"),
            "password_file": secrets / f"{base}_keys",
            "kek_file": secrets / "kek",
        },
        "service": {"key_file": secrets / "service_members"},
        "auth": {"key_file": secrets / "issuer"},
    }  # fmt: skip
    settings = Settings.load(**flags)
    await service.prepare(settings)
    runtime = Runtime(service, settings, NOWHERE, clock=clock)
    app = service.app(runtime)
    transport = httpx2.ASGITransport(app=app)
    async with runtime.running(), httpx2.AsyncClient(transport=transport) as client:
        assert runtime.host is not None
        yield Members(client, secrets, runtime.host)
