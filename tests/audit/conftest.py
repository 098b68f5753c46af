"""One house for the tests of this package: coalitions of its own are all a test needs."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from tests.audit.house import House, house

_numbers = count(1)


@pytest.fixture(scope="package")
async def home(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("audit")
    async with house(postgres, "audit_house", folder) as made:
        yield made


@pytest.fixture
def coalition() -> UUID:
    """A coalition that no other test knows."""
    return UUID(int=0xA0D17_0000 + next(_numbers))
