"""A witness cosigns what holds all it cosigned before, and says in order why it does not."""

import base64
import json
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import strategies as st

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.encoding import Unreadable
from shared.tlog.key import vkey
from shared.tlog.note import Note, Signature, Signer
from shared.tlog.policy import Log
from shared.tlog.witness import Declined, Request, examine, weigh
from tests.laws import over
from tests.shared.tlog.growing import GrowingLog
from tests.shared.tlog.vectors import VECTORS, with_vectors

NOW = 1_760_000_000
LOG = GrowingLog().grow(7)
KNOWN = {LOG.signer.name: [Log(LOG.signer.key)]}
HELD = LOG.forked(5).checkpoint


class Holding:
    """A witness with its state in memory."""

    def __init__(self, logs: dict[str, list[Log]]) -> None:
        self.logs, self.held = logs, dict[str, Checkpoint]()

    def asked(self, raw: bytes) -> HTTPStatus:
        """Return the status; a good checkpoint is held from now on."""
        try:
            examined = examine(raw, self.logs, NOW)
            weigh(examined, self.held.get(examined.checkpoint.origin))
        except Declined as declined:
            return declined.status
        self.held[examined.checkpoint.origin] = examined.checkpoint
        return HTTPStatus.OK


def declined(raw: bytes, held: Checkpoint | None = HELD) -> tuple[int, str, str]:
    with pytest.raises(Declined) as no:
        weigh(examine(raw, KNOWN, NOW), held)
    return int(no.value.status), no.value.body, no.value.type


@over(st.integers(0, 40), st.lists(st.integers(0, 30), max_size=6))
def test_a_log_that_grows_is_cosigned(start: int, steps: list[int]) -> None:
    log, witness = GrowingLog().grow(start), Holding(KNOWN)
    old = 0
    for step in [0, *steps]:
        log.grow(step)
        assert witness.asked(log.request(old)) == HTTPStatus.OK
        assert witness.held[log.signer.name] == log.checkpoint
        old = log.checkpoint.size


@over(st.integers(1, 40), st.integers(0, 30), st.data())
def test_a_fork_with_the_true_key_is_refused(size: int, more: int, data: st.DataObject) -> None:
    log, witness = GrowingLog().grow(size), Holding(KNOWN)
    assert witness.asked(log.request(0)) == HTTPStatus.OK
    at = data.draw(st.integers(0, size - 1))
    fork = log.forked(at).grow(size - at + more, "another")
    for old in range(size + 1):
        assert witness.asked(fork.request(old)) == (
            HTTPStatus.UNPROCESSABLE_ENTITY if old == size else HTTPStatus.CONFLICT
        )
    assert witness.held[log.signer.name] == log.checkpoint
    assert Holding(KNOWN).asked(fork.request(0)) == HTTPStatus.OK  # alone it looks as good


@over(st.integers(0, len(LOG.request(5)) - 1), st.integers(0, 7))
def test_no_bit_of_a_request_can_be_changed(at: int, bit: int) -> None:
    raw = bytearray(LOG.request(5))
    raw[at] ^= 1 << bit
    assert declined(bytes(raw))[0] in {400, 403, 404, 409, 422}


@over(st.integers(0, 60), st.integers(0, 60))
def test_a_request_is_read_as_it_is_written(old: int, more: int) -> None:
    raw = GrowingLog().grow(old + more).request(old)
    assert bytes(Request.parse(raw)) == raw


