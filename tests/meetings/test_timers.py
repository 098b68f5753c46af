"""What meetings does by itself: a voting closes when its time is over, on a real PostgreSQL."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.meetings.__main__ import service
from services.meetings.domain.ids import ItemId
from services.meetings.domain.parking import ResumeDiscussion
from services.meetings.domain.ratification import EndRatification
from services.meetings.domain.series import WEEKLY
from services.meetings.timers import TIMERS
from shared.database import tenant
from shared.event import Recorded
from shared.inbox import Reader
from shared.source import Own
from shared.timers import Due, Timers
from tests.meetings.coalition import ASSEMBLY, COALITION, DUSK, NOON, PLENARY, PROPOSAL
from tests.meetings.hall import CARLA, SAM, UMA, Hall
from tests.meetings.test_decisions_over_http import DRAFT, rule
from tests.meetings.test_imports import STANCES, majority, roll_call

ITEM = ItemId(UUID(int=64))
VOTING, SENSE_CHECK, PARKED, RATIFICATION, SERIES = TIMERS


def opened(**more: Any) -> Recorded:
    return Recorded(
        COALITION, "meetings", 7, "VotingOpened", f"proposal-{PROPOSAL}", 3, NOON, NOON, "members",
        {"closes_at": DUSK.isoformat()}, b"", **more,
    )  # fmt: skip


def test_its_agenda_looks_at_types_that_there_are() -> None:
    assert service.agenda is not None
    wanted = {kind for kind in service.agenda.types if service.agenda.wants(kind)}
    assert wanted == {
        "VotingOpened", "VotingClosed", "SenseCheckOpened", "SenseCheckTaken",
        "RatificationRequested", "DiscussionParked", "DiscussionResumed",
    }  # fmt: skip


def test_a_voting_may_lapse_the_day_after_the_last_to_ratify() -> None:
    asked = opened(authority="full")._replace(
        type="RatificationRequested", data={"org": str(UUID(int=1)), "due": "2026-01-31"}
    )
    [(key, due)] = RATIFICATION.sets["RatificationRequested"](asked)
    assert key == f"{PROPOSAL}/{UUID(int=1)}"
    assert due == datetime(2026, 2, 1, tzinfo=UTC)
    step = RATIFICATION.step(Due(COALITION, "ratification", key, due))
    assert step.stream == f"proposal-{PROPOSAL}"
    assert isinstance(step.command, EndRatification)


def test_a_voting_is_set_to_close_unless_it_was_imported() -> None:
    of = VOTING.sets["VotingOpened"]
    assert [*of(opened(authority="full"))] == [(str(PROPOSAL), DUSK)]
    assert [*of(opened(authority="imported"))] == [(str(PROPOSAL), None)]
    assert [*VOTING.sets["VotingClosed"](opened())] == [(str(PROPOSAL), None)]


def test_an_item_that_was_parked_is_back_at_the_beginning_of_its_day() -> None:
    said = {"item": str(ITEM), "until": "2026-02-03"}
    seen = opened()._replace(type="DiscussionParked", stream=f"meeting-{ASSEMBLY}", data=said)
    key = f"{ASSEMBLY}/{ITEM}"
    of = PARKED.sets["DiscussionParked"]
    assert [*of(seen)] == [(key, datetime(2026, 2, 3, tzinfo=UTC))]
    assert [*of(seen._replace(authority="imported"))] == [(key, None)]
    assert [*PARKED.sets["DiscussionResumed"](seen)] == [(key, None)]
    step = PARKED.step(Due(COALITION, "parked", key, NOON))
    assert (step.key, step.command) == (ASSEMBLY, ResumeDiscussion(item=ITEM))


class Alarms:
    """The agenda of meetings and what acts on it, moved by hand."""

    def __init__(self, hall: Hall) -> None:
        host = hall.running.host
        assert host.journal is not None
        assert service.agenda is not None
        self._hall = hall
        own = Own("meetings", host.relay_pool)
        self._reader = Reader(service.agenda, own, host.pool, host.relay_pool, None)
        self._timers = Timers(TIMERS, host.relay_pool, host.journal, hall.running.clock)

    async def rows(self) -> list[tuple[str, datetime]]:
        """Return what is set, once the agenda has read all."""
        assert await self._reader.heal(self._hall.coalition)
        async with tenant(self._hall.running.host.pool, [self._hall.coalition]) as db:
            rows = await db.fetch("select key, due from timing.timer")
        return [(row["key"], row["due"]) for row in rows]

    async def ring_on(self, day: date) -> None:
        """Act as on that day, on which it stays."""
        clock = self._hall.running.clock
        clock.ahead += datetime.combine(day, time(1), UTC) - clock(datetime.now(UTC))
        await self.ring()

    async def ring(self) -> None:
        await self._timers.turn()


async def put_to_the_vote(hall: Hall, closes_at: datetime, method: str = "majority") -> str:
    terms = {"rule": await rule(hall, method), "closes_at": closes_at.isoformat()}
    path = f"/proposals/{await hall.make(UMA, '/proposals', DRAFT)}"
    await hall.make(UMA, f"{path}/publications")
    await hall.make(CARLA, f"{path}/votings", terms)
    return path


async def last(hall: Hall) -> tuple[str, dict[str, Any]]:
    return (await hall.events())[-1]


async def test_a_voting_closes_when_its_time_is_over_and_is_then_decided(hall: Hall) -> None:
    alarms = Alarms(hall)
    closes_at = datetime.now(UTC) + timedelta(seconds=2)
    path = await put_to_the_vote(hall, closes_at)
    for person in (UMA, SAM, CARLA):
        await hall.make(person, f"{path}/stances", {"option": "agree"})
    [(key, due)] = await alarms.rows()
    assert path.endswith(key)
    assert abs(due - closes_at) < timedelta(milliseconds=1)
    await alarms.ring()
    assert (await last(hall))[0] == "StanceTaken"

    async with asyncio.timeout(10):
        while (await last(hall))[0] == "StanceTaken":
            await asyncio.sleep(0.2)
            await alarms.ring()
    kind, data = await last(hall)
    assert (kind, data["reason"]) == ("VotingClosed", "deadline")
    assert data["counts"] == {"agree": 3, "disagree": 0, "abstain": 0, "object": 0}
    assert await alarms.rows() == []
    again = await hall.post(CARLA, f"{path}/votings/closings")
    assert (again.status_code, again.json()["events"]) == (200, [])
    await hall.make(CARLA, f"{path}/decisions", {"accountable": [str(UUID(int=3))]})
    assert (await last(hall))[0] == "DecisionMade"


async def test_who_closes_it_is_the_service_for_nobody(hall: Hall) -> None:
    alarms = Alarms(hall)
    await put_to_the_vote(hall, datetime.now(UTC) + timedelta(seconds=1))
    await alarms.rows()
    async with asyncio.timeout(10):
        while (await last(hall))[0] == "VotingOpened":
            await asyncio.sleep(0.2)
            await alarms.ring()
    assert [kind for kind, _ in await hall.events()][-2:] == ["VotingClosed", "QuorumNotMet"]
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        entry = await db.fetchval(
            "select bytes from journal.event where coalition_id = $1 and type = 'VotingClosed'",
            hall.coalition,
        )
    event = orjson.loads(entry)
    assert event["authtype"] == "system"
    assert not {"onbehalfof", "accreditation", "authority"} & event.keys()
    assert "_sd" not in event["data"]


async def test_a_sense_check_ends_by_itself_and_of_too_few_nothing_is_kept(hall: Hall) -> None:
    alarms = Alarms(hall)
    path = f"/proposals/{await hall.make(UMA, '/proposals', DRAFT)}"
    await hall.make(UMA, f"{path}/publications")
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    check = {"check": str(PROPOSAL)}
    await hall.make(CARLA, f"{path}/sense-checks", check | {"closes_at": soon})
    await hall.make(SAM, f"{path}/sense-checks/answers", check | {"answer": "concerned"})
    assert await hall.refuse(CARLA, f"{path}/sense-checks/takings", check) == "sense_check_only"
    [(key, _)] = await alarms.rows()
    assert key == f"{path.rpartition('/')[2]}/{PROPOSAL}"
    async with tenant(hall.running.host.pool, [hall.coalition]) as db:
        assert await db.fetchval("select count(*) from box.paper") == 1
    async with asyncio.timeout(10):
        left = 1
        while left:
            await asyncio.sleep(0.2)
            await alarms.ring()
            async with tenant(hall.running.host.pool, [hall.coalition]) as db:
                left = await db.fetchval("select count(*) from box.paper")
    assert (await last(hall))[0] == "SenseCheckOpened"
    assert await alarms.rows() == []


async def test_a_voting_that_the_chair_closed_is_not_due_any_more(hall: Hall) -> None:
    alarms = Alarms(hall)
    path = await put_to_the_vote(hall, datetime.now(UTC) + timedelta(days=1))
    assert len(await alarms.rows()) == 1
    await hall.make(CARLA, f"{path}/votings/closings")
    assert await alarms.rows() == []


async def test_no_timer_acts_on_a_voting_of_the_past(hall: Hall) -> None:
    alarms = Alarms(hall)
    await hall.bring(majority, *roll_call(STANCES)[:-2])
    assert (await last(hall))[0] == "StanceTaken"  # it was left open
    assert await alarms.rows() == []
    before = len(await hall.events())
    await alarms.ring()
    assert len(await hall.events()) == before


async def form(hall: Hall, slot: dict[str, str] | None, **envelope: str) -> Alarms:
    """Let it hear of a coalition that meets each week, and of its plenary."""
    more: dict[str, Any] = {"weekly": slot} if slot else {}
    slug = f"c{hall.coalition.int}"
    await hall.hear("CoalitionFormed", hall.coalition, slug=slug, envelope=envelope, **more)
    await hall.hear("BodyConstituted", UUID(int=77), kind="working_group", envelope=envelope)
    await hall.hear("BodyConstituted", PLENARY, kind="plenary", envelope=envelope)
    return Alarms(hall)


async def test_f104_a_weekly_slot_becomes_a_series_of_the_plenary_once(hall: Hall) -> None:
    alarms = await form(hall, {"day": "TU", "at": "08:05"})
    rrule = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=8;BYMINUTE=5"
    assert [key for key, _ in await alarms.rows()] == [f"{PLENARY}/{rrule}"]
    await alarms.ring()
    kind, data = await last(hall)
    assert (kind, data["body"], data["rrule"]) == ("MeetingSeriesEstablished", str(PLENARY), rrule)
    assert await alarms.rows() == []
    before = len(await hall.events())
    await form(hall, {"day": "TU", "at": "08:05"})
    await alarms.ring()
    assert len(await hall.events()) == before
    [row] = (await hall.get("/series"))["items"]
    assert (row["rrule"], row["body"]["id"], row["name"]) == (
        rrule, str(PLENARY), WEEKLY.model_dump(),
    )  # fmt: skip


async def test_no_series_begins_without_a_slot_or_by_an_import(hall: Hall) -> None:
    assert await (await form(hall, None)).rows() == []
    slot = {"day": "TU", "at": "15:30"}
    alarms = await form(hall, slot, authority="imported")
    assert await alarms.rows() == []
