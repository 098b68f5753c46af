"""A running credit service, and a coalition in it for each test."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from tests.credit.ledger import Ledger, Running, running

_coalitions = count(1000)


@pytest.fixture(scope="session")
async def credit(postgres: str, data: Path) -> AsyncIterator[Running]:
    async with running(postgres, data) as started:
        yield started


@pytest.fixture
async def ledger(credit: Running) -> Ledger:
    """A coalition that credit has heard of, and nothing else."""
    made = Ledger(credit, UUID(int=next(_coalitions)))
    await made.found()
    return made
