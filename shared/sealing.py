"""Sealed fields: salted digests in the bytes, disclosures under keys beside them.

A disclosure is RFC 9901's: base64url of the canonical JSON `[salt, name, value]`; its digest is
base64url SHA-256 of the disclosure's ASCII. It travels under AES-256-GCM with a random 96-bit
nonce and `<coalition>/<event id>/<digest>` as associated data. One key per (coalition, person,
audience), and one per (coalition, audience) for what is only restricted; each wrapped by the
key-encryption key.
"""

import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.canonical import CANONICAL
from shared.event import Visibility, base64url
from shared.uuid7 import random_bytes, uuid7

NONCE = 12
HELD_SECONDS = 60.0
FETCH_SECONDS = 10.0  # everybody may act for the first time in the same second
_salts = random_bytes(16)
_decoys = random_bytes(32)
_nonces = random_bytes(NONCE)
_ids = random_bytes(10)


class Disclosure(NamedTuple):
    """A sealed value on its way: ciphertext only.

    Of one that was erased there is none; `erased` is then the field's name, as far as it is known.
    """

    digest: str
    audience: str
    key: UUID
    nonce: bytes
    ciphertext: bytes
    erased: str | None = None

    @property
    def gone(self) -> "Opened | None":
        """What stays of a value that was erased: which field it was."""
        return Opened(self.erased, GONE, self.audience, self.key) if self.erased else None


GONE: Any = object()
"""What a field says whose value was erased."""


class Opened(NamedTuple):
    """A disclosure that could be opened, and under which audience and key; or was (`GONE`)."""

    name: str
    value: Any
    audience: str
    key: UUID


class KeyMissing(LookupError):
    """A key is not in memory; fetch it with `Keys.fetch`, outside any lock, and try again."""

    def __init__(self, coalition: UUID, person: UUID | None, audience: str) -> None:
        super().__init__("a sealing key is not at hand")
        self.wanted = (coalition, person, audience)


class Erased(LookupError):
    """The person was erased: their keys are gone, and there will be none again."""


@dataclass(frozen=True)
class Key:
    id: UUID
    cipher: AESGCM


def disclose(name: str, value: Any, salt: bytes) -> tuple[bytes, str]:
    """Return the disclosure and its digest."""
    written = orjson.dumps([base64url(salt), name, value], option=CANONICAL)
    disclosure = base64url(written).encode()
    return disclosure, base64url(sha256(disclosure).digest())


def keyed_for(visibility: Visibility, audience: Sequence[str]) -> str:
    """Return under whose key an event's sealed values stand; organisations together have one.

    `members`, `body:<id>`, `dyad:<id>_<id>`; what is sealed in public is for the members.
    """
    if not audience:
        return "members" if visibility == "public" else visibility
    together = "_".join(audience)
    return together if ":" in together else f"{visibility}:{together}"


def decoy() -> str:
    """Return a digest of nothing, so that the number of sealed fields says nothing."""
    return base64url(sha256(next(_decoys)).digest())


def seal(
    key: Key, coalition: UUID | str, event: UUID | str, audience: str, name: str, value: Any
) -> Disclosure:
    """Return the encrypted disclosure of a field."""
    disclosure, digest = disclose(name, value, next(_salts))
    nonce = next(_nonces)
    closed = key.cipher.encrypt(nonce, disclosure, _bound(coalition, event, digest))
    return Disclosure(digest, audience, key.id, nonce, closed)


def open_disclosure(key: Key, coalition: UUID, event: UUID, closed: Disclosure) -> Opened | None:
    """Return what a disclosure says; `None` where it was damaged or is not of its digest."""
    disclosure = decrypted(key, coalition, event, closed)
    if disclosure is None:
        return None
    name, value = said_by(disclosure)
    return Opened(name, value, closed.audience, closed.key)


def said_by(disclosure: bytes) -> tuple[str, Any]:
    """Return the name and the value that a disclosure tells."""
    padded = disclosure + b"=" * (-len(disclosure) % 4)
    _, name, value = orjson.loads(urlsafe_b64decode(padded))
    return name, value


def decrypted(key: Key, coalition: UUID, event: UUID, closed: Disclosure) -> bytes | None:
    """Return a disclosure as its digest is of it; `None` where it was damaged, or of another."""
    try:
        disclosure = key.cipher.decrypt(
            closed.nonce, closed.ciphertext, _bound(coalition, event, closed.digest)
        )
    except (InvalidTag, ValueError):  # a nonce may have any length before it is looked at
        return None
    if base64url(sha256(disclosure).digest()) != closed.digest:
        return None
    return disclosure


def _bound(coalition: UUID | str, event: UUID | str, digest: str) -> bytes:
    return f"{coalition}/{event}/{digest}".encode()


