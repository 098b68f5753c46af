"""What a running service has at hand for a request."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import asyncpg

from shared.database import Pin, tenant
from shared.hot import Connection, Reading
from shared.identity import (
    Mandates,
    ServiceKey,
    Signed,
    Tokens,
    Unauthenticated,
    Who,
    unverified,
    verify_service,
)
from shared.journal import Journal
from shared.peers import Known, Peers
from shared.problems import Problem, not_found
from shared.sealing import Keys
from shared.uuid7 import random_bytes, uuid7
from shared.waking import Moved

Rows = AbstractAsyncContextManager[Connection]
Whois = Callable[[str], Awaitable[Mapping[UUID, Known]]]
Policy = Mapping[str, tuple[Who, ...]]

WAIT_SECONDS = 2.0
KNOWN_SECONDS = 5.0
PEER_SECONDS = 30.0
_ids = random_bytes(10)


class Limits:
    """Token buckets, counted per process."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, policy: str, principal: str, per_second: float, burst: float) -> None:
        """Take one of what a policy allows to a principal.

        Raises:
            Problem: 429 with `Retry-After`.
        """
        now = time.monotonic()
        bucket = f"{policy}/{principal}"
        left, at = self._buckets.get(bucket, (burst, now))
        left = min(burst, left + (now - at) * per_second)
        if left < 1:
            again = max(1, round((1 - left) / per_second))
            raise Problem(
                429, "quota_exceeded", "You ask faster than this service answers: slow down.",
                headers={
                    "Retry-After": str(again),
                    "RateLimit-Policy": f'"{policy}";q={burst:.0f};w={burst / per_second:.0f}',
                    "RateLimit": f'"{policy}";r=0;t={again}',
                },
                violated=(policy,),
            )  # fmt: skip
        if len(self._buckets) > 50_000:  # noqa: PLR2004 - a bound on memory
            self._buckets.clear()
        self._buckets[bucket] = left - 1, now


