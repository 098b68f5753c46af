"""Everything on one machine: PostgreSQL, NATS, the services; all of it ends with this."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from accord import environment, keyring, nats, postgres
from accord.databases import create_all
from accord.demo.cast import COORDINATOR
from accord.environment import Database, seed_file
from accord.failed import Failed
from accord.loopback import answers, free_port, is_free, promise
from accord.provision import OPERATIONS, connect, keep_provisioned, provision
from accord.supervisor import Program, Say, Supervisor
from accord.token import FIRST, sign_in_line
from shared.settings import PLACEHOLDER, Settings

ENDS_WITHIN = 6.0  # seconds; a service that is told to end has five
WRITES, READS = "members meetings credit web", "transparency audit followers"
"""Two processes, so that what follows from a command delays no other; the first is asked."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SEED = """\
import sys, pathlib, accord.demo
accord.demo.seed(sys.argv[1], pathlib.Path(sys.argv[2]))
"""


def up(
    data: Annotated[
        Path | None, typer.Option(help="Where everything is kept.", show_default=".accord")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="The port of the pages.", min=1, max=65535, show_default="8080"),
    ] = None,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="With a demo coalition.")] = False,
) -> None:
    """Start everything, say how to sign in, and stop cleanly on Ctrl-C."""
    settings = Settings.load()
    flags = {
        "data": (data or settings.data).resolve(),
        "demo": demo or settings.demo,
        "http": settings.http.model_copy(update={"port": port or settings.http.port}),
    }
    suite = Suite(settings.model_copy(update=flags), say)
    asyncio.run(_until_told(suite))


def say(line: str) -> None:
    """Remark on what happens; results go to standard output."""
    typer.echo(line, err=True)


@dataclass(frozen=True)
class Part:
    """A process of services, and the file it is told its settings by."""

    program: Program
    told: Path


class Suite:
    """The embedded shape: servers and services as our children, on one data folder."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self.settings = settings
        self.data = settings.data
        self.port = settings.http.port
        self.say = say
        self._bus_server: nats.Nats | None = None

    async def run(self, greet: Callable[[], Awaitable[None]]) -> None:
        """Start all in order, greet, and go on until cancelled; then stop in reverse.

        Raises:
            Failed: something cannot be started; what did start has been stopped again.
        """
        if not self.data.is_dir():  # so nothing of ours can still hold the port
            await self._wait_for_port(0)
        make_folder(self.data)
        promise(self.port)
        async with Supervisor(self.data, self.say) as supervisor:
            await self._wait_for_port(ENDS_WITHIN)
            keyring.fill(self.data / "secrets")
            ports = {WRITES: self.port, READS: free_port()}
            parts = [self._part(names, port) for names, port in ports.items()]
            starting = [asyncio.create_task(supervisor.start(part.program)) for part in parts]
            try:
                database, nats_url, _ = await asyncio.gather(
                    self._database(supervisor),
                    self._nats(supervisor),
                    supervisor.start(self._signer()),
                )
                names = environment.of_services(
                    self.settings, self.data, database, nats_url, demo=self.settings.demo
                )
                told = environment.apart(names, ports)
                write(parts[0].told, environment.of_migrations(told[WRITES], database))
                damaged = None
                if self._bus_server is not None:
                    damaged = partial(self._bus_server.forget, partial(supervisor.kill, "nats"))
                async with self._provisioned(nats_url, damaged) as keeper:
                    await starting[0]
                    write(parts[1].told, told[READS])  # its tables are there now
                    await starting[1]
                    if self.settings.demo:
                        await self._seed(supervisor, environment.of_ours() | names)
                    await greet()
                    await until_over(keeper)
            finally:
                for task in starting:
                    task.cancel()

    def _part(self, names: str, port: int) -> "Part":
        """Return a process of services, which waits until it is told its settings."""
        name, title = (
            ("services", "Accord") if names == WRITES else ("reports", "The part for reports")
        )
        told = self.data / f"settings-of-{name}.json"
        told.unlink(missing_ok=True)
        command = (sys.executable, "-m", "services", "told-by", str(told), *names.split())
        live = partial(answers, port, "/livez")
        program = Program(
            name, title, command, live, environment.of_ours(), patience=60, stops_first=True
        )
        return Part(program, told)

    async def _wait_for_port(self, seconds: float) -> None:
        """Give services that a killed `accord up` left behind the time to end.

        Raises:
            Failed: something else listens there.
        """
        end = time.monotonic() + seconds
        while not is_free(self.port):
            if time.monotonic() > end:
                raise Failed(
                    f"Port {self.port} is in use. Stop what listens there, or choose another: "
                    f"`accord up --port {self.port + 1}`."
                )
            await asyncio.sleep(0.05)

    async def _seed(self, supervisor: Supervisor, told: dict[str, str]) -> None:
        """Fill in the demo coalition, once; as a child, so that Ctrl-C ends it too."""
        done = self.data / "demo-is-seeded"
        if not done.exists():
            self.say("Filling in the demo coalition.")
            base_url = f"http://127.0.0.1:{self.port}"
            command = (sys.executable, "-c", SEED, base_url, str(self.data))
            await supervisor.finish("Demo", command, told)
            done.touch()

    async def _database(self, supervisor: Supervisor) -> Database:
        given = self.settings.database
        if given.dsn is not None:
            return Database(given.dsn, given.password_file)
        server = await postgres.prepare(self.data)
        await supervisor.start(server.program())
        self.say(f"PostgreSQL {server.programs.version} is ready.")
        database = Database(server.dsn(), server.password_file)
        await create_all(database, self.data / "secrets")
        return database

    def _signer(self) -> Program:
        """Return the process that holds the keys of the logs; it knows nothing of the others."""
        socket = environment.signer_socket(self.settings, self.data)
        return Program(
            name="signer",
            title="The signer",
            command=(sys.executable, "-m", "services.audit.signer"),
            ready=partial(listens, socket),
            environment=environment.of_signer(self.settings, self.data),
        )

    async def _nats(self, supervisor: Supervisor) -> str:
        if self.settings.nats.url is not None:
            return self.settings.nats.url
        server = self._bus_server = nats.prepare(self.data)
        await supervisor.start(server.program())
        self.say("NATS is ready.")
        return server.url

    @asynccontextmanager
    async def _provisioned(
        self, url: str, damaged: Callable[[], None] | None
    ) -> AsyncIterator[asyncio.Task[None]]:
        """Make streams and durables, and keep making those that get lost."""
        seed = seed_file(self.settings, self.data)
        seed = Path(str(seed).replace(PLACEHOLDER, OPERATIONS))
        bus = await connect(url, seed)
        replicas = self.settings.nats.replicas
        try:
            await provision(bus, replicas)
            keeper = asyncio.create_task(keep_provisioned(bus, replicas, self.say, damaged))
            try:
                yield keeper
            finally:
                keeper.cancel()
        finally:
            await bus.close()


