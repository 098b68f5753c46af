"""What is hurt: PostgreSQL and NATS of our own, and replicas of all services on them."""

import asyncio
import math
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import asyncpg

from accord import environment, keyring
from accord import nats as our_nats
from accord import postgres as our_postgres
from accord.databases import create_all
from accord.environment import Database
from accord.loopback import answers, free_port
from accord.provision import OPERATIONS, connect, keep_provisioned, provision
from accord.supervisor import Program, Say, Supervisor
from services.__main__ import SERVICES
from shared.bus import Bus
from shared.inbox import Listener
from shared.service import Service
from shared.settings import Settings
from tests.chaos.link import Link
from tests.suite import new_folder

CONNECTIONS = 250
CHILDREN = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process of a replica, and the wire from its clients.

    Args:
        below: Where each service lies there; none, where the process is that service.
    """

    name: str
    port: int
    to_it: Link
    below: str = ""


@dataclass
class Replica:
    """Every service once, in one process or in one each, and the wires to and from them."""

    name: str
    failpoints: Path
    to_postgres: Link
    to_nats: Link
    processes: dict[str, Process] = field(default_factory=dict)
    """By the service that runs there."""
    troubled: float = -math.inf

    @property
    def names(self) -> list[str]:
        """Return the names of its processes, each once."""
        return sorted({process.name for process in self.processes.values()})

    @property
    def links(self) -> list[Link]:
        to_it = {process.name: process.to_it for process in self.processes.values()}
        return [self.to_postgres, self.to_nats, *to_it.values()]

    def at(self, path: str) -> str:
        """Return where `/<service>/…` is reached, over a wire that can be hurt."""
        service = path.split("/")[1]
        process = self.processes[service]
        return f"http://127.0.0.1:{process.to_it.port}{process.below}{path[len(service) + 1 :]}"

    def trouble(self) -> None:
        """Note that it cannot be expected to answer in time just now."""
        self.troubled = time.monotonic()


@dataclass
class World:
    """Servers and replicas that run, and handles to hurt them by."""

    data: Path
    supervisor: Supervisor
    postgres: our_postgres.Postgres
    nats: our_nats.Nats
    operations: Bus
    replicas: list[Replica] = field(default_factory=list)

    @property
    def store(self) -> Path:
        """Where NATS keeps its streams."""
        return self.nats.folder / "store"

    @property
    def dsn(self) -> str:
        """The superuser's way in, around every wire that is hurt."""
        return self.postgres.dsn(password=self.postgres.password_file.read_text().strip())

    def pid(self, name: str) -> int | None:
        """Return the process of "postgres", "nats" or a replica, as it is now."""
        return self.supervisor.pids().get(name)

    def kill(self, name: str, by: signal.Signals = signal.SIGKILL) -> bool:
        """Send a process a signal; say whether it was there."""
        pid = self.pid(name)
        if pid is None:
            return False
        try:
            os.kill(pid, by)
        except ProcessLookupError:
            return False
        return True

    async def open(self, service: str) -> asyncpg.Connection:
        """Connect to a service's database as the superuser."""
        return await asyncpg.connect(self.dsn, database=f"accord_{service}")

    def log(self, name: str) -> str:
        """Return what "postgres", "nats" or a replica has printed."""
        path = self.supervisor.logs / f"{name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


