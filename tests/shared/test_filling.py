"""Shares of a fill: each coalition belongs to one of them, whatever their number."""

from itertools import chain
from uuid import UUID

import pytest

from shared.bus import PARTITIONS
from shared.filling import Share


@pytest.mark.parametrize("of", [1, 2, 3, PARTITIONS])
def test_every_coalition_is_in_one_share(of: int) -> None:
    coalitions = [UUID(int=n) for n in range(2_000)]
    held = [[one for one in coalitions if Share(number, of).holds(one)] for number in range(of)]
    assert sorted(chain(*held)) == coalitions
    assert all(held), "none of them stays idle"
