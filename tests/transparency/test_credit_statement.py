"""R7 over HTTP: what an organisation did, as others confirm it; no sum and no rank."""

from typing import Any
from uuid import UUID

import pytest

from tests.transparency.desk import Desk
from tests.transparency.history import History, key, text

STATEMENT = "credit-statement"
CLINIC, SCHOOL, UNION = (str(key(name)) for name in ("Clinic", "School", "Union"))


def record(history: History, name: str, by: UUID, of: UUID, **more: Any) -> None:
    data = {"of": str(of), "role": "drafting", "degree": "lead", "about": [], "what": text(name)}
    contribution = f"contribution-{key(name)}"
    history.add("credit", "ContributionRecorded", contribution, data | more, by=by)


def about(history: History, name: str, kind: str, by: UUID) -> None:
    history.add("credit", kind, f"contribution-{key(name)}", {}, by=by)


def thank(history: History, name: str, by: UUID, to: UUID, basis: str = "gratitude") -> None:
    data = {
        "credit": str(key(name)),
        "to": str(to),
        "role": "hosting",
        "degree": "supporting",
        "basis": basis,
        "contributions": [],
    }
    history.add("credit", "CreditAssigned", f"win-{key('win')}", data, by=by)


def answer(history: History, kind: str, name: str, by: UUID) -> None:
    history.add("credit", kind, f"win-{key('win')}", {"credit": str(key(name))}, by=by)


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = desk.history()
    history.form()
    clinic, school, union = [history.join(name) for name in ("Clinic", "School", "Union")]
    won = {"title": text("School meals"), "size": "major", "decisions": [], "objectives": []}
    history.add("credit", "WinDeclared", f"win-{key('win')}", won, by=union)
    record(history, "Wrote it", clinic, clinic, about=["meetings/1"])
    about(history, "Wrote it", "ContributionConfirmed", school)
    record(history, "Says who", clinic, clinic)
    record(history, "Called round", union, clinic, role="convening", degree="supporting")
    record(history, "Would rather not", school, clinic)
    about(history, "Would rather not", "ContributionDeclined", clinic)
    record(history, "Proofread", clinic, school, about=["meetings/1"])
    thank(history, "from the union", union, clinic)
    history.add(
        "credit",
        "CreditAccepted",
        f"win-{key('win')}",
        {"credit": str(key("from the union"))},
        by=clinic,
    )
    thank(history, "to the school", clinic, school, "evidence")
    history.add(
        "credit",
        "CreditWaived",
        f"win-{key('win')}",
        {"credit": str(key("to the school"))},
        by=school,
    )
    await desk.read(history)
    return history


async def statement(desk: Desk, told: History, organisation: str = CLINIC, **query: Any) -> Any:
    return await desk.report(told, STATEMENT, organisation=organisation, **query)


async def test_k1_only_what_others_confirm_stands_as_contribution(
    desk: Desk, told: History
) -> None:
    rows = (await statement(desk, told))["rows"]
    parts = [(row["part"], (row.get("what") or {}).get("text")) for row in rows]
    assert parts == [
        ("contribution", "Called round"),
        ("contribution", "Wrote it"),
        ("received", None),
        ("given", None),
        ("claimed", "Says who"),
    ]
    assert [each["id"] for each in rows[1]["confirmed_by"]] == [SCHOOL]
    assert rows[4]["state"] == "claimed"
    assert rows[1]["refs"] == ["credit/2", "credit/3"]


async def test_gratitude_is_called_that(desk: Desk, told: History) -> None:
    received = (await statement(desk, told))["rows"][2]
    assert (received["basis"], received["state"]) == ("gratitude", "accepted")
    assert received["win"]["name"] == text("School meals")
    assert received["from"]["id"] == UNION


async def test_k2_who_declines_is_counted_and_not_named(desk: Desk, told: History) -> None:
    report = await statement(desk, told)
    given = report["rows"][3]
    assert given["to"] == {"withheld": "undisclosed"}
    [undisclosed] = [each for each in report["summary"] if each["figure"] == "undisclosed"]
    assert undisclosed["value"] == 2
    assert undisclosed["refs"] == ["credit/6", "credit/7", "credit/11", "credit/12"]
    of_school = await statement(desk, told, SCHOOL)
    assert [row["part"] for row in of_school["rows"]] == ["contribution"]


async def test_who_worked_on_the_same_thing_is_named(desk: Desk, told: History) -> None:
    summary = (await statement(desk, told))["summary"]
    together = [each for each in summary if each["figure"] == "co_contributor"]
    assert [each["organisation"]["id"] for each in together] == [SCHOOL]


async def test_k6_lines_sort_by_role_and_nothing_is_added_up(desk: Desk, told: History) -> None:
    report = await statement(desk, told)
    roles = [row["role"] for row in report["rows"] if row["part"] == "contribution"]
    assert roles == sorted(roles)
    named = {each["figure"] for each in report["summary"]}
    assert not named & {"total", "score", "rank", "balance"}


async def test_it_is_of_one_organisation_in_the_form_of_an_audience(
    desk: Desk, told: History
) -> None:
    report = await statement(desk, told, audience="partners")
    assert (report["head"]["form"], report["head"]["audience"]) == ("partners", "members")
    assert report["head"]["organisation"]["id"] == CLINIC
    nobody = await desk.ask(told, f"/reports/{STATEMENT}.json")
    assert (nobody.status_code, nobody.json()["reason"]) == (422, "organisation_missing")
    for form in ("funders", "public"):
        assert (await statement(desk, told, audience=form))["head"]["form"] == form
    other: dict[str, Any] = {"organisation": CLINIC, "audience": "members"}
    missing = await desk.ask(told, f"/reports/{STATEMENT}.json", **other)
    assert (missing.status_code, missing.json()["reason"]) == (422, "form_missing")


async def test_the_sheet_and_the_page_say_the_same(desk: Desk, told: History) -> None:
    sheet = await desk.sheet(told, STATEMENT, organisation=CLINIC)
    assert len(sheet.splitlines()) == 6
    assert "given" in sheet
    assert "[undisclosed]" in sheet
    page = await desk.ask(told, f"/reports/{STATEMENT}.html", organisation=CLINIC)
    for words in ("Called round", "Wrote it", "School meals", "[undisclosed]", "Clinic"):
        assert words in page.text


async def test_credit_of_a_narrower_audience_is_left_out_and_counted(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    record(history, "In the room", school, clinic)
    history.seen[-1] = history.seen[-1]._replace(visibility="body", audience=("body:group",))
    await desk.read(history)
    report = await statement(desk, history)
    assert (report["rows"], report["head"]["withheld"]) == ([], {"audience": 1})