A_HASH = base64.b64encode(bytes(32))
NOTE = bytes(LOG.note)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "A request is"),
        (NOTE, "first line is"),
        (b"old 5\n" + NOTE, "first line|base64|hash|no signatures"),
        (b"old  5\n\n" + NOTE, "no size"),
        (b"old 05\n\n" + NOTE, "no size"),
        (b"old -1\n\n" + NOTE, "no size"),
        (b"old\n\n" + NOTE, "first line is"),
        (b"Old 5\n\n" + NOTE, "first line is"),
        (b"old 5\r\n\r\n" + NOTE, "no size|A request|base64"),
        (b"old 5\n" + A_HASH[:-4] + b"\n\n" + NOTE, "32 bytes"),
        (b"old 5\n" + A_HASH[:-2] + b"B=\n\n" + NOTE, "canonical"),
        (b"old 5\n" + A_HASH + b" \n\n" + NOTE, "base64"),
        (b"old 5\n\xff\n\n" + NOTE, "A request is"),
        (b"old 5\n" + (A_HASH + b"\n") * 64 + b"\n" + NOTE, "64 lines; 63 are the most"),
        (b"old 5\n\n" + LOG.note.text.encode(), "no signatures"),
        (b"old 5\n\n" + NOTE + b"x" * (2 << 20), "are the most"),
    ],
)
def test_an_unreadable_request_is_400(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        Request.parse(raw)
    assert declined(raw)[0] == 400


def test_sixty_three_lines_are_read() -> None:
    raw = b"old 5\n" + (A_HASH + b"\n") * 63 + b"\n" + NOTE
    assert declined(raw) == (
        422, "The consistency proof from size 5 does not hold.\n", "text/plain; charset=utf-8",
    )  # fmt: skip


def with_text(text: str, *, signer: Signer = LOG.signer, old: int = 5) -> bytes:
    return bytes(Request(old, LOG.proof(5), Note(text, (signer.sign(text),))))


def test_a_checkpoint_that_is_none_is_400() -> None:
    assert declined(with_text(LOG.note.text + "more\n"))[0] == 400
    assert declined(with_text(LOG.note.text.replace("\n7\n", "\n07\n")))[0] == 400


def test_an_unknown_log_is_404_whoever_signed() -> None:
    other = LOG.note.text.replace("7f3a", "7f3b")
    assert declined(with_text(other))[0] == 404
    assert (
        declined(with_text(other, signer=Signer("host.example/audit/c/7f3b", b"\x07" * 32)))[0]
        == 404
    )


def test_a_signature_of_nobody_known_is_403() -> None:
    stranger = Signer(LOG.signer.name, b"\x08" * 32)
    assert declined(with_text(LOG.note.text, signer=stranger))[0] == 403


def test_one_log_does_not_sign_for_another() -> None:
    other = Signer("host.example/audit/c/other", b"\x07" * 32)
    both = KNOWN | {other.name: [Log(other.key)]}
    with pytest.raises(Declined) as no:
        examine(with_text(LOG.note.text, signer=other), both, NOW)
    assert no.value.status == 403


def test_a_false_signature_is_403() -> None:
    false = Note(LOG.note.text, (LOG.signer.sign("other\n"),))
    assert declined(bytes(Request(5, LOG.proof(5), false)))[0] == 403
    both = LOG.note.signed_by(*false.signatures)
    assert declined(bytes(Request(5, LOG.proof(5), both)))[0] == 403


def test_signed_comes_before_sizes() -> None:
    """Who has not the key learns nothing of what the witness holds."""
    stranger = Signer(LOG.signer.name, b"\x08" * 32)
    for old in (3, 8):
        assert declined(with_text(LOG.note.text, signer=stranger, old=old))[0] == 403


def test_an_old_size_beyond_the_new_is_400() -> None:
    status, words, _ = declined(bytes(Request(8, (), LOG.note)))
    assert (status, words) == (400, "The old size 8 is beyond the checkpoint's, 7.\n")


@pytest.mark.parametrize(
    ("old", "held", "answer"), [(0, HELD, "5\n"), (7, HELD, "5\n"), (3, None, "0\n")]
)
def test_another_size_is_409_with_the_one_that_is_held(
    old: int, held: Checkpoint | None, answer: str
) -> None:
    assert declined(LOG.request(old), held) == (409, answer, "text/x.tlog.size")


def test_the_conflict_comes_before_the_proof() -> None:
    assert declined(bytes(Request(4, (bytes(32),), LOG.note)))[0] == 409


def test_an_empty_tree_has_its_root() -> None:
    empty = GrowingLog()
    weigh(examine(empty.request(0), KNOWN, NOW), None)
    weigh(examine(empty.request(0), KNOWN, NOW), empty.checkpoint)
    false = with_text(str(Checkpoint(LOG.signer.name, 0, bytes(32))), old=0)
    raw = bytes(Request(0, (), Request.parse(false).note))
    assert declined(raw, None)[:2] == (422, "An empty tree has the root of the empty tree.\n")


@pytest.mark.parametrize("held", [None, GrowingLog().checkpoint])
def test_from_nothing_there_is_nothing_to_prove(held: Checkpoint | None) -> None:
    raw = bytes(Request(0, (bytes(32),), LOG.note))
    assert declined(raw, held)[:2] == (422, "From the empty tree there is nothing to prove.\n")
    weigh(examine(LOG.request(0), KNOWN, NOW), held)


def test_the_same_size_has_the_same_root() -> None:
    weigh(examine(LOG.request(7), KNOWN, NOW), LOG.checkpoint)
    other = LOG.forked(6).grow(1, "another")
    assert declined(other.request(7), LOG.checkpoint)[:2] == (
        422, "At size 7 this witness cosigned another root.\n",
    )  # fmt: skip
    proven = bytes(Request(7, (bytes(32),), LOG.note))
    assert declined(proven, LOG.checkpoint)[0] == 422


@pytest.mark.parametrize("left", [slice(1, None), slice(-1), slice(0)])
def test_a_proof_that_lacks_a_hash_is_422(left: slice) -> None:
    assert declined(bytes(Request(5, LOG.proof(5)[left], LOG.note)))[0] == 422


def test_a_key_that_has_ended_is_no_longer_trusted() -> None:
    ended = {LOG.signer.name: [Log(LOG.signer.key, until=6)]}
    with pytest.raises(Declined) as no:
        examine(LOG.request(5), ended, NOW)
    assert no.value.status == 403
    examine(LOG.forked(6).request(5), ended, NOW)


def test_only_signatures_that_were_checked_are_kept() -> None:
    stranger = Cosigner("stranger.example", b"\x0b" * 32).cosign(LOG.note.text, NOW)
    note = LOG.note.signed_by(stranger, Signature("x.example", A_HASH.decode()))
    examined = examine(bytes(Request(5, LOG.proof(5), note)), KNOWN, NOW)
    assert examined.note == LOG.note


@with_vectors
def test_the_requests_of_litewitness_are_answered_as_it_answers() -> None:
    vectors: dict[str, Any] = json.loads((VECTORS / "torchwood/add-checkpoint.json").read_text())
    witness = Holding({log["origin"]: [Log(vkey(log["vkey"]))] for log in vectors["logs"]})
    differ, asked = [], 0
    for log in vectors["logs"]:
        for case in log["requests"]:
            status = witness.asked(case["request"].encode())
            if status != case["http"]:
                differ.append((status, case["http"], case["body_contains"]))
            asked += 1
            if "body" in case:
                held = witness.held[log["origin"]]
                with pytest.raises(Declined) as no:
                    weigh(examine(case["request"].encode(), witness.logs, NOW), held)
                assert no.value.body == case["body"]
    assert asked == 10
    assert differ == [(404, 403, "unknown log")]  # the specification says 404
