"""Failpoints: silent unless armed, and then once."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared
from shared.failpoint import POINTS, Injected, arm, arm_from, disarm, reach

POINT = "journal.before_commit"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    arm_from(tmp_path)
    yield tmp_path
    arm_from(None)


def test_every_point_is_somewhere_in_the_core() -> None:
    core = Path(shared.__file__).parent
    reached = {
        point
        for file in core.glob("*.py")
        for point in re.findall(r'reach\("(.+)"\)', file.read_text())
    }
    assert reached == POINTS


async def test_nothing_happens_where_nothing_is_armed(tmp_path: Path) -> None:
    assert arm(tmp_path, POINT, "raise").exists()
    await reach(POINT)
    arm_from(tmp_path)
    with pytest.raises(Injected):
        await reach(POINT)
    arm_from(None)


async def test_a_failure_is_injected_once(folder: Path) -> None:
    await reach(POINT)
    arm(folder, POINT, "raise")
    with pytest.raises(Injected):
        await reach(POINT)
    await reach(POINT)


async def test_a_mistake_is_another_failure(folder: Path) -> None:
    arm(folder, POINT, "bug")
    with pytest.raises(RuntimeError, match="a mistake"):
        await reach(POINT)


async def test_a_point_holds_until_it_is_let_go(folder: Path) -> None:
    arm(folder, POINT, "hold")
    waiting = asyncio.create_task(reach(POINT))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert disarm(folder, POINT)
    await asyncio.wait_for(waiting, 1)


async def test_an_unknown_mode_is_named(folder: Path) -> None:
    arm(folder, POINT, "explode")
    with pytest.raises(ValueError, match="explode"):
        await reach(POINT)


def test_an_unknown_point_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no point"):
        arm(tmp_path, "journal.somewhere", "kill")
