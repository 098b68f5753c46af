"""A short search with requests of every sort; `make schemathesis` is the long one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.end_to_end.coalition import Coalition
from tests.openapi.run import IDENTITIES, Identity, run, settle
from tests.suite import Suite, suite

pytestmark = pytest.mark.servers
SHORT = ("--phases=fuzzing", "--max-examples=2", "--seed=7", "--no-shrink")


@pytest.fixture(scope="module")
async def fuzzed() -> AsyncIterator[tuple[Suite, Coalition]]:
    async with suite(ACCORD_DEMO="true") as running:
        yield running, await settle(running)


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.name)
async def test_every_answer_is_one_that_is_described(
    fuzzed: tuple[Suite, Coalition], identity: Identity, tmp_path: Path
) -> None:
    words = tmp_path / "said.txt"
    with words.open("wb") as said:
        code = await run(*fuzzed, identity, tmp_path, *SHORT, said=said)
    assert code == 0, words.read_text(errors="replace")[-20_000:]
