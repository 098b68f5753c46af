"""Short runs under fixed seeds, one of them in `make test`: what `make chaos` does at length."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.checks import check, converged
from tests.chaos.faults import Faults
from tests.chaos.run import run, scene
from tests.chaos.world import World, drawn_from, world

SEEDS = (20011, pytest.param(7, marks=pytest.mark.chaos))
SECONDS = 18.0
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


@pytest.fixture(scope="module")
async def one_world() -> AsyncIterator[World]:
    async with world(print, drawn_from(1)) as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_done_twice(one_world: World, seed: int) -> None:
    report = await run(one_world, seed, SECONDS, drawn_from(seed), print)
    assert report["verdict"] == "pass", str(report)
    assert report["acknowledged"] > 50
    assert report["behind_at_final_wipe"] > 0


@pytest.mark.chaos
async def test_every_step_between_two_commits_can_be_the_last(one_world: World) -> None:
    rng = drawn_from(3)
    async with scene(one_world, 3, rng) as play:
        faults = Faults(one_world, rng, print)
        async with play.traffic():
            for point, told in POINTS:
                await faults.strike(one_world.replicas[0], point, told)
        await play.courier.settle()
        assert isinstance(await converged(one_world), float)
        found = await check(one_world, play.ledger)
    assert found.passed, found
    assert faults.counts["X2"] >= len(POINTS) - 1
