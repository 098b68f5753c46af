"""A log on a real PostgreSQL: a journal to keep, an intake, a signer of its own, a sealer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.audit.__main__ import service
from services.audit.inbox import READER, Intake
from services.audit.sealer import Sealer
from services.audit.signer import Store, make, serve
from services.audit.signing import SignerClient
from services.audit.views.served import Log, log_of
from services.audit.witnesses import Witnesses
from shared.bus import pack
from shared.database import create, migrate, pool, tenant
from shared.ear import Ear
from shared.feed import read
from shared.inbox import Reader
from shared.service import CORE
from shared.source import Own
from shared.tlog.policy import Policy
from tests.shared.jars import Put, Shop, address, ask, shop

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WRAPS = bytes(range(32))
HOST = "host.example/audit"
NOBODY = Policy.parse(b"quorum none\n")


@dataclass(frozen=True)
class House:
    """A journal of members, and the log that keeps it."""

    shop: Shop
    admin: asyncpg.Pool
    app: asyncpg.Pool
    watch: asyncpg.Pool
    reader: Reader
    sealer: Sealer
    signer: SignerClient
    store: Store

    async def put(self, coalition: UUID, count: int, *, jar: UUID | None = None) -> None:
        """Record so many events, and take them in."""
        key = jar or UUID(int=900)
        for _ in range(count):
            await self.shop.journal.write(ask(coalition, key, Put(coins=1)))
        await self.reader.heal(coalition)

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
    store = make(folder / "signed", socket, WRAPS)
    until = asyncio.Event()
    listening = asyncio.create_task(serve(store, socket, until))
    signer = SignerClient(socket)
    try:
        async with shop(admin, name, service="members") as journal:
            writing = asyncio.create_task(journal.journal.run())
            reader = Reader(Intake("members"), Own("members", journal.relay), app, watch, None)
            sealer = Sealer(app, watch, signer, HOST, 0.0)
            yield House(journal, own, app, watch, reader, sealer, signer, store)
            journal.journal.stop()
            await writing
    finally:
        await signer.close()
        until.set()
        await listening
        store.close()
        for each in (app, watch, own):
            await each.close()
