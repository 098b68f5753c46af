"""One run: set up, traffic, faults, the final wipe, convergence, checks; and its report."""

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from accord.supervisor import Say
from shared.failpoint import arm, disarm
from tests.chaos.checks import WRITERS, Findings, check, converged, without_durables
from tests.chaos.courier import Courier, Recorded
from tests.chaos.faults import Faults
from tests.chaos.ledger import Ledger
from tests.chaos.traffic import Client, Town, settle_in
from tests.chaos.world import World, drawn_from

CLIENTS = 6
SLUGS = ("schools", "housing", "parks")
HELD_FOR = 2.0
RELAYED_WITHIN = 30.0
CALM_WITHIN = 30.0  # seconds: a replica started again, and a patient attempt
HOLD = "reader.before_apply"
SHOWN = 12


@dataclass
class Scene:
    """A world with coalitions in it, and clients that can be let loose."""

    world: World
    ledger: Ledger
    courier: Courier
    towns: list[Town]
    rng: random.Random

    @asynccontextmanager
    async def traffic(self, clients: int = CLIENTS) -> AsyncIterator[None]:
        """Let clients send commands until the block ends, and wait for their last answers."""
        over = asyncio.Event()

        async def live(client: Client) -> None:
            while not over.is_set():
                await client.act()

        async with asyncio.TaskGroup() as crowd:
            for _ in range(clients):
                own = drawn_from(self.rng.random())
                crowd.create_task(live(Client(self.towns, self.courier, own)))
            try:
                yield
            finally:
                over.set()

    async def final_wipe(self, faults: Faults) -> int:
        """Pause the readers, let the relay publish, empty NATS, go on; return how far behind.

        Nothing is sent afterwards: only who compares with the source finds what is missing.
        """
        for replica in self.world.replicas:
            arm(replica.failpoints, HOLD, "hold")
        async with self.traffic():
            await asyncio.sleep(HELD_FOR)
        await self.courier.settle()
        behind = await self._relayed()
        faults.wipe_nats()
        for replica in self.world.replicas:
            disarm(replica.failpoints, HOLD)
        return behind

    async def _relayed(self) -> int:
        """Wait until all is published; return how many events no reader has applied."""
        end = time.monotonic() + RELAYED_WITHIN
        while True:
            waiting = unread = 0
            for writer in WRITERS:
                db = await self.world.open(writer)
                try:
                    waiting += await db.fetchval(
                        "select count(*) from journal.head h join journal.relay r"
                        " using (coalition_id) where h.position > r.position"
                    )
                    heads = {
                        row["coalition_id"]: row["position"]
                        for row in await db.fetch("select * from journal.head")
                    }
                finally:
                    await db.close()
                db = await self.world.open("transparency")
                try:
                    for row in await db.fetch(
                        "select coalition_id, position from inbox.cursor where source = $1", writer
                    ):
                        unread += heads[row["coalition_id"]] - row["position"]
                finally:
                    await db.close()
            if not waiting:
                return unread
            if time.monotonic() > end:
                raise RuntimeError(f"the relay has not published {waiting} journals")
            await asyncio.sleep(0.1)


@asynccontextmanager
async def scene(world: World, seed: int, rng: random.Random) -> AsyncIterator[Scene]:
    """Set up three coalitions in a world, with everything in the ledger."""
    ledger = Ledger(seed)
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20)
    async with httpx2.AsyncClient(timeout=30, trust_env=False, limits=limits) as client:
        suite = Recorded("", world.data, 0, client)
        suite.courier = courier = Courier(suite, world.replicas, ledger, rng)
        towns = [await settle_in(suite, f"{slug}-{seed}") for slug in SLUGS]
        yield Scene(world, ledger, courier, towns, rng)


async def run(world: World, seed: int, seconds: float, rng: random.Random, say: Say) -> Any:
    """Hurt a world for some seconds under traffic; return the report."""
    async with scene(world, seed, rng) as play:
        faults = Faults(world, rng, say)
        say(f"{len(play.ledger.entries)} commands set up {len(play.towns)} coalitions")
        async with play.traffic():
            await faults.run(seconds)
            whole = time.monotonic()
        calm = time.monotonic() - whole
        missing = await without_durables(world)
        say("final wipe")
        behind = await play.final_wipe(faults)
        took = await converged(world)
        say(f"{behind} events behind, converged: {took}")
        found = await check(world, play.ledger)
    if not isinstance(took, float):
        found.others.append(f"did not converge: {took}")
    found.others += missing
    if calm > CALM_WITHIN:
        found.others.append(f"{calm:.0f} s after the last fault not all commands were answered")
    if not behind:
        found.others.append("the final wipe took nothing that was still to be read")
    return report(seed, seconds, play.ledger, faults, behind, took, found)


def report(
    seed: int, seconds: float, ledger: Ledger, faults: Faults, behind: int, took: float | str,
    found: Findings,
) -> dict[str, Any]:  # fmt: skip
    """Return one run in one line."""
    acknowledged = sum(1 for _ in ledger.accepted())
    hits = sum(faults.counts.values())
    return {
        "seed": seed,
        "seconds": seconds,
        "verdict": "pass" if found.passed else "fail",
        "acknowledged": acknowledged,
        "events": found.events,
        "answers": dict(sorted(ledger.attempts.items())),
        "longest_attempt_s": round(ledger.longest, 1),
        "faults": dict(sorted(faults.counts.items())),
        "failpoints_not_reached": faults.unreached,
        "lost": len(found.lost),
        "twice": len(found.twice),
        "refused_then_done": found.late,
        "conflicts": sum(found.conflicts.values()),
        "behind_at_final_wipe": behind,
        "converged_s": round(took, 2) if isinstance(took, float) else None,
        "loss_below_95": {
            "per_command": _three_by(acknowledged), "per_fault": _three_by(hits),
        } if not found.lost else None,
        "found": [*found.lost, *found.twice, *found.conflicts, *found.others][:SHOWN],
    }  # fmt: skip


def _three_by(tries: int) -> float | None:
    """Return what a loss's odds are below, with 95 % confidence, after so many tries without."""
    return round(3 / tries, 6) if tries else None


def keep_evidence(world: World, seed: int) -> Path:
    """Copy the logs of a run that failed to where they outlive it."""
    kept = Path(tempfile.mkdtemp(prefix=f"accord-chaos-{seed}-"))
    shutil.copytree(world.supervisor.logs, kept / "logs")
    return kept
