"""Parts of pages that change while people look at them: made once for all who see the same.

What a service records is heard once for each part, however many look. A part is made anew when
something happened, and sent to everybody who looks where it is not the same as before.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable

import httpx2
import structlog
from fastapi import Request

from services.web.peers import Asker, PeerRefused, PeerSilent, of
from shared.serving import stopping

GATHERS = 0.1  # seconds in which several events are one change
HEARTBEAT, LASTS = 15.0, 300.0  # seconds; then a browser asks again, and is known anew
AGAIN = 1.0  # seconds
HEAD = b"retry: 2000\n\n"

log = structlog.get_logger()

Make = Callable[[Asker, str | None], Awaitable[str]]
"""Makes the part for somebody, at least as new as a position."""


class Part:
    """One part, and whoever looks at it.

    Args:
        hears: The path of the stream that says when it may have changed; of the meetings service.
    """

    def __init__(self, hears: str, make: Make) -> None:
        self._hears, self._make = hears, make
        self._askers: dict[object, Asker] = {}
        self._message = b""
        self._changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._moved = asyncio.Event()
        self._at_least: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def seen_by(self, ask: Asker, request: Request) -> AsyncIterator[bytes]:
        """Yield the part now, and each time that it changes."""
        viewer, loop = object(), asyncio.get_running_loop()
        self._askers[viewer] = ask
        if self._task is None:
            self._task = asyncio.create_task(self._keep())
        ends, until = asyncio.create_task(stopping(request).wait()), loop.time() + LASTS
        yield HEAD
        try:
            shown = b""
            while not ends.done() and loop.time() < until and viewer in self._askers:
                changed = self._changed
                if self._message not in {shown, b""}:
                    shown = self._message
                    yield shown
                    continue
                done, _ = await asyncio.wait(
                    (ends, changed), timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    yield b": still here\n\n"
        finally:
            ends.cancel()
            self._askers.pop(viewer, None)
            if not self._askers and self._task is not None:
                self._task.cancel()
                self._task = None

    @property
    def empty(self) -> bool:
        return not self._askers

    async def _keep(self) -> None:
        """Hear and make, for as long as somebody looks; a service that is away is asked again."""
        while self._askers:
            viewer, ask = next(reversed(self._askers.items()))
            hears = asyncio.create_task(self._hear(ask))
            try:
                while not hears.done():
                    moves = asyncio.create_task(self._moved.wait())
                    await asyncio.wait((hears, moves), return_when=asyncio.FIRST_COMPLETED)
                    moves.cancel()
                    if self._moved.is_set():
                        await asyncio.sleep(GATHERS)
                        self._moved.clear()
                        self._tell(await self._make(ask, self._at_least))
                await hears
            except PeerRefused as refused:
                log.info("live_part_refused", status=refused.problem.status)
                self._askers.pop(viewer, None)  # their page asks again, and says what is wrong
                self._wake()
            except (PeerSilent, httpx2.TransportError):
                await asyncio.sleep(AGAIN)
            finally:
                hears.cancel()

    async def _hear(self, ask: Asker) -> None:
        async with ask.stream("meetings", self._hears, {}, quiet_s=2 * HEARTBEAT) as answer:
            self._moved.set()  # it may have changed before this stream began
            async for line in answer.aiter_lines():
                if line.startswith("id: "):
                    self._at_least = line.removeprefix("id: ")
                    self._moved.set()

    def _tell(self, html: str) -> None:
        lines = (b"data: %s\n" % line.encode() for line in html.splitlines() if line.strip())
        message = b"".join(lines) + b"\n"
        if message != self._message:
            self._message = message
            self._wake()

    def _wake(self) -> None:
        told, self._changed = self._changed, asyncio.get_running_loop().create_future()
        told.set_result(None)


class Live:
    """The parts that people look at now."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, Part] = {}

    def part(self, key: Hashable, coalition: str, make: Make) -> Part:
        """Return the part that everybody with this key sees; `make` makes it, if it is new."""
        for other in [other for other, part in self._parts.items() if part.empty]:
            del self._parts[other]
        if key not in self._parts:
            self._parts[key] = Part(of(coalition, "events", "stream"), make)
        return self._parts[key]
