"""A running transparency service for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.transparency.desk import Desk, running


@pytest.fixture(scope="session")
async def desk(postgres: str, data: Path) -> AsyncIterator[Desk]:
    async with running(postgres, data) as opened:
        yield opened
