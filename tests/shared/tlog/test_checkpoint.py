"""A checkpoint is three lines, read in one way only."""

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import strategies as st

from shared.tlog.checkpoint import Checkpoint, decimal
from shared.tlog.encoding import Unreadable
from shared.tlog.key import vkey
from shared.tlog.note import Note, NotSigned, Signer
from shared.tlog.tree import leaf_hash, verify_inclusion
from tests.laws import over
from tests.shared.tlog.vectors import VECTORS, with_vectors

NOW = 1_800_000_000
ROOT = base64.b64encode(sha256(b"").digest()).decode()

origins = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@over(origins, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_it_is_read_as_it_is_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.parse(str(checkpoint)) == checkpoint
    assert str(Checkpoint.parse(str(checkpoint))) == str(checkpoint)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "three lines"),
        ("a\n", "This has 1"),
        (f"2\n{ROOT}\n", "This has 2"),
        (f"a\n2\n{ROOT}", "three lines"),
        (f"a\n2\n{ROOT}\nmore\n", "This has 4"),
        (f"a\n2\n{ROOT}\n\n", "This has 4"),
        (f"\n2\n{ROOT}\n", "no origin"),
        (f"a\n\n{ROOT}\n", "no size"),
        (f"a\n02\n{ROOT}\n", "no size"),
        (f"a\n00\n{ROOT}\n", "no size"),
        (f"a\n+2\n{ROOT}\n", "no size"),
        (f"a\n-2\n{ROOT}\n", "no size"),
        (f"a\n 2\n{ROOT}\n", "no size"),
        (f"a\n2 \n{ROOT}\n", "no size"),
        (f"a\n٢\n{ROOT}\n", "no size"),
        (f"a\n0x2\n{ROOT}\n", "no size"),
        (f"a\r\n2\n{ROOT}\n", "no origin"),
        (f"a\n2\r\n{ROOT}\n", "no size"),
        (f"a\n2\n{ROOT}\r\n", "base64"),
        (f"a\n{2**63}\n{ROOT}\n", "no size"),
        (f"a\n{10**40}\n{ROOT}\n", "no size"),
        (f"a\n2\n{ROOT[:-1]}\n", "base64"),
        (f"a\n2\n{ROOT[:-2]}V=\n", "canonical base64"),
        (f"a\n2\n{ROOT} \n", "base64"),
        ("a\n2\nAAAA\n", "32 bytes; this one has 3"),
        ("a\n2\n\n", "32 bytes; this one has 0"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        Checkpoint.parse(text)


@over(st.text("0123456789+-_ ٢", max_size=5) | st.text(max_size=30))
def test_a_size_has_one_form(text: str) -> None:
    plain = text.isascii() and text.isdigit()
    if plain and str(int(text)) == text and int(text) < 2**63:
        assert decimal(text) == int(text)
    else:
        with pytest.raises(Unreadable, match="no size"):
            decimal(text)


@pytest.mark.parametrize("size", [-1, 2**63])
def test_no_tree_has_such_a_size(size: int) -> None:
    with pytest.raises(Unreadable, match="No tree has"):
        Checkpoint("a", size, bytes(32))


REKOR = {
    "checkpoint-cosigned": True,
    "checkpoint-missing-log-signature_fail": False,
    "checkpoint-missing-origin_fail": False,
    "checkpoint-missing-root-hash_fail": False,
    "checkpoint-missing-size_fail": False,
    "checkpoint-multiple-cosigs": True,
    "checkpoint-no-matching-signature_fail": False,
    "checkpoint-origin-not-first": True,
    "checkpoint-two-sigs-cosigned": True,
    "checkpoint-two-sigs-from-origin": True,
    "happy-path": True,
}


def real(part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / "realworld.json").read_text())[part]
    return found


def believed(raw: bytes, key: str) -> Checkpoint:
    note = Note.parse(raw)
    note.verified([vkey(key)], NOW)
    return Checkpoint.parse(note.text)


@with_vectors
@pytest.mark.parametrize("name", REKOR)
def test_checkpoints_of_rekor_and_what_they_prove(name: str) -> None:
    """Six hold, and the leaf that comes with each is in its tree; five do not."""
    (case,) = (each for each in real("rekor2") if each["name"] == f"rekor2-{name}")
    raw = case["checkpoint"].encode()
    assert case["verifies"] == REKOR[name]
    if not REKOR[name]:
        with pytest.raises((Unreadable, NotSigned)):
            believed(raw, case["vkey"])
        return
    checkpoint = believed(raw, case["vkey"])
    assert checkpoint.origin == vkey(case["vkey"]).name
    leaf = leaf_hash(base64.b64decode(case["leaf_b64"]))
    proof = [base64.b64decode(each) for each in case["proof"]]
    verify_inclusion(case["index"], checkpoint.size, leaf, proof, checkpoint.root)


@with_vectors
def test_no_checkpoint_of_rekor_is_left_out() -> None:
    assert {case["name"] for case in real("rekor2")} == {f"rekor2-{name}" for name in REKOR}
    assert (list(REKOR.values()).count(True), list(REKOR.values()).count(False)) == (6, 5)


@with_vectors
def test_bundles_of_rekor_hold_the_same_checkpoints() -> None:
    flat = {case["name"]: case for case in real("rekor2")}
    folders = VECTORS / "sigstore-conformance/test/assets/bundle-verify"
    read = 0
    for bundle in sorted(folders.glob("rekor2-checkpoint-*/bundle.sigstore.json")):
        entries = json.loads(bundle.read_text())["verificationMaterial"]["tlogEntries"]
        envelope = entries[0]["inclusionProof"]["checkpoint"]["envelope"]
        assert flat[bundle.parent.name]["checkpoint"] == envelope
        read += 1
    assert read == 10


@with_vectors
def test_the_checkpoint_of_the_go_checksum_database() -> None:
    """Its origin is not the name of its key, which a reader may not take for granted."""
    (case,) = real("sumdb")
    checkpoint = believed(case["request"].removeprefix("old 0\n\n").encode(), case["vkey"])
    assert (checkpoint.origin, checkpoint.size) == ("go.sum database tree", 35_225_469)


@with_vectors
def test_the_log_of_tessera_is_signed_byte_for_byte() -> None:
    folder = VECTORS / "transparency-dev-tessera/testdata"
    said = (VECTORS / "README.md").read_text()
    secret = next(word for word in said.split() if word.startswith("PRIVATE+KEY+"))
    public = next(word for word in said.split() if word.startswith("example.com/log/testdata+"))
    signer = Signer.parse(secret)
    assert str(signer.key) == public
    files = sorted(folder.rglob("checkpoint.*"))
    for file in files:
        checkpoint = believed(file.read_bytes(), public)
        assert file.name == f"checkpoint.{checkpoint.size}"
        text = str(checkpoint)
        assert bytes(Note(text, (signer.sign(text),))) == file.read_bytes()
    assert len(files) == 16
