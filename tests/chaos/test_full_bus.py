"""X9: no room for messages, by a limit of the stream or for want of disk. Commands go on."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from accord.provision import keep_provisioned, provision
from tests.chaos.bus import own_bus
from tests.chaos.disk import small_disk
from tests.chaos.line import HEARD_BY, SERVICE, Line, Say, at_percent, coalitions, line, shelf

pytestmark = pytest.mark.usefixtures("hasty")
READER = HEARD_BY["reports"]
OF = coalitions(5)
CONVERGES_WITHIN = 15.0


async def p99_of(running: Line, rounds: int) -> float:
    """Put coins for each coalition, round after round; return the 99th percentile in seconds."""
    already = len(running.seconds)
    for _ in range(rounds):
        await running.put_many(OF, each=2)
    return at_percent(running.seconds[already:], 99)


async def test_x9_a_stream_at_its_limit_stops_no_command(postgres: str, say: Say) -> None:
    async with own_bus() as bus, line(postgres, "x9", bus) as running:
        async with running.relaying(), running.listening(shelf(READER)):
            await p99_of(running, 5)  # keys and pools are there before anything is measured
            before = await p99_of(running, 30)
            await running.heard(READER)
            found = await bus.streams.stream_info(SERVICE.upper())
            room = found.state.bytes + 16_384
            await bus.streams.update_stream(replace(found.config, max_bytes=room))
            during = await p99_of(running, 60)
            full = (await bus.streams.stream_info(SERVICE.upper())).state
            assert await running.unrelayed() > 0
            healed = await running.heard(READER)  # from the source: the bus has no room
            began = time.monotonic()
            await provision(bus.operations)
            await running.relayed(CONVERGES_WITHIN)
            relayed = time.monotonic() - began
        await running.check(READER)
    say(
        f"X9 max_bytes: stream full at {full.bytes} bytes; commands p99 {before * 1000:.0f} ms"
        f" before, {during * 1000:.0f} ms while it was full; read models had all {healed:.1f} s"
        f" after the last command, the relay {relayed:.1f} s after there was room"
    )
    assert during < max(3 * before, before + 0.1)


@pytest.mark.chaos
async def test_x9_a_full_disk_under_the_bus_stops_no_command(
    postgres: str, say: Say, tmp_path: Path
) -> None:
    async with (
        small_disk(tmp_path, 2) as disk,
        own_bus(tmp_path) as bus,
        line(postgres, "x9_disk", bus) as running,
    ):
        keeping = asyncio.create_task(keep_provisioned(bus.operations, 1, say))
        async with running.relaying(), running.listening(shelf(READER)):
            await p99_of(running, 5)  # keys and pools are there before anything is measured
            before = await p99_of(running, 20)
            await running.heard(READER)
            pid = bus.pid
            (tmp_path / "ballast").write_bytes(bytes(max(0, disk.free() - 65_536)))
            during = await p99_of(running, 120)
            assert await running.unrelayed() > 0
            healed = await running.heard(READER)
            await disk.resize(64)
            began = time.monotonic()
            await running.relayed(30)
            relayed = time.monotonic() - began
            restarted = bus.pid != pid
        keeping.cancel()
        await running.check(READER)
    say(
        f"X9 disk full: commands p99 {before * 1000:.0f} ms before, {during * 1000:.0f} ms while"
        f" it was full; read models had all {healed:.1f} s after the last command, the relay"
        f" {relayed:.1f} s after there was room; NATS restarted: {restarted}"
    )
    assert relayed < CONVERGES_WITHIN
