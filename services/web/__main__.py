"""The pages: `python -m services.web`, with `migrate` to make their sessions' table first."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.web.assembly import site
from services.web.demo import DemoAccounts
from services.web.peers import Peers, connected
from services.web.session import Cookie, Sessions
from shared.admission import Gate
from shared.database import Script, create, migrate, pool
from shared.identity import EmbeddedIssuer
from shared.serving import serve
from shared.settings import Settings, needed
from shared.telemetry import start

NAME = "web"
DATABASE = f"accord_{NAME}"
DEMO_ACCOUNTS = "demo-accounts.json"


async def prepare(settings: Settings) -> None:
    """Make the database of the sessions; repeated at every start."""
    admin = needed(settings.admin.dsn, "ACCORD_ADMIN__DSN")
    password = settings.admin.password()
    own = settings.for_service(NAME)
    app = f"{DATABASE}_app"
    await create(admin, DATABASE, {app: own.database.password() or ""}, password=password)
    await migrate(
        admin,
        DATABASE,
        (Script("services.web", "sessions.sql"),),
        [
            f"grant usage on schema web to {app}",
            f"grant select, insert, update, delete on all tables in schema web to {app}",
        ],
        password=password,
        row_security=False,
    )


def application(settings: Settings, addresses: Mapping[str, str]) -> FastAPI:
    """Return the pages; `addresses` are those of the other services."""
    own = settings.for_service(NAME)

    @asynccontextmanager
    async def parts() -> AsyncIterator[tuple[Peers, Sessions]]:
        issuer = EmbeddedIssuer.read(needed(own.auth.key_file, "ACCORD_AUTH__KEY_FILE"))
        dsn = needed(own.database.dsn, "ACCORD_DATABASE__DSN")
        kept = await pool(dsn, NAME, password=own.database.password(), size=own.database.pool_max)
        async with kept, connected(addresses) as peers:
            yield peers, Sessions(kept, issuer)

    cookie = Cookie(secure=(settings.public_url or "").startswith("https://"))
    demo = DemoAccounts(settings.data / DEMO_ACCOUNTS if settings.demo else None)
    return site(cookie, demo, parts)


def main() -> None:
    """Run the pages as a process of their own."""
    settings = Settings.load()
    start(NAME, level=settings.log.level, form=settings.log.format)
    if sys.argv[1:] == ["migrate"]:
        asyncio.run(prepare(settings))
        return
    pages = application(settings, settings.peers)
    serve(pages, Gate(), port=settings.http.port, host="0.0.0.0")  # noqa: S104 - a container's own network


if __name__ == "__main__":
    main()
