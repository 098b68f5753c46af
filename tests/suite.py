"""The whole suite for tests: `accord up` as people run it, on a port and folder of its own."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import httpx2

from accord.loopback import free_port
from accord.token import operator_token
from shared.identity import EmbeddedIssuer
from shared.uuid7 import uuid7

START_SECONDS = 60
SEEDED = "demo-is-seeded"


ENDS_WITHIN = 90.0  # seconds; each of its processes has ten before it is killed


def open_log(path: Path) -> BinaryIO:
    return path.open("ab")


def new_folder() -> Path:
    """Make a folder that any user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="accord-suite-")).resolve()
    folder.chmod(0o711)
    return folder


@dataclass
class Suite:
    """A running Accord, and how a test speaks to it."""

    url: str
    data: Path
    port: int
    client: httpx2.AsyncClient
    process: asyncio.subprocess.Process | None = None
    _keys: Iterator[int] = field(default_factory=count)
    _tokens: dict[str, str] = field(default_factory=dict)

    def token(self, person: str) -> str:
        """Return a token of `person`; "operator" is the operator's."""
        if person not in self._tokens:
            issuer = EmbeddedIssuer.read(self.data / "secrets" / "issuer")
            self._tokens[person] = (
                operator_token(self.data)
                if person == "operator"
                else issuer.mint(person, seconds=3600, demo=True)
            )
        return self._tokens[person]

    def headers(self, person: str | None, by: UUID | str | None = None) -> dict[str, str]:
        found = {} if person is None else {"Authorization": f"Bearer {self.token(person)}"}
        return found | ({"Accord-On-Behalf-Of": str(by)} if by else {})

    async def post(
        self, path: str, body: Any, person: str | None, *, by: UUID | str | None = None,
        key: str | None = None, **headers: str,
    ) -> httpx2.Response:  # fmt: skip
        """Send a command, with a new idempotency key unless one is given."""
        sent = self.headers(person, by) | {"Idempotency-Key": key or f"test-{next(self._keys)}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"{self.url}{path}", json=body, headers=sent)

    async def get(
        self, path: str, person: str | None, *, by: UUID | str | None = None, **query: Any
    ) -> httpx2.Response:
        return await self.client.get(
            f"{self.url}{path}", params=query, headers=self.headers(person, by)
        )

    async def start(self, *arguments: str, **environment: str) -> None:
        """Start `accord up` on this folder and port, and wait for its greeting."""
        greeted = self._greetings()
        with open_log(self.data.parent / f"{self.data.name}.log") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "accord", "up", "--data", str(self.data),
                "--port", str(self.port), *arguments,
                stdout=log, stderr=log, env=os.environ | environment,
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while True:
            if self.process.returncode is not None or time.monotonic() > end:
                raise RuntimeError(f"accord up did not start:\n{self.said()}")
            if self._greetings() > greeted:
                return
            await asyncio.sleep(0.05)

    def new_id(self) -> UUID:
        """Return an id that a caller brings."""
        return uuid7(int(time.time() * 1000), os.urandom(10))

    def _greetings(self) -> int:
        """Count how often `accord up` has said where it is: a killed one may still answer."""
        log = self.data.parent / f"{self.data.name}.log"
        return log.read_text().count("Accord is at") if log.exists() else 0

    def said(self) -> str:
        """Return what `accord up` and its services have printed."""
        logs = [self.data.parent / f"{self.data.name}.log", *sorted(self.data.rglob("*.log"))]
        return "\n".join(
            f"== {log.name}\n{log.read_text()[-4000:]}" for log in logs if log.exists()
        )

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, and return its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            raise AssertionError(f"`accord up` did not end.\n{self.said()}") from None


def pretend_seeded(data: Path) -> None:
    """Let a suite believe the claims of demo tokens, without the demo's story in it."""
    data.mkdir(mode=0o711)
    data.chmod(0o711)
    (data / SEEDED).touch()


@asynccontextmanager
async def suite(*arguments: str, **environment: str) -> AsyncIterator[Suite]:
    """Run a suite in a new folder until the block ends."""
    parent, port = new_folder(), free_port()
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        running = Suite(f"http://127.0.0.1:{port}", parent / "data", port, client)
        if environment.get("ACCORD_DEMO"):
            pretend_seeded(running.data)
        try:
            await running.start(*arguments, **environment)
            yield running
        finally:
            if running.process is not None:
                await running.stop()
            shutil.rmtree(parent, ignore_errors=True)
