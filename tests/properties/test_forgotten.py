"""I7, M18: a row that was emptied is the row that a rebuild gives, and holds nothing of the person.

Events of every type that a read model knows, with whatever a person's key may close in them, on a
real PostgreSQL: folded and then emptied, and folded when the values were gone already.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import strategies as st

from services.transparency.__main__ import service as transparency
from shared import decoding
from shared.database import tenant
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Projection
from shared.sealing import GONE, Opened
from shared.service import Service
from tests.contracts.golden import samples as goldens
from tests.properties.profiles import searching
from tests.properties.test_batches import restricted
from tests.properties.test_histories_stored import Stored
from tests.properties.worlds import World
from tests.properties.written import RULES, WRITERS, Written, plain_envelope, write, written

PERSONS, OTHERS = UUID(int=0xE1), UUID(int=0xE2)
CANARY = "canary"


NEVER_WRITTEN = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    OverflowError,
    ValueError,  # of the key of what is between two organisations
)


class Undo(Exception):
    """Ends a transaction that was only tried."""


def erasable(of: Written) -> list[str]:
    """Return the digests of what a person's key may close: all but what rules rest on."""
    kept = restricted(RULES[of.service].types[of.envelope.type])
    return sorted(digest for digest, one in of.opened.items() if one.name not in kept)


def marked(value: Any) -> Any:
    """Return a value that cannot be mistaken for another, of the same shape."""
    if isinstance(value, Mapping) and "text" in value:
        return {**value, "text": CANARY}
    if isinstance(value, list):
        return [marked(one) for one in value]
    return value


Case = tuple[Recorded, Recorded]
"""An event as it was read, and as it is read after an erasure."""


def case(of: Written, gone: Collection[str]) -> Case:
    """Return an event with the digests that are erased under the person's key."""
    before: dict[str, Opened] = {}
    after: dict[str, Opened] = {}
    for digest, one in of.opened.items():
        if digest in gone:
            before[digest] = one._replace(key=PERSONS, value=marked(one.value))
            after[digest] = before[digest]._replace(value=GONE)
        else:
            before[digest] = after[digest] = one._replace(key=OTHERS)
    return decoding.recorded(of.entry, before), decoding.recorded(of.entry, after)


def samples(projection: Projection) -> Iterator[Case]:
    """Yield an event of each type that gives rows, with all erased that can be."""
    for service, _, event in goldens():
        if service in projection.sources and type(event).__name__ in projection.rows:
            envelope = plain_envelope(service, type(event))._replace(by=UUID(int=0xAB))
            of = write(service, event, envelope, UUID(int=0xAC))
            yield case(of, erasable(of))


@st.composite
def cases(draw: st.DrawFn, service: Service) -> Case:
    """Draw an event, and what is erased of it."""
    projection = service.projection
    assert projection is not None

    def is_read(one: Written) -> bool:
        return one.service in projection.sources and one.envelope.type in projection.rows

    of = draw(written().filter(is_read))
    may_go = erasable(of)
    return case(of, draw(st.lists(st.sampled_from(may_go), unique=True)) if may_go else [])


async def folded(db: Connection, projection: Projection, seen: Recorded) -> None:
    await Projection.apply(projection, db, [seen])


async def rows(db: Connection, projection: Projection, coalition: UUID) -> list[str]:
    found = []
    for table in projection.tables:
        columns = ", ".join(name for name, _ in table.columns)
        given = await db.fetch(
            f"select row({columns})::text as row from {table.name}"  # noqa: S608 - the code's own names
            " where coalition_id = $1",
            coalition,
        )
        found += [f"{table.name}{row['row']}" for row in given]
    return sorted(found)


async def compare(stored: Stored, projection: Projection, case_: Case) -> bool:
    """Compare both ways; say whether the event gave rows at all that could be stored."""
    before, after = case_
    emptied: list[str] = []
    with suppress(Undo):
        async with tenant(stored.app, [before.coalition]) as db:
            try:
                await folded(db, projection, before)
            except NEVER_WRITTEN:
                return False
            held = await rows(db, projection, before.coalition)
            for _ in range(2):
                await db.execute(
                    "select inbox.forget(array['views'], $1, $2)", before.coalition, [PERSONS]
                )
            emptied = await rows(db, projection, before.coalition)
            raise Undo
    with suppress(Undo):
        async with tenant(stored.app, [before.coalition]) as db:
            await folded(db, projection, after)
            assert emptied == await rows(db, projection, before.coalition)
            raise Undo
    assert CANARY not in "".join(emptied)
    return bool(held)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.mark.parametrize("service", [*WRITERS.values(), transparency], ids=lambda one: one.name)
def test_i7_what_was_emptied_is_what_a_rebuild_gives(
    service: Service, postgres: str, data: Path, loop: asyncio.AbstractEventLoop
) -> None:
    projection = service.projection
    assert projection is not None
    stored = Stored(World(service, ()), postgres, data, loop)
    loop.run_until_complete(stored.open())

    @searching(60, cases(service))
    def holds(drawn: Case) -> None:
        loop.run_until_complete(compare(stored, projection, drawn))

    try:
        for each in samples(projection):
            assert loop.run_until_complete(compare(stored, projection, each)), each[0].type
        holds()
    finally:
        loop.run_until_complete(stored.close())
