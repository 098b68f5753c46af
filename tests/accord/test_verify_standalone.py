"""The verifier in one file says what the first one says, with nothing installed."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import assume
from hypothesis import strategies as st

import accord
from accord import verify_standalone
from accord.statement import Verdict
from accord.verify_report import verify_report
from shared.tlog.policy import Policy
from tests.accord.proved import (
    LOG,
    NOW,
    POLICY,
    WITNESSES,
    Files,
    history,
    policy_of,
    report,
    zipped,
)
from tests.accord.tampered import (
    DAMAGED,
    HIDING,
    LATER,
    SWAPPED,
    TAMPERED,
    TREE,
    WHOLE,
    Tampered,
    damaged,
)
from tests.laws import over
from tests.shared.tlog.vectors import VECTORS, with_vectors

FILE = Path(accord.__file__).with_name("verify_standalone.py")
ENDED = len(history().entries)
NOBODY = f"log {LOG.key}\nquorum none\n".encode()
FEW = WHOLE | {"new/checkpoint": history().checkpoint(ENDED, WITNESSES[:1])}
GOOD = {
    "whole": WHOLE,
    "with its tree": TREE,
    "beginning later": LATER,
    "with hidden entries": HIDING,
    "of several tiles": report(history(600), tree=True),
    "empty": report(first=ENDED),
    "below the quorum": FEW,
    "below the quorum at its start": LATER | {"old/checkpoint": history().checkpoint(6, ())},
    "with a policy that needs nobody": WHOLE | {"policy.txt": NOBODY},
    "with a weaker policy": FEW | {"policy.txt": policy_of(LOG, needed=1)},
    "with another key and policy": SWAPPED.files,
    "with a key that ends where it does": WHOLE | {"policy.txt": b"# until 19\n" + POLICY},
    "with a comment that ends no key": WHOLE | {"policy.txt": POLICY + b"# until 007\n"},
}


@pytest.fixture(autouse=True)
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))


def alone(path: Path, policy: Path | None = None) -> tuple[int, str]:
    """Run the file as somebody does who has nothing but Python."""
    given = [] if policy is None else ["--policy", str(policy)]
    ran = subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-I", "-S", str(FILE), str(path), *given],
        check=False, text=True, timeout=60, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("files", GOOD.values(), ids=GOOD.keys())
@pytest.mark.parametrize("policy", [None, POLICY, NOBODY], ids=["its own", "given", "nobody"])
def test_both_verifiers_agree(tmp_path: Path, files: Files, policy: bytes | None) -> None:
    path = zipped(files, tmp_path / "report.zip")
    first = verify_report(path, Policy.parse(policy) if policy else None, (), NOW)
    arguments = [str(path)]
    if policy is not None:
        (tmp_path / "policy").write_bytes(policy)
        arguments += ["--policy", str(tmp_path / "policy")]
    assert verify_standalone.main(arguments) == first.verdict, first.text()


@pytest.mark.parametrize("tampered", TAMPERED, ids=str)
def test_both_refuse_what_was_changed(
    tmp_path: Path, tampered: Tampered, capsys: pytest.CaptureFixture[str]
) -> None:
    path = zipped(tampered.files, tmp_path / "report.zip")
    assert verify_standalone.main([str(path)]) == Verdict.INVALID
    assert capsys.readouterr().out.startswith("INVALID: ")


def test_it_runs_with_nothing_but_the_standard_library(tmp_path: Path) -> None:
    path, policy = zipped(WHOLE, tmp_path / "report.zip"), tmp_path / "policy"
    policy.write_bytes(POLICY)
    code, said = alone(path, policy)
    assert (code, said.count("Established: ")) == (0, 1), said


@pytest.mark.parametrize("index", range(0, len(TAMPERED), 12))
def test_alone_it_ends_with_the_same_codes(tmp_path: Path, index: int) -> None:
    code, said = alone(zipped(TAMPERED[index].files, tmp_path / "report.zip"))
    assert (code, said.startswith("INVALID: ")) == (1, True)


def test_it_says_what_it_establishes_and_what_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_standalone.main([str(zipped(WHOLE, tmp_path / "report.zip"))]) == 0
    said = capsys.readouterr().out
    assert said.startswith("decision-register of host.example/audit/c/7f3a, entries 0 to 19")
    for clause in (
        "complete, 19 entries", "witnessed by w-org-a (2025-10-09 08:53:20)",
        "4 figures counted again", "16 audience, 1 erased, 1 lost, 1 redacted",
        "it came with the report: use --policy",
    ):  # fmt: skip
        assert clause in said


@pytest.mark.parametrize("what", ["no file", "no policy", "a policy that is none"])
def test_used_wrongly_it_ends_with_2(tmp_path: Path, what: str) -> None:
    path = zipped(WHOLE, tmp_path / "report.zip")
    (tmp_path / "policy").write_bytes(b"hello")
    arguments = {
        "no file": [str(tmp_path / "missing.zip")],
        "no policy": [str(path), "--policy", str(tmp_path / "missing")],
        "a policy that is none": [str(path), "--policy", str(tmp_path / "policy")],
    }
    assert verify_standalone.main(arguments[what]) == 2


def test_what_is_no_zip_is_invalid(tmp_path: Path) -> None:
    (tmp_path / "report.zip").write_bytes(b"hello")
    assert verify_standalone.main([str(tmp_path / "report.zip")]) == 1
    whole = zipped(WHOLE, tmp_path / "report.zip").read_bytes()
    for at in range(0, len(whole), 211):
        changed = whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :]
        (tmp_path / "report.zip").write_bytes(changed)
        first = verify_report(tmp_path / "report.zip", None, (), NOW)
        assert verify_standalone.main([str(tmp_path / "report.zip")]) == first.verdict


@pytest.mark.parametrize("change", DAMAGED)
def test_a_list_of_files_that_cannot_be_is_invalid(
    tmp_path: Path, change: Callable[[ZipFile], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_standalone.main([str(damaged(change, tmp_path / "report.zip"))]) == 1
    assert capsys.readouterr().out.startswith("INVALID: This is no zip")


@over(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 511))
def test_signatures_hold_as_they_were_made(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify_standalone.ed25519(public, signature, message)
    assert not verify_standalone.ed25519(public, signature, message + b"!")
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not verify_standalone.ed25519(public, changed, message)


@over(st.binary(min_size=32, max_size=32), st.integers(1, 15))
def test_a_signature_has_one_form(seed: bytes, more: int) -> None:
    """What is larger by the order of the group stands for the same number, and is refused."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = key.sign(b"hello")
    s = int.from_bytes(signature[32:], "little") + more * verify_standalone.ORDER
    assume(s < 1 << 256)
    other = signature[:32] + s.to_bytes(32, "little")
    assert not verify_standalone.ed25519(key.public_key().public_bytes_raw(), other, b"hello")


