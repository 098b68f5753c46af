"""A coalition for each file of acceptance tests."""

import pytest

from tests.end_to_end.coalition import Coalition, form
from tests.suite import Suite


@pytest.fixture(scope="module")
async def table(running: Suite, request: pytest.FixtureRequest) -> Coalition:
    """Clinic in the chair, with Union, Parents and Library."""
    slug = request.path.stem.removeprefix("test_").replace("_", "-")
    coalition = await form(running, f"accept-{slug}")
    position = 0
    for name in ("Union", "Parents", "Library"):
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    return coalition
