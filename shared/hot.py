"""State kept hot: folded streams of a coalition, valid while its head stands where they end."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import asyncpg

from shared import decoding
from shared.canonical import chained
from shared.decider import Decider
from shared.event import Context, Event, Recorded
from shared.redaction import NOTHING, FieldRedacted, Redactions, noted
from shared.sealing import Disclosure, Keys, Opened, open_disclosure

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
S = TypeVar("S")
T = TypeVar("T")
AnyDecider = Decider[Any, Any, Any]

STREAMS = "select position, version, stream, type, bytes, event_id from journal.streams($1, $2)"
DISCLOSURES = (
    "select position, digest, audience, key_id, nonce, ciphertext, erased"
    " from journal.sealed($1, $2)"
)
STREAMS_HELD = 4_096
CATCH_UP_AT_MOST = 1_000


@dataclass(frozen=True)
class Fold(Generic[S]):
    """A state over many streams of one coalition, such as which steps a gathering left.

    Args:
        types: The events it looks at; few and rare ones, as a cold start reads them all.
        evolve: (state, id of the aggregate, event) → state. Pure; the state is immutable.
    """

    name: str
    types: tuple[type[Event], ...]
    initial: S
    evolve: Callable[[S, str, Event], S]


REDACTIONS: Fold[Redactions] = Fold("redactions", (FieldRedacted,), NOTHING, noted)
"""What was redacted on any stream; every service has it."""


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """Facts heard from other services, read again only when what was heard has moved."""

    name: str
    load: Callable[[Connection, UUID], Awaitable[T]]


class Stream(NamedTuple):
    version: int
    state: Any


class Head(NamedTuple):
    position: int
    chain: bytes


class Savepoint(NamedTuple):
    head: Head
    streams: dict[str, Stream]
    folds: dict[str, Any]
    new: int


class HistoryChanged(RuntimeError):
    """The journal no longer continues what was read from it: alarm, and start cold."""


class NotAtHand(LookupError):
    """Something that is not held has to be read before this can be decided."""


class Unread:
    """The database of a decision that rests only on what is held."""

    async def fetch(self, *_: object) -> list[asyncpg.Record]:
        raise NotAtHand

    async def fetchrow(self, *_: object) -> asyncpg.Record:
        raise NotAtHand

    async def fetchval(self, *_: object) -> object:
        raise NotAtHand

    async def execute(self, *_: object) -> str:
        raise NotAtHand


class Hot:
    """What is held of one coalition. Joined by a batch only after its commit.

    Attributes:
        heard: Up to where others had been heard at that commit; `None` before the first.
        erased: How many persons were erased when the first of it was read.
    """

    def __init__(self, head: Head) -> None:
        self.head = head
        self.heard: Mapping[str, int] | None = None
        self.erased = 0
        self.streams: OrderedDict[str, Stream] = OrderedDict()
        self.folds: dict[str, Any] = {}
        self.snapshots: dict[str, tuple[Mapping[str, int], Any]] = {}

    def trim(self) -> None:
        while len(self.streams) > STREAMS_HELD:
            self.streams.popitem(last=False)


class Rules:
    """The deciders and folds of a service, by the names under which events find them."""

    def __init__(
        self, service: str, deciders: tuple[AnyDecider, ...], folds: tuple[Fold[Any], ...]
    ) -> None:
        self.service = service
        self.deciders = {decider.prefix: decider for decider in deciders}
        self.types: dict[str, type[Event]] = {}
        for decider in deciders:
            self.types.update(decider.types)
        self.types[FieldRedacted.__name__] = FieldRedacted
        folds = (*folds, REDACTIONS)
        self.folds = {fold.name: fold for fold in folds}
        self.folded_by: dict[str, list[Fold[Any]]] = {}
        for fold in folds:
            for kind in fold.types:
                self.folded_by.setdefault(kind.__name__, []).append(fold)


class Work:
    """One coalition inside one batch: reads through to what is hot, and collects what is new."""

    def __init__(
        self, rules: Rules, keys: Keys, db: Connection, coalition: UUID, hot: Hot,
        heard: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.rules = rules
        self.keys = keys
        self.db = db
        self.coalition = coalition
        self.written = str(coalition)
        """The coalition as it stands in events."""
        self.hot = hot
        self.heard = heard
        self.head = hot.head
        self.streams: dict[str, Stream] = {}
        self.folds: dict[str, Any] = {}
        self.new: list[tuple[str, Event]] = []
        self.erased: Collection[UUID] = ()
        self._base: Context | None = None

    def base(self, at: datetime) -> Context:
        """Return the context that every command of this batch starts from."""
        if self._base is None or self._base.at != at:
            self._base = Context(self.coalition, None, None, at)
        return self._base

    def savepoint(self) -> Savepoint:
        return Savepoint(self.head, dict(self.streams), dict(self.folds), len(self.new))

    def rollback(self, point: Savepoint) -> None:
        self.head, self.streams, self.folds, size = point
        del self.new[size:]

    async def catch_up(self, to: Head) -> None:
        """Bring what is hot to the locked head, which another replica may have moved.

        So may a batch beside this one, of the same replica; while we read, it may join.
        """
        hot = self.hot
        if hot.head == to:
            return
        if to.position <= hot.head.position:
            raise HistoryChanged(f"{self.rules.service} {self.coalition} at {to.position}")
        if to.position - hot.head.position > CATCH_UP_AT_MOST:
            hot.streams.clear()
            hot.folds.clear()
        else:
            rows = await self.db.fetch(
                "select position, version, stream, type, bytes, event_id from journal.event"
                " where coalition_id = $1 and position > $2 and position <= $3 order by position",
                self.coalition, hot.head.position, to.position,
            )  # fmt: skip
            read = await self._events([row for row in rows if self._held(row)])
            held, chain = hot.head
            chain, _ = chained(chain, (row["bytes"] for row in rows if row["position"] > held))
            for row, event in read:
                if row["position"] <= held:
                    continue
                if row["stream"] in hot.streams:
                    state = self._evolve(row["stream"], hot.streams[row["stream"]].state, event)
                    hot.streams[row["stream"]] = Stream(row["version"], state)
                for fold in self.rules.folded_by.get(row["type"], ()):
                    if fold.name in hot.folds:
                        key = row["stream"].partition("-")[2]
                        hot.folds[fold.name] = fold.evolve(hot.folds[fold.name], key, event)
            if chain != to.chain:
                raise HistoryChanged(f"{self.rules.service} {self.coalition} at {to.position}")
        hot.head = self.head = to

    def _held(self, row: asyncpg.Record) -> bool:
        """Say whether an event changes anything that is held; most of a coalition's do not."""
        return row["stream"] in self.hot.streams or any(
            fold.name in self.hot.folds for fold in self.rules.folded_by.get(row["type"], ())
        )

    async def warm(self, streams: set[str]) -> None:
        """Fold the streams that are not held up to the head, all in one read.

        They are held once all of it is read: a read that breaks off leaves nothing behind.
        """
        found = {name: self._empty(name) for name in streams if name not in self.hot.streams}
        if not found:
            return
        rows = await self.db.fetch(STREAMS, self.coalition, [*found])
        head = self.head.position  # whoever only looks has not locked it: more may follow
        for row, event in await self._events([row for row in rows if row["position"] <= head]):
            state = self._evolve(row["stream"], found[row["stream"]].state, event)
            found[row["stream"]] = Stream(row["version"], state)
        self.hot.streams.update(found)

    def begin(self, name: str) -> None:
        """Hold a stream that has no events, because its name was drawn just now."""
        if name not in self.hot.streams:
            self.hot.streams[name] = self._empty(name)

    def _empty(self, name: str) -> Stream:
        return Stream(0, self.rules.deciders[name.partition("-")[0]].initial)

    async def stream(self, decider: AnyDecider, key: UUID | str) -> Stream:
        return await self.named(decider.stream(key))

    async def named(self, name: str) -> Stream:
        """Return the stream of this name."""
        if name in self.streams:
            return self.streams[name]
        if name not in self.hot.streams:
            await self.warm({name})
        self.hot.streams.move_to_end(name)
        return self.hot.streams[name]

    async def events(self, name: str, types: Sequence[type[Event]]) -> list[Event]:
        """Return the events of these types of a stream, those of this batch among them."""
        wanted = {kind.__name__ for kind in types}
        rows = await self.db.fetch(STREAMS, self.coalition, [name])
        read = await self._events([row for row in rows if row["type"] in wanted])
        new = [event for stream, event in self.new if stream == name and type(event) in types]
        return [*(event for _, event in read), *new]

    async def fold(self, fold: Fold[S]) -> S:
        if fold.name in self.folds:
            state: S = self.folds[fold.name]
            return state
        if fold.name not in self.hot.folds:
            state = fold.initial
            rows = await self.db.fetch(
                "select position, version, stream, type, bytes, event_id from journal.event"
                " where coalition_id = $1 and type = any($2) and position <= $3 order by position",
                self.coalition, [kind.__name__ for kind in fold.types], self.hot.head.position,
            )  # fmt: skip
            for row, event in await self._events(rows):
                state = fold.evolve(state, row["stream"].partition("-")[2], event)
            new = [(name, event) for name, event in self.new if type(event) in fold.types]
            if not new:
                self.hot.folds[fold.name] = state
                return state
            # Not hot before COMMIT: after a rollback, what is hot would lack the events before it.
            for name, event in new:
                state = fold.evolve(state, name.partition("-")[2], event)
            self.folds[fold.name] = state
            return state
        held: S = self.hot.folds[fold.name]
        return held

    async def snapshot(self, snapshot: Snapshot[T]) -> T:
        held = self.hot.snapshots.get(snapshot.name)
        if held is None or held[0] != self.heard:
            held = self.heard, await snapshot.load(self.db, self.coalition)
            self.hot.snapshots[snapshot.name] = held
        loaded: T = held[1]
        return loaded

    def happened(self, name: str, version: int, event: Event) -> None:
        """Take an event of this batch into the states that later commands will see."""
        state = self.streams[name].state if name in self.streams else self.hot.streams[name].state
        self.streams[name] = Stream(version, self._evolve(name, state, event))
        self.new.append((name, event))
        for fold in self.rules.folded_by.get(type(event).__name__, ()):
            held = self.folds.get(fold.name, self.hot.folds.get(fold.name, _NOT_HELD))
            if held is not _NOT_HELD:
                self.folds[fold.name] = fold.evolve(held, name.partition("-")[2], event)

    def commit(self) -> None:
        """Join what is new; only after COMMIT.

        A batch beside this one, of the same replica, may have read it back already: then all of
        it is there, and perhaps more.
        """
        if self.hot.head.position < self.head.position:
            self.hot.head = self.head
            self.hot.streams.update(self.streams)
            self.hot.folds.update(self.folds)
        self.hot.heard = self.heard
        self.hot.trim()

    async def recorded(self, position: int) -> Recorded | None:
        """Return an event that is written down, opened as far as it can be."""
        row = await self.db.fetchrow(
            "select event_id, bytes from journal.event where coalition_id = $1 and position = $2",
            self.coalition, position,
        )  # fmt: skip
        if row is None:
            return None
        opened = await self._opened({position: row["event_id"]})
        return decoding.recorded(row["bytes"], opened.get(position, {}))

    def _evolve(self, name: str, state: Any, event: Event) -> Any:
        if type(event) is FieldRedacted:
            return state  # no rule rests on words
        return self.rules.deciders[name.partition("-")[0]].evolve(state, event)

    async def _events(self, rows: list[asyncpg.Record]) -> list[tuple[asyncpg.Record, Event]]:
        closed = {row["position"]: row["event_id"] for row in rows if b'"_sd"' in row["bytes"]}
        opened = await self._opened(closed) if closed else {}
        return [
            (row, decoding.event(self.rules.types[row["type"]], row["bytes"],
                                 opened.get(row["position"], {})))
            for row in rows
        ]  # fmt: skip

    async def _opened(self, events: Mapping[int, UUID]) -> dict[int, dict[str, Opened]]:
        rows = await self.db.fetch(DISCLOSURES, self.coalition, [*events])
        keys = await self.keys.known(self.coalition, {row["key_id"] for row in rows})
        found: dict[int, dict[str, Opened]] = {}
        for row in rows:
            closed = Disclosure(*row[1:7])
            opened = closed.gone
            if opened is None and (key := keys.get(closed.key)):
                opened = open_disclosure(key, self.coalition, events[row["position"]], closed)
            if opened is not None:
                found.setdefault(row["position"], {})[closed.digest] = opened
        return found


