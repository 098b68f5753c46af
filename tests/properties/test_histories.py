"""Histories of each service in memory, by the hundred."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis.stateful import run_state_machine_as_test

from shared.ask import Ask, Written
from shared.event import Context, Recorded
from shared.hot import Reading, Rules
from shared.journal import Journal
from shared.sealing import Keys
from tests.properties.machine import Hasty, History
from tests.properties.profiles import stateful
from tests.properties.store import START, Session, Store
from tests.properties.worlds import CREDIT, ONE, WORLDS, World

KEK = bytes(range(32))


class Notebook:
    """A listener that notes what it hears, in the transaction it is given."""

    reader = "notes"

    def wants(self, _kind: str) -> bool:
        return True

    def opens(self, _kind: str) -> bool:
        return True

    async def apply(self, db: Session, events: Sequence[Recorded]) -> None:
        for seen in events:
            noted = db.store.view.get(seen.coalition, [])
            what = (seen.position, seen.type, seen.stream, seen.version, repr(seen.data))
            db.change(db.store.view, seen.coalition, [*noted, what])


class Memory:
    """A bench in memory."""

    def __init__(self, name: str, loop: Hasty) -> None:
        self.loop = loop
        self.app = self.watch = Store()
        self._name = name

    def keys(self) -> Keys:
        return Keys(self.app, KEK, self._name)  # type: ignore[arg-type]  # in place of a pool

    def listener(self) -> Notebook:
        return Notebook()

    async def view(self, coalition: UUID) -> Any:
        return self.app.view.get(coalition)

    async def forget(self, coalition: UUID) -> None:
        self.app.view.pop(coalition, None)
        for where in [one for one in self.app.cursors if one[0] == coalition]:
            del self.app.cursors[where]

    async def parked(self, coalition: UUID) -> list[str]:
        return [why for where, why in self.app.parked.items() if where[0] == coalition]

    async def disturb(self, how: str) -> None:
        if how.endswith(" s"):
            self.app.now = START.__class__.fromtimestamp(
                self.app.now.timestamp() + int(how[:-2]), START.tzinfo
            )
        else:
            self.app.breaks = how if how in {"before", "after"} else None


def history(of: World, loop: Hasty) -> type[History]:
    """Return the histories of a service, each on a bench of its own."""

    class InMemory(History):
        world = of

        def __init__(self) -> None:
            self.bench = Memory(of.service.name, loop)
            super().__init__()

    InMemory.__name__ = f"HistoryOf{of.service.name.title()}"
    return InMemory


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.service.name)
def test_histories_in_memory(world: World) -> None:
    loop = Hasty()
    try:
        run_state_machine_as_test(history(world, loop), settings=stateful(12, 30))
    finally:
        loop.close()


@pytest.mark.parametrize("stops", [False, True], ids=["running", "stopping"])
def test_what_was_set_aside_comes_back_for_its_key(stops: bool) -> None:  # noqa: FBT001 - a parameter
    loop = Hasty()
    try:
        assert isinstance(loop.run_until_complete(_set_aside(loop, stops=stops)), Written)
    finally:
        loop.close()


async def _set_aside(loop: Hasty, *, stops: bool) -> Written:
    """Write a sealed value while another replica holds the head, with no key in memory."""
    bench, coalition, world = Memory("credit", loop), UUID(int=1), CREDIT
    rules = Rules("credit", world.service.deciders, world.service.folds)
    journal = Journal(bench.app, rules, bench.keys())  # type: ignore[arg-type]  # in place of a pool

    async def resolve(read: Reading, _state: object, _command: object) -> Context:
        return replace(read.context, actor=ONE, by=ONE, authority="full")

    lock = bench.app.locks[coalition] = asyncio.Lock()
    await lock.acquire()
    task = asyncio.create_task(journal.run())
    with world.at_the_table():
        asked = asyncio.create_task(journal.write(Ask(coalition, world.on_the_way(0)[0], resolve)))
        await asyncio.sleep(1)
        if stops:
            journal.stop()
        lock.release()
        written = await asyncio.wait_for(asked, 5)
        journal.stop()
        await asyncio.wait_for(task, 5)
    return written
