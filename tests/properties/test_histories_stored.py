"""Histories of each service on a real PostgreSQL, fewer: the same machine, the service's views."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis.stateful import run_state_machine_as_test

from accord.environment import Database
from shared.database import pool, tenant
from shared.projection import Projection
from shared.sealing import Keys
from shared.settings import Login, Settings, needed
from tests.properties.machine import History
from tests.properties.profiles import stateful
from tests.properties.worlds import WORLDS, World


class Stored:
    """A bench on the databases of a service, as it prepares them itself."""

    def __init__(
        self, world: World, admin: str, data: Path, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.loop, self._service, self._admin_dsn = loop, world.service, admin
        server, secrets = Database(admin, None), data / "secrets"
        base = self._service.database

        def login(role: str, database: str) -> dict[str, Any]:
            name = f"{base}_{role}"
            return {"dsn": server.dsn_for(name, database), "password_file": secrets / name}

        self.settings = Settings(
            admin=Login(dsn=admin), database=login("app", base), relay=login("relay", base),
            keys=login("keys", f"{base}_keys") | {"kek_file": secrets / "kek"},
        )  # fmt: skip

    async def open(self) -> None:
        settings = self.settings
        await self._service.prepare(settings)
        self.app, self.watch, self._sealing = [
            await pool(needed(login.dsn, "dsn"), "history", password=login.password(), size=4)
            for login in (settings.database, settings.relay, settings.keys)
        ]
        made = await asyncpg.create_pool(
            self._admin_dsn, database=self._service.database, min_size=1, max_size=1
        )
        assert made is not None
        self._admin = made

    async def close(self) -> None:
        for opened in (self.app, self.watch, self._sealing, self._admin):
            await opened.close()

    def keys(self) -> Keys:
        return Keys(self._sealing, self.settings.keys.kek(), self._service.name)

    def listener(self) -> Projection:
        assert self._service.projection is not None
        return self._service.projection

    async def view(self, coalition: UUID) -> Any:
        found = {}
        async with tenant(self.app, [coalition]) as db:
            for table in self.listener().tables:
                columns = ", ".join(name for name, _ in table.columns)
                sql = f"select {columns} from {table.name} where coalition_id = $1"  # noqa: S608 - the code's own names
                found[table.name] = sorted(
                    repr(tuple(row)) for row in await db.fetch(sql, coalition)
                )
        return found

    async def forget(self, coalition: UUID) -> None:
        async with tenant(self.app, [coalition]) as db:
            for name in ("inbox.cursor", *(table.name for table in self.listener().tables)):
                await db.execute(f"delete from {name} where coalition_id = $1", coalition)  # noqa: S608 - the code's own names

    async def parked(self, coalition: UUID) -> list[str]:
        rows = await self._admin.fetch(
            "select reason from inbox.parked where coalition_id = $1", coalition
        )
        return [row["reason"] for row in rows]

    async def disturb(self, how: str) -> None:
        """Do nothing: killed servers and lost connections are tried in `tests/chaos`."""


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.service.name)
def test_histories_on_postgres(
    world: World, postgres: str, data: Path, loop: asyncio.AbstractEventLoop
) -> None:
    stored = Stored(world, postgres, data, loop)
    loop.run_until_complete(stored.open())

    class OnPostgres(History):
        bench = stored

        def __init__(self) -> None:
            self.world = world
            super().__init__()

    try:
        run_state_machine_as_test(OnPostgres, settings=stateful(3, 20, shrinks=False))
    finally:
        loop.run_until_complete(stored.close())
