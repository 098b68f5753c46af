"""The door of a witness, over real sockets: every code of the protocol, and what clients send."""

import hashlib
import http.client
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from accord import witness_server
from accord.witness_server import WitnessServer
from accord.witness_state import WitnessState
from shared.tlog.cosignature import cosigned_at
from shared.tlog.fork import Fork
from shared.tlog.key import vkey
from shared.tlog.note import Note, Signature, Signer
from shared.tlog.policy import Log
from shared.tlog.witness import REQUEST_BYTES, Request
from tests.accord.witnessing import serving, state_in
from tests.shared.tlog.growing import GrowingLog
from tests.shared.tlog.vectors import VECTORS, with_vectors

LOG = GrowingLog().grow(7)
ORIGIN = LOG.signer.name
HASH = hashlib.sha256(ORIGIN.encode()).hexdigest()


@pytest.fixture
def state(tmp_path: Path) -> WitnessState:
    return state_in(tmp_path / "state")


@pytest.fixture
def server(state: WitnessState) -> Iterator[WitnessServer]:
    with serving(state, LOG) as running:
        yield running


class Answered:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.type = response.status, response.headers["Content-Type"]
        self.headers, self.text = response.headers, response.read().decode()


def connected(server: WitnessServer) -> http.client.HTTPConnection:
    parts = urlsplit(server.url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)


def ask(server: WitnessServer, method: str, path: str, body: bytes | None = None) -> Answered:
    with closing(connected(server)) as connection:
        connection.request(method, path, body)
        return Answered(connection.getresponse())


def post(server: WitnessServer, body: bytes) -> Answered:
    return ask(server, "POST", "/add-checkpoint", body)


