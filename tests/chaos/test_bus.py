"""A real bus that loses, repeats and forgets: what readers and relays rest on instead."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from shared import inbox
from tests.chaos.bus import OwnBus, own_bus
from tests.chaos.line import HEARD_BY, SERVICE, Hindered, Once, coalitions, line, shelf
from tests.shared.jars import Put, ask, writing

READER = HEARD_BY["reports"]


@pytest.fixture
async def bus() -> AsyncIterator[OwnBus]:
    async with own_bus() as running:
        yield running


pytestmark = pytest.mark.usefixtures("hasty")


async def test_what_only_a_lost_store_held_is_found_without_new_traffic(
    postgres: str, bus: OwnBus
) -> None:
    async with line(postgres, "wiped", bus) as running:
        async with running.relaying():
            await running.put_many(coalitions(3), each=20)
            await running.relayed()
            await bus.wipe()
            async with running.listening(shelf(READER)) as reader:
                await running.heard(READER, seconds=8)
                assert reader.heals == 3
        await running.check(READER)


async def test_messages_of_a_new_store_are_heard_though_its_numbers_begin_again(
    postgres: str, bus: OwnBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOK_SECONDS", (30.0, 30.0))  # messages only
    async with line(postgres, "renumbered", bus) as running, running.relaying():
        async with running.listening(shelf(READER)) as reader:
            for _ in range(5):
                await running.put_many(coalitions(2), each=3)
                await running.heard(READER)
            await bus.wipe()
            await running.put_many(coalitions(2), each=3)
            await running.heard(READER, seconds=15)
            assert reader.heals == 0
        await running.check(READER)


async def test_a_message_is_kept_until_what_it_says_is_committed(
    postgres: str, bus: OwnBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOK_SECONDS", (30.0, 30.0))
    [coalition] = coalitions(1)
    async with line(postgres, "acked", bus) as running:
        listener = Hindered(shelf(READER), Once(running.kill_who_holds_the_cursor))
        async with running.relaying(), running.listening(listener) as reader:
            await running.put(coalition, 3)
            await running.heard(READER, seconds=8)
            assert reader.heals == 0
        await running.check(READER)


async def test_what_is_derived_and_the_cursor_are_committed_together(postgres: str) -> None:
    [coalition] = coalitions(1)
    async with line(postgres, "together") as running:
        await running.put(coalition, 3)
        reader = running.reader(Hindered(shelf(READER), Once(running.kill_who_holds_the_cursor)))
        assert not await reader.heal(coalition)
        assert await reader.heal(coalition)
        await running.check(READER)


async def test_a_relay_passes_over_nothing_that_commits_late(postgres: str, bus: OwnBus) -> None:
    slow, quick = coalitions(2)
    async with line(postgres, "late", bus) as running:
        other = running.shop.again()
        async with writing(other):
            async with running.shop.admin.acquire() as db, db.transaction():
                await db.execute("lock table journal.idempotency in share row exclusive mode")
                held = asyncio.create_task(running.put(slow, 2, other))  # it waits to commit
                await running.blocked()
                await running.shop.journal.write(ask(quick, UUID(int=1), Put(coins=1)))
                async with running.relaying():
                    await running.relayed()
            await held
        before = (await bus.streams.stream_info(SERVICE.upper())).state.messages
        async with running.relaying():
            await asyncio.sleep(1)
        after = (await bus.streams.stream_info(SERVICE.upper())).state.messages
        assert after == before + 1