class Host:
    """A service as its routes see it.

    Args:
        relay_pool: The role that sees every coalition's heads, cursors and ciphertext.
        serves: Whether a peer may have the keys of an audience.
        whois: The coalitions a token's subject belongs to, and as whom.
        names: Where others of this process look up what an address means; found ones are added.
        moved: Says when its own journals moved.
    """

    def __init__(
        self,
        service: str,
        *,
        pool: asyncpg.Pool,
        relay_pool: asyncpg.Pool,
        tokens: Tokens,
        peers: Peers,
        policy: Policy,
        whois: Whois,
        serves: Callable[[str, str], bool],
        keys: Keys | None = None,
        own_key: ServiceKey,
        journal: Journal | None = None,
        mandates: Callable[[Reading], Awaitable[Mandates]] | None = None,
        names: dict[str, UUID] | None = None,
        moved: Moved | None = None,
    ) -> None:
        self.service = service
        self.moved = moved
        self.pool = pool
        self.relay_pool = relay_pool
        self.tokens = tokens
        self.peers = peers
        self.keys = keys
        self.journal = journal
        self.own_key = own_key
        self.mandates = mandates
        self.serves = serves
        self._policy = policy
        self.whois = whois
        self._limits = Limits()
        self._slugs: dict[str, UUID] = {}
        self._names = {} if names is None else names
        self._peers_seen: dict[str, tuple[float, str]] = {}
        self._asking: dict[str, asyncio.Future[Mapping[UUID, Known]]] = {}
        self._people: dict[tuple[str, UUID], tuple[float, Known | None]] = {}

    def new_id(self) -> UUID:
        """Return a UUIDv7."""
        return uuid7(int(time.time() * 1000), next(_ids))

    def who(self, action: str) -> tuple[Who, ...]:
        return self._policy[action]

    def limit(self, policy: str, principal: str, per_second: float, burst: float) -> None:
        self._limits.take(policy, principal, per_second, burst)

    async def coalition(self, name: str, at_least: str | None = None) -> UUID:
        """Return the id of the coalition with this slug or id.

        Args:
            at_least: Given where the caller knows of something that may still be on its way here.

        Raises:
            Problem: 404, there is none.
        """
        end = time.monotonic() + (WAIT_SECONDS if at_least else 0)
        while (found := await self._found(name)) is None:
            if time.monotonic() >= end:
                raise not_found()
            await asyncio.sleep(0.02)
        return found

    async def _found(self, name: str) -> UUID | None:
        if (held := self._slugs.get(name)) is not None:
            return held
        if not (name.isascii() and name.isprintable()):
            return None
        async with self.relay_pool.acquire(timeout=2) as db:
            found: UUID | None = await db.fetchval(
                "select coalition_id from tenancy.coalition"
                " where slug = $1 or coalition_id::text = $1",
                name,
            )
        if found is not None:
            self._slugs[name] = self._names[name] = found
        return found

    async def known(self, signed: Signed, coalition: UUID) -> Known | None:
        """Return who the token's subject is in a coalition; looked up again after 5 seconds."""
        now = time.monotonic()
        held = self._people.get((signed.principal, coalition))
        if held is not None and held[0] > now:
            return held[1]
        known = await self._known_now(signed.subject, coalition)
        if len(self._people) > 50_000:  # noqa: PLR2004 - a bound on memory
            self._people.clear()
        until = now + (KNOWN_SECONDS if known and known.audiences else 0.0)
        self._people[signed.principal, coalition] = until, known
        return known

    async def _known_now(self, subject: str, coalition: UUID) -> Known | None:
        """Look up who somebody is, once for all requests of theirs that are in hand.

        A look that had begun before this request may have missed what it rests on: it counts only
        where it found somebody.
        """
        begun = self._asking.get(subject)
        if begun is not None:
            known = (await asyncio.shield(begun)).get(coalition)
            if known and known.audiences:
                return known
        asking = self._asking.get(subject)
        if asking is None or asking is begun:
            asking = self._asking[subject] = asyncio.ensure_future(self.whois(subject))
            asking.add_done_callback(lambda done: self._asked(subject, done))
        return (await asyncio.shield(asking)).get(coalition)

    def _asked(self, subject: str, done: asyncio.Future[Mapping[UUID, Known]]) -> None:
        if self._asking.get(subject) is done:
            del self._asking[subject]
        if not done.cancelled():
            done.exception()  # those who waited were told; nobody may be left

    async def known_soon(
        self, signed: Signed, coalition: UUID, at_least: str | None
    ) -> Known | None:
        """Return who they are; who names a position may be known only in a moment."""
        end = time.monotonic() + (WAIT_SECONDS if at_least else 0.0)
        while (known := await self.known(signed, coalition)) is None or not known.audiences:
            if time.monotonic() >= end:
                break
            await asyncio.sleep(0.02)
        return known

    async def person(
        self, signed: Signed, coalition: UUID, at_least: str | None = None
    ) -> UUID | None:
        known = await self.known_soon(signed, coalition, at_least)
        return known.person if known else None

    def rows(self, coalition: UUID, audiences: Sequence[str], pin: Pin | None = None) -> Rows:
        """Open a transaction that sees one coalition's rows."""
        return tenant(self.pool, [coalition], audiences, pin)

    async def peer(self, token: str) -> str:
        """Return the service behind a token.

        Raises:
            Problem: 403, the token is no service's.
        """
        now = time.monotonic()
        held = self._peers_seen.get(token)
        if held is not None and held[0] > now:
            return held[1]
        claimed = unverified(token)
        if claimed not in self.peers.addresses:
            raise Problem(403, "not_allowed", "This is for services only.")
        public = (await self.peers.public_keys(claimed)).token
        signed = verify_service(token, claimed, public, self.service)
        if signed.service is None:
            raise Unauthenticated("the token is no service's")
        if len(self._peers_seen) > 1_000:  # noqa: PLR2004 - a bound on memory
            self._peers_seen.clear()
        self._peers_seen[token] = now + PEER_SECONDS, signed.service
        return signed.service

    async def wait_for(self, at_least: str | None, coalition: UUID) -> None:
        """Wait until this service has read up to the positions asked for.

        Raises:
            Problem: 400 for a position that is none; 503 `view_behind` after two seconds.
        """
        if not at_least:
            return
        wanted = {}
        for part in at_least.split(","):
            service, _, position = part.partition("/")
            if not service.isalpha() or not position.isdecimal() or len(position) > 16:  # noqa: PLR2004 - below 2**53
                raise Problem(400, "unreadable", "at_least names positions: meetings/98123.")
            wanted[service] = int(position)
        end = time.monotonic() + WAIT_SECONDS
        while not await self._reached(wanted, coalition):
            if time.monotonic() > end:
                raise Problem(
                    503, "view_behind", "This page has not caught up yet: ask again.",
                    headers={"Retry-After": "1"},
                )  # fmt: skip
            await asyncio.sleep(0.02)

    async def _reached(self, wanted: Mapping[str, int], coalition: UUID) -> bool:
        async with self.relay_pool.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select source, min(position) as position from inbox.cursor"
                " where coalition_id = $1 and reader not in"
                " (select reader from inbox.model where state <> 'current')"
                " and (source <> $2 or reader in (select reader from inbox.model)) group by source",
                coalition, self.service,
            )  # fmt: skip
        reached = {row["source"]: row["position"] for row in rows}
        return all(reached.get(service, 0) >= n for service, n in wanted.items())
