"""Hear each event once and in order; fetch gaps; park poison.

One library for views and inboxes. The cursor moves in the transaction of what is derived, so an
event acts once; the chain says whether what arrived fits; what is missing comes from the source.
What cannot be applied stops its coalition in this reader, and nothing else.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

import asyncpg
import structlog

from shared import decoding, redacting
from shared import erasure as erasing
from shared.bus import Damaged, Run, holds
from shared.canonical import chain_start, chained
from shared.changes import Changes
from shared.database import DB_TRANSIENT, enter
from shared.erasure import Erasure
from shared.event import Heard, Recorded
from shared.failpoint import reach
from shared.feed import Entry, Page
from shared.hot import Connection, Head
from shared.models import Model
from shared.projection import UnknownType
from shared.redacting import Redaction
from shared.sealing import GONE, Key, Keys, Opened, open_disclosure
from shared.source import Own, Source
from shared.telemetry import Count, span

log = structlog.get_logger()

TRIES = 3
UNPARK_SECONDS = 600.0
POLL_SECONDS = 1.0
LATELY_SECONDS = 600.0
ALL_HEADS_SECONDS = 60.0
LOOK_SECONDS = (2.0, 5.0)
SEALED = b'"_sd":'
ADDRESS = b'"slug":'  # an event with it may name an address, which every service keeps

GATHERS_EACH, GATHERS_AT_MOST = 0.001, 0.03  # seconds
GATHERED = 1_000  # events: a larger transaction gains nothing

Apply = Callable[[Changes, Recorded, Any], Awaitable[None]]


@dataclass(frozen=True)
class Hears:
    """How one event type of another service is read, and what it does here."""

    reads: type[Heard]
    apply: Apply
    type: str | None = None

    @property
    def name(self) -> str:
        return self.type or self.reads.__name__


@dataclass(frozen=True)
class Subscription:
    """What an inbox hears from one service.

    Args:
        reader: The durable consumer's name.
        ignores: Event types that it knows and lets pass; any other unknown type parks.
    """

    source: str
    reader: str
    hears: tuple[Hears, ...]
    ignores: frozenset[str] = frozenset()

    @cached_property
    def _by_type(self) -> Mapping[str, Hears]:
        return {heard.name: heard for heard in self.hears}

    def for_type(self, kind: str) -> Hears | None:
        """Return how a type is read; `None` where it is let pass.

        Raises:
            UnknownType: it is neither read nor let pass.
        """
        if heard := self._by_type.get(kind):
            return heard
        if kind in self.ignores:
            return None
        raise UnknownType(kind)

    def wants(self, kind: str) -> bool:
        """Say whether events of a type have to be read at all.

        Raises:
            UnknownType: it is neither read nor let pass.
        """
        return self.for_type(kind) is not None

    def opens(self, kind: str) -> bool:
        """Say whether any field of a type's events is needed, so that sealed ones are opened.

        Raises:
            UnknownType: it is neither read nor let pass.
        """
        heard = self.for_type(kind)
        return heard is not None and bool(heard.reads.model_fields)

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None:
        """Apply events one after another."""
        changes = Changes(db)
        for seen in events:
            if heard := self.for_type(seen.type):
                await heard.apply(changes, seen, heard.reads.model_validate(seen.data))
        await changes.flush()


class Listener(Protocol):
    """What a reader applies: a `Subscription`, or a `Projection`."""

    @property
    def reader(self) -> str: ...

    def wants(self, kind: str) -> bool: ...

    def opens(self, kind: str) -> bool: ...

    async def apply(self, db: Connection, events: Sequence[Recorded]) -> None: ...


class Inbox(Listener, Protocol):
    """A listener on one service."""

    @property
    def source(self) -> str: ...


@runtime_checkable
class Keeper(Protocol):
    """A listener that keeps the bytes of every event as they came, and compares repeated ones."""

    async def keep(
        self, db: Connection, coalition: UUID, first: int, entries: Sequence[bytes],
        leaves: Sequence[bytes],
    ) -> None:  # fmt: skip
        """Keep consecutive events, with their leaf hashes.

        Raises:
            Halt: nothing may be kept of this coalition.
        """

    async def compare(
        self, db: Connection, coalition: UUID, first: int, entries: Sequence[bytes]
    ) -> None:
        """Compare events that came again with those kept.

        Raises:
            Halt: one is another.
        """

    async def changed(self, db: Connection, coalition: UUID, evidence: Mapping[str, Any]) -> None:
        """Learn, and remember, that the source's history is no longer what was kept of it."""


