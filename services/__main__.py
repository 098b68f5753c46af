"""All services on one port: `python -m services`, what `accord up` runs.

`python -m services told-by FILE` waits for its settings in a file, so that it can be started
while its servers still start. Where it is told the way in as superuser, it makes databases,
roles and tables first; `python -m services migrate` does only that.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from services.transparency.__main__ import service as transparency
from services.web.__main__ import application as web
from services.web.__main__ import prepare as prepare_web
from shared import problems
from shared.admission import Gate
from shared.service import Runtime
from shared.serving import serve
from shared.settings import Settings
from shared.telemetry import start

TOLD_WITHIN = 60.0  # seconds
SERVICES = (members, meetings, credit, transparency)


async def prepare(settings: Settings) -> None:
    """Make what every service keeps its data in."""
    await asyncio.gather(
        *(service.prepare(settings) for service in SERVICES), prepare_web(settings)
    )


def assemble(settings: Settings, gate: Gate) -> FastAPI:
    """Return one application with every service below its name, and the pages at `/`."""
    base = f"http://127.0.0.1:{settings.http.port}"
    addresses = {service.name: f"{base}/{service.name}" for service in SERVICES}
    pages = web(settings, addresses)
    runtimes = {service.name: Runtime(service, settings, addresses, gate) for service in SERVICES}

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for runtime in runtimes.values():
                await stack.enter_async_context(runtime.running())
            await stack.enter_async_context(pages.router.lifespan_context(pages))
            yield

    root = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)

    @root.get("/livez", include_in_schema=False)
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    problems.install(root)
    for service in SERVICES:
        root.mount(f"/{service.name}", service.app(runtimes[service.name]))
    root.mount("/", pages)
    return root


def learn(path: Path) -> None:
    """Take the environment in a file that is written when the servers are ready."""
    end = time.monotonic() + TOLD_WITHIN
    while not path.exists():
        if time.monotonic() > end:
            sys.exit(f"{path} was not written: the servers did not start.")
        time.sleep(0.02)
    os.environ.update(json.loads(path.read_text("utf-8")))


def main() -> None:
    if sys.argv[1:2] == ["told-by"]:
        learn(Path(sys.argv[2]))
    settings = Settings.load()
    start("accord", level=settings.log.level, form=settings.log.format)
    if settings.admin.dsn is not None:
        asyncio.run(prepare(settings))
    if sys.argv[1:] == ["migrate"]:
        return
    gate = Gate()
    serve(assemble(settings, gate), gate, port=settings.http.port)


if __name__ == "__main__":
    main()
