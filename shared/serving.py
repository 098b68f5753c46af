"""A process that serves: behind admission, and told early when it is to end.

uvicorn asks a lifespan to end only after the last answer. An answer that never ends by itself, such
as a stream of events, waits for `stopping(request)` beside its next line: that is set when the
signal comes.
"""

import asyncio
from contextlib import suppress
from typing import Any, cast

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.admission import API, BUSY, Admission, Gate

CONNECTIONS = 512
GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 5
SILENT_TICKS = 50  # of a tenth of a second


class Answered:
    """What uvicorn's protocol asks of a request that was answered without it."""

    response_complete = disconnected = True

    def __init__(self) -> None:
        self.message_event = asyncio.Event()  # that nobody waits for


ANSWERED = Answered()


class Door(HttpToolsProtocol):
    """uvicorn's protocol; in an overload it refuses most as soon as their heads are read.

    The same answer as `Admission` gives, for a third of the work: no task, no scope, no messages.
    What it does not refuse comes to `Admission`, which decides.
    """

    def on_headers_complete(self) -> None:
        gate: Gate = self.app_state["gate"]
        if gate.overloaded and (self.cycle is None or self.cycle.response_complete):
            path = self.url.partition(b"?")[0].decode("ascii", "replace")
            if (
                API in path
                and not path.endswith("/import")
                and self.parser.should_keep_alive()
                and gate.turns_away(
                    gate.meant(path), command=self.parser.get_method() not in {b"GET", b"HEAD"}
                )
            ):
                self.cycle = cast(RequestResponseCycle, ANSWERED)
                self.transport.write(BUSY.written(path))
                self.on_response_complete()
                return
        super().on_headers_complete()


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
