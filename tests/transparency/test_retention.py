"""R16 over HTTP: who stays and how people fare, without showing anybody."""

import csv
import io
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.transparency.desk import GUEST, PARTY, Desk
from tests.transparency.history import NOON, History, key, text
from tests.transparency.test_health import NAMES, formed

RETENTION = "retention-and-growth"
PEOPLE = ("Ana", "Ben", "Cem", "Dana", "Eve", "Finn")
SUPPRESSED = {"withheld": "suppressed"}
DECEMBER = "2025-12"  # histories begin on the first day of 2026


def personal(history: History, who: str, kind: str, /, **data: Any) -> None:
    """Record something that one person alone may read."""
    for_one = {"visibility": "dyad", "audience": (f"person:{key(who)}",)}
    history.add("members", kind, f"person-{key(who)}", data, **for_one)


def answer(history: History, who: str, score: int | None, month: str = DECEMBER) -> None:
    said = {} if score is None else {"score": score}
    personal(history, who, "WellbeingPulseSubmitted", period=month, **said)


def part(report: Any, name: str) -> list[Any]:
    return [row for row in report["rows"] if row["part"] == name]


def figures(report: Any) -> dict[str, Any]:
    return {each["figure"]: each for each in report["summary"]}


async def december(desk: Desk, history: History) -> Any:
    report = await desk.report(history, RETENTION)
    [row] = [row for row in part(report, "wellbeing") if row["month"] == DECEMBER]
    return row


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = formed(desk)
    for who in PEOPLE[:5]:
        answer(history, who, 4)
        personal(history, who, "GrowthGoalSet", goal=str(key(f"goal of {who}")),
                 text=text("To say no."), due="2026-05-01")  # fmt: skip
    personal(history, "Ana", "GrowthGoalReached", goal=str(key("goal of Ana")))
    stream = f"mentorship-{key('m')}"
    history.add(
        "members", "MentorshipStarted", stream,
        {"mentor": str(key("Ana")), "mentees": [{"person": str(key("Ben"))}]}, by=key("Clinic"),
    )  # fmt: skip
    history.add(
        "members", "MentorshipSessionLogged", stream, {"on": "2026-01-01"}, by=key("Clinic")
    )
    left = {"reason_code": "burnout", "note": text("Too much.")}
    later = NOON + timedelta(days=40)
    history.add(
        "members", "MemberLeft", f"membership-{key('Museum')}", left, by=key("Museum"),
        at=later, recorded_at=later,
    )  # fmt: skip
    await desk.read(history)
    return history


async def test_with_four_answers_nothing_shows_and_with_five_it_does(desk: Desk) -> None:
    history = formed(desk)
    for who in PEOPLE[:4]:
        answer(history, who, 2)
    await desk.read(history)
    row = await december(desk, history)
    assert (row["answers"]["value"], row["mean"]["value"]) == (SUPPRESSED, SUPPRESSED)
    assert row["mean"]["refs"] == []
    answer(history, "Eve", 5)
    await desk.read(history)
    row = await december(desk, history)
    assert (row["answers"]["value"], row["mean"]["value"]) == (5, "2.600000")
    assert (row["mean"]["refs_count"], "refs" in row["mean"]) == (5, False)
    answer(history, "Finn", 5)
    await desk.read(history)
    assert await december(desk, history) == row


async def test_an_erased_answer_takes_the_mean_with_it(desk: Desk) -> None:
    history = formed(desk)
    for who in PEOPLE[:5]:
        answer(history, who, None if who == "Ben" else 3)
    await desk.read(history)
    row = await december(desk, history)
    assert (row["answers"]["value"], row["mean"]["value"]) == (5, {"withheld": "erased"})


async def test_a_score_stands_under_a_key_that_an_erasure_finds(desk: Desk) -> None:
    history = formed(desk)
    kept = key("a key")
    for_one = {"visibility": "dyad", "audience": (f"person:{key('Ana')}",)}
    history.add(
        "members", "WellbeingPulseSubmitted", f"person-{key('Ana')}",
        {"period": DECEMBER, "score": 3}, **for_one,
        sealed={"score": (f"person:{key('Ana')}", kept, "digest")},
    )  # fmt: skip
    await desk.read(history)
    async with desk.host.rows(history.coalition, ()) as db:
        under = await db.fetchval(
            "select sealed->'score'->>1 from wellbeing where coalition_id = $1", history.coalition
        )
    assert under == str(kept)


async def test_goals_and_mentorships_are_counted(desk: Desk, told: History) -> None:
    report = figures(await desk.report(told, RETENTION))
    assert report["growth_goals_set"]["value"] == 5
    assert "refs" not in report["growth_goals_set"]
    assert report["growth_goals_reached"]["value"] == SUPPRESSED
    assert (report["mentorships_active"]["value"], report["mentorship_sessions"]["value"]) == (1, 1)


