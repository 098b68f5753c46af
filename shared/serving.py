"""A process that serves: behind admission, and told early when it is to end.

uvicorn asks a lifespan to end only after the last answer. An answer that never ends by itself, such
as a stream of events, waits for `stopping(request)` beside its next line: that is set when the
signal comes.
"""

import asyncio
import re
from contextlib import suppress
from typing import Any, NamedTuple, cast

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.admission import API, BUSY, Admission, Gate, named

CONNECTIONS = 2_048
GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 5
TELLING = re.compile(  # of how a request goes on; a length is plain, and all others are unusual
    rb"\r\n(?:content-length: ?([0-9]{1,5})(?=\r)"
    rb"|content-length|transfer-encoding|connection|expect|upgrade)",
    re.IGNORECASE,
)
LINES_HELD, LINE_BYTES = 4_096, 1_024
SILENT_TICKS = 50  # of a tenth of a second


class Answered:
    """What uvicorn's protocol asks of a request that was answered without it."""

    response_complete = disconnected = True

    def __init__(self) -> None:
        self.message_event = asyncio.Event()  # that nobody waits for


ANSWERED = Answered()


class Door(HttpToolsProtocol):
    """uvicorn's protocol; in an overload it refuses most at a glance.

    The same answer as `Admission` gives, for a tenth of the work: no parser, no task, no scope.
    What it does not refuse goes the ordinary way, and comes to `Admission`, which decides.
    """

    _between = True
    """Whether the parser has had whole requests only: it need not hear of one that is refused."""
    _refused_at = 0.0

    def data_received(self, data: bytes) -> None:
        gate: Gate = self.app_state["gate"]
        if (
            gate.overloaded
            and self._between
            and (self.cycle is None or self.cycle.response_complete)
        ):
            asks = _asked(data)
            coalition = gate.names.get(asks.name) if asks else None
            if asks and gate.turns_away(coalition, command=asks.command):
                self.cycle = cast(RequestResponseCycle, ANSWERED)
                self._refused_at = self.loop.time()
                if self.timeout_keep_alive_task is None:
                    self._await_another(self.timeout_keep_alive)
                self.transport.write(asks.refusal)
                return
            if asks and gate.passes(coalition):
                self.loop.call_soon(gate.have_passed)  # by then all of them are in hand
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._between = True

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing came; a refusal does not begin the time anew."""
        left = self._refused_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._await_another(left)
        else:
            super().timeout_keep_alive_handler()

    def _await_another(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )


class Line(NamedTuple):
    """What the first line of a request asks for, and its refusal."""

    name: str
    command: bool
    refusal: bytes


_UNSEEN = Line("", command=False, refusal=b"")
_lines: dict[bytes, Line | None] = {}


def _asked(data: bytes) -> Line | None:
    """Return what a request that came whole asks for; `None` where it is out of the usual.

    So does what has no plain length, asks for more than an answer, or is not about a coalition.
    """
    end = data.find(b"\r\n\r\n")
    told = TELLING.findall(data, 0, end + 1) if end > 0 else [b""]
    if len(told) > 1 or len(data) != end + 4 + (int(told[0] or -1) if told else 0):
        return None
    line = data[: data.find(b"\r\n")]
    asks = _lines.get(line, _UNSEEN)
    if asks is _UNSEEN:
        asks = _read(line)
        if len(line) <= LINE_BYTES:
            if len(_lines) == LINES_HELD:
                _lines.clear()
            _lines[line] = asks
    return asks


def _read(line: bytes) -> Line | None:
    """Return what a first line asks for; `None` for what is not refused at a glance."""
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    path = target.partition(b"?")[0].decode("ascii", "replace")
    if version.upper() != b"HTTP/1.1" or API not in path or path.endswith("/import"):
        return None
    command = method not in {b"GET", b"HEAD"}
    return Line(named(path), command, BUSY.written(path))


class Server(uvicorn.Server):
    """uvicorn, with an event that is set as soon as it is told to end."""

    def __init__(self, config: uvicorn.Config, gate: Gate) -> None:
        super().__init__(config)
        self._gate = gate
        self._stopping = asyncio.Event()
        self._silent: set[Any] = set()

    async def startup(self, sockets: Any = None) -> None:
        self.lifespan.state |= {"stopping": self._stopping, "gate": self._gate}
        await super().startup(sockets)

    async def shutdown(self, sockets: Any = None) -> None:
        self._stopping.set()
        self._gate.closing = True
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        if counter % SILENT_TICKS == 0:
            self._close_the_silent()
        return await super().on_tick(counter)

    def _close_the_silent(self) -> None:
        """Close connections that were opened, and in two looks have sent no whole head."""
        silent = {one for one in self.server_state.connections if getattr(one, "cycle", 1) is None}
        for one in silent & self._silent:
            one.transport.close()
        self._silent = silent


def stopping(request: Request) -> asyncio.Event:
    """Return the event that is set when this process is told to end."""
    event: asyncio.Event = request.state.stopping
    return event


def serve(app: ASGIApp, gate: Gate, *, port: int, host: str = "127.0.0.1") -> None:
    """Serve until told to end."""
    server = Server(
        uvicorn.Config(
            Admission(app, gate), host=host, port=port, server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS, timeout_graceful_shutdown=GRACE_SECONDS,
            limit_concurrency=CONNECTIONS, log_level="warning", access_log=False, http=Door,
        ),
        gate,
    )  # fmt: skip
    with suppress(KeyboardInterrupt):
        server.run()
