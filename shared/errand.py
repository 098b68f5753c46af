"""Work in a process of its own, so that a service goes on answering: `… models`.

Its order comes as a line on standard input, whose end ends it; what it has to say goes out in
lines of JSON. It may be killed at any time.
"""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, Field

from shared.bus import PARTITIONS
from shared.telemetry import beside

BREATHE_EVERY = 10.0

Say = Callable[..., None]


class Order(BaseModel):
    """What such a process is to do.

    Args:
        accept: Why the new one may be switched to although it differs.
        schema_: Which one to fill, `share` of `processes`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["rebuild", "check", "fill"]
    processes: int = Field(default=1, ge=1, le=PARTITIONS)
    accept: str | None = Field(default=None, min_length=1, max_length=500)
    schema_: str | None = Field(default=None, alias="schema")
    share: int = 0


class Stopped(Exception):
    """It goes no further: why, and what to do."""


@dataclass(frozen=True)
class Helper:
    """Such a process, as whoever started it sees it."""

    process: asyncio.subprocess.Process
    stdout: asyncio.StreamReader


@asynccontextmanager
async def running(package: str, order: dict[str, Any], **environment: str) -> AsyncIterator[Helper]:
    """Run such a process until it or the block ends, with our own settings but the admin's."""
    ours = {name: value for name, value in os.environ.items() if "ACCORD_ADMIN__" not in name}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", package, "models",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=ours | environment,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(orjson.dumps(order) + b"\n")
        await process.stdin.drain()
        yield Helper(process, process.stdout)
        await process.wait()
    finally:
        process.stdin.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def be(work: Callable[[Order, Say], Awaitable[None]]) -> None:
    """Be such a process: take the order, and do the work."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    order = Order.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_who_ordered, daemon=True).start()

    def say(what: str, **more: Any) -> None:
        sys.stdout.buffer.write(orjson.dumps({"what": what, **more}) + b"\n")
        sys.stdout.buffer.flush()

    async def all_of_it() -> None:
        say("started", pid=os.getpid())
        alive = beside(_breathe(say))
        try:
            await work(order, say)
        finally:
            alive.cancel()

    try:
        asyncio.run(all_of_it())
    except* Stopped as stopped:
        say("stopped", why=str(stopped.exceptions[0]))
        sys.exit(1)


async def _breathe(say: Say) -> None:
    """Say now and then that it is still at work: a long comparison has nothing else to say."""
    while True:
        await asyncio.sleep(BREATHE_EVERY)
        say("working")


def _end_with_who_ordered() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)