async def test_the_curve_and_why_they_left(desk: Desk, told: History) -> None:
    report = await desk.report(told, RETENTION)
    curve = [(row["days"], row["at_risk"], row["left"], row["retained"])
             for row in part(report, "retention")]  # fmt: skip
    assert curve == [(0, 6, 0, "1.000000"), (40, 6, 1, "0.833333")]
    assert [(row["reason"], row["count"]) for row in part(report, "reason")] == [("burnout", 1)]
    levels = {row["month"]: row["homework"] for row in part(report, "commitment")}
    assert levels == {"2025-11": 0, "2025-12": 0, "2026-01": 6, "2026-02": 5}


async def test_nobody_is_named_whoever_reads(desk: Desk, told: History) -> None:
    bodies = {
        (await desk.ask(told, f"/reports/{RETENTION}.json")).content,
        (await desk.ask(told, f"/reports/{RETENTION}.json", PARTY)).content,
    }
    assert len(bodies) == 1
    assert (await desk.ask(told, f"/reports/{RETENTION}.json", GUEST)).status_code == 422
    for form in ("json", "csv", "html"):
        body = (await desk.ask(told, f"/reports/{RETENTION}.{form}")).text
        assert not any(str(key(name)) in body for name in (*NAMES, *PEOPLE))
        assert not any(words in body for words in ("To say no.", "Too much."))


async def test_no_reference_leads_to_what_is_for_one(desk: Desk, told: History) -> None:
    hidden = {f"members/{seen.position}" for seen in told.seen if seen.visibility == "dyad"}
    report = await desk.report(told, RETENTION)
    cells = [*report["summary"], *report["rows"]]
    cells += [cell for row in report["rows"] for cell in row.values() if isinstance(cell, dict)]
    refs = {ref for cell in cells for ref in cell.get("refs", ())}
    assert hidden
    assert refs
    assert not refs & hidden


async def test_the_page_draws_the_curve_beside_its_table(desk: Desk, told: History) -> None:
    page = (await desk.ask(told, f"/reports/{RETENTION}.html")).text
    root = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])  # noqa: S314 - our own
    said = " ".join(each.text or "" for each in root.iter())
    assert "Of 6 memberships 1 ended." in said
    assert "83.3 % were still there" in said
    table = page[page.index('id="retention"') : page.index('id="reason"')]
    assert "83.3 %" in table
    assert "[suppressed]" in page[page.index('id="figures"') :]


async def test_the_sheet_has_every_part(desk: Desk, told: History) -> None:
    sheet = await desk.sheet(told, RETENTION)
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert {row["part"] for row in rows} == {
        "retention", "reason", "commitment", "wellbeing", "size",
    }  # fmt: skip
    [december] = [r for r in rows if (r["part"], r["month"]) == ("wellbeing", DECEMBER)]
    assert (december["answers"], december["mean"]) == ("5", "4.000000")
    [running] = [r for r in rows if (r["part"], r["month"]) == ("wellbeing", "2026-02")]
    assert running["mean"] == ""


async def test_f38_size_stands_beside_diversity_and_the_time_to_decide(desk: Desk) -> None:
    history = formed(desk)
    history.join("Bakery", sector="food")
    history.propose("Vans", key("Clinic"))
    decided: dict[str, Any] = {
        "outcome": "adopted", "issue": str(key("issue")), "counts": {}, "voters": 1,
        "entitled": 1, "dissent": [], "stood_aside": [], "accountable": [], "objections": {},
    }  # fmt: skip
    history.on("Vans", "DecisionMade", key("Clinic"), decision=str(key("D")), **decided)
    await desk.read(history)
    newest, *before = part(await desk.report(history, RETENTION), "size")
    assert (newest["members"]["value"], newest["sectors"]["value"]) == (7, 2)
    assert newest["diversity"]["value"] == "0.489796"  # 2 * (1 - (36 + 1) / 49)
    assert (newest["decisions"]["value"], newest["latency_p50"]["value"]) == (1, 60)
    assert [(row["members"]["value"], row["diversity"]["value"]) for row in before] == [
        (0, None), (0, None),
    ]  # fmt: skip
    page = (await desk.ask(history, f"/reports/{RETENTION}.html")).text
    assert "49.0 %" in page[page.index('id="size"') :]


async def test_a_rebuild_gives_the_same_bytes(desk: Desk, told: History) -> None:
    before = (await desk.ask(told, f"/reports/{RETENTION}.json")).content
    await desk.forget(told)
    await desk.read(told, run=3)
    assert (await desk.ask(told, f"/reports/{RETENTION}.json")).content == before