class Keys:
    """The keys of one service, in a database of their own.

    Unwrapped keys stay in memory for 60 seconds at most. A destroyed key leaves its id, by which it
    is known as erased; for a person who was erased none is made or kept again.
    """

    def __init__(self, pool: asyncpg.Pool, kek: bytes, source: str) -> None:
        self._pool = pool
        self._wrap = AESGCM(kek)
        self._source = source
        self._current: dict[tuple[UUID, UUID | None, str], tuple[float, Key]] = {}
        self._by_id: dict[tuple[UUID, UUID], tuple[float, Key | None]] = {}
        self._erased: set[tuple[UUID, UUID | None]] = set()

    def at_hand(self, coalition: UUID, person: UUID | None, audience: str) -> Key:
        """Return the key to close with.

        Raises:
            KeyMissing: it is not in memory.
            Erased: the person was erased.
        """
        if (coalition, person) in self._erased:
            raise Erased
        held = self._current.get((coalition, person, audience))
        if held is None or held[0] < time.monotonic():
            raise KeyMissing(coalition, person, audience)
        return held[1]

    async def ensure(self, coalition: UUID, person: UUID | None, audience: str) -> None:
        """Have a key in memory before a batch asks for it under its lock.

        Raises:
            Erased: the person was erased.
        """
        try:
            self.at_hand(coalition, person, audience)
        except KeyMissing:
            await self.fetch(coalition, person, audience)

    async def ensure_all(self, coalition: UUID, persons: Iterable[UUID], audience: str) -> None:
        """Have the keys of many persons in memory: made at once, where one by one takes minutes."""
        now = time.monotonic()
        wanted = [
            person
            for person in set(persons)
            if (held := self._current.get((coalition, person, audience))) is None or held[0] < now
        ]
        if not wanted:
            return
        read = (
            "select person_id, key_id, wrapped_key from sealing.sealing_key where coalition_id = $1"
            " and source = $2 and audience = $3 and person_id = any($4) and destroyed_at is null"
        )
        scope = coalition, self._source, audience
        async with self._pool.acquire(timeout=FETCH_SECONDS) as db:
            rows = await db.fetch(read, *scope, wanted)
            known = {row["person_id"] for row in rows}
            if new := [person for person in wanted if person not in known]:
                ids = [uuid7(int(time.time() * 1000), next(_ids)) for _ in new]
                wrapped = [self._wrapped(id_, AESGCM.generate_key(256)) for id_ in ids]
                await db.execute(
                    "insert into sealing.sealing_key"
                    " (coalition_id, key_id, source, person_id, audience, wrapped_key)"
                    " select $1, key_id, $2, person_id, $3, wrapped_key"
                    " from unnest($4::uuid[], $5::uuid[], $6::bytea[])"
                    " as new(key_id, person_id, wrapped_key) on conflict do nothing",
                    *scope, ids, new, wrapped,
                )  # fmt: skip
                rows += await db.fetch(read, *scope, new)
        until = time.monotonic() + HELD_SECONDS
        for row in rows:
            key = self._unwrapped(row["key_id"], row["wrapped_key"])
            self._current[coalition, row["person_id"], audience] = until, key
            self._by_id[coalition, key.id] = until, key

    async def fetch(self, coalition: UUID, person: UUID | None, audience: str) -> Key:
        """Return the current key, made now where there is none.

        Raises:
            Erased: the person was erased.
        """
        key_id = uuid7(int(time.time() * 1000), next(_ids))
        secret = AESGCM.generate_key(256)
        async with self._pool.acquire(timeout=FETCH_SECONDS) as db:
            row = await db.fetchrow(
                "select key_id, wrapped_key from sealing.current_key($1, $2, $3, $4, $5, $6)",
                coalition, key_id, self._source, person, audience, self._wrapped(key_id, secret),
            )  # fmt: skip
        assert row is not None
        if row["key_id"] is None:
            self._forget(coalition, person)
            raise Erased
        key = self._unwrapped(row["key_id"], row["wrapped_key"])
        until = time.monotonic() + HELD_SECONDS
        self._current[coalition, person, audience] = until, key
        self._by_id[coalition, key.id] = until, key
        return key

    async def known(self, coalition: UUID, wanted: Iterable[UUID]) -> Mapping[UUID, Key]:
        """Return those of the keys that are here and not destroyed."""
        return (await self.look(coalition, wanted))[0]

    async def look(
        self, coalition: UUID, wanted: Iterable[UUID]
    ) -> tuple[Mapping[UUID, Key], frozenset[UUID]]:
        """Return those of the keys that are here, and those that are known as destroyed."""
        now = time.monotonic()
        found: dict[UUID, Key] = {}
        destroyed, missing = set(), []
        for key_id in set(wanted):
            held = self._by_id.get((coalition, key_id))
            if held is None or held[0] < now:
                missing.append(key_id)
            elif held[1] is None:
                destroyed.add(key_id)
            else:
                found[key_id] = held[1]
        if missing:
            async with self._pool.acquire(timeout=2) as db:
                rows = await db.fetch(
                    "select key_id, wrapped_key from sealing.sealing_key"
                    " where coalition_id = $1 and key_id = any($2)",
                    coalition, missing,
                )  # fmt: skip
            for key_id, wrapped in rows:
                if wrapped is None:
                    destroyed.add(key_id)
                    self._by_id[coalition, key_id] = now + HELD_SECONDS, None
                else:
                    found[key_id] = self._unwrapped(key_id, wrapped)
                    self._by_id[coalition, key_id] = now + HELD_SECONDS, found[key_id]
        return found, frozenset(destroyed)

    async def persons(self, coalition: UUID, wanted: Iterable[UUID]) -> Mapping[UUID, UUID]:
        """Return whose each of the keys is or was, of those that are a person's."""
        async with self._pool.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select key_id, person_id from sealing.sealing_key where coalition_id = $1"
                " and key_id = any($2) and person_id is not null",
                coalition, list(set(wanted)),
            )  # fmt: skip
        return {row["key_id"]: row["person_id"] for row in rows}

    async def of(self, coalition: UUID, person: UUID) -> frozenset[UUID]:
        """Return the ids of a person's keys, of every service, destroyed ones too."""
        async with self._pool.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select key_id from sealing.sealing_key where coalition_id = $1 and person_id = $2",
                coalition, person,
            )  # fmt: skip
        return frozenset(row["key_id"] for row in rows)

    async def destroy(self, coalition: UUID, person: UUID) -> frozenset[UUID]:
        """Destroy every key of a person for good, here and in memory; return their ids.

        May be repeated. Copies in the memory of other processes end within 60 seconds.
        """
        async with self._pool.acquire(timeout=2) as db:
            rows = await db.fetch("select sealing.destroy($1, $2)", coalition, person)
        self._forget(coalition, person)
        return frozenset(row[0] for row in rows)

    def forget(self, coalition: UUID) -> None:
        """Let go of the unwrapped keys of a coalition: some of them may have been destroyed."""
        self._current = {at: held for at, held in self._current.items() if at[0] != coalition}
        self._by_id = {at: held for at, held in self._by_id.items() if at[0] != coalition}

    def _forget(self, coalition: UUID, person: UUID | None) -> None:
        self._erased.add((coalition, person))
        self.forget(coalition)

    async def export(
        self, coalition: UUID, after: int, allowed: Callable[[str], bool]
    ) -> list[dict[str, Any]]:
        """Return this service's own keys of the audiences that a peer serves, oldest first."""
        async with self._pool.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select number, key_id, person_id, audience, wrapped_key from sealing.sealing_key"
                " where coalition_id = $1 and source = $2 and number > $3"
                " and destroyed_at is null order by number limit 5000",
                coalition, self._source, after,
            )  # fmt: skip
        return [
            {
                "number": row["number"],
                "key": str(row["key_id"]),
                "person": str(row["person_id"]) if row["person_id"] else None,
                "audience": row["audience"],
                "secret": base64url(self._secret(row["key_id"], row["wrapped_key"])),
            }
            for row in rows
            if allowed(row["audience"])
        ]

    async def keep(self, coalition: UUID, source: str, keys: Iterable[Mapping[str, Any]]) -> None:
        """Keep copies of another service's keys; of who was erased only their ids, as destroyed."""
        rows = []
        for key in keys:
            key_id = UUID(key["key"])
            secret = urlsafe_b64decode(key["secret"] + "=" * (-len(key["secret"]) % 4))
            person = UUID(key["person"]) if key["person"] else None
            wrapped = self._wrapped(key_id, secret)
            rows.append((coalition, key_id, source, person, key["audience"], wrapped))
        async with self._pool.acquire(timeout=2) as db:
            await db.executemany("select sealing.keep_key($1, $2, $3, $4, $5, $6)", rows)

    def _wrapped(self, key_id: UUID, secret: bytes) -> bytes:
        nonce = next(_nonces)
        return nonce + self._wrap.encrypt(nonce, secret, key_id.bytes)

    def _secret(self, key_id: UUID, wrapped: bytes) -> bytes:
        return self._wrap.decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.bytes)

    def _unwrapped(self, key_id: UUID, wrapped: bytes) -> Key:
        return Key(key_id, AESGCM(self._secret(key_id, wrapped)))
