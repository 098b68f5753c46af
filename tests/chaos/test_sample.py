"""A short run under fixed seeds: what `make chaos` does at length."""

import pytest

from tests.chaos.checks import check, converged
from tests.chaos.faults import Faults
from tests.chaos.run import run, scene
from tests.chaos.world import drawn_from, world

SEEDS = (20011, 7)
SECONDS = 16.0
POINTS = (
    ("journal.after_lock", "kill"),
    ("journal.before_commit", "raise"),
    ("journal.after_commit", "kill"),
    ("journal.after_commit", "pause 1"),
    ("relay.mid_batch", "raise"),
    ("relay.before_commit", "kill"),
    ("reader.after_apply", "raise"),
    ("reader.before_ack", "pause 1"),
)
pytestmark = pytest.mark.servers


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_done_twice(seed: int) -> None:
    rng = drawn_from(seed)
    async with world(print, rng) as made:
        report = await run(made, seed, SECONDS, rng, print)
    assert report["verdict"] == "pass", report
    assert report["acknowledged"] > 100
    assert report["behind_at_final_wipe"] > 0


async def test_every_step_between_two_commits_can_be_the_last() -> None:
    rng = drawn_from(3)
    async with world(print, rng) as made, scene(made, 3, rng) as play:
        faults = Faults(made, rng, print)
        async with play.traffic():
            for point, told in POINTS:
                await faults.strike(made.replicas[0], point, told)
        await play.courier.settle()
        assert isinstance(await converged(made), float)
        found = await check(made, play.ledger)
    assert found.passed, found
    assert faults.counts["X2"] >= len(POINTS) - 1
