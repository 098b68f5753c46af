"""The relay on a real PostgreSQL and bus: what fails once is published all the same."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.failpoint import arm, arm_from
from shared.relay import Relay
from tests.conftest import Nats
from tests.shared.jars import Put, ask, shop

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
COALITION, JAR = UUID(int=51), UUID(int=52)


@pytest.mark.parametrize("point", ["relay.after_lock", "relay.mid_batch", "relay.before_commit"])
@pytest.mark.parametrize("told", ["raise", "bug"])
async def test_a_turn_that_fails_is_taken_again(
    postgres: str, nats: Nats, tmp_path: Path, point: str, told: str
) -> None:
    async with shop(postgres, "relayed") as opened:
        writing = asyncio.create_task(opened.journal.run())
        bus = nats.bus("credit")
        await bus.connect()
        relay = Relay("credit", opened.relay, bus, KEY, opened.journal.listen())
        relaying = asyncio.create_task(relay.run())
        arm_from(tmp_path)
        armed = arm(tmp_path, point, told)
        written = await opened.journal.write(ask(COALITION, JAR, Put(coins=1)))
        async with asyncio.timeout(5):
            while written.position != await opened.admin.fetchval(  # noqa: ASYNC110 - no event for it
                "select position from journal.relay where coalition_id = $1", COALITION
            ):
                await asyncio.sleep(0.05)
        arm_from(None)
        assert not armed.exists()
        relay.stop()
        opened.journal.stop()
        await asyncio.gather(relaying, writing)
        await bus.close()