_NOT_HELD = object()


class Reading:
    """What a fact may read, under the lock of the decision."""

    def __init__(self, work: Work, context: Context, key: UUID | str = "") -> None:
        self._work = work
        self.context = context
        self.key = key
        """Of the stream that the command is for."""

    @property
    def coalition(self) -> UUID:
        return self._work.coalition

    @property
    def db(self) -> Connection:
        """The batch's own connection; only for rare reads."""
        return self._work.db

    @property
    def reached(self) -> int:
        """The position of the newest event of this service and coalition."""
        return self._work.head.position

    async def stream(self, decider: Decider[Any, S, Any], key: UUID | str) -> S:
        """Return the state of any stream of this service and coalition."""
        state: S = (await self._work.stream(decider, key)).state
        return state

    async def events(
        self, decider: Decider[Any, Any, Any], key: UUID | str, *types: type[Event]
    ) -> list[Event]:
        """Return the events of these types of a stream, with what can still be opened of them."""
        return await self._work.events(decider.stream(key), types)

    async def fold(self, fold: Fold[S]) -> S:
        """Return the state of a fold over this coalition."""
        return await self._work.fold(fold)

    async def snapshot(self, snapshot: Snapshot[T]) -> T:
        """Return what was heard from other services."""
        return await self._work.snapshot(snapshot)

    async def recorded(self, position: int) -> Recorded | None:
        """Return an event of this service and coalition, opened as far as it can be."""
        return await self._work.recorded(position)

    def heard(self, service: str) -> int:
        """Return the position of that service's journal up to which this one has heard."""
        return self._work.heard.get(service, 0)
