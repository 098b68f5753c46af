"""Messages of a durable consumer on a real NATS: all of them, in order, and an end that is told."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from nats.errors import Error as NatsError

from accord.provision import provision
from shared.bus import AHEAD, Bus, Packed, Pull, subject
from tests.conftest import Nats

STREAM, DURABLE = "MEETINGS", "transparency-reports-v1"
COALITION = UUID(int=4001)


@pytest.fixture
async def speaks(nats: Nats) -> AsyncIterator[Bus]:
    bus = nats.bus("meetings")
    await bus.connect()
    yield bus
    await bus.close()


@pytest.fixture
async def hears(nats: Nats) -> AsyncIterator[Bus]:
    bus = nats.bus("transparency")
    await bus.connect()
    yield bus
    await bus.close()


async def say(bus: Bus, *numbers: int) -> None:
    for n in numbers:
        headers = {"Nats-Msg-Id": f"meetings/{COALITION}/{n}"}
        packed = Packed(subject("meetings", COALITION, "Said"), str(n).encode(), headers, n)
        assert await bus.publish(packed, STREAM)


async def heard(pull: Pull, last: int) -> list[int]:
    """Take and acknowledge the messages of this test's coalition, up to one."""
    found: list[int] = []
    async with asyncio.timeout(10):
        while last not in found:
            for message in await pull.some():
                await message.ack()
                if str(COALITION) in message.subject:
                    found.append(int(message.data))
    return found


async def listen_on(pull: Pull) -> None:
    async with asyncio.timeout(5):
        while True:
            await pull.some()


async def test_all_messages_come_in_order_however_many_were_asked_for(
    speaks: Bus, hears: Bus
) -> None:
    await say(speaks, *range(1, 2 * AHEAD + 4))
    async with hears.pull(STREAM, DURABLE) as pull:
        assert await heard(pull, 2 * AHEAD + 3) == list(range(1, 2 * AHEAD + 4))
        assert await pull.some() == []
        await say(speaks, 100, 101)
        assert await heard(pull, 101) == [100, 101]


async def test_a_listener_is_told_that_its_consumer_is_gone(
    nats: Nats, speaks: Bus, hears: Bus
) -> None:
    operations = nats.bus("ops")
    await operations.connect()
    async with hears.pull(STREAM, DURABLE) as pull:
        await pull.some()
        await operations.client.jetstream().delete_consumer(STREAM, DURABLE)
        with pytest.raises(NatsError):
            await listen_on(pull)
    await provision(operations)
    await operations.close()
    await say(speaks, 200)
    async with hears.pull(STREAM, DURABLE) as pull:
        assert (await heard(pull, 200))[-1] == 200
