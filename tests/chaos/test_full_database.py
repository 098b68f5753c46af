"""X8: the disk under PostgreSQL is full, and then has room again."""

import asyncio
import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest

from accord import keyring
from accord import postgres as our_postgres
from accord.supervisor import Supervisor
from shared.ask import Busy
from tests.chaos.disk import small_disk
from tests.chaos.line import Line, Say, coalitions, line
from tests.suite import new_folder

ROOM = 24  # megabytes beside the new cluster: one more segment of the log
BACK_WITHIN = 10.0


async def until_full(running: Line, seconds: float) -> int:
    """Write until commands are no longer taken; return how many were put off."""
    end = time.monotonic() + seconds
    busy = 0
    while time.monotonic() < end and not busy:
        answers = await asyncio.gather(
            *(running.put(one) for one in coalitions(5) for _ in range(100)),
            return_exceptions=True,
        )
        wrong = [one for one in answers if isinstance(one, Exception)]
        assert all(isinstance(one, Busy) for one in wrong), wrong
        busy += len(wrong)
    return busy


def _copy(made: Path, to: Path) -> None:
    """Copy a cluster with its owner."""
    shutil.copytree(made, to, dirs_exist_ok=True)
    for file in (to, *to.rglob("*")):
        shutil.chown(file, made.stat().st_uid, made.stat().st_gid)


@pytest.mark.chaos
async def test_x8_a_full_disk_loses_nothing_that_was_acknowledged(say: Say) -> None:
    folder = new_folder()
    keyring.fill(folder / "secrets")
    server = await our_postgres.prepare(folder)
    made = server.data.rename(server.folder / "made")
    server.data.mkdir(mode=0o700)
    used = sum(file.stat().st_size for file in made.rglob("*")) // 2**20
    async with small_disk(server.data, used + ROOM) as disk:
        _copy(made, server.data)
        async with Supervisor(folder, say) as servers:
            await servers.start(server.program())
            password = server.password_file.read_text().strip()
            async with line(server.dsn(password=password), "x8") as running:
                busy = await until_full(running, 60)
                assert busy, "the disk did not fill"
                acknowledged = len(running.ledger)
                began = time.monotonic()
                await disk.resize(1024)
                while time.monotonic() < began + 30:
                    with suppress(Busy):
                        await running.put(coalitions(5)[0])
                        break
                back = time.monotonic() - began
                for coalition in coalitions(5):
                    await running.put(coalition)
                await running.lost_none()
    shutil.rmtree(folder)
    say(
        f"X8: {acknowledged} acknowledged before the disk was full, {busy} put off, lost 0;"
        f" commands again {back:.1f} s after there was room"
    )
    assert back < BACK_WITHIN
