"""`accord verify`, as people and programs run it: what it says, and how it ends."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from accord.__main__ import app
from accord.statement import Statement, Verdict
from accord.verify_proof import verify_proof
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.fork import Fork
from shared.tlog.note import Note
from shared.tlog.policy import Log
from shared.tlog.proof import Proof
from tests.accord import proved
from tests.accord.event_log import (
    LOG,
    NOW,
    ORGS,
    Shown,
    events,
    leaf,
    policy,
    policy_text,
    show,
    signed,
)
from tests.accord.tampered import SWAPPED, WHOLE

LEAVES = events(600)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("accord.verify.time.time", lambda: NOW)
    monkeypatch.chdir(tmp_path)
    Path("policy.txt").write_text(policy_text())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["verify", *map(str, arguments), "--policy", "policy.txt"])


def written(log: Shown, name: str) -> str:
    log.write(Path(name))
    return name


def with_proof(log: Shown, index: int) -> Sequence[str]:
    Path("x.tlog-proof").write_bytes(bytes(log.proof(index)))
    Path("leaf.json").write_bytes(log.leaves[index])
    return "x.tlog-proof", "--leaf", "leaf.json"


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_every_entry_has_a_proof(size: int) -> None:
    log = show(LEAVES[:size])
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        found = verify_proof(bytes(log.proof(index)), LEAVES[index], policy(), NOW)
        assert found.verdict is Verdict.VERIFIED, found.reason


def test_a_proof_says_what_was_recorded_and_who_saw_it() -> None:
    ran = run(*with_proof(show(LEAVES), 4))
    assert ran.exit_code == 0
    assert ran.output == (
        "entry 4 of 'host.example/audit/c/7f3a', of 600\n"
        "Established: log signature of 'host.example/audit/c/7f3a';\n"
        "    witnessed by clinic (2027-01-15 07:59:00Z), school (2027-01-15 07:59:00Z), union"
        " (2027-01-15 07:59:00Z) (3 of 3; 2 needed);\n"
        "    it is in the log: StanceTaken at meetings 2.\n"
        "Not established: anything after entry 599;\n"
        "    events that were never submitted, and whether what is said in them is true.\n"
    )


def refused(proof: Proof | bytes, entry: bytes, why: str) -> Statement:
    found = verify_proof(bytes(proof), entry, policy(), NOW)
    assert (found.verdict, found.established) == (Verdict.INVALID, ())
    assert why in found.reason
    return found


def test_a_proof_that_was_changed_is_refused_in_words() -> None:
    log = show(LEAVES)
    good, entry = log.proof(4), LEAVES[4]
    other = "leads to another root"
    refused(good, LEAVES[5], other)
    refused(good, entry + b" ", other)
    refused(Proof(5, good.hashes, good.note), entry, other)
    refused(Proof(600, good.hashes, good.note), entry, "has no leaf 600")
    refused(Proof(4, good.hashes[:-1], good.note), entry, "too short")
    refused(Proof(4, (*good.hashes, good.hashes[0]), good.note), entry, "too long")
    refused(Proof(4, (good.hashes[1], good.hashes[0], *good.hashes[2:]), good.note), entry, other)
    refused(bytes(good)[:-1], entry, "newline")
    note = signed(Checkpoint.parse(log.note.text), ORGS)
    refused(Proof(4, good.hashes, Note(note.text, note.signatures[1:])), entry, "No log of the")
    larger = Note(note.text.replace("600", "601"), note.signatures)
    refused(Proof(4, good.hashes, larger), entry, "does not hold")


def test_a_proof_below_the_quorum_ends_with_3() -> None:
    ran = run(*with_proof(show(LEAVES, ORGS[:1]), 4))
    assert ran.exit_code == 3
    assert "SHORT: 1 of 3 witnesses signed it, and 2 are needed." in ran.output


def test_programs_get_the_same_by_name() -> None:
    said = json.loads(run(*with_proof(show(LEAVES), 4), "--json").output)
    assert set(said) == {
        "subject", "verdict", "exit", "reason", "established", "not_established", "origin",
        "size", "root", "witnesses", "quorum", "index", "leaf_hash",
    }  # fmt: skip
    assert (said["verdict"], said["exit"], said["index"]) == ("verified", 0, 4)
    assert said["witnesses"][0] == {"name": "clinic", "at": "2027-01-15 07:59:00Z"}


def test_a_log_in_a_folder_ends_with_0_and_one_byte_changed_with_1() -> None:
    ran = run(written(show(LEAVES), "log"))
    assert (ran.exit_code, "complete, 600 entries" in ran.output) == (0, True)
    file = Path("log/tile/entries/001")
    file.write_bytes(file.read_bytes().replace(b"agree", b"never", 1))
    ran = run("log")
    assert ran.exit_code == 1
    assert "INVALID: tile/0/001 holds another hash than entry 256 leads to." in ran.output


def test_a_fork_ends_with_4_and_leaves_its_evidence() -> None:
    other = [*LEAVES[:299], leaf("credit", 100, data={"option": "never"}), *LEAVES[300:]]
    written(show(LEAVES[:300]), "ours")
    ran = run(written(show(other), "theirs"), "--known", "ours/checkpoint")
    assert ran.exit_code == 4
    assert "ours/checkpoint and what is served contradict each other at size 300" in ran.output
    assert "The evidence is in fork-300.json." in ran.output
    Fork.parse(Path("fork-300.json").read_bytes()).check([Log(LOG.key)], NOW)
    compared = run("--compare", "ours/checkpoint", "--log", "theirs", "--json")
    assert compared.exit_code == 4
    assert json.loads(compared.output)["evidence"] == "fork-300.json"


@pytest.mark.parametrize("at", [5, 299])
def test_a_copy_is_kept_and_compared_the_next_time(at: int) -> None:
    """Whether the copy holds what was changed in a full bundle, or in one that was not full."""
    written(show(LEAVES[:300]), "log")
    assert run("log", "--out", "copy").exit_code == 0
    other = [*LEAVES[:at], LEAVES[at].replace(b"agree", b"never"), *LEAVES[at + 1 :]]
    written(show(other), "log")
    ran = run("log", "--out", "copy")
    assert ran.exit_code == 4
    assert "the checkpoint in copy and what is served contradict each other" in ran.output
    assert Path("copy/fork-300.json").is_file()
    written(show(LEAVES), "log")
    assert run("log", "--out", "copy").exit_code == 0
    assert run("copy").exit_code == 0
    assert not Path("copy/.new").exists()


def test_what_is_served_otherwise_than_before_is_named() -> None:
    """A copy that goes on asks for nothing twice; `--afresh` does, and compares."""
    written(show(LEAVES), "log")
    run("log", "--out", "copy")
    file = Path("log/tile/entries/001")
    file.write_bytes(file.read_bytes().replace(b"agree", b"never", 1))
    assert run("log", "--out", "copy").exit_code == 0
    ran = run("log", "--out", "copy", "--afresh")
    assert ran.exit_code == 1
    assert "Entry 256, StanceTaken at meetings 86, is served otherwise than" in ran.output
    written(show(LEAVES), "log")
    Path("log/tile/1/000.p/2").write_bytes(bytes(64))
    ran = run("log", "--out", "copy", "--afresh")
    assert "tile/1/000.p/2 is served otherwise than it was copied before." in ran.output
    written(show(LEAVES), "log")
    assert run("log", "--out", "copy", "--afresh").exit_code == 0


def test_a_copy_that_was_damaged_is_no_fork() -> None:
    written(show(LEAVES[:300]), "log")
    run("log", "--out", "copy")
    file = Path("copy/tile/entries/000")
    file.write_bytes(file.read_bytes().replace(b"agree", b"never", 1))
    written(show(LEAVES), "log")
    assert run("log", "--out", "copy").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("x.tlog-proof",), "--leaf FILE is missing"),
        (("nowhere",), "no folder"),
        (("log", "log"), "one at a time"),
        (("--compare", "log/checkpoint"), "takes two checkpoints"),
        (("log", "--known", "policy.txt"), "policy.txt"),
        (("http://127.0.0.1:9/log",), "127.0.0.1:9"),
        (("x.tlog-proof", "--leaf", "missing.json"), "missing.json"),
    ],
)  # fmt: skip
def test_what_could_not_be_verified_ends_with_2(arguments: Sequence[str], why: str) -> None:
    written(show(LEAVES), "log")
    Path("x.tlog-proof").write_bytes(b"")
    ran = run(*arguments)
    assert ran.exit_code == 2
    assert why in " ".join(ran.output.replace("│", " ").split())


def test_a_policy_is_needed_and_has_to_be_one() -> None:
    ran = CliRunner().invoke(app, ["verify", written(show(LEAVES), "log")])
    assert (ran.exit_code, "--policy FILE is missing" in ran.output) == (2, True)
    Path("policy.txt").write_text("log nobody\nquorum none\n")
    ran = run("log")
    assert (ran.exit_code, "Line 1 of the policy" in ran.output) == (2, True)


def test_a_report_is_verified_by_its_own_policy_or_by_another() -> None:
    proved.zipped(WHOLE, Path("report.zip"))
    ran = CliRunner().invoke(app, ["verify", "report.zip"])
    assert (ran.exit_code, "complete, 19 entries" in ran.output) == (0, True)
    assert "came with the report: use --policy" in ran.output
    Path("policy.txt").write_bytes(proved.POLICY)
    ran = run("report.zip", "--explain", "3")
    assert (ran.exit_code, "came with the report" in ran.output) == (0, False)
    proved.zipped(SWAPPED.files, Path("report.zip"))
    assert run("report.zip").exit_code == 1


def test_a_fork_that_a_report_shows_leaves_its_evidence() -> None:
    Path("policy.txt").write_bytes(proved.POLICY)
    proved.zipped(WHOLE, Path("report.zip"))
    other = proved.history()
    other.entries[0].leaf = b"{}"
    Path("known").write_bytes(other.checkpoint(13))
    assert run("report.zip", "--known", "known").exit_code == 4
    assert Path("fork-13.json").is_file()
