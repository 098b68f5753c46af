"""A person is erased from a service on a real PostgreSQL: disclosures, rows, what comes late."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from unittest.mock import patch
from uuid import UUID

import asyncpg
import orjson
import pytest

from shared import erasure, inbox
from shared.ask import Ask, Step, Written
from shared.bus import Damaged
from shared.database import DB_TRANSIENT, Script, migrate, pool
from shared.decider import Decider, Refused
from shared.erasure import Erasure, applied_again
from shared.event import Command, Context, Event, Personal, Recorded, Sealed, Text, Value
from shared.hot import Reading, Rules
from shared.inbox import Reader
from shared.journal import Journal
from shared.models import Model, Models
from shared.projection import Projection, Row, Table
from shared.sealing import Erased, Keys
from shared.service import CORE
from shared.source import Own
from tests.shared.jars import KEK, Shop, acts, address, shop, writing

ANA, BEN = UUID(int=51), UUID(int=52)
CANARY = Text(lang="en", text="Ana Canary")
_coalitions = count(0xE4A0)


class Say(Command):
    """Words about one person, which name another."""

    words: Text
    giver: UUID
    named: tuple[UUID, ...] = ()


class Erase(Command):
    pass


class Named(Value):
    person: Personal[UUID] = Sealed()


class Said(Event):
    words: Personal[Text]
    giver: Personal[UUID]
    aside: Sealed[Text] = Sealed()
    named: tuple[Named, ...] = ()


class PersonErased(Event):
    erases = True


def decide(command: Say | Erase, _state: int, _context: Context) -> list[Said | PersonErased]:
    if isinstance(command, Erase):
        return [PersonErased()]
    who = command.giver
    return [
        Said(
            words=Sealed(command.words, who),
            giver=Sealed(who, who),
            aside=Sealed(Text(lang="en", text="By the way.")),
            named=tuple(Named(person=Sealed(one, one)) for one in command.named),
        )
    ]


note: Decider[Say | Erase, int, Said | PersonErased] = Decider(
    "person", Said | PersonErased, 0, decide, lambda count_, _event: count_ + 1
)
NOTE = Table(
    "note", ("coalition_id", "uuid"), ("position", "bigint"), ("giver", "uuid"),
    ("words", "jsonb"), ("more", "jsonb"), ("marks", "text[]"), ("sealed", "jsonb"),
)  # fmt: skip
WHOLE = Table(
    "whole", ("coalition_id", "uuid"), ("position", "bigint"), ("words", "text"),
    ("data", "jsonb"), ("sealed", "jsonb"),
)  # fmt: skip


def json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def said(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Show an event in columns, and as it is; `more` holds what is named within."""
    sealed = {name: list(map(str, under)) for name, under in seen.sealed.items()}
    more = {"named": seen.data["named"]}
    columns: dict[str, Any] = {
        f"more/{name}" if name.startswith("named/") else name: under
        for name, under in sealed.items()
    }
    if "words" in sealed:
        columns["marks"] = sealed["words"]
    words = seen.data.get("words")
    yield NOTE, (
        seen.coalition, seen.position, seen.data.get("giver"), json(words), json(more),
        words["text"].split() if words else None, json(columns),
    )  # fmt: skip
    yield WHOLE, (
        seen.coalition, seen.position, "a column of that name", json(seen.data), json(sealed),
    )  # fmt: skip


