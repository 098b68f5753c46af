"""The import routes as they look from outside: a real server on loopback, with a scripted end.

It keeps the promise of the routes (a stream that is already there skips the command) and nothing
of the rules behind them. One server serves a module; each test has a `Wire` of its own.
"""

import socket
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from services.members.views.sheets import COLUMNS


@dataclass
class Wire:
    """What was asked, and how it is answered.

    Args:
        first: Answers given before the usual ones: `None` breaks off in the middle.
        forbids: Commands that are refused.
        decided: What the route of sources lists.
        sheets: What a sheet of the coalition holds; one that is not named has its header only.
        versions: At which version streams stand.
        written: How many of the next sheets find that something was written meanwhile.
        shown: The position that each sheet showed.
    """

    url: str = ""
    first: deque[Response | None] = field(default_factory=deque)
    forbids: frozenset[str] = frozenset()
    decided: Any = None
    coalitions: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str, list[dict[str, Any]]]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    streams: Counter[str] = field(default_factory=Counter)
    positions: Counter[str] = field(default_factory=Counter)
    sheets: dict[str, bytes] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    written: int = 0
    shown: list[int] = field(default_factory=list)

    def sent(self, command: str) -> list[dict[str, Any]]:
        """Return the lines of `command`, of all requests."""
        lines = (line for _, _, asked in self.requests for line in asked)
        return [line for line in lines if line["command"] == command]

    async def find(self, request: Request) -> Response:
        """Answer whether a coalition is there."""
        slug = request.path_params["coalition"]
        if slug not in self.coalitions:
            return problem(404, "absent", "There is no such coalition.")
        return JSONResponse({"coalition": self.coalitions[slug], "slug": slug})

    async def sources(self, _request: Request) -> Response:
        """Answer which decisions came from a source."""
        return Response(orjson.dumps(self.decided or []), media_type="application/json")

    async def sheet(self, request: Request) -> Response:
        """Answer with a sheet, at the position where the journal is by then."""
        kind = request.path_params["kind"]
        if self.written:
            self.written -= 1
            self.positions["members"] += 1
        self.shown.append(self.positions["members"])
        empty = ",".join(COLUMNS[kind]).encode() + b"\r\n"
        headers = {"Accord-Position": str(self.shown[-1])}
        return Response(self.sheets.get(kind, empty), headers=headers, media_type="text/csv")

    async def stands(self, request: Request) -> Response:
        """Answer where a journal is."""
        position = self.positions[request.path_params["service"]]
        return JSONResponse({"position": position, "versions": self.versions})

    async def charter(self, _request: Request) -> Response:
        """Answer with a charter in which nothing is agreed yet."""
        return JSONResponse({"ground_rules": []})

    async def take(self, request: Request) -> Response:
        """Answer an import."""
        self.tokens.add(request.headers["Authorization"])
        service, coalition = request.path_params["service"], request.path_params["coalition"]
        lines = [orjson.loads(line) for line in (await request.body()).splitlines()]
        self.requests.append((service, coalition, lines))
        answer = self.first.popleft() if self.first else _USUAL
        if answer is not _USUAL and answer is not None:
            return answer
        said = [*self._done(service, lines)]
        if answer is None:
            said = said[:-1]
        return StreamingResponse(_streamed(said), media_type="application/x-ndjson")

    def _done(self, service: str, lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        done: Counter[str] = Counter()
        for index, line in enumerate(lines):
            stream = f"{line['command'] in _STEPS}{line['id']}"
            if self.streams[stream] >= line["version"]:
                done["skipped"] += 1
            elif line["command"] in self.forbids:
                done["refused"] += 1
                yield {"index": index, "reason": "not_accredited", "detail": "No such member."}
            else:
                self.streams[stream] = line["version"]
                self.positions[service] += 1
                done["recorded"] += 1
        yield {"done": len(lines)}
        totals = {name: done[name] for name in ("recorded", "skipped", "refused")}
        yield {**totals, "position": self.positions[service]}


_USUAL = Response()
_STEPS = frozenset({"ProposeStep"})


def problem(status: int, reason: str, detail: str, **headers: str) -> Response:
    """Return a refusal as services word it."""
    body = {"title": "No", "status": status, "reason": reason, "detail": detail}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(body, status, named, media_type="application/problem+json")


async def _streamed(said: list[dict[str, Any]]) -> AsyncIterator[bytes]:
    for line in said:
        yield orjson.dumps(line) + b"\n"


class Server:
    """Serves whichever wire is plugged in."""

    def __init__(self) -> None:
        self.wire = Wire()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        at = "/api/v1/coalitions/{coalition}"
        routes = [
            Route("/members" + at, self._find),
            Route("/members" + at + "/charter", self._charter),
            Route("/members" + at + "/{kind}.csv", self._sheet),
            Route("/{service}" + at + "/import", self._stands),
            Route("/meetings" + at + "/sources", self._sources),
            Route("/{service}" + at + "/import", self._take, methods=["POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), lifespan="off", ws="none", log_config=None
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listening]}
        )
        self._thread.start()

    def plugged(self) -> Wire:
        """Return a new wire, which answers from now on."""
        self.wire = Wire(self.url)
        return self.wire

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()

    async def _find(self, request: Request) -> Response:
        return await self.wire.find(request)

    async def _charter(self, request: Request) -> Response:
        return await self.wire.charter(request)

    async def _sheet(self, request: Request) -> Response:
        return await self.wire.sheet(request)

    async def _stands(self, request: Request) -> Response:
        return await self.wire.stands(request)

    async def _sources(self, request: Request) -> Response:
        return await self.wire.sources(request)

    async def _take(self, request: Request) -> Response:
        return await self.wire.take(request)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve the routes of imports."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def wire(server: Server) -> Wire:
    """Return what the server does in this test."""
    return server.plugged()
