"""X15: read models emptied or dropped under traffic: late at worst, never wrong, and made again."""

import asyncio
from typing import Self

import pytest

from tests.chaos.bus import own_bus
from tests.chaos.line import HEARD_BY, TABLE, Line, Say, Traffic, coalitions, line, shelf

pytestmark = pytest.mark.usefixtures("hasty")
READER = HEARD_BY["reports"]
SECONDS = 1.0


async def empty(running: Line, how: str) -> None:
    """Throw a read model away, and with it the place that it had read up to."""
    async with running.shop.admin.acquire() as db, db.transaction():
        await db.execute("delete from inbox.cursor where reader = $1", READER)
        await db.execute(how)


class Visitor:
    """Reads the model all the time: it may be behind, but nothing may be missing or wrong."""

    def __init__(self, running: Line) -> None:
        self._line = running
        self._stopping = False
        self.looks = 0
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while not self._stopping:
            expected = 1
            last = None
            for coalition, position, coins in await self._line.model(READER):
                expected = expected + 1 if coalition == last else 1
                last = coalition
                assert position == expected
                assert self._line.ledger.get((coalition, position), coins) == coins
            self.looks += 1
            await asyncio.sleep(0.01)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stopping = True
        await self._task


async def test_x15_views_emptied_under_traffic_are_made_again(postgres: str, say: Say) -> None:
    async with own_bus() as bus, line(postgres, "x15", bus) as running, running.relaying():
        async with (
            Traffic(running, coalitions(5)) as traffic,
            running.listening(shelf(READER)) as reader,
            Visitor(running) as visitor,
        ):
            for _ in range(3):
                await asyncio.sleep(SECONDS)
                await empty(running, "truncate heard.coins")
            await asyncio.sleep(SECONDS)
            puts = await traffic.end()
            seconds = await running.heard(READER)
        await running.check(READER)
    say(
        f"X15 emptied 3 times: {puts} puts, {visitor.looks} looks, none wrong;"
        f" {reader.heals} heals, read model = ledger {seconds:.1f} s after the last"
    )


@pytest.mark.chaos
async def test_x15_a_dropped_table_parks_until_it_is_there_again(postgres: str, say: Say) -> None:
    of = coalitions(3)
    async with (
        own_bus() as bus,
        line(postgres, "x15_dropped", bus) as running,
        running.relaying(),
    ):
        async with Traffic(running, of, pause=0.01) as traffic:
            async with running.listening(shelf(READER)):
                await asyncio.sleep(SECONDS)
                await empty(running, "drop table heard.coins")
                for _ in range(100):
                    await asyncio.sleep(0.1)
                    if len(parked := await running.parked()) == len(of):
                        break
            assert parked == dict.fromkeys(of, "cannot_apply")
            await running.shop.admin.execute(TABLE.format(app="accord_x15_dropped_app"))
            async with running.listening(shelf(READER)):
                await asyncio.sleep(SECONDS)
                puts = await traffic.end()
                seconds = await running.heard(READER)
                assert await running.parked() == {}
        await running.check(READER)
    say(f"X15 dropped: {puts} puts, 3 parked, read model = ledger {seconds:.1f} s after the last")
