"""R14 over HTTP, in its three forms."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from tests.transparency.desk import GUEST, PARTY, Desk
from tests.transparency.history import NOON, History, key, text
from tests.transparency.table import part
from tests.transparency.test_retention import figures

NAME = "mandate"
FEE, STREET = str(key("fee")), str(key("street"))
DECISION, REPORT = str(key("decision")), str(key("report"))
LAST = (NOON + timedelta(days=20)).date().isoformat()


def declare(history: History, org: str, term: str, accepted: Any, **envelope: Any) -> None:
    said: dict[str, Any] = {"term": term, "acceptable": accepted, "valid_until": LAST}
    said |= {"sealed": "audience" in envelope}
    history.add("members", "BottomLineDeclared", f"bottomline-{key(org)}", said, **envelope)


def settle(history: History, kind: str, by: str, **said: Any) -> None:
    history.add("meetings", kind, f"frontline-{key('front')}", said, by=key(by))


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    """Two terms; a line that all see and a sealed one; a decision that crosses the sealed one."""
    history = desk.history()
    history.form()
    for name in ("Clinic", "School"):
        history.join(name)
    for term, name in ((FEE, "The fee"), (STREET, "The street")):
        defined = {"term": term, "name": text(name)}
        history.add("members", "TermDefined", f"coalition-{history.coalition}", defined)
    declare(history, "School", FEE, {"min": 0, "max": 31})
    token = f"org:{key('Clinic')}"
    seal = {"acceptable": (token, key("a key"), "digest")}
    declare(
        history, "Clinic", FEE, {"min": 0, "max": 29}, visibility="dyad", audience=(token,),
        sealed=seal,
    )  # fmt: skip
    deal = {"compromise": str(key("deal"))}
    first: dict[str, Any] = {
        "parties": [str(key("Clinic")), str(key("School"))],
        "terms": {STREET: ["hill", "lane"]}, "valid_until": LAST,
    }  # fmt: skip
    agreed = f"bottomline-{key('Clinic')}", f"bottomline-{key('School')}"
    history.add("members", "CompromiseAgreed", agreed[0], deal | first)
    history.add("members", "CompromiseAgreed", agreed[1], deal)
    checked: dict[str, Any] = {
        "terms": {FEE: 30}, "verdict": "crosses", "crosses": [str(key("Clinic"))], "unknown": [],
        "members_position": 9,
    }  # fmt: skip
    settle(history, "MandateChecked", "School", **checked)
    settle(history, "FrontLineConsentGiven", "Clinic")
    settle(
        history, "FrontLineDecisionMade", "School", decision=DECISION, verdict="crosses",
        outside_mandate=False, report_back=REPORT, members_position=9, text=text("We take 30."),
    )  # fmt: skip
    stream = f"next_step-{REPORT}"
    proposed = {"what": text("Report back."), "decision": DECISION}
    history.add("meetings", "NextStepProposed", stream, proposed, by=key("School"))
    due: dict[str, Any] = {"owners": [], "due": (NOON + timedelta(days=2)).date().isoformat()}
    history.add("meetings", "NextStepVolunteered", stream, due, by=key("School"))
    settle(history, "FrontLineDecisionReviewed", "Clinic", result="endorsed", text=text("Good."))
    await desk.read(history)
    return history


async def test_the_parts_of_the_report(desk: Desk, told: History) -> None:
    report = await desk.report(told, NAME)
    assert (report["head"]["report"], report["head"]["window"]) == ("R14", None)
    assert report["head"]["withheld"] == {"audience": 1}
    assert [
        (row["term"]["name"]["text"], row["organisation"]["name"]["text"], row["state"])
        for row in part(report, "line")
    ] == [
        ("The fee", "Clinic", "sealed"),
        ("The fee", "School", "declared"),
        ("The street", "Clinic", "none"),
        ("The street", "School", "none"),
    ]
    sealed, declared, *_ = part(report, "line")
    assert (sealed["acceptable"], sealed["expiring"]) == ({"withheld": "audience"}, True)
    assert declared["acceptable"] == {"min": 0, "max": 31}
    [deal] = part(report, "compromise")
    assert deal["terms"][0]["acceptable"] == ["hill", "lane"]
    [made] = part(report, "decision")
    assert (made["decision"]["name"], made["verdict"]) == (text("We take 30."), "crosses")
    assert [each["name"]["text"] for each in made["consents"]] == ["Clinic"]
    assert (made["report_due"], made["reported_at"], made["overdue"]) == ("2026-01-03", None, False)
    assert made["review"] == "endorsed"
    assert [row["checks"] for row in part(report, "checks")] == [0, 1]
    assert figures(report)["sealed"]["value"] == 1
    known = {seen.ref for seen in told.seen}
    assert all({*row.get("refs", ())} <= known for row in report["rows"])


async def test_i8_a_sealed_set_is_in_no_form_of_it(desk: Desk, told: History) -> None:
    for person in (PARTY, None):
        asked = {} if person is None else {"person": person}
        for form in ("json", "html", "csv"):
            said = (await desk.ask(told, f"/reports/{NAME}.{form}", **asked)).text
            assert "31" in said
            assert "29" not in said.replace("2026-01-29", ""), (person, form)


async def test_the_register_has_what_was_decided_at_the_front_line(
    desk: Desk, told: History
) -> None:
    [row] = (await desk.report(told, "decision-register"))["rows"]
    assert (row["decision"], row["title"]) == (DECISION, text("We take 30."))
    assert (row["outcome"], row["method"], row["recomputed"]) == ("adopted", "front_line", None)
    front = row["front_line"]
    assert (front["id"], front["verdict"], front["review"]) == (
        str(key("front")), "crosses", "endorsed",
    )  # fmt: skip
    assert [each["name"]["text"] for each in front["consents"]] == ["Clinic"]
    assert row["refs"] == ["meetings/1", "meetings/2", "meetings/3", "meetings/6"]
    [line] = csv.DictReader(io.StringIO(await desk.sheet(told, "decision-register"), newline=""))
    assert (line["title"], line["front_line_verdict"], line["outside_mandate"]) == (
        "We take 30.", "crosses", "no",
    )  # fmt: skip
    page = (await desk.ask(told, "/reports/decision-register.html")).text
    assert "front line: crosses" in page
    for word, count in (("30", 1), ("32", 0)):
        report = await desk.report(told, "decision-register", q=word)
        assert len(report["rows"]) == count


async def test_nobody_voted_on_what_was_decided_at_the_front_line(
    desk: Desk, told: History
) -> None:
    assert (await desk.report(told, "who-decided-what"))["rows"] == []
    assert (await desk.ask(told, f"/decisions/{DECISION}")).status_code == 404
    assert (await desk.get(told, "/home"))["decisions"] == []


async def test_a_step_that_follows_from_it_says_from_what(desk: Desk, told: History) -> None:
    [row] = (await desk.report(told, "open-next-steps"))["rows"]
    assert row["decision"] == {"id": DECISION, "name": text("We take 30.")}


async def test_the_page_and_the_sheet_say_the_same(desk: Desk, told: History) -> None:
    page = (await desk.ask(told, f"/reports/{NAME}.html")).text
    for said in ("The fee", "0 to 31", "[audience]", "hill, lane", "We take 30.", "endorsed"):
        assert said in page
    rows = [*csv.DictReader(io.StringIO(await desk.sheet(told, NAME), newline=""))]
    assert [(row["part"], row["name"], row["acceptable"]) for row in rows] == [
        ("decision", "We take 30.", ""),
        ("compromise", "", "The street: hill, lane"),
        ("checks", "", ""),
        ("checks", "", ""),
        ("line", "The fee", "[audience]"),
        ("line", "The fee", "0 to 31"),
        ("line", "The street", ""),
        ("line", "The street", ""),
    ]


async def test_rows_come_a_page_at_a_time(desk: Desk, told: History) -> None:
    first = await desk.report(told, NAME, limit=5)
    rest = await desk.report(told, NAME, limit=5, cursor=first["next_cursor"])
    assert first["rows"] + rest["rows"] == (await desk.report(told, NAME))["rows"]
    assert rest["next_cursor"] is None


async def test_it_is_for_members(desk: Desk, told: History) -> None:
    assert (await desk.ask(told, f"/reports/{NAME}.json", GUEST)).status_code == 422


async def test_a_rebuild_gives_the_same_bytes(desk: Desk, told: History) -> None:
    before = (await desk.ask(told, f"/reports/{NAME}.json")).content
    await desk.forget(told)
    await desk.read(told, run=3)
    assert (await desk.ask(told, f"/reports/{NAME}.json")).content == before