class Gap(LookupError):
    """Events are missing before these."""


class Halt(Exception):
    """This reader takes no more of a coalition, until somebody has looked.

    Args:
        evidence: What shows that the source's history changed, if that is the reason.
    """

    def __init__(self, reason: str, words: str, evidence: Mapping[str, Any] | None = None) -> None:
        super().__init__(words)
        self.reason = reason
        self.evidence = evidence


class Reader:
    """One listener on one source.

    Args:
        pool: The role that applies; `watch` that which sees every coalition's cursor.
        heard: Whether messages come too (`shared/ear.py`): what they miss is fetched only then.
        wake: Announces in process what is new in a service's own journal.
        model: The read model whose tables it fills, with cursors of their own; else the current.
        erasure: What is done before a cursor moves past the erasure of a person.
    """

    def __init__(
        self,
        listener: Listener,
        source: Source,
        pool: asyncpg.Pool,
        watch: asyncpg.Pool,
        keys: Keys | None,
        *,
        heard: bool = False,
        relay_key: Callable[[], Awaitable[bytes]] | None = None,
        wake: asyncio.Event | None = None,
        model: Model | None = None,
        erasure: Erasure | None = None,
    ) -> None:
        self._listener = listener
        self._erasure = erasure if source.service == erasing.SOURCE else None
        self._erased: dict[UUID, int] = {}
        self._redacted: dict[UUID, Mapping[str, Mapping[str, str]]] = {}
        self._keeper = listener if isinstance(listener, Keeper) else None
        self._as = model.reader if model else listener.reader
        self._schema = model.schema if model else None
        self._source = source
        self._pool = pool
        self._watch = watch
        self._keys = keys
        self._heard = heard
        self._relay_key = relay_key
        self._wake = wake
        self._locks: dict[UUID, asyncio.Lock] = {}
        self._parked: dict[UUID, float] = {}
        self._failed: dict[UUID, int] = {}
        self._behind: dict[UUID, int] = {}
        self._keys_seen: dict[UUID, int] = {}
        self._stopping = False
        self._ended = asyncio.Event()
        self._dropped = Count("accord.reader.dropped", reader=self.name)
        self._heals = Count("accord.reader.heals", reader=self.name)

    @property
    def name(self) -> str:
        return f"{self._as}<{self._source.service}"

    @property
    def source(self) -> str:
        return self._source.service

    @property
    def dropped(self) -> int:
        """How many messages were not believed."""
        return self._dropped.value

    @property
    def heals(self) -> int:
        """How often messages did not fit or did not come, so that the source was asked."""
        return self._heals.value

    def stop(self) -> None:
        self._stopping = True
        (self._wake or self._ended).set()

    async def run(self) -> None:
        """Compare cursors with heads until `stop`: at once for an own journal."""
        everything = 0.0
        while not self._stopping:
            whole = time.monotonic() >= everything
            try:
                if whole:
                    await self._recall_parked()
                behind = await self._compare(None if whole else LATELY_SECONDS)
                await asyncio.sleep(pause_after(behind))
                if whole:
                    everything = time.monotonic() + ALL_HEADS_SECONDS
            except (*DB_TRANSIENT, ValueError) as error:
                log.info("reconcile_later", reader=self.name, error=type(error).__name__)
            except Exception:
                log.exception("reconcile_failed", reader=self.name)
            await self._pause()

    # Messages

    async def _trusted(self, last: Run, entries: list[Entry] | None) -> list[Entry]:
        """Return entries that the relay vouches for: it signs the last, the chain joins the rest.

        Raises:
            Damaged: the signature does not hold.
            Gap: their disclosures have to be fetched.
        """
        if self._relay_key is not None and not holds(last, await self._relay_key()):
            self._dropped.add()
            raise Damaged("the relay's signature does not hold")
        if entries is None:
            raise Gap("disclosures too large for a message")
        if any(not closed and SEALED in written for written, closed in entries):
            raise Gap("no disclosures came")  # erased, or lost: only the source knows
        return entries

    async def hear(self, coalition: UUID, runs: list[Run]) -> bool:
        """Apply runs of one coalition; say whether they are done with."""
        for first, entries, last in _joined(runs):
            if coalition in self._parked:
                return True
            try:
                trusted = await self._trusted(last, entries)
                with span(
                    f"process accord.evt.{{p}}.{{coalition}}.{self._source.service}",
                    links=[last.traceparent],
                    attributes={"messaging.consumer.group.name": self._as},
                ):
                    await self._guarded(coalition, first, trusted, last.chain, told=True)
            except _Contradicted as error:
                log.warning("contradicted", reader=self.name, why=str(error))
                self._dropped.add()
                self._heals.add()
                if not await self._ask_again(coalition, first, first + len(trusted) - 1):
                    return False
            except (Gap, Damaged, _Again) as error:
                log.info("heal", reader=self.name, why=str(error))
                self._heals.add()
                if not await self.heal(coalition):
                    return False
            except DB_TRANSIENT:
                return False
        return True

    async def _ask_again(self, coalition: UUID, first: int, last: int) -> bool:
        """Compare with its source what a message contradicts, and fetch what is missing.

        Returns:
            Whether that went.
        """
        after = first - 1
        try:
            while after < last and (page := await self._source.page(coalition, after)).entries:
                if await self._guarded(coalition, after + 1, page.entries, page.chain) < 0:
                    return True
                after += len(page.entries)
        except (*DB_TRANSIENT, _Again) as error:
            log.info("heal_later", reader=self.name, error=type(error).__name__)
            return False
        except (Gap, Damaged) as error:
            log.info("heal", reader=self.name, why=str(error))
        return await self.heal(coalition)

    # The one way in

    async def _guarded(
        self, coalition: UUID, first: int, entries: Sequence[Entry], chain: bytes,
        *, told: bool = False,
    ) -> int:  # fmt: skip
        async with self._locks.setdefault(coalition, asyncio.Lock()):
            try:
                try:
                    reached = await self._take(coalition, first, entries, chain, told=told)
                except _ErasedMeanwhile:
                    reached = await self._take(coalition, first, entries, chain, told=told)
            except (Gap, Damaged, _Again, _Contradicted, *DB_TRANSIENT):
                raise
            except Halt as halt:
                await self._park(coalition, halt.reason, str(halt), 1, halt.evidence)
                return -1
            except Exception as error:
                unknown = isinstance(error, UnknownType)
                tries = self._failed[coalition] = self._failed.get(coalition, 0) + 1
                if not unknown and tries < TRIES:
                    log.exception("apply_failed", reader=self.name, tries=tries)
                    raise _Again from error
                await self._up_to_the_poison(coalition, first, entries, chain)
                reason = "unknown_type" if unknown else "cannot_apply"
                words = str(error) if unknown else type(error).__name__
                await self._park(coalition, reason, words, tries)
                return -1
            self._failed.pop(coalition, None)
            return reached

    async def _up_to_the_poison(
        self, coalition: UUID, first: int, entries: Sequence[Entry], chain: bytes
    ) -> None:
        """Apply one by one what comes before the event that cannot be applied, if all fits."""
        with suppress(Exception):
            async with self._pool.acquire(timeout=2) as db, db.transaction():
                await enter(db, [coalition], pinned=self._schema)
                cursor = await self._cursor(db, coalition)
            new = [entry for entry, _ in entries[cursor.position + 1 - first :]]
            if chained(cursor.chain, new)[0] != chain:
                return
            for number, entry in enumerate(entries, first):
                await self._take(coalition, number, [entry], None)

    async def _take(
        self, coalition: UUID, first: int, entries: Sequence[Entry], chain: bytes | None,
        *, told: bool = False,
    ) -> int:  # fmt: skip
        """Apply what is new of consecutive events, and move the cursor, in one transaction.

        Raises:
            _ErasedMeanwhile: what was opened here may be gone; nothing was applied.
        """
        await reach("reader.before_apply")
        opened = await self._opened(coalition, first, entries, told=told)
        begun = await self._begin_erasing(coalition, first, entries, chain)
        told_of = self._redactions(coalition, entries)
        async with self._pool.acquire(timeout=2) as db, db.transaction():
            await enter(db, [coalition], pinned=self._schema)
            if begun or told_of:
                await erasing.queue(db, coalition)
            cursor = await self._cursor(db, coalition)
            if first > cursor.position + 1:
                raise Gap
            new = entries[cursor.position + 1 - first :]
            again = entries[: len(entries) - len(new)]
            await self._compare_again(db, coalition, first, again, told=told)
            if not new:
                return cursor.position
            ends, leaves = chained(cursor.chain, [entry for entry, _ in new])
            if chain is not None and ends != chain:
                raise Damaged("the chain does not fit")
            erased = await self._not_erased_yet(db, coalition, new)
            if not begun.issuperset(erased):
                raise _Again("another has moved this cursor meanwhile")
            redacted = await self._not_redacted_yet(db, coalition, cursor.position, told_of)
            if erased or redacted:
                await erasing.alone(db, coalition)
            seen = self._read(coalition, cursor.position + 1, new, leaves, opened)
            for event in seen:
                if event.version == 1 and isinstance(slug := event.data.get("slug"), str):
                    await db.execute(
                        "insert into tenancy.coalition values ($1, $2) on conflict do nothing",
                        coalition, slug,
                    )  # fmt: skip
            if seen:
                await self._listener.apply(db, seen)
            await self._keep(db, coalition, cursor.position + 1, new, leaves)
            await reach("reader.after_apply")
            listed = self._erased.get(coalition, 0)
            for position, person in erased:
                assert self._erasure is not None
                listed += await self._erasure.finish(db, coalition, person, position)
            await redacting.finish(db, coalition, self._source.service, redacted)
            reached = cursor.position + len(new)
            row = await db.fetchrow(
                "update inbox.cursor set position = $4, chain = $5"
                " where coalition_id = $1 and source = $2 and reader = $3"
                " returning (select count(*) from inbox.erased where coalition_id = $1),"
                " (select count(*) from inbox.redacted where coalition_id = $1)",
                coalition, self._source.service, self._as, reached, ends,
            )  # fmt: skip
            assert row is not None
            self._erased[coalition] = row[0]
            if self._keys is not None and self._erased[coalition] != listed:
                self._keys.forget(coalition)
                if opened:
                    raise _ErasedMeanwhile
            await self._look_again(db, coalition, row[1], redacted, opened)
            await reach("reader.before_commit")
        return reached

    async def _compare_again(
        self, db: Connection, coalition: UUID, first: int, entries: Sequence[Entry],
        *, told: bool,
    ) -> None:  # fmt: skip
        """Let a keeper compare what came again.

        Raises:
            Halt: a source shows something else than it did.
            _Contradicted: a message does, which nothing vouches for: its chain begins after these.
        """
        if self._keeper is None or not entries:
            return
        try:
            await self._keeper.compare(db, coalition, first, [entry for entry, _ in entries])
        except Halt as halt:
            if told:
                raise _Contradicted(str(halt)) from halt
            raise

    async def _keep(
        self, db: Connection, coalition: UUID, first: int, entries: Sequence[Entry],
        leaves: Sequence[bytes],
    ) -> None:  # fmt: skip
        if self._keeper is not None:
            kept = [entry for entry, _ in entries]
            await self._keeper.keep(db, coalition, first, kept, leaves)

    async def _look_again(
        self, db: Connection, coalition: UUID, listed: int, seen_to: Sequence[Redaction],
        opened: Mapping[str, Opened],
    ) -> None:  # fmt: skip
        """Learn which texts are gone, where they are more than this reader knows of.

        Args:
            seen_to: Those that were emptied just now, with what was opened here.

        Raises:
            _ErasedMeanwhile: one that was opened here has gone meanwhile.
        """
        known = self._redacted.get(coalition, {})
        if listed == len(known):
            return
        self._redacted[coalition] = now = await redacting.listed(db, coalition)
        new = now.keys() - known.keys() - {one.digest for one in seen_to}
        if not new.isdisjoint(opened):
            raise _ErasedMeanwhile

    async def _begin_erasing(
        self, coalition: UUID, first: int, entries: Sequence[Entry], chain: bytes | None
    ) -> frozenset[tuple[int, UUID]]:
        """Destroy the keys of who is erased by these events, if they are what the source says.

        Returns:
            Positions and persons.
        """
        if self._erasure is None or not self._persons(coalition, entries):
            return frozenset()
        async with self._pool.acquire(timeout=2) as db, db.transaction():
            await enter(db, [coalition], pinned=self._schema)
            cursor = await self._cursor(db, coalition)
            new = entries[max(cursor.position + 1 - first, 0) :]
            fits = chain is None or chained(cursor.chain, [entry for entry, _ in new])[0] == chain
            if first > cursor.position + 1 or not fits:
                return frozenset()  # `_take` says why they cannot be applied
            begun = frozenset(await self._not_erased_yet(db, coalition, new))
        for _, person in begun:
            await self._erasure.begin(coalition, person)
        return begun

    async def _not_erased_yet(
        self, db: Connection, coalition: UUID, entries: Sequence[Entry]
    ) -> list[tuple[int, UUID]]:
        """Return who is erased by these events, but those whom another reader erased before."""
        if not (found := self._persons(coalition, entries)):
            return []
        listed = await erasing.listed(db, coalition)
        return [one for one in found if one[1] not in listed]

    def _persons(self, coalition: UUID, entries: Sequence[Entry]) -> list[tuple[int, UUID]]:
        """Return who is erased by these events, and where that stands.

        Raises:
            Damaged: one cannot be read.
        """
        if self._erasure is None:
            return []
        try:
            return erasing.persons(entries, coalition)
        except decoding.EventDecodeError as error:
            raise Damaged(str(error)) from error

    def _redactions(self, coalition: UUID, entries: Sequence[Entry]) -> list[Redaction]:
        """Return which texts are gone by these events.

        Raises:
            Damaged: one cannot be read.
        """
        try:
            return redacting.found(entries, coalition, self._source.service)
        except decoding.EventDecodeError as error:
            raise Damaged(str(error)) from error

    async def _not_redacted_yet(
        self, db: Connection, coalition: UUID, after: int, told: Sequence[Redaction]
    ) -> list[Redaction]:
        """Return those that are new here, but those that another reader saw to before."""
        new = [one for one in told if one.position > after]
        listed = await redacting.listed(db, coalition) if new else {}
        return [one for one in new if one.digest not in listed]

    def _read(
        self, coalition: UUID, first: int, entries: Sequence[Entry], leaves: Sequence[bytes],
        opened: dict[str, Opened],
    ) -> list[Recorded]:  # fmt: skip
        """Return the events that the listener wants or that may name an address, if in place.

        A keeper wants none: it has no use for what an event says, so its type is not looked for.

        Raises:
            Damaged: an event is another's.
        """
        seen = []
        wants, source = self._listener.wants, self._source.service
        keeps = self._keeper is not None
        try:
            for number, ((entry, _), leaf) in enumerate(zip(entries, leaves, strict=True), first):
                wanted = not keeps and wants(decoding.type_of(entry))
                if not wanted and ADDRESS not in entry:
                    continue
                event = decoding.recorded(entry, opened, leaf)
                if (
                    event.position != number
                    or event.service != source
                    or event.coalition != coalition
                ):
                    raise Damaged("an event of another place")
                seen.append(event)
        except decoding.EventDecodeError as error:
            raise Damaged(str(error)) from error
        return seen

    async def _cursor(self, db: Connection, coalition: UUID) -> Head:
        where = coalition, self._source.service, self._as
        row = await db.fetchrow(
            "select position, chain from inbox.cursor"
            " where coalition_id = $1 and source = $2 and reader = $3 for update",
            *where,
        )
        if row is None:
            start = chain_start(self._source.service, coalition)
            await db.execute(
                "insert into inbox.cursor values ($1, $2, $3, 0, $4) on conflict do nothing",
                *where, start,
            )  # fmt: skip
            return await self._cursor(db, coalition)
        return Head(row["position"], row["chain"])

    async def _opened(
        self, coalition: UUID, first: int, entries: Sequence[Entry], *, told: bool
    ) -> dict[str, Opened]:
        """Open disclosures, and refuse those of texts that are gone, wherever they came from.

        A read model shows instead that they are; what only listens is told nothing.
        """
        found = await self._open(coalition, first, entries, told=told)
        gone = self._redacted.get(coalition, {})
        for digest in found.keys() & gone.keys():
            shown = GONE if isinstance(self._listener, Subscription) else gone[digest]
            found[digest] = found[digest]._replace(value=shown)
        return found

    async def _open(
        self, coalition: UUID, first: int, entries: Sequence[Entry], *, told: bool
    ) -> dict[str, Opened]:
        """Open the disclosures that this service has keys for, fetching new keys once.

        Raises:
            Gap: one that a message told does not open, so that the source has it whole, or lost it;
                or it is of who was erased here, and not yet where it comes from.
        """
        if self._keys is None:
            return {}
        entries = [entry for entry in entries if entry[1] and self._opens(entry[0])]
        found = _gone(entries)
        wanted = {
            closed.key
            for _, disclosures in entries
            for closed in disclosures
            if closed.erased is None and closed.digest not in found
        }
        if not wanted:
            return found
        keys, destroyed = await self._keys_of(self._keys, coalition, wanted)
        if destroyed:
            if not isinstance(self._source, Own):
                raise Gap("its source has not erased it yet")
            found |= _gone((await self._source.page(coalition, first - 1)).entries)
        for entry, disclosures in entries:
            try:
                event_id = decoding.event_id(entry)
            except decoding.EventDecodeError as error:
                raise Damaged(str(error)) from error
            for closed in disclosures:
                if closed.erased is not None or closed.digest in found:
                    continue
                if key := keys.get(closed.key):
                    opened = open_disclosure(key, coalition, event_id, closed)
                    if opened is not None:
                        found[closed.digest] = opened
                    elif told:
                        raise Gap("a disclosure that does not open")
        return found

    async def _keys_of(
        self, held: Keys, coalition: UUID, wanted: set[UUID]
    ) -> tuple[Mapping[UUID, Key], frozenset[UUID]]:
        """Return keys, and which of those wanted are destroyed; new ones are fetched."""
        keys, destroyed = await held.look(coalition, wanted)
        for after in (self._keys_seen.get(coalition, 0), 0):  # numbers may commit out of order
            if not wanted - keys.keys() - destroyed:
                break
            if new := await self._source.keys(coalition, after):
                await held.keep(coalition, self._source.service, new)
                self._keys_seen[coalition] = max(key["number"] for key in new)
                keys, destroyed = await held.look(coalition, wanted)
        return keys, destroyed

    def _opens(self, entry: bytes) -> bool:
        """Say whether sealed fields are needed; where an event cannot be read, they may be.

        So is one that may name an address, which every service keeps.
        """
        try:
            return self._listener.opens(decoding.type_of(entry)) or ADDRESS in entry
        except (UnknownType, decoding.EventDecodeError):
            return True

    # What was missed

    async def heal(self, coalition: UUID, after: int | None = None) -> bool:
        """Fetch what is missing from the source, a page a transaction; say whether that went.

        The next page is fetched while one is applied.

        Args:
            after: Where the cursor stood a moment ago, if that is known.
        """
        ahead: asyncio.Task[Page] | None = None
        try:
            if after is None:
                async with self._pool.acquire(timeout=2) as db, db.transaction():
                    await enter(db, [coalition], pinned=self._schema)
                    after = (await self._cursor(db, coalition)).position
            page = await self._source.page(coalition, after)
            while page.entries and not self._stopping:
                await reach("reader.in_heal")
                expected = after + len(page.entries)
                if page.more:
                    ahead = asyncio.create_task(self._source.page(coalition, expected))
                after = await self._guarded(coalition, after + 1, page.entries, page.chain)
                if after < 0 or (not page.more and after == expected):
                    return True
                if ahead is not None and after == expected:
                    page = await ahead
                else:
                    page = await self._source.page(coalition, after)
        except Damaged as error:
            evidence = {"after": after or 0, "why": str(error)}
            await self._park(coalition, "history_changed", str(error), 1, evidence)
        except (*DB_TRANSIENT, Gap, _Again) as error:
            log.info("heal_later", reader=self.name, error=type(error).__name__)
            return False
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)
        return True

    async def _pause(self) -> None:
        if self._wake is None:
            seconds, wake = random.uniform(*LOOK_SECONDS), self._ended  # noqa: S311 - jitter
        else:
            seconds, wake = POLL_SECONDS, self._wake
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await wake.wait()
        wake.clear()

    async def _recall_parked(self) -> None:
        """Let what another run or replica parked be tried here, at the comparison that follows."""
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select coalition_id from inbox.parked where source = $1 and reader = $2",
                self._source.service, self._as,
            )  # fmt: skip
        for row in rows:
            self._parked.setdefault(row["coalition_id"], 0.0)

    async def _compare(self, since: float | None) -> int:
        """Fetch what is missing where cursors are behind heads; return how many events."""
        async with self._watch.acquire(timeout=2) as db:
            rows = await db.fetch(
                "select coalition_id, position, chain from inbox.cursor"
                " where source = $1 and reader = $2",
                self._source.service, self._as,
            )  # fmt: skip
        cursors = {row["coalition_id"]: Head(row["position"], row["chain"]) for row in rows}
        now, behind = time.monotonic(), 0
        for coalition, head in (await self._source.heads(since)).items():
            if self._parked.get(coalition, 0) > now:
                continue
            cursor = cursors.get(coalition)
            if cursor is None or head.position > cursor.position:
                if coalition in self._parked:
                    await self._unpark(coalition)
                elif self._on_its_way(coalition, cursor):
                    continue
                elif self._heard:
                    self._heals.add()
                behind += head.position - (cursor.position if cursor else 0)
                await self.heal(coalition, cursor.position if cursor else None)
            elif head.position < cursor.position or head.chain != cursor.chain:
                await self._changed(coalition, head)
            elif coalition in self._parked:
                await self._unpark(coalition)
        return behind

    def _on_its_way(self, coalition: UUID, cursor: Head | None) -> bool:
        """Say whether messages still move this cursor; a still one is healed at the next look."""
        if not self._heard:
            return False
        position = cursor.position if cursor else 0
        before = self._behind.pop(coalition, None)
        if before == position:
            return False
        self._behind[coalition] = position
        return True

    async def _changed(self, coalition: UUID, head: Head) -> None:
        """Park where a source stands behind us, unless it has only moved since we looked."""
        async with self._pool.acquire(timeout=2) as db, db.transaction():
            await enter(db, [coalition], pinned=self._schema)
            cursor = await self._cursor(db, coalition)
        fresh = (await self._source.heads(None)).get(coalition, head)
        if fresh.position < cursor.position or (
            fresh.position == cursor.position and fresh.chain != cursor.chain
        ):
            evidence = {
                "head": [fresh.position, fresh.chain.hex()],
                "kept": [cursor.position, cursor.chain.hex()],
            }
            words = f"head at {fresh.position}"
            await self._park(coalition, "history_changed", words, 1, evidence)

    async def _park(
        self, coalition: UUID, reason: str, error: str, tries: int,
        evidence: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        log.error("parked", reader=self.name, coalition=str(coalition), reason=reason, error=error)
        self._parked[coalition] = time.monotonic() + UNPARK_SECONDS
        async with self._pool.acquire(timeout=2) as db, db.transaction():
            await enter(db, [coalition], pinned=self._schema)
            cursor = await self._cursor(db, coalition)
            await db.execute(
                "insert into inbox.parked values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())"
                " on conflict (coalition_id, source, reader) do update set"
                " reason = excluded.reason, error = excluded.error,"
                " attempts = inbox.parked.attempts + 1",
                coalition, self._source.service, self._as, cursor.position + 1,
                reason, error, tries,
            )  # fmt: skip
            if self._keeper is not None and evidence is not None:
                await self._keeper.changed(db, coalition, evidence)

    async def _unpark(self, coalition: UUID) -> None:
        self._parked.pop(coalition, None)
        self._failed.pop(coalition, None)
        async with self._pool.acquire(timeout=2) as db, db.transaction():
            await enter(db, [coalition], pinned=self._schema)
            await db.execute(
                "delete from inbox.parked where coalition_id = $1 and source = $2 and reader = $3",
                coalition, self._source.service, self._as,
            )  # fmt: skip


def _gone(entries: Sequence[Entry]) -> dict[str, Opened]:
    """Return what stays of values that were erased, by digest."""
    return {
        closed.digest: gone
        for _, disclosures in entries
        for closed in disclosures
        if (gone := closed.gone)
    }


def pause_after(events: int) -> float:
    """Return for how many seconds more of them are gathered, so that transactions are larger.

    Where few come, hardly any: each is then applied as it comes. Where very many come, none: they
    are enough for a transaction, and more are waiting.
    """
    return min(events * GATHERS_EACH, GATHERS_AT_MOST) if events < GATHERED else 0.0


class _Again(RuntimeError):
    """Not applied this time; try once more."""


class _Contradicted(RuntimeError):
    """A message shows another event where one is kept already: only its source knows."""


class _ErasedMeanwhile(_Again):
    """A person was erased, or a text redacted, since this reader opened what it read."""


def _joined(runs: list[Run]) -> Iterable[tuple[int, list[Entry] | None, Run]]:
    """Join runs that touch or overlap, so that they share a transaction and a signature.

    Yields:
        First position, entries (None: their disclosures are in the feed), and the last run.
    """
    first, entries, last = 0, list[Entry](), runs[0]
    for run in runs:
        if run.disclosures is None:
            if entries:
                yield first, entries, last
                entries = []
            yield run.first, None, run
            continue
        own = list(zip(run.entries, run.disclosures, strict=True))
        if entries and run.first <= last.last + 1:
            if run.last > last.last:
                entries.extend(own[last.last + 1 - run.first :])
                last = run
            continue
        if entries:
            yield first, entries, last
        first, entries, last = run.first, own, run
    if entries:
        yield first, entries, last