async def until_over(task: asyncio.Task[None]) -> None:
    """Wait until a task ends; who is cancelled meanwhile leaves at once, and the task goes on.

    A task that is awaited outright is cancelled in our place, and what it runs may swallow that, as
    `asyncio.wait_for` does in Python 3.11 when an answer comes just then.
    """
    await asyncio.wait([task])
    task.result()


async def listens(socket: Path) -> bool:
    """Say whether somebody answers at a Unix socket."""
    try:
        _, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    writer.close()
    return True


def write(path: Path, told: Mapping[str, str]) -> None:
    """Write settings whole or not at all; they name files of secrets, and hold none."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(dict(told)), encoding="utf-8")
    draft.replace(path)


def make_folder(data: Path) -> None:
    """Make the data folder; as root, so that the user of the database can pass it.

    Raises:
        Failed: it cannot be made.
    """
    if data.is_dir():
        return
    try:
        data.mkdir(parents=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise Failed(f"The folder {data} cannot be made: {error.strerror}.") from error


async def _until_told(suite: Suite) -> None:
    """Run until Ctrl-C or a signal; a second one does not interrupt the stopping."""
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    assert running is not None

    def stop() -> None:
        for each in SIGNALS:
            loop.add_signal_handler(each, say, "Stopping; this takes a moment.")
        running.cancel()

    async def greet() -> None:
        typer.echo(f"Accord is at http://127.0.0.1:{suite.port}/")
        first = COORDINATOR if suite.settings.demo else FIRST
        typer.echo(sign_in_line(suite.data, suite.port, first))
        say("Ctrl-C stops it; the data stays.")

    for each in SIGNALS:
        if signal.getsignal(each) != signal.SIG_IGN:  # as under nohup
            loop.add_signal_handler(each, stop)
    try:
        await suite.run(greet)
    except asyncio.CancelledError:
        say("Stopped.")
