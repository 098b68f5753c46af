"""One running suite for all end-to-end tests of a session."""

from collections.abc import AsyncIterator

import pytest

from tests.end_to_end.coalition import Coalition, form
from tests.suite import Suite, suite


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "end_to_end" in item.nodeid:
            item.add_marker(pytest.mark.servers)


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[Suite]:
    """`accord up` in a folder of its own; demo tokens may claim times and are not slowed down."""
    async with suite(ACCORD_DEMO="true") as started:
        yield started


@pytest.fixture(scope="session")
async def schools(running: Suite) -> Coalition:
    """A coalition of four organisations that has settled."""
    coalition = await form(running, "schools")
    position = 0
    for name in ("Union", "Parents", "Library"):
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    return coalition
