"""The pages' verifier says what the standalone one says, by the browser's means and by its own."""

import base64
import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accord import verify_standalone
from accord.verify_proof import verify_proof
from shared.tlog.note import Note
from shared.tlog.policy import Policy
from shared.tlog.proof import Proof
from shared.tlog.tree import inclusion, leaf_hash, root_of
from tests.accord.proved import NOW, POLICY, STRANGER, WITNESSES, history, policy_of, zipped
from tests.accord.tampered import DAMAGED, TAMPERED, WHOLE, damaged
from tests.accord.test_verify_standalone import GOOD, NOBODY
from tests.shared.tlog.vectors import VECTORS, with_vectors

SCRIPT = Path(__file__).with_name("judge.mjs")
MEANS = ("browser", "page")


def said(asked: Sequence[dict[str, Any]]) -> list[Any]:
    """Return what the verifier answers, in Node; without it the test fails."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("The pages' verifier is tested in Node: install Node 20.17 or newer.")
    lines = "".join(f"{json.dumps({'now': NOW} | each)}\n" for each in asked)
    ran = subprocess.run(  # noqa: S603 - our own script
        [node, SCRIPT], input=lines, check=True, text=True, timeout=300, stdout=subprocess.PIPE
    )
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(asked)
    return answers


def coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.fixture(autouse=True)
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))


def judged_alone(path: Path, policy: bytes | None, folder: Path) -> int:
    arguments = [str(path)]
    if policy is not None:
        (folder / "policy").write_bytes(policy)
        arguments += ["--policy", str(folder / "policy")]
    return verify_standalone.main(arguments)


@pytest.mark.parametrize("by", MEANS)
def test_it_judges_reports_as_the_other_verifiers_do(tmp_path: Path, by: str) -> None:
    asked, expected = [], []
    for number, (name, files) in enumerate(GOOD.items()):
        path = zipped(files, tmp_path / f"{number}.zip")
        for policy in (None, POLICY, NOBODY):
            own = {} if policy is None else {"policy": coded(policy)}
            asked.append({"ask": "report", "path": str(path), "by": by} | own)
            expected.append((name, judged_alone(path, policy, tmp_path)))
    found = [
        (name, answer["exit"]) for (name, _), answer in zip(expected, said(asked), strict=True)
    ]
    assert found == expected
    assert {code for _, code in expected} == {0, 1, 3}


def test_it_refuses_what_was_changed_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, reasons = [], []
    for number, tampered in enumerate(TAMPERED):
        path = zipped(tampered.files, tmp_path / f"{number}.zip")
        asked.append({"ask": "report", "path": str(path)})
        assert verify_standalone.main([str(path)]) == 1
        reasons.append((tampered.name, capsys.readouterr().out.removeprefix("INVALID: ").strip()))
    answers = said(asked)
    assert {answer["verdict"] for answer in answers} == {"invalid"}
    assert all(answer["sentence"] == f"Not valid. {answer['why']}" for answer in answers)
    found = [(name, answer["why"]) for (name, _), answer in zip(reasons, answers, strict=True)]
    differ = [(one, other) for one, other in zip(found, reasons, strict=True) if one != other]
    assert differ == []


def test_what_is_no_zip_is_invalid(tmp_path: Path) -> None:
    """It refuses a directory that says more than there is, where Python reads what there is."""
    whole = zipped(WHOLE, tmp_path / "whole.zip").read_bytes()
    wrong = {"hello": b"hello", "nothing": b"", "half": whole[: len(whole) // 2]}
    for at in range(0, len(whole), 97):
        wrong[f"byte {at}"] = whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :]
    wrong["before it"] = b"something before" + whole
    asked, expected = [], []
    for name, raw in wrong.items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(raw)
        asked.append({"ask": "report", "path": str(path)})
        expected.append((name, verify_standalone.main([str(path)])))
    for number, change in enumerate(DAMAGED):
        path = damaged(change, tmp_path / f"damaged-{number}.zip")
        asked.append({"ask": "report", "path": str(path)})
        expected.append((str(number), 1))
    differ = [
        (name, answer["why"])
        for (name, code), answer in zip(expected, said(asked), strict=True)
        if answer["exit"] != code
    ]
    assert [why for _, why in differ] == ["This is no zip that can be read: a file is torn."]


def test_a_zip_that_is_written_as_it_is_sent_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in WHOLE.items():
            with file.open(name, "w", force_zip64=True) as member:
                member.write(content)
    [answer] = said([{"ask": "report", "path": str(path), "policy": coded(POLICY)}])
    assert (answer["verdict"], answer["exit"]) == ("verified", 0)


def test_it_says_what_it_establishes_and_what_not(tmp_path: Path) -> None:
    path = str(zipped(WHOLE, tmp_path / "report.zip"))
    own, theirs = said([
        {"ask": "report", "path": path, "policy": coded(POLICY)}, {"ask": "report", "path": path},
    ])  # fmt: skip
    assert own["subject"] == (
        "decision-register of host.example/audit/c/7f3a, entries 0 to 19, for members"
    )
    assert own["sentence"].startswith("Verified. ")
    assert "witnessed by org-a (2025-10-09 08:53:20 UTC)" in own["established"]
    assert "complete: 19 entries, none left out, added or changed" in own["established"]
    assert "4 figures counted again" in own["established"]
    assert "fields withheld: 16 audience, 1 erased, 1 lost, 1 redacted" in own["not"]
    along = "that the policy is right: it came with the report; add your own"
    assert (along in own["not"], along in theirs["not"]) == (False, True)


def proof_of(index: int, size: int) -> tuple[bytes, bytes]:
    """Return a proof of an entry in a history of so many, and the entry."""
    past = history()
    hashes = [leaf_hash(entry.leaf) for entry in past.entries[:size]]
    path = inclusion(index, size, lambda first, leaves: root_of(hashes[first : first + leaves]))
    note = Note.parse(past.checkpoint(size, WITNESSES))
    return bytes(Proof(index, tuple(path), note)), past.entries[index].leaf


def test_proofs_of_every_entry_hold_and_no_other_does() -> None:
    asked = []
    for size in (1, 2, 3, 7, 8, 19):
        for index in range(size):
            proof, leaf = proof_of(index, size)
            for changed in (leaf, leaf + b" "):
                given = {"proof": coded(proof), "leaf": coded(changed), "policy": coded(POLICY)}
                asked.append({"ask": "proof", **given})
    found = [answer["verdict"] for answer in said(asked)]
    assert found == ["verified", "invalid"] * (len(found) // 2)


def test_proofs_are_judged_as_the_other_verifier_does() -> None:
    proof, leaf = proof_of(5, 19)
    lines = proof.split(b"\n")
    wrong = {
        "the same": proof,
        "another index": proof.replace(b"index 5", b"index 6"),
        "an index beyond": proof.replace(b"index 5", b"index 500"),
        "no index": proof.replace(b"index 5\n", b""),
        "a leading zero": proof.replace(b"index 5", b"index 05"),
        "a hash less": b"\n".join([*lines[:2], *lines[3:]]),
        "a hash more": b"\n".join([*lines[:3], lines[2], *lines[3:]]),
        "something extra": proof.replace(b"index 5", b"extra aGVsbG8=\nindex 5"),
        "another version": proof.replace(b"@v1", b"@v2"),
        "no checkpoint": proof.partition(b"\n\n")[0],
        "another size": proof.replace(b"\n19\n", b"\n20\n"),
        "a witness less": b"\n".join(each for each in lines if b"org-a" not in each),
        "few witnesses": b"\n".join(each for each in lines if b"witness" not in each),
    }
    asked, expected = [], []
    for name, raw in wrong.items():
        for policy in (POLICY, NOBODY, policy_of(STRANGER)):
            given = {"proof": coded(raw), "leaf": coded(leaf), "policy": coded(policy)}
            asked.append({"ask": "proof", **given})
            verdict = verify_proof(raw, leaf, Policy.parse(policy), NOW).verdict
            expected.append((name, int(verdict)))
    found = [
        (name, answer["exit"]) for (name, _), answer in zip(expected, said(asked), strict=True)
    ]
    assert found == expected
    assert {code for _, code in expected} == {0, 1, 3}


def test_hashes_are_those_of_the_standard() -> None:
    texts = [bytes(n % 251 for n in range(length)) for length in range(270)]
    answers = said([{"ask": "hashes", "bytes": coded(each), "by": "page"} for each in texts])
    for each, (short, long, given) in zip(texts, answers, strict=True):
        assert short == given == hashlib.sha256(each).hexdigest()
        assert long == hashlib.sha512(each).hexdigest()


def test_signatures_hold_as_they_were_made() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, order = key.public_key().public_bytes_raw(), verify_standalone.ORDER
    asked, expected = [], []
    for length in range(0, 200, 9):
        message = bytes(length)
        good = key.sign(message)
        s = int.from_bytes(good[32:], "little") + order
        for signature, holds in (
            (good, True),
            (good[:-1] + bytes([good[-1] ^ 1]), False),
            (good[:32] + s.to_bytes(32, "little"), False),
            (good[:-1], False),
        ):
            for by in MEANS:
                given = {"key": public, "signature": signature, "message": message}
                asked.append({"ask": "ed25519", "by": by} | {k: coded(v) for k, v in given.items()})
                expected.append(holds)
    assert said(asked) == expected
    assert said([{"ask": "by", "by": by} for by in MEANS]) == ["the browser", "this page"]


@with_vectors
def test_edge_cases_are_taken_as_the_first_verifier_takes_them() -> None:
    cases = json.loads((VECTORS / "c2sp-cctv" / "ed25519" / "ed25519vectors.json").read_bytes())
    asked, expected = [], []
    for case in cases:
        public, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        message = case["msg"].encode()
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            holds = True
        except InvalidSignature:
            holds = False
        for by in MEANS:
            given = {"key": public, "signature": signature, "message": message}
            asked.append({"ask": "ed25519", "by": by} | {k: coded(v) for k, v in given.items()})
            expected.append((case["number"], by, holds))
    found = [
        (number, by, holds) for (number, by, _), holds in zip(expected, said(asked), strict=True)
    ]
    assert [one for one, other in zip(found, expected, strict=True) if one != other] == []
    assert len(cases) == 914


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"PK\x03\x04", "report"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n", "proof"),
        (POLICY, "policy"),
        (b'{"type":"accord.members.MemberJoined"}', "entry"),
        (b"", "entry"),
    ],
)
def test_what_was_dropped_is_told_by_its_bytes(raw: bytes, kind: str) -> None:
    assert said([{"ask": "kind", "bytes": coded(raw)}]) == [kind]
