"""credit on a real PostgreSQL, with what it heard put in its inbox, and asked over HTTP."""

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

from accord.environment import Database
from services.credit.__main__ import service
from services.credit.inbox import from_meetings, from_members
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

CLINIC, SCHOOL, UNION, TEACHER, STRANGER = (UUID(int=n) for n in range(1, 6))
CARLA, SAM, UMA, TESS, NOBODY = (UUID(int=n) for n in range(11, 16))
PLENARY, GROUP = UUID(int=21), UUID(int=22)
DECISION, FOREIGN = UUID(int=31), UUID(int=32)
DELEGATES = {CARLA: CLINIC, SAM: SCHOOL, UMA: UNION, TESS: TEACHER}
AT = datetime(2026, 3, 12, 15, tzinfo=UTC)


def accreditation(person: UUID) -> UUID:
    return UUID(int=person.int + 100)


def terms(person: UUID) -> dict[str, Any]:
    """Return what an accreditation of a person to the plenary says."""
    return {
        "accreditation": str(accreditation(person)),
        "body": str(PLENARY),
        "person": str(person),
        "authority": "full",
        "voting": True,
        "executive": False,
        "from": "2026-01-01",
    }


@dataclass(frozen=True)
class Running:
    """The service, without a bus: its inbox is filled by hand, its views on demand."""

    client: httpx2.AsyncClient
    host: Host
    views: Reader
    tokens: EmbeddedIssuer


@dataclass
class Ledger:
    """One coalition in a running credit service."""

    running: Running
    coalition: UUID
    _heard: dict[str, int] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=count)

    @property
    def base(self) -> str:
        return f"/api/v1/coalitions/{self.coalition}"

    async def hear(
        self,
        service: str,
        type_: str,
        key: UUID,
        by: UUID | None = None,
        audience: tuple[str, ...] = (),
        **data: Any,
    ) -> str:
        """Put an event of another service through the inbox, and return its reference."""
        position = self._heard[service] = self._heard.get(service, 0) + 1
        seen = Recorded(
            coalition=self.coalition,
            service=service,
            position=position,
            type=type_,
            stream=f"it-{key}",
            version=1,
            at=AT,
            recorded_at=AT,
            visibility="body" if audience else "members",
            audience=audience,
            data=data,
            leaf=b"",
            by=by,
        )
        listener = {"members": from_members, "meetings": from_meetings}[service]
        async with tenant(self.running.host.pool, [self.coalition]) as db:
            await listener.apply(db, [seen])
            await db.execute(
                "insert into inbox.cursor values ($1, $2, $3, $4, '')"
                " on conflict (coalition_id, source, reader)"
                " do update set position = excluded.position",
                *(self.coalition, service, listener.reader, position),
            )
        return seen.ref

    async def found(self) -> None:
        """Let it hear of a formal coalition of three organisations and a teacher; Uma chairs."""
        await self.hear("members", "CoalitionFormed", self.coalition)
        async with tenant(self.running.host.pool, [self.coalition]) as db:
            await db.execute(
                "insert into tenancy.coalition values ($1, $2)",
                *(self.coalition, f"coalition-{self.coalition.int}"),
            )
        await self.hear("members", "OperatingModeSet", self.coalition, mode="formal")
        await self.hear("members", "BodyConstituted", PLENARY, kind="plenary")
        for person, org in DELEGATES.items():
            kind = "person" if org == TEACHER else "organization"
            await self.hear("members", "MemberJoined", org, kind=kind)
            await self.accredit(org, person)
        await self.take_role(UMA)
        await self.hear("meetings", "DecisionMade", UUID(int=41), decision=str(DECISION))

    async def accredit(self, org: UUID, person: UUID, **more: Any) -> None:
        await self.hear("members", "RepresentativeAccredited", org, **(terms(person) | more))

    async def take_role(self, person: UUID, role: str = "chair", until: str | None = None) -> None:
        held: dict[str, Any] = {
            "role": role,
            "accreditation": str(accreditation(person)),
            "until": until,
        }
        await self.hear("members", "RoleTaken", PLENARY, **held)

    def bearer(self, person: UUID) -> str:
        """Return what says who asks; in each coalition it is somebody else who may ask so often."""
        return f"Bearer {self.running.tokens.mint(f'{person}@{self.coalition}')}"

    async def post(self, person: UUID, path: str, **body: Any) -> httpx2.Response:
        """Send a command of a person, and let the read model catch up."""
        answer = await self.running.client.post(
            f"{self.base}{path}",
            json=body,
            headers={
                "Authorization": self.bearer(person),
                "Idempotency-Key": f"{next(self._keys)}",
            },
        )
        await self.running.views.heal(self.coalition)
        return answer

    async def get(self, path: str, person: UUID = SAM, **query: Any) -> Any:
        """Return what a person reads."""
        answer = await self.running.client.get(
            f"{self.base}{path}",
            params=query,
            headers={"Authorization": self.bearer(person)},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def events(self) -> int:
        async with tenant(self.running.host.pool, [self.coalition]) as db:
            counted: int = await db.fetchval(
                "select count(*) from journal.event where coalition_id = $1", self.coalition
            )
        return counted


async def whois(subject: str) -> Mapping[UUID, Known]:
    """Say who is who, as members would."""
    person, _, _ = subject.partition("@")
    known = Known(UUID(person), ("members", "public", f"body:{PLENARY}"))
    return dict.fromkeys((UUID(int=n) for n in range(1000, 1100)), known)


def settings(postgres: str, data: Path) -> Settings:
    server, secrets = Database(postgres, None), data / "secrets"

    def login(role: str, database: str) -> dict[str, Any]:
        name = f"accord_credit_{role}"
        return {"dsn": server.dsn_for(name, database), "password_file": secrets / name}

    return Settings(
        admin=Login(dsn=postgres),
        database=login("app", "accord_credit"),
        relay=login("relay", "accord_credit"),
        keys=login("keys", "accord_credit_keys") | {"kek_file": secrets / "kek"},
    )


@asynccontextmanager
async def running(postgres: str, data: Path) -> AsyncIterator[Running]:
    """Run credit until the block ends."""
    told, secrets = settings(postgres, data), data / "secrets"
    await service.prepare(told)
    async with AsyncExitStack() as stack:
        app, watch, sealing = [
            await pool(needed(login.dsn, "dsn"), "credit", password=login.password(), size=4)
            for login in (told.database, told.relay, told.keys)
        ]
        for opened in (app, watch, sealing):
            stack.push_async_callback(opened.close)
        keys = Keys(sealing, told.keys.kek(), "credit")
        journal = Journal(app, Rules("credit", service.deciders, service.folds), keys)
        issuer = EmbeddedIssuer.read(secrets / "issuer")
        own_key = ServiceKey("credit", (secrets / "service_credit").read_text())
        peers = Peers({}, own_key)
        stack.push_async_callback(peers.close)
        host = Host(
            "credit",
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
        views = Reader(service.projection, Own("credit", watch), app, watch, keys)
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=application), base_url="http://credit"
        )
        await stack.enter_async_context(client)
        task = asyncio.create_task(journal.run())
        yield Running(client, host, views, issuer)
        journal.stop()
        await task
