"""R6 over HTTP: what is promised, by whom, until when, and what nobody owns."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import History, key, text

STEPS = "open-next-steps"
MEETING = key("meeting")


def step(history: History, name: str, kind: str, by: UUID | None, **data: Any) -> None:
    history.add("meetings", kind, f"next_step-{key(name)}", data, by=by)


def propose(history: History, name: str, by: UUID, **data: Any) -> None:
    step(history, name, "NextStepProposed", by, what=text(name), **data)


def pledge(history: History, org: UUID, hours: int, begins: str, until: str) -> None:
    pledged = {"hours_per_month": hours, "from": begins, "until": until}
    history.add("members", "CapacityPledged", f"capacity-{org}", pledged, by=org)


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    scheduled = {"title": text("March meeting"), "body": str(key("body"))}
    history.add("meetings", "MeetingScheduled", f"meeting-{MEETING}", scheduled, by=clinic)
    meeting = {"meeting": str(MEETING)}
    propose(history, "Write the letter", clinic, hours=3, **meeting)
    step(history, "Write the letter", "NextStepVolunteered", school, owners=[], due="2026-01-15")
    step(history, "Write the letter", "NextStepStarted", school)
    moved = {"due": "2026-02-01", "reason": text("Illness.")}
    step(history, "Write the letter", "NextStepDueDateMoved", school, **moved)
    propose(history, "Book the hall", clinic)
    assigned = {"owner": str(school), "owners": [], "due": "2025-12-24"}
    step(history, "Book the hall", "NextStepAssigned", clinic, **assigned)
    propose(history, "Thank the mayor", clinic, **meeting)
    propose(history, "Print flyers", clinic, **meeting)
    propose(history, "Count the chairs", clinic)
    step(history, "Count the chairs", "NextStepVolunteered", clinic, owners=[], due="2026-01-02")
    step(history, "Count the chairs", "NextStepCompleted", clinic)
    override = {"steps": [str(key("Print flyers"))], "reason": text("No printer.")}
    closed = {"steps": [], "override": override}
    history.add("meetings", "MeetingClosed", f"meeting-{MEETING}", closed, by=clinic)
    for hours, until in ((4, "2026-12-31"), (9, "2026-06-30")):
        pledge(history, school, hours, "2026-01-01", until)
    pledge(history, clinic, 20, "2025-01-01", "2025-12-31")
    await desk.read(history)
    return history


async def test_open_steps_stand_by_owner_and_what_was_due_first(desk: Desk, told: History) -> None:
    report = await desk.report(told, STEPS)
    rows = [
        (row["what"]["text"], row["owner"] and row["owner"]["name"]["text"])
        for row in report["rows"]
    ]
    assert rows == [
        ("Thank the mayor", None),
        ("Print flyers", None),
        ("Book the hall", "School"),
        ("Write the letter", "School"),
    ]
    hall, letter = report["rows"][2:]
    assert (hall["state"], hall["origin"], hall["overdue"]) == ("assigned", "assigned", True)
    assert hall["given_by"]["name"] == text("Clinic")
    assert (letter["state"], letter["origin"], letter["overdue"]) == (
        "started",
        "volunteered",
        False,
    )
    assert (letter["due"], letter["times_moved"], letter["hours"]) == ("2026-02-01", 1, 3)
    assert letter["meeting"] == {"id": str(MEETING), "name": text("March meeting")}
    assert letter["refs"] == ["meetings/2", "meetings/3", "meetings/4", "meetings/5"]


async def test_totals_show_what_a_closed_meeting_left_to_nobody(desk: Desk, told: History) -> None:
    summary = (await desk.report(told, STEPS))["summary"]
    values = {each["figure"]: each["value"] for each in summary if "owner" not in each}
    assert values == {
        "open": 4,
        "volunteered": 1,
        "assigned": 1,
        "unowned_after_closed_meeting": 1,
        "override": 1,
    }
    [override] = [each for each in summary if each["figure"] == "override"]
    assert override["reason"] == text("No printer.")
    rates = {
        each["owner"]["name"]["text"]: each["value"]
        for each in summary
        if each["figure"] == "on_time_rate"
    }
    assert rates == {"Clinic": None, "School": "0.000000"}  # the clinic's is due tomorrow


async def test_open_hours_stand_beside_the_newest_pledge(desk: Desk, told: History) -> None:
    summary = (await desk.report(told, STEPS))["summary"]
    hours = {
        (each["figure"], each["owner"]["name"]["text"]): each
        for each in summary
        if each["figure"] in {"open_hours", "pledged_hours"}
    }
    assert hours["open_hours", "School"]["value"] == 3
    pledged = hours["pledged_hours", "School"]
    assert (pledged["value"], pledged["unit"]) == (9, "hours a month")
    assert len(pledged["refs"]) == 1
    assert pledged["refs"][0].startswith("members/")
    over = hours["pledged_hours", "Clinic"]
    assert (over["value"], over["reason"]) == (None, "nothing is pledged for these days")


async def test_a_reassigned_step_is_accepted_anew_and_a_declined_one_is_free(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    propose(history, "Sing", clinic)
    given = {"owners": [], "due": "2026-03-01"}
    step(history, "Sing", "NextStepAssigned", clinic, owner=str(school), **given)
    step(history, "Sing", "NextStepAccepted", school)
    await desk.read(history)
    assert [row["state"] for row in (await desk.report(history, STEPS))["rows"]] == ["accepted"]
    step(history, "Sing", "NextStepReassigned", school, owner=str(clinic), **given)
    await desk.read(history)
    [row] = (await desk.report(history, STEPS))["rows"]
    assert (row["state"], row["owner"]["id"]) == ("assigned", str(clinic))
    step(history, "Sing", "NextStepDeclined", clinic, reason=text("No voice."))
    await desk.read(history)
    [row] = (await desk.report(history, STEPS))["rows"]
    assert (row["state"], row["owner"], row["origin"]) == ("proposed", None, None)
    step(history, "Sing", "NextStepDropped", clinic, reason=text("Silence, then."))
    await desk.read(history)
    assert (await desk.report(history, STEPS))["rows"] == []


async def test_one_organisation_sees_its_own(desk: Desk, told: History) -> None:
    report = await desk.report(told, STEPS, organisation=str(key("School")))
    assert [row["what"]["text"] for row in report["rows"]] == ["Book the hall", "Write the letter"]


async def test_pages_hold_each_step_once(desk: Desk, told: History) -> None:
    whole = (await desk.report(told, STEPS))["rows"]
    page = await desk.report(told, STEPS, limit=3)
    rest = await desk.report(told, STEPS, limit=3, cursor=page["next_cursor"])
    assert page["rows"] + rest["rows"] == whole
    assert rest["next_cursor"] is None


async def test_the_sheet_does_not_depend_on_today(desk: Desk, told: History) -> None:
    sheet = await desk.sheet(told, STEPS)
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert sheet.startswith("step,owner,due,state,meeting,")
    assert rows[3]["step"] == str(key("Write the letter"))
    assert (rows[3]["owner"], rows[3]["due"]) == (str(key("School")), "2026-02-01")
    assert (rows[3]["state"], rows[3]["meeting"]) == ("started", str(MEETING))
    later = desk.history()
    for seen in told.seen:
        much_later = datetime(2030, 1, 1, tzinfo=UTC)
        later.add(seen.service, seen.type, seen.stream, seen.data, by=seen.by, at=seen.at,
                  recorded_at=much_later)  # fmt: skip
    await desk.read(later)
    assert await desk.sheet(later, STEPS) == sheet
    assert (await desk.report(later, STEPS))["rows"][3]["overdue"] is True


async def test_steps_are_for_members(desk: Desk, told: History) -> None:
    answer = await desk.ask(told, f"/reports/{STEPS}.json", GUEST)
    assert (answer.status_code, answer.json()["reason"]) == (422, "audience_not_served")
