"""Accord's own append: decided on hot state, sealed, chained, kept once, in group commits.

`python -m tests.bench.peers.journal NAME sealed|plain [EVENTS]`: everything of it is in databases
of that name; EVENTS are in the journal before it begins. `load` instead of a kind measures
reading streams from nothing, in a journal that another such process has filled.
"""

import asyncio
import os
import sys
from itertools import count
from uuid import UUID

import uvloop

from shared.hot import Reading
from shared.service import spare_the_collector
from shared.uuid7 import random_bytes
from tests.bench import notes
from tests.bench.grown import STREAM, fill, stream_of
from tests.bench.meter import Sample
from tests.bench.worker import POSTGRES, closed_loop, serve
from tests.shared.jars import Shop, shop


async def appends(opened: Shop, command: notes.Note, at: int, secs: float) -> Sample:
    """Keep `at` commands in flight, each asker on a stream of its own."""
    streams = [UUID(int=2**64 + asker) for asker in range(at)]
    keys, drawn = count(), next(random_bytes(8)).hex()
    journal = opened.journal

    async def one(asker: int, _turn: int) -> None:
        await journal.write(notes.ask(command, streams[asker], f"{drawn}-{next(keys)}"))

    counted = "select count(*) from journal.event where coalition_id = $1 and position > $2"
    ends = "select coalesce(max(position), 0) from journal.event where coalition_id = $1"
    before = await opened.admin.fetchval(ends, notes.COALITION)
    sample = await closed_loop(at, secs, one)
    stored = await opened.admin.fetchval(counted, notes.COALITION, before)
    return lossless(sample, stored)


def lossless(sample: Sample, stored: int) -> Sample:
    """Return the sample with what was answered and is not stored."""
    lost = sample.n - sample.errors - stored
    return Sample(**(vars(sample) | {"lost": max(0, lost)}))


async def loads(opened: Shop, streams: int, at: int, secs: float) -> Sample:
    """Read streams from nothing, as a replica does that has just started."""

    async def one(asker: int, turn: int) -> None:
        key = stream_of((asker * 7_919 + turn * 104_729) % streams)

        async def taken(read: Reading) -> int:
            return (await read.stream(notes.decider, key)).taken

        if await opened.again().look(notes.COALITION, taken) != STREAM:
            raise RuntimeError(f"the stream of {key} is not whole")

    return await closed_loop(at, secs, one)


async def main(name: str, kind: str, events: int = 0) -> None:
    """Measure until there are no more orders."""
    async with shop(os.environ[POSTGRES], name, notes.rules(name)) as opened:
        if events and kind != "load":
            await fill(opened, name, events)
        task = asyncio.create_task(opened.journal.run())
        command = notes.SEALED if kind == "sealed" else notes.PLAIN

        async def measure(at: int, secs: float) -> Sample:
            if kind == "load":
                return await loads(opened, events // STREAM, at, secs)
            return await appends(opened, command, at, secs)

        spare_the_collector()
        await serve(measure)
        opened.journal.stop()
        await task


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
