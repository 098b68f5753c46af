"""Proofs from tiles are those of the tree, whatever is held of them."""

from hashlib import sha256

import pytest
from hypothesis import strategies as st

from shared.tlog.nodes import Cache, Nodes, Prover
from shared.tlog.tiles import WIDTH, Tile, tiles
from shared.tlog.tree import (
    Unproved,
    consistency,
    inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.laws import over

MANY = 66_000
LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(MANY)]


def span(first: int, leaves: int) -> bytes:
    return root_of(LEAVES[first : first + leaves])


def nodes(tile: Tile) -> Nodes:
    """Return the nodes of a tile of these leaves."""
    return Nodes(b"".join(span(tile.first + n * tile.span, tile.span) for n in range(tile.width)))


def prover(size: int) -> Prover:
    made = {(tile.level, tile.n): nodes(tile) for tile in tiles(size)}
    return Prover(size, lambda tile: made[tile.level, tile.n])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 255, 256, 257, 511, 512, 700, 1_000])
def test_every_leaf_is_proved_as_the_tree_proves_it(size: int) -> None:
    proving, root = prover(size), root_of(LEAVES[:size])
    for index in range(size):
        proof = proving.inclusion(index)
        assert proof == inclusion(index, size, span)
        verify_inclusion(index, size, LEAVES[index], proof, root)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 66_000])
def test_leaves_are_proved_through_tiles_above_tiles(size: int) -> None:
    proving, root = prover(size), root_of(LEAVES[:size])
    for index in (0, 1, 255, 256, 32_767, 32_768, 65_279, 65_280, 65_534, size - 1):
        verify_inclusion(index, size, LEAVES[index], proving.inclusion(index), root)


@over(st.integers(0, 3_000), st.integers(1, 3_000), examples=20)
def test_one_tree_is_proved_to_begin_another(old: int, new: int) -> None:
    old, new = sorted((old, new))
    proof = consistency(old, new, prover(new).span)
    verify_consistency(old, new, proof, root_of(LEAVES[:old]), root_of(LEAVES[:new]))


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_what_is_not_there_is_not_proved(index: int) -> None:
    with pytest.raises(Unproved, match="no leaf"):
        prover(5).inclusion(index)


def test_a_wider_tile_proves_narrower_trees() -> None:
    wide = nodes(Tile(0, 0, 200))
    for size in (1, 2, 3, 100, 199, 200):
        narrow, root = Prover(size, lambda _: wide), root_of(LEAVES[:size])
        for index in range(size):
            verify_inclusion(index, size, LEAVES[index], narrow.inclusion(index), root)


def test_a_narrower_tile_than_is_needed_is_not_held() -> None:
    cache = Cache()
    cache.add("log", Tile(0, 0, 100), nodes(Tile(0, 0, 100)))
    assert cache.get("log", Tile(0, 0, 100)) is not None
    assert cache.get("log", Tile(0, 0, 99)) is not None
    assert cache.get("log", Tile(0, 0, 101)) is None
    assert cache.get("log", Tile(0, 0)) is None
    assert cache.get("another", Tile(0, 0, 100)) is None
    cache.add("log", Tile(0, 0, 99), nodes(Tile(0, 0, 99)))
    assert cache.get("log", Tile(0, 0, 100)) is not None, "a narrower one takes no place"


def test_no_more_tiles_are_held_than_fit() -> None:
    cache, held = Cache(3), nodes(Tile(0, 0, 2))
    for n in range(3):
        cache.add("log", Tile(0, n, 2), held)
    assert cache.get("log", Tile(0, 0, 2)) is held
    cache.add("log", Tile(0, 3, 2), held)
    assert len(cache) == 3
    there = [n for n in range(4) if cache.get("log", Tile(0, n, 2))]
    assert there == [0, 2, 3], "what was unused for longest went"


def test_a_tile_has_all_its_nodes() -> None:
    full = nodes(Tile(0, 1))
    assert full.width == WIDTH
    for height in range(9):
        for at in range(WIDTH >> height):
            assert full.at(height, at) == span(WIDTH + (at << height), 1 << height)
