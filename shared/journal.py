"""The journals of a service: one batch, one transaction, and nothing decided on what has passed.

- Positions 1, 2, 3 … per coalition, versions per stream: by the head's row lock. The unique keys
  are the last wall; a hit there is a bug.
- A command acts once: its idempotency row is in the same transaction.
- Nobody conflicts: commands take effect one after another, decided on the state before them.
- An answer is durable: it is given after COMMIT. An unknown commit is run again with its keys.

A batch is decided on what is held here, and written by one call that looks under the lock whether
all of it still stands. If not, or where something has to be read, it goes the long way: lock, look,
decide, write.

While one batch commits, the next gathers; it never waits to get more. Coalitions take turns in a
batch, so that one with much to say does not keep the others waiting.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson
import structlog
from opentelemetry.trace import SpanKind

from shared.ask import Ask, Busy, Line, Stale, Step, Written
from shared.batch import Locked, Question, Rows, Stood, in_milliseconds
from shared.canonical import (
    Envelope,
    Hidden,
    chain_next,
    chain_start,
    encode,
    leaf_hash,
    milliseconds,
)
from shared.database import DB_TRANSIENT, tenant
from shared.decider import Refused
from shared.event import Context, Event, base64url
from shared.failpoint import reach
from shared.hot import (
    Connection,
    Head,
    HistoryChanged,
    Hot,
    NotAtHand,
    Reading,
    Rules,
    Unread,
    Work,
)
from shared.sealing import Disclosure, Erased, KeyMissing, Keys, decoy, keyed_for, seal
from shared.telemetry import Count, span
from shared.turns import Turns
from shared.uuid7 import random_bytes, uuid7_text

log = structlog.get_logger()

BATCH = 256
QUEUE = 2_048
WAIT_SECONDS = 5.0  # for a batch to begin; admission keeps it far below
TRY_FOR_SECONDS = 5.0
SKIPPED_AT_MOST = 3
LINKS = 32
LOCKS_FIRST = 16  # batches, after one that another replica's writing came before
REPEATS_KEPT = timedelta(days=7)
FORGETS_WITHIN = 30.0
UNTOLD: Mapping[str, Any] = {}  # an import is told how many events, not which

UNREAD: Any = Unread()

_ids = random_bytes(10)
T = TypeVar("T")
Erasures = Callable[[Reading], Awaitable[Collection[UUID]]]


async def forget_repeats(pool: asyncpg.Pool, after: timedelta = REPEATS_KEPT) -> str:
    """Delete idempotency rows that are older than promised; say how many.

    Args:
        pool: The role that sees every coalition.
    """
    async with pool.acquire(timeout=2) as db:
        said: str = await db.execute(
            "delete from journal.idempotency where at < clock_timestamp() - $1::interval",
            after, timeout=FORGETS_WITHIN,
        )  # fmt: skip
    return said


@dataclass
class Made:
    """What came of the commands of a batch, before any of it is durable."""

    rows: Rows = field(default_factory=Rows)
    outcomes: list[tuple[Ask, Written | Exception]] = field(default_factory=list)
    later: list[Ask] = field(default_factory=list)
    missing: list[tuple[UUID, UUID | None, str]] = field(default_factory=list)


def _begin(batch: Sequence[Ask], works: Mapping[UUID, Work]) -> None:
    """Hold the streams whose names were drawn for these commands: there is nothing to read."""
    for ask in batch:
        if work := works.get(ask.coalition):
            for step in ask.steps:
                if step.begins:
                    work.begin(step.stream)


def _held(batch: Sequence[Ask], works: Mapping[UUID, Work]) -> bool:
    """Say whether no stream of these commands has to be read; most that need one show it here."""
    return all(
        step.begins or step.stream in works[ask.coalition].hot.streams
        for ask in batch
        for step in ask.steps
    )


def _about_nobody() -> Refused:
    return Refused(
        "person_erased", "This person was erased: nothing new can be recorded about them."
    )


def _meets_a_unique_key(error: Exception) -> bool:
    return isinstance(error, asyncpg.UniqueViolationError) and error.schema_name == "journal"


class Journal:
    """The write side of a service.

    Args:
        clock: Turns the database's time into the time of a decision; the identity, but in tests.
        addresses: Event types whose `slug` is the coalition's address.
        answered: Told after each batch how long its oldest command took.
        passing: Seconds that only grow: the time since the database last told its own.
        at_once: Write in one trip where nothing has to be read; else always by lock and look.
        erased: Who was erased, as far as this service knows: nothing is recorded about them.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        rules: Rules,
        keys: Keys,
        *,
        clock: Callable[[datetime], datetime] = lambda at: at,
        addresses: frozenset[str] = frozenset(),
        answered: Callable[[float], None] = lambda _seconds: None,
        passing: Callable[[], float] = time.monotonic,
        at_once: bool = True,
        erased: Erasures | None = None,
    ) -> None:
        self._pool = pool
        self._erased = erased
        self.rules = rules
        self._keys = keys
        self._clock = clock
        self._addresses = addresses
        self._hot: dict[UUID, Hot] = {}
        self._answered = answered
        self._passing = passing
        self.at_once = at_once
        self._waiting: Turns[Line, Ask] = Turns()
        self._wake = asyncio.Event()
        self._stopping = False
        self._aside: set[asyncio.Task[None]] = set()
        self._returning: set[asyncio.Task[None]] = set()
        self._known_heads: set[UUID] = set()
        self._told_time: tuple[datetime, float] | None = None
        self._locks_first = 0
        self._seen: dict[UUID, Hot] = {}
        self._looking = asyncio.Lock()
        self._listening: list[asyncio.Event] = []
        self._conflicts = Count("accord.journal.conflicts", service=rules.service)
        self._in_one_trip = Count("accord.journal.in_one_trip", service=rules.service)

    @property
    def conflicts(self) -> int:
        """How often a unique key stopped a batch. Locks do that; any hit is a bug."""
        return self._conflicts.value

    @property
    def in_one_trip(self) -> int:
        """How many batches were decided on what was held, and written by one call."""
        return self._in_one_trip.value

    async def write(self, ask: Ask) -> Written:
        """Decide and write down; return when it is durable.

        Raises:
            Refused: a rule forbids it. Nothing is written.
            Stale: the stream is not at `if_match`.
            KeyReused: the idempotency key came with another body before.
            Busy: too much is waiting, for too long, or the database is not to be had.
        """
        if self._stopping or len(self._waiting) >= QUEUE:
            raise Busy("too many commands are waiting")
        self._waiting.add(ask.line, ask)
        self._wake.set()
        return await ask.answer

    async def write_all(self, asks: Sequence[Ask]) -> list[Written | Exception]:
        """Write many, in order; a refused one stops none of the others."""
        if self._stopping:
            raise Busy("the service is stopping")
        for ask in asks:
            self._waiting.add(ask.line, ask)
        self._wake.set()
        outcomes: list[Written | Exception] = []
        for ask in asks:
            try:
                outcomes.append(await ask.answer)
            except Exception as error:  # noqa: BLE001 - an outcome like any other
                outcomes.append(error)
        return outcomes

    async def look(self, coalition: UUID, fact: Callable[[Reading], Awaitable[T]]) -> T:
        """Read a fact as of now, without deciding anything on it."""
        async with self._looking, tenant(self._pool, [coalition]) as db:
            row = await db.fetchrow(
                "select clock_timestamp() as now, h.position, h.chain,"
                " (select jsonb_object_agg(c.source, c.position) from inbox.cursor c"
                "  where c.coalition_id = $1 and c.source <> $2)::text as heard"
                " from (select 1) as one left join journal.head h on h.coalition_id = $1",
                coalition, self.rules.service,
            )  # fmt: skip
            assert row is not None
            start = Head(0, chain_start(self.rules.service, coalition))
            head = Head(row["position"], row["chain"]) if row["chain"] else start
            heard = orjson.loads(row["heard"] or "{}")
            hot = self._seen.setdefault(coalition, Hot(head))
            work = Work(self.rules, self._keys, db, coalition, hot, heard)
            try:
                await work.catch_up(head)
            except HistoryChanged:
                hot = self._seen[coalition] = Hot(head)
                work = Work(self.rules, self._keys, db, coalition, hot, heard)
            now = self._clock(row["now"])
            return await fact(Reading(work, Context(coalition, None, None, now)))

    async def run(self) -> None:
        """Take batches until `stop`; finish what waits first."""
        while True:
            if not self._waiting:
                if not self._stopping:
                    self._wake.clear()
                    await self._wake.wait()
                elif self._aside:
                    await asyncio.wait(self._aside)  # they may give commands back
                else:
                    break
                continue
            await self._carry_out(self._take())

    def listen(self) -> asyncio.Event:
        """Return an event that is set after each commit that wrote something."""
        event = asyncio.Event()
        self._listening.append(event)
        return event

    def stop(self) -> None:
        """End `run` after what waits."""
        self._stopping = True
        self._wake.set()

    def _take(self) -> list[Ask]:
        """Return the next batch, without those who have gone or waited too long."""
        batch: list[Ask] = []
        late = time.monotonic() - WAIT_SECONDS
        for ask in self._waiting.take(BATCH):
            if ask.answer.done():
                continue
            if ask.since < late and not ask.imported:
                ask.settle(Busy("too many commands are waiting"))
            else:
                batch.append(ask)
        return batch

    def _give_back(self, asks: list[Ask]) -> None:
        """Let these be next, each before the others of its line."""
        lines: dict[Line, list[Ask]] = {}
        for ask in asks:
            lines.setdefault(ask.line, []).append(ask)
        for line, own in lines.items():
            self._waiting.give_back(line, own)

    async def _carry_out(self, batch: list[Ask], *, alone: bool = False) -> None:
        """Run a batch to its end: written, refused, or given back to the queue."""
        while batch:
            try:
                if not alone and await self._at_once(batch):
                    return
                later, missing = await self._transaction(batch, waits=alone)
            except HistoryChanged:
                log.critical("history_changed")
                self._hot.clear()
                for ask in batch:
                    ask.settle(Busy("the journal's history changed"))
                return
            except DB_TRANSIENT as error:
                self._hot.clear()
                log.warning("batch_again", error=type(error).__name__)
                await asyncio.sleep(0.05)
                old = time.monotonic() - TRY_FOR_SECONDS
                for ask in batch:
                    if ask.since < old:
                        ask.settle(Busy("the database is not to be had"))
                batch = [ask for ask in batch if not ask.answer.done()]
                continue
            except Exception as error:
                self._hot.clear()
                if _meets_a_unique_key(error):
                    self._conflicts.add()
                    log.critical("unique_key_hit", error=str(error))
                if len(batch) == 1:
                    log.exception("command_failed")
                    batch[0].settle(error)
                else:
                    for ask in [ask for ask in batch if not ask.answer.done()]:
                        await self._carry_out([ask])
                return
            if missing:
                await self._fetch(missing, later)
            elif later:
                self._set_aside(later)
            return

    async def _fetch(self, missing: list[tuple[UUID, UUID | None, str]], later: list[Ask]) -> None:
        """Fetch keys outside the lock, and give back the commands that wait for them."""
        try:
            for wanted in missing:
                with suppress(Erased):  # whoever asked is told so when their turn comes again
                    await self._keys.fetch(*wanted)
        except DB_TRANSIENT as error:
            log.warning("keys_not_fetched", error=type(error).__name__)
            old = time.monotonic() - TRY_FOR_SECONDS
            for ask in later:
                if ask.since < old:
                    ask.settle(Busy("the key store is not to be had"))
            await asyncio.sleep(0.05)
        self._give_back([ask for ask in later if not ask.answer.done()])
        self._wake.set()  # what was set aside comes back while nobody looks

    def _set_aside(self, later: list[Ask]) -> None:
        """Give back what another replica's lock kept from this batch."""
        for ask in later:
            ask.skipped += 1
        stuck = {ask.coalition for ask in later if ask.skipped >= SKIPPED_AT_MOST}
        if stuck:
            alone = [ask for ask in later if ask.coalition in stuck]
            task = asyncio.create_task(self._carry_out(alone, alone=True))
            self._aside.add(task)
            task.add_done_callback(self._aside.discard)
        self._give_back([ask for ask in later if ask.coalition not in stuck])

    async def _at_once(self, batch: list[Ask]) -> bool:
        """Decide on what is held, and write in one trip if all of that still stands.

        Returns:
            Whether the batch is done. If not, nothing was written: something has to be read
            first, or another has written or been heard meanwhile.
        """
        at = self._time()
        if at is None or not self.at_once:
            return False
        if self._locks_first:
            self._locks_first -= 1
            return False
        stood: dict[UUID, Stood] = {}
        works: dict[UUID, Work] = {}
        for coalition in {ask.coalition for ask in batch}:
            hot = self._hot.get(coalition)
            if hot is None or hot.heard is None:
                return False
            works[coalition] = Work(self.rules, self._keys, UNREAD, coalition, hot, hot.heard)
            stood[coalition] = Stood(hot.head, hot.heard)
        if not _held(batch, works):
            return False
        _begin(batch, works)
        await reach("journal.before_lock")
        try:
            made = await self._decide_all(batch, works, Locked({}, {}, {}, at))
        except NotAtHand:
            return False
        if made.later or not made.rows.in_one_call:
            return False
        made.rows.move_heads((c, work.head) for c, work in works.items() if work.new)
        await reach("journal.after_decide")
        async with self._connection() as db, self._traced(batch):
            await reach("journal.before_commit")
            said, now = await made.rows.append(db, self.rules.service, batch, stood, at)
            await reach("journal.after_commit")
            self._tell_time(now)
            if said == "written":
                self._in_one_trip.add()
                self._done(made, works)
                return True
        self._locks_first = LOCKS_FIRST if said in {"held", "moved"} else 0
        return False

    def _time(self) -> datetime | None:
        """Return the database's time as far as it is known here, in whole milliseconds."""
        if self._told_time is None:
            return None
        at, since = self._told_time
        return in_milliseconds(at + timedelta(seconds=self._passing() - since))

    def _tell_time(self, at: datetime) -> None:
        self._told_time = at, self._passing()

    async def _transaction(
        self, batch: list[Ask], *, waits: bool
    ) -> tuple[list[Ask], list[tuple[UUID, UUID | None, str]]]:
        """One batch, one transaction. Return what has to wait, and the keys it waits for."""
        async with self._connection() as db:
            await self._make_heads(db, {ask.coalition for ask in batch})
            async with self._traced(batch), db.transaction():
                question = Question(self.rules.service, batch, waits=waits)
                await reach("journal.before_lock")
                locked = await question.put(db)
                self._tell_time(locked.at)
                await reach("journal.after_lock")
                works: dict[UUID, Work] = {}
                streams: dict[UUID, set[str]] = {}
                for ask in batch:
                    asked = streams.setdefault(ask.coalition, set())
                    asked.update(step.stream for step in ask.steps if not step.begins)
                for coalition, head in locked.heads.items():
                    hot = self._hot.get(coalition) or Hot(head)
                    self._hot[coalition] = hot
                    work = Work(
                        self.rules, self._keys, db, coalition, hot, locked.heard_of(coalition)
                    )
                    await work.catch_up(head)
                    await self._let_go(work, self._clock(locked.at))
                    await work.warm(streams[coalition])
                    works[coalition] = work
                _begin(batch, works)
                await reach("journal.after_reads")
                made = await self._decide_all(batch, works, locked)
                await reach("journal.after_decide")
                made.rows.move_heads((c, work.head) for c, work in works.items() if work.new)
                await made.rows.write(db, locked.at)
                await reach("journal.before_commit")
            await reach("journal.after_commit")
            self._done(made, works)
        return made.later, made.missing

    async def _let_go(self, work: Work, at: datetime) -> None:
        """Hold nothing that was read before somebody was erased: it may hold what they were."""
        if self._erased is not None:
            erased = await self._erased(Reading(work, work.base(at)))
            if len(erased) != work.hot.erased:
                work.hot.erased = len(erased)
                work.hot.streams.clear()
                work.hot.folds.clear()

    async def _decide_all(
        self, batch: list[Ask], works: Mapping[UUID, Work], locked: Locked
    ) -> "Made":
        """Decide commands in order of arrival; a refused one leaves nothing.

        Raises:
            NotAtHand: something has to be read, and cannot be read here.
        """
        made = Made()
        rows = made.rows
        for ask in batch:
            work = works.get(ask.coalition)
            if work is None or made.missing:
                made.later.append(ask)
                continue
            point, mark = work.savepoint(), rows.mark()
            try:
                written = locked.repeated(ask) or await self._decide(ask, work, rows, locked.at)
                made.outcomes.append((ask, written))
                if ask.repeat and not written.replayed:
                    rows.remember(ask.coalition, ask.repeat, written.json())
                    locked.keep(ask, written)
            except KeyMissing as error:
                work.rollback(point)
                rows.back(mark)
                made.missing.append(error.wanted)
                made.later.append(ask)
            except (*DB_TRANSIENT, asyncpg.PostgresError, NotAtHand):
                raise
            except Exception as error:  # noqa: BLE001 - a bug in one rule is its 500 alone
                work.rollback(point)
                rows.back(mark)
                made.outcomes.append((ask, error))
        return made

    def _done(self, made: "Made", works: Mapping[UUID, Work]) -> None:
        """Hold what is durable now, and answer."""
        for work in works.values():
            work.commit()
        for ask, outcome in made.outcomes:
            ask.settle(outcome)
        if made.rows.has_events:
            for event in self._listening:
                event.set()
        if live := [ask.since for ask, _ in made.outcomes if not ask.imported]:
            self._answered(time.monotonic() - min(live))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """Borrow a connection, and give it back beside what comes next.

        That takes several turns of the loop: milliseconds where thousands are being refused.
        """
        db = await self._pool.acquire(timeout=2)
        try:
            yield db
        finally:
            returning = asyncio.create_task(self._pool.release(db))
            self._returning.add(returning)
            returning.add_done_callback(self._returned)

    def _returned(self, returning: asyncio.Task[None]) -> None:
        self._returning.discard(returning)
        if not returning.cancelled() and (error := returning.exception()):
            log.warning("connection_not_returned", error=type(error).__name__)

    @asynccontextmanager
    async def _traced(self, batch: list[Ask]) -> AsyncIterator[None]:
        """Run a batch as a span of the database, linked to the commands in it."""
        writers = sorted({ask.traceparent for ask in batch if ask.traceparent})
        with span(
            f"journal.write accord_{self.rules.service}",
            SpanKind.CLIENT,
            parent={},
            links=writers[:LINKS],
            attributes={
                "db.system.name": "postgresql",
                "db.namespace": f"accord_{self.rules.service}",
                "db.operation.name": "journal.write",
                "db.operation.batch.size": len(batch),
            },
        ):
            yield

    async def _make_heads(self, db: Connection, coalitions: set[UUID]) -> None:
        new = coalitions - self._known_heads
        if new:
            start = [chain_start(self.rules.service, coalition) for coalition in new]
            async with db.transaction():
                await db.execute(
                    "select set_config('accord.coalitions', $1, true)", ",".join(map(str, new))
                )
                await db.execute(
                    "insert into journal.head (coalition_id, chain)"
                    " select * from unnest($1::uuid[], $2::bytea[]) on conflict do nothing",
                    list(new), start,
                )  # fmt: skip
                await db.execute(
                    "insert into journal.relay (coalition_id)"
                    " select * from unnest($1::uuid[]) on conflict do nothing",
                    list(new),
                )
            self._known_heads |= new

    async def _decide(self, ask: Ask, work: Work, rows: Rows, at: datetime) -> Written:
        first = ask.steps[0]
        name = first.stream
        stands = await work.named(name)
        if ask.brings_to is not None and stands.version >= ask.brings_to:
            return Written(name, stands.version, work.head.position, skipped=True)
        if ask.if_match is not None and ask.if_match != stands.version:
            raise Stale(stands.version)
        written: list[Mapping[str, Any]] = []
        base = context = work.base(self._clock(at))
        if self._erased is not None:
            work.erased = await self._erased(Reading(work, base))
        for step in ask.steps:
            stream = await work.named(step.stream)
            reading = Reading(work, base, step.key)
            if not step.follows:
                context = await ask.resolve(reading, stream.state, step.command)
            reading.context = context
            if step.facts:
                facts = [await fact(reading, stream.state, step.command) for fact in step.facts]
                context = context.knowing(tuple(facts))
            decided = step.decider.decide(step.command, stream.state, context)
            if step.beside is not None:
                rows.beside(step.beside(context, decided))
            written += [
                self._append(ask, step, event, context, work, rows, at) for event in decided
            ]
        version = work.streams[name].version if name in work.streams else stands.version
        return Written(name, version, work.head.position, tuple(written))

    def _append(
        self,
        ask: Ask,
        step: Step,
        event: Event,
        context: Context,
        work: Work,
        rows: Rows,
        at: datetime,
    ) -> Mapping[str, Any]:
        """Seal, encode once, chain, and let the next command see it."""
        kind = type(event)
        name = step.stream
        held = work.streams.get(name) or work.hot.streams[name]
        position = work.head.position + 1
        visibility = event.recorded_within(context.visibility)
        audience = event.audience
        written_id = uuid7_text(milliseconds(at), next(_ids))
        disclosures: list[Disclosure] = []
        key_of = keyed_for(visibility, audience)
        of_oneself = kind.erases and name == step.decider.stream(str(context.actor))
        unsigned = event.nameless or of_oneself

        def close(hidden: Hidden) -> str:
            about = hidden.about
            if about is None and context.author is not None and hidden.words and not unsigned:
                about = context.author
            if about in work.erased:
                raise _about_nobody()
            try:
                key = self._keys.at_hand(ask.coalition, about, key_of)
            except Erased:
                raise _about_nobody() from None
            closed = seal(key, work.written, written_id, key_of, hidden.name, hidden.value)
            disclosures.append(closed)
            if hidden.sealed is not None:
                hidden.sealed.take(closed.digest)
            return closed.digest

        entry = encode(
            Envelope(
                written_id, self.rules.service, kind.__name__, name, work.written, position,
                held.version + 1, context.at, at, str(ask.correlation or written_id),
                context.credential, visibility,
                None if unsigned else event.__dict__.get("by", context.by),
                None if unsigned else context.accreditation,
                None if unsigned and not context.imported else context.authority,
                audience, ask.causation,
            ),
            event, None if unsigned else context.actor, close, decoy,
        )  # fmt: skip
        leaf = leaf_hash(entry)
        chain = chain_next(work.head.chain, leaf)
        rows.event(
            work.written, position, written_id, name, held.version + 1, kind.__name__, entry, chain,
            ask.traceparent, disclosures,
        )  # fmt: skip
        if kind.__name__ in self._addresses:
            rows.address(ask.coalition, event.slug)  # type: ignore[attr-defined]  # declared by the service
        work.head = Head(position, chain)
        work.happened(name, held.version + 1, event)
        if ask.brings_to is not None:
            return UNTOLD
        return {
            "id": written_id,
            "type": kind.__name__,
            "position": position,
            "leaf": base64url(leaf),
        }
