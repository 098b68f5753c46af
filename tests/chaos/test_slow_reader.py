"""X12: one reader takes 200 ms a transaction, and five thousand events come at once."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.event import Recorded
from shared.hot import Connection
from tests.chaos.bus import own_bus
from tests.chaos.line import HEARD_BY, Hindered, Say, at_percent, coalitions, line, shelf

SLOW, QUICK = HEARD_BY["reports"], HEARD_BY["evaluations"]
BURST, OF = 5_000, 10
PAGE = 4096


def resident() -> float:
    """Return the megabytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


async def dawdle(_db: Connection, _events: Sequence[Recorded]) -> None:
    await asyncio.sleep(0.2)


@pytest.mark.chaos
async def test_x12_a_slow_reader_holds_up_no_other(postgres: str, say: Say) -> None:
    of = coalitions(OF)
    async with own_bus() as bus, line(postgres, "x12", bus) as running:
        async with (
            running.relaying(),
            running.listening(Hindered(shelf(SLOW), dawdle)),
            running.listening(shelf(QUICK)),
        ):
            await running.put_many(of, each=1)
            await running.heard(SLOW)
            before = resident()
            began = time.monotonic()
            await running.put_many(of, each=BURST // OF)
            written = time.monotonic() - began
            backlog = len(running.ledger) - len(await running.model(SLOW))
            drained = await running.heard(SLOW)
            await running.heard(QUICK)
            grown = resident() - before
        await running.check(SLOW, QUICK)
        slow, quick = await running.lags(SLOW, of), await running.lags(QUICK, of)
    say(
        f"X12: {BURST} events in {written:.1f} s; the slow reader was {backlog} behind,"
        f" and through {drained:.1f} s later ({backlog / drained:.0f}/s), its lag p99"
        f" {at_percent(slow, 99):.1f} s, the other's {at_percent(quick, 99):.2f} s;"
        f" memory +{grown:.0f} MB"
    )
    assert backlog / drained >= 500
    assert at_percent(quick, 99) < 5
    assert grown < 100
