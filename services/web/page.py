"""One page: who looks at it, what stands around it, and how it becomes HTML."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from services.web import words
from services.web.answers import SILENT, Answer, Named, Said
from services.web.counted import bars
from services.web.edge import ASSETS
from services.web.peers import Asker, PeerRefused, Peers, PeerSilent, Problem, of
from services.web.session import Cookie, Sessions, SignedIn
from shared.uuid7 import random_bytes, uuid7_text

NOT_OURS = (401, 403, 404)
_chance = random_bytes(10)


class Coalition(Answer):
    """A coalition, as a page names it."""

    coalition: UUID
    slug: str
    name: Said = SILENT
    mode: str | None = None

    def __str__(self) -> str:
        return self.name.text or self.slug


class Mandate(Answer):
    """For which organisation a person may act, and where."""

    organisation: Named
    body: Named | None = None
    authority: str | None = None
    voting: bool = False
    roles: tuple[str, ...] = ()


PRESIDING = frozenset({"chair", "secretary"})


class Me(Answer):
    """The person at the browser, as this coalition knows them."""

    person: UUID | None = None
    name: Said = SILENT
    mandates: tuple[Mandate, ...] = ()
    presides: tuple[UUID, ...] = ()

    @property
    def organisations(self) -> tuple[Named, ...]:
        """The organisations they act for, each once, by name."""
        each = {mandate.organisation.id: mandate.organisation for mandate in self.mandates}
        return tuple(sorted(each.values(), key=str))

    @property
    def spokesperson(self) -> tuple[Named, ...]:
        """Those for which they may do more than watch."""
        speaking = {m.organisation.id for m in self.mandates if m.authority != "observer"}
        return tuple(org for org in self.organisations if org.id in speaking)

    @property
    def chair(self) -> Named | None:
        """The organisation for which they do what the chair does, where they may."""
        presiding = (org for org in self.spokesperson if org.id in self.presides)
        return next(presiding, None)

    def chairs(self, body: UUID | None, *, informal: bool = False) -> Named | None:
        """Return the organisation for which they do what the chair of a body does.

        Args:
            body: `None`: that of the charter.
            informal: Whether whoever speaks for an organisation may do it.
        """
        if body is None or informal:
            return self.chair
        seated = {
            mandate.organisation.id
            for mandate in self.mandates
            if mandate.body and mandate.body.id == body and not PRESIDING.isdisjoint(mandate.roles)
        }
        return next((org for org in self.spokesperson if org.id in seated), None)

    @property
    def chairs_any(self) -> Named | None:
        """The organisation for which they chair some body."""
        bodies = (mandate.body.id for mandate in self.mandates if mandate.body)
        return next(filter(None, map(self.chairs, bodies)), None)

    def speaks_for(self, organisation: UUID) -> bool:
        """Tell whether they may do more than watch for this organisation."""
        return any(org.id == organisation for org in self.spokesperson)


@dataclass(frozen=True)
class Tab:
    """An entry of a coalition's navigation, and the pages behind it."""

    path: str
    name: str
    within: tuple[tuple[str, str], ...] = ()


TABS = (
    Tab(
        "/decisions",
        "Decisions",
        (("/decisions", "Decisions"), ("/frontline", "Front line")),
    ),
    Tab("/meetings", "Meetings"),
    Tab("/steps", "Next steps"),
    Tab(
        "/organisations",
        "Organisations",
        (
            ("/organisations", "Roster"),
            ("/alignment", "Alignment"),
            ("/constituencies", "Constituencies"),
            ("/exchanges", "Offers and requests"),
            ("/relationships", "Relationships"),
            ("/partners", "Unlikely partners"),
        ),
    ),
    Tab(
        "/charter",
        "Charter",
        (("/charter", "Charter"), ("/structure", "Who decides"), ("/reviews", "Reviews")),
    ),
    Tab(
        "/issues",
        "Issues",
        (
            ("/issues", "Issues"),
            ("/threats", "Threats"),
            ("/concerns", "Concerns"),
            ("/conflicts", "Conflicts"),
            ("/messages", "Messages"),
        ),
    ),
    Tab(
        "/wins",
        "Wins",
        (
            ("/wins", "Wins and losses"),
            ("/contributions", "Contributions"),
            ("/impact", "Impact"),
            ("/shares", "Shares of money"),
        ),
    ),
    Tab(
        "/reports",
        "Reports",
        (
            ("/reports", "Reports"),
            ("/claims", "Claims and disputes"),
            ("/lessons", "Lessons"),
            ("/audit", "The log"),
        ),
    ),
)


