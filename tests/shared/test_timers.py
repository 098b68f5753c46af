"""Timers on a real PostgreSQL: none is lost, none acts twice, and none before its moment."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from shared import timers
from shared.ask import Ask, Busy, Written
from shared.database import tenant
from shared.projection import UnknownType
from shared.timers import AT_ONCE, Agenda, Timer
from tests.shared.jars import writing
from tests.shared.kitchen import (
    BOILED,
    TYPES,
    Clock,
    Dying,
    Kitchen,
    PutIn,
    TakeOut,
    decider,
    kitchen,
)

EGG = UUID(int=7)
_numbers = count(0x7131)


@pytest.fixture(scope="module")
async def cooking(postgres: str) -> AsyncIterator[Kitchen]:
    async with kitchen(postgres, "kitchen") as made:
        yield made


@pytest.fixture
def here(cooking: Kitchen) -> Iterator[Kitchen]:
    cooking.clock.ahead = timedelta(0)
    yield cooking
    cooking.clock.ahead = timedelta(0)


@pytest.fixture
async def coalition(here: Kitchen) -> UUID:
    """A coalition of the test's own, and no rows of those before it."""
    await here.shop.admin.execute("delete from timing.timer")
    return UUID(int=next(_numbers))


async def test_what_is_due_happens_for_nobody_and_its_row_goes(
    here: Kitchen, coalition: UUID
) -> None:
    until = await here.put_in(coalition, EGG, minutes=5)
    assert [(row.what, row.key, row.due) for row in await here.rows(coalition)] == [
        ("boiled", str(EGG), until)
    ]
    assert await here.timers().turn() == 0
    here.clock.ahead = timedelta(minutes=5, seconds=1)
    assert await here.timers().turn() == 1
    [event] = await here.taken_out(coalition)
    assert event["authtype"] == "system"
    assert event["time"] > event["recordedtime"]
    assert not {"onbehalfof", "accreditation", "authority"} & event.keys()
    assert event["data"] == {}
    assert await here.rows(coalition) == []
    assert await here.timers().turn() == 0


async def test_two_replicas_at_once_act_once_on_each(here: Kitchen, coalition: UUID) -> None:
    of = [coalition, *(UUID(int=next(_numbers)) for _ in range(3))]
    each = 2 * AT_ONCE // 3
    for one in of:
        until = await here.now() + timedelta(minutes=1)
        await asyncio.gather(
            *(here.ask(one, UUID(int=1 + n), PutIn(until=until)) for n in range(each))
        )
        assert await here.reader().heal(one)
    here.clock.ahead = timedelta(minutes=2)
    asked: list[UUID] = []

    class Counting:
        def __init__(self, journal: timers.Writes) -> None:
            self._journal = journal

        async def write(self, ask: Ask) -> Written:
            asked.append(ask.coalition)
            return await self._journal.write(ask)

    async with writing(here.again()) as other:
        replicas = [here.timers(Counting(one)) for one in (here.shop.journal, other) * 2]
        while any(await asyncio.gather(*(replica.turn() for replica in replicas))):
            pass
    assert sorted(asked) == sorted(of * each)
    for one in of:
        subjects = [event["subject"] for event in await here.taken_out(one)]
        assert sorted(subjects) == sorted(decider.stream(UUID(int=1 + n)) for n in range(each))
        assert await here.rows(one) == []


@pytest.mark.parametrize("after", [False, True], ids=["before the command", "after it"])
async def test_what_a_dying_process_held_the_next_one_takes(
    here: Kitchen, coalition: UUID, *, after: bool
) -> None:
    await here.put_in(coalition, EGG, minutes=1)
    here.clock.ahead = timedelta(minutes=2)
    await here.timers(Dying(here.shop.journal, after=after)).turn()
    assert len(await here.taken_out(coalition)) == after
    assert len(await here.rows(coalition)) == 1

    assert await here.timers().turn() == 0  # it is still held
    await here.let_go()
    assert await here.timers().turn() == 1
    assert len(await here.taken_out(coalition)) == 1
    assert await here.rows(coalition) == []


async def test_a_row_is_held_by_the_time_of_the_database(
    here: Kitchen, coalition: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "HELD_SECONDS", 0.3)
    await here.put_in(coalition, EGG, minutes=1)
    here.clock.ahead = timedelta(minutes=2)
    await here.timers(Dying(here.shop.journal, after=False)).turn()
    here.clock.ahead = timedelta(days=2)  # of decisions, not of what is held
    assert await here.timers().turn() == 0
    await asyncio.sleep(0.4)
    assert await here.timers().turn() == 1
    assert len(await here.taken_out(coalition)) == 1


async def test_a_clock_that_is_ahead_of_the_decisions_brings_nothing_forward(
    here: Kitchen, coalition: UUID
) -> None:
    await here.put_in(coalition, EGG, minutes=5)
    ahead = Clock()
    ahead.ahead = timedelta(days=1)
    waits = []
    for tries in (1, 2, 3):
        assert await here.timers(clock=ahead).turn() == 1
        [row] = await here.rows(coalition)
        assert row.tries == tries
        waits.append(
            await here.shop.admin.fetchval(
                "select extract(epoch from again_at - clock_timestamp())::float8 from timing.timer"
            )
        )
        await here.let_go()
    assert waits == pytest.approx([2, 4, 8], abs=0.9)
    assert await here.taken_out(coalition) == []
    here.clock.ahead = timedelta(minutes=6)
    assert await here.timers().turn() == 1
    assert len(await here.taken_out(coalition)) == 1


