"""R11 over HTTP: declared stages with reasons, and what data say beside them."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.transparency.desk import GUEST, PARTY, Desk
from tests.transparency.history import History, key, text
from tests.transparency.test_health import NAMES, formed, ring

TIMELINE = "stage-timeline"


def at(month: int, day: int, year: int = 2026) -> dict[str, Any]:
    moment = datetime(year, month, day, 12, tzinfo=UTC)
    return {"at": moment, "recorded_at": moment}


def enter(history: History, stage: str, when: dict[str, Any], **envelope: Any) -> None:
    data = {"stage": stage, "reason": text(f"Why {stage}.")}
    history.add(
        "members", "StageEntered", f"coalition-{history.coalition}", data,
        by=key("Clinic"), **when | envelope,
    )  # fmt: skip


def decide(history: History, name: str, when: dict[str, Any], **fields: Any) -> None:
    history.propose(name, key("Clinic"))
    history.decide(name, key("Clinic"), "adopted", 6, {"agree": 6}, **fields)
    history.seen[-1] = history.seen[-1]._replace(**when)


def step(history: History, name: str, due: str, done: dict[str, Any]) -> None:
    stream = f"next_step-{key(name)}"
    history.add("meetings", "NextStepProposed", stream, {"what": text(name)}, by=key("Clinic"))
    history.add("meetings", "NextStepVolunteered", stream, {"due": due}, by=key("Clinic"))
    history.add("meetings", "NextStepCompleted", stream, {}, by=key("Clinic"), **done)


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = formed(desk)
    ring(history, NAMES[:5])
    enter(history, "forming", at(10, 1, 2025))
    enter(history, "storming", at(2, 1))
    decide(history, "Buy a van", at(2, 3), objections={str(key("o")): "accommodated"})
    decide(history, "Hire a driver", at(2, 4))
    step(history, "Call the dealer", "2026-02-10", at(2, 9))
    enter(history, "norming", at(3, 1))
    await desk.read(history)
    return history


def part(report: Any, name: str) -> list[Any]:
    return [row for row in report["rows"] if row["part"] == name]


async def test_stages_stand_with_reason_and_days(desk: Desk, told: History) -> None:
    report = await desk.report(told, TIMELINE)
    stages = part(report, "stage")
    assert [(row["stage"], row["reason"]["text"], row["days"]) for row in stages] == [
        ("forming", "Why forming.", 123), ("storming", "Why storming.", 28),
        ("norming", "Why norming.", 0),
    ]  # fmt: skip
    assert stages[0]["declared_by"]["name"] == text("Clinic")
    assert stages[0]["refs"] == ["members/15", "members/16"]
    assert report["head"]["window"] == {"from": "2025-12-02", "to": "2026-03-01"}


async def test_months_lie_beside_them(desk: Desk, told: History) -> None:
    months = {row["month"]: row for row in part(await desk.report(told, TIMELINE), "month")}
    assert list(months) == ["2025-12", "2026-01", "2026-02", "2026-03"]
    february = months["2026-02"]
    values = {name: cell["value"] for name, cell in february.items() if isinstance(cell, dict)}
    assert values == {
        "decisions": 2, "objection_rate": "0.500000", "share_addressed": "1.000000",
        "on_time_steps": "1.000000", "trust": None,
    }  # fmt: skip
    assert len(february["decisions"]["refs"]) == 2
    assert months["2025-12"]["trust"]["value"] == "0.750000"
    assert months["2025-12"]["trust"]["refs_count"] == 5


async def test_a_window_can_be_asked_for(desk: Desk, told: History) -> None:
    report = await desk.report(told, TIMELINE, from_="2026-01-10", to="2026-01-20")
    assert [row.get("stage", row.get("month")) for row in report["rows"]] == ["forming", "2026-01"]
    assert report["head"]["window"] == {"from": "2026-01-10", "to": "2026-01-20"}
    earlier = await desk.report(told, TIMELINE, to="2025-12-31")
    assert earlier["head"]["window"] == {"from": "2025-10-03", "to": "2025-12-31"}


async def test_what_a_reader_may_not_see_is_left_out_and_counted(desk: Desk) -> None:
    history = formed(desk)
    enter(history, "forming", at(1, 1))
    group = {"visibility": "body", "audience": ("body:steering",)}
    decide(history, "In a small room", at(1, 1) | group)
    await desk.read(history)
    report = await desk.report(history, TIMELINE)
    assert part(report, "month")[-1]["decisions"]["value"] == 0
    assert report["head"]["withheld"]["audience"] == 1


async def test_adjourning_ends_the_timeline(desk: Desk) -> None:
    history = formed(desk)
    enter(history, "adjourning", at(1, 1))
    over = {"reason": text("We did it.")}
    history.add("members", "CoalitionAdjourned", f"coalition-{history.coalition}", over, **at(1, 5))
    await desk.read(history)
    [stage] = part(await desk.report(history, TIMELINE), "stage")
    assert (stage["days"], stage["left_at"]) == (4, "2026-01-05T12:00:00.000Z")


async def test_an_erased_reason_says_so(desk: Desk) -> None:
    history = formed(desk)
    data = {"stage": "forming"}
    sealed = {"reason": ("members", key("a key that is gone"), "digest")}
    history.add(
        "members", "StageEntered", f"coalition-{history.coalition}", data, sealed=sealed, **at(1, 1)
    )
    await desk.read(history)
    [stage] = part(await desk.report(history, TIMELINE), "stage")
    assert stage["reason"] == {"withheld": "erased"}


async def test_every_member_reads_the_same_and_guests_nothing(desk: Desk, told: History) -> None:
    bodies = {(await desk.ask(told, f"/reports/{TIMELINE}.json", who)).content for who in (PARTY,)}
    bodies.add((await desk.ask(told, f"/reports/{TIMELINE}.json")).content)
    assert len(bodies) == 1
    assert (await desk.ask(told, f"/reports/{TIMELINE}.json", GUEST)).status_code == 422


async def test_the_page_draws_the_stages_beside_their_table(desk: Desk, told: History) -> None:
    page = (await desk.ask(told, f"/reports/{TIMELINE}.html")).text
    svg = page[page.index("<svg") : page.index("</svg>") + len("</svg>")]
    root = ET.fromstring(svg)  # noqa: S314 - our own
    said = " ".join(each.text or "" for each in root.iter())
    assert root.get("role") == "img"
    assert "forming for 123 days, then storming for 28 days" in said
    assert "forming, 123 d" in said
    assert "75.0 %" in said
    assert page.index("</svg>") < page.index('id="stage"') < page.index('id="month"')
    assert "Why storming." in page[page.index('id="stage"') :]


async def test_the_sheet_has_both_parts(desk: Desk, told: History) -> None:
    sheet = await desk.sheet(told, TIMELINE)
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert [row["part"] for row in rows] == ["stage"] * 3 + ["month"] * 4
    assert (rows[1]["stage"], rows[1]["reason"], rows[1]["days"]) == (
        "storming", "Why storming.", "28",
    )  # fmt: skip
    assert (rows[5]["month"], rows[5]["decisions"], rows[5]["objection_rate"]) == (
        "2026-02", "2", "0.500000",
    )  # fmt: skip
    assert (rows[3]["trust"], rows[3]["quarter"]) == ("0.750000", "2025-Q4")


async def test_pages_hold_each_row_once(desk: Desk, told: History) -> None:
    whole = (await desk.report(told, TIMELINE))["rows"]
    page = await desk.report(told, TIMELINE, limit=4)
    rest = await desk.report(told, TIMELINE, limit=4, cursor=page["next_cursor"])
    assert page["rows"] + rest["rows"] == whole
    assert rest["next_cursor"] is None
    drawn = (await desk.ask(told, f"/reports/{TIMELINE}.html", limit=1)).text
    assert "storming, 28 d" in drawn
