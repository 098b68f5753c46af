"""A witness keeps what it cosigned before it says so, and never cosigns two histories."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord import witness_state
from accord.failed import Failed
from accord.witness_state import Contradicted, WitnessState
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.fork import Fork
from shared.tlog.key import vkey
from shared.tlog.note import Signature
from shared.tlog.policy import Log
from shared.tlog.witness import Declined, Examined, Request, examine, weigh
from tests.accord.witnessing import state_in
from tests.shared.tlog.growing import GrowingLog

NOW = 1_760_000_000
LOG = GrowingLog().grow(7)
ORIGIN = LOG.signer.name
KNOWN = {ORIGIN: [Log(LOG.signer.key)]}
ROOT = Path(__file__).parents[2]


def examined(log: GrowingLog, old: int) -> Examined:
    return examine(log.request(old), KNOWN, NOW)


def held(state: WitnessState) -> Checkpoint | None:
    note = state.last(ORIGIN)
    return Checkpoint.parse(note.text) if note else None


def test_the_first_run_makes_a_key(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "state"
    state, born = WitnessState.open(folder, "org-b.example/witness")
    assert born
    assert vkey((folder / "vkey").read_text().strip()) == state.cosigner.key
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again, born = WitnessState.open(folder, None)
    assert (again.cosigner, born) == (state.cosigner, False)
    assert state_in(tmp_path / "other").cosigner.seed != state.cosigner.seed


def test_what_was_cosigned_is_kept_with_both_signatures(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    line = state.cosign(examined(LOG, 0), NOW)
    note = state_in(tmp_path).last(ORIGIN)
    assert note == LOG.note.signed_by(line)
    both = note.verified([LOG.signer.key, state.cosigner.key], NOW)
    assert [key.name for key, _ in both] == [ORIGIN, "org-b.example/witness"]


def test_the_same_size_refreshes_the_time(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    first = state.cosign(examined(LOG, 0), NOW)
    second = state.cosign(examined(LOG, 7), NOW + 86_400)
    assert first != second
    assert state.last(ORIGIN) == LOG.note.signed_by(second)


def test_what_is_declined_changes_nothing(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    state.cosign(examined(LOG.forked(5), 0), NOW)
    before = state.last(ORIGIN)
    for request in (LOG.request(0), bytes(Request(5, (), LOG.note))):
        with pytest.raises(Declined):
            state.cosign(examine(request, KNOWN, NOW), NOW)
    assert state.last(ORIGIN) == before
    state.cosign(examined(LOG, 5), NOW)
    assert held(state) == LOG.checkpoint


def test_logs_are_apart(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    state.cosign(examined(LOG, 0), NOW)
    assert state.last("another.example/log") is None


@pytest.mark.parametrize(("size", "more"), [(7, 3), (7, 0), (8, 0)])
def test_a_fork_leaves_evidence(tmp_path: Path, size: int, more: int) -> None:
    state, log = state_in(tmp_path), GrowingLog().grow(size)
    state.cosign(examined(log, 0), NOW)
    lie = log.forked(4).grow(size - 4 + more, "another")
    with pytest.raises(Contradicted) as forked:
        state.cosign(examined(lie, size), NOW)
    assert forked.value.status == 422
    fork = Fork.parse(forked.value.evidence.read_bytes())
    assert fork.check([Log(LOG.signer.key)], NOW) == (log.checkpoint, lie.checkpoint)
    assert held(state) == log.checkpoint
    worse = log.forked(3).grow(size - 3 + more, "a third")
    with pytest.raises(Contradicted) as again:
        state.cosign(examined(worse, size), NOW)
    assert again.value.evidence == forked.value.evidence
    assert Fork.parse(again.value.evidence.read_bytes()) == fork


def test_a_fork_beyond_a_power_of_two_is_shown_where_the_tree_can_be_asked(tmp_path: Path) -> None:
    state, log = state_in(tmp_path), GrowingLog().grow(8)
    state.cosign(examined(log, 0), NOW)
    lie = log.forked(4).grow(9, "another")
    with pytest.raises(Declined) as unproven:
        state.cosign(examined(lie, 8), NOW)
    assert not isinstance(unproven.value, Contradicted)
    with pytest.raises(Contradicted):
        state.cosign(examined(lie, 8), NOW, lambda size: lie.forked(size).checkpoint.root)


def test_a_bad_proof_is_no_accusation(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    state.cosign(examined(LOG.forked(5), 0), NOW)
    garbage = bytes(Request(5, (bytes(32),) * 3, LOG.note))
    with pytest.raises(Declined) as declined:
        state.cosign(examine(garbage, KNOWN, NOW), NOW)
    assert not isinstance(declined.value, Contradicted)
    assert not (tmp_path / "evidence").exists()


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), max_size=8))
def test_whatever_is_asked_it_stands_by_one_history(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int]]
) -> None:
    """Three histories of one key ask in any order: all that was cosigned is of one of them."""
    state = state_in(tmp_path_factory.mktemp("state"))
    histories = [GrowingLog().grow(12), *(LOG.forked(at).grow(12 - at, "x" * at) for at in (2, 5))]
    cosigned: list[Checkpoint] = []
    for which, size in asked:
        log, last = histories[which].forked(size), held(state)
        old = last.size if last else 0
        if old <= size:
            try:
                state.cosign(examined(log, old), NOW)
            except Declined:
                assert held(state) == last
            else:
                cosigned.append(log.checkpoint)
                assert held(state) == log.checkpoint
    assert [each.size for each in cosigned] == sorted(each.size for each in cosigned)
    assert any(
        all(log.forked(each.size).checkpoint == each for each in cosigned) for log in histories
    )


def test_of_those_that_ask_at_once_one_is_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fork is good by itself: only one of them may be cosigned."""
    state = state_in(tmp_path)
    state.cosign(examined(LOG.forked(5), 0), NOW)
    requests = [examined(LOG.forked(5).grow(4, f"fork {number}"), 5) for number in range(8)]

    def slowly(request: Examined, held: Checkpoint | None) -> None:
        weigh(request, held)
        time.sleep(0.05)

    monkeypatch.setattr(witness_state, "weigh", slowly)

    def ask(request: Examined) -> str:
        try:
            return state_in(tmp_path).cosign(request, NOW).name
        except Declined as declined:
            return str(declined)

    with ThreadPoolExecutor(len(requests)) as threads:
        answers = list(threads.map(ask, requests))
    assert sorted(answers) == ["9"] * 7 + ["org-b.example/witness"]
    first = requests[answers.index("org-b.example/witness")]
    assert held(state) == first.checkpoint


