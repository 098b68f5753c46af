"""B11: appending and loading in a journal of a million events, over the same in one of 10,000."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.bench.meter import Row, Target
from tests.bench.stage import Stage

TARGETS = (
    Target("B11-append", "append-grown", "append-small", 32, 0.9, 1.0),
    Target("B11-load", "load-grown", "load-small", 1, 0.9, 1.0),
)
CONTROL = "append-small", 32
SMALL, GROWN = 10_000, 1_000_000


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Fill two journals, and start two processes on each."""
    await stage.postgres()
    async with AsyncExitStack() as stack:
        made = []
        for size, events in (("small", SMALL), ("grown", GROWN)):
            for what, kind, at in (("append", "plain", 32), ("load", "load", 1)):
                worker = stage.worker(
                    "tests.bench.peers.journal", f"bench_{size}", kind, str(events)
                )
                started = await stack.enter_async_context(worker)
                made.append(Row(f"{what}-{size}", (at,), started.measure))
        yield made
