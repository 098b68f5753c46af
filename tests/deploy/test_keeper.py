import asyncio
from pathlib import Path

import pytest

from accord.provision import OPERATIONS, SYSTEM
from deploy import keeper
from shared.settings import Settings
from tests.conftest import Nats


def times(sign: Path) -> set[int]:
    return {sign.stat().st_mtime_ns} if sign.exists() else set()


async def test_a_bus_that_answers_is_healthy_and_one_that_is_gone_is_not(nats: Nats) -> None:
    system = nats.bus(SYSTEM)
    await system.connect()
    assert await keeper.healthy(system)
    await system.close()
    assert not await keeper.healthy(system)


async def test_only_the_system_user_may_ask(nats: Nats) -> None:
    operations = nats.bus(OPERATIONS)
    await operations.connect()
    assert not await keeper.healthy(operations)
    await operations.close()


async def test_the_keeper_gives_signs_of_life_until_it_is_stopped(
    nats: Nats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "HEALTHY", tmp_path / "healthy")
    monkeypatch.setattr(keeper, "ASK_EVERY", 0.05)
    monkeypatch.setenv("ACCORD_NATS__URL", nats.url)
    monkeypatch.setenv("ACCORD_NATS__NKEY_SEED_FILE", str(nats.seeds / "nkey_{service}"))
    keeping = asyncio.create_task(keeper.keep(Settings.load()))
    signs: set[int] = set()
    async with asyncio.timeout(20):
        while len(signs) < 3:
            await asyncio.sleep(0.02)
            assert not keeping.done()
            signs |= times(keeper.HEALTHY)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
