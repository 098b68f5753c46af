"""Puts the pages together, and turns what goes wrong into pages with plain words."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as RoutingException
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.web.acting import NotFromOurPage
from services.web.demo import DemoAccounts
from services.web.edge import BY_HASHED_NAME, Guarded, UnreadableForm, security_headers
from services.web.page import Chrome, page
from services.web.pages import (
    alignment,
    audit,
    begin,
    charter,
    claims,
    coalition,
    concerns,
    contributions,
    credit,
    deciding,
    decision,
    floor,
    frontline,
    home,
    impact,
    issues,
    lessons,
    live,
    meetings,
    messages,
    organisation,
    organisations,
    orphans,
    partners,
    register,
    registers,
    reports,
    reviews,
    shares,
    sign_in,
    steps,
    structure,
    wins,
    you,
)
from services.web.peers import PeerRefused, Peers, PeerSilent
from services.web.session import Cookie, Sessions
from shared.database import ready

PAGES = (
    sign_in, home, begin, coalition, decision, deciding, register, live, floor, meetings, steps,
    organisations,
    organisation, credit, lessons, alignment, charter, structure, reviews, issues, reports,
    claims, concerns, frontline, orphans, messages, partners, wins, contributions, impact,
    audit, shares, you,
    registers,  # the last: its paths would take those of others
)  # fmt: skip
RETRY = {"Retry-After": "2"}
STALE_FORM = (
    "The form was not sent by a page of this session. Go back, load the page again, "
    "and send it from there. What you typed was not recorded."
)

log = structlog.get_logger()

Parts = Callable[[], AbstractAsyncContextManager[tuple[Peers, Sessions]]]
Answering = Callable[[Request, Exception], Awaitable[Response]]


def site(cookie: Cookie, demo: DemoAccounts, parts: Parts) -> FastAPI:
    """Return the pages as one application; its lifespan opens `parts`, and closes them again."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts() as (app.state.peers, app.state.sessions):
            yield

    app = FastAPI(
        title="Accord", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.cookie = cookie
    app.state.demo = demo
    for each in PAGES:
        app.include_router(each.router)
    app.add_api_route("/static/{name}", static)
    app.add_api_route("/livez", alive)
    app.add_api_route("/readyz", is_ready)
    app.add_middleware(Guarded, secure=cookie.secure)
    for error, answer in ANSWERS.items():
        app.add_exception_handler(error, answer)
    return app


async def static(name: str, request: Request) -> Response:
    """Answer with one of our own files, by the name that holds its hash."""
    asset = BY_HASHED_NAME.get(name)
    return asset.answer(request) if asset else _failed(request, 404)


async def alive() -> Response:
    """Say that the process runs."""
    return JSONResponse({"status": "ok", "service": "web"})


async def is_ready(request: Request) -> Response:
    """Say whether sessions can be kept."""
    sessions: Sessions = request.app.state.sessions
    database = await ready(sessions.pool)
    return JSONResponse({"database": database}, 200 if database else 503)


def _failed(
    request: Request, status: int, said: str = "", headers: dict[str, str] | None = None
) -> Response:
    chrome = Chrome(path=request.url.path)
    return page("error.html", chrome, status, headers, status_code=status, said=said)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerRefused)
    problem = error.problem
    if problem.status == 401:  # noqa: PLR2004 - "sign in first"
        onward = quote(request.url.path, safe="")
        return RedirectResponse(f"/sign-in?onward={onward}", status_code=303)
    # What a page asks for is ours to get right: a service that finds it invalid is our fault, but
    # an address that people typed or cut is simply no page.
    status = 404 if problem.status in (400, 422) else problem.status
    headers = RETRY if status in (429, 503) else None
    return _failed(request, status, problem.detail if status == 409 else "", headers)  # noqa: PLR2004 - only a refusal's own words help


async def _silent(request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerSilent)
    log.warning("peer_silent", service=error.service)
    return _failed(request, 503, headers=RETRY)


async def _not_ours(request: Request, _: Exception) -> Response:
    return _failed(request, 403, STALE_FORM)


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnreadableForm)
    return _failed(request, error.status, str(error))


async def _routed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RoutingException)
    nothing_to_see = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET"
    status = HTTPStatus.NOT_FOUND if nothing_to_see else error.status_code
    return _failed(request, status, headers={} if nothing_to_see else dict(error.headers or {}))


async def _no_page(request: Request, _: Exception) -> Response:
    return _failed(request, 404)


async def _ours(request: Request, _: Exception) -> Response:
    """Answer from outside of `Guarded`, so with its headers; the server logs the error."""
    cookie: Cookie = request.app.state.cookie
    headers = security_headers(secure=cookie.secure) | {"Cache-Control": "no-store"}
    return _failed(request, 500, headers=headers)


ANSWERS: dict[type[Exception], Answering] = {
    PeerRefused: _refused,
    PeerSilent: _silent,
    NotFromOurPage: _not_ours,
    UnreadableForm: _unreadable,
    RoutingException: _routed,
    RequestValidationError: _no_page,
    Exception: _ours,
}
