"""A read model filled from the journals, by one process or several.

Each takes the coalitions of its share; a cursor's row lock lets only one fill a coalition, and
what is committed is where the next one goes on.
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from shared.bus import partition
from shared.database import DB_TRANSIENT
from shared.erasure import Erasure
from shared.inbox import Reader
from shared.models import Model, Models, Place
from shared.projection import Projection
from shared.sealing import Keys
from shared.source import Sources

AT_ONCE = 3
PAUSE_SECONDS = 0.2
ROUNDS, LEFT_AT_MOST = 3, 1_000


@dataclass(frozen=True)
class Share:
    """Which coalitions a process fills: those of every n-th partition."""

    number: int = 0
    of: int = 1

    def holds(self, coalition: UUID) -> bool:
        return partition(coalition) % self.of == self.number


class Filling:
    """One read model on its way to where the journals stand."""

    def __init__(
        self,
        projection: Projection,
        model: Model,
        *,
        app: asyncpg.Pool,
        watch: asyncpg.Pool,
        keys: Keys,
        sources: Sources,
    ) -> None:
        self._model = model
        self._watch = watch
        self._models = Models(app, watch)
        self._sources = {name: sources.of(name) for name in projection.sources}
        self._readers = {
            name: Reader(
                projection, source, app, watch, keys, model=model, erasure=Erasure(app, keys)
            )
            for name, source in self._sources.items()
        }

    async def fill(self, share: Share) -> None:
        """Fill a share until it is there, or so near that whoever follows does the rest."""
        rounds = 0
        while True:
            behind = {
                place: missing
                for place, missing in (await self._behind()).items()
                if share.holds(place[1])
            }
            if not behind or (rounds >= ROUNDS and sum(behind.values()) <= LEFT_AT_MOST):
                return
            await self.catch_up(behind)
            rounds += 1

    async def catch_up(self, places: Collection[Place]) -> None:
        """Fetch and apply what is missing in these places, a few of them at once."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def heal(place: Place) -> None:
            source, coalition = place
            async with slots:
                if not await self._readers[source].heal(coalition):
                    await asyncio.sleep(PAUSE_SECONDS)

        async with asyncio.TaskGroup() as group:
            for place in places:
                group.create_task(heal(place))

    async def level(self, coalitions: Collection[UUID]) -> None:
        """Bring coalitions to where the journals stand now."""
        await self.catch_up([(name, one) for name in self._sources for one in coalitions])

    async def total(self) -> int:
        """Return how many events the journals hold."""
        return sum([head for name in self._sources for head in (await self._heads(name)).values()])

    async def done(self) -> int:
        """Return how many events have been read."""
        return sum((await self._cursors()).values())

    async def _behind(self) -> dict[Place, int]:
        cursors, parked = await self._cursors(), await self._models.parked(self._model)
        found: dict[Place, int] = {}
        for name in self._sources:
            for coalition, head in (await self._heads(name)).items():
                place = name, coalition
                missing = head - cursors.get(place, 0)
                if missing > 0 and place not in parked:
                    found[place] = missing
        return found

    async def _heads(self, source: str) -> Mapping[UUID, int]:
        while True:
            with suppress(*DB_TRANSIENT):
                heads = await self._sources[source].heads(None)
                return {coalition: head.position for coalition, head in heads.items()}
            await asyncio.sleep(PAUSE_SECONDS)

    async def _cursors(self) -> Mapping[Place, int]:
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select source, coalition_id, position from inbox.cursor where reader = $1",
                self._model.reader,
            )
        return {(row["source"], row["coalition_id"]): row["position"] for row in rows}
