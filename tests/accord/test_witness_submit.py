"""Witnesses are asked all at once, and no answer makes a round longer or counts unchecked."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from shared.tlog.call import NoAnswer, call
from shared.tlog.cosignature import Cosigner
from shared.tlog.policy import Witness
from shared.tlog.submit import Answer, submit
from tests.accord.witnessing import serving, state_in, witness_at
from tests.shared.tlog.growing import GrowingLog

LOG = GrowingLog().grow(9)
SLOW = 0.4
FAKE = Cosigner("fake.example/witness", b"\x21" * 32)


@contextmanager
def saying(*parts: bytes, pause: float = 0.0) -> Iterator[str]:
    """Answer each connection with these bytes, whatever it asks; then close."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    connection.recv(65_536)
                    for part in parts:
                        connection.sendall(part)
                        time.sleep(pause)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65_536):
                        pass  # closing before all is read would take back what was said

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def reply(body: bytes, status: str = "200 OK", type_: str = "text/plain") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def asked(url: str | None, old: int = 0, log: GrowingLog = LOG) -> Answer:
    witness = Witness(b"fake", FAKE.key, url)
    (answer,) = submit(log.note, [witness], {b"fake": old}, log.proof, SLOW)
    return answer


def line(log: GrowingLog = LOG, cosigner: Cosigner = FAKE) -> bytes:
    return cosigner.cosign(log.note.text, int(time.time())).line.encode()


def test_several_cosign_in_one_round(tmp_path: Path) -> None:
    states = [state_in(tmp_path / name, f"{name}.example/witness") for name in "abc"]
    with serving(states[0], LOG) as a, serving(states[1], LOG) as b, serving(states[2], LOG) as c:
        servers = [(states[0], a), (states[1], b), (states[2], c)]
        witnesses = [witness_at(state, server.url) for state, server in servers]
        answers = list(submit(LOG.note, witnesses, {}, LOG.proof))
    lines = [signature for answer in answers for signature in answer.signatures]
    note = LOG.note.signed_by(*lines)
    keys = [state.cosigner.key for state in states]
    assert {key for key, _ in note.verified(keys, int(time.time()))} == set(keys)
    assert [(answer.why, answer.holds) for answer in answers] == [("", 9)] * 3


@pytest.mark.parametrize("expected", [0, 3, 5, 9])
def test_a_witness_elsewhere_is_asked_from_the_size_it_names(tmp_path: Path, expected: int) -> None:
    state = state_in(tmp_path)
    with serving(state, LOG) as server:
        witness = witness_at(state, server.url)
        assert next(submit(LOG.forked(5).note, [witness], {}, LOG.proof)).signatures
        (answer,) = submit(LOG.note, [witness], {witness.name: expected}, LOG.proof)
        assert (len(answer.signatures), answer.holds) == (1, 9)
        (again,) = submit(LOG.note, [witness], {witness.name: expected}, LOG.proof)
        assert len(again.signatures) == 1  # what was lost on the way is asked for again


def test_a_witness_that_is_ahead_is_told(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    with serving(state, LOG) as server:
        witness = witness_at(state, server.url)
        list(submit(LOG.note, [witness], {}, LOG.proof))
        behind = LOG.forked(4)
        (answer,) = submit(behind.note, [witness], {}, behind.proof)
    assert (answer.why, answer.holds) == ("It holds size 9, which is beyond 4.", 9)


def test_a_fork_gets_words_instead(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    with serving(state, LOG) as server:
        witness = witness_at(state, server.url)
        list(submit(LOG.note, [witness], {}, LOG.proof))
        lie = LOG.forked(2).grow(9, "another")
        (answer,) = submit(lie.note, [witness], {witness.name: 9}, lie.proof)
    assert answer.signatures == ()
    assert answer.why.startswith("It answered 422: 'The consistency proof from size 9")


def test_the_slow_make_no_round_longer(tmp_path: Path) -> None:
    state = state_in(tmp_path)
    with (
        saying(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 100, pause=0.1) as drip,
        serving(state, LOG) as server,
    ):
        drips = [Witness(f"drip{n}".encode(), FAKE.key, drip) for n in range(5)]
        start = time.monotonic()
        answers = list(submit(LOG.note, [*drips, witness_at(state, server.url)], {}, LOG.proof, 3))
    assert time.monotonic() - start < 9, "one drip alone takes ten seconds"
    assert len(answers[0].signatures) == 1
    assert sorted(answer.witness.name for answer in answers[1:]) == [each.name for each in drips]
    assert all("within 3 s" in answer.why for answer in answers[1:])


def test_a_call_ends_however_slowly_it_is_answered() -> None:
    start = time.monotonic()
    with (
        saying(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 100, pause=0.1) as drip,
        pytest.raises(NoAnswer, match=r"nothing within 0\.2 s"),
    ):
        call("GET", drip, seconds=0.2)
    assert time.monotonic() - start < 9, "the drip takes ten seconds"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no cosignature"),
        (b"\n", "no cosignature"),
        (b"thank you\n", "em dash"),
        (line()[:-1], "newline"),
        (line(LOG.forked(8)), "does not hold"),
        (line(cosigner=Cosigner("other.example", b"\x22" * 32)), "None of the keys"),
        (b"more\n\n" + line(), "empty line"),
        (line() + b"\n", "no cosignature"),
    ],
)
def test_an_answer_that_is_no_cosignature_counts_for_nothing(body: bytes, why: str) -> None:
    with saying(reply(body)) as url:
        answer = asked(url)
    assert answer.signatures == ()
    assert why in answer.why