def raw(server: WitnessServer, sent: bytes) -> bytes:
    """Send bytes, and return all that comes until the other side closes."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while more := connection.recv(65_536):
            found += more
    return found


def test_a_checkpoint_is_cosigned_now(server: WitnessServer, state: WitnessState) -> None:
    answered = post(server, LOG.request(0))
    assert (answered.status, answered.type) == (200, "text/plain; charset=utf-8")
    line = Signature.parse(answered.text.removesuffix("\n"))
    note = Note(LOG.note.text, (line,))
    assert note.verified([state.cosigner.key], int(time.time())) == [(state.cosigner.key, line)]
    assert abs(cosigned_at(line) - time.time()) < 60
    shown = ask(server, "GET", f"/{HASH}/checkpoint")
    assert (shown.status, shown.type) == (200, "text/plain; charset=utf-8")
    assert shown.text.encode() == bytes(LOG.note.signed_by(line))


def test_each_code_of_the_protocol_is_answered(server: WitnessServer) -> None:
    assert post(server, LOG.forked(5).request(0)).status == 200
    other = GrowingLog(Signer("other.example/log", b"\x07" * 32)).grow(2)
    stranger = GrowingLog(Signer(ORIGIN, b"\x08" * 32), LOG.leaves)
    answers = [
        post(server, b"hello"),
        post(server, b""),
        post(server, other.request(0)),
        post(server, stranger.request(5)),
        post(server, bytes(Request(8, (), LOG.note))),
        post(server, LOG.request(0)),
        post(server, bytes(Request(5, (), LOG.note))),
        post(server, LOG.request(5)),
    ]
    assert [each.status for each in answers] == [400, 400, 404, 403, 400, 409, 422, 200]
    conflict = answers[5]
    assert (conflict.type, conflict.text) == ("text/x.tlog.size", "5\n")
    assert all(each.text.endswith(".\n") for each in (*answers[:5], answers[6]))


def test_a_fork_is_declined_and_told(server: WitnessServer, state: WitnessState) -> None:
    assert post(server, LOG.request(0)).status == 200
    lie = LOG.forked(4).grow(6, "another")
    assert post(server, lie.request(7)).status == 422
    (file,) = (state.folder / "evidence").iterdir()
    assert Fork.parse(file.read_bytes()).check([Log(LOG.signer.key)], int(time.time()))
    heard: list[str] = server.heard  # type: ignore[attr-defined]  # of the test's own server
    assert heard == [f"'{ORIGIN}' size 7 cosigned", f"'{ORIGIN}' FORKED at size 10: {file}"]


def test_what_was_never_cosigned_is_404(server: WitnessServer) -> None:
    assert ask(server, "GET", f"/{HASH}/checkpoint").status == 404
    assert ask(server, "GET", f"/{HASH.upper()}/checkpoint").status == 404
    assert ask(server, "GET", f"/{ORIGIN}/checkpoint").status == 404


def test_the_front_page_is_its_vkey(server: WitnessServer, state: WitnessState) -> None:
    assert vkey(ask(server, "GET", "/").text.strip()) == state.cosigner.key
    head = ask(server, "HEAD", "/")
    assert (head.status, head.text) == (200, "")


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/add-checkpoint", 405, "POST"),
        ("POST", "/", 405, "GET, HEAD"),
        ("POST", f"/{HASH}/checkpoint", 405, "GET, HEAD"),
        ("POST", "/sign-subtree", 404, None),
        ("GET", "/../key", 404, None),
        ("GET", "/key", 404, None),
        ("PUT", "/add-checkpoint", 501, None),
    ],
)
def test_there_is_nothing_else(
    server: WitnessServer, method: str, path: str, status: int, allow: str | None
) -> None:
    answered = ask(server, method, path, None if method == "GET" else b"x")
    assert (answered.status, answered.headers["Allow"]) == (status, allow)


def test_a_connection_serves_many_requests(server: WitnessServer) -> None:
    with closing(connected(server)) as connection:
        for old, size in ((0, 3), (3, 5), (5, 7)):
            connection.request("POST", "/add-checkpoint", LOG.forked(size).request(old))
            assert Answered(connection.getresponse()).status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", b"411"),
        (b"Content-Length: x\r\n", b"411"),
        (b"Content-Length: -1\r\n", b"411"),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", b"411"),
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: %d\r\n" % (REQUEST_BYTES + 1), b"413"),
        (b"X: " + b"x" * 70_000 + b"\r\n", b"431"),
    ],
)
def test_bodies_of_uncertain_length_are_not_read(
    server: WitnessServer, headers: bytes, status: bytes
) -> None:
    smuggled = b"GET / HTTP/1.1\r\nHost: w\r\n\r\n"
    answered = raw(
        server, b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n" + headers + b"\r\n" + smuggled
    )
    assert answered.startswith(b"HTTP/1.1 " + status)
    assert answered.count(b"HTTP/1.1 ") == 1


def test_a_body_that_breaks_off_is_nothing(server: WitnessServer, state: WitnessState) -> None:
    whole = LOG.request(0)
    cut = b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (len(whole) + 1)
    assert raw(server, cut + whole) == b""
    assert state.last(ORIGIN) is None


def test_who_sends_slowly_is_hung_up_on(
    server: WitnessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_server, "CONNECTION_SECONDS", 0.3)
    parts = urlsplit(server.url)
    start = time.monotonic()
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\nX: ")
        with suppress(OSError):  # reset or broken pipe, as it falls
            while time.monotonic() < start + 10:
                connection.sendall(b"y")
                time.sleep(0.02)
    assert time.monotonic() < start + 5


def test_more_than_it_can_hold_are_turned_away(
    state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_server, "AT_ONCE", 2)
    with serving(state, LOG) as server:
        parts = urlsplit(server.url)
        idle = [
            socket.create_connection((parts.hostname, parts.port), timeout=20) for _ in range(2)
        ]
        assert raw(server, b"").startswith(b"HTTP/1.1 503 ")
        for connection in idle:
            connection.close()
        deadline = time.monotonic() + 10
        while not is_let_in(server):
            assert time.monotonic() < deadline
        assert post(server, LOG.request(0)).status == 200


def is_let_in(server: WitnessServer) -> bool:
    try:
        return ask(server, "GET", "/").status == 200
    except (OSError, http.client.HTTPException):  # turned away before it was read
        return False


def test_without_a_disk_nothing_is_cosigned(
    server: WitnessServer, state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(WitnessState, "_commit", full)
        answered = post(server, LOG.request(0))
    assert (answered.status, answered.text) == (503, "The checkpoint cannot be kept just now.\n")
    assert state.last(ORIGIN) is None
    assert post(server, LOG.request(0)).status == 200


def test_two_that_race_with_forks_get_one_cosignature(server: WitnessServer) -> None:
    assert post(server, LOG.forked(5).request(0)).status == 200
    forks = [LOG.forked(5).grow(4, f"fork {number}").request(5) for number in range(8)]
    answers: list[int] = []
    start = threading.Barrier(len(forks))

    def race(request: bytes) -> None:
        start.wait()
        answers.append(post(server, request).status)

    threads = [threading.Thread(target=race, args=(fork,)) for fork in forks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, *[409] * 7]


@with_vectors
def test_the_requests_of_litewitness_over_http(state: WitnessState) -> None:
    vectors: dict[str, Any] = json.loads((VECTORS / "torchwood/add-checkpoint.json").read_text())
    with serving(state) as server:
        server.logs = {log["origin"]: [Log(vkey(log["vkey"]))] for log in vectors["logs"]}
        differ = []
        for log in vectors["logs"]:
            for case in log["requests"]:
                answered = post(server, case["request"].encode())
                if answered.status != case["http"]:
                    differ.append((answered.status, case["http"]))
                elif "body" in case:
                    assert answered.text == case["body"]
                elif answered.status == 200:
                    assert answered.text.startswith("— org-b.example/witness ")
    assert differ == [(404, 403)]  # an unknown log: the specification says 404


def test_it_can_listen_on_ipv6(state: WitnessState) -> None:
    with WitnessServer(("::1", 0), state, {}, print) as server:
        assert server.url.startswith("http://[::1]:")
