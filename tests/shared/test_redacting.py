"""A text is redacted on a real PostgreSQL: its disclosure, rows, what is heard, what comes late."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest.mock import patch
from uuid import UUID

import orjson
import pytest

from shared.ask import Ask, Step, Written
from shared.changes import Changes
from shared.database import Script, migrate
from shared.decider import Refused
from shared.event import Context, Heard, Recorded, Text
from shared.feed import Entry, Page
from shared.hot import REDACTIONS, Reading, Rules
from shared.inbox import Hears, Reader, Subscription
from shared.models import Model, Models
from shared.projection import Projection, Row, sealing
from shared.redacting import held_in
from shared.redaction import RedactField, Words, on, text_of
from shared.service import CORE
from shared.source import Own
from tests.shared.jars import CoinsPut, Put, Shop, Smash, acts, decider, shop, writing
from tests.shared.test_erasure import NOTE, WHOLE, json

WRITER, JAR = UUID(int=51), UUID(int=52)
SECRET, OTHER = "the canary's own", "for the van"
_coalitions = count(0xE5A0)
heard: dict[tuple[UUID, int], str | None] = {}
"""What the inbox was told of each note, in the transaction that was committed last."""


def shown(seen: Recorded) -> Iterable[tuple[Any, Row]]:
    """Show the note of a jar in a column, and the event as it is."""
    note = seen.data.get("note")
    under = json(sealing(seen, words="note") or None)
    place = seen.coalition, seen.position
    yield NOTE, (*place, None, json(note), None, None, under)
    yield WHOLE, (*place, "a column", json(seen.data), json(sealing(seen, *seen.sealed) or None))


jars = Projection(
    "notes", sources=("jars",), tables=(NOTE, WHOLE), rows={"CoinsPut": shown},
    lets_pass=frozenset({"FieldRedacted", "JarLabelled", "JarSmashed"}),
)  # fmt: skip


class Putting(Heard):
    note: Text | None = None


async def hear(_changes: Changes, seen: Recorded, put: Putting) -> None:
    heard[seen.coalition, seen.position] = put.note.text if put.note else None


listens = Subscription(
    "jars", "listens", (Hears(Putting, hear, type="CoinsPut"),), frozenset({"FieldRedacted"})
)


class Restored(Own):
    """A feed that was put back to what it was before anything was redacted."""

    def __init__(self, shop_: Shop, kept: Page) -> None:
        super().__init__("jars", shop_.relay)
        self.kept = kept

    async def page(self, coalition: UUID, after: int) -> Page:
        """Return the events as they are now, and what was sealed in them as it was then."""
        now = await super().page(coalition, after)
        before: list[Entry] = [*self.kept.entries[after:]]
        entries = [*before, *now.entries[len(before) :]]
        return Page(entries, now.chain, now.more)


@dataclass(frozen=True)
class Pantry:
    """A service that keeps jars and shows them, in two read models."""

    shop: Shop
    models: tuple[Model, ...]

    def reader(self, model: int = 0, source: Own | None = None) -> Reader:
        at = self.shop
        source = source or Own("jars", at.relay)
        return Reader(jars, source, at.app, at.relay, at.keys, model=self.models[model])

    async def put(self, coalition: UUID, *notes: str) -> None:
        async with writing(self.shop.again()) as journal:
            for note in notes:
                put = Put(coins=2, note=Text(lang="en", text=note))
                await journal.write(Ask(coalition, (Step(decider, JAR, put),), resolve))

    async def redact(self, coalition: UUID, position: int, reason: str = "a_mistake") -> Written:
        async def words(read: Reading, _state: Any, _command: Any) -> Words:
            seen = await read.recorded(position)
            assert seen is not None
            held, digest = held_in(seen, "note")
            seal = text_of(CoinsPut, "note")
            because = (await read.fold(REDACTIONS)).get((seen.ref, "note"))
            return Words(seen.ref, "note", seal, held, digest, None, True, because)  # noqa: FBT003 - in the chair

        step = Step(on(decider), JAR, RedactField(reason=reason), (words,))
        async with writing(self.shop.again()) as journal:
            return await journal.write(Ask(coalition, (step,), resolve))

    async def dump(self, coalition: UUID) -> str:
        found = []
        tables = await self.shop.admin.fetch(
            "select n.nspname, c.relname from pg_class c join pg_namespace n"
            " on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid"
            " and a.attname = 'coalition_id' where c.relkind = 'r' order by 1, 2"
        )
        for schema, table in tables:
            rows = await self.shop.admin.fetch(
                f"select t::text as row from {schema}.{table} t"  # noqa: S608 - from the catalogue
                " where coalition_id = $1",
                coalition,
            )
            found += [row["row"] for row in rows]
        return "\n".join(found)

    async def rows(self, coalition: UUID, model: int = 0) -> list[tuple[Any, Any]]:
        """Return of each jar what both tables say: the note in its column, and in the event."""
        schema = self.models[model].schema
        found = await self.shop.admin.fetch(
            f"select n.words, w.data->'note' as note from {schema}.note n"  # noqa: S608 - a schema of ours
            f" join {schema}.whole w using (coalition_id, position)"
            " where coalition_id = $1 order by position",
            coalition,
        )
        return [(orjson.loads(row["words"]), orjson.loads(row["note"])) for row in found]


async def resolve(read: Reading, _state: Any, _command: Any) -> Context:
    return await acts(WRITER, read)


@pytest.fixture(scope="module")
async def pantry(postgres: str) -> AsyncIterator[Pantry]:
    rules = Rules("jars", (decider,), ())
    async with shop(postgres, "pantry", rules, service="jars") as opened:
        tables = Script("tests.shared", "notes.sql")
        await migrate(
            postgres, "accord_pantry", CORE,
            ["grant execute on all functions in schema inbox to accord_pantry_app"],
            model=("notes", tables),
        )  # fmt: skip
        models = Models(opened.app, opened.relay)
        first = [one for one in await models.all() if one.state == "current"]
        yield Pantry(opened, (*first, await models.make("notes", "code")))


@pytest.fixture
def coalition() -> UUID:
    return UUID(int=next(_coalitions))


async def instead(pantry: Pantry, coalition: UUID, reason: str = "a_mistake") -> dict[str, str]:
    """Return what is shown in place of the words that were redacted last."""
    written = await pantry.shop.admin.fetchval(
        "select bytes from journal.event where coalition_id = $1 and type = 'FieldRedacted'"
        " order by position desc limit 1",
        coalition,
    )
    event = orjson.loads(written)
    ref = f"jars/{int(event['sequence'])}"
    return {
        "withheld": "redacted", "reason": reason, "digest": event["data"]["digest"], "ref": ref
    }  # fmt: skip


def words(text: str) -> dict[str, str]:
    return {"lang": "en", "text": text}


async def test_i7_the_words_are_gone_and_nothing_else_is(pantry: Pantry, coalition: UUID) -> None:
    await pantry.put(coalition, SECRET, OTHER)
    for model in (0, 1):
        assert await pantry.reader(model).heal(coalition)
    assert (await pantry.dump(coalition)).count(SECRET) == 4
    admin = pantry.shop.admin
    before = "select bytes, chain from journal.event where coalition_id = $1 and position < 3"
    events = await admin.fetch(before, coalition)

    await pantry.redact(coalition, 1)
    assert await pantry.reader().heal(coalition)

    assert SECRET not in await pantry.dump(coalition)
    said = await instead(pantry, coalition)
    for model in (0, 1):
        assert await pantry.rows(coalition, model) == [(said, said), (words(OTHER), words(OTHER))]
    assert await admin.fetch(before, coalition) == events
    sealed = "select count(*) from journal.disclosure where coalition_id = $1 and digest = $2"
    assert await admin.fetchval(sealed, coalition, said["digest"]) == 0
    assert said["digest"] in orjson.loads(events[0]["bytes"])["data"]["_sd"]


async def test_a_rebuild_gives_the_same(pantry: Pantry, coalition: UUID) -> None:
    await pantry.put(coalition, SECRET, OTHER)
    assert await pantry.reader(0).heal(coalition)
    await pantry.redact(coalition, 1)
    await pantry.put(coalition, OTHER)
    assert await pantry.reader(0).heal(coalition)
    assert await pantry.reader(1).heal(coalition)
    emptied, folded = [await pantry.rows(coalition, model) for model in (0, 1)]
    assert emptied == folded
    assert len(emptied) == 3


async def test_one_that_reads_all_at_once_shows_the_same(pantry: Pantry, coalition: UUID) -> None:
    await pantry.put(coalition, SECRET)
    await pantry.redact(coalition, 1)
    assert await pantry.reader(1).heal(coalition)
    assert SECRET not in await pantry.dump(coalition)
    said = await instead(pantry, coalition)
    assert await pantry.rows(coalition, 1) == [(said, said)]


async def test_what_a_restored_feed_brings_back_is_refused(pantry: Pantry, coalition: UUID) -> None:
    await pantry.put(coalition, SECRET, OTHER)
    kept = await Own("jars", pantry.shop.relay).page(coalition, 0)
    await pantry.redact(coalition, 1)
    assert await pantry.reader(0).heal(coalition)
    source = Restored(pantry.shop, kept)
    assert (await source.page(coalition, 0)).entries[0][1][0].ciphertext

    assert await pantry.reader(1, source).heal(coalition)
    assert await pantry.rows(coalition, 1) == await pantry.rows(coalition, 0)
    at = pantry.shop
    assert await Reader(listens, source, at.app, at.relay, at.keys).heal(coalition)
    assert (heard[coalition, 1], heard[coalition, 2]) == (None, OTHER)
    assert SECRET not in await pantry.dump(coalition)


async def test_a_value_opened_before_is_not_written_after(pantry: Pantry, coalition: UUID) -> None:
    """A reader holds opened values when another one learns that a text is gone."""
    await pantry.put(coalition, SECRET, OTHER)
    slow, opened_then, go_on = pantry.reader(1), asyncio.Event(), asyncio.Event()
    really = slow._opened  # noqa: SLF001 - to hold it there
    times = 0

    async def held(*args: Any, **more: Any) -> Any:
        nonlocal times
        times += 1
        found = await really(*args, **more)
        if times == 1:
            opened_then.set()
            await go_on.wait()
        return found

    with patch.object(slow, "_opened", held):
        page = await Own("jars", pantry.shop.relay).page(coalition, 0)
        task = asyncio.create_task(slow._guarded(coalition, 1, page.entries, page.chain))  # noqa: SLF001 - one page
        await opened_then.wait()
        await pantry.redact(coalition, 1)
        assert await pantry.reader(0).heal(coalition)
        go_on.set()
        await task
    assert times == 2
    assert SECRET not in await pantry.dump(coalition)
    assert await slow.heal(coalition)
    assert await pantry.rows(coalition, 0) == await pantry.rows(coalition, 1)


async def test_two_readers_redact_at_once(pantry: Pantry, coalition: UUID) -> None:
    await pantry.put(coalition, SECRET, OTHER)
    for model in (0, 1):
        assert await pantry.reader(model).heal(coalition)
    await pantry.redact(coalition, 1)
    await pantry.redact(coalition, 2, "too_much")
    both = await asyncio.gather(*(pantry.reader(model).heal(coalition) for model in (0, 1)))
    assert all(both)
    assert await pantry.rows(coalition, 0) == await pantry.rows(coalition, 1)
    found = await pantry.dump(coalition)
    assert (SECRET in found, OTHER in found) == (False, False)


async def test_the_rule_knows_what_is_gone_before_a_reader_does(
    pantry: Pantry, coalition: UUID
) -> None:
    """Under the lock: the second asks when nothing was deleted yet, and of a cold journal."""
    await pantry.put(coalition, SECRET)
    assert (await pantry.redact(coalition, 1)).events
    with pytest.raises(Refused, match="another reason"):
        await pantry.redact(coalition, 1, "too_much")


@pytest.mark.parametrize("cold", [True, False])
async def test_a_jar_is_as_full_as_before(pantry: Pantry, coalition: UUID, *, cold: bool) -> None:
    """No rule rests on words: a state passes a redaction by, held or folded again."""
    async with writing(pantry.shop.again()) as warm:
        for step in (Put(coins=2, note=Text(lang="en", text=SECRET)), Put(coins=1)):
            await warm.write(Ask(coalition, (Step(decider, JAR, step),), resolve))
        await pantry.redact(coalition, 1)
        async with writing(pantry.shop.again()) as other:
            journal = other if cold else warm
            await journal.write(Ask(coalition, (Step(decider, JAR, Smash()),), resolve))
    written = await pantry.shop.admin.fetchval(
        "select bytes from journal.event where coalition_id = $1 and type = 'JarSmashed'", coalition
    )
    assert orjson.loads(written)["data"]["coins"] == 3
