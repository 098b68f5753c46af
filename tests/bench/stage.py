"""What a run needs around its rows: real servers, workers in processes of their own, skips."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from accord import keyring
from accord import nats as our_nats
from accord import postgres as our_postgres
from accord.provision import connect, provision
from accord.supervisor import Supervisor
from tests.bench.meter import Clock, Sample
from tests.bench.worker import NATS, POSTGRES, SECRETS
from tests.suite import new_folder

ANSWERS_WITHIN = 240.0
ENDS_WITHIN = 10.0


class Worker:
    """The parent's end of a process that speaks as `worker.py` says."""

    def __init__(self, process: asyncio.subprocess.Process, stage: "Stage") -> None:
        self._process = process
        self._stage = stage

    @property
    def pid(self) -> int:
        return self._process.pid

    async def said(self) -> dict[str, object]:
        """Return the next answer; what else is printed, such as a log line, goes to stderr."""
        assert self._process.stdout is not None
        async with asyncio.timeout(ANSWERS_WITHIN):
            while line := await self._process.stdout.readline():
                with suppress(ValueError):
                    found = json.loads(line)
                    if isinstance(found, dict) and found.keys() & {"ready", "n"}:
                        return found
                sys.stderr.write(line.decode("utf-8", "replace"))
        code = await self._process.wait()
        raise RuntimeError(f"a worker of the bench ended with code {code}; see above")

    async def measure(self, at: int, secs: float) -> Sample:
        """Order one sample; add the CPU that the servers used for it."""
        assert self._process.stdin is not None
        servers = self._stage.servers - {self.pid}
        clock = Clock(servers)
        self._process.stdin.write(json.dumps({"at": at, "secs": secs}).encode() + b"\n")
        await self._process.stdin.drain()
        sample = Sample(**await self.said())  # type: ignore[arg-type]  # asdict of a Sample
        return replace(sample, cpu_servers_s=sample.cpu_servers_s + clock.stop()[2])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@dataclass
class Stage:
    """The servers of a run, started when first asked for, and what its rows told it."""

    folder: Path
    supervisor: Supervisor
    helping: set[int] = field(default_factory=set)
    """Processes that a row started and whose CPU counts as the servers'."""
    skipped: dict[str, str] = field(default_factory=dict)
    message_db: Path | None = None
    _postgres: str | None = None
    _nats: str | None = None

    async def postgres(self) -> str:
        """Return the superuser's address of a real, durable PostgreSQL."""
        if self._postgres is None:
            server = await our_postgres.prepare(self.folder)
            await self.supervisor.start(server.program())
            self._postgres = server.dsn(password=server.password_file.read_text().strip())
        return self._postgres

    async def nats(self) -> str:
        """Return the address of a provisioned NATS; seeds lie in `seeds`."""
        if self._nats is None:
            server = our_nats.prepare(self.folder)
            await self.supervisor.start(server.program())
            operations = await connect(server.url, self.seeds / "nkey_ops")
            await provision(operations)
            await operations.close()
            self._nats = server.url
        return self._nats

    @property
    def servers(self) -> set[int]:
        """The processes whose CPU counts as the servers'."""
        return {*self.supervisor.pids().values(), *self.helping}

    @property
    def seeds(self) -> Path:
        return self.folder / "secrets"

    def _told(self) -> dict[str, str]:
        """Return what a worker finds in its environment: no secret stands in a command line."""
        return {
            "PYTHONUNBUFFERED": "1",
            POSTGRES: self._postgres or "",
            NATS: self._nats or "",
            SECRETS: str(self.seeds),
        }

    def skip(self, row: str, why: str) -> None:
        self.skipped[row] = why

    @asynccontextmanager
    async def worker(self, module: str, *arguments: str) -> AsyncIterator[Worker]:
        """Run `python -m module arguments` as a worker, and wait until it is ready."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=os.environ | self._told(),
        )  # fmt: skip
        async with Worker(process, self) as worker:
            await worker.said()
            yield worker


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """Open a stage in a new folder; end its servers and remove the folder afterwards."""
    folder = new_folder()
    keyring.fill(folder / "secrets")
    async with Supervisor(folder, print) as supervisor:
        yield Stage(folder, supervisor)