def test_lines_of_others_are_left_out() -> None:
    other = Cosigner("other.example", b"\x22" * 32)
    with saying(reply(line() + line(cosigner=other))) as url:
        answer = asked(url)
    assert [signature.name for signature in answer.signatures] == [FAKE.name]


@pytest.mark.parametrize(
    ("answered", "why"),
    [
        (reply(b"no\n", "500 Oops"), "It answered 500: 'no'"),
        (reply(b"", "302 Found"), "It answered 302"),
        (reply(b"4\n", "409 Conflict"), "It answered 409: '4'"),
        (reply(b"x\n", "409 Conflict", "text/x.tlog.size"), "It answered 409: 'x'"),
        (reply(b"\xff", "409 Conflict", "text/x.tlog.size"), "It answered 409"),
        (reply(b"4\n", "409 Conflict", "text/x.tlog.size"), "It holds size 4 by now."),
        (reply(b"x" * (2 << 20)), "more than 1048576 bytes"),
        (b"", "http://127.0.0.1"),
        (b"SSH-2.0-OpenSSH\r\n", "http://127.0.0.1"),
    ],
)
def test_other_answers_are_told_in_words(answered: bytes, why: str) -> None:
    with saying(answered) as url:
        answer = asked(url)
    assert answer.signatures == ()
    assert why in answer.why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (None, "no address"),
        ("file:///etc/passwd", "https:// or http://"),
        ("ftp://witness.example", "https:// or http://"),
        ("https://", "https:// or http://"),
        ("http://user:secret@witness.example", "a user, a query"),
        ("http://witness.example?x=", "a user, a query"),
        ("http://witness.example:port", "no address"),
        ("http://witness.example/\r\nX: y", "no address"),
        ("http://[::1", "no address"),
        ("\udcff://x", "no address"),
    ],
)
def test_only_web_addresses_are_asked(url: str | None, why: str) -> None:
    assert why in asked(url).why


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = asked(f"http://127.0.0.1:{port}")
    assert answer.why.startswith(f"http://127.0.0.1:{port}/add-checkpoint: ")
    with pytest.raises(NoAnswer):
        call("GET", f"http://127.0.0.1:{port}", seconds=1)


def test_a_mistake_in_the_proof_is_told_and_ends_nobody_elses_round(tmp_path: Path) -> None:
    def prove(size: int) -> Sequence[bytes]:
        raise LookupError(f"no proof from {size}")

    state = state_in(tmp_path)
    with serving(state, LOG) as server:
        good = witness_at(state, server.url)
        bad = Witness(b"bad", FAKE.key, server.url)
        found = {a.witness.name: a for a in submit(LOG.note, [bad, good], {b"bad": 5}, prove)}
    assert found[b"bad"].why == "LookupError: no proof from 5"
    assert found[good.name].signatures


def test_without_time_nobody_is_asked() -> None:
    with saying(reply(line())) as url:
        (answer,) = submit(LOG.note, [Witness(b"w", FAKE.key, url)], {}, LOG.proof, 0)
    assert not answer.signatures
