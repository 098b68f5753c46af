"""X17: an event that cannot be applied stops its coalition in its reader, and nothing else."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from shared.event import Recorded
from shared.hot import Connection
from tests.chaos.bus import own_bus
from tests.chaos.line import (
    HEARD_BY,
    Hindered,
    Line,
    Say,
    Traffic,
    at_percent,
    coalitions,
    line,
    shelf,
)

pytestmark = pytest.mark.usefixtures("hasty")
READER = HEARD_BY["reports"]
SECONDS = 1.5


class Poison:
    """Fails on one coalition: so many times, or until it is mended."""

    def __init__(self, coalition: UUID, times: int) -> None:
        self.coalition = coalition
        self.left = times

    async def __call__(self, _db: Connection, events: Sequence[Recorded]) -> None:
        if self.left and any(event.coalition == self.coalition for event in events):
            self.left -= 1
            raise ZeroDivisionError


async def poisoned(running: Line, poison: Poison) -> tuple[int, dict[UUID, str], int]:
    """Run traffic past a poisoned reader; return the puts, what was parked, and the failures."""
    before = poison.left
    async with (
        Traffic(running, coalitions(6), pause=0.005) as traffic,
        running.listening(Hindered(shelf(READER), poison)),
    ):
        await asyncio.sleep(SECONDS)
        parked = await running.parked()
        for _ in range(40):
            if parked or poison.left < before - 2:
                break
            await asyncio.sleep(0.1)
            parked = await running.parked()
        puts = await traffic.end()
        await asyncio.sleep(0.5)
    return puts, parked, before - poison.left


async def test_x17_poison_parks_one_coalition_until_it_is_mended(postgres: str, say: Say) -> None:
    poison = Poison(coalitions(6)[0], times=1_000_000)
    async with own_bus() as bus, line(postgres, "x17", bus) as running, running.relaying():
        puts, parked, failures = await poisoned(running, poison)
        assert parked == {poison.coalition: "cannot_apply"}
        lags = await running.lags(READER, coalitions(6)[1:])
        assert len(lags) > puts / 2
        async with running.listening(shelf(READER)):  # the fix
            seconds = await running.heard(READER)
            assert await running.parked() == {}
        await running.check(READER)
    say(
        f"X17 always: {puts} puts, {failures} failures, 1 of 6 parked, others' lag p99"
        f" {at_percent(lags, 99):.2f} s, most {max(lags):.2f} s; mended in {seconds:.1f} s"
    )
    assert at_percent(lags, 99) < 1


@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.chaos), 2])
async def test_x17_poison_that_passes_at_a_later_try_parks_nothing(
    postgres: str, say: Say, times: int
) -> None:
    poison = Poison(coalitions(6)[0], times)
    async with own_bus() as bus, line(postgres, f"x17_{times}", bus) as running:
        async with running.relaying():
            puts, parked, failures = await poisoned(running, poison)
            assert failures == times
            assert parked == {}
            async with running.listening(shelf(READER)):
                await running.heard(READER)
        await running.check(READER)
    say(f"X17 {times} times: {puts} puts, {failures} failures, nothing parked")
