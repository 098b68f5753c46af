"""What another process wrote is told over a real bus; where the bus is away, one looks anyway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.bus import Bus
from shared.waking import LOOK_SECONDS, Told, subject, wake
from tests.conftest import Nats


@asynccontextmanager
async def connected(bus: Bus) -> AsyncIterator[Bus]:
    await bus.connect()
    try:
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def running(told: Told) -> AsyncIterator[asyncio.Event]:
    event, task = told.listen(), asyncio.create_task(told.run())
    try:
        yield event
    finally:
        told.stop()
        await task


async def happens(event: asyncio.Event, within: float = 5.0) -> None:
    async with asyncio.timeout(within):
        await event.wait()
    event.clear()


async def settles(event: asyncio.Event) -> None:
    """Wait for what is told of itself when one begins to hear."""
    await happens(event)
    await asyncio.sleep(0.2)
    event.clear()


@asynccontextmanager
async def told_of_members(here: Bus, there: Bus) -> AsyncIterator[tuple[Bus, Bus, asyncio.Event]]:
    """Connect two processes, the second of which is told of what members wrote."""
    async with connected(here), connected(there), running(Told("members", there)) as told:
        await settles(told)
        yield here, there, told


async def test_what_is_written_in_one_process_wakes_another(nats: Nats) -> None:
    async with told_of_members(nats.bus("members"), nats.bus("members")) as (here, _, told):
        written = asyncio.Event()
        waking = asyncio.create_task(wake(here, "members", written))
        for _ in range(3):
            written.set()
            await happens(told, within=LOOK_SECONDS / 2)
        waking.cancel()


async def test_another_services_journal_wakes_nobody(nats: Nats) -> None:
    async with told_of_members(nats.bus("meetings"), nats.bus("members")) as (here, _, told):
        await here.client.publish(subject("meetings"))
        await here.client.flush()
        await asyncio.sleep(LOOK_SECONDS * 2)
        assert not told.is_set()


async def test_while_nothing_can_be_heard_one_looks_again_and_again() -> None:
    async with running(Told("members", None)) as told:
        for _ in range(3):
            await happens(told, within=LOOK_SECONDS * 3)


async def test_a_connection_that_is_begun_anew_is_heard_too(nats: Nats) -> None:
    async with told_of_members(nats.bus("members"), nats.bus("members")) as (here, there, told):
        await there.client.close()  # as after a protocol error; the bus takes another
        await asyncio.sleep(LOOK_SECONDS * 4)
        assert there.client.is_connected
        told.clear()
        await here.client.publish(subject("members"))
        await happens(told, within=LOOK_SECONDS)
