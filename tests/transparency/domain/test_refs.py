"""Roots are those of RFC 6962, so anybody can compute them with another tool."""

from hashlib import sha256

import pytest

from services.transparency.domain.refs import EMPTY, Cited, Range, cite, leaf_hash, root

LEAVES = [leaf_hash(bytes([n])) for n in range(130)]


def by_the_book(leaves: list[bytes]) -> bytes:
    """Compute the root as RFC 6962 section 2.1 defines it, from the top down."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + by_the_book(leaves[:half]) + by_the_book(leaves[half:])).digest()


@pytest.mark.parametrize(
    ("entries", "known"),
    [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ([b""], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (
            [
                b"",
                b"\x00",
                b"\x10",
                b"\x20\x21",
                b"\x30\x31",
                b"@ABC",
                b"PQRSTUVW",
                b"`abcdefghijklmno",
            ],
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ],
)
def test_known_answers(entries: list[bytes], known: str) -> None:
    assert root(leaf_hash(entry) for entry in entries).hex() == known


@pytest.mark.parametrize("size", [*range(20), 63, 64, 65, 127, 130])
def test_every_length_gives_the_root_of_the_definition(size: int) -> None:
    assert root(LEAVES[:size]) == by_the_book(LEAVES[:size])


def test_a_list_grows_without_its_earlier_leaves() -> None:
    grown = Range()
    for start in range(0, 130, 7):
        grown = grown.extend(LEAVES[start : start + 7])
    assert grown.size == 130
    assert grown.root() == root(LEAVES)


def test_t2_up_to_fifty_events_are_listed_and_more_are_counted() -> None:
    cited = [Cited("meetings", n + 1, leaf) for n, leaf in enumerate(LEAVES)]
    assert cite(cited[:50])["refs"][-1] == "meetings/50"
    assert cite([]) == {"refs": []}
    more = cite(cited[:51])
    assert more["refs_count"] == 51
    assert set(more) == {"refs_count", "refs_root"}
    assert len(more["refs_root"]) == 43
    assert more != cite([cited[1], cited[0], *cited[2:51]])


def test_an_empty_list_has_the_root_of_nothing() -> None:
    assert Range().root() == EMPTY
