"""R3 over HTTP: who was invited, came and spoke, and how evenly."""

import csv
import io
from typing import Any

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import PLENARY, History, key, text
from tests.transparency.table import CLINIC, LIBRARY, SCHOOL, UNION, common, named, part

NAME = "participation"
MEETING, ITEM = key("April meeting"), key("an item")
CHIEF, DEPUTY = key("chief"), key("deputy")


def accredit(history: History, org: Any, badge: Any, *, executive: bool) -> None:
    data = {
        "accreditation": str(badge), "body": str(PLENARY), "authority": "full", "voting": True,
        "executive": executive, "from": "2026-01-01",
    }  # fmt: skip
    history.add("members", "RepresentativeAccredited", f"accreditation-{org}", data, by=org)


def speak(history: History, org: Any, seconds: int, **envelope: Any) -> None:
    stream, speech = f"meeting-{MEETING}", str(key(f"speech {len(history.seen)}"))
    begun = {"speech": speech, "item": str(ITEM), "org": str(org)}
    history.add("meetings", "SpeechStarted", stream, begun, by=CLINIC, **envelope)
    ended = {"speech": speech, "seconds": seconds}
    history.add("meetings", "SpeechEnded", stream, ended, **envelope)


def meet(history: History) -> None:
    """Invite all, and hold a meeting where three come and two have a say."""
    stream = f"meeting-{MEETING}"
    accredit(history, SCHOOL, CHIEF, executive=True)
    accredit(history, UNION, DEPUTY, executive=False)
    scheduled = {"title": text("April meeting"), "body": str(PLENARY), "host": str(SCHOOL)}
    history.add("meetings", "MeetingScheduled", stream, scheduled, by=CLINIC)
    everybody = [str(org) for org in (CLINIC, SCHOOL, UNION, LIBRARY)]
    asked = {"orgs": everybody, "exempt": []}
    history.add("meetings", "InvitationSent", stream, asked, by=CLINIC)
    proposed = {"item": str(ITEM), "kind": "decision", "title": text("Beans")}
    history.add("meetings", "AgendaItemProposed", stream, proposed, by=UNION)
    history.add("meetings", "MeetingOpened", stream, {}, by=CLINIC)
    for org, badge in ((SCHOOL, CHIEF), (UNION, DEPUTY), (LIBRARY, None)):
        came = {"attendance": str(key(f"{org} comes")), "org": str(org), "mode": "remote"}
        came |= {"accreditation": str(badge)} if badge else {}
        history.add("meetings", "AttendanceRecorded", stream, came, by=org)


@pytest.fixture(scope="module")
async def held(desk: Desk) -> History:
    history = common(desk.history())
    meet(history)
    speak(history, SCHOOL, 90)
    speak(history, UNION, 30)
    heat = {"item": str(ITEM), "reason": text("=We were too polite.")}
    history.add("meetings", "HeatRaised", f"meeting-{MEETING}", heat, by=CLINIC)
    await desk.read(history)
    return history


async def test_a_meeting_and_the_window(desk: Desk, held: History) -> None:
    report = await desk.report(held, NAME)
    assert (report["head"]["report"], "min_group" in report["head"]) == ("R3", False)
    assert report["head"]["withheld"] == {}
    [whole], [meeting] = part(report, "window"), part(report, "meeting")
    assert named([meeting["meeting"]]) == ["April meeting"]
    assert named([meeting["host"]]) == ["School"]
    assert named(meeting["invited"]) == ["Clinic", "Library", "School", "Union"]
    assert named(meeting["attended"]) == ["Library", "School", "Union"]
    assert named(meeting["not_heard"]) == ["Library"]
    assert (meeting["turns"], meeting["seconds"]) == (2, 120)
    assert (meeting["gini_seconds"], meeting["evenness_seconds"]) == ("0.750000", "0.511860")
    assert (meeting["executives"], meeting["executive_attendance"]) == (1, "0.333333")
    assert whole["voice_apart_from_seats"] == meeting["voice_apart_from_seats"] == "0.500000"
    [heat] = part(report, "heat")
    assert (heat["item"]["name"], heat["change"]) == (text("Beans"), "raised")
    organisations = part(report, "organisation")
    assert named([row["organisation"] for row in organisations]) == [
        "Clinic", "Library", "School", "Union",
    ]  # fmt: skip
    assert [row["engagement"][0]["attended"] for row in organisations] == [0, 1, 1, 1]
    known = {seen.ref for seen in held.seen}
    assert meeting["refs"]
    assert set(meeting["refs"]) <= known


async def test_what_members_may_not_see_is_withheld(desk: Desk) -> None:
    history = common(desk.history())
    meet(history)
    speak(history, SCHOOL, 90, visibility="body")
    await desk.read(history)
    report = await desk.report(history, NAME)
    [meeting] = part(report, "meeting")
    assert meeting["seconds"] == meeting["gini_turns"] == {"withheld": "audience"}
    assert named(meeting["attended"]) == ["Library", "School", "Union"]
    assert report["head"]["withheld"] == {"audience": 2}
    page = await desk.ask(history, f"/reports/{NAME}.html")
    assert "Nothing can be drawn: [audience]." in page.text


async def test_the_same_as_a_sheet_and_as_a_page_with_its_chart(desk: Desk, held: History) -> None:
    lines = list(csv.DictReader(io.StringIO(await desk.sheet(held, NAME))))
    assert [line["part"] for line in lines] == [
        "window", "meeting", *["organisation"] * 4, "heat",
    ]  # fmt: skip
    meeting, heat = lines[1], lines[-1]
    assert (meeting["name"], meeting["host"]) == ("April meeting", "School")
    assert meeting["attended"] == "Library; School; Union"
    assert meeting["voices"] == (
        "Library: 0 turns, 0 seconds; School: 1 turns, 90 seconds; Union: 1 turns, 30 seconds"
    )
    assert meeting["items"] == "Union: 1 items"
    assert (heat["item"], heat["reason"]) == ("Beans", "'=We were too polite.")
    answer = await desk.ask(held, f"/reports/{NAME}.html")
    assert answer.status_code == 200
    svg = answer.text[answer.text.index("<svg") : answer.text.index("</svg>")]
    assert "Voice and seats of each constituency" in svg
    assert "They lie 50.0 % apart." in svg
    for heading in ("All meetings", "Meetings", "Organisations", "Heat", "Figures"):
        assert f">{heading}</h2>" in answer.text
    assert "33.3 %: 1 of 3" in answer.text


async def test_nothing_is_told_to_guests_and_nothing_of_no_meeting(
    desk: Desk, held: History
) -> None:
    refused = await desk.ask(held, f"/reports/{NAME}.json", GUEST)
    assert (refused.status_code, refused.json()["reason"]) == (422, "audience_not_served")
    empty = desk.history()
    empty.form()
    await desk.read(empty)
    report = await desk.report(empty, NAME)
    assert [each["figure"] for each in report["summary"]] == ["meetings"]
    page = await desk.ask(empty, f"/reports/{NAME}.html")
    assert "No meeting was held." in page.text
