"""Signing in by a one-time link, as a demo account on this machine, and signing out."""

from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from services.web.acting import NotFromOurPage, attempt
from services.web.demo import DemoAccounts
from services.web.edge import read_form
from services.web.page import Visiting, page
from services.web.session import Cookie, Sessions, from_our_page

router = APIRouter()


def within(address: str) -> str:
    """Return an address on this host; the home page in place of any other."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours and not parts.netloc and not parts.scheme else "/"


def _enter(request: Request, session_id: str, onward: str) -> Response:
    cookie: Cookie = request.app.state.cookie
    return RedirectResponse(
        within(onward), status_code=303, headers={"Set-Cookie": cookie.holding(session_id)}
    )


@router.get("/sign-in")
async def sign_in(
    visiting: Visiting, request: Request, token: str | None = None, onward: str = "/"
) -> Response:
    """Redeem a sign-in link; without one, say how to get one."""
    sessions: Sessions = request.app.state.sessions
    demo: DemoAccounts = request.app.state.demo
    looking_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    if token and not looking_ahead:
        session_id = await sessions.begin(token)
        if session_id is not None:
            return _enter(request, session_id, onward)
    return page(
        "sign_in.html",
        visiting.bare_chrome(),
        status=403 if token else 200,
        used=bool(token),
        onward=within(onward),
        accounts=demo.offered_to(request),
    )


@router.post("/sign-in/demo")
async def sign_in_as_demo(request: Request) -> Response:
    """Sign in as one of the demo's accounts, from this machine only."""
    sessions: Sessions = request.app.state.sessions
    demo: DemoAccounts = request.app.state.demo
    if not from_our_page(request.headers):
        raise NotFromOurPage
    form = await read_form(request)
    subject = form.get("subject", "")
    if subject not in {account.subject for account in demo.offered_to(request)}:
        raise HTTPException(404)
    return _enter(request, await sessions.begin_for(subject), form.get("onward", "/"))


@router.post("/sign-out")
async def sign_out(visiting: Visiting, request: Request) -> Response:
    """End the session here and in the browser."""
    await attempt(visiting, request)
    sessions: Sessions = request.app.state.sessions
    cookie: Cookie = request.app.state.cookie
    await sessions.end(request.cookies.get(cookie.name))
    return RedirectResponse("/sign-in", status_code=303, headers={"Set-Cookie": cookie.emptied()})
