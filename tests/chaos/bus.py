"""A NATS of a test's own, which may be wiped, filled, frozen and killed."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from nats.js import JetStreamContext

from accord import keyring
from accord import nats as our_nats
from accord.provision import connect, provision
from accord.supervisor import Supervisor
from shared.bus import Bus
from tests.suite import new_folder

BACK_WITHIN = 20.0


@dataclass
class OwnBus:
    """A server with the streams and durables of the suite."""

    servers: Supervisor
    server: our_nats.Nats
    seeds: Path
    operations: Bus

    @property
    def pid(self) -> int:
        return self.servers.pids()["nats"]

    @property
    def store(self) -> Path:
        return self.server.folder / "store"

    @property
    def streams(self) -> JetStreamContext:
        """What the operations user may do."""
        return self.operations.client.jetstream(timeout=5)

    def bus(self, user: str) -> Bus:
        """Return a bus of one user, not yet connected."""
        return Bus(self.server.url, user, self.seeds / f"nkey_{user}")

    async def wipe(self) -> None:
        """Lose the store, as with a disk, and come back with empty streams."""
        os.kill(self.pid, signal.SIGSTOP)
        shutil.rmtree(self.store)
        await self.kill()
        await provision(self.operations)

    async def kill(self) -> None:
        """Kill the server, and wait until its supervisor has brought it back."""
        old = self.pid
        os.kill(old, signal.SIGKILL)
        await self.back(old)

    async def back(self, old: int) -> None:
        """Wait until another process than `old` serves."""
        end = time.monotonic() + BACK_WITHIN
        while time.monotonic() < end:
            anew = self.servers.pids().get("nats", old) != old and await self.server.ready()
            if anew and self.operations.client.is_connected:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("NATS did not come back")


@asynccontextmanager
async def own_bus(store: Path | None = None) -> AsyncIterator[OwnBus]:
    """Run a server until the block ends.

    Args:
        store: A folder for its streams, such as a small file system.
    """
    folder = new_folder()
    try:
        keyring.fill(folder / "secrets")
        async with Supervisor(folder, print) as servers:
            server = our_nats.prepare(folder)
            if store is not None:
                (server.folder / "store").symlink_to(store)
            await servers.start(server.program())
            operations = await connect(server.url, folder / "secrets" / "nkey_ops")
            await provision(operations)
            yield OwnBus(servers, server, folder / "secrets", operations)
            await operations.close()
    finally:
        shutil.rmtree(folder)
