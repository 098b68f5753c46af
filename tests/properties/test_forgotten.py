"""I7, M18, F81: a row that was emptied is the row that a rebuild gives, and holds no words.

Events of every type that a read model knows, with whatever a person's key may close in them, or
whatever texts may be redacted, on a real PostgreSQL: folded and then emptied, and folded when the
values were gone already.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from hypothesis import strategies as st

from services.transparency.__main__ import service as transparency
from shared import decoding
from shared.database import tenant
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Projection
from shared.redaction import Redacted, text_of
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
SHOWN = Redacted(reason="a_mistake", digest="d" * 43, ref="jars/9", by=UUID(int=0xE3)).model_dump(
    mode="json"
)


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


@dataclass(frozen=True)
class Case:
    """An event as it was read, as it is read when values of it are gone, and how rows lose them.

    Args:
        clears: Marks, what stands there instead, and the position: for `inbox.clear`.
    """

    before: Recorded
    after: Recorded
    clears: tuple[list[str], str | None, int | None]


def forgotten(of: Written, gone: Collection[str]) -> Case:
    """Return an event with the digests that are erased under the person's key."""
    before: dict[str, Opened] = {}
    after: dict[str, Opened] = {}
    for digest, one in of.opened.items():
        if digest in gone:
            before[digest] = one._replace(key=PERSONS, value=marked(one.value))
            after[digest] = before[digest]._replace(value=GONE)
        else:
            before[digest] = after[digest] = one._replace(key=OTHERS)
    clears = [str(PERSONS)], None, None
    return Case(decoding.recorded(of.entry, before), decoding.recorded(of.entry, after), clears)


def redactable(of: Written) -> list[str]:
    """Return the digests of texts that may be redacted."""
    kind = RULES[of.service].types[of.envelope.type]
    sealed = decoding.recorded(of.entry, of.opened).sealed
    found = ((text_of(kind, way.replace("/", ".")), under[2]) for way, under in sealed.items())
    return sorted(digest for seal, digest in found if seal is not None and not seal.personal)


def redacted(of: Written, gone: Collection[str]) -> Case:
    """Return an event with the digests of texts that are redacted."""
    before = {
        digest: one._replace(value=marked(one.value)) if digest in gone else one
        for digest, one in of.opened.items()
    }
    after = before | {digest: before[digest]._replace(value=SHOWN) for digest in gone}
    seen = decoding.recorded(of.entry, before)
    clears = [*gone], orjson.dumps(SHOWN).decode(), seen.position
    return Case(seen, decoding.recorded(of.entry, after), clears)


@dataclass(frozen=True)
class Way:
    """A way in which values go: which of them may, and what an event is then."""

    may_go: Callable[[Written], list[str]]
    gone: Callable[[Written, Collection[str]], Case]


OF_SOME = frozenset(
    ("meetings", kind) for kind in ("StanceTaken", "StanceChanged", "StanceRevealed")
)
"""Types of which only some give rows: of stances, in minutes, those in dissent."""
WAYS = {"erased": Way(erasable, forgotten), "redacted": Way(redactable, redacted)}


def samples(projection: Projection, way: Way) -> Iterator[Case]:
    """Yield an event of each type that gives rows, with all gone that can be."""
    for service, _, event in goldens():
        if service in projection.sources and type(event).__name__ in projection.rows:
            envelope = plain_envelope(service, type(event))._replace(by=UUID(int=0xAB))
            of = write(service, event, envelope, UUID(int=0xAC))
            yield way.gone(of, way.may_go(of))


@st.composite
def cases(draw: st.DrawFn, service: Service, way: Way) -> Case:
    """Draw an event, and what is gone of it."""
    projection = service.projection
    assert projection is not None

    def is_read(one: Written) -> bool:
        return one.service in projection.sources and one.envelope.type in projection.rows

    of = draw(written().filter(is_read))
    may_go = way.may_go(of)
    return way.gone(of, draw(st.lists(st.sampled_from(may_go), unique=True)) if may_go else [])


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


async def compare(stored: Stored, projection: Projection, case: Case) -> bool:
    """Compare both ways; say whether the event gave rows at all that could be stored."""
    before, after = case.before, case.after
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
                    "select inbox.clear(array['views'], $1, $2, $3, $4)",
                    *(before.coalition, *case.clears),
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


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("service", [*WRITERS.values(), transparency], ids=lambda one: one.name)
def test_i7_what_was_emptied_is_what_a_rebuild_gives(
    service: Service, way: str, postgres: str, data: Path, loop: asyncio.AbstractEventLoop
) -> None:
    projection = service.projection
    assert projection is not None
    stored = Stored(World(service, ()), postgres, data, loop)
    loop.run_until_complete(stored.open())

    @searching(60, cases(service, WAYS[way]))
    def holds(drawn: Case) -> None:
        loop.run_until_complete(compare(stored, projection, drawn))

    try:
        for each in samples(projection, WAYS[way]):
            given = loop.run_until_complete(compare(stored, projection, each))
            assert given or (service.name, each.before.type) in OF_SOME, each.before.type
        holds()
    finally:
        loop.run_until_complete(stored.close())
