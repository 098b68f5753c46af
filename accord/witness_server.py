"""The door of a witness: the tlog-witness protocol over HTTP, and nothing else.

    POST /add-checkpoint                          a log asks for a cosignature
    GET  /<SHA-256 of the origin, hex>/checkpoint   what was cosigned last, for everybody
    GET  /                                        the vkey

Nobody signs in: a log shows who it is by signing its checkpoint. TLS is the business of a proxy
before it.
"""

import re
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any

from accord.witness_state import Contradicted, WitnessState
from shared.tlog.encoding import shown
from shared.tlog.policy import Log
from shared.tlog.witness import PLAIN, REQUEST_BYTES, Declined, examine

AT_ONCE = 64
SILENCE_SECONDS = 10
CONNECTION_SECONDS = 60
_HELD = re.compile(r"/([0-9a-f]{64})/checkpoint")
_LENGTH = re.compile(r"[0-9]{1,9}")
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"

Say = Callable[[str], None]


class WitnessServer(ThreadingHTTPServer):
    """Answers `AT_ONCE` connections at a time, each for a minute at most; more are turned away.

    Args:
        logs: By their origins.
        say: Hears one line for each checkpoint.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        state: WitnessState,
        logs: Mapping[str, Sequence[Log]],
        say: Say,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.state, self.logs, self.say = state, logs, say
        self._free = threading.Semaphore(AT_ONCE)
        super().__init__(address, _Door)

    @property
    def url(self) -> str:
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        with suppress(OSError):
            request.settimeout(0)
            request.send(_BUSY)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what a connection died of in one line: mostly that the other side hung up."""
        del request
        self.say(f"A connection from {client_address[0]} ended: {sys.exc_info()[1]!r}")


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "accord-witness", ""
    timeout = SILENCE_SECONDS

    def __init__(self, request: socket.socket, client_address: Any, server: BaseServer) -> None:
        assert isinstance(server, WitnessServer)
        self.witness = server
        super().__init__(request, client_address, server)

    def setup(self) -> None:
        super().setup()
        self._end = threading.Timer(CONNECTION_SECONDS, self._hang_up)
        self._end.daemon = True
        self._end.start()

    def finish(self) -> None:
        self._end.cancel()
        super().finish()

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            self._elsewhere("POST")
            return
        length, *more = self.headers.get_all("Content-Length", [""])
        if more or "Transfer-Encoding" in self.headers or not _LENGTH.fullmatch(length):
            self._close(HTTPStatus.LENGTH_REQUIRED, "Say Content-Length, once.")
        elif int(length) > REQUEST_BYTES:
            self._close(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{REQUEST_BYTES} bytes are the most.")
        else:
            raw = self.rfile.read(int(length))
            if len(raw) == int(length):
                self._add_checkpoint(raw)

    def do_GET(self) -> None:
        if found := _HELD.fullmatch(self.path):
            note = self.witness.state.last_of(found[1])
            if note is None:
                self._answer(HTTPStatus.NOT_FOUND, "No checkpoint of this log was cosigned here.\n")
            else:
                self._answer(HTTPStatus.OK, bytes(note).decode())
        elif self.path == "/":
            self._answer(HTTPStatus.OK, f"{self.witness.state.cosigner.key}\n")
        else:
            self._elsewhere("GET")

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _add_checkpoint(self, raw: bytes) -> None:
        now = int(time.time())
        try:
            examined = examine(raw, self.witness.logs, now)
            origin, size = shown(examined.checkpoint.origin), examined.checkpoint.size
            try:
                signature = self.witness.state.cosign(examined, now)
            except Contradicted as declined:
                self.witness.say(f"{origin} FORKED at size {size}: {declined.evidence}")
                raise
            except Declined as declined:
                self.witness.say(f"{origin} size {size} declined: {declined}")
                raise
        except Declined as declined:
            self._answer(declined.status, declined.body, declined.type)
        except (OSError, sqlite3.Error) as error:
            self.witness.say(f"Nothing can be kept: {error}")
            self._close(HTTPStatus.SERVICE_UNAVAILABLE, "The checkpoint cannot be kept just now.")
        else:
            self.witness.say(f"{origin} size {size} cosigned")
            self._answer(HTTPStatus.OK, signature.line)

    def _elsewhere(self, method: str) -> None:
        known = self.path in {"/", "/add-checkpoint"} or _HELD.fullmatch(self.path)
        if known:
            allowed = "POST" if method == "GET" else "GET, HEAD"
            self._close(HTTPStatus.METHOD_NOT_ALLOWED, f"Use {allowed}.", allowed)
        else:
            self._close(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def _close(self, status: HTTPStatus, words: str, allowed: str | None = None) -> None:
        """Answer, and let go: what else the other side sends is not read."""
        self.close_connection = True
        self._answer(status, f"{words}\n", allowed=allowed)

    def _answer(
        self, status: HTTPStatus, text: str, type_: str = PLAIN, allowed: str | None = None
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        if allowed:
            self.send_header("Allow", allowed)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of requests as such: what became of a checkpoint is said elsewhere."""

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
