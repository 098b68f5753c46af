"""meetings on a real PostgreSQL, with what it heard put in its inbox, and asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import orjson

from accord.environment import Database
from services.meetings.__main__ import service
from services.meetings.inbox import from_members
from shared.database import pool, tenant
from shared.event import Recorded
from shared.host import Host
from shared.hot import Rules
from shared.identity import EmbeddedIssuer, ServiceKey, Tokens, TrustedIssuer
from shared.inbox import Reader
from shared.journal import Journal
from shared.peers import Known, Peers
from shared.sealing import Keys
from shared.service import Runtime
from shared.settings import Login, Settings, needed
from shared.source import Own
from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, TRANSPORT, UNION, YOUTH
from tests.shared.kitchen import Clock

CARLA, SAM, UMA, YARA = (UUID(int=n) for n in range(31, 35))
DELEGATES = {CARLA: CLINIC, SAM: SCHOOL, UMA: UNION, YARA: YOUTH}
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def accreditation(person: UUID) -> UUID:
    return UUID(int=person.int + 1_000_000)


def text(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


@dataclass(frozen=True)
class Running:
    """The service, without a bus: its inbox is filled by hand, its views on demand.

    Its `clock` is put right after each test.
    """

    client: httpx2.AsyncClient
    host: Host
    views: Reader
    tokens: EmbeddedIssuer
    clock: Clock = field(default_factory=Clock)


@dataclass
class Hall:
    """One coalition in a running meetings service; Carla of the clinic chairs the plenary."""

    running: Running
    coalition: UUID
    _heard: int = 0
    _keys: Iterator[int] = field(default_factory=count)

    @property
    def base(self) -> str:
        return f"/api/v1/coalitions/{self.coalition}"

    def token(self, person: UUID) -> str:
        """Return a token of a person; each coalition's people have addresses of their own."""
        return self.running.tokens.mint(f"{person}@{self.coalition}")

    async def hear(
        self, type_: str, key: UUID, by: UUID | None = None,
        envelope: Mapping[str, Any] | None = None, **data: Any,
    ) -> None:  # fmt: skip
        """Put an event of members through the inbox."""
        self._heard += 1
        seen = Recorded(
            coalition=self.coalition,
            service="members",
            position=self._heard,
            type=type_,
            stream=f"it-{key}",
            version=1,
            at=AT,
            recorded_at=AT,
            visibility="members",
            data=data,
            leaf=b"",
            by=by,
            **(envelope or {}),
        )
        async with tenant(self.running.host.pool, [self.coalition]) as db:
            await from_members.apply(db, [seen])
            await db.execute(
                "insert into inbox.cursor values ($1, 'members', $2, $3, '')"
                " on conflict (coalition_id, source, reader)"
                " do update set position = excluded.position",
                *(self.coalition, from_members.reader, self._heard),
            )

    async def found(self) -> None:
        """Let it hear of a formal coalition of four organisations, and of an issue."""
        await self.hear("CoalitionFormed", self.coalition, slug=f"c{self.coalition.int}")
        async with tenant(self.running.host.pool, [self.coalition]) as db:
            await db.execute(
                "insert into tenancy.coalition values ($1, $2)",
                *(self.coalition, f"c{self.coalition.int}"),
            )
        await self.hear("OperatingModeSet", self.coalition, mode="formal")
        await self.hear(
            "BodyConstituted", PLENARY, name=text("Plenary"), kind="plenary", scope="all"
        )
        await self.hear("IssueRaised", TRANSPORT)
        for person, org in DELEGATES.items():
            await self.admit(org, person)
        await self.take_role(CARLA)

    async def admit(self, org: UUID, person: UUID, **more: Any) -> None:
        terms: dict[str, Any] = {
            "commitment": "homework",
            "voting_right": True,
            "name": text(f"Org {org.int}"),
        }
        await self.hear("MemberJoined", org, **(terms | more))
        await self.hear("PersonRegistered", person, name=text(f"Person {person.int}"))
        await self.accredit(org, person)

    async def accredit(self, org: UUID, person: UUID, **more: Any) -> None:
        terms: dict[str, Any] = {
            "accreditation": str(accreditation(person)),
            "body": str(PLENARY),
            "person": str(person),
            "authority": "full",
            "voting": True,
            "executive": False,
            "from": "2020-01-01",
        }
        await self.hear("RepresentativeAccredited", org, **(terms | more))

    async def take_role(self, person: UUID, body: UUID = PLENARY) -> None:
        office: dict[str, Any] = {"role": "chair", "accreditation": str(accreditation(person))}
        await self.hear("RoleTaken", body, **office)

    async def post(
        self, person: UUID, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """Send a command of a person."""
        sent = {
            "Authorization": f"Bearer {self.token(person)}",
            "Idempotency-Key": f"{next(self._keys)}",
        }
        return await self.running.client.post(
            f"{self.base}{path}",
            json=body or {},
            headers=sent | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    async def make(
        self, person: UUID, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> str:
        """Send a command that is accepted, and return the id of its aggregate."""
        answer = await self.post(person, path, body, **headers)
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["stream"]).partition("-")[2]

    async def refuse(
        self, person: UUID, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> str:
        """Send a command that is refused, and return why."""
        answer = await self.post(person, path, body, **headers)
        assert answer.status_code >= 400, answer.text
        return str(answer.json()["reason"])

    async def get(self, path: str, person: UUID = SAM, by: UUID | None = None, **query: Any) -> Any:
        """Return what a person reads, once the rows have caught up."""
        await self.running.views.heal(self.coalition)
        headers = {"Authorization": f"Bearer {self.token(person)}"}
        if by is not None:
            headers["Accord-On-Behalf-Of"] = str(by)
        answer = await self.running.client.get(f"{self.base}{path}", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bring(self, *lines: dict[str, Any]) -> list[dict[str, Any]]:
        """Import lines as the chair, and return what was answered."""
        answer = await self.running.client.post(
            f"{self.base}/import",
            content=b"\n".join(map(orjson.dumps, lines)),
            headers={
                "Authorization": f"Bearer {self.token(CARLA)}",
                "Content-Type": "application/x-ndjson",
            },
        )
        assert answer.status_code == 200, answer.text
        return [orjson.loads(said) for said in answer.text.splitlines()]

    async def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the types and clear data of all that was recorded."""
        async with tenant(self.running.host.pool, [self.coalition]) as db:
            rows = await db.fetch(
                "select position, type, bytes from journal.event"
                " where coalition_id = $1 order by position",
                self.coalition,
            )
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        return [(row["type"], orjson.loads(row["bytes"])["data"]) for row in rows]


async def whois(subject: str) -> Mapping[UUID, Known]:
    """Say who is who, as members would."""
    person, _, coalition = subject.partition("@")
    org = DELEGATES.get(UUID(person))
    own = (f"org:{org}",) if org else ()
    return {UUID(coalition): Known(UUID(person), (f"body:{PLENARY}", "members", *own, "public"))}


def settings(postgres: str, data: Path) -> Settings:
    server, secrets = Database(postgres, None), data / "secrets"

    def login(role: str, database: str) -> dict[str, Any]:
        name = f"accord_meetings_{role}"
        return {"dsn": server.dsn_for(name, database), "password_file": secrets / name}

    return Settings(
        admin=Login(dsn=postgres),
        database=login("app", "accord_meetings"),
        relay=login("relay", "accord_meetings"),
        keys=login("keys", "accord_meetings_keys") | {"kek_file": secrets / "kek"},
    )


@asynccontextmanager
async def running(postgres: str, data: Path) -> AsyncIterator[Running]:
    """Run meetings until the block ends."""
    told, secrets = settings(postgres, data), data / "secrets"
    await service.prepare(told)
    async with AsyncExitStack() as stack:
        app, watch, sealing = [
            await pool(needed(login.dsn, "dsn"), "meetings", password=login.password(), size=4)
            for login in (told.database, told.relay, told.keys)
        ]
        for opened in (app, watch, sealing):
            stack.push_async_callback(opened.close)
        keys = Keys(sealing, told.keys.kek(), "meetings")
        clock = Clock()
        rules = Rules("meetings", service.deciders, service.folds)
        journal = Journal(app, rules, keys, clock=clock)
        issuer = EmbeddedIssuer.read(secrets / "issuer")
        own_key = ServiceKey("meetings", (secrets / "service_meetings").read_text())
        peers = Peers({}, own_key)
        stack.push_async_callback(peers.close)
        host = Host(
            "meetings",
            pool=app,
            relay_pool=watch,
            tokens=Tokens([TrustedIssuer(issuer.issuer, (issuer.key,), embedded=True)]),
            peers=peers,
            policy=service.policy,
            whois=whois,
            serves=lambda _peer, _audience: False,
            keys=keys,
            own_key=own_key,
            journal=journal,
            mandates=service.mandates,
        )
        application = service.app(Runtime(service, told, {}))
        application.state.host = host
        assert service.projection is not None
        views = Reader(service.projection, Own("meetings", watch), app, watch, keys)
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=application), base_url="http://meetings"
        )
        await stack.enter_async_context(client)
        task = asyncio.create_task(journal.run())
        yield Running(client, host, views, issuer, clock)
        journal.stop()
        await task
