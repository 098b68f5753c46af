"""B17: inclusion proofs in a tree of a million leaves, and receipts as members ask for them.

`proofs` are made from tiles whose nodes are held, and each is seen to lead to the root before it
counts, as the audit service does it; of any leaf, drawn at random. `receipts` are asked for over
HTTP, of a coalition of some thousand events on `accord up`, by a client in this process: who asks
is known by a token, and the database says which event is meant and what was published.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256

import httpx2
import orjson

from shared.tlog.edge import Edge
from shared.tlog.nodes import Nodes, Prover
from shared.tlog.tiles import WIDTH, bundles, entries
from shared.tlog.tree import verify_inclusion
from tests.bench.meter import Row, Sample, Target
from tests.bench.stage import Stage
from tests.bench.statement import bring
from tests.bench.worker import closed_loop
from tests.end_to_end.coalition import Coalition, form, mail
from tests.suite import suite

LEAVES, A_FEW = 1_000_000, 1_000
WINS, CONTRIBUTIONS = 100, 2_000
AT_ONCE, PATIENCE_S = 8, 60
SLUG, CHAIR = "receipts", "Clinic"
TARGETS = (Target("B17", "proofs", None, LEAVES, 20_000, 100_000),)
CONTROL = ("proofs", LEAVES)


class Tree:
    """A tree with all its tiles at hand."""

    def __init__(self, size: int) -> None:
        self.leaves = [sha256(number.to_bytes(4, "big")).digest() for number in range(size)]
        edge = Edge()
        held = {(tile.level, tile.n): Nodes(tile.data) for tile in edge.extend(self.leaves)}
        for level, row in enumerate(edge.rows):
            if row:
                held[level, size // WIDTH ** (level + 1)] = Nodes(b"".join(row))
        self.root = edge.peaks().root()
        self.prover = Prover(size, lambda tile: held[tile.level or 0, tile.n])

    def prove(self, index: int) -> None:
        """Prove a leaf.

        Raises:
            Unproved: that failed.
        """
        proof = self.prover.inclusion(index)
        verify_inclusion(index, len(self.leaves), self.leaves[index], proof, self.root)


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Make a tree, and start a suite with a coalition whose events have receipts."""
    tree, drawn = Tree(LEAVES), random.Random(17)  # noqa: S311 - which leaf is no secret

    async def prove(_at: int, secs: float) -> Sample:
        cpu, began, done = time.process_time(), time.perf_counter(), 0
        while (now := time.perf_counter()) < began + secs:
            for _ in range(A_FEW):
                tree.prove(drawn.randrange(LEAVES))
            done += A_FEW
        return Sample(done, now - began, cpu_client_s=time.process_time() - cpu)

    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(suite(ACCORD_DEMO="true"))
        assert running.process is not None
        table = await form(running, SLUG, CHAIR)
        await bring(table, WINS, CONTRIBUTIONS)
        events = await _events(table)

        async def ask(_asker: int, _turn: int) -> None:
            answer = await table.get("audit", f"events/{drawn.choice(events)}/receipt", CHAIR)
            assert answer.status_code == httpx2.codes.OK, answer.text
            assert answer.json()["proof"], answer.text

        async def receipts(at: int, secs: float) -> Sample:
            return await closed_loop(at, secs, ask)

        yield [Row("proofs", (LEAVES,), prove), Row("receipts", (AT_ONCE,), receipts)]


async def _events(table: Coalition) -> list[str]:
    """Return the ids of all events under the newest checkpoint, once it covers them."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            log = (await table.get("audit", "log", CHAIR)).json()
            if log["size"] == log["kept"]:
                break
            await asyncio.sleep(0.5)
    found = []
    for bundle in bundles(log["size"]):
        path = f"/{log['origin'].partition('/')[2]}/{bundle.path}"
        answer = await table.suite.get(path, mail(CHAIR))
        assert answer.status_code == httpx2.codes.OK, answer.text
        found += [orjson.loads(entry)["id"] for entry in entries(answer.content)]
    return found