@dataclass(frozen=True)
class Chrome:
    """What stands around every page."""

    path: str
    person: str | None = None
    form_token: str | None = None
    coalition: Coalition | None = None
    me: Me = field(default_factory=Me)

    @property
    def root(self) -> str:
        """The coalition's own page."""
        return f"/c/{self.coalition.slug}" if self.coalition else ""

    @property
    def tabs(self) -> list[tuple[str, str, str]]:
        """Path, name and state of each entry of the navigation."""
        return [(tab.path, tab.name, self._tab_state(tab)) for tab in TABS]

    @property
    def within(self) -> list[tuple[str, str, str]]:
        """The same of the pages beside this one, behind the same entry."""
        for tab in TABS:
            if self._tab_state(tab):
                return [(path, name, self._state(path)) for path, name in tab.within]
        return []

    @property
    def section(self) -> str:
        """The name of the entry that this page stands behind."""
        return next((tab.name for tab in TABS if self._tab_state(tab)), "")

    def _tab_state(self, tab: Tab) -> str:
        behind = [self._state(path) for path, _ in tab.within] or [self._state(tab.path)]
        if self._state(tab.path) == "page":
            return "page"
        return "true" if any(behind) else ""

    def _state(self, path: str) -> str:
        """Return what `aria-current` says: the page itself, a page below it, or nothing."""
        full = self.root + path
        if self.path == full:
            return "page"
        return "true" if self.path.startswith(f"{full}/") else ""


@dataclass(frozen=True)
class Visit:
    """One request of one person."""

    request: Request
    signed_in: SignedIn | None
    ask: Asker

    async def chrome(self, coalition: str | None = None) -> Chrome:
        """Ask what stands around the page.

        Raises:
            PeerRefused: there is no such coalition, or not for this person.
        """
        if coalition is None:
            me = await self._me("me")
            return self._around(None, me)
        asked = asyncio.create_task(self.me_in(coalition))
        try:
            found = await self.ask.get("members", of(coalition))
        except (PeerRefused, PeerSilent):
            [over] = await asyncio.gather(asked, return_exceptions=True)
            if isinstance(over, PeerRefused):  # whose session is over is told so
                raise over from None
            raise
        return self._around(Coalition.model_validate(found), await asked)

    async def me_in(self, coalition: str) -> Me:
        """Return the person as a coalition knows them.

        Raises:
            PeerRefused: it knows them no more, so the session is over.
        """
        me = await self._me(of(coalition, "me"))
        if self.signed_in is not None:
            await self._still(self.signed_in, coalition, me)
        return me

    async def _still(self, signed_in: SignedIn, coalition: str, me: Me) -> None:
        """End the session of who was somebody in a coalition and is nobody there any more."""
        sessions: Sessions = self.request.app.state.sessions
        cookie: Cookie = self.request.app.state.cookie
        session_id = self.request.cookies.get(cookie.name)
        if me.person is None and coalition in signed_in.known_in:
            await sessions.end(session_id)
            raise PeerRefused("members", Problem(status=401))
        if me.person is not None and coalition not in signed_in.known_in:
            await sessions.know(session_id, coalition)

    def bare_chrome(self) -> Chrome:
        """Return what stands around a page that asks nobody: an error, the sign-in."""
        return self._around(None, Me())

    def _around(self, coalition: Coalition | None, me: Me) -> Chrome:
        signed_in = self.signed_in
        return Chrome(
            path=self.request.url.path,
            person=None if signed_in is None else me.name.text or signed_in.subject,
            form_token=None if signed_in is None else signed_in.form_token,
            coalition=coalition,
            me=me,
        )

    async def _me(self, path: str) -> Me:
        if self.signed_in is None:
            return Me()
        try:
            return Me.model_validate(await self.ask.get("members", path))
        except PeerRefused as refused:
            if refused.problem.status in NOT_OURS:  # a reader who belongs to nobody here
                return Me()
            raise


async def visit(request: Request) -> Visit:
    """Find out who is at the browser."""
    sessions: Sessions = request.app.state.sessions
    cookie: Cookie = request.app.state.cookie
    peers: Peers = request.app.state.peers
    signed_in = await sessions.find(request.cookies.get(cookie.name))
    return Visit(request, signed_in, Asker(peers, signed_in.access_token if signed_in else None))


Visiting = Annotated[Visit, Depends(visit)]


def new_id() -> str:
    """Return an id for what a form begins: sent twice, it begins one thing."""
    return uuid7_text(time.time_ns() // 1_000_000, next(_chance))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        moment=words.moment, day=words.day, number=words.number, listed=words.listed
    )
    environment.tests["named"] = lambda value: isinstance(value, Named)
    environment.globals.update(
        words=words,
        count=words.count,
        bars=bars,
        asset=lambda name: f"/static/{ASSETS[name].name}",
        new_key=lambda: str(uuid.uuid4()),
        new_id=new_id,
    )
    return environment


TEMPLATES = _environment()


def to_html(template: str, chrome: Chrome, **shown: Any) -> str:
    """Return the page as HTML. A name the template asks for and nobody gave is an error."""
    return TEMPLATES.get_template(template).render(chrome=chrome, **shown)


def page(
    template: str,
    chrome: Chrome,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **shown: Any,
) -> HTMLResponse:
    """Answer with a page."""
    return HTMLResponse(to_html(template, chrome, **shown), status, headers)
