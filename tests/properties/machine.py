"""A service's history, command by command and message by message, beside a plain dict.

The invariants are those of the wire: I1 what was acknowledged is there; I2 a key acts once;
I3 positions and versions have no gap; I4 what is read is the fold; I5 the chain holds.
"""

import asyncio
import heapq
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared import decoding
from shared.ask import Ask, Busy, KeyReused, Repeat, Stale, Step, Written
from shared.bus import Packed, pack
from shared.canonical import EventTooLarge, chain_next, chain_start, leaf_hash
from shared.decider import Refused
from shared.ear import Ear
from shared.event import Context
from shared.feed import read
from shared.hot import Reading, Rules
from shared.inbox import Reader
from shared.journal import Journal
from shared.sealing import Keys, open_disclosure
from shared.source import Own
from tests.properties.worlds import Asked, World

T = TypeVar("T")
SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ANSWERS = (Refused, Stale, KeyReused, EventTooLarge)
BUSY_AT_MOST = 2


async def relay_key() -> bytes:
    return SIGNING.public_key().public_bytes_raw()


class Hasty(asyncio.SelectorEventLoop):
    """An event loop in whose time nobody waits: it jumps to what comes next."""

    _ahead = 0.0

    def time(self) -> float:
        return super().time() + self._ahead

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]  # the base class's own
        while scheduled and scheduled[0].cancelled():
            heapq.heappop(scheduled)._scheduled = False  # noqa: SLF001 - as the base class does
        if not ready and scheduled:
            self._ahead += max(0.0, scheduled[0].when() - self.time())
        super()._run_once()  # type: ignore[misc]  # the base class's own


