"""R15 over HTTP, in its three forms."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import NOON, PLENARY, History, key, text
from tests.transparency.table import part
from tests.transparency.test_retention import figures

NAME = "communications"
MEETING = key("April meeting")


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    """A decision that one of three organisations acknowledges; a meeting; a quiet workstream."""
    history = desk.history()
    history.form()
    orgs = clinic, school, union = [history.join(name) for name in ("Clinic", "School", "Union")]
    stream = f"workstream-{key('buses')}"
    started = {"lead": str(union), "name": text("Buses")}
    history.add("meetings", "WorkstreamStarted", stream, started, by=clinic)
    history.propose("Van", clinic)
    history.open("Van", clinic, orgs)
    history.take("Van", clinic, "agree")
    history.take("Van", union, "agree")
    history.decide("Van", clinic, "adopted", 3, {"agree": 2})
    about: dict[str, Any] = {"decision": str(key("decision of Van"))}
    them: dict[str, Any] = {"channel": "email", "orgs": [str(school), str(union)]}
    history.on("Van", "DecisionCommunicated", clinic, **about, **them)
    history.on("Van", "DecisionAcknowledged", union, **about)
    meeting = f"meeting-{MEETING}"
    starts = (NOON + timedelta(hours=3)).isoformat()
    scheduled = {"title": text("April"), "body": str(PLENARY), "starts_at": starts}
    history.add("meetings", "MeetingScheduled", meeting, scheduled, by=clinic)
    agenda = {"items": [], "short_notice": True}
    history.add("meetings", "AgendaPublished", meeting, agenda, by=clinic)
    history.add("meetings", "MeetingClosed", meeting, {"steps": []}, by=clinic)
    minutes: dict[str, Any] = {"version": 1, "decisions": [], "steps": [], "text": text("We met.")}
    history.add("meetings", "MinutesDrafted", meeting, minutes, by=clinic)
    step = {"what": text("Call the garage."), "meeting": str(MEETING)}
    later = NOON + timedelta(days=20)
    history.add("meetings", "NextStepProposed", f"next_step-{key('a step')}", step, at=later,
                recorded_at=later)  # fmt: skip
    history.add("members", "PointPersonNamed", f"membership-{union}", {}, by=union)
    briefing = {"on": "2026-01-01", "attended": 7}
    history.add("members", "InternalBriefingHeld", f"membership-{union}", briefing, by=union)
    await desk.read(history)
    return history


async def test_the_parts_of_the_report(desk: Desk, told: History) -> None:
    report = await desk.report(told, NAME)
    assert (report["head"]["report"], report["head"]["withheld"]) == ("R15", {})
    [decision], [channel] = part(report, "decision"), part(report, "channel")
    assert decision["decision"]["name"] == text("Van")
    assert (decision["entitled"], decision["told"], decision["coverage"]) == (3, 2, "0.333333")
    assert (channel["channel"], channel["coverage"], channel["p50"]) == ("email", "0.500000", 60)
    assert [row["acknowledged_at"] is None for row in part(report, "acknowledgement")] == [
        True, True, False,
    ]  # fmt: skip
    [meeting] = part(report, "meeting")
    assert (meeting["short_notice"], meeting["minutes_on_time"], meeting["steps_on_time"]) == (
        True, True, False,
    )  # fmt: skip
    [stream] = part(report, "workstream")
    assert (stream["workstream"]["name"], stream["quiet"]) == (text("Buses"), True)
    *_, union = part(report, "organisation")
    assert (union["point_person"], union["last_briefing"]) == (True, "2026-01-01")
    assert figures(report)["quiet_workstreams"]["value"] == 1
    known = {seen.ref for seen in told.seen}
    assert all({*row["refs"]} <= known for row in report["rows"])


async def test_minutes_of_a_body_are_withheld_from_members(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic = history.join("Clinic")
    stream = f"meeting-{MEETING}"
    history.add("meetings", "MeetingClosed", stream, {"steps": []}, by=clinic)
    history.add("meetings", "MinutesDrafted", stream, {"version": 1}, visibility="body")
    await desk.read(history)
    report = await desk.report(history, NAME)
    [meeting] = part(report, "meeting")
    assert meeting["minutes_at"] == {"withheld": "audience"}
    assert report["head"]["withheld"] == {"audience": 1}


async def test_the_page_and_the_sheet_say_the_same(desk: Desk, told: History) -> None:
    page = (await desk.ask(told, f"/reports/{NAME}.html")).text
    for said in ("Van", "33.3 %", "email", "Buses", "Did not acknowledge", "At short notice"):
        assert said in page
    rows = [*csv.DictReader(io.StringIO(await desk.sheet(told, NAME), newline=""))]
    assert [row["part"] for row in rows] == [
        "decision", "channel", *["acknowledgement"] * 3, "meeting", "workstream",
        *["organisation"] * 3,
    ]  # fmt: skip
    assert (rows[0]["name"], rows[0]["not_acknowledged"]) == ("Van", "Clinic; School")


async def test_it_is_for_members(desk: Desk, told: History) -> None:
    assert (await desk.ask(told, f"/reports/{NAME}.json", GUEST)).status_code == 422


async def test_a_rebuild_gives_the_same_bytes(desk: Desk, told: History) -> None:
    before = (await desk.ask(told, f"/reports/{NAME}.json")).content
    await desk.forget(told)
    await desk.read(told, run=3)
    assert (await desk.ask(told, f"/reports/{NAME}.json")).content == before
