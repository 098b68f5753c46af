"""R17 over HTTP, in its three forms; and the ties that answers to questions of practice are."""

import csv
import io
from typing import Any

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import History, key, text
from tests.transparency.test_health import HEALTH, NAMES, formed, ring
from tests.transparency.test_retention import figures

POLICIES = "shared-policies"


def happen(history: History, kind: str, by: str, /, policy: str = "Phones", **more: Any) -> None:
    envelope = {name: more.pop(name) for name in ("sealed", "visibility") if name in more}
    stream = f"policy-{key(policy)}"
    history.add("meetings", kind, stream, more, by=key(by), **envelope)


def agree(history: History, **units: str) -> None:
    """Agree on the policy, put to these units of these owners."""
    asked = [
        {"unit": str(key(unit)), "owner": str(key(owner)), "name": text(f"The {unit} room")}
        for unit, owner in units.items()
    ]
    happen(history, "PolicyAgreed", "Clinic", version=1, relation="overrides", units=asked)


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = formed(desk)
    happen(history, "PolicyDrafted", "School", title=text("Phones"), text=text("In the bag."))
    agree(history, red="School", blue="Union", green="Library")
    red, blue = str(key("red")), str(key("blue"))
    happen(history, "PolicyAdopted", "School", unit=red, reason=text("It is calmer."))
    happen(history, "PolicyAdaptationReported", "School", unit=red, change=text("Not on Fridays."))
    happen(history, "PolicyDeclined", "Union", unit=blue, reason=text("Ours need them."))
    await desk.read(history)
    return history


async def test_each_unit_has_a_row_with_its_reason(desk: Desk, told: History) -> None:
    report = await desk.report(told, POLICIES)
    assert (report["head"]["report"], report["head"]["window"]) == ("R17", None)
    assert [
        (row["owner"]["name"]["text"], row["unit"]["name"]["text"], row["answer"])
        for row in report["rows"]
    ] == [
        ("Library", "The green room", "unanswered"),
        ("School", "The red room", "adapted"),
        ("Union", "The blue room", "declined"),
    ]
    _, red, blue = report["rows"]
    assert red["policy"]["name"]["text"] == "Phones"
    assert (red["reason"]["text"], [one["text"] for one in red["changes"]]) == (
        "It is calmer.", ["Not on Fridays."],
    )  # fmt: skip
    assert (blue["relation"], blue["refs"]) == ("overrides", ["meetings/2", "meetings/5"])
    assert figures(report)["adapted"]["value"] == 1
    assert [each["value"] for each in report["summary"] if each["figure"] == "consistency"] == [
        "0.333333", "0.333333",
    ]  # fmt: skip


async def test_rows_come_a_page_at_a_time(desk: Desk, told: History) -> None:
    first = await desk.report(told, POLICIES, limit=2)
    rest = await desk.report(told, POLICIES, limit=2, cursor=first["next_cursor"])
    whole = await desk.report(told, POLICIES)
    assert first["rows"] + rest["rows"] == whole["rows"]
    assert rest["next_cursor"] is None


async def test_the_page_and_the_sheet_say_the_same(desk: Desk, told: History) -> None:
    page = (await desk.ask(told, f"/reports/{POLICIES}.html")).text
    for said in ("The red room", "adapted", "It is calmer.", "Not on Fridays.", "33.3 %"):
        assert said in page
    rows = [*csv.DictReader(io.StringIO(await desk.sheet(told, POLICIES), newline=""))]
    assert [(row["unit_name"], row["answer"], row["changes"]) for row in rows] == [
        ("The green room", "unanswered", ""),
        ("The red room", "adapted", "Not on Fridays."),
        ("The blue room", "declined", ""),
    ]
    assert {row["title"] for row in rows} == {"Phones"}


async def test_it_is_for_members(desk: Desk, told: History) -> None:
    assert (await desk.ask(told, f"/reports/{POLICIES}.json", GUEST)).status_code == 422


async def test_what_is_for_some_only_is_counted_and_what_is_erased_says_so(desk: Desk) -> None:
    history = formed(desk)
    happen(history, "PolicyDrafted", "School", title=text("Phones"), text=text("In the bag."))
    unit = {"unit": str(key("red")), "owner": str(key("School"))}
    sealed = {"units/0/name": ("members", key("a key"), "digest")}
    agreed: dict[str, Any] = {"version": 1, "relation": "none", "units": [unit]}
    happen(history, "PolicyAgreed", "Clinic", **agreed, sealed=sealed)
    erased = {"reason": ("members", key("a key"), "digest")}
    happen(history, "PolicyAdopted", "School", unit=str(key("red")), sealed=erased)
    drafted = {"title": text("Secret"), "text": text("For us.")}
    happen(history, "PolicyDrafted", "School", policy="Secret", visibility="body", **drafted)
    await desk.read(history)
    report = await desk.report(history, POLICIES)
    [row] = report["rows"]
    assert row["unit"]["name"] == row["reason"] == {"withheld": "erased"}
    assert report["head"]["withheld"] == {"audience": 1}
    assert figures(report)["drafts"]["value"] == 0


async def test_an_answered_question_is_a_tie_of_both(desk: Desk) -> None:
    history = formed(desk)
    ring(history, NAMES)

    def ask(kind: str, who: str, **said: Any) -> None:
        history.add("meetings", kind, f"practice-{key('mornings')}", said, by=key(who))

    ask("PracticeAsked", "Clinic", question=text("How do you begin?"))
    ask("PracticeShared", "Clinic", answer=text("Late."), works="no")
    await desk.read(history)
    assert figures(await desk.report(history, HEALTH))["density"]["value"] == "0.000000"
    ask("PracticeShared", "Library", answer=text("With a song."), works="yes")
    await desk.read(history)
    density = figures(await desk.report(history, HEALTH))["density"]
    assert (density["value"], density["refs"]) == ("0.066667", ["meetings/1", "meetings/3"])


async def test_a_rebuild_gives_the_same_bytes(desk: Desk, told: History) -> None:
    before = (await desk.ask(told, f"/reports/{POLICIES}.json")).content
    await desk.forget(told)
    await desk.read(told, run=3)
    assert (await desk.ask(told, f"/reports/{POLICIES}.json")).content == before
