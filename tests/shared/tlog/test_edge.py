"""A log grows by its right edge alone, whatever is added at a time."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from shared.tlog.edge import Edge, Full, widths
from shared.tlog.tiles import WIDTH, tiles, top
from shared.tlog.tree import Peaks, Unproved
from tests.laws import over

MANY = 70_000
LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(MANY)]


def full(size: int) -> dict[tuple[int, int], Full]:
    """Return the full tiles of a log of the first leaves, each level from the one below."""
    found, rows = dict[tuple[int, int], Full](), [LEAVES[:size]]
    for tile in tiles(size):
        if tile.width < WIDTH:
            continue
        assert tile.level is not None
        if tile.level == len(rows):
            below = range(len(rows[-1]) // WIDTH)
            rows.append([found[tile.level - 1, n].root for n in below])
        hashes = rows[tile.level][tile.n * WIDTH : (tile.n + 1) * WIDTH]
        made = Full(tile.level, tile.n, b"".join(hashes), top(hashes))
        found[tile.level, tile.n] = made
    return found


def edge(size: int) -> Edge:
    """Return the edge of the first leaves, from the tiles below it."""
    kept, rows = full(size), []
    for level, width in enumerate(widths(size)):
        whole = size // WIDTH**level
        row = (
            LEAVES[:size] if level == 0
            else [kept[level - 1, n].root for n in range(whole)]
        )  # fmt: skip
        rows.append(row[whole - width : whole])
    return Edge(size, rows)


@over(st.lists(st.sampled_from([0, 1, 2, 3, 100, 255, 256, 257, 600, 4_096]), max_size=9))
def test_it_fills_the_tiles_of_the_whole_log_and_knows_its_peaks(steps: list[int]) -> None:
    grown, found, at = Edge(), list[Full](), 0
    for step in steps:
        found += grown.extend(LEAVES[at : at + step])
        at += step
        peaks = Peaks()
        peaks.extend(LEAVES[:at])
        assert grown.peaks() == peaks
        assert grown.size == at
        assert edge(at).peaks() == peaks
    assert {(tile.level, tile.n): tile for tile in found} == full(at)
    assert len(found) == len(full(at)), "each is told of once"
    of_level = [tile for tile in found if tile.level == 0]
    assert all(one.n + 1 == two.n for one, two in pairwise(of_level)), "in their order"


@pytest.mark.parametrize("step", [1_000, MANY])
def test_it_fills_tiles_above_tiles(step: int) -> None:
    grown, found = Edge(), list[Full]()
    for at in range(0, MANY, step):
        found += grown.extend(LEAVES[at : at + step])
    assert {(tile.level, tile.n): tile for tile in found} == full(MANY)
    assert widths(MANY) == [MANY % WIDTH, MANY // WIDTH - WIDTH, 1]


@pytest.mark.parametrize("rows", [[], [LEAVES[:3]], [LEAVES[:4], []], [LEAVES[:4], LEAVES[:2]]])
def test_it_has_the_width_of_its_size(rows: list[list[bytes]]) -> None:
    with pytest.raises(Unproved, match=r"260 leaves are \[4, 1\] wide"):
        Edge(260, rows)