class Bench(Protocol):
    """Where a history is written: from memory, or a real PostgreSQL."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...

    app: Any
    watch: Any

    def keys(self) -> Keys: ...
    def listener(self) -> Any: ...
    async def view(self, coalition: UUID) -> Any: ...
    async def forget(self, coalition: UUID) -> None: ...
    async def parked(self, coalition: UUID) -> list[str]: ...
    async def disturb(self, how: str) -> None: ...


@dataclass
class Sent:
    """A command as it was sent, to be sent again."""

    asked: Asked
    key: str
    answer: Written


@dataclass
class Model:
    """What has to be there."""

    events: dict[int, tuple[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    @property
    def head(self) -> int:
        return len(self.events)


class History(RuleBasedStateMachine):
    """The rules of any service; `world` and `bench` come from a subclass."""

    world: World
    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        self.coalition = uuid4()
        self.model = Model()
        self.next_key = 0
        self.seen: list[tuple[Step, Any, Context]] = []
        self.core = Rules(
            self.world.service.name, self.world.service.deciders, self.world.service.folds
        )
        self.replicas: list[tuple[Journal, asyncio.Task[None]]] = []
        self.chain = chain_start(self.core.service, self.coalition)
        self.checked = 0
        self.streams: dict[str, int] = {}
        self.ids: dict[int, tuple[str, str]] = {}
        self.folded: dict[str, Any] = {}
        self._patches = self.world.at_the_table()
        self._patches.__enter__()
        for _ in range(2):
            self.replicas.append(self.wait(self._replica()))
        self.reader = self._reader()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.bench.loop.run_until_complete(work)

    async def _replica(self) -> tuple[Journal, asyncio.Task[None]]:
        journal = Journal(
            self.bench.app, self.core, self.bench.keys(), addresses=self.world.service.addresses
        )
        return journal, asyncio.create_task(journal.run())

    def _reader(self) -> Reader:
        own = Own(self.core.service, self.bench.watch)
        return Reader(
            self.bench.listener(), own, self.bench.app, self.bench.watch, self.bench.keys(),
            relay_key=relay_key,
        )  # fmt: skip

    # Commands

    def ask(self, asked: Asked, key: str, *, if_match: int | None = None) -> Ask:
        """Return a command as it comes from a request; what rules are given is noted."""
        steps, by = asked

        async def resolve(read_: Reading, _state: Any, _command: Any) -> Context:
            return replace(
                read_.context, actor=by, by=by, accreditation=UUID(int=1_000 + by.int),
                authority="full",
            )  # fmt: skip

        said = [(step.decider.prefix, step.key, step.command) for step in steps]
        body = repr((by, said)).encode()
        repeat = Repeat("somebody", "an operation", key, body)
        return Ask(self.coalition, tuple(map(self._noted, steps)), resolve, repeat, if_match)

    def _noted(self, step: Step) -> Step:
        def decide(command: Any, state: Any, context: Context) -> Any:
            self.seen.append((step, state, context))
            return step.decider.decide(command, state, context)

        decider = replace(step.decider, decide=decide)
        return Step(decider, step.key, step.command, step.facts)

    async def _write(
        self, replica: int, asked: Asked, key: str, *, if_match: int | None = None
    ) -> Written | Exception:
        journal, task = self.replicas[replica]
        outcome: Written | Exception = Busy("not asked yet")
        for _ in range(BUSY_AT_MOST):
            ask = self.ask(asked, key, if_match=if_match)
            written = asyncio.create_task(journal.write_all([ask]))
            await asyncio.wait({written, task}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            if not written.done():
                written.cancel()
                raise AssertionError(f"no answer came; the journal: {task!r}")
            [outcome] = written.result()
            if not isinstance(outcome, Busy):  # after that a caller repeats, with the same key
                break
        assert isinstance(outcome, (Written, *ANSWERS)), outcome
        return outcome

    def _new_key(self) -> str:
        self.next_key += 1
        return f"key-{self.next_key}"

    def _took_place(self, asked: Asked, key: str, outcome: Written | Exception) -> None:
        """Take what was acknowledged into the model."""
        if not isinstance(outcome, Written):
            return
        assert not outcome.replayed
        positions = [event["position"] for event in outcome.events]
        assert positions == list(range(self.model.head + 1, self.model.head + 1 + len(positions)))
        for event in outcome.events:
            self.model.events[event["position"]] = event["id"], event["type"]
        assert outcome.position == self.model.head
        self.model.sent.append(Sent(asked, key, outcome))

    @initialize()
    def begin(self) -> None:
        if steps := self.world.begins(self.coalition):
            asked = steps, UUID(int=1)
            outcome = self.wait(self._write(0, asked, "first"))
            assert isinstance(outcome, Written), outcome
            self._took_place(asked, "first", outcome)

    def _send(self, asked: Asked, replica: int) -> None:
        self.seen.clear()
        key = self._new_key()
        outcome = self.wait(self._write(replica, asked, key))
        step, state, _ = self.seen[-1]
        stream = step.decider.stream(step.key)
        if len(asked[0]) == 1:
            cold = self.folded.get(stream, step.decider.initial)
            assert state == cold, "a hot state is the fold of what was written"
        self._took_place(asked, key, outcome)
        self.journal_holds()
        if isinstance(outcome, Refused):
            assert outcome.detail.endswith((".", "?")), outcome.detail

    @rule(data=st.data(), replica=st.integers(0, 1))
    def send_any(self, data: st.DataObject, replica: int) -> None:
        self._send(data.draw(self.world.any_command()), replica)

    @rule(number=st.integers(0, 40), replica=st.integers(0, 1))
    def go_on(self, number: int, replica: int) -> None:
        self._send(self.world.on_the_way(number), replica)

    @rule(replica=st.integers(0, 1), upto=st.integers(3, 14))
    def follow_the_plot(self, replica: int, upto: int) -> None:
        for number in range(upto):
            self._send(self.world.on_the_way(number), (replica + number) % 2)

    @precondition(lambda self: self.model.sent)
    @rule(data=st.data(), replica=st.integers(0, 1))
    def repeat(self, data: st.DataObject, replica: int) -> None:
        sent = data.draw(st.sampled_from(self.model.sent))
        again = self.wait(self._write(replica, sent.asked, sent.key))
        assert isinstance(again, Written)
        assert again.replayed
        assert again.json() == sent.answer.json()

    @precondition(lambda self: self.model.sent)
    @rule(data=st.data(), replica=st.integers(0, 1))
    def reuse_a_key(self, data: st.DataObject, replica: int) -> None:
        sent = data.draw(st.sampled_from(self.model.sent))
        other = data.draw(self.world.any_command().filter(lambda one: one != sent.asked))
        outcome = self.wait(self._write(replica, other, sent.key))
        assert isinstance(outcome, KeyReused)

    @rule(number=st.integers(0, 40), off=st.sampled_from([-1, 1, 7]), replica=st.integers(0, 1))
    def come_too_late(self, number: int, off: int, replica: int) -> None:
        asked = self.world.on_the_way(number)
        version = self.streams.get(asked[0][0].decider.stream(asked[0][0].key), 0)
        stale = self._new_key()
        outcome = self.wait(self._write(replica, asked, stale, if_match=version + off))
        assert isinstance(outcome, Stale)
        assert outcome.version == version
        key = self._new_key()
        fits = self.wait(self._write(replica, asked, key, if_match=version))
        assert not isinstance(fits, Stale)
        self._took_place(asked, key, fits)

    @rule(first=st.integers(0, 40), second=st.integers(0, 40), same=st.booleans())
    def at_once(self, first: int, second: int, *, same: bool) -> None:
        pair = [self.world.on_the_way(n) for n in (first, second)]
        keys = [self._new_key(), self._new_key()]
        if same:
            pair[1], keys[1] = pair[0], keys[0]

        async def both() -> list[Written | Exception]:
            both = enumerate(zip(pair, keys, strict=True))
            return list(await asyncio.gather(*(self._write(n, *one) for n, one in both)))

        outcomes = self.wait(both())
        if same and isinstance(outcomes[0], Written):
            assert isinstance(outcomes[1], Written)
            assert outcomes[0].json() == outcomes[1].json()
            assert [one.replayed for one in outcomes].count(True) == 1  # type: ignore[union-attr]  # Written, both
        order = sorted(
            (one for one in zip(pair, keys, outcomes, strict=True) if isinstance(one[2], Written)),
            key=lambda one: (one[2].position, one[2].version),  # type: ignore[union-attr]  # Written, all
        )
        for asked, key, outcome in order:
            assert isinstance(outcome, Written)
            if outcome.events and not outcome.replayed:
                self._took_place(asked, key, outcome)
            elif not outcome.replayed:
                self.model.sent.append(Sent(asked, key, outcome))

    @rule(replica=st.integers(0, 1))
    def crash(self, replica: int) -> None:
        async def again() -> tuple[Journal, asyncio.Task[None]]:
            await self._kill(self.replicas[replica][1])
            return await self._replica()

        self.replicas[replica] = self.wait(again())

    @rule(
        how=st.sampled_from(["before", "after"]),
        number=st.integers(0, 40),
        replica=st.integers(0, 1),
    )
    def lose_the_connection(self, how: str, number: int, replica: int) -> None:
        self.wait(self.bench.disturb(how))
        asked, key = self.world.on_the_way(number), self._new_key()
        outcome = self.wait(self._write(replica, asked, key))
        self.wait(self.bench.disturb("no more"))
        if isinstance(outcome, Written):
            self._took_place(asked, key, replace(outcome, replayed=False))

    @rule(seconds=st.integers(-100_000, 100_000))
    def let_time_jump(self, seconds: int) -> None:
        self.wait(self.bench.disturb(f"{seconds} s"))

    # Readers

    async def _messages(self, after: int) -> list[Packed]:
        async with self.bench.watch.acquire() as db:
            stored = await read(db, self.coalition, after, 2_000)
        return list(pack(self.core.service, stored, SIGNING))

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        after = data.draw(st.integers(0, self.model.head))
        messages = self.wait(self._messages(after))
        if not messages:
            return
        chosen = data.draw(st.lists(st.sampled_from(messages), max_size=6))
        spoil = data.draw(
            st.lists(st.sampled_from(["bytes", "chain", "length", "gone"]), max_size=2)
        )
        for how in spoil if chosen else ():
            at = data.draw(st.integers(0, len(chosen) - 1))
            chosen.insert(at, _spoiled(chosen[at], how))
        handed = [Msg(Client(), one.subject, "", one.payload, dict(one.headers)) for one in chosen]
        ear = Ear(self.core.service, "notes", None, lambda: [self.reader])
        self.wait(ear.tell(handed))

    @rule()
    def heal(self) -> None:
        assert self.wait(self.reader.heal(self.coalition))

    @rule()
    def restart_the_reader(self) -> None:
        self.reader = self._reader()

    @rule()
    def rebuild(self) -> None:
        self.heal()
        before = self.wait(self.bench.view(self.coalition))
        self.wait(self.bench.forget(self.coalition))
        self.reader = self._reader()
        self.heal()
        assert self.wait(self.bench.view(self.coalition)) == before

    # What holds after every step

    @invariant()
    def journal_holds(self) -> None:
        async def new() -> Any:
            async with self.bench.watch.acquire() as db:
                return await read(db, self.coalition, self.checked, 2_000)

        for stored in self.wait(new()):
            assert stored.position == self.checked + 1
            self.chain = chain_next(self.chain, leaf_hash(stored.entry))
            assert stored.chain == self.chain
            self._fold(stored)
            self.ids[stored.position] = str(decoding.event_id(stored.entry)), stored.type
            self.checked += 1
        assert self.ids == self.model.events
        assert self.wait(self.bench.parked(self.coalition)) == []

    def _fold(self, stored: Any) -> None:
        """Take an event into a fold of its own, read back from bytes and disclosures."""

        async def opened() -> dict[str, Any]:
            keys = await self.bench.keys().known(
                self.coalition, {one.key for one in stored.disclosures}
            )
            found = (
                open_disclosure(keys[one.key], self.coalition, decoding.event_id(stored.entry), one)
                for one in stored.disclosures
            )
            return {
                one.digest: each
                for one, each in zip(stored.disclosures, found, strict=True)
                if each is not None
            }

        written = json.loads(stored.entry)
        stream, version = written["subject"], int(written["streamversion"])
        assert version == self.streams.get(stream, 0) + 1
        self.streams[stream] = version
        decider = self.core.deciders[stream.partition("-")[0]]
        event = decoding.event(self.core.types[stored.type], stored.entry, self.wait(opened()))
        self.folded[stream] = reduce(
            decider.evolve, [event], self.folded.get(stream, decider.initial)
        )

    def teardown(self) -> None:
        """End with a rebuild; then nothing may be left running, however it went."""
        try:
            self.rebuild()
        finally:
            self.wait(self._end())
            self._patches.__exit__(None, None, None)

    async def _end(self) -> None:
        for replica in self.replicas:
            await self._kill(replica[1])

    async def _kill(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _spoiled(message: Packed, how: str) -> Packed:
    headers = dict(message.headers)
    match how:
        case "bytes":
            payload = message.payload.replace(b'"id":"0', b'"id":"1', 1)
            return replace(message, payload=payload)
        case "chain":
            headers["Accord-Chain"] = headers["Accord-Chain"][::-1]
        case "length":
            headers["Accord-Lengths"] = "5,5"
        case _:
            headers.pop("Accord-Disclosures", None)
    return replace(message, headers=headers)
