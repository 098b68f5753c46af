"""Services on one port: `python -m services`, what `accord up` runs.

All of them, or those that are named; what is asked of another is passed on to its address, where
`ACCORD_PEERS__…` gives one. Write services that are named only answer: their relays, inboxes and
read models run where `followers` is named. `told-by FILE` before the names waits for settings in a
file, so that it can be started while its servers still start. Where it is told the way in as
superuser, it makes databases, roles and tables first; `python -m services migrate` does only that.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from services.audit.__main__ import service as audit
from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from services.transparency.__main__ import service as transparency
from services.web.__main__ import application as web
from services.web.__main__ import prepare as prepare_web
from shared import problems
from shared.admission import Gate
from shared.passage import Passage
from shared.service import Runtime
from shared.serving import serve
from shared.settings import Settings
from shared.signpost import Answers, Signpost, below
from shared.telemetry import start

TOLD_WITHIN = 60.0  # seconds
GIVES_WAY = 10  # in the scheduler's steps: what only follows leaves the processor to what answers
SERVICES = (members, meetings, credit, transparency, audit)
PAGES, FOLLOWERS = "web", "followers"


async def prepare(settings: Settings) -> None:
    """Make what every service keeps its data in."""
    await asyncio.gather(
        *(service.prepare(settings) for service in SERVICES), prepare_web(settings)
    )


def assemble(settings: Settings, gate: Gate, names: Collection[str] = ()) -> FastAPI:
    """Return one application with every service below its name, and the pages at `/`.

    Args:
        names: Which of them, if not all; what is asked of another one is passed on. With
            `followers` go the relays, inboxes and read models of all write services.
    """
    base = f"http://127.0.0.1:{settings.http.port}"
    addresses = {each.name: f"{base}/{each.name}" for each in SERVICES} | dict(settings.peers)
    here = [each for each in SERVICES if not names or each.name in names]
    follow = not names or FOLLOWERS in names
    runtimes = {
        each.name: Runtime(
            each, settings, addresses, gate,
            answers=each in here, follows=follow if each.writes else each in here,
        )
        for each in SERVICES
        if each in here or (follow and each.writes)
    }  # fmt: skip
    elsewhere = {each.name: Passage(addresses[each.name]) for each in SERVICES if each not in here}
    pages = web(settings, addresses) if not names or PAGES in names else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for passage in elsewhere.values():
                stack.push_async_callback(passage.close)
            for runtime in runtimes.values():
                await stack.enter_async_context(runtime.running())
            if pages is not None:
                await stack.enter_async_context(pages.router.lifespan_context(pages))
            yield

    root = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)

    @root.get("/livez", include_in_schema=False)
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    problems.install(root)
    ways: list[tuple[str, Answers]] = []
    for service in here:
        app = service.app(runtimes[service.name])
        root.mount(f"/{service.name}", app)
        ways += below(f"/{service.name}", app, service.ways())
    root.add_middleware(Signpost, ways=ways)
    for name, passage in elsewhere.items():
        root.mount(f"/{name}", passage)
    if pages is not None:
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


def give_way() -> None:
    """Leave the processor to what answers: take what is left of it, where the system knows that."""
    os.nice(GIVES_WAY)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main() -> None:
    names = sys.argv[1:]
    if names[:1] == ["told-by"]:
        learn(Path(names[1]))
        names = names[2:]
    settings = Settings.load()
    start("accord", level=settings.log.level, form=settings.log.format)
    if settings.admin.dsn is not None:
        asyncio.run(prepare(settings))
    if names == ["migrate"]:
        return
    if FOLLOWERS in names:
        give_way()
    gate = Gate()
    serve(assemble(settings, gate, names), gate, port=settings.http.port)


if __name__ == "__main__":
    main()
