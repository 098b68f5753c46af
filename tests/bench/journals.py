"""Journals of real services, filled with real bytes faster than commands could fill them."""

import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from accord import environment
from services.meetings.__main__ import service as meetings
from services.transparency.__main__ import service as transparency
from shared.canonical import Envelope, Hidden, chain_next, chain_start, encode, leaf_hash
from shared.database import pool
from shared.event import Authority, Event
from shared.sealing import Keys, decoy, disclose
from shared.settings import Settings
from shared.uuid7 import uuid7
from tests.bench.totals import SQL
from tests.bench.worker import NATS, POSTGRES, SECRETS

READY = tuple(replace(each, sql=(*each.sql, SQL)) for each in (meetings, transparency))
AT = datetime(2026, 3, 12, 15, 4, 5, 131_000, tzinfo=UTC)


def settings(folder: Path, admin: str, nats_url: str = "") -> Settings:
    """Return what services on these servers are told, the way in as superuser included."""
    database = environment.Database(admin, None)
    told = environment.of_services(Settings(data=folder), folder, database, nats_url, demo=False)
    flags: dict[str, Any] = {"admin": {"dsn": admin}}
    for name, value in told.items():
        *above, last = name.removeprefix("ACCORD_").lower().split("__")
        inner = flags
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return Settings.load(**flags)


def told_to_worker() -> Settings:
    """Return the same in a worker."""
    return settings(Path(os.environ[SECRETS]).parent, os.environ[POSTGRES], os.environ[NATS])


async def prepare(folder: Path, admin: str) -> None:
    """Make the databases of meetings and of transparency, each with the bench's read model."""
    for service in READY:
        await service.prepare(settings(folder, admin))


@dataclass(frozen=True)
class Roles:
    """The pools of one service: who applies, who sees every coalition, who has the keys."""

    app: asyncpg.Pool
    watch: asyncpg.Pool
    keys: Keys


@asynccontextmanager
async def roles(told: Settings, service: str) -> AsyncIterator[Roles]:
    """Open the pools of a service as it does itself."""
    own = told.for_service(service)
    made = [
        await pool(str(login.dsn), service, password=login.password(), size=4)
        for login in (own.database, own.relay, own.keys)
    ]
    yield Roles(made[0], made[1], Keys(made[2], own.keys.kek(), service))
    for each in made:
        await each.close()


def _seal(hidden: Hidden) -> str:
    return disclose(hidden.name, hidden.value, os.urandom(16))[1]


@dataclass
class Filled:
    """One coalition's journal of meetings, and what was written to it so far."""

    db: asyncpg.Connection
    coalition: UUID
    relayed: bool = False
    position: int = 0
    _chain: bytes = b""
    _versions: dict[str, int] = field(default_factory=dict)

    async def append(
        self, events: Iterable[tuple[str, Event]], authority: Authority = "full"
    ) -> None:
        """Add events to their streams: encoded and chained as the journal does it."""
        self._chain = self._chain or chain_start("meetings", self.coalition)
        rows = [self._row(stream, event, authority) for stream, event in events]
        async with self.db.transaction():
            await self.db.copy_records_to_table("event", schema_name="journal", records=rows)
            await self.db.execute(
                "insert into journal.head values ($1, $2, $3, $4) on conflict (coalition_id)"
                " do update set position = $2, chain = $3, recorded_at = $4",
                self.coalition, self.position, self._chain, AT,
            )  # fmt: skip
            if self.relayed:
                await self.db.execute(
                    "insert into journal.relay values ($1) on conflict do nothing", self.coalition
                )

    def _row(self, stream: str, event: Event, authority: Authority) -> Sequence[object]:
        self.position += 1
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        own = uuid7(self.position, os.urandom(10))
        envelope = Envelope(
            id=str(own), service="meetings", type=type(event).__name__, stream=stream,
            coalition=str(self.coalition), position=self.position, version=version, at=AT,
            recorded_at=AT, correlation=str(own), credential="system",
            visibility="public", by=getattr(event, "by", None), authority=authority,
        )  # fmt: skip
        entry = encode(envelope, event, None, _seal, decoy)
        self._chain = chain_next(self._chain, leaf_hash(entry))
        return (
            self.coalition, self.position, own, stream, version, envelope.type, entry,
            self._chain, None,
        )  # fmt: skip
