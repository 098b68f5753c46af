"""A read model built beside the live one, compared with it and switched to; or only compared.

It may be broken off at any time: the next one goes on at the cursors.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Self
from uuid import UUID

import asyncpg

from shared.comparing import Comparison
from shared.database import DB_TRANSIENT, First, close, pool
from shared.erasure import applied_again
from shared.errand import Order, Say, Stopped, be, running
from shared.filling import Filling, Share
from shared.identity import ServiceKey
from shared.models import Model, Models, current
from shared.peers import Peers
from shared.projection import Projection
from shared.sealing import Keys
from shared.settings import Login, Settings, needed, secret
from shared.source import Sources

ALONE = "hashtextextended('accord.rebuild', 0)"
PATIENT = {
    "statement_timeout": "10min",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
SAY_EVERY = 0.5
FOLLOWED_WITHIN = 30.0
LEVEL_WITHIN = 60.0
LOOK_AGAIN = 0.1
CHECK = "check"


@dataclass(frozen=True)
class Outcome:
    """What a comparison found: differences in words, and the coalitions that have any."""

    tables: int
    different: Sequence[str]
    coalitions: frozenset[UUID]


class Rebuilding:
    """Everything that such a process works with."""

    def __init__(
        self, name: str, package: str, projection: Projection, say: Say, app: asyncpg.Pool,
        watch: asyncpg.Pool, keys: Keys, sources: Sources,
    ) -> None:  # fmt: skip
        self._name = name
        self._package = package
        self._projection = projection
        self._say = say
        self._app = app
        self._watch = watch
        self._keys = keys
        self._sources = sources
        self._models = Models(app, watch)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, name: str, package: str, projection: Projection, settings: Settings, say: Say
    ) -> AsyncIterator[Self]:
        """Open what it needs, with the patience of somebody whom no request waits for."""
        async with AsyncExitStack() as stack:
            own = settings.for_service(name)

            async def opened(login: Login, setting: str, size: int, first: First) -> asyncpg.Pool:
                made = await pool(
                    needed(login.dsn, setting), f"{name}-models", password=login.password(),
                    size=size, first=first, **PATIENT,
                )  # fmt: skip
                stack.push_async_callback(close, made)
                return made

            app = await opened(own.database, "ACCORD_DATABASE__DSN", 4, None)
            watch = await opened(own.relay, "ACCORD_RELAY__DSN", 3, None)
            sealing = await opened(own.keys, "ACCORD_KEYS__DSN", 1, applied_again(watch))
            key_file = needed(own.service.key_file, "ACCORD_SERVICE__KEY_FILE")
            peers = Peers(dict(settings.peers), ServiceKey(name, secret(key_file)))
            stack.push_async_callback(peers.close)
            keys, sources = Keys(sealing, own.keys.kek(), name), Sources(name, watch, peers)
            yield cls(name, package, projection, say, app, watch, keys, sources)

    async def carry_out(self, order: Order) -> None:
        """Do what is ordered.

        Raises:
            Stopped: it could not be done.
        """
        if order.do == "fill":
            [model] = [one for one in await self._models.all() if one.schema == order.schema_]
            await self._filling(model).fill(Share(order.share, order.processes))
            return
        async with self._app.acquire(timeout=2) as alone:
            if not await alone.fetchval(f"select pg_try_advisory_lock({ALONE})"):
                raise Stopped("Another rebuild or check is under way here: wait for it to end.")
            try:
                await (self._rebuild(order) if order.do == "rebuild" else self._check(order))
            finally:
                with suppress(*DB_TRANSIENT):  # a lock ends with its connection too
                    await alone.execute(f"select pg_advisory_unlock({ALONE})")

    async def _rebuild(self, order: Order) -> None:
        new = await self._begun()
        filling = self._filling(new)
        self._say("building", schema=new.schema)
        await self._fill(new, filling, order.processes)
        await self._models.begin_following(new)
        await self._until_followed(new)
        live = current(await self._models.all())
        outcome = await self._compared(live, new, filling)
        if outcome.different and order.accept is None:
            raise Stopped(
                f"Nothing was switched: {new.schema} differs from {live.schema}, which is read. If "
                'it should, say why: --accept-differences "…". Else drop it with --drop-old.'
            )
        end = time.monotonic() + LEVEL_WITHIN
        while await self._models.behind(new, live, outcome.coalitions):
            if time.monotonic() > end:
                raise Stopped(f"{new.schema} does not catch up with {live.schema}: try again.")
            await asyncio.sleep(LOOK_AGAIN / 5)
        start = time.perf_counter()
        await self._models.switch(new, order.accept)
        took = round((time.perf_counter() - start) * 1000, 1)
        self._say("switched", schema=new.schema, before=live.schema, milliseconds=took)

    async def _check(self, order: Order) -> None:
        for model in await self._models.all():
            if model.code == CHECK:
                await self._models.drop(model)
        scratch = await self._models.make(self._projection.reader, CHECK)
        try:
            filling = self._filling(scratch)
            self._say("building", schema=scratch.schema)
            await self._fill(scratch, filling, order.processes)
            live = current(await self._models.all())
            outcome = await self._compared(live, scratch, filling)
        finally:
            await self._models.drop(scratch)
        if outcome.different:
            raise Stopped(f"{live.schema} is not what its events give: rebuild it.")
        self._say("equal", schema=live.schema, tables=outcome.tables)

    async def _begun(self) -> Model:
        """Return the read model that an earlier run of the same code began, or a new one."""
        code = digest(self._package)
        for model in await self._models.all():
            if model.state not in {"building", "following"}:
                continue
            if model.code == code and not await self._models.parked(model):
                return model
            await self._models.drop(model)
        return await self._models.make(self._projection.reader, code)

    def _filling(self, model: Model) -> Filling:
        return Filling(
            self._projection, model, app=self._app, watch=self._watch, keys=self._keys,
            sources=self._sources,
        )  # fmt: skip

    async def _fill(self, model: Model, filling: Filling, processes: int) -> None:
        total = await filling.total()
        ticking = asyncio.create_task(self._tick(filling, total))
        try:
            if processes == 1:
                await filling.fill(Share())
            else:
                await self._fill_together(model, processes)
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
        self._say("filled", done=await filling.done(), total=total)

    async def _fill_together(self, model: Model, processes: int) -> None:
        async with asyncio.TaskGroup() as group:
            for share in range(processes):
                order = {"do": "fill", "schema": model.schema, "share": share}
                group.create_task(self._helped(order | {"processes": processes}))

    async def _helped(self, order: dict[str, Any]) -> None:
        async with running(self._package, order) as helper:
            await helper.stdout.read()
        if helper.process.returncode:
            raise Stopped("A process that helped to fill has ended: run the same again.")

    async def _tick(self, filling: Filling, total: int) -> None:
        """Say how far it is; the rate is that of this run."""
        start, at = await filling.done(), time.monotonic()
        while True:
            with suppress(*DB_TRANSIENT):
                done = await filling.done()
                rate = (done - start) / max(time.monotonic() - at, 0.001)
                self._say("filling", done=done, total=max(total, done), rate=round(rate))
            await asyncio.sleep(SAY_EVERY)

    async def _until_followed(self, model: Model) -> None:
        end = time.monotonic() + FOLLOWED_WITHIN
        while not any(m.followed for m in await self._models.all() if m.schema == model.schema):
            if time.monotonic() > end:
                raise Stopped(f"No running {self._name} keeps {model.schema} up: start it.")
            await asyncio.sleep(LOOK_AGAIN)

    async def _compared(self, live: Model, new: Model, filling: Filling) -> Outcome:
        """Compare all coalitions; those on the move again and again, until they are level."""
        comparison = Comparison(self._watch, live, new)
        waiting = await comparison.coalitions()
        different: dict[UUID, list[str]] = {}
        tables, end = 0, time.monotonic() + LEVEL_WITHIN
        while waiting:
            async for each in comparison.compare(waiting):
                tables += 1
                end = time.monotonic() + LEVEL_WITHIN
                found = {"table": each.table, "coalition": str(each.coalition), "rows": each.rows}
                self._say("compared", **found, first=each.first)
                if each.first is not None:
                    words = f"{each.table} of {each.coalition}, from {each.first} on"
                    different.setdefault(each.coalition, []).append(words)
            parked = {
                of: why
                for model in (live, new)
                for (_, of), why in (await self._models.parked(model)).items()
            }
            waiting = [one for one in waiting if one not in comparison.done]
            for one in [one for one in waiting if one in parked or time.monotonic() > end]:
                why = parked.get(one, "never at the same position in both")
                self._say("compared", table=None, coalition=str(one), rows=0, first=why)
                different.setdefault(one, []).append(f"{one}: {why}")
                waiting.remove(one)
            if waiting:
                await filling.level(waiting)
                await asyncio.sleep(LOOK_AGAIN / 5)
        said = [each for found in different.values() for each in found]
        return Outcome(tables, said, frozenset(different))


def digest(package: str) -> str:
    """Return a digest of the code that folds: a service's own, and what all of them share."""
    found = hashlib.sha256()
    for name in (package, "shared"):
        for file in sorted(_code(files(name)), key=str):
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _code(folder: Traversable) -> list[Traversable]:
    return [
        file
        for one in folder.iterdir()
        for file in (_code(one) if one.is_dir() else [one])
        if file.name.endswith((".py", ".sql"))
    ]


def main(name: str, package: str, projection: Projection, settings: Settings) -> None:
    """Carry out what a running service ordered, in this process."""

    async def work(order: Order, say: Say) -> None:
        async with Rebuilding.opened(name, package, projection, settings, say) as rebuilding:
            await rebuilding.carry_out(order)

    be(work)
