"""B18: a whole log verified, on one core, as `accord verify` does it, from files in memory.

`tree` takes a million entries of 400 bytes out of their bundles, hashes them, and grows the tree to
its root. `everything` is all of it on fewer entries: signatures and quorum, every tile compared,
canonical form, journals without a gap, digests of sealed fields.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256

from accord.statement import Verdict
from accord.verify_log import verify_log
from shared.tlog.tiles import bundled, entries
from shared.tlog.tree import Peaks, leaf_hash
from tests.accord.event_log import NOW, events, policy, show
from tests.bench.meter import Row, Sample, Target
from tests.bench.stage import Stage

LEAVES, BYTES, EVENTS = 1_000_000, 400, 100_000
PAGE = 256
TARGETS = (
    Target("B18", "tree", None, LEAVES, 666_667, 1_000_000, measure="per_cpu"),
    Target("B18", "everything", None, EVENTS, 100_000, 200_000, measure="per_cpu"),
)
CONTROL = ("everything", EVENTS)


def grown(bundles: Sequence[bytes]) -> bytes:
    """Return the root of a tree with these entries."""
    peaks = Peaks()
    for bundle in bundles:
        peaks.extend([sha256(b"\x00" + entry).digest() for entry in entries(bundle)])
    return peaks.root()


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Make both logs."""
    pages = range(0, LEAVES, PAGE)
    bundles = [
        bundled(
            number.to_bytes(4, "big") * (BYTES // 4) for number in range(at, min(at + PAGE, LEAVES))
        )
        for at in pages
    ]
    whole = Peaks()
    for at in pages:
        whole.extend([
            leaf_hash(number.to_bytes(4, "big") * (BYTES // 4))
            for number in range(at, min(at + PAGE, LEAVES))
        ])  # fmt: skip
    root, log, trusted = whole.root(), show(events(EVENTS)), policy()

    async def tree(at: int, _secs: float) -> Sample:
        cpu, began = time.process_time(), time.perf_counter()
        assert grown(bundles) == root
        secs = time.perf_counter() - began
        return Sample(at, secs, cpu_client_s=time.process_time() - cpu)

    async def everything(at: int, _secs: float) -> Sample:
        cpu, began = time.process_time(), time.perf_counter()
        said, _ = verify_log(log, trusted, NOW)
        secs = time.perf_counter() - began
        assert said.verdict is Verdict.VERIFIED, said.reason
        return Sample(at, secs, cpu_client_s=time.process_time() - cpu)

    yield [Row("tree", (LEAVES,), tree), Row("everything", (EVENTS,), everything)]
