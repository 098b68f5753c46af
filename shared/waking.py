"""Tell whoever follows a journal that something was written, in this process or another.

A hint over the bus, with nothing in it and no promise that it comes: whoever misses one looks a
moment later by itself.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.bus import Bus

LOOK_SECONDS = 0.5
PAUSE = 0.05  # seconds between two times that listeners are woken


def subject(service: str) -> str:
    """Return `accord.wake.<service>`."""
    return f"accord.wake.{service}"


async def wake(bus: Bus, service: str, written: asyncio.Event) -> None:
    """Say each time that something was written; many times at once are one."""
    while True:
        await written.wait()
        written.clear()
        with suppress(nats.errors.Error, OSError):
            if bus.client.is_connected:
                await bus.client.publish(subject(service))


class Told:
    """A journal in another process, which says when something was written.

    While nothing can be heard, because the bus is away, it is as if something were written all the
    time: who waits looks every half second.
    """

    def __init__(self, service: str, bus: Bus | None) -> None:
        self._service = service
        self._bus = bus
        self._stopping = asyncio.Event()
        self._listening: list[asyncio.Event] = []

    def listen(self) -> asyncio.Event:
        """Return an event that is set when something may have been written."""
        event = asyncio.Event()
        self._listening.append(event)
        return event

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Hear until `stop`; a connection that was begun anew is asked anew."""
        asked: Client | None = None
        while not self._stopping.is_set():
            client = self._bus.client if self._bus is not None else None
            if client is None or not client.is_connected:
                self._tell()
            elif client is not asked:
                with suppress(nats.errors.Error, OSError):
                    await client.subscribe(subject(self._service), cb=self._heard)
                    asked = client
                self._tell()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stopping.wait()

    async def _heard(self, _message: Msg) -> None:
        self._tell()

    def _tell(self) -> None:
        for event in self._listening:
            event.set()


class Moved:
    """Wakes whoever listens when journals of this service moved, here or in another process."""

    def __init__(self, announced: Sequence[asyncio.Event]) -> None:
        self._announced = announced
        self._listening: set[asyncio.Event] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Wake until `stop`; many commits at once are one."""
        stops = asyncio.create_task(self._stopping.wait())
        while not stops.done():
            waits = [asyncio.create_task(each.wait()) for each in self._announced]
            await asyncio.wait([stops, *waits], return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            for event in self._announced:
                event.clear()
            for listener in self._listening:
                listener.set()
            await asyncio.sleep(PAUSE)

    def listen(self) -> asyncio.Event:
        event = asyncio.Event()
        self._listening.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        self._listening.discard(event)
