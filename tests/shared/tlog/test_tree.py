"""Trees against their definition, and proofs that prove nothing against the verifier."""

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.tlog.tree import (
    EMPTY,
    Peaks,
    Unproved,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    parents,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.shared.tlog.naive import Defined, mth, span_of
from tests.shared.tlog.vectors import VECTORS, with_vectors

LEAVES = [leaf_hash(str(number).encode()) for number in range(600)]
MANY = [leaf_hash(str(number).encode()) for number in range(5_000)]
SPAN = span_of(LEAVES)
OTHER = sha256(b"other").digest()
MERKLE = VECTORS / "transparency-dev-merkle" / "testdata"
TWO_ROOTS = "roots-do-not-match-and-sizes-are-zero.json"


def test_the_hashes_of_rfc_6962() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert node_hash(b"l", b"r") == sha256(b"\x01lr").digest()
    assert parents(LEAVES[:4]) == [node_hash(*LEAVES[:2]), node_hash(*LEAVES[2:4])]
    with pytest.raises(ValueError, match="zip"):
        parents(LEAVES[:3])


@pytest.mark.parametrize("size", [*range(67), 127, 128, 255, 256, 257, 511, 512, 513])
def test_a_root_is_that_of_the_definition(size: int) -> None:
    assert root_of(LEAVES[:size]) == mth(LEAVES[:size])


@given(st.lists(st.integers(0, 60), max_size=12))
def test_a_tree_grows_in_any_steps(steps: list[int]) -> None:
    peaks = Peaks()
    for step in steps:
        peaks.extend(LEAVES[peaks.size : min(peaks.size + step, len(LEAVES))])
        assert (peaks.root(), len(peaks.hashes)) == (
            mth(LEAVES[: peaks.size]),
            peaks.size.bit_count(),
        )
        peaks = Peaks(peaks.size, [*peaks.hashes])


def test_a_tree_has_as_many_peaks_as_its_size_has_ones() -> None:
    with pytest.raises(Unproved, match="A tree of 3 leaves has 2 peaks"):
        Peaks(3, [OTHER])


@given(st.integers(1, 600).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_each_leaf_is_proved_and_none_in_its_place(place: tuple[int, int]) -> None:
    index, size = place
    root, proof = mth(LEAVES[:size]), inclusion(index, size, SPAN)
    verify_inclusion(index, size, LEAVES[index], proof, root)
    for wrong in tampered(proof):
        with pytest.raises(Unproved):
            verify_inclusion(index, size, LEAVES[index], wrong, root)
    for other in (index - 1, index + 1, size):
        with pytest.raises(Unproved):
            verify_inclusion(other, size, LEAVES[index], proof, root)
    with pytest.raises(Unproved, match="another root"):
        verify_inclusion(index, size, OTHER, proof, root)
    with pytest.raises(Unproved, match="another root"):
        verify_inclusion(index, size, LEAVES[index], proof, OTHER)


@given(st.integers(0, 600).flatmap(lambda new: st.tuples(st.integers(0, new), st.just(new))))
def test_each_beginning_is_proved_and_no_other(sizes: tuple[int, int]) -> None:
    old, new = sizes
    before, after = mth(LEAVES[:old]), mth(LEAVES[:new])
    proof = consistency(old, new, SPAN)
    verify_consistency(old, new, proof, before, after)
    for wrong in tampered(proof):
        with pytest.raises(Unproved):
            verify_consistency(old, new, wrong, before, after)
    with pytest.raises(Unproved):
        verify_consistency(old, new, proof, OTHER, after)
    if old:
        with pytest.raises(Unproved):
            verify_consistency(old, new, proof, before, OTHER)
    if 0 < old < new:
        for lie in {old - 1, old + 1} - {0}:
            with pytest.raises(Unproved):
                verify_consistency(lie, new, proof, before, after)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5_000))