@with_vectors
def test_edge_cases_are_taken_as_the_first_verifier_takes_them() -> None:
    cases = json.loads((VECTORS / "c2sp-cctv" / "ed25519" / "ed25519vectors.json").read_bytes())
    differ = []
    for case in cases:
        public, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        message = case["msg"].encode()
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            holds = True
        except InvalidSignature:
            holds = False
        if verify_standalone.ed25519(public, signature, message) != holds:
            differ.append(case["number"])
    assert len(cases) == 914
    assert differ == []


@with_vectors
def test_checkpoints_of_another_log_are_read() -> None:
    said = (VECTORS / "README.md").read_text()
    key = next(word for word in said.split() if word.startswith("example.com/log/testdata+"))
    policy = verify_standalone.Policy(f"log {key}\nquorum none\n".encode())
    files = sorted((VECTORS / "transparency-dev-tessera/testdata").rglob("checkpoint.*"))
    for file in files:
        origin, size, root, seen, met = verify_standalone.checkpoint(
            file.read_bytes(), policy, NOW, "it"
        )
        assert (origin, file.name) == ("example.com/log/testdata", f"checkpoint.{size}")
        assert (len(root), seen, met) == (32, {}, True)
    assert len(files) == 16


def test_base64_is_read_in_one_way_only() -> None:
    assert verify_standalone.from_base64(base64.b64encode(b"a").decode(), "it") == b"a"
    with pytest.raises(verify_standalone.Invalid):
        verify_standalone.from_base64("YR==", "it")
