"""X14: events of a type that a reader does not know yet, under traffic."""

import asyncio
from uuid import UUID

import pytest

from shared.inbox import Reader, Subscription
from tests.chaos.bus import own_bus
from tests.chaos.line import HEARD_BY, SERVICE, Line, Say, Traffic, coalitions, line, shelf
from tests.shared.jars import Smash, ask

READER = HEARD_BY["reports"]
SECONDS = 0.8


pytestmark = pytest.mark.usefixtures("hasty")


async def new_type(running: Line, coalition: UUID) -> None:
    """Write an event of a type that the old version of the view does not know."""
    await running.shop.journal.write(ask(coalition, UUID(int=999), Smash()))


async def test_x14_a_type_that_a_view_does_not_know_waits_for_its_upgrade(
    postgres: str, say: Say
) -> None:
    stuck, others = coalitions(6)[0], coalitions(6)[1:]
    old, new = shelf(READER), shelf(READER, "JarSmashed")
    async with own_bus() as bus, line(postgres, "x14", bus) as running, running.relaying():
        async with Traffic(running, [stuck, *others]) as traffic:
            async with running.listening(old):
                await asyncio.sleep(SECONDS)
                await new_type(running, stuck)
                await asyncio.sleep(SECONDS)
                assert await running.parked() == {stuck: "unknown_type"}
                lag = max(await running.lags(READER, others))
            async with running.listening(new):  # readers are upgraded under the same traffic
                await asyncio.sleep(SECONDS)
                puts = await traffic.end()
                seconds = await running.heard(READER)
                assert await running.parked() == {}
        await running.check(READER)
    say(
        f"X14 wrong order: {puts} puts, parked 1 of 6, others' lag at most {lag:.2f} s,"
        f" healed {seconds:.1f} s after the last"
    )
    assert lag < 1


async def test_x14_readers_first_parks_nothing(postgres: str, say: Say) -> None:
    of = coalitions(6)
    async with own_bus() as bus, line(postgres, "x14_first", bus) as running, running.relaying():
        async with Traffic(running, of) as traffic:
            async with running.listening(shelf(READER)):
                await asyncio.sleep(SECONDS)
            async with running.listening(shelf(READER, "JarSmashed")) as reader:
                for coalition in of:
                    await new_type(running, coalition)
                await asyncio.sleep(SECONDS)
                puts = await traffic.end()
                await running.heard(READER)
                assert await running.parked() == {}
        await running.check(READER)
        say(f"X14 right order: {puts} puts, nothing parked, {reader.dropped} dropped")


async def test_x14_an_inbox_that_was_upgraded_leaves_nothing_parked(postgres: str) -> None:
    [coalition] = coalitions(1)
    async with line(postgres, "x14_inbox") as running:

        def reader(*ignores: str) -> Reader:
            listens = Subscription(SERVICE, "listens", (), frozenset(ignores))
            return running.reader(listens)

        await running.put(coalition)
        await reader().heal(coalition)
        assert await running.parked() == {coalition: "unknown_type"}
        upgraded = reader("CoinsPut")
        task = asyncio.create_task(upgraded.run())
        await running.heard("listens")
        upgraded.stop()
        await task
        assert await running.parked() == {}
