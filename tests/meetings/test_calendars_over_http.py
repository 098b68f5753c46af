"""Calendars over HTTP, on a real PostgreSQL: they follow moves; secret addresses are revoked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from tests.meetings.coalition import CLINIC, PLENARY, SCHOOL, UNION, YOUTH
from tests.meetings.hall import CARLA, SAM, UMA, Hall, text
from tests.meetings.test_meetings_over_http import SOON, scheduled

GROUP = UUID(int=78)


async def read(
    hall: Hall, path: str, person: UUID | None = None, **headers: str
) -> httpx2.Response:
    """Read a calendar, signed in or not, once the rows have caught up."""
    await hall.running.views.heal(hall.coalition)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if person is not None:
        headers["Authorization"] = f"Bearer {hall.token(person)}"
    path = path if path.startswith("/api/") else f"{hall.base}{path}"
    return await hall.running.client.get(path, headers=headers)


async def events(hall: Hall, path: str, person: UUID | None = None) -> list[dict[str, str]]:
    """Return the events of a calendar, each by the names of its lines."""
    answer = await read(hall, path, person)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    unfolded = answer.text.replace("\r\n ", "")
    return [
        dict(line.split(":", 1) for line in part.partition("END:VEVENT")[0].split("\r\n") if line)
        for part in unfolded.split("BEGIN:VEVENT\r\n")[1:]
    ]


async def address(hall: Hall, person: UUID, **wanted: Any) -> dict[str, str]:
    answer = await hall.post(person, "/calendar-addresses", wanted)
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_f49_a_calendar_follows_moves_and_cancellations(hall: Hall) -> None:
    path = await scheduled(hall)
    feed = (await address(hall, UMA, of="mine"))["path"]
    [before] = await events(hall, feed)
    assert before["UID"] == path.rpartition("/")[2]
    assert (before["SEQUENCE"], before["STATUS"]) == ("0", "CONFIRMED")
    assert (before["SUMMARY"], before["LOCATION"]) == ("Assembly", "The town hall")
    assert before["DTSTART"] == f"{SOON:%Y%m%dT%H%M%SZ}"

    later = SOON + timedelta(days=1)
    moved = {
        "starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat(),
        "place": text("The barn, behind"),
    }  # fmt: skip
    await hall.make(CARLA, f"{path}/reschedulings", moved)
    item = {
        "item": str(UUID(int=64)), "kind": "discussion", "title": text("The van"), "minutes": 5,
    }  # fmt: skip
    await hall.make(UMA, f"{path}/items", item)
    [then] = await events(hall, feed)
    assert (then["UID"], then["SEQUENCE"]) == (before["UID"], "1")
    assert (then["DTSTART"], then["LOCATION"]) == (
        f"{later:%Y%m%dT%H%M%SZ}", "The barn\\, behind",
    )  # fmt: skip
    assert then["DTSTAMP"] >= before["DTSTAMP"]
    await hall.make(CARLA, f"{path}/cancellations", {"reason": text("Snow.")})
    [over] = await events(hall, feed)
    assert (over["UID"], over["SEQUENCE"], over["STATUS"]) == (before["UID"], "2", "CANCELLED")


async def test_a_calendar_is_of_a_person_a_body_or_the_coalition(hall: Hall) -> None:
    await hall.hear("OperatingModeSet", hall.coalition, mode="informal")
    await hall.hear(
        "BodyConstituted", GROUP, name=text("Bus group"), kind="working_group", scope="all"
    )
    both = [
        (await scheduled(hall, **more)).rpartition("/")[2] for more in ({}, {"body": str(GROUP)})
    ]

    async def uids(path: str, person: UUID | None = None) -> list[str]:
        return sorted(one["UID"] for one in await events(hall, path, person))

    assert await uids("/calendar.ics", UMA) == sorted(both)
    assert await uids(f"/bodies/{GROUP}/calendar.ics", UMA) == both[1:]
    assert await uids("/my-calendar.ics", UMA) == both[:1]
    await hall.make(CARLA, f"/meetings/{both[1]}/invitations", {"orgs": [str(UNION)]})
    assert await uids("/my-calendar.ics", UMA) == sorted(both)
    exempt = {
        "orgs": [str(CLINIC), str(YOUTH), str(SCHOOL)],
        "exempt": [{"org": str(UNION), "reason": text("They move house.")}],
    }
    await hall.make(CARLA, f"/meetings/{both[0]}/invitations", exempt)
    assert await uids("/my-calendar.ics", UMA) == both[1:]

    feeds = {
        of: (await address(hall, UMA, of=of, **more))["path"]
        for of, more in (("mine", {}), ("body", {"body": str(GROUP)}), ("coalition", {}))
    }
    assert await uids(feeds["mine"]) == both[1:]
    assert await uids(feeds["body"]) == both[1:]
    assert await uids(feeds["coalition"]) == sorted(both)
    assert "X-WR-CALNAME:Bus group\r\n" in (await read(hall, feeds["body"])).text


async def test_f49_a_calendar_has_the_rhythm_of_a_series_from_its_last_meeting_on(
    hall: Hall,
) -> None:
    rule = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=15;BYMINUTE=30"
    body = {"body": str(PLENARY), "rrule": rule, "name": text("Tuesdays")}
    series = (await hall.make(CARLA, "/series", body)).rpartition("/")[2]
    hourless = {"body": str(PLENARY), "rrule": "FREQ=MONTHLY", "name": text("Whenever")}
    await hall.make(CARLA, "/series", hourless)
    [before] = await events(hall, "/my-calendar.ics", UMA)
    assert (before["UID"], before["RRULE"], before["SEQUENCE"]) == (series, rule, "0")
    assert before["DTSTART"] == before["EXDATE"]
    meeting = (await scheduled(hall, series=series)).rpartition("/")[2]
    for path in ("/calendar.ics", "/my-calendar.ics", f"/bodies/{PLENARY}/calendar.ics"):
        called, then = await events(hall, path, UMA)
        assert (called["UID"], "RRULE" in called) == (meeting, False)
        assert (then["UID"], then["SEQUENCE"], then["SUMMARY"]) == (series, "1", "Tuesdays")
        assert then["DTSTART"] == then["EXDATE"] == called["DTSTART"]
    later = SOON + timedelta(days=1)
    moved = {
        "starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat(),
        "place": text("The barn"),
    }  # fmt: skip
    await hall.make(CARLA, f"/meetings/{meeting}/reschedulings", moved)
    _, anew = await events(hall, "/calendar.ics", UMA)
    assert (anew["SEQUENCE"], anew["DTSTART"]) == ("2", f"{later:%Y%m%dT%H%M%SZ}")


async def test_who_knows_the_address_reads_until_it_is_revoked(hall: Hall) -> None:
    await scheduled(hall)
    made = await address(hall, UMA, of="coalition")
    answer = await read(hall, made["path"])
    assert answer.status_code == 200
    assert "Person" not in answer.text
    etag = answer.headers["etag"]
    assert (await read(hall, made["path"], If_None_Match=etag)).status_code == 304
    assert (await read(hall, f"/feeds/{'x' * 43}.ics")).status_code == 404
    assert (await read(hall, "/calendar.ics")).status_code == 401

    [listed] = (await hall.get("/calendar-addresses", UMA))["items"]
    assert (listed["address"], listed["of"]) == (made["address"], "coalition")
    assert "path" not in listed
    assert (await hall.get("/calendar-addresses", SAM))["items"] == []
    revoked = f"/calendar-addresses/{made['address']}/revocations"
    assert (await hall.post(SAM, revoked)).json()["items"] == []
    assert (await read(hall, made["path"])).status_code == 200
    assert (await hall.post(UMA, revoked)).json()["items"] == []
    assert (await read(hall, made["path"])).status_code == 404


async def test_who_is_accredited_by_nobody_reads_nothing(hall: Hall) -> None:
    await scheduled(hall)
    uma, sam = [(await address(hall, person, of="mine"))["path"] for person in (UMA, SAM)]
    await hall.hear("MemberLeft", UNION)
    assert [(await read(hall, path)).status_code for path in (uma, sam)] == [404, 200]
    await hall.hear("PersonErased", SAM)
    assert (await read(hall, sam)).status_code == 404


async def test_addresses_are_of_one_kind_and_not_without_end(hall: Hall) -> None:
    for wrong in ({"of": "body"}, {"of": "mine", "body": str(GROUP)}, {"of": "all"}):
        assert (await hall.post(UMA, "/calendar-addresses", wrong)).status_code == 422
    for _ in range(20):
        await address(hall, UMA, of="mine")
    refused = await hall.post(UMA, "/calendar-addresses", {"of": "mine"})
    assert (refused.status_code, refused.json()["reason"]) == (409, "too_many_addresses")
    await address(hall, SAM, of="mine")
