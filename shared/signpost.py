"""The short way to a command's route.

FastAPI asks its routes one after another, and every nested router again: with 80 of them that
takes longer than all the rest of a command. Here the segments of a path lead to the one route.
What is no command, or is traced, goes the ordinary way and is answered the same.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.problems import translated

Answers = Callable[[Request], Awaitable[Response]]
TRACED = "fastapi.telemetry"
NO_QUERY = QueryParams()


class FirstHeaders(Headers):
    """Headers that are read into a dictionary once: the first of each name."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._first: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in reversed(scope["headers"])
        }

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower()]

    def get(self, key: str, default: Any = None) -> Any:
        return self._first.get(key.lower(), default)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._first


class Asked(Request):
    """A request whose headers are looked up a dozen times, and which rarely has a query."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._first = FirstHeaders(scope)

    @property
    def headers(self) -> FirstHeaders:
        return self._first

    @property
    def query_params(self) -> QueryParams:
        return super().query_params if self.scope["query_string"] else NO_QUERY


@dataclass
class Fork:
    """Where a path may go on: by a word, or by anything that fills a parameter."""

    words: dict[str, "Fork"] = field(default_factory=dict)
    anything: "Fork | None" = None
    names: tuple[str, ...] = ()
    answers: Answers | None = None

    def place(self, template: str, answers: Answers) -> None:
        """Put up the way of a route such as `/jars/{jar}/coins`.

        Raises:
            ValueError: another route has that way.
        """
        here, names = self, []
        for segment in template.split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                here.anything = here.anything or Fork()
                here = here.anything
            else:
                here = here.words.setdefault(segment, Fork())
        if here.answers is not None:
            raise ValueError(f"two commands have the path {template}")
        here.names, here.answers = tuple(names), answers

    def find(self, path: str) -> tuple[Answers, Mapping[str, str]] | None:
        """Return the route of a path and its parameters; `None` where it is none of these."""
        here, filled = self, []
        for segment in path.split("/"):
            further = here.words.get(segment)
            if further is None:
                further = here.anything
                if further is None or not segment:
                    return None
                filled.append(segment)
            here = further
        if here.answers is None:
            return None
        return here.answers, dict(zip(here.names, filled, strict=True))


def below(
    path: str, app: ASGIApp, ways: Iterable[tuple[str, Answers]]
) -> list[tuple[str, Answers]]:
    """Return the ways of an application as they are where it is mounted at `path`."""

    def moved(answers: Answers) -> Answers:
        async def answer(request: Request) -> Response:
            request.scope["app"] = app
            request.scope["root_path"] = path
            return await answers(request)

        return answer

    return [(path + template, moved(answers)) for template, answers in ways]


class Signpost:
    """Sends commands to their routes; a middleware, outside of the ordinary routing.

    Args:
        ways: Templates of paths, and what answers there.
    """

    def __init__(self, app: ASGIApp, ways: Iterable[tuple[str, Answers]]) -> None:
        self._app = app
        self._ways = Fork()
        for template, answers in ways:
            self._ways.place(template, answers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None
        if scope["type"] == "http" and scope["method"] == "POST" and not scope.get(TRACED):
            path: str = scope["path"]
            found = self._ways.find(path.removeprefix(scope.get("root_path", "")))
        if found is None:
            await self._app(scope, receive, send)
            return
        answers, scope["path_params"] = found[0], {**scope.get("path_params", {}), **found[1]}
        response = await _answered(answers, Asked(scope, receive, send))
        await response(scope, receive, send)


async def _answered(answers: Answers, request: Request) -> Response:
    try:
        return await answers(request)
    except Exception as error:
        problem: Any = translated(error)
        if problem is None:
            raise
        response: Response = problem.response(request.url.path)
        return response
