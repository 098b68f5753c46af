"""Receipts of erasures: written by who said so, once every service has done it.

A service that has erased a person says so when it is asked; one that does not answer is asked
again. What remains to be confirmed is on the list of who was erased, so nothing is forgotten.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from shared.ask import Ask, Busy, Step
from shared.database import DB_TRANSIENT, tenant
from shared.decider import altered
from shared.event import Context
from shared.feed import Done, erased
from shared.hot import Reading
from shared.journal import Journal
from shared.peers import Peers

log = structlog.get_logger()

LOOK_SECONDS = 1.0
Confirm = Callable[[UUID, Mapping[str, int]], Step]
"""(person, up to where each service has read) → the command that records it."""


class Receipts:
    """What waits for its receipt.

    Args:
        pool: The application's role; `watch` that which sees every coalition.
        others: The services that may open values, beside this one.
    """

    def __init__(
        self, service: str, pool: asyncpg.Pool, watch: asyncpg.Pool, journal: Journal,
        peers: Peers, others: Collection[str], confirm: Confirm,
    ) -> None:  # fmt: skip
        self._service = service
        self._pool = pool
        self._watch = watch
        self._journal = journal
        self._peers = peers
        self._others = sorted(others)
        self._confirm = confirm
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Look until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except (*DB_TRANSIENT, Busy) as error:
                log.info("receipts_later", error=type(error).__name__)
            except Exception:
                log.exception("receipts_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stopping.wait()

    async def look(self) -> None:
        """Write the receipts of those whom every service has erased."""
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select coalition_id, array_agg(person_id order by position) as persons"
                " from inbox.erased where not receipt group by coalition_id"
            )
        for coalition, persons in rows:
            try:
                done = await self._done(coalition)
            except (OSError, KeyError, ValueError) as error:
                log.info("receipt_later", coalition=str(coalition), why=str(error))
                continue
            services = {name: each.read for name, each in done.items()}
            for person in persons:
                if all(person in each.persons for each in done.values()):
                    await self._write(coalition, person, services)

    async def _done(self, coalition: UUID) -> Mapping[str, Done]:
        """Return what each service has done.

        Raises:
            OSError: one does not answer.
        """
        found = {self._service: await erased(self._watch, coalition, self._service)}
        for name in self._others:
            answer = await self._peers.get(name, "/internal/erasures", coalition=coalition)
            said = answer.json()
            found[name] = Done(said["read"], frozenset(map(UUID, said["persons"])))
        return found

    async def _write(self, coalition: UUID, person: UUID, services: Mapping[str, int]) -> None:
        async def resolve(read: Reading, _state: Any, _command: Any) -> Context:
            return altered(read.context, credential="system")

        step = self._confirm(person, services)
        await self._journal.write(Ask(coalition, (step,), resolve))
        async with tenant(self._pool, [coalition]) as db:
            await db.execute(
                "update inbox.erased set receipt = true where coalition_id = $1 and person_id = $2",
                coalition, person,
            )  # fmt: skip
