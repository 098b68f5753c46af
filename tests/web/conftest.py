"""The pages on a real database, without the other services: whoever they ask is silent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from accord.environment import Database as Server
from services.web import __main__ as web
from services.web.session import Sessions
from shared.identity import EmbeddedIssuer
from shared.settings import Auth, Database, Login, Settings

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there


class Clock:
    """The time, for sessions that grow old."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 12, 15, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Site:
    """The running pages, and how a browser reaches them."""

    app: FastAPI
    issuer: EmbeddedIssuer
    clock: Clock
    demo_accounts: Path

    def browser(self, *, address: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
        """Return a browser of its own, with its own cookies."""
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(
                self.app, client=(address, 4000), raise_app_exceptions=False
            ),
            base_url="http://localhost:8080",
            headers=headers,
        )

    def link(self, subject: str) -> str:
        """Return a fresh sign-in link."""
        return f"/sign-in?token={self.issuer.once(subject)}"

    async def signed_in(self, subject: str = "amina@example.org") -> httpx2.AsyncClient:
        """Return a browser in which somebody has signed in."""
        browser = self.browser()
        assert (await browser.get(self.link(subject))).status_code == 303
        return browser


@pytest.fixture(scope="session")
async def web_settings(postgres: str, data: Path) -> Settings:
    """Settings of pages whose database is made."""
    server = Server(postgres, None)
    role = f"{web.DATABASE}_app"
    settings = Settings(
        data=data,
        demo=True,
        public_url="http://localhost:8080",
        admin=Login(dsn=postgres),
        database=Database(
            dsn=server.dsn_for(role, web.DATABASE), password_file=data / "secrets" / role
        ),
        auth=Auth(key_file=data / "secrets" / "issuer"),
    )
    await web.prepare(settings)
    return settings


@pytest.fixture
async def site(web_settings: Settings) -> AsyncIterator[Site]:
    """The pages, beside services of which none answers."""
    addresses = dict.fromkeys(("members", "meetings", "credit", "transparency"), NOBODY)
    app = web.application(web_settings, addresses)
    clock = Clock()
    async with app.router.lifespan_context(app):
        kept: Sessions = app.state.sessions
        app.state.sessions = Sessions(kept.pool, kept.issuer, clock)
        accounts = web_settings.data / web.DEMO_ACCOUNTS
        yield Site(app, kept.issuer, clock, accounts)
        accounts.unlink(missing_ok=True)
        await kept.pool.execute("delete from web.session")
