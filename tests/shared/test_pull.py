"""Messages of a durable consumer on a real NATS: all of them, in order, and an end that is told."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from nats.errors import Error as NatsError

from accord.provision import provision
from shared import bus
from shared.bus import AHEAD, Bus, Packed, Pull, subject
from shared.ear import Ear
from tests.conftest import Nats

STREAM, DURABLE = "MEETINGS", "transparency-reports-v1"
COALITION = UUID(int=4001)


@pytest.fixture
async def speaks(nats: Nats) -> AsyncIterator[Bus]:
    speaker = nats.bus("meetings")
    await speaker.connect()
    yield speaker
    await speaker.close()


@pytest.fixture
async def hears(nats: Nats) -> AsyncIterator[Bus]:
    hearer = nats.bus("transparency")
    await hearer.connect()
    yield hearer
    await hearer.close()


async def say(speaker: Bus, *numbers: int) -> None:
    for n in numbers:
        headers = {"Nats-Msg-Id": f"meetings/{COALITION}/{n}"}
        packed = Packed(subject("meetings", COALITION, "Said"), str(n).encode(), headers, n)
        assert await speaker.publish(packed, STREAM)


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


async def test_who_stops_is_woken_and_leaves_what_comes_to_the_next(
    speaks: Bus, hears: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "WAIT_SECONDS", 60)
    ear = Ear("meetings", DURABLE, hears, list)
    listening = asyncio.create_task(ear.run())
    async with asyncio.timeout(10):
        while not hears.client._subs:  # noqa: ASYNC110, SLF001 - nothing says that it listens
            await asyncio.sleep(0.01)
        ear.stop()
        await listening
    monkeypatch.undo()
    await say(speaks, 300)
    async with hears.pull(STREAM, DURABLE) as pull:
        assert (await heard(pull, 300))[-1] == 300
