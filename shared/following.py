"""What a running service keeps up: its inboxes, and every read model that is or may be read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

import asyncpg
import structlog

from shared.bus import Bus
from shared.database import DB_TRANSIENT, close
from shared.ear import Ear
from shared.erasure import Erasure
from shared.inbox import Inbox, Keeper, Listener, Reader
from shared.models import Model, Models
from shared.projection import Projection
from shared.sealing import Keys
from shared.source import Sources
from shared.telemetry import beside

log = structlog.get_logger()

LOOK_SECONDS = 1.0
KEEPERS_GATHER = 0.25  # seconds: nobody waits for what they keep

OpenPool = Callable[[str, int], Awaitable[asyncpg.Pool]]
"""(purpose, size) → connections of the role that applies, for one read model."""


class Announced(Protocol):
    """A journal that says when something was written."""

    def listen(self) -> asyncio.Event: ...


class Following:
    """The readers of one service.

    Args:
        own: This service's journal, where it has one; its events need no bus.
        agenda: What listens to that journal for what is due one day.
    """

    def __init__(
        self,
        service: str,
        projection: Projection | None,
        subscriptions: Sequence[Inbox],
        *,
        app: asyncpg.Pool,
        watch: asyncpg.Pool,
        keys: Keys,
        sources: Sources,
        bus: Bus | None,
        own: Announced | None,
        open_pool: OpenPool,
        agenda: Listener | None = None,
    ) -> None:
        self._service = service
        self._agenda = agenda
        self._projection = projection
        self._subscriptions = subscriptions
        self._app = app
        self._watch = watch
        self._keys = keys
        self._sources = sources
        self._bus = bus
        self._own = own
        self._open_pool = open_pool
        self._erasure = Erasure(app, keys)
        self._models = Models(app, watch)
        self._kept_up: dict[str, _KeptUp] = {}
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Follow until `stop`: look again and again which read models there are."""
        inboxes = [self._reader(one, one.source, self._app) for one in self._subscriptions]
        listening: list[Reader | Ear] = [*inboxes, *self._ears(inboxes)]
        if self._agenda is not None:
            listening.append(self._reader(self._agenda, self._service, self._app))
        running: list[asyncio.Task[None]] = []
        try:
            while not self._stopping.is_set():
                if self._projection is not None:
                    with suppress(*DB_TRANSIENT):
                        await self._look(self._projection)
                running = running or [beside(each.run()) for each in listening]
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._stopping.wait()
        finally:
            for each in listening:
                each.stop()
            ending = [kept.end() for kept in self._kept_up.values()]
            await asyncio.gather(*running, *ending, return_exceptions=True)

    def _ears(self, inboxes: Sequence[Reader]) -> list[Ear]:
        """Return who listens to the bus: for each inbox, and for all read models together."""
        pairs = zip(self._subscriptions, inboxes, strict=True)
        found = [
            Ear(
                one.source, one.reader, self._bus, partial(list, [reader]),
                patience=KEEPERS_GATHER if isinstance(one, Keeper) else 0.0,
            )
            for one, reader in pairs
        ]  # fmt: skip
        if (projection := self._projection) is not None:
            found += [
                Ear(source, projection.reader, self._bus, partial(self._of, source))
                for source in projection.sources
                if source != self._service
            ]
        return found

    def _of(self, source: str) -> list[Reader]:
        """Return the readers of a source, of the newest read model first.

        So that the one to be read next is never behind the one that is read now.
        """
        newest = sorted(self._kept_up.values(), key=lambda kept: -kept.model.number)
        return [each for kept in newest for each in kept.readers if each.source == source]

    async def _look(self, projection: Projection) -> None:
        """Begin to keep up new read models, drop those whose time is over, let go dropped ones."""
        there = {model.schema: model for model in await self._models.all() if model.kept_up}
        for schema in self._kept_up.keys() - there.keys():
            await self._kept_up.pop(schema).end()
        for schema, model in there.items():
            if model.state == "kept" and model.due:
                if kept := self._kept_up.pop(schema, None):
                    await kept.end()
                if await self._models.drop(model):
                    log.info("model_dropped", schema=schema)
            elif schema not in self._kept_up:
                pool = await self._open_pool(f"{self._service}-{schema}", len(projection.sources))
                readers = [
                    self._reader(projection, source, pool, model) for source in projection.sources
                ]
                self._kept_up[schema] = _KeptUp(model, pool, readers)
                await self._models.followed(model)

    def _reader(
        self, listener: Listener, source: str, pool: asyncpg.Pool, model: Model | None = None
    ) -> Reader:
        if source == self._service:
            assert self._own is not None
            return Reader(
                listener, self._sources.of(source), pool, self._watch, self._keys,
                wake=self._own.listen(), model=model, erasure=self._erasure,
            )  # fmt: skip
        return Reader(
            listener, self._sources.of(source), pool, self._watch, self._keys,
            heard=self._bus is not None, relay_key=self._sources.relay_key(source), model=model,
            erasure=self._erasure,
        )  # fmt: skip


class _KeptUp:
    """A read model that is being kept up."""

    def __init__(self, model: Model, pool: asyncpg.Pool, readers: Sequence[Reader]) -> None:
        self.model = model
        self.readers = readers
        self._pool = pool
        self._tasks = [beside(reader.run()) for reader in readers]

    async def end(self) -> None:
        for reader in self.readers:
            reader.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await close(self._pool)
