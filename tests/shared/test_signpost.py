"""The short way to a command: it leads where the ordinary one does, and answers the same."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from shared.host import Host
from shared.http import Route
from shared.identity import Tokens
from shared.service import EVERYWHERE, IN_COALITION, Runtime, Service
from shared.settings import Settings
from shared.signpost import Fork

SERVICES = members, meetings, credit
FILLED = str(UUID(int=5))


async def nothing(_request: Request) -> Response:
    return Response()


def filled(template: str) -> str:
    return "/".join(FILLED if part.startswith("{") else part for part in template.split("/"))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_command_is_found_where_the_ordinary_routing_finds_it(service: Service) -> None:
    routes = [(IN_COALITION, route) for route in service.router.routes]
    routes += [(EVERYWHERE, r) for r in (service.everywhere.routes if service.everywhere else ())]
    ways = Fork()
    commands = [
        (prefix, route)
        for prefix, route in routes
        if isinstance(route, Route) and route.command is not None
    ]
    for prefix, route in commands:
        ways.place(prefix + route.path, nothing)
    assert len(commands) > 5
    for prefix, route in commands:
        path = filled(prefix + route.path)
        found = ways.find(path)
        assert found is not None, path
        assert found[1].keys() == {
            part.strip("{}") for part in (prefix + route.path).split("/") if part[:1] == "{"
        }
        first = next(
            other
            for before, other in routes
            if isinstance(other, Route)
            and other.methods == {"POST"}
            and path.startswith(filled(before))
            and other.path_regex.match(path.removeprefix(filled(before)))
        )
        assert first is route, path


def test_two_commands_never_share_a_way() -> None:
    ways = Fork()
    ways.place("/proposals/{proposal_id}/stances", nothing)
    with pytest.raises(ValueError, match="two commands"):
        ways.place("/proposals/{id}/stances", nothing)


@pytest.mark.parametrize("path", ["/proposals//stances", "/proposals/1/stances/", "/proposals", ""])
def test_what_is_no_command_is_left_to_the_ordinary_routing(path: str) -> None:
    ways = Fork()
    ways.place("/proposals/{proposal_id}/stances", nothing)
    assert ways.find(path) is None


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("POST", f"proposals/{FILLED}/stances", {}),
        ("POST", f"proposals/{FILLED}/stances", {"headers": {"Authorization": "Bearer x.y.z"}}),
        ("POST", "proposals/no-uuid/stances", {}),
        ("POST", f"proposals/{FILLED}/stances/", {}),
        ("GET", f"proposals/{FILLED}/stances", {}),
        ("POST", "nowhere", {}),
    ],
)
async def test_both_ways_answer_the_same(method: str, path: str, more: Any) -> None:
    answers = []
    for short in (True, False):
        app = application()
        if not short:
            app.user_middleware = [m for m in app.user_middleware if "ways" not in m.kwargs]
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
            url = f"/api/v1/coalitions/{FILLED}/{path}"
            answer = await client.request(method, url, content=b"{}", **more)
        kept = {name: value for name, value in answer.headers.items() if name != "traceid"}
        answers.append((answer.status_code, answer.content, kept))
    assert answers[0] == answers[1]
    assert answers[0][0] >= 300


def application() -> FastAPI:
    """Return meetings, able to say no."""
    app = meetings.app(Runtime(meetings, Settings(), {}))
    host = object.__new__(Host)
    host.tokens = Tokens([])
    app.state.host = host
    return app