def test_all_proofs_of_a_tree_are_those_of_the_definition(size: int) -> None:
    tree = Defined(MANY[:size])
    root = tree.root(0, size)
    assert root_of(MANY[:size]) == root
    for index in range(size):
        proof = inclusion(index, size, tree.span)
        assert proof == tree.path(index, 0, size)
        verify_inclusion(index, size, MANY[index], proof, root)
    for old in range(size + 1):
        proof = consistency(old, size, tree.span)
        assert proof == (tree.proof(old, 0, size) if old else [])
        verify_consistency(old, size, proof, tree.root(0, old), root)


def tampered(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Yield a proof cut, extended, out of order, and with one bit of each hash changed."""
    yield [*proof, OTHER]
    yield [OTHER, *proof]
    if proof:
        yield proof[:-1]
        yield proof[1:]
    if len(proof) > 1:
        yield proof[::-1]
    for at, each in enumerate(proof):
        yield [*proof[:at], bytes([each[0] ^ 1]) + each[1:], *proof[at + 1 :]]


def test_nothing_is_proved_of_what_is_not_there() -> None:
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(Unproved, match="has no leaf"):
            inclusion(index, size, SPAN)
        with pytest.raises(Unproved, match="has no leaf"):
            verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])
    for old in (-1, 4):
        with pytest.raises(Unproved, match="has no beginning"):
            consistency(old, 3, SPAN)
        with pytest.raises(Unproved, match="has no beginning"):
            verify_consistency(old, 3, [], EMPTY, EMPTY)


def test_a_root_says_nothing_of_another_size() -> None:
    leaf = LEAVES[0]
    verify_inclusion(0, 1, leaf, [], leaf)
    with pytest.raises(Unproved, match="too short"):
        verify_inclusion(0, 2, leaf, [], leaf)
    proof = inclusion(0, 4, SPAN)
    with pytest.raises(Unproved, match="too short"):
        verify_inclusion(0, 5, leaf, proof, mth(LEAVES[:4]))


def cases(folder: str) -> list[Path]:
    return sorted((MERKLE / folder).rglob("*.json"))


def read(case: Path) -> tuple[dict[str, Any], list[bytes]]:
    stated = json.loads(case.read_text("utf-8"))
    return stated, [base64.b64decode(each) for each in stated["proof"] or []]


@with_vectors
def test_inclusion_is_as_others_have_it() -> None:
    checked = 0
    for case in cases("inclusion"):
        stated, proof = read(case)
        leaf, root = base64.b64decode(stated["leafHash"]), base64.b64decode(stated["root"])
        refused = False
        try:
            verify_inclusion(stated["leafIdx"], stated["treeSize"], leaf, proof, root)
        except Unproved:
            refused = True
        assert refused == stated["wantErr"], case
        checked += 1
    assert checked == 98


@with_vectors
def test_consistency_is_as_others_have_it_but_from_nothing() -> None:
    """From size 0 an empty proof is good: see docs/decisions/0038."""
    checked, others = 0, []
    for case in cases("consistency"):
        stated, proof = read(case)
        roots = base64.b64decode(stated["root1"] or ""), base64.b64decode(stated["root2"] or "")
        refused = False
        try:
            verify_consistency(stated["size1"], stated["size2"], proof, *roots)
        except Unproved:
            refused = True
        if refused != stated["wantErr"]:
            others.append((case.stem, stated["size1"], stated["size2"], proof, roots[0]))
        checked += 1
    assert checked == 98
    assert others == [("size1-is-zero-and-size2-is-not-zero", 0, 1, [], EMPTY)]
    of_two_empty_trees = read(MERKLE / "consistency/additional" / TWO_ROOTS)[0]
    assert of_two_empty_trees["wantErr"], "the other case from size 0: two roots of one tree"


def test_trees_of_one_size_have_one_root() -> None:
    for size, root in ((0, EMPTY), (1, LEAVES[0]), (3, OTHER)):
        verify_consistency(size, size, [], root, root)
        for roots in ((root, LEAVES[1]), (LEAVES[1], root)):
            with pytest.raises(Unproved, match=r"Two roots"):
                verify_consistency(size, size, [], *roots)
    with pytest.raises(Unproved, match="root of no leaves"):
        verify_consistency(0, 0, [], OTHER, OTHER)
    with pytest.raises(Unproved, match="root of no leaves"):
        verify_consistency(0, 3, [], OTHER, OTHER)
