"""B1, B2: what the journal appends, beside eventsourcing and beside what PostgreSQL takes at most.

One event a command; `at` commands in flight. Only `append-sealed` and `append-plain` decide, keep
an idempotency key and chain; `append-sealed` seals two values too.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec

from tests.bench.meter import Row, Target
from tests.bench.stage import Stage

TARGETS = (
    Target("B1", "append-sealed", "eventsourcing-save", 32, 15, 30),
    Target("B2", "append-plain", "limit-unnest", 128, 0.35, 0.60, over_at=1),
)
CONTROL = "append-sealed", 32
WITHOUT_PEERS = "eventsourcing is not installed: make bench installs it"


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Start the journal, the limits and the peers, each a process of its own."""
    await stage.postgres()
    wanted = {
        "append-sealed": ("journal", ("bench_sealed", "sealed"), (1, 8, 32, 128, 512)),
        "append-plain": ("journal", ("bench_plain", "plain"), (32, 128)),
        "limit-unnest": ("limits", ("unnest",), (1,)),
        "limit-copy": ("limits", ("copy",), (1,)),
    }
    if find_spec("eventsourcing"):
        wanted["eventsourcing-save"] = ("eventsourcing_save", (), (1, 32))
    else:
        stage.skip("eventsourcing-save", WITHOUT_PEERS)
    async with AsyncExitStack() as stack:
        made = []
        for name, (module, arguments, at) in wanted.items():
            worker = stage.worker(f"tests.bench.peers.{module}", *arguments)
            made.append(Row(name, at, (await stack.enter_async_context(worker)).measure))
        yield made
