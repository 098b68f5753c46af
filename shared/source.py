"""Where a reader gets what it missed: its own journal, or another service's feed."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from shared.feed import PAGE, Page, page, parse
from shared.hot import Head
from shared.peers import Peers


class Source(Protocol):
    """A service's journals."""

    service: str

    async def page(self, coalition: UUID, after: int) -> Page:
        """Return the events after a position, 2,000 at most."""

    async def heads(self, since: float | None) -> Mapping[UUID, Head]:
        """Return where each journal stands; with `since` those that moved in so many seconds."""

    async def keys(self, coalition: UUID, after: int) -> list[Mapping[str, Any]]:
        """Return sealing keys made after number `after`."""


class Own:
    """This service's own journal, read directly."""

    def __init__(self, service: str, pool: asyncpg.Pool, size: int = PAGE) -> None:
        self.service = service
        self._pool = pool
        self._size = size

    async def page(self, coalition: UUID, after: int) -> Page:
        async with self._pool.acquire(timeout=2) as db:
            return await page(db, self.service, coalition, after, self._size)

    async def heads(self, since: float | None) -> Mapping[UUID, Head]:
        async with self._pool.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select coalition_id, position, chain from journal.head where position > 0 and"
                " ($1::float8 is null or"
                " recorded_at > clock_timestamp() - make_interval(secs => $1))",
                since,
            )
        return {row["coalition_id"]: Head(row["position"], row["chain"]) for row in rows}

    async def keys(self, coalition: UUID, after: int) -> list[Mapping[str, Any]]:  # noqa: ARG002 - it has its own
        return []


class Peer:
    """Another service's feed."""

    def __init__(self, service: str, peers: Peers) -> None:
        self.service = service
        self._peers = peers

    async def page(self, coalition: UUID, after: int) -> Page:
        answer = await self._peers.get(
            self.service, "/internal/events", coalition=coalition, after=after, limit=PAGE
        )
        entries = parse(answer.content)
        chain = bytes.fromhex(answer.headers["accord-chain"])
        return Page(entries, chain, len(entries) == PAGE)

    async def heads(self, since: float | None) -> Mapping[UUID, Head]:
        answer = await self._peers.get(self.service, "/internal/heads", since=since)
        return {
            UUID(row["coalition"]): Head(row["position"], bytes.fromhex(row["chain"]))
            for row in answer.json()
        }

    async def keys(self, coalition: UUID, after: int) -> list[Mapping[str, Any]]:
        answer = await self._peers.get(
            self.service, "/internal/keys", coalition=coalition, after=after
        )
        keys: list[Mapping[str, Any]] = answer.json()
        return keys


class Sources:
    """Every journal that a service may read: its own, and those of its peers."""

    def __init__(self, service: str, watch: asyncpg.Pool, peers: Peers) -> None:
        self._service = service
        self._watch = watch
        self._peers = peers

    def of(self, service: str) -> Source:
        if service == self._service:
            return Own(service, self._watch)
        return Peer(service, self._peers)

    def relay_key(self, service: str) -> Callable[[], Awaitable[bytes]]:
        """Return what fetches the key that a peer's relay signs with."""

        async def fetch() -> bytes:
            key = (await self._peers.public_keys(service)).relay
            if key is None:
                raise ConnectionError(f"{service} has no relay key yet")
            return key

        return fetch
