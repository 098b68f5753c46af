"""The journal's statements answered from memory, so that histories can be tried by the thousand.

Only what `shared/journal.sql` and `shared/inbox.sql` promise: locks on heads, transactions that
are whole or nothing, unique keys. A statement that is not known here fails.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import asyncpg

START = datetime(2026, 3, 12, 12, tzinfo=UTC)


class Row(tuple[Any, ...]):  # noqa: SLOT001 - a tuple takes no slots
    """A row that is read by name or by number, as the driver's are."""

    names: tuple[str, ...]

    def __new__(cls, **columns: Any) -> Self:
        row = super().__new__(cls, columns.values())
        row.names = tuple(columns)
        return row

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Row(**dict(zip(self.names[key], super().__getitem__(key), strict=True)))
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)


@dataclass
class Store:
    """What one service has written, and when the next commit fails."""

    heads: dict[UUID, Row] = field(default_factory=dict)
    events: dict[UUID, list[Row]] = field(default_factory=dict)
    disclosures: dict[UUID, list[Row]] = field(default_factory=dict)
    repeats: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    cursors: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    parked: dict[tuple[Any, ...], str] = field(default_factory=dict)
    slugs: dict[str, UUID] = field(default_factory=dict)
    keys: list[Row] = field(default_factory=list)
    view: dict[UUID, list[Any]] = field(default_factory=dict)
    locks: dict[UUID, asyncio.Lock] = field(default_factory=dict)
    now: datetime = START
    pace: timedelta = timedelta(milliseconds=1)
    breaks: str | None = None

    def tick(self) -> datetime:
        self.now += self.pace
        return self.now

    def acquire(self, timeout: float | None = None) -> "Lease":  # noqa: ARG002 - the pool's own form
        """Be a pool."""
        return Lease(Session(self))

    async def release(self, session: "Session", timeout: float | None = None) -> None:  # noqa: ASYNC109 - the pool's own form
        """Take a connection back."""


