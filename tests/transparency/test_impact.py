"""R9 over HTTP, in its three forms, for members and for everyone."""

import csv
import io
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import History, key, text

PUBLIC = {"visibility": "public"}
STORY = f"story-{key('story')}"
PERSON = f"person-{key('Ana')}"
CONSENT = {"consent": str(key("consent")), "purpose": "story"}
TALE = "Nobody asked us before."


def say(history: History, kind: str, stream: str, by: str = "Clinic", /, **data: Any) -> str:
    """Record an event of credit, and return its reference."""
    return history.add("credit", kind, stream, data, by=key(by)).ref


def tell(history: History) -> None:
    """Let a person agree, and their story be told."""
    history.add("members", "ConsentGiven", PERSON, CONSENT)
    say(
        history, "StoryRecorded", STORY, text=text(TALE), consent=CONSENT["consent"],
        metrics=[str(key("meals"))],
    )  # fmt: skip


def measure(history: History) -> None:
    for name, kind in (("meals", "counter"), ("list", "gauge")):
        stream = f"metric-{key(name)}"
        about: dict[str, Any] = {"unit": name, "kind": kind, "source": text("The list.")}
        say(history, "ImpactMetricDefined", stream, name=text(name.title()), **about)
        wrong = say(history, "ImpactMetricRecorded", stream, value=500, on="2026-01-05")
        say(history, "ImpactMetricRecorded", stream, value=40, on="2026-01-07")
        say(history, "ImpactMetricRecorded", stream, value=50, on="2026-01-05", corrects=wrong)


@pytest.fixture(scope="module")
async def done(desk: Desk) -> History:
    history = desk.history()
    history.form()
    clinic = history.join("Clinic")
    history.join("School")
    campaign, evaluation = f"campaign-{key('campaign')}", f"evaluation-{key('campaign')}"
    launched = {"name": text("A later bus"), "from": []}
    history.add("meetings", "CampaignLaunched", campaign, launched, by=clinic)
    aim = {"objective": str(key("objective")), "text": text("A bus at ten.")}
    history.add("meetings", "ObjectiveSet", campaign, aim, by=clinic)
    for by, met in (("School", "partly"), ("Clinic", "met")):
        said = {"objective": aim["objective"], "met": met, "as_intended": met == "met"}
        say(history, "ObjectiveAssessed", evaluation, by, why=text("It came."), **said)
        answers = {name: text(f"{by}.") for name in ("done", "met_as_intended", "changed")}
        say(history, "EvaluationAnswered", evaluation, by, **answers)
    for name in ("ours", "theirs"):
        learned = {"lesson": str(key(name)), "kind": "wrong", "what": text(f"Late, {name}.")}
        say(history, "LessonRecorded", evaluation, **learned, why=text("Snow."))
    say(history, "LessonShared", evaluation, lesson=str(key("theirs")), to="public")
    measure(history)
    tell(history)
    history.add(
        "credit", "WinDeclared", f"win-{key('win')}",
        {"title": text("A bus."), "size": "step", "decisions": [], "objectives": []},
        by=clinic, **PUBLIC,
    )  # fmt: skip
    say(history, "WinCelebrated", f"win-{key('win')}", on="2025-12-30", orgs=[str(clinic)])
    asked = {"campaign": str(key("campaign")), "office": text("The mayor"),
             "text": text("=A bus"), "due": "2025-12-31"}  # fmt: skip
    history.add("meetings", "DemandPresented", f"demand-{key('demand')}", asked, by=clinic)
    march = {"kind": "march", "on": "2026-01-01", "orgs": [str(clinic)], "participants": 40}
    history.add("meetings", "ActionHeld", campaign, march, by=clinic)
    await desk.read(history)
    return history


async def test_each_part_has_its_lines(desk: Desk, done: History) -> None:
    report = await desk.report(done, "impact")
    assert (report["head"]["report"], report["head"]["withheld"]) == ("R9", {})
    rows: dict[str, list[Any]] = {}
    for row in report["rows"]:
        rows.setdefault(row["part"], []).append(row)
    [objective] = rows["objective"]
    assert objective["campaign"]["name"]["text"] == "A later bus"
    assert [
        (one["organisation"]["name"]["text"], one["met"]) for one in objective["assessments"]
    ] == [("Clinic", "met"), ("School", "partly")]
    assert [row["done"]["text"] for row in rows["answer"]] == ["Clinic.", "School."]
    assert [(row["unit"], row["value"]) for row in rows["metric"]] == [
        ("meals", 500), ("meals", 50), ("meals", 40), ("list", 500), ("list", 50), ("list", 40),
    ]  # fmt: skip
    [story] = rows["story"]
    assert (story["text"]["text"], story["metrics"][0]["name"]["text"]) == (TALE, "Meals")
    assert rows["outcome"][0]["celebrated"] == ["2025-12-30"]
    assert rows["demand"][0]["state"] == "no_answer"
    assert rows["action"][0]["participants"] == 40
    figures = {(each["figure"], each.get("unit")): each["value"] for each in report["summary"]}
    assert figures["counted", "meals"] == 90
    assert figures["measured_last", "list"] == 40
    assert ("counted", "list") not in figures
    assert figures["days_since_celebration", "days"] == 2


