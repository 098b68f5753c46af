"""Tiles and bundles lie where every client of such logs looks for them, byte for byte."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note, Signer
from shared.tlog.tiles import (
    BadBundle,
    BadPath,
    Tile,
    bundled,
    bundles,
    entries,
    split,
    tiles,
    top,
)
from shared.tlog.tree import leaf_hash, root_of
from tests.shared.tlog.vectors import VECTORS, with_vectors

LOG = VECTORS / "transparency-dev-tessera" / "testdata" / "log"
WORDS = [
    "one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten", "ileven", "twelf",
    "threeten", "fourten", "fivten",
]  # fmt: skip
SEED = base64.b64decode("AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg")[1:]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Tile(None, 1_000), "tile/entries/x001/000"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_has_one_path(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.at(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/-1/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/", "tile/0/x000/000",
        "tile/0/001/000", "tile/0/x001/x000", "tile/data/000", "tile/0/000/", "/tile/0/000",
        "tile/0/\u0660\u0660\u0660", "checkpoint",
    ],
)  # fmt: skip
def test_no_tile_lies_elsewhere(path: str) -> None:
    with pytest.raises(BadPath):
        Tile.at(path)


@given(st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))
def test_paths_come_back(level: int, n: int, width: int) -> None:
    assert Tile.at(Tile(level, n, width).path) == Tile(level, n, width)
    assert Tile.at(Tile(None, n, width).path) == Tile(None, n, width)


def test_a_log_of_70_000_leaves() -> None:
    there = list(tiles(70_000))
    assert [sum(each.level == level for each in there) for level in range(4)] == [274, 2, 1, 0]
    assert [each for each in there if each.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert len(list(bundles(70_000))) == 274
    assert all(each.within(70_000) and not each.within(69_999) for each in there if each.width < 256
               and each.level == 0)  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537])
def test_tiles_and_bundles_are_within_their_log_and_cover_it(size: int) -> None:
    leaves = [each for each in tiles(size) if each.level == 0]
    assert sum(each.width for each in leaves) == size
    assert sum(each.width for each in bundles(size)) == size
    assert all(each.within(size) for each in (*tiles(size), *bundles(size)))


def test_the_root_of_a_full_tile_is_that_of_its_subtree() -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(256)]
    assert top(hashes) == root_of(hashes)
    assert split(b"".join(hashes)) == hashes
    with pytest.raises(ValueError, match="256 hashes, not 255"):
        top(hashes[1:])
    with pytest.raises(ValueError, match="this one has 33"):
        split(bytes(33))


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_bundles_come_back(held: list[bytes]) -> None:
    assert entries(bundled(held)) == held


def test_a_bundle_holds_65_535_bytes_of_an_entry_and_no_more() -> None:
    assert entries(bundled([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(ValueError, match="65535 are the most"):
        bundled([bytes(65_536)])


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_a_bundle_that_ends_too_soon_is_refused(cut: int) -> None:
    with pytest.raises(BadBundle, match="inside its entry 1"):
        entries(bundled([b"one", b"two"])[:-cut])


@pytest.mark.parametrize("more", [b"\x00", b"\x00\x01", b"\x01\x00a", b"\n"])
def test_a_bundle_ends_with_its_last_entry(more: bytes) -> None:
    with pytest.raises(BadBundle, match="inside its entry 2"):
        entries(bundled([b"one", b""]) + more)
    assert len(entries(bundled([b"one", b""]) + b"\x00\x00")) == 3  # so its reader counts them


@with_vectors
def test_another_programs_log_byte_for_byte() -> None:
    """The 15-leaf log of Tessera: 16 checkpoints, 30 tiles and bundles."""
    signer = Signer("example.com/log/testdata", SEED)
    leaves = [word.encode() for word in WORDS]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    compared = 0
    for size in range(16):
        text = str(Checkpoint(signer.name, size, root_of(hashes[:size])))
        stored = (LOG / f"checkpoint.{size}").read_bytes()
        assert bytes(Note(text, (signer.sign(text),))) == stored
        compared += 1
        for each in tiles(size):
            assert (LOG / each.path).read_bytes() == b"".join(hashes[:size])
            compared += 1
        for each in bundles(size):
            assert (LOG / each.path).read_bytes() == bundled(leaves[:size])
            compared += 1
    assert compared == 16 + 30
