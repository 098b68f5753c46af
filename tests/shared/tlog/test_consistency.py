"""A consistency proof holds for the two trees that it was made for, and for nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from shared.tlog.consistency import verify_consistency
from tests.laws import over
from tests.shared.tlog.growing import proof_of, root_of
from tests.shared.tlog.vectors import VECTORS, with_vectors

CASES = VECTORS / "transparency-dev-merkle/testdata/consistency"


@over(st.integers(0, 90), st.integers(0, 60))
def test_the_proof_of_the_definition_holds(old: int, more: int) -> None:
    leaves = [bytes([number]) for number in range(old + more)]
    roots = root_of(leaves[:old]), root_of(leaves)
    assert verify_consistency(old, old + more, proof_of(old, leaves), *roots)


@over(st.integers(1, 60), st.integers(1, 60), st.data())
def test_nothing_in_it_can_be_changed(old: int, more: int, data: st.DataObject) -> None:
    leaves = [bytes([number]) for number in range(old + more)]
    proof, roots = proof_of(old, leaves), (root_of(leaves[:old]), root_of(leaves))
    at = data.draw(st.integers(0, len(proof) - 1))
    other = bytes([proof[at][0] ^ 1]) + proof[at][1:]
    for changed in (
        (*proof[:at], other, *proof[at + 1 :]),
        (*proof[:at], *proof[at + 1 :]),
        (*proof, proof[at]),
        (),
    ):
        assert not verify_consistency(old, old + more, changed, *roots)
    assert not verify_consistency(old, old + more, proof, roots[0], roots[0])
    assert not verify_consistency(old, old + more, proof, roots[1], roots[1])
    assert not verify_consistency(old + more, old, proof, roots[1], roots[0])
    assert not verify_consistency(old, 4 * (old + more), proof, *roots)


def test_between_trees_of_one_size_only_equality_counts() -> None:
    root = root_of([b"a"])
    assert verify_consistency(1, 1, (), root, root)
    assert not verify_consistency(1, 1, (), root, bytes(32))
    assert not verify_consistency(1, 1, (root,), root, root)
    assert not verify_consistency(-1, 1, (), root, root)


def bytes_of(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def differs(file: Path) -> bool:
    case: dict[str, Any] = json.loads(file.read_text())
    holds = verify_consistency(
        case["size1"], case["size2"], [bytes_of(each) for each in case["proof"] or ()],
        bytes_of(case["root1"]), bytes_of(case["root2"]),
    )  # fmt: skip
    wanted: bool = not case["wantErr"]
    return holds != wanted


def test_the_empty_tree_has_one_root() -> None:
    root, empty = root_of([b"a"]), root_of([])
    assert verify_consistency(0, 1, (), empty, root)
    assert verify_consistency(0, 0, (), empty, empty)
    assert not verify_consistency(0, 1, (), root, root)
    assert not verify_consistency(0, 0, (), root, root)
    assert not verify_consistency(0, 1, (empty,), empty, root)


@with_vectors
def test_official_proofs_hold_or_fail_as_they_should() -> None:
    """All but one of 98: it calls the empty tree an error, which is the caller's to decide."""
    files = sorted(CASES.rglob("*.json"))
    others = [file.name for file in files if differs(file)]
    assert (len(files), others) == (98, ["size1-is-zero-and-size2-is-not-zero.json"])
