"""`accord up` ends when it is told to, whatever its own tasks are at."""

import asyncio
from contextlib import suppress

import pytest

from accord.up import until_over


async def test_it_ends_though_a_task_swallows_being_cancelled() -> None:
    went_on = asyncio.Event()

    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        went_on.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    ours = asyncio.create_task(until_over(task))
    await asyncio.sleep(0)
    ours.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await ours
    assert not went_on.is_set()
    task.cancel()
    await went_on.wait()
    task.cancel()


async def test_what_ends_a_task_ends_it() -> None:
    async def fails() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await until_over(asyncio.create_task(fails()))