def drawn_from(seed: float | str) -> random.Random:
    """Return chance that can be had again."""
    return random.Random(seed)  # noqa: S311 - no secret comes from it


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        listed = (CHILDREN / str(pid) / "task" / str(pid) / "children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


@asynccontextmanager
async def world(
    say: Say, rng: random.Random, *, replicas: int = 2, told: Mapping[str, str] | None = None,
    apart: bool = False,
) -> AsyncIterator[World]:  # fmt: skip
    """Run servers and replicas in a new folder until the block ends.

    Args:
        told: Settings of the replicas beside those that `accord up` would tell them.
        apart: Every service is a process of its own.
    """
    folder = new_folder()
    data = folder / "data"
    data.mkdir()
    data.chmod(0o711)
    try:
        async with (
            AsyncExitStack() as wires,
            Supervisor(data, say) as supervisor,
            AsyncExitStack() as stack,
        ):
            keyring.fill(data / "secrets")
            server = await our_postgres.prepare(data)
            program = server.program()
            roomy = (*program.command, f"--max_connections={CONNECTIONS}")
            await supervisor.start(replace(program, command=roomy))
            database = Database(server.dsn(), server.password_file)
            await create_all(database, data / "secrets")
            bus_server = our_nats.prepare(data)
            await supervisor.start(bus_server.program())
            bus = await connect(bus_server.url, data / "secrets" / f"nkey_{OPERATIONS}")
            stack.push_async_callback(bus.close)
            made = World(data, supervisor, server, bus_server, bus)
            await _migrate(made, database)
            await provision(bus)
            damaged = partial(bus_server.forget, partial(supervisor.kill, "nats"))
            keeper = asyncio.create_task(keep_provisioned(bus, 1, say, damaged))
            stack.callback(keeper.cancel)
            names = [f"replica-{number}" for number in range(1, replicas + 1)]
            made.replicas += await asyncio.gather(
                *(_start(made, name, rng, wires, told or {}, apart=apart) for name in names)
            )
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _migrate(made: World, database: Database) -> None:
    names = _names(made, database, made.nats.url, free_port())
    told = environment.of_ours() | environment.of_migrations(names, database)
    command = (sys.executable, "-m", "services", "migrate")
    await made.supervisor.finish("Migration", command, told)


def _names(made: World, database: Database, nats_url: str, port: int) -> dict[str, str]:
    settings = Settings.load(data=made.data, demo=True)
    settings = settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})
    return environment.of_services(settings, made.data, database, nats_url, demo=True)


async def _start(
    made: World, name: str, rng: random.Random, wires: AsyncExitStack, told: Mapping[str, str],
    *, apart: bool,
) -> Replica:  # fmt: skip
    replica = Replica(
        name, made.data / f"failpoints-{name}",
        Link(f"{name} → postgres", _reached(made.postgres), rng),
        Link(f"{name} → nats", made.nats.port, rng),
    )  # fmt: skip
    replica.failpoints.mkdir()
    if apart:
        for service in SERVICES:
            one, port = f"{name}-{service.name}", free_port()
            link = Link(f"client → {one}", port, rng)
            replica.processes[service.name] = Process(one, port, link)
    else:
        port = free_port()
        link = Link(f"client → {name}", port, rng)
        for service in SERVICES:
            there = Process(name, port, link, f"/{service.name}")
            replica.processes[service.name] = there
    for link in replica.links:
        await link.start()
        wires.push_async_callback(link.close)
    way_in = f"postgresql://{keyring.ADMIN}@127.0.0.1:{replica.to_postgres.port}/postgres"
    database = Database(f"{way_in}?sslmode=disable", made.postgres.password_file)
    nats_url = f"nats://127.0.0.1:{replica.to_nats.port}"
    mine = {"ACCORD_ENV": "test", "ACCORD_FAILPOINTS": str(replica.failpoints)}
    if apart:
        for peer, process in replica.processes.items():
            mine[f"ACCORD_PEERS__{peer.upper()}"] = f"http://127.0.0.1:{process.port}"
    programs = {}
    for runs, process in replica.processes.items():
        module = f"services.{runs}" if apart else "services"
        names = _names(made, database, nats_url, process.port) | mine | dict(told)
        programs[process.name] = _program(process, module, environment.of_ours() | names)
    await asyncio.gather(*(made.supervisor.start(program) for program in programs.values()))
    return replica


def _program(process: Process, module: str, told: Mapping[str, str]) -> Program:
    async def live() -> bool:
        return await answers(process.port, "/livez")

    command = (sys.executable, "-m", module)
    return Program(process.name, f"The {process.name}", command, live, told)


def _reached(server: our_postgres.Postgres) -> int | Path:
    return server.port or server.folder / "socket" / our_postgres.SOCKET


def _listeners(service: Service) -> Iterator[tuple[Service, str, Listener]]:
    for subscription in service.subscriptions:
        yield service, subscription.source, subscription
    if service.projection is not None:
        for source in service.projection.sources:
            yield service, source, service.projection


LISTENERS = tuple(found for service in SERVICES for found in _listeners(service))
"""(service, the source it listens to, what it does with what it hears)."""
