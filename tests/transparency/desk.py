"""transparency on a real PostgreSQL: histories put through its projection, and asked over HTTP."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from accord.environment import Database
from services.transparency.__main__ import service
from services.transparency.views import projection
from shared.database import pool, tenant
from shared.host import Host
from shared.identity import EmbeddedIssuer, ServiceKey, Tokens, TrustedIssuer
from shared.peers import Known, Peers
from shared.service import Runtime
from shared.settings import Login, Settings, needed
from tests.transparency.history import History, key

MEMBER, GUEST, PARTY = UUID(int=0xAA), UUID(int=0xBB), UUID(int=0xCC)
AUDIENCES = {
    MEMBER: ("members", "public", "body:group"),
    GUEST: ("public",),
    PARTY: ("members", "public", f"org:{key('Clinic')}", f"person:{key('Ana')}"),
}
"""Somebody of one organisation; someone from outside; who acts for the clinic, and is Ana."""
RUN = 2_000

_coalitions: Iterator[int] = count(0xC0A0)


@dataclass
class Desk:
    """The running service: where histories are laid down, and reports asked for."""

    client: httpx2.AsyncClient
    host: Host
    tokens: EmbeddedIssuer
    reached: dict[UUID, int] = field(default_factory=dict)

    def history(self, **how: Any) -> History:
        """Return an empty history of a coalition of its own."""
        return History(coalition=UUID(int=next(_coalitions)), **how)

    async def read(self, history: History, run: int = RUN) -> None:
        """Project what is new of a history, in runs of one service as the readers do."""
        start = self.reached.get(history.coalition, 0)
        self.reached[history.coalition] = len(history.seen)
        new = history.seen[start:]
        for name in ("members", "meetings", "credit"):
            events = [seen for seen in new if seen.service == name]
            for first in range(0, len(events), run):
                await self._apply(history, events[first : first + run])

    async def forget(self, history: History) -> None:
        """Drop all rows of a coalition, as before a rebuild."""
        self.reached.pop(history.coalition, None)
        async with tenant(self.host.pool, [history.coalition]) as db:
            for table in projection.tables:
                await db.execute(
                    f"delete from {table.name} where coalition_id = $1",  # noqa: S608 - a table of ours
                    history.coalition,
                )

    async def _apply(self, history: History, events: Any) -> None:
        async with tenant(self.host.pool, [history.coalition]) as db:
            await db.execute(
                "insert into tenancy.coalition values ($1, $2) on conflict do nothing",
                *(history.coalition, f"coalition-{history.coalition.int}"),
            )
            await projection.apply(db, events)
            await db.execute(
                "insert into inbox.cursor values ($1, $2, $3, $4, '')"
                " on conflict (coalition_id, source, reader)"
                " do update set position = excluded.position",
                *(history.coalition, events[0].service, projection.reader, events[-1].position),
            )

    async def ask(
        self, history: History, path: str, person: UUID = MEMBER, **query: Any
    ) -> httpx2.Response:
        """Ask for something of a coalition."""
        token = self.tokens.mint(f"{person}@{history.coalition}")
        headers = {"Authorization": f"Bearer {token}"} | query.pop("headers", {})
        return await self.client.get(
            f"/api/v1/coalitions/{history.coalition}{path}",
            params={name.rstrip("_"): value for name, value in query.items()},
            headers=headers,
        )

    async def get(self, history: History, path: str, person: UUID = MEMBER, **query: Any) -> Any:
        """Return what a person reads."""
        answer = await self.ask(history, path, person, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def report(self, history: History, name: str, **query: Any) -> Any:
        return await self.get(history, f"/reports/{name}.json", **query)

    async def sheet(self, history: History, name: str, **query: Any) -> str:
        answer = await self.ask(history, f"/reports/{name}.csv", **query)
        assert answer.status_code == 200, answer.text
        return answer.content.decode()


async def whois(subject: str) -> Mapping[UUID, Known]:
    """Say who is who, as members would."""
    person = UUID(subject.partition("@")[0])
    known = Known(person, AUDIENCES[person])
    return dict.fromkeys((UUID(int=n) for n in range(0xC0A0, 0xC0A0 + 500)), known)


def settings(postgres: str, data: Path) -> Settings:
    server, secrets = Database(postgres, None), data / "secrets"

    def login(role: str, database: str) -> dict[str, Any]:
        name = f"accord_transparency_{role}"
        return {"dsn": server.dsn_for(name, database), "password_file": secrets / name}

    return Settings(
        admin=Login(dsn=postgres),
        database=login("app", "accord_transparency"),
        relay=login("relay", "accord_transparency"),
        keys=login("keys", "accord_transparency_keys") | {"kek_file": secrets / "kek"},
    )


@asynccontextmanager
async def running(postgres: str, data: Path) -> AsyncIterator[Desk]:
    """Run transparency, without a bus, until the block ends."""
    told, secrets = settings(postgres, data), data / "secrets"
    await service.prepare(told)
    async with AsyncExitStack() as stack:
        app, watch = [
            await pool(needed(login.dsn, "dsn"), "desk", password=login.password(), size=4)
            for login in (told.database, told.relay)
        ]
        for opened in (app, watch):
            stack.push_async_callback(opened.close)
        issuer = EmbeddedIssuer.read(secrets / "issuer")
        own_key = ServiceKey("transparency", (secrets / "service_transparency").read_text())
        peers = Peers({}, own_key)
        stack.push_async_callback(peers.close)
        host = Host(
            "transparency",
            pool=app,
            relay_pool=watch,
            tokens=Tokens([TrustedIssuer(issuer.issuer, (issuer.key,), embedded=True)]),
            peers=peers,
            policy=service.policy,
            whois=whois,
            serves=lambda _peer, _audience: False,
            own_key=own_key,
        )
        application = service.app(Runtime(service, told, {}))
        application.state.host = host
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=application), base_url="http://transparency"
        )
        yield Desk(await stack.enter_async_context(client), host, issuer)
