"""The floor of a meeting over HTTP, on a real PostgreSQL: heard or not, parked, recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.meetings.coalition import CLINIC, SCHOOL, UNION, YOUTH
from tests.meetings.hall import CARLA, SAM, UMA, YARA, Hall, text
from tests.meetings.test_meetings_over_http import (
    ITEM,
    ONE,
    OTHER_ITEM,
    THREE,
    TWO,
    comes,
    sat,
    scheduled,
)
from tests.meetings.test_timers import Alarms

TALK, SECOND_TALK = str(UUID(int=71)), str(UUID(int=72))
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


async def filled(hall: Hall) -> str:
    """Return the path of an open meeting with two items, of Carla, Uma and Yara."""
    path = await sat(hall)
    for item, name in ((ITEM, "The van"), (OTHER_ITEM, "The bus")):
        body = {"item": item, "kind": "discussion", "title": text(name), "minutes": 20}
        await hall.make(YARA, f"{path}/items", body)
    for key, person, org in ((ONE, CARLA, CLINIC), (TWO, UMA, UNION), (THREE, YARA, YOUTH)):
        await hall.make(person, f"{path}/attendances", comes(key, person, org))
    return path


def talk(speech: str, org: UUID, person: UUID, item: str = ITEM) -> dict[str, Any]:
    return {"speech": speech, "item": item, "org": str(org), "speaker": str(person)}


def orgs(rows: list[dict[str, Any]]) -> list[str]:
    return [row["organisation"]["name"]["text"] for row in rows]


async def test_f57_who_is_there_and_was_not_heard_is_named(hall: Hall) -> None:
    path = await filled(hall)
    floor = f"{path}/floor"
    assert orgs((await hall.get(floor))["not_heard"]) == ["Org 1", "Org 3", "Org 4"]
    for person in (UMA, CARLA):
        await hall.make(person, f"{path}/floor-requests", {"item": ITEM})
    assert orgs((await hall.get(floor))["waiting"]) == ["Org 3", "Org 1"]
    await hall.make(SAM, f"{path}/speeches", talk(TALK, UNION, UMA))
    assert (
        await hall.refuse(SAM, f"{path}/speeches", talk(SECOND_TALK, CLINIC, CARLA))
        == "floor_taken"
    )
    shown = await hall.get(floor)
    assert orgs(shown["waiting"]) == ["Org 1"]
    [speaking] = shown["speaking"]
    assert speaking["person"] == text(f"Person {UMA.int}")
    assert speaking["item"] == {"id": ITEM, "name": text("The van")}
    await hall.make(SAM, f"{path}/speeches/endings", {"speech": TALK})
    await hall.make(YARA, f"{path}/departures", {"attendance": THREE})
    shown = await hall.get(floor)
    assert shown["speaking"] == []
    assert [(row["turns"], row["organisation"]["id"]) for row in shown["heard"]] == [
        (1, str(UNION))
    ]
    assert [(row["organisation"]["id"], row["left"]) for row in shown["not_heard"]] == [
        (str(CLINIC), False), (str(YOUTH), True),
    ]  # fmt: skip
    ended = dict(await hall.events())["SpeechEnded"]
    assert ended["seconds"] == shown["heard"][0]["seconds"]


async def test_c8_the_facilitator_alone_gives_the_floor_and_sets_the_heat(hall: Hall) -> None:
    path = await filled(hall)
    heat = {"item": ITEM, "reason": text("We go in circles.")}
    for person in (CARLA, UMA):
        for what, body in (
            ("speeches", talk(TALK, UNION, UMA)), ("speeches/endings", {"speech": TALK}),
            ("heat/raises", heat), ("heat/reductions", heat),
            ("dissent-invitations", {"item": ITEM}), ("resumptions", {"item": ITEM}),
            ("parkings", heat | {"until": str(TOMORROW)}),
        ):  # fmt: skip
            assert await hall.refuse(person, f"{path}/{what}", body) == "not_allowed"
    await hall.make(SAM, f"{path}/heat/raises", heat)
    await hall.make(SAM, f"{path}/heat/reductions", heat | {"reason": text("Breathe.")})
    await hall.make(SAM, f"{path}/dissent-invitations", {"item": ITEM})
    shown = await hall.get(f"{path}/floor")
    assert [(row["change"], row["reason"]["text"]) for row in shown["heat"]] == [
        ("raised", "We go in circles."), ("lowered", "Breathe."),
    ]  # fmt: skip
    assert shown["dissent_invited"] == [{"id": ITEM, "name": text("The van")}]


async def test_c3_recording_is_refused_by_one(hall: Hall) -> None:
    path = await filled(hall)
    answers = f"{path}/recording-answers"
    for person, key in ((CARLA, ONE), (UMA, TWO)):
        await hall.make(person, answers, {"attendance": key, "agreed": True})
    assert (await hall.get(f"{path}/floor"))["recording"] == "open"
    other = {"attendance": THREE, "agreed": False}
    assert await hall.refuse(UMA, answers, other) == "not_yourself"
    await hall.make(YARA, answers, other)
    assert (await hall.get(f"{path}/floor"))["recording"] == "refused"
    changed = {"attendance": THREE, "agreed": True}
    assert await hall.refuse(YARA, answers, changed) == "recording_refused"


async def test_f76_what_is_parked_is_set_to_come_back_on_its_day(hall: Hall) -> None:
    alarms = Alarms(hall)
    path = await filled(hall)
    meeting = path.rpartition("/")[2]
    until = {"item": ITEM, "until": str(TOMORROW), "reason": text("We know too little.")}
    await hall.make(SAM, f"{path}/parkings", until)
    [(key, due)] = await alarms.rows()
    assert (key, due.isoformat()) == (f"{meeting}/{ITEM}", f"{TOMORROW}T00:00:00+00:00")
    [row] = (await hall.get(f"{path}/floor"))["parked"]
    assert (row["item"]["id"], row["reason"]["text"]) == (ITEM, "We know too little.")
    await hall.make(SAM, f"{path}/resumptions", {"item": ITEM})
    assert await alarms.rows() == []
    assert (await hall.get(f"{path}/floor"))["parked"] == []


async def test_f76_once_the_meeting_is_over_the_next_agenda_takes_it_up(hall: Hall) -> None:
    alarms = Alarms(hall)
    path = await filled(hall)
    until = {"item": ITEM, "until": str(TOMORROW), "reason": text("We know too little.")}
    await hall.make(SAM, f"{path}/parkings", until)
    await hall.make(SAM, f"{path}/closings")
    assert [row["state"] for row in (await hall.get("/parked-items"))["items"]] == ["resting"]
    await alarms.rows()
    await alarms.ring_on(TOMORROW)
    [back] = (await hall.get("/parked-items"))["items"]
    assert (back["state"], back["item"]["name"]) == ("back", text("The van"))

    following = await scheduled(hall)
    await hall.make(CARLA, f"{following}/agendas", {"items": []})
    shown = await hall.get(following)
    assert [(row["item"], row["title"]) for row in shown["agenda"]] == [(ITEM, text("The van"))]
    [taken] = (await hall.get("/parked-items"))["items"]
    meeting = following.rpartition("/")[2]
    assert (taken["state"], taken["taken_up_in"]) == ("taken_up", meeting)
    third = await scheduled(hall, host=str(SCHOOL))
    await hall.make(CARLA, f"{third}/agendas", {"items": []})
    assert (await hall.get(third))["agenda"] == []
    await hall.make(CARLA, f"{following}/cancellations", {"reason": text("Snow.")})
    await hall.make(YARA, f"{third}/items", {
        "item": OTHER_ITEM, "kind": "discussion", "title": text("The bus"), "minutes": 5,
    })  # fmt: skip
    await hall.make(CARLA, f"{third}/agendas", {"items": [OTHER_ITEM]})
    assert [row["item"] for row in (await hall.get(third))["agenda"]] == [OTHER_ITEM, ITEM]


async def test_f105_the_newest_members_support_item_comes_first(hall: Hall) -> None:
    slug = f"c{hall.coalition.int}"
    await hall.hear("CoalitionFormed", hall.coalition, slug=slug, template="alliance")
    path = await scheduled(hall)
    for person, item, kind in ((UMA, ITEM, "support"), (YARA, OTHER_ITEM, "support")):
        body = {"item": item, "kind": kind, "title": text("Help"), "minutes": 20}
        await hall.make(person, f"{path}/items", body)
    await hall.make(CARLA, f"{path}/agendas", {"items": [ITEM, OTHER_ITEM]})
    agenda = (await hall.get(path))["agenda"]
    assert [row["proposed_by"]["id"] for row in agenda] == [str(YOUTH), str(UNION)]
    assert [row["item"] for row in agenda] == [OTHER_ITEM, ITEM]