DIES = """
import os, signal, sys
from pathlib import Path
from accord.witness_state import WitnessState
from shared.tlog.policy import Log
from shared.tlog.key import vkey
from shared.tlog.witness import examine

folder, when, key, request = sys.argv[1:]
commit = WitnessState._commit

def die(state, db):
    if when == "after":
        commit(state, db)
    os.kill(os.getpid(), signal.SIGKILL)

WitnessState._commit = die
log = Log(vkey(key))
state, _ = WitnessState.open(Path(folder), None)
examined = examine(Path(request).read_bytes(), {log.key.name: [log]}, 1_760_000_000)
print(state.cosign(examined, 1_760_000_000).line)
"""


def killed(folder: Path, when: str, request: bytes) -> str:
    asked = folder.parent / "request"
    asked.write_bytes(request)
    command = [sys.executable, "-c", DIES, str(folder), when, str(LOG.signer.key), str(asked)]
    ran = subprocess.run(  # noqa: S603 - the script above
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == -9, ran.stderr
    return ran.stdout


def test_killed_before_it_is_kept_nothing_was_said(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    state_in(folder).cosign(examined(LOG.forked(5), 0), NOW)
    assert killed(folder, "before", LOG.request(5)) == ""
    state = state_in(folder)
    assert held(state) == LOG.forked(5).checkpoint
    fork = LOG.forked(5).grow(1, "another")
    state.cosign(examined(fork, 5), NOW)  # nobody was promised anything else


def test_killed_after_it_is_kept_it_stands_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    state_in(folder).cosign(examined(LOG.forked(5), 0), NOW)
    assert killed(folder, "after", LOG.request(5)) == ""
    state = state_in(folder)
    assert held(state) == LOG.checkpoint
    with pytest.raises(Declined, match="7"):
        state.cosign(examined(LOG.forked(5).grow(1, "another"), 5), NOW)
    assert isinstance(state.cosign(examined(LOG, 7), NOW), Signature)


@pytest.mark.parametrize(
    ("name", "why"),
    [(None, "no name yet"), ("a b", "no space"), ("a+b", r"or \+"), ("", "not empty")],
)
def test_it_needs_a_name_to_be_born(tmp_path: Path, name: str | None, why: str) -> None:
    with pytest.raises(Failed, match=why):
        WitnessState.open(tmp_path, name)
    assert not (tmp_path / "key").exists()


def test_its_name_stays(tmp_path: Path) -> None:
    state_in(tmp_path)
    with pytest.raises(Failed, match=r"is org-b\.example/witness, not other\.example"):
        state_in(tmp_path, "other.example")


def test_a_birth_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    state_in(tmp_path)
    (tmp_path / "key").unlink()
    state = state_in(tmp_path)
    assert (tmp_path / "vkey").read_text() == f"{state.cosigner.key}\n"
    state.cosign(examined(LOG, 0), NOW)


def test_a_witness_that_forgot_does_not_go_on(tmp_path: Path) -> None:
    state_in(tmp_path).cosign(examined(LOG, 0), NOW)
    (tmp_path / "witness.sqlite").unlink()
    with pytest.raises(Failed, match="not what was cosigned with it"):
        WitnessState.open(tmp_path, None)
    assert not (tmp_path / "witness.sqlite").exists()


def test_the_memory_of_another_key_is_refused(tmp_path: Path) -> None:
    state_in(tmp_path / "a")
    state_in(tmp_path / "b")
    (tmp_path / "a" / "witness.sqlite").replace(tmp_path / "b" / "witness.sqlite")
    with pytest.raises(Failed, match="another key"):
        WitnessState.open(tmp_path / "b", None)


def damaged(folder: Path) -> Sequence[tuple[str, str]]:
    key, memory = folder / "key", folder / "witness.sqlite"
    found = []
    for file, raw, why in (
        (key, b"PRIVATE+KEY+nonsense\n", "not a secret key"),
        (key, b"\xff\n", "key"),
        (memory, b"no database, but long enough to be read as one", "Restore it"),
        (memory, b"", "Restore it|another key"),
    ):
        was = file.read_bytes()
        file.write_bytes(raw)
        with pytest.raises(Failed) as failed:
            WitnessState.open(folder, None)
        found.append((str(failed.value), why))
        file.write_bytes(was)
    return found


def test_what_is_damaged_is_said(tmp_path: Path) -> None:
    state_in(tmp_path)
    for said, why in damaged(tmp_path):
        assert any(each in said for each in why.split("|")), said
    WitnessState.open(tmp_path, None)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    state_in(tmp_path)
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(Failed, match="Others may read"):
        WitnessState.open(tmp_path, None)


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failed, match="cannot be used"):
        state_in(tmp_path / "file")


def test_it_waits_for_the_disk(tmp_path: Path) -> None:
    """`extra`: the folder's entry too is on the disk when a cosignature leaves."""
    state = state_in(tmp_path)
    with closing(state._connect()) as db:  # noqa: SLF001 - no other way shows it
        assert db.execute("pragma synchronous").fetchone() == (3,)
        assert isinstance(db, sqlite3.Connection)
