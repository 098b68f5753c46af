"""The import routes as they look from outside: a real server on loopback, with a scripted end.

It keeps the promise of the routes (a stream that is already there skips the command) and nothing
of the rules behind them.
"""

import socket
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass
class Wire:
    """What was asked, and how it is answered.

    Args:
        first: Answers given before the usual ones: `None` breaks off in the middle.
        forbids: Commands that are refused.
        decided: What the route of sources lists.
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


@contextmanager
def served(wire: Wire) -> Iterator[Wire]:
    """Serve `wire` on a free port of loopback."""
    routes = [
        Route("/members/api/v1/coalitions/{coalition}", wire.find),
        Route("/meetings/api/v1/coalitions/{coalition}/sources", wire.sources),
        Route("/{service}/api/v1/coalitions/{coalition}/import", wire.take, methods=["POST"]),
    ]
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=routes), lifespan="off", ws="none", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    wire.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield wire
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