async def test_the_sheet_and_the_page_say_the_same(desk: Desk, done: History) -> None:
    rows = [*csv.DictReader(io.StringIO(await desk.sheet(done, "impact"), newline=""))]
    [objective] = [row for row in rows if row["part"] == "objective"]
    assert objective["assessments"] == (
        "Clinic: met, as intended (It came.); School: partly, not as intended (It came.)"
    )
    [demand] = [row for row in rows if row["part"] == "demand"]
    assert (demand["office"], demand["text"]) == ("The mayor", "'=A bus")
    page = (await desk.ask(done, "/reports/impact.html")).text
    for words in ("What was done", TALE, "no answer", "Late, ours.", "The list."):
        assert words in page
    charts = [part.partition("</svg>")[0] for part in page.split("<svg")[1:]]
    assert ["90 meals in all" in chart for chart in charts] == [True, False]
    assert "What is measured is not added up" in charts[1]
    assert "http" not in charts[1].partition(">")[2]
    ET.fromstring(f"<svg{charts[0]}</svg>")  # noqa: S314 - our own


async def test_everyone_reads_what_was_opened_to_everyone(desk: Desk, done: History) -> None:
    report = await desk.get(done, "/reports/impact.json", GUEST)
    assert report["head"]["audience"] == "public"
    lesson, win = report["rows"]
    assert (lesson["what"]["text"], win["title"]["text"]) == ("Late, theirs.", "A bus.")
    everything = await desk.report(done, "impact")
    hidden = report["head"]["withheld"]["audience"]
    shown = {ref for row in report["rows"] for ref in row["refs"]}
    known = {ref for row in everything["rows"] for ref in row["refs"]}
    assert shown < known
    assert hidden == len(known - shown)


async def story_in(desk: Desk, history: History, form: str, **query: Any) -> bool:
    answer = await desk.ask(history, f"/reports/impact.{form}", **query)
    assert answer.status_code == 200, answer.text
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    return TALE in answer.text


@pytest.mark.parametrize("ends", ["ConsentWithdrawn", "PersonErased"])
async def test_k14_no_report_tells_a_story_whose_consent_is_gone(desk: Desk, ends: str) -> None:
    history = desk.history()
    history.form()
    history.join("Clinic")
    tell(history)
    await desk.read(history)
    before = ",".join(f"{service}/{n}" for service, n in history.as_of.items())
    for form in ("json", "csv", "html"):
        assert await story_in(desk, history, form)
    data = {"consent": CONSENT["consent"]} if ends == "ConsentWithdrawn" else {"ground": "left"}
    history.add("members", ends, PERSON, data)
    await desk.read(history)
    for form in ("json", "csv", "html"):
        assert not await story_in(desk, history, form)
        assert not await story_in(desk, history, form, as_of=before)


async def test_k14_what_another_person_takes_back_is_theirs(desk: Desk) -> None:
    history = desk.history()
    history.form()
    history.join("Clinic")
    tell(history)
    other = f"person-{UUID(int=7)}"
    history.add("members", "ConsentWithdrawn", other, {"consent": CONSENT["consent"]})
    await desk.read(history)
    assert await story_in(desk, history, "json")


async def test_words_that_are_for_others_or_erased_are_withheld_each_by_itself(
    desk: Desk,
) -> None:
    history = desk.history()
    history.form()
    history.join("Clinic")
    answers = {"done": text("A bus."), "met_as_intended": text("Yes.")}
    history.add(
        "credit", "EvaluationAnswered", f"evaluation-{key('campaign')}", answers, by=key("Clinic"),
        sealed={
            "met_as_intended": ("body:other", key("key"), "A" * 43),
            "changed": ("members", key("erased"), "A" * 43),
        },
    )  # fmt: skip
    await desk.read(history)
    [row] = (await desk.report(history, "impact"))["rows"]
    assert (row["done"], row["met_as_intended"], row["changed"]) == (
        text("A bus."), {"withheld": "audience"}, {"withheld": "erased"},
    )  # fmt: skip


async def test_rows_come_a_page_at_a_time(desk: Desk, done: History) -> None:
    first = await desk.report(done, "impact", limit=4)
    rest = await desk.report(done, "impact", limit=20, cursor=first["next_cursor"])
    assert first["rows"] + rest["rows"] == (await desk.report(done, "impact"))["rows"]


async def test_before_anything_happened_it_is_empty(desk: Desk) -> None:
    history = desk.history()
    history.form()
    await desk.read(history)
    report = await desk.report(history, "impact")
    assert report["rows"] == []
    assert {each["value"] for each in report["summary"]} == {0, None}
