"""B8 and B9: from the answer to a stance until transparency has committed its row.

All of it as `accord up` runs it, on a port of its own: a real stance with its reason sealed, over
HTTP; journal, relay, JetStream; the reports' reader. Arrivals are random and their times planned
beforehand, so that a slow answer delays none of them. The cursor of transparency says when a row
is committed; it is asked all the time while one is awaited, which itself costs the database work.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.bench.meter import Row, Sample, Target
from tests.bench.stage import Stage
from tests.end_to_end.coalition import form, mail
from tests.end_to_end.test_voting import open_voting
from tests.suite import Suite, suite

ORGANISATIONS, PROPOSALS = 40, 20
SECONDS = {20: 55.0, 500: 10.0, 3_000: 2.0}
"""For each number of arrivals a second how long they come: more than a thousand of each."""
TARGETS = (
    Target("B8", "end-to-end", None, 20, 50, 10, better="lower", measure="p99_ms", rounds=1),
    Target("B9", "end-to-end", None, 500, 100, 20, better="lower", measure="p99_ms", rounds=1),
)
CONTROL = None


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Start a suite, form a coalition that votes, and a worker that is all its voters."""
    async with suite(ACCORD_DEMO="true") as running:
        assert running.process is not None
        stage.helping.add(running.process.pid)
        plan = running.data.parent / "plan.json"
        plan.write_text(json.dumps(await _plan(running)))
        async with stage.worker("tests.bench.peers.voters", str(plan)) as worker:

            async def measure(at: int, secs: float) -> Sample:
                return await worker.measure(at, SECONDS[at] if secs >= 1 else secs)

            yield [Row("end-to-end", tuple(SECONDS), measure, once=True)]


async def _plan(running: Suite) -> dict[str, Any]:
    """Return where the voters vote, and where to look for what became of it."""
    coalition = await form(running, "bench")
    names = [coalition.chair, *(f"Member {n}" for n in range(1, ORGANISATIONS))]
    for name in names[1:]:
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    proposals = [
        await open_voting(coalition, "majority", f"Proposal {n}") for n in range(PROPOSALS)
    ]
    told = json.loads((running.data / "settings-of-services.json").read_text())
    return {
        "port": running.port,
        "coalition": coalition.id,
        "proposals": proposals,
        "voters": [(running.token(mail(name)), coalition.orgs[name]) for name in names],
        "database": told["ACCORD_RELAY__DSN"],
        "password_file": told["ACCORD_RELAY__PASSWORD_FILE"],
    }
