"""Each planted mistake still fits the file it is planted in, and names a test that exists."""

from dataclasses import replace

import pytest

from tests.mutations import Mutation
from tests.mutations.run import areas, misplaced, registered

HERE = "tests/mutations/test_registered.py"


@pytest.mark.parametrize("mutation", [*registered(areas())], ids=lambda mutation: mutation.id)
def test_it_can_be_planted(mutation: Mutation) -> None:
    assert misplaced(mutation) is None
    assert mutation.after != mutation.before


@pytest.mark.parametrize(
    ("test", "why"),
    [
        (f"{HERE}::test_it_can_be_planted", None),
        (f"{HERE}::test_it_can_be_planted[an id]", None),
        (f"{HERE}::test_it_can_be", f"no such test in {HERE}: test_it_can_be"),
        (f"{HERE}::HERE", f"no such test in {HERE}: HERE"),
        ("tests/nowhere.py::test_it", "no such file: nowhere.py"),
    ],
)
def test_its_test_is_there(test: str, why: str | None) -> None:
    fitting = next(iter(registered(areas())))
    assert misplaced(replace(fitting, test=test)) == why