notes = Projection(
    "notes", sources=("members",), tables=(NOTE, WHOLE), rows={"Said": said},
    lets_pass=frozenset({"PersonErased"}),
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """A service that writes about people and shows it, in two read models."""

    shop: Shop
    models: tuple[Model, ...]

    def reader(self, model: int = 0) -> Reader:
        at = self.shop
        return Reader(
            notes, Own("members", at.relay), at.app, at.relay, at.keys,
            model=self.models[model], erasure=Erasure(at.app, at.keys),
        )  # fmt: skip

    async def write(self, coalition: UUID, *lines: tuple[UUID, Command]) -> None:
        async def resolve(read: Reading, _state: Any, _command: Any) -> Context:
            return await acts(BEN, read)

        async with writing(self.shop.again()) as journal:
            for person, command in lines:
                await journal.write(Ask(coalition, (Step(note, person, command),), resolve))

    async def dump(self, coalition: UUID) -> str:
        """Return every row of the database that the coalition has, ciphertext aside."""
        found = []
        tables = await self.shop.admin.fetch(
            "select n.nspname, c.relname from pg_class c join pg_namespace n"
            " on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid"
            " and a.attname = 'coalition_id' where c.relkind = 'r' order by 1, 2"
        )
        for schema, table in tables:
            rows = await self.shop.admin.fetch(
                f"select t::text as row from {schema}.{table} t"  # noqa: S608 - from the catalogue
                " where coalition_id = $1 order by 1",
                coalition,
            )
            found += [f"{schema}.{table} {row['row']}" for row in rows]
        return "\n".join(found)

    async def rows(self, coalition: UUID, model: int = 0) -> list[Any]:
        schema = self.models[model].schema
        found = []
        for table in ("note", "whole"):
            rows = await self.shop.admin.fetch(
                f"select t::text as row from {schema}.{table} t"  # noqa: S608 - a schema of ours
                " where coalition_id = $1 order by position",
                coalition,
            )
            found += [row["row"] for row in rows]
        return found


@pytest.fixture(scope="module")
async def house(postgres: str) -> AsyncIterator[House]:
    rules = Rules("members", (note,), ())
    async with shop(postgres, "house", rules, service="members") as opened:
        tables = Script("tests.shared", "notes.sql")
        await migrate(
            postgres, "accord_house", CORE,
            ["grant execute on all functions in schema inbox to accord_house_app"],
            model=("notes", tables),
        )  # fmt: skip
        models = Models(opened.app, opened.relay)
        first = [one for one in await models.all() if one.state == "current"]
        yield House(opened, (*first, await models.make("notes", "code")))


@pytest.fixture
def coalition() -> UUID:
    return UUID(int=next(_coalitions))


def line(who: UUID, words: str, *named: UUID) -> tuple[UUID, Command]:
    return who, Say(words=Text(lang="en", text=words), giver=who, named=named)


BUSY = (
    line(ANA, "Ana Canary"), line(BEN, "Ben Wren", ANA, BEN), line(ANA, "Ana Canary", BEN),
)  # fmt: skip


async def test_nothing_of_who_is_erased_is_left_and_all_of_others(
    house: House, coalition: UUID
) -> None:
    await house.write(coalition, *BUSY)
    for model in (0, 1):
        assert await house.reader(model).heal(coalition)
    before = await house.dump(coalition)
    assert before.count("Ana Canary") >= 4
    assert before.count(str(ANA)) > 4
    assert "Canary" in "".join(await house.rows(coalition, 1))
    events = await house.shop.admin.fetch(
        "select bytes, chain from journal.event where coalition_id = $1 order by position",
        coalition,
    )
    keys = await house.shop.keys.of(coalition, ANA)
    assert keys

    await house.write(coalition, (ANA, Erase()))
    assert await house.reader().heal(coalition)

    after = await house.dump(coalition)
    assert "Canary" not in after
    assert after.count("Ben Wren") == before.count("Ben Wren")
    streams = f"person-{ANA}"
    left = [row for row in after.split("\n") if str(ANA) in row.replace(streams, "")]
    assert [row.partition(" ")[0] for row in left] == ["inbox.erased"]
    assert not await house.shop.admin.fetchval(
        "select count(*) from journal.disclosure where key_id = any($1)", list(keys)
    )
    assert events == (
        await house.shop.admin.fetch(
            "select bytes, chain from journal.event where coalition_id = $1 and position <= 3"
            " order by position",
            coalition,
        )
    )
    assert await house.shop.keys.known(coalition, keys) == {}


async def test_a_rebuild_gives_the_same(house: House, coalition: UUID) -> None:
    await house.write(coalition, *BUSY)
    assert await house.reader(0).heal(coalition)
    await house.write(coalition, (ANA, Erase()), line(BEN, "Ben again", BEN))
    assert await house.reader(0).heal(coalition)
    assert await house.reader(1).heal(coalition)
    emptied, folded = [await house.rows(coalition, model) for model in (0, 1)]
    assert emptied == folded
    assert '""members""' in emptied[0]  # still says that there was a value, and under which key


async def test_one_that_is_behind_is_emptied_too(house: House, coalition: UUID) -> None:
    await house.write(coalition, *BUSY)
    assert await house.reader(1).heal(coalition)
    await house.write(coalition, (ANA, Erase()))
    assert await house.reader(0).heal(coalition)
    assert "Canary" not in "".join(await house.rows(coalition, 1))
    assert await house.reader(1).heal(coalition)
    assert await house.rows(coalition, 0) == await house.rows(coalition, 1)


async def test_a_value_opened_before_is_not_written_after(house: House, coalition: UUID) -> None:
    """A reader holds opened values when another one erases the person."""
    await house.write(coalition, *BUSY)
    slow, opened_then, go_on = house.reader(1), asyncio.Event(), asyncio.Event()
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
        page = await Own("members", house.shop.relay).page(coalition, 0)
        task = asyncio.create_task(slow._guarded(coalition, 1, page.entries, page.chain))  # noqa: SLF001 - one page
        await opened_then.wait()
        await house.write(coalition, (ANA, Erase()))
        assert await house.reader(0).heal(coalition)
        go_on.set()
        await task
    assert times == 2
    assert "Canary" not in await house.dump(coalition)
    assert await slow.heal(coalition)
    assert await house.rows(coalition, 0) == await house.rows(coalition, 1)


@pytest.mark.parametrize("broken_off", ["begin", "finish", "cursor"])
async def test_what_was_broken_off_is_done_again(
    house: House, coalition: UUID, broken_off: str
) -> None:
    await house.write(coalition, *BUSY)
    assert await house.reader(0).heal(coalition)
    await house.write(coalition, (ANA, Erase()))
    breaking = house.reader(0)
    steps = breaking._erasure  # noqa: SLF001 - to break it off
    assert steps is not None

    async def breaks(*_: Any) -> Any:
        raise ConnectionError("killed")

    match broken_off:
        case "begin":
            planted: Any = patch.object(steps, "_note", breaks)
        case "finish":
            planted = patch.object(steps, "finish", breaks)
        case _:
            planted = patch.object(inbox, "reach", _killed_at("reader.before_commit"))
    with planted:
        assert not await breaking.heal(coalition)
    assert "Canary" in await house.dump(coalition)
    assert await house.reader(0).heal(coalition)
    assert "Canary" not in await house.dump(coalition)
    assert await house.reader(1).heal(coalition)
    assert await house.rows(coalition, 0) == await house.rows(coalition, 1)


def _killed_at(point: str) -> Any:
    async def reach(at: str) -> None:
        if at == point:
            raise ConnectionError("killed")

    return reach


async def test_names_of_fields_outlive_a_break(house: House, coalition: UUID) -> None:
    """The keys are gone when it is done again: what was sealed is known from before."""
    await house.write(coalition, *BUSY, (ANA, Erase()))
    breaking = house.reader(0)
    with patch.object(inbox, "reach", _killed_at("reader.before_commit")):
        assert not await breaking.heal(coalition)
    assert await house.reader(0).heal(coalition)
    names = await house.shop.admin.fetch(
        "select distinct name from journal.erased where coalition_id = $1 order by name", coalition
    )
    assert [row["name"] for row in names] == ["giver", "person", "words"]


async def test_two_readers_erase_at_once(house: House, coalition: UUID) -> None:
    await house.write(coalition, *BUSY)
    for model in (0, 1):
        assert await house.reader(model).heal(coalition)
    await house.write(coalition, (ANA, Erase()), (BEN, Erase()))
    done = await asyncio.gather(*(house.reader(model).heal(coalition) for model in (0, 1)))
    for model, went in enumerate(done):
        assert went or await house.reader(model).heal(coalition)
    assert "Canary" not in await house.dump(coalition)
    assert await house.rows(coalition, 0) == await house.rows(coalition, 1)
    listed = await house.shop.admin.fetch(
        "select person_id, position from inbox.erased where coalition_id = $1 order by 2", coalition
    )
    assert [tuple(row) for row in listed] == [(ANA, 4), (BEN, 5)]


async def test_only_the_source_says_who_is_erased(house: House, coalition: UUID) -> None:
    """Bytes that do not fit the chain destroy nothing."""
    await house.write(coalition, *BUSY, (ANA, Erase()))
    page = await Own("members", house.shop.relay).page(coalition, 0)
    forged = [
        (entry.replace(str(ANA).encode(), str(BEN).encode()), ()) for entry, _ in page.entries
    ]
    reader = house.reader(0)
    with pytest.raises(Damaged):
        await reader._guarded(coalition, 1, forged, page.chain)  # noqa: SLF001 - one page
    assert await house.shop.keys.known(coalition, await house.shop.keys.of(coalition, BEN))
    assert await house.shop.keys.known(coalition, await house.shop.keys.of(coalition, ANA))


async def test_a_source_that_has_not_erased_yet_is_waited_for(
    house: House, coalition: UUID
) -> None:
    await house.write(coalition, *BUSY)
    await house.shop.keys.destroy(coalition, ANA)
    listener = house.reader(0)
    elsewhere = patch.object(inbox, "Own", type("Near", (), {}))
    with elsewhere:
        assert not await listener.heal(coalition)
    assert await house.rows(coalition) == []
    async with house.shop.app.acquire() as db, db.transaction():
        await db.execute("select set_config('accord.coalitions', $1, true)", str(coalition))
        await Erasure(house.shop.app, house.shop.keys).finish(db, coalition, ANA, 4)
    with elsewhere:
        assert await listener.heal(coalition)
    assert len(await house.rows(coalition)) == 6


async def put_back(postgres: str, coalition: UUID, kept: list[Any]) -> None:
    """Let the key store be as it was before the person was erased, as a backup has it."""
    keys = await asyncpg.connect(postgres, database="accord_house_keys")
    await keys.execute("delete from sealing.erased where coalition_id = $1", coalition)
    for row in kept:
        await keys.execute(
            "update sealing.sealing_key set wrapped_key = $2, destroyed_at = null"
            " where key_id = $1",
            row["key_id"], row["wrapped_key"],
        )  # fmt: skip
    await keys.close()


async def key_store(postgres: str, **how: Any) -> Keys:
    """Return the keys as a process has them that starts now."""
    where = address(postgres, "accord_house_keys", "k", "accord_house_keys")
    return Keys(await pool(where, "again", size=1, **how), KEK, "members")


async def test_a_restored_key_store_answers_once_all_is_erased_again(
    house: House, coalition: UUID, postgres: str
) -> None:
    await house.write(coalition, *BUSY)
    kept = await house.shop.key_pool.fetch(
        "select key_id, wrapped_key from sealing.sealing_key"
        " where coalition_id = $1 and person_id = $2",
        coalition, ANA,
    )  # fmt: skip
    assert kept
    wanted = [row["key_id"] for row in kept]
    await house.write(coalition, (ANA, Erase()))
    assert await house.reader().heal(coalition)
    await put_back(postgres, coalition, kept)

    unguarded = await key_store(postgres)
    assert await unguarded.known(coalition, wanted), "a backup brings keys back"
    guarded = await key_store(postgres, first=applied_again(house.shop.relay))
    assert await guarded.look(coalition, wanted) == ({}, frozenset(wanted))
    with pytest.raises(Erased):
        await guarded.fetch(coalition, ANA, "members")
    for keys in (unguarded, guarded):
        await keys._pool.close()  # noqa: SLF001 - opened here


@pytest.mark.usefixtures("house")
async def test_a_restored_key_store_answers_nobody_while_it_is_not_known_who_was_erased(
    postgres: str,
) -> None:
    unknown = await pool(address(postgres, "accord_house_relay", "r", "accord_house"), "gone")
    await unknown.close()
    with pytest.raises(DB_TRANSIENT):
        await key_store(postgres, first=applied_again(unknown))


async def test_what_a_backup_of_events_brings_back_is_erased_again(
    house: House, coalition: UUID
) -> None:
    tables = "journal.disclosure", "inbox.cursor", "views.note", "views.whole"
    admin = house.shop.admin
    await house.write(coalition, *BUSY)
    assert await house.reader().heal(coalition)
    for table in tables:
        await admin.execute(
            f"create table public.kept_{table.partition('.')[2]} as"  # noqa: S608 - tables of ours
            f" select * from {table} where coalition_id = '{coalition}'"
        )
    await house.write(coalition, (ANA, Erase()))
    assert await house.reader().heal(coalition)
    assert "Canary" in await house.dump(coalition)  # in the backup only
    for table in tables:
        name = f"public.kept_{table.partition('.')[2]}"
        await admin.execute(f"delete from {table} where coalition_id = $1", coalition)  # noqa: S608 - tables of ours
        await admin.execute(f"insert into {table} select * from {name}")  # noqa: S608 - tables of ours
        await admin.execute(f"drop table {name}")
    for table in ("inbox.erased", "journal.erased"):
        await admin.execute(f"delete from {table} where coalition_id = $1", coalition)  # noqa: S608 - tables of ours
    assert "Canary" in await house.dump(coalition)
    assert await house.reader().heal(coalition)
    assert "Canary" not in await house.dump(coalition)
    assert await house.shop.keys.known(coalition, await house.shop.keys.of(coalition, ANA)) == {}


async def test_who_erases_themself_signs_nothing(house: House, coalition: UUID) -> None:
    """The event of one's own erasure is sealed under no key of one's own, nor signed."""
    await house.write(coalition, line(BEN, "Ben Wren"), (ANA, Erase()), (BEN, Erase()))
    rows = await house.shop.admin.fetch(
        "select bytes from journal.event where coalition_id = $1 and type = 'PersonErased'"
        " order by position",
        coalition,
    )
    by_another, by_themself = [orjson.loads(row["bytes"]) for row in rows]
    assert by_another["authority"] == "full"
    assert "_sd" in by_another["data"]
    assert by_themself["data"] == {}
    assert "authority" not in by_themself


async def test_a_batch_records_nothing_about_who_is_on_the_list(
    house: House, coalition: UUID
) -> None:
    """Though it holds a key of theirs still: the list is looked at under the lock."""
    await house.write(coalition, line(ANA, "Ana Canary"))

    async def erased(_: Reading) -> frozenset[UUID]:
        return frozenset({ANA})

    async def resolve(read: Reading, _state: Any, _command: Any) -> Context:
        return await acts(BEN, read)

    knowing = Journal(house.shop.app, house.shop.journal.rules, house.shop.keys, erased=erased)
    async with writing(knowing) as journal:
        outcomes = await journal.write_all(
            [
                Ask(coalition, (Step(note, person, command),), resolve)
                for person, command in (line(ANA, "Ana Canary"), line(BEN, "Ben Wren"))
            ]
        )
    assert isinstance(outcomes[0], Refused)
    assert outcomes[0].reason == "person_erased"
    assert isinstance(outcomes[1], Written)


async def test_words_of_who_speaks_for_themself_alone_go_with_them(
    house: House, coalition: UUID
) -> None:
    """Though the rule that wrote them knows nobody whom they are about."""

    async def resolve(read: Reading, _state: Any, _command: Any) -> Context:
        return replace(await acts(ANA, read), author=ANA)

    async with writing(house.shop.journal) as journal:
        [outcome] = await journal.write_all(
            [Ask(coalition, (Step(note, *line(BEN, "Ben Wren")),), resolve)]
        )
    assert isinstance(outcome, Written)
    assert await house.reader().heal(coalition)
    assert "By the way." in (before := await house.dump(coalition))
    await house.write(coalition, (ANA, Erase()))
    assert await house.reader().heal(coalition)
    after = await house.dump(coalition)
    assert "By the way." not in after
    assert after.count("Ben Wren") == before.count("Ben Wren")


async def test_the_index_finds_what_stood_under_a_key(house: House) -> None:
    async with house.shop.admin.acquire() as db, db.transaction():
        await db.execute("set local enable_seqscan = off")
        plan = await db.fetch(
            "explain select from journal.disclosure where coalition_id = $1 and key_id = any($2)",
            UUID(int=1), [UUID(int=2)],
        )  # fmt: skip
    assert any("disclosure_key" in row[0] for row in plan)


async def test_the_role_may_delete_values_but_not_events(house: House, coalition: UUID) -> None:
    await house.write(coalition, *BUSY)
    async with house.shop.app.acquire() as db:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("delete from journal.event where coalition_id = $1", coalition)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute("update journal.disclosure set ciphertext = ''")


def test_an_event_names_whom_it_erases() -> None:
    assert erasure.persons([(b'{"type":"accord.members.PersonErasedNot"}', ())], UUID(int=1)) == []
