"""A coalition that end-to-end tests share."""

import pytest

from tests.end_to_end.coalition import Coalition, form
from tests.suite import Suite


@pytest.fixture(scope="session")
async def schools(running: Suite) -> Coalition:
    """A coalition of four organisations that has settled."""
    coalition = await form(running, "schools")
    position = 0
    for name in ("Union", "Parents", "Library"):
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    return coalition