class Lease:
    """A connection to wait for, or to hold until a block ends."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    def __await__(self) -> Generator[Any, None, "Session"]:
        yield from asyncio.sleep(0).__await__()
        return self._session

    async def __aenter__(self) -> "Session":
        return await self

    async def __aexit__(self, *_: object) -> None:
        return None


class Session:
    """A connection: at most one transaction at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._held: list[asyncio.Lock] = []
        self._undo: list[Callable[[], object]] = []
        self._at_commit: list[Callable[[], object]] = []

    def is_closed(self) -> bool:
        return False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        try:
            yield
            await asyncio.sleep(0)
            breaks, self.store.breaks = (
                (self.store.breaks, None) if self._at_commit else (None, self.store.breaks)
            )
            if breaks == "before":
                raise asyncpg.ConnectionDoesNotExistError("killed before the commit")
            for write in self._at_commit:
                write()
            self._undo.clear()
            if breaks == "after":
                raise asyncpg.ConnectionDoesNotExistError("killed after the commit")
        finally:
            for undo in reversed(self._undo):
                undo()
            self._undo, self._at_commit = [], []
            for lock in self._held:
                lock.release()
            self._held = []

    def change(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        """Write now, and take it back if the transaction does not end well."""
        before = table.get(key)

        def undo() -> None:
            if before is None:
                table.pop(key, None)
            else:
                table[key] = before

        self._undo.append(undo)
        table[key] = value

    async def execute(self, sql: str, *args: Any) -> str:
        await asyncio.sleep(0)
        store = self.store
        if "set_config" in sql or "journal.relay" in sql:
            return ""
        if sql.startswith("insert into journal.head"):
            for coalition, chain in zip(*args, strict=True):
                store.heads.setdefault(coalition, Row(
                    coalition_id=coalition, position=0, chain=chain,
                    recorded_at=datetime.min.replace(tzinfo=UTC)))  # fmt: skip
        elif sql.startswith("select journal.write"):
            self._at_commit.append(lambda: self._write(args))
        elif sql.startswith("insert into tenancy.coalition"):
            self.change(store.slugs, args[1], args[0])
        elif sql.startswith("insert into inbox.cursor"):
            if args[:3] not in store.cursors:
                self._move(args[:3], 0, args[3])
        elif sql.startswith("insert into inbox.parked"):
            self.change(store.parked, args[:3], args[4])
        elif sql.startswith("delete from inbox.parked"):
            store.parked.pop(args[:3], None)
        else:
            raise NotImplementedError(sql)
        return ""

    def _move(self, where: tuple[Any, ...], position: int, chain: bytes) -> None:
        coalition, source, reader = where
        self.change(self.store.cursors, where, Row(
            coalition_id=coalition, source=source, reader=reader, position=position, chain=chain,
        ))  # fmt: skip

    async def executemany(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            await self.execute(sql, *row)

    def _write(self, args: Sequence[Any]) -> None:
        store = self.store
        events_given, disclosures, repeats, heads, at = args
        for own, p, named, s, v, t, b, h, tp in events_given:
            c, i = UUID(own), UUID(named)
            events = store.events.setdefault(c, [])
            taken = any(e["event_id"] == i or (e["stream"], e["version"]) == (s, v) for e in events)
            if p != len(events) + 1 or taken:
                raise asyncpg.UniqueViolationError(f"{s} {v} at {p}")
            events.append(Row(
                coalition_id=c, position=p, event_id=i, stream=s, version=v, type=t, bytes=b,
                chain=h, traceparent=tp,
            ))  # fmt: skip
        for own, p, digest, audience, key, nonce, text in disclosures:
            c = UUID(own)
            store.disclosures.setdefault(c, []).append(Row(
                position=p, digest=digest, audience=audience, key_id=key, nonce=nonce,
                ciphertext=text, event_id=store.events[c][p - 1]["event_id"], erased=None,
            ))  # fmt: skip
        for c, principal, operation, key, fingerprint, answer in repeats:
            store.repeats[c, principal, operation, key] = Row(
                coalition_id=c, principal=principal, operation=operation, key=key,
                fingerprint=fingerprint, answer=answer,
            )  # fmt: skip
        for c, p, chain in heads:
            store.heads[c] = Row(coalition_id=c, position=p, chain=chain, recorded_at=at)

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        await asyncio.sleep(0)
        store = self.store
        if sql.startswith("select * from journal.lock"):
            return await self._lock(*args)
        if sql.startswith("select * from journal.append"):
            return await self._append(*args)
        if sql.startswith("select event_id, bytes from journal.event"):
            events = store.events.get(args[0], [])
            return events[args[1] - 1] if args[1] <= len(events) else None
        if "type = 'MessageDrafted'" in sql:
            drafted = (one for one in store.events.get(args[0], []) if one["stream"] == args[1])
            return next((one for one in drafted if one["type"] == "MessageDrafted"), None)
        if sql.startswith("select position, chain from inbox.cursor"):
            await self._hold(args[0])
            return store.cursors.get(args[:3])
        if sql.startswith("update inbox.cursor"):  # nobody is erased here, and nothing redacted
            self._move(args[:3], *args[3:])
            return Row(erased=0, redacted=0)
        if "from sealing.current_key" in sql:
            coalition, key_id, source, person, audience, wrapped = args
            for held in store.keys:
                if held[0] == coalition and held[3:5] == (person, audience):
                    return held
            store.keys.append(Row(
                coalition_id=coalition, key_id=key_id, source=source, person_id=person,
                audience=audience, wrapped_key=wrapped,
            ))  # fmt: skip
            return store.keys[-1]
        raise NotImplementedError(sql)

    async def _hold(self, coalition: UUID) -> None:
        lock = self.store.locks.setdefault(coalition, asyncio.Lock())
        if lock not in self._held:
            await lock.acquire()
            self._held.append(lock)

    async def _lock(
        self,
        coalitions: list[UUID],
        kc: Any,
        kp: Any,
        ko: Any,
        kk: Any,
        waits: bool,  # noqa: FBT001 - as the statement has it
    ) -> Row:
        store, heads = self.store, []
        for coalition in coalitions:
            lock = store.locks.setdefault(coalition, asyncio.Lock())
            if waits or not lock.locked():
                await self._hold(coalition)
                heads.append(store.heads[coalition])
        known = [store.repeats[k] for k in zip(kc, kp, ko, kk, strict=True) if k in store.repeats]
        at = max([store.tick(), *(head["recorded_at"] for head in heads)])
        heard = [cursor for where, cursor in store.cursors.items() if where[0] in coalitions]
        return Row(heads=heads, known=known, heard=heard, at=at)

    async def _append(
        self, stood: Any, heard_then: Any, keys: Any, events: Any, disclosures: Any, repeats: Any,
        heads: Any, at: datetime, own: str,
    ) -> Row:  # fmt: skip
        store = self.store
        async with self.transaction():
            now = store.tick()
            if any(store.locks.setdefault(c, asyncio.Lock()).locked() for c, _, _ in stood):
                return Row(said="held", at=now)
            for coalition, _, _ in stood:
                await self._hold(coalition)
            for coalition, position, chain in stood:
                head = store.heads[coalition]
                if tuple(head[1:3]) != (position, chain) or head["recorded_at"] > at:
                    return Row(said="moved", at=now)
            if abs(now - at) > timedelta(seconds=1):
                return Row(said="late", at=now)
            if any(key in store.repeats for key in keys):
                return Row(said="known", at=now)
            for (coalition, _, _), heard in zip(stood, heard_then, strict=True):
                cursors = sorted(
                    (c["source"], c["position"]) for where, c in store.cursors.items()
                    if where[0] == coalition and c["source"] != own
                )  # fmt: skip
                if ",".join(f"{source} {position}" for source, position in cursors) != heard:
                    return Row(said="heard", at=now)
            self._at_commit.append(lambda: self._write((events, disclosures, repeats, heads, at)))
        return Row(said="written", at=now)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        await asyncio.sleep(0)
        if "from (select) as always" in sql:  # `shared.database.enter`: there are no schemas here
            return None
        if "from tenancy.coalition" in sql:
            return self.store.slugs.get(args[0])
        events = self.store.events.get(args[0], [])
        if "version = 1" in sql:
            return next((event["position"] for event in events if event["stream"] == args[1]), None)
        if sql.startswith("select chain from journal.event"):
            return events[args[1] - 1]["chain"]
        if "from heard.decision" in sql:
            return None
        raise NotImplementedError(sql)

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """Return the columns that a statement names, of the rows that it means."""
        await asyncio.sleep(0)
        columns = sql.rpartition("select ")[2].partition(" from ")[0]
        named = [column.rpartition(".")[2] for column in columns.split(", ")]
        return [Row(**{name: row[name] for name in named}) for row in self._meant(sql, args)]

    def _meant(self, sql: str, args: Sequence[Any]) -> Sequence[Row]:
        store = self.store
        if "from inbox.cursor" in sql:
            return [cursor for (_, *where), cursor in store.cursors.items() if where == [*args]]
        if "from journal.head" in sql:
            return [head for head in store.heads.values() if head["position"]]
        if "from sealing.sealing_key" in sql:
            return [key for key in store.keys if key[0] == args[0] and key[1] in args[1]]
        of = args[0]
        if "from journal.closed" in sql or "from journal.sealed" in sql:
            held = store.disclosures.get(of, [])
            if "between" in sql:
                return [row for row in held if args[1] <= row["position"] <= args[2]]
            return [row for row in held if row["position"] in args[1]]
        events = store.events.get(of, [])
        if "type = 'DisclosureRequested'" in sql:
            return [event for event in events if event["type"] == "DisclosureRequested"]
        if "limit $3" in sql:
            return events[args[1] : args[1] + args[2]]
        if "type = $3" in sql:
            found = [event for event in events if event["stream"] in args[1]]
            return [event for event in found if event["type"] == args[2]]
        if "type = any" in sql:
            return [event for event in events[: args[2]] if event["type"] in args[1]]
        if "position <= $3" in sql:
            return events[args[1] : args[2]]
        decisions = [event for event in events if event["type"] == "DecisionMade"]
        if "DecisionMade" in sql:
            column = "stream" if "stream = any" in sql else "position"
            return [event for event in decisions if event[column] in args[1]]
        if "from journal.streams" in sql:
            found = [event for event in events if event["stream"] in args[1]]
            return sorted(found, key=lambda event: (event["stream"], event["version"]))
        raise NotImplementedError(sql)