async def test_a_clock_that_jumps_back_and_forth_acts_once(here: Kitchen, coalition: UUID) -> None:
    await here.put_in(coalition, EGG, hours=1)
    for hours in (0.5, -24, 2, -2, 24, 0.5, 2):
        here.clock.ahead = timedelta(hours=hours)
        await here.timers().turn()
        await here.let_go()
    assert len(await here.taken_out(coalition)) == 1
    assert await here.rows(coalition) == []


async def test_what_had_come_before_it_was_told_sets_nothing(
    here: Kitchen, coalition: UUID
) -> None:
    await here.put_in(coalition, EGG, minutes=-1)
    assert await here.rows(coalition) == []
    await here.put_in(coalition, EGG, minutes=5)
    assert len(await here.rows(coalition)) == 1
    await here.put_in(coalition, EGG, days=-300)  # nor does what it replaces stay
    assert await here.rows(coalition) == []


async def test_what_is_set_anew_or_no_longer_due_is_not_done_at_the_old_time(
    here: Kitchen, coalition: UUID
) -> None:
    await here.put_in(coalition, EGG, minutes=1)
    later = await here.put_in(coalition, EGG, hours=1)
    [row] = await here.rows(coalition)
    assert row.due == later
    await here.ask(coalition, EGG, TakeOut())
    assert await here.reader().heal(coalition)
    assert await here.rows(coalition) == []


async def test_a_row_that_is_behind_the_journal_does_no_harm(
    here: Kitchen, coalition: UUID
) -> None:
    await here.put_in(coalition, EGG, minutes=1)
    later = await here.now() + timedelta(hours=1)
    await here.ask(coalition, EGG, PutIn(until=later))  # the agenda has not read this
    here.clock.ahead = timedelta(minutes=2)
    assert await here.timers().turn() == 1
    assert await here.taken_out(coalition) == []
    assert await here.reader().heal(coalition)
    [row] = await here.rows(coalition)
    assert (row.due, row.tries) == (later, 0)
    here.clock.ahead = timedelta(hours=2)
    assert await here.timers().turn() == 1
    assert len(await here.taken_out(coalition)) == 1


async def test_what_was_set_while_it_was_done_stays_set(here: Kitchen, coalition: UUID) -> None:
    await here.put_in(coalition, EGG, minutes=1)
    here.clock.ahead = timedelta(minutes=2)

    class Slow:
        async def write(self, ask: Ask) -> Written:
            written = await here.shop.journal.write(ask)
            await here.put_in(coalition, EGG, hours=3)
            return written

    assert await here.timers(Slow()).turn() == 1
    assert len(await here.rows(coalition)) == 1
    here.clock.ahead = timedelta(hours=4)
    assert await here.timers().turn() == 1
    assert len(await here.taken_out(coalition)) == 2


async def test_what_could_not_be_written_is_done_later(here: Kitchen, coalition: UUID) -> None:
    class Full:
        async def write(self, _ask: Ask) -> Written:
            raise Busy("too many commands are waiting")

    class Broken:
        async def write(self, _ask: Ask) -> Written:
            raise ZeroDivisionError

    await here.put_in(coalition, EGG, minutes=1)
    here.clock.ahead = timedelta(minutes=2)
    for journal in (Full(), Broken()):
        assert await here.timers(journal).turn() == 1
        await here.let_go()
    assert await here.timers().turn() == 1
    assert len(await here.taken_out(coalition)) == 1


async def test_a_new_kind_of_timer_is_set_by_what_was_recorded_before(
    here: Kitchen, coalition: UUID
) -> None:
    quiet = Agenda("kitchen", (Timer("boiled", {"EggTakenOut": BOILED.sets["EggTakenOut"]},
                                     BOILED.step),), TYPES)  # fmt: skip
    until = await here.now() + timedelta(hours=1)
    await here.ask(coalition, EGG, PutIn(until=until))
    await here.ask(coalition, UUID(int=8), PutIn(until=until))
    await here.ask(coalition, UUID(int=8), TakeOut())
    assert await here.reader(quiet).heal(coalition)
    assert await here.rows(coalition) == []
    assert quiet.reader != here.agenda.reader
    assert await here.reader().heal(coalition)
    assert [row.key for row in await here.rows(coalition)] == [str(EGG)]


async def test_a_type_that_is_not_known_yet_waits_for_an_upgrade(
    here: Kitchen, coalition: UUID
) -> None:
    older = Agenda("kitchen", (BOILED,), TYPES - {"EggPutIn"})
    with pytest.raises(UnknownType):
        older.wants("EggPutIn")
    await here.ask(coalition, EGG, PutIn(until=await here.now() + timedelta(hours=1)))
    assert await here.reader(older).heal(coalition)
    reason = await here.shop.admin.fetchval(
        "select reason from inbox.parked where coalition_id = $1", coalition
    )
    assert reason == "unknown_type"
    assert await here.reader().heal(coalition)
    assert len(await here.rows(coalition)) == 1


async def test_i6_no_other_coalitions_rows_are_visible(here: Kitchen, coalition: UUID) -> None:
    other = UUID(int=next(_numbers))
    await here.put_in(coalition, EGG, hours=1)
    await here.put_in(other, EGG, hours=1)
    async with tenant(here.shop.app, [other]) as db:
        rows = await db.fetch("select coalition_id from timing.timer")
    assert [row["coalition_id"] for row in rows] == [other]


async def test_it_looks_by_itself_until_it_is_told_to_stop(
    here: Kitchen, coalition: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "LOOK_SECONDS", 0.05)
    await here.put_in(coalition, EGG, seconds=0.3)
    replica = here.timers()
    running = asyncio.create_task(replica.run())
    async with asyncio.timeout(5):
        while await here.rows(coalition):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.05)
    replica.stop()
    await asyncio.wait_for(running, 2)
    assert len(await here.taken_out(coalition)) == 1
