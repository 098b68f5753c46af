"""A running meetings service, and a coalition in it for each test."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from tests.meetings.hall import Hall, Running, running

_coalitions = count(2_000)


@pytest.fixture(scope="session")
async def meetings(postgres: str, data: Path) -> AsyncIterator[Running]:
    async with running(postgres, data) as started:
        yield started


@pytest.fixture
async def hall(meetings: Running) -> AsyncIterator[Hall]:
    """A coalition that meetings has heard of, and nothing else."""
    made = Hall(meetings, UUID(int=next(_coalitions)))
    await made.found()
    yield made
    meetings.clock.ahead = timedelta(0)
