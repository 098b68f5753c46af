"""Each planted mistake still fits the file it is planted in."""

import pytest

from tests.mutations import Mutation
from tests.mutations.run import areas, misplaced, registered


@pytest.mark.parametrize("mutation", [*registered(areas())], ids=lambda mutation: mutation.id)
def test_it_can_be_planted(mutation: Mutation) -> None:
    assert misplaced(mutation) is None
    assert mutation.after != mutation.before
