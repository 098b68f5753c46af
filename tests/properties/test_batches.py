"""However a sequence of commands is cut, handed out and read back, the history is the same."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import reduce
from hashlib import sha256
from typing import Any, get_origin
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.attendance import RecordAttendance
from shared import decoding, journal, sealing
from shared.ask import Ask, Repeat, Written
from shared.event import Context, Event, Sealed, seal_of
from shared.feed import read
from shared.hot import Reading, Rules
from shared.journal import Journal
from shared.sealing import Keys, open_disclosure
from tests.properties.machine import Hasty
from tests.properties.profiles import searching
from tests.properties.store import Store
from tests.properties.worlds import WORLDS, Asked, World

KEK = bytes(range(32))
STAYS = {"person", "text", "place"}
"""Sealed fields that rules do look at: who may act is a person, which ends with them; and the
digests of a proposal's text, of minutes and of a place are compared. Nothing here erases or redacts
those yet; before something does, their digests have to be kept by name beside the disclosure."""
HERE, THERE = UUID(int=51), UUID(int=52)
Entry = tuple[UUID, int, Asked]
"""A command of a coalition, and its number there."""


class Chance:
    """Chance that begins anew with each command, so that it does not tell how they were cut."""

    seed, turn = "", 0

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size, self._turn, self._drawn = name, size, 0, 0

    @classmethod
    def begin(cls, seed: str) -> None:
        cls.seed, cls.turn = seed, cls.turn + 1

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._turn != Chance.turn:
            self._turn, self._drawn = Chance.turn, 0
        self._drawn += 1
        return sha256(f"{self._name}/{Chance.seed}/{self._drawn}".encode()).digest()[: self._size]


@contextmanager
def same_chance(world: World) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(world.at_the_table())
        stack.enter_context(patch.object(journal, "_ids", Chance("id", 10)))
        stack.enter_context(patch.object(sealing, "_salts", Chance("salt", 16)))
        stack.enter_context(patch.object(sealing, "_decoys", Chance("decoy", 32)))
        yield


class Bench:
    """One history in memory, on two replicas."""

    def __init__(self, world: World, loop: Hasty) -> None:
        self.world, self.loop, self.store = world, loop, Store()
        self.store.pace *= 0
        self.rules = Rules(world.service.name, world.service.deciders, world.service.folds)

    def replica(self) -> Journal:
        pool: Any = self.store
        keys = Keys(pool, KEK, self.rules.service)
        return Journal(
            pool, self.rules, keys, addresses=self.world.service.addresses, passing=lambda: 0.0
        )

    def ask(self, entry: Entry) -> Ask:
        coalition, number, (steps, by) = entry

        async def resolve(read_: Reading, _state: Any, command: Any) -> Context:
            Chance.begin(f"{coalition}/{number}/{type(command).__name__}")
            return replace(
                read_.context, actor=by, by=by, accreditation=UUID(int=1_000 + by.int),
                authority="full",
            )  # fmt: skip

        body = repr([step.command for step in steps]).encode()
        return Ask(coalition, steps, resolve, Repeat("p", "o", f"{coalition}-{number}", body))

    async def write(self, batches: list[tuple[int, list[Entry]]]) -> dict[tuple[UUID, int], str]:
        """Write batches, each on a replica, and return what was answered."""
        replicas = [self.replica(), self.replica()]
        tasks = [asyncio.create_task(one.run()) for one in replicas]
        answers = {}
        for replica, entries in batches:
            outcomes = await replicas[replica].write_all([self.ask(entry) for entry in entries])
            for (coalition, number, _), outcome in zip(entries, outcomes, strict=True):
                answers[coalition, number] = (
                    outcome.json().decode()
                    if isinstance(outcome, Written)
                    else f"{type(outcome).__name__}: {outcome}"
                )
        for one in replicas:
            one.stop()
        await asyncio.gather(*tasks)
        return answers

    def run(self, batches: list[tuple[int, list[Entry]]]) -> dict[tuple[UUID, int], str]:
        return self.loop.run_until_complete(self.write(batches))

    def journals(self) -> dict[UUID, list[tuple[bytes, bytes]]]:
        return {
            coalition: [(event["bytes"], event["chain"]) for event in events]
            for coalition, events in self.store.events.items()
        }

    async def events(self, coalition: UUID, *, sealed: bool = True) -> list[tuple[str, Event]]:
        """Return the events with their streams, with or without what may be gone one day."""
        pool: Any = self.store
        keys = Keys(pool, KEK, self.rules.service)
        async with self.store.acquire() as db:
            stored = await read(db, coalition, 0, 2_000)  # type: ignore[arg-type]  # in place of a connection
        found = []
        for one in stored:
            known = await keys.known(coalition, {closed.key for closed in one.disclosures})
            kind = self.rules.types[one.type]
            opened = {}
            for closed in one.disclosures:
                said = open_disclosure(
                    known[closed.key], coalition, decoding.event_id(one.entry), closed
                )
                assert said is not None
                if sealed or said.name in restricted(kind):
                    opened[closed.digest] = said
            stream = decoding.recorded(one.entry, {}).stream
            found.append((stream, decoding.event(kind, one.entry, opened)))
        return found


def restricted(kind: type[Event]) -> set[str]:
    """Return the fields whose keys stay, so that rules may rest on them."""
    return {
        info.alias or name
        for name, info in kind.model_fields.items()
        if seal_of(info.metadata, None) is not None and get_origin(info.annotation) is not Sealed
    }


@st.composite
def sequences(draw: st.DrawFn, world: World, *, coalitions: int = 2) -> list[Entry]:
    """Draw commands of some coalitions, in one order: those of the plot, and others between."""
    found: list[Entry] = []
    for coalition in (HERE, THERE)[:coalitions]:
        lines: list[Asked] = []
        if steps := world.begins(coalition):
            lines.append((steps, UUID(int=1)))
        for number in range(draw(st.integers(0, len(world.plot)))):
            lines.append(world.on_the_way(number))
            lines.extend(draw(st.lists(world.any_command(), max_size=1)))
        found.extend((coalition, number, line) for number, line in enumerate(lines))
    return found


@st.composite
def cuts(draw: st.DrawFn, entries: list[Entry]) -> list[tuple[int, list[Entry]]]:
    """Draw batches: coalitions interleaved in any way, each batch for one of two replicas."""
    waiting = [[entry for entry in entries if entry[0] == of] for of in (HERE, THERE)]
    order: list[Entry] = []
    while any(waiting):
        chosen = draw(st.sampled_from([line for line in waiting if line]))
        order.append(chosen.pop(0))
    batches = []
    while order:
        size = draw(st.integers(1, len(order)))
        batches.append((draw(st.integers(0, 1)), order[:size]))
        order = order[size:]
    return batches


@pytest.fixture
def loop() -> Iterator[Hasty]:
    made = Hasty()
    yield made
    made.close()


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.service.name)
def test_any_cutting_gives_the_same_journal(world: World, loop: Hasty) -> None:
    @searching(12, sequences(world).flatmap(lambda one: st.tuples(st.just(one), cuts(one))))
    def holds(it: tuple[list[Entry], list[tuple[int, list[Entry]]]]) -> None:
        entries, batches = it
        with same_chance(world):
            one_by_one, cut = Bench(world, loop), Bench(world, loop)
            answers = one_by_one.run([(0, [entry]) for entry in entries])
            assert cut.run(batches) == answers
            assert cut.journals() == one_by_one.journals()

    holds()


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.service.name)
def test_a_fold_may_stop_anywhere_and_go_on(world: World, loop: Hasty) -> None:
    @searching(10, sequences(world, coalitions=1), st.integers(0, 40))
    def holds(entries: list[Entry], cut: int) -> None:
        with same_chance(world):
            bench = Bench(world, loop)
            bench.run([(0, entries)])
            events = loop.run_until_complete(bench.events(HERE))
        deciders = bench.rules.deciders

        def evolved(states: dict[str, Any], event: tuple[str, Event]) -> dict[str, Any]:
            stream, happened = event
            decider = deciders[stream.partition("-")[0]]
            state = states.get(stream, decider.initial)
            return {**states, stream: decider.evolve(state, happened)}

        nothing: dict[str, Any] = {}
        whole = reduce(evolved, events, nothing)
        begun = reduce(evolved, events[:cut], nothing)
        assert reduce(evolved, events[cut:], begun) == whole
        assert begun == reduce(evolved, events[:cut], nothing), "a fold leaves older states alone"
        for fold in world.service.folds:
            of_it = [
                (stream.partition("-")[2], event)
                for stream, event in events
                if type(event) in fold.types
            ]
            after = reduce(lambda state, one: fold.evolve(state, *one), of_it[:cut], fold.initial)
            both = reduce(lambda state, one: fold.evolve(state, *one), of_it[cut:], after)
            assert both == reduce(lambda state, one: fold.evolve(state, *one), of_it, fold.initial)
            again = reduce(lambda state, one: fold.evolve(state, *one), of_it[:cut], fold.initial)
            assert after == again

    holds()


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.service.name)
def test_nothing_rests_on_what_may_be_gone(world: World, loop: Hasty) -> None:
    """Sealed values may be erased: what is decided afterwards is the same.

    Only who was counted at a meeting is known by the person, as far as not erased (C7).
    """

    @searching(10, sequences(world, coalitions=1), st.integers(1, 40))
    def holds(entries: list[Entry], cut: int) -> None:
        entries = [
            one for one in entries
            if not any(isinstance(step.command, RecordAttendance) for step in one[2][0])
        ]  # fmt: skip
        with same_chance(world):
            intact, erased = Bench(world, loop), Bench(world, loop)
            for bench in (intact, erased):
                bench.run([(0, entries[:cut])])
            _erase(erased)
            assert erased.run([(0, entries[cut:])]) == intact.run([(0, entries[cut:])])

    holds()


def _erase(bench: Bench) -> None:
    """Delete the disclosures of everything but what is only restricted."""

    async def kept() -> None:
        pool: Any = bench.store
        keys = Keys(pool, KEK, bench.rules.service)
        for coalition, rows in bench.store.disclosures.items():
            types = {e["position"]: e["type"] for e in bench.store.events[coalition]}
            staying = []
            for row in rows:
                known = await keys.known(coalition, {row["key_id"]})
                closed = sealing.Disclosure(*row[1:6])
                said = open_disclosure(known[row["key_id"]], coalition, row["event_id"], closed)
                assert said is not None
                kind = bench.rules.types[types[row["position"]]]
                if said.name in restricted(kind) | STAYS:
                    staying.append(row)
            bench.store.disclosures[coalition] = staying

    bench.loop.run_until_complete(kept())
