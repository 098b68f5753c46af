"""The journal on a real PostgreSQL: gapless, once, together, cold and hot alike."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from shared.ask import Busy, KeyReused, Stale, Written
from shared.canonical import chain_next, chain_start, leaf_hash
from shared.database import enter, tenant
from shared.decider import Refused
from shared.event import Text
from shared.failpoint import arm, arm_from
from shared.hot import DISCLOSURES, STREAMS, Head, Hot, Reading, Stream, Work
from shared.journal import BATCH, QUEUE, WAIT_SECONDS, Journal, forget_repeats
from tests.shared import jars
from tests.shared.jars import Jar, Put, Shop, Smash, ask, shop, writing

COINS = Text(lang="en", text="a-canary-note")
PERSON = UUID(int=77)
ROWS_READ = (
    "select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int from pg_stat_xact_all_tables"
    " where relid in ('journal.idempotency'::regclass, 'journal.event'::regclass,"
    " 'journal.disclosure'::regclass)"
)
COUNTED = "select count(*) from journal.event where coalition_id = $1"
ONE_EACH = """
with filled as (
  insert into journal.event select id, 1, id, 'jar-' || id, 1, 'CoinsPut', '', sha256('')
    from generate_series(1, $1::int) n, cast(md5(n::text) as uuid) id
  returning coalition_id, position, event_id)
insert into journal.disclosure select coalition_id, position, '', '', event_id, '', '' from filled
"""
MANY_MORE = """
with filled as (
  insert into journal.event select coalition_id, n, id, 'jar-' || id, 1, type, bytes, chain
    from journal.event, generate_series(2, 5000) n, cast(md5(n::text) as uuid) id
    where coalition_id = $1
  returning coalition_id, position)
insert into journal.disclosure select coalition_id, filled.position, digest, audience, key_id,
  nonce, ciphertext from filled join journal.disclosure using (coalition_id)
