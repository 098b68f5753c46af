"""One page: who looks at it, what stands around it, and how it becomes HTML."""

import asyncio
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
from services.web.peers import Asker, PeerRefused, Peers, of
from services.web.session import Cookie, Sessions, SignedIn

NOT_OURS = (401, 403, 404)


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


class Me(Answer):
    """The person at the browser, as this coalition knows them."""

    person: UUID | None = None
    name: Said = SILENT
    mandates: tuple[Mandate, ...] = ()

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


@dataclass(frozen=True)
class Chrome:
    """What stands around every page."""

    path: str
    person: str | None = None
    form_token: str | None = None
    coalition: Coalition | None = None
    me: Me = field(default_factory=Me)


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
        found, me = await asyncio.gather(
            self.ask.get("members", of(coalition)), self.me_in(coalition)
        )
        return self._around(Coalition.model_validate(found), me)

    async def me_in(self, coalition: str) -> Me:
        """Return the person as a coalition knows them."""
        return await self._me(of(coalition, "me"))

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
