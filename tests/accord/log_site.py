"""Where a log shows itself: checkpoint and hash tiles over HTTP, and a place for cosignatures."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shared.tlog.note import Note
from tests.shared.tlog.growing import GrowingLog

_TILE = re.compile(r"/log/tile/([0-9]+)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]+))?")


class LogSite(ThreadingHTTPServer):
    """Serves `log` below `/log`; what is handed in lies in `handed`."""

    daemon_threads = True

    def __init__(self, log: GrowingLog) -> None:
        super().__init__(("127.0.0.1", 0), _Site)
        self.log, self.asked = log, list[str]()
        self.handed: list[Note] = []
        self.raw: bytes | None = None  # in place of the checkpoint
        self.partials, self.tiles, self.takes = True, True, True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/log"

    def found(self, path: str) -> bytes | None:
        if path == "/log/checkpoint":
            return bytes(self.log.note) if self.raw is None else self.raw
        tile = _TILE.fullmatch(path)
        if tile is None or not self.tiles or (tile[3] and not self.partials):
            return None
        number = int("".join(filter(str.isdigit, tile[2])))
        return self.log.tile(int(tile[1]), number, int(tile[3] or 256))


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, LogSite)
        self.server.asked.append(self.path)
        body = self.server.found(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def do_POST(self) -> None:
        assert isinstance(self.server, LogSite)
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        taken = self.server.takes and self.path == "/log/cosignature"
        if taken:
            self.server.handed.append(Note.parse(raw))
        self.send_response(204 if taken else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def site_of(log: GrowingLog) -> Iterator[LogSite]:
    with LogSite(log) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()