"""


@pytest.fixture(scope="module")
async def open_shop(postgres: str) -> AsyncIterator[Shop]:
    async with shop(postgres, "jars") as opened:
        task = asyncio.create_task(opened.journal.run())
        yield opened
        opened.journal.stop()
        await task


async def test_an_event_is_written_where_it_says(open_shop: Shop) -> None:
    coalition, jar = UUID(int=1), UUID(int=11)
    written = await open_shop.journal.write(ask(coalition, jar, Put(coins=3), key="k1"))
    assert (written.version, written.position) == (1, 1)
    assert [event["type"] for event in written.events] == ["CoinsPut"]
    row = await open_shop.admin.fetchrow(
        "select * from journal.event where coalition_id = $1", coalition
    )
    assert row is not None
    event = orjson.loads(row["bytes"])
    assert event["sequence"] == "00000000000000000001"
    assert event["subject"] == f"jar-{jar}"
    assert "coins" not in event["data"]
    assert len(event["data"]["_sd"]) == 4


async def test_a_repeat_gets_its_answer_and_acts_once(open_shop: Shop) -> None:
    coalition, jar = UUID(int=2), UUID(int=12)
    asks = [ask(coalition, jar, Put(coins=5), key="same") for _ in range(20)]
    answers = await asyncio.gather(*(open_shop.journal.write(one) for one in asks))
    assert {answer.position for answer in answers} == {1}
    assert sum(not answer.replayed for answer in answers) == 1
    with pytest.raises(KeyReused):
        await open_shop.journal.write(ask(coalition, jar, Put(coins=6), key="same"))


async def test_a_command_that_changes_nothing_still_keeps_its_answer(open_shop: Shop) -> None:
    coalition, jar = UUID(int=3), UUID(int=13)
    first = await open_shop.journal.write(ask(coalition, jar, Put(coins=0), key="none"))
    await open_shop.journal.write(ask(coalition, jar, Put(coins=2), key="two"))
    again = await open_shop.journal.write(ask(coalition, jar, Put(coins=0), key="none"))
    assert first.events == again.events == ()
    assert again.version == 0
    assert again.replayed


async def test_i5_a_refused_command_leaves_no_trace(open_shop: Shop) -> None:
    coalition, jar = UUID(int=4), UUID(int=14)
    await open_shop.journal.write(ask(coalition, jar, Smash(), key="smash"))
    with pytest.raises(Refused):
        await open_shop.journal.write(ask(coalition, jar, Put(coins=1), key="late"))
    counted = await open_shop.admin.fetchval(
        "select count(*) from journal.idempotency where coalition_id = $1", coalition
    )
    assert counted == 1


async def test_if_match_refuses_what_is_stale(open_shop: Shop) -> None:
    coalition, jar = UUID(int=5), UUID(int=15)
    await open_shop.journal.write(ask(coalition, jar, Put(coins=1), key="a"))
    with pytest.raises(Stale) as stale:
        await open_shop.journal.write(ask(coalition, jar, Put(coins=1), key="b", if_match=0))
    assert stale.value.version == 1


async def test_i6_positions_and_versions_have_no_gap_and_the_chain_fits(open_shop: Shop) -> None:
    coalition = UUID(int=6)
    jars_ = [UUID(int=100 + n) for n in range(7)]
    asks = [
        ask(coalition, jars_[n % 7], Put(coins=1 + n, note=COINS), key=f"n{n}", actor=PERSON)
        for n in range(300)
    ]
    answers = await open_shop.journal.write_all(asks)
    assert all(isinstance(answer, Written) for answer in answers)
    rows = await open_shop.admin.fetch(
        "select * from journal.event where coalition_id = $1 order by position", coalition
    )
    assert [row["position"] for row in rows] == list(range(1, 301))
    chain, versions = chain_start("jars", coalition), dict[str, int]()
    for row in rows:
        chain = chain_next(chain, leaf_hash(row["bytes"]))
        assert row["chain"] == chain
        versions[row["stream"]] = versions.get(row["stream"], 0) + 1
        assert row["version"] == versions[row["stream"]]
        assert b"canary" not in row["bytes"]
        assert str(PERSON).encode() not in row["bytes"]


async def test_two_replicas_take_turns_and_none_conflicts(open_shop: Shop) -> None:
    coalition, jar = UUID(int=7), UUID(int=17)
    other = open_shop.again()
    task = asyncio.create_task(other.run())
    sides: list[Journal] = [open_shop.journal, other]
    answers = await asyncio.gather(
        *(sides[n % 2].write(ask(coalition, jar, Put(coins=1), key=f"r{n}")) for n in range(200))
    )
    assert sorted(answer.position for answer in answers) == list(range(1, 201))
    smash = await other.write(ask(coalition, jar, Smash(), key="end"))
    other.stop()
    await task
    row = await open_shop.admin.fetchrow(
        "select bytes from journal.event where coalition_id = $1 and position = $2",
        coalition, smash.position,
    )  # fmt: skip
    assert row is not None
    assert orjson.loads(row["bytes"])["data"] == {"coins": 200}


async def test_a_cold_start_decides_as_a_hot_one(open_shop: Shop) -> None:
    coalition, jar = UUID(int=8), UUID(int=18)
    await open_shop.journal.write(ask(coalition, jar, Put(coins=9, note=COINS), key="c1"))
    await open_shop.journal.write(ask(coalition, UUID(int=19), Smash(), key="c2"))
    cold = open_shop.again()
    task = asyncio.create_task(cold.run())
    seen: list[int] = []

    async def count(read: Reading, _state: object, _command: object) -> object:
        seen.append(await read.fold(jars.smashed))
        return object()

    await cold.write(ask(coalition, jar, Smash(), key="c3", facts=(count,)))
    await cold.write(ask(coalition, jar, Smash(), key="c4", facts=(count,)))
    cold.stop()
    await task
    assert seen == [1, 2]


async def test_what_a_refused_command_read_first_is_what_later_ones_of_its_batch_see(
    open_shop: Shop,
) -> None:
    coalition, jar, other = UUID(int=126), UUID(int=127), UUID(int=128)
    seen: list[int] = []

    async def count(read: Reading, _state: object, _command: object) -> object:
        seen.append(await read.fold(jars.smashed))
        return object()

    answers = await open_shop.journal.write_all([
        ask(coalition, jar, Smash()), ask(coalition, jar, Put(coins=1), facts=(count,)),
        ask(coalition, other, Smash(), facts=(count,)),
        ask(coalition, other, Smash(), facts=(count,)),
    ])  # fmt: skip
    assert isinstance(answers[1], Refused)
    assert seen == [1, 1, 2]


async def test_an_imported_command_is_passed_over_when_it_was_carried_out(
    open_shop: Shop,
) -> None:
    coalition, jar = UUID(int=9), UUID(int=20)
    for _ in range(2):
        asks = [ask(coalition, jar, Put(coins=1), brings_to=n) for n in (1, 2, 3)]
        answers = await open_shop.journal.write_all(asks)
    assert [isinstance(one, Written) and one.skipped for one in answers] == [True] * 3
    head = await open_shop.admin.fetchval(
        "select position from journal.head where coalition_id = $1", coalition
    )
    assert head == 3


async def test_repeats_are_known_for_seven_days(open_shop: Shop) -> None:
    coalition, jar = UUID(int=21), UUID(int=22)
    for key in ("old", "new"):
        await open_shop.journal.write(ask(coalition, jar, Put(coins=1), key=key))
    await open_shop.admin.execute(
        "update journal.idempotency set at = at - interval '7 days 1 minute'"
        " where coalition_id = $1 and key = 'old'",
        coalition,
    )
    assert await forget_repeats(open_shop.relay) == "DELETE 1"
    again = await open_shop.journal.write(ask(coalition, jar, Put(coins=1), key="new"))
    assert again.replayed


@pytest.mark.parametrize("analysed", [False, True])
async def test_keys_are_looked_up_without_reading_the_others(
    open_shop: Shop, *, analysed: bool
) -> None:
    coalition, jar = UUID(int=23 + analysed), UUID(int=25)
    await open_shop.journal.write(ask(coalition, jar, Put(coins=1), key="mine"))
    await open_shop.admin.execute(
        "insert into journal.idempotency select coalition_id, principal, operation, n::text,"
        " fingerprint, answer from journal.idempotency, generate_series(1, 5000) n"
        " where coalition_id = $1",
        coalition,
    )
    if analysed:
        await open_shop.admin.execute("analyze journal.idempotency")
    keys = ["mine", *(f"new-{n}" for n in range(99))]
    async with open_shop.app.acquire() as db, db.transaction():
        before = await db.fetchval(ROWS_READ)
        found = await db.fetchval(
            "select cardinality(known) from journal.lock($1, $2, $3, $4, $5, false)",
            [coalition], [coalition] * 100, ["somebody"] * 100, [f"jars/{jar}"] * 100, keys,
        )  # fmt: skip
        read = await db.fetchval(ROWS_READ) - before
    assert (found, read) == (1, 1)


def _noted(done: list[UUID], coalition: UUID, _answer: object) -> None:
    done.append(coalition)


async def test_coalitions_take_turns_in_a_batch(open_shop: Shop) -> None:
    loud, quiet = UUID(int=31), UUID(int=32)
    journal, done = open_shop.again(), list[UUID]()
    asks = [ask(loud, UUID(int=33), Put(coins=1), key=f"l{n}") for n in range(BATCH + 44)]
    asks.append(ask(quiet, UUID(int=34), Put(coins=1), key="q"))
    for one in asks:
        one.answer.add_done_callback(partial(_noted, done, one.coalition))
    writing = [asyncio.create_task(journal.write(one)) for one in asks]
    await asyncio.sleep(0)
    task = asyncio.create_task(journal.run())
    answers = await asyncio.gather(*writing)
    journal.stop()
    await task
    assert done.index(quiet) < BATCH  # in the first batch, though it came last
    assert [one.position for one in answers[:-1]] == list(range(1, BATCH + 45))


async def test_a_command_that_waited_too_long_is_dropped_and_writes_nothing(
    open_shop: Shop,
) -> None:
    coalition = UUID(int=35)
    journal = open_shop.again()
    late, gone, there = (ask(coalition, UUID(int=36), Put(coins=1), key=key) for key in "abc")
    late.since -= WAIT_SECONDS + 0.1
    writing = [asyncio.create_task(journal.write(one)) for one in (late, gone, there)]
    await asyncio.sleep(0)
    writing[1].cancel()
    await asyncio.sleep(0)
    task = asyncio.create_task(journal.run())
    assert (await writing[2]).position == 1
    with pytest.raises(Busy):
        await writing[0]
    journal.stop()
    await task


async def test_a_full_queue_takes_no_more(open_shop: Shop) -> None:
    coalition, journal = UUID(int=37), open_shop.again()
    writing = [
        asyncio.create_task(journal.write(ask(coalition, UUID(int=38), Put(coins=1))))
        for _ in range(QUEUE)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await journal.write(ask(coalition, UUID(int=38), Put(coins=1)))
    for one in writing:
        one.cancel()
    await asyncio.gather(*writing, return_exceptions=True)


async def test_the_time_of_a_batch_is_told(open_shop: Shop) -> None:
    told = list[float]()
    journal = Journal(open_shop.app, open_shop.journal.rules, open_shop.keys, answered=told.append)
    task = asyncio.create_task(journal.run())
    waited = ask(UUID(int=39), UUID(int=40), Put(coins=1), key="t")
    waited.since -= 1
    await journal.write(waited)
    await journal.write_all([ask(UUID(int=39), UUID(int=40), Put(coins=1), brings_to=2)])
    journal.stop()
    await task
    assert len(told) == 1  # of an import nobody waits for the answer
    assert 1 <= told[0] < 3


async def test_what_fails_after_the_commit_fails_nobody_and_repeats_nothing(
    open_shop: Shop,
) -> None:
    def fails(_seconds: float) -> None:
        raise ValueError("of no concern to who waits")

    coalition = UUID(int=51)
    again = open_shop.again()
    async with writing(
        Journal(open_shop.app, again.rules, open_shop.keys, answered=fails)
    ) as journal:
        asks = [ask(coalition, UUID(int=52), Put(coins=1)) for _ in range(3)]
        written = await asyncio.gather(*map(journal.write, asks))
    assert [one.position for one in written] == [1, 2, 3]
    assert await open_shop.admin.fetchval(COUNTED, coalition) == 3


@pytest.mark.parametrize("others", [0, 20_000])
async def test_a_cold_stream_is_read_without_reading_the_others(postgres: str, others: int) -> None:
    """Also by plans kept from when all was empty, or when each coalition had one event."""
    coalition, jar = UUID(int=26), UUID(int=27)
    async with shop(postgres, f"cold_{others}") as opened, opened.app.acquire() as db:
        await opened.admin.execute(ONE_EACH, others)
        await opened.admin.execute("analyze journal.event, journal.disclosure")
        async with db.transaction():
            await enter(db, [coalition])
            for _ in range(10):
                await db.fetch(STREAMS, coalition, [f"jar-{jar}"])
                await db.fetch(DISCLOSURES, coalition, [1])
        async with writing(opened.journal):
            await opened.journal.write(ask(coalition, jar, Put(coins=1, note=COINS)))
        await opened.admin.execute(MANY_MORE, coalition)
        async with db.transaction():
            await enter(db, [coalition])
            before, hot = await db.fetchval(ROWS_READ), Hot(Head(1, b""))
            work = Work(opened.journal.rules, opened.keys, db, coalition, hot, {})
            stream = await work.stream(jars.decider, jar)
            read = await db.fetchval(ROWS_READ) - before
    assert (stream.state.coins, read) == (1, 3)


async def test_row_security_shows_no_other_coalition(open_shop: Shop) -> None:
    shown, other = UUID(int=7001), UUID(int=7002)
    for coalition in (shown, other):
        await open_shop.journal.write(ask(coalition, UUID(int=7003), Put(coins=3)))
    async with open_shop.app.acquire() as db, db.transaction():
        assert await db.fetchval("select count(*) from journal.event") == 0
        await db.execute("select set_config('accord.coalitions', $1, true)", str(shown))
        assert await db.fetchval("select count(distinct coalition_id) from journal.event") == 1


async def test_a_batch_that_is_late_to_join_takes_nothing_back(
    open_shop: Shop, tmp_path: Path
) -> None:
    """Two batches that waited for one lock: the later one may be done first with its cache."""
    coalition, one, other = UUID(int=7101), UUID(int=7102), UUID(int=7103)
    write = open_shop.journal.write
    await write(ask(coalition, other, Put(coins=5)))
    arm_from(tmp_path)
    async with open_shop.admin.acquire() as db, db.transaction():
        await db.execute("select from journal.head where coalition_id = $1 for update", coalition)
        first = asyncio.create_task(write(ask(coalition, one, Put(coins=1))))
        await asyncio.sleep(0.2)
        second = asyncio.create_task(write(ask(coalition, other, Put(coins=2))))
        await asyncio.sleep(0.2)
        arm(tmp_path, "journal.after_commit", "pause 0.5")
    positions = [(await written).position for written in (first, second)]
    arm_from(None)
    assert positions == [2, 3]
    smashed = await write(ask(coalition, other, Smash()))
    bytes_of_it = await open_shop.admin.fetchval(
        "select bytes from journal.event where coalition_id = $1 and position = $2",
        coalition, smashed.position,
    )  # fmt: skip
    assert orjson.loads(bytes_of_it)["data"]["coins"] == 7


async def test_a_connection_that_ends_while_nobody_writes_is_opened_again(open_shop: Shop) -> None:
    coalition, jar = UUID(int=7201), UUID(int=7202)
    await open_shop.journal.write(ask(coalition, jar, Put(coins=1)))
    await open_shop.admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'accord_jars_app'"
    )
    await asyncio.sleep(0.2)
    async with asyncio.timeout(3):
        written = await open_shop.journal.write(ask(coalition, jar, Put(coins=1)))
    assert written.version == 2


async def test_what_is_read_back_while_its_batch_joins_counts_once(open_shop: Shop) -> None:
    coalition, jar = UUID(int=7301), UUID(int=7302)
    for coins in (5, 2):
        await open_shop.journal.write(ask(coalition, jar, Put(coins=coins)))
    before, after = [
        Head(row["position"], row["chain"])
        for row in await open_shop.admin.fetch(
            "select position, chain from journal.event where coalition_id = $1 order by position",
            coalition,
        )
    ]
    name, hot = f"jar-{jar}", Hot(before)
    hot.streams[name] = Stream(1, Jar(5))
    async with tenant(open_shop.app, [coalition]) as db:
        joining, reading = (
            Work(open_shop.journal.rules, open_shop.keys, db, coalition, hot, {}) for _ in range(2)
        )
        joining.head, joining.streams[name] = after, Stream(2, Jar(7))
        caught_up = asyncio.create_task(reading.catch_up(after))
        await asyncio.sleep(0)
        joining.commit()
        await caught_up
    assert (hot.head, hot.streams[name]) == (after, Stream(2, Jar(7)))


async def test_a_look_that_breaks_off_leaves_nothing_half_read(open_shop: Shop) -> None:
    coalition, jar = UUID(int=7401), UUID(int=7402)
    await open_shop.journal.write(ask(coalition, jar, Put(coins=5, note=COINS), actor=PERSON))

    async def coins(read: Reading) -> int:
        return (await read.stream(jars.decider, jar)).coins

    async with open_shop.admin.acquire() as db, db.transaction():
        await db.execute("lock table journal.disclosure in access exclusive mode")
        looking = asyncio.create_task(open_shop.journal.look(coalition, coins))
        await asyncio.sleep(0.3)
        assert looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    assert await open_shop.journal.look(coalition, coins) == 5
    await open_shop.journal.write(ask(coalition, jar, Put(coins=2)))
    assert await open_shop.journal.look(coalition, coins) == 7


async def test_who_looks_reads_no_further_than_the_head(open_shop: Shop) -> None:
    """Others write between the head and the stream; their events come with the next head."""
    coalition, jar = UUID(int=7501), UUID(int=7502)
    for coins in (5, 2):
        await open_shop.journal.write(ask(coalition, jar, Put(coins=coins)))
    before, after = [
        Head(row["position"], row["chain"])
        for row in await open_shop.admin.fetch(
            "select position, chain from journal.event where coalition_id = $1 order by position",
            coalition,
        )
    ]
    name, hot = f"jar-{jar}", Hot(before)
    async with tenant(open_shop.app, [coalition]) as db:
        work = Work(open_shop.journal.rules, open_shop.keys, db, coalition, hot, {})
        await work.warm({name})
        assert hot.streams[name] == Stream(1, Jar(5))
        await work.catch_up(after)
    assert hot.streams[name] == Stream(2, Jar(7))
