"""The judge from npm: pinned, never passed over, and of our mind about small trees."""

import json
import shutil
from dataclasses import replace

import pytest

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note, Signer
from shared.tlog.tree import inclusion, leaf_hash, root_of
from tests.audit.sigstore import HERE, Claim, judged
from tests.shared.tlog.naive import span_of

LOG = Signer("coalition.example/log/a", b"\x01" * 32)
LEAVES = [b"", b"one", bytes(65_280), bytes(65_535), b"\x00" * 64]


def test_it_is_locked_by_versions_and_hashes_and_no_address() -> None:
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    (wanted,) = json.loads((HERE / "package.json").read_text())["devDependencies"].items()
    assert locked[f"node_modules/{wanted[0]}"]["version"] == wanted[1]
    for name, package in locked.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


def test_without_it_the_tests_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(pytest.fail.Exception, match="install Node 20 with npm, then `make npm`"):
        judged([])


@pytest.mark.parametrize("size", range(1, len(LEAVES) + 1))
def test_leaves_of_any_length_are_proved_to_it(size: int) -> None:
    """Empty, as long as an entry may be, and such as could be taken for two hashes."""
    hashes = [*map(leaf_hash, LEAVES[:size])]
    text = str(Checkpoint(LOG.name, size, root_of(hashes)))
    note = bytes(Note(text, (LOG.sign(text),))).decode()
    claims = [
        Claim(LOG.key, LEAVES[at], at, tuple(inclusion(at, size, span_of(hashes))), note)
        for at in range(size)
    ]
    held = {"holds": True, "origin": LOG.name, "size": str(size)}
    assert judged(claims) == [held] * size
    others = [replace(claim, leaf=claim.leaf + b"\0") for claim in claims]
    assert not any(said["holds"] for said in judged(others))
