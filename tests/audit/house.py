"""A log on a real PostgreSQL: a journal to keep, an intake, a signer of its own, a sealer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.audit.__main__ import service
from services.audit.domain.entry import READER
from services.audit.inbox import Intake
from services.audit.sealer import Sealer
from services.audit.signed import Store
from services.audit.signer import make, serve
from services.audit.signing import SignerClient
from services.audit.views.served import Log, log_of
from services.audit.witnesses import Witnesses
from shared.bus import pack
from shared.database import create, migrate, pool, tenant
from shared.ear import Ear
from shared.feed import read
from shared.host import Host
from shared.inbox import Reader
from shared.service import CORE, Runtime
from shared.settings import Audit, Settings
from shared.source import Own
from shared.tlog.policy import Policy
from tests.shared.jars import Put, Shop, address, ask, shop

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WRAPS = bytes(range(32))
HOST = "host.example/audit"
NOBODY = Policy.parse(b"quorum none\n")


@dataclass(frozen=True)
class House:
    """Journals of members and of meetings, and the log that keeps both.

    Args:
        folder: Where the signer keeps what it signed, in `signed`.
    """

    shop: Shop
    room: Shop
    admin: asyncpg.Pool
    app: asyncpg.Pool
    watch: asyncpg.Pool
    reader: Reader
    of_room: Reader
    sealer: Sealer
    signer: SignerClient
    store: Store
    folder: Path

    async def put(self, coalition: UUID, count: int, *, meetings: bool = False) -> None:
        """Record so many events, and take them in."""
        shop, reader = (self.room, self.of_room) if meetings else (self.shop, self.reader)
        for _ in range(count):
            await shop.journal.write(ask(coalition, UUID(int=900), Put(coins=1)))
        await reader.heal(coalition)

    @asynccontextmanager
    async def site(self, policy: Path | None = None) -> AsyncIterator[httpx2.AsyncClient]:
        """Show the logs as files over HTTP, to anybody, with the policy in a file."""
        settings = Settings(public_url="https://host.example", audit=Audit(policy_file=policy))
        absent = cast(Any, None)
        application = service.app(Runtime(service, settings, {}))
        application.state.settings = settings
        application.state.host = Host(
            "audit", pool=self.app, relay_pool=self.watch, policy=service.policy, tokens=absent,
            peers=absent, whois=absent, serves=lambda _peer, _audience: False, own_key=absent,
        )  # fmt: skip
        transport = httpx2.ASGITransport(app=application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://audit") as client:
            yield client

    def asking(self, policy: Policy = NOBODY) -> Witnesses:
        """Return what asks the witnesses of a policy, and publishes."""
        return Witnesses(self.app, self.watch, policy)

    async def log(self, coalition: UUID) -> Log:
        """Return a log as it is published, once that is due; nobody witnesses it."""
        await self.asking().look()
        return await self.published(coalition)

    async def published(self, coalition: UUID) -> Log:
        async with tenant(self.app, [coalition]) as db:
            found = await log_of(db, coalition)
        assert found is not None
        return found

    async def log_row(self, coalition: UUID) -> asyncpg.Record:
        """Return a log's row as whoever holds the database sees it."""
        row = await self.admin.fetchrow("select * from log.log where coalition_id = $1", coalition)
        assert row is not None
        return row

    async def state(self, coalition: UUID) -> str:
        state: str = (await self.log_row(coalition))["state"]
        return state

    async def inconsistencies(self, coalition: UUID) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self.admin.fetch(
            "select * from log.inconsistency where coalition_id = $1 order by at", coalition
        )
        return found

    async def tell_again(self, coalition: UUID) -> None:
        """Let every event of a journal come over the bus once more."""
        ear = Ear("members", READER, None, lambda: [self.reader])
        async with self.shop.relay.acquire() as db:
            stored = await read(db, coalition, 0, 2_000)
        await ear.tell([
            Msg(Client(), packed.subject, "", packed.payload, dict(packed.headers))
            for packed in pack("members", stored, KEY)
        ])  # fmt: skip

    async def compare(self) -> None:
        """Compare every cursor with its journal's head, once."""
        reader = self.other_reader()
        running = asyncio.create_task(reader.run())
        await asyncio.sleep(1)
        reader.stop()
        await running

    def other_reader(self) -> Reader:
        """Return another replica of the intake."""
        source = Own("members", self.shop.relay)
        return Reader(Intake("members"), source, self.app, self.watch, None)

    def again(self) -> Sealer:
        """Return another replica, which knows of nothing yet."""
        return Sealer(self.app, self.watch, self.signer, HOST, 0.0)


@asynccontextmanager
async def house(admin: str, name: str, folder: Path) -> AsyncIterator[House]:
    """Run a journal and its log for a test; all is in databases of that name."""
    base = f"accord_{name}_log"
    app_role, relay_role = f"{base}_app", f"{base}_relay"
    await create(admin, base, {app_role: "a", relay_role: "r"})
    grants = [
        f"grant usage on schema inbox, tenancy to {app_role}, {relay_role}",
        f"grant select, insert, update, delete on all tables in schema inbox to {app_role}",
        f"grant select on all tables in schema inbox, tenancy to {relay_role}",
        f"grant select, insert on all tables in schema tenancy to {app_role}",
        *(each.format(app=app_role, relay=relay_role) for each in service.grants),
    ]
    await migrate(admin, base, (*CORE, *service.sql), grants)
    app = await pool(address(admin, app_role, "a", base), app_role, size=4)
    watch = await pool(address(admin, relay_role, "r", base), relay_role, size=2)
    own = await asyncpg.create_pool(admin, database=base, min_size=1, max_size=2)
    assert own is not None
    socket = folder / "signer" / "socket"
    signed = folder / "signed"
    store = make(signed, socket, WRAPS)
    until = asyncio.Event()
    listening = asyncio.create_task(serve(store, socket, until))
    signer = SignerClient(socket)
    try:
        async with (
            shop(admin, name, service="members") as journal,
            shop(admin, f"{name}_room", service="meetings") as room,
        ):
            writing = [asyncio.create_task(each.journal.run()) for each in (journal, room)]
            reader = Reader(Intake("members"), Own("members", journal.relay), app, watch, None)
            of_room = Reader(Intake("meetings"), Own("meetings", room.relay), app, watch, None)
            sealer = Sealer(app, watch, signer, HOST, 0.0)
            yield House(
                journal, room, own, app, watch, reader, of_room, sealer, signer, store, folder
            )
            for ended in (journal, room):
                ended.journal.stop()
            await asyncio.gather(*writing)
    finally:
        await signer.close()
        until.set()
        await listening
        store.close()
        for each in (app, watch, own):
            await each.close()
