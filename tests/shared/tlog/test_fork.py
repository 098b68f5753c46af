"""Evidence of a fork convinces whoever has the log's vkey, and cannot be made without its key."""

import json

import pytest
from hypothesis import strategies as st

from shared.tlog.encoding import Unreadable
from shared.tlog.fork import Fork, NoFork, found, root_at
from shared.tlog.note import Note, NotSigned, Signer
from shared.tlog.policy import Log
from tests.laws import over
from tests.shared.tlog.growing import GrowingLog, proof_of, root_of

NOW = 1_760_000_000
LOG = GrowingLog().grow(7)
LOGS = [Log(LOG.signer.key)]
LIE = LOG.forked(3).grow(9, "another")
STRANGER = Signer(LOG.signer.name, b"\x08" * 32)

sizes = st.integers(1, 60)


def between(log: GrowingLog, lie: GrowingLog) -> Fork | None:
    return found(log.note, lie.note, lie.proof(log.checkpoint.size), LOGS, NOW)


@over(sizes, st.integers(0, 40), st.data())
def test_a_proof_of_another_history_is_evidence(size: int, more: int, data: st.DataObject) -> None:
    log = GrowingLog().grow(size)
    at = data.draw(st.integers(0, size - 1))
    lie = log.forked(at).grow(size - at + more, "another")
    fork = between(log, lie)
    if more and size & (size - 1) == 0:
        assert fork is None  # the proof leaves the root out: see below
        fork = Fork(log.note, lie.note, root_of(lie.leaves[:size]), lie.proof(size))
    assert fork is not None
    carried = Fork.parse(bytes(fork))
    assert carried == fork
    assert carried.check(LOGS, NOW) == (log.checkpoint, lie.checkpoint)


@over(sizes, st.integers(0, 40))
def test_a_log_that_only_grew_is_never_accused(size: int, more: int) -> None:
    log = GrowingLog().grow(size)
    later = log.forked(size).grow(more)
    assert between(log, later) is None
    with pytest.raises(NoFork, match="holds all of the older"):
        Fork(log.note, later.note, log.checkpoint.root, later.proof(size)).check(LOGS, NOW)


@over(sizes, st.integers(1, 40), st.lists(st.binary(min_size=32, max_size=32), max_size=8))
def test_garbage_accuses_nobody(size: int, more: int, proof: list[bytes]) -> None:
    """Anybody may send a log's own checkpoint to a witness, with whatever proof."""
    log = GrowingLog().grow(size)
    later = log.forked(size).grow(more)
    assert found(log.note, later.note, proof, LOGS, NOW) is None
    claimed = Fork(log.note, later.note, bytes(32), tuple(proof))
    with pytest.raises(NoFork, match="not shown"):
        claimed.check(LOGS, NOW)


@over(sizes, st.integers(1, 60))
def test_the_root_is_read_off_the_proof(old: int, more: int) -> None:
    leaves = [bytes([number]) for number in range(old + more)]
    wanted = b"" if old & (old - 1) == 0 else root_of(leaves[:old])
    assert root_at(old, old + more, proof_of(old, leaves)) == wanted


def test_without_the_key_there_is_no_evidence() -> None:
    fork = between(LOG, LIE)
    assert fork is not None
    for older, newer in (
        (LOG, GrowingLog(STRANGER, LIE.leaves)),
        (GrowingLog(STRANGER, LOG.leaves), LIE),
    ):
        forged = Fork(older.note, newer.note, fork.root, fork.proof)
        with pytest.raises(NotSigned):
            forged.check(LOGS, NOW)
        assert between(older, newer) is None


def test_two_logs_do_not_fork_each_other() -> None:
    other = GrowingLog(Signer("other.example/log", b"\x07" * 32), LIE.leaves)
    with pytest.raises(NoFork, match="two logs"):
        Fork(LOG.note, other.note, b"", ()).check([*LOGS, Log(other.signer.key)], NOW)


def test_the_larger_tree_is_the_newer() -> None:
    with pytest.raises(NoFork):
        Fork(LIE.note, LOG.note, bytes(32), ()).check(LOGS, NOW)


def test_of_one_size_no_proof_is_needed() -> None:
    lie = LOG.forked(6).grow(1, "another")
    fork = found(LOG.note, lie.note, [bytes(32)], LOGS, NOW)
    assert fork == Fork(LOG.note, lie.note, lie.checkpoint.root)
    assert fork.check(LOGS, NOW)


GOOD = json.loads(bytes(Fork(LOG.note, LIE.note, bytes(32), LIE.proof(7))))


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b"{}", b"[" * 100_000,
        json.dumps(GOOD | {"format": "accord-fork/2"}).encode(),
        json.dumps(GOOD | {"older": 3}).encode(),
        json.dumps(GOOD | {"older": "x"}).encode(),
        json.dumps(GOOD | {"proof": None}).encode(),
        json.dumps(GOOD | {"proof": ["AAA"]}).encode(),
        json.dumps(GOOD | {"proof": [1]}).encode(),
        json.dumps(GOOD | {"root": None}).encode(),
        json.dumps({name: GOOD[name] for name in GOOD if name != "newer"}).encode(),
        json.dumps(GOOD | {"more": "x" * (5 << 20)}).encode(),
    ],
)  # fmt: skip
def test_other_files_are_no_evidence(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        Fork.parse(raw)


def test_the_checkpoints_in_it_are_as_they_were_signed() -> None:
    """So that anybody's tools for notes can check them too."""
    fork = between(LOG, LIE)
    assert fork is not None
    held = json.loads(bytes(fork))
    assert Note.parse(held["older"].encode()) == LOG.note
    assert held["newer"].encode() == bytes(LIE.note)


def test_a_key_counts_for_the_sizes_that_it_may_sign() -> None:
    """After a rotation each half of the evidence is signed with the key of its time."""
    later = GrowingLog(Signer(LOG.signer.name, b"\x09" * 32), LIE.leaves)
    logs = [Log(LOG.signer.key, until=7), Log(later.signer.key)]
    fork = found(LOG.note, later.note, later.proof(7), logs, NOW)
    assert fork is not None
    assert between(LOG, LIE) is not None
    assert found(LOG.note, LIE.note, LIE.proof(7), logs, NOW) is None  # its key had ended
    with pytest.raises(NotSigned):
        fork.check(logs[1:], NOW)
