"""R7 over HTTP in the forms for funders and for the press: what is told, and with whom."""

from typing import Any
from uuid import UUID

import pytest

from services.transparency.domain.credit_forms import NOBODY
from tests.transparency.desk import Desk
from tests.transparency.history import History, key, text
from tests.transparency.test_claims_and_disputes import FACT, happen
from tests.transparency.test_credit_statement import about, record

CLINIC = str(key("Clinic"))


def release(history: History, name: str, audience: str, *, unilateral: bool = False) -> None:
    """Let the clinic draft a statement, the union approve it, and release it."""
    stream = f"attribution-{key(name)}"
    told = {"version": 1, "audience": audience, "text": text(name), "facts": [FACT]}
    happen(history, "AttributionStatementDrafted", stream, "Clinic", **told)
    happen(history, "AttributionStatementApproved", stream, "Union", version=1)
    out = {"version": 1, "text": "A" * 43, "unilateral": unilateral}
    happen(history, "AttributionStatementReleased", stream, "Clinic", **out)


def dispute(history: History, name: str, *parties: str) -> str:
    stream = f"dispute-{key(name)}"
    sides = [str(key(party)) for party in parties]
    happen(
        history, "CreditDisputed", stream, parties[0], about="credit/2", grounds=text(name),
        requested=text("Say so."), due="2026-02-01", parties=sides, facts=[],
    )  # fmt: skip
    return stream


def quote(history: History, name: str, by: str, *, withdrawn: bool = False) -> None:
    """Let a person agree to a story, which is written down; perhaps they think again."""
    person, agreed = f"person-{key(name)}", str(key(f"consent to {name}"))
    history.add("members", "ConsentGiven", person, {"consent": agreed, "purpose": "story"})
    told = {"text": text(name), "consent": agreed, "metrics": []}
    happen(history, "StoryRecorded", f"story-{key(name)}", by, **told)
    if withdrawn:
        history.add("members", "ConsentWithdrawn", person, {"consent": agreed})


def aim(history: History, name: str, *said: str) -> str:
    """Let a campaign set itself an objective, of which organisations say that it was met partly."""
    target = str(key(name))
    campaign, evaluation = f"campaign-{key('campaign')}", f"evaluation-{key('campaign')}"
    set_ = history.add(
        "meetings", "ObjectiveSet", campaign, {"objective": target, "text": text(name)},
        by=key("Union"),
    )  # fmt: skip
    for by in said:
        found = {"objective": target, "met": "partly", "as_intended": False, "why": text("Mostly.")}
        happen(history, "ObjectiveAssessed", evaluation, by, **found)
    return set_.ref


def put_out(history: History, audience: str, *orgs: UUID) -> None:
    """Let the coalition tell an audience of a decision, with a minority statement beside it."""
    filed = {"decision": str(key("decision")), "text": text("Not with our name.")}
    minority = history.add(
        "meetings", "MinorityStatementFiled", f"proposal-{key('proposal')}", filed,
        by=key("School"),
    )  # fmt: skip
    message = f"message-{key(audience)}"
    drafted = {"issue": str(key("issue")), "text": text("Meals are free.")}
    history.add("meetings", "MessageDrafted", message, drafted, by=orgs[0])
    told = {
        "decision": str(key("decision")), "audience": audience, "text": "A" * 43,
        "sign_ons": [str(org) for org in orgs], "minority": [minority.ref],
    }  # fmt: skip
    history.add("meetings", "StatementReleased", message, told, by=orgs[0])


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = desk.history()
    history.form()
    clinic, school, union = (history.join(name) for name in ("Clinic", "School", "Union"))
    aimed = [str(key("Meals for all"))]
    won = {"title": text("School meals"), "size": "major", "decisions": [], "objectives": aimed}
    history.add("credit", "WinDeclared", f"win-{key('win')}", won, by=union)
    record(history, "Talks", union, clinic, about=["credit/1"], role="lobbying")
    record(history, "Proofread", clinic, school, about=["credit/1"])
    record(history, "Says who", clinic, clinic, about=["credit/1"])
    record(history, "Alone", clinic, union)
    about(history, "Alone", "ContributionConfirmed", school)
    late = {"external": text("A minister"), "from": text("Never."), "now": text("At last.")}
    history.add("credit", "LatecomerWelcomed", f"win-{key('win')}", late, by=union)
    release(history, "We all did it.", "funders")
    release(history, "The clinic did it.", "public", unilateral=True)
    release(history, "The clinic and the union did it.", "public")
    dispute(history, "We did more.", "Union", "Clinic")
    happen(history, "CreditDisputeResolved", dispute(history, "Over.", "Union", "Clinic"), "School",
           result="set_aside", wording=text("No."))  # fmt: skip
    dispute(history, "Of others.", "Union", "School")
    put_out(history, "public", clinic, union)
    put_out(history, "funders", clinic)
    put_out(history, "public", union)
    for name, by in (("Meals", clinic), ("Buses", union)):
        told = {"name": text(name), "unit": "meals", "kind": "gauge", "source": text("A list.")}
        history.add("credit", "ImpactMetricDefined", f"metric-{key(name)}", told, by=by)
        for value, on in ((30, "2026-03-01"), (50, "2026-02-01"), (40, "2026-02-01")):
            corrects = f"credit/{history.reached['credit']}" if value == 40 else None
            record_ = {"value": value, "on": on, "corrects": corrects}
            history.add("credit", "ImpactMetricRecorded", f"metric-{key(name)}", record_, by=by)
    aim(history, "Meals for all", "Union", "Clinic")
    aim(history, "Of others")
    record(history, "Asked the cooks", union, clinic, about=[aim(history, "Warm meals")])
    speaks = {"audience": "public", "person": None}
    for org in ("School", "Clinic"):
        chosen = speaks | {"org": str(key(org))}
        history.add("members", "MessengerChosen", f"issue-{key('issue')}", chosen, by=union)
    to_funders = speaks | {"org": str(key("Union")), "audience": "funders"}
    history.add("members", "MessengerChosen", f"issue-{key('issue')}", to_funders, by=union)
    quote(history, "I ate with my class.", "Clinic")
    quote(history, "Say nothing of me.", "Clinic", withdrawn=True)
    quote(history, "Theirs.", "Union")
    await desk.read(history)
    return history


async def form(desk: Desk, told: History, audience: str, of: str = CLINIC, **more: Any) -> Any:
    return await desk.report(told, "credit-statement", organisation=of, audience=audience, **more)


async def test_funders_read_what_came_of_it_with_whom_and_what_is_disputed(
    desk: Desk, told: History
) -> None:
    report = await form(desk, told, "funders")
    assert (report["head"]["form"], report["head"]["audience"]) == ("funders", "members")
    met, warm, outcome, _, contribution, partners, *measured, statement, dispute_ = report["rows"]
    assert [(row["part"], row["what"]["text"]) for row in (met, warm)] == [
        ("objective", "Meals for all"), ("objective", "Warm meals"),
    ]  # fmt: skip
    assert [(one["organisation"]["name"]["text"], one["met"]) for one in met["assessments"]] == [
        ("Clinic", "partly"), ("Union", "partly"),
    ]  # fmt: skip
    assert warm["assessments"] == []
    assert [(row["on"], row["value"], row["source"]["text"]) for row in measured] == [
        ("2026-02-01", 40, "A list."),
        ("2026-03-01", 30, "A list."),
    ], "by day, without what was corrected, and nothing added up"
    assert {(row["part"], row["what"]["text"]) for row in measured} == {("metric", "Meals")}
    assert (outcome["part"], outcome["win"]["name"]["text"]) == ("outcome", "School meals")
    assert (contribution["what"]["text"], contribution["worded"]) == (
        "Talks", "Contributed to lobbying, with a leading part.",
    )  # fmt: skip
    assert (partners["part"], partners["worded"]) == ("partners", "Together with School.")
    assert (statement["what"]["text"], statement["unilateral"]) == ("We all did it.", False)
    assert [org["name"]["text"] for org in statement["organisations"]] == ["Union"]
    assert (dispute_["part"], dispute_["what"]["text"], dispute_["due"]) == (
        "dispute", "We did more.", "2026-02-01",
    )  # fmt: skip
    figures = {each["figure"]: each["value"] for each in report["summary"]}
    assert (figures["disputes_open"], figures["contribution"]) == (1, 1)


async def test_the_press_reads_latecomers_first_and_what_all_agreed_to(
    desk: Desk, told: History
) -> None:
    rows = (await form(desk, told, "public"))["rows"]
    assert [row["part"] for row in rows] == [
        "latecomer", "statement", "announcement", "messenger", "quote", "contribution",
        "contribution", "partners",
    ]  # fmt: skip
    latecomer, statement, announcement, messenger, said, *_ = rows
    assert messenger["what"]["text"] == "Transport"
    assert [org["name"]["text"] for org in messenger["organisations"]] == ["Clinic"], "the last"
    assert (said["what"]["text"], said["from"]["name"]["text"]) == (
        "I ate with my class.",
        "Clinic",
    )
    assert [org["name"]["text"] for org in announcement["organisations"]] == ["Clinic", "Union"]
    assert announcement["what"]["text"] == "Meals are free."
    [minority] = announcement["minority"]
    assert (minority["organisation"]["name"]["text"], minority["text"]["text"]) == (
        "School", "Not with our name.",
    )  # fmt: skip
    assert latecomer["external"]["text"] == "A minister"
    assert (latecomer["before"]["text"], latecomer["now"]["text"]) == ("Never.", "At last.")
    assert statement["what"]["text"] == "The clinic and the union did it."


async def test_the_line_of_partners_is_always_there(desk: Desk, told: History) -> None:
    for audience in ("funders", "public"):
        rows = (await form(desk, told, audience, str(key("Union"))))["rows"]
        [line] = [row for row in rows if row["part"] == "partners"]
        assert (line["organisations"], line["worded"]) == ([], NOBODY)


async def test_what_nobody_confirmed_is_told_to_nobody_outside(desk: Desk, told: History) -> None:
    partners = await form(desk, told, "partners")
    assert "Says who" in {(row.get("what") or {}).get("text") for row in partners["rows"]}
    for audience in ("funders", "public"):
        report = await form(desk, told, audience)
        assert "Says who" not in str(report)
        for row in report["rows"]:
            assert not {"received", "given", "claimed"} & {row["part"]}


async def test_the_page_and_the_sheet_have_these_forms_too(desk: Desk, told: History) -> None:
    asked: dict[str, Any] = {"organisation": CLINIC, "audience": "funders"}
    page = (await desk.ask(told, "/reports/credit-statement.html", **asked)).text
    sheet = await desk.sheet(told, "credit-statement", **asked)
    told_ = (
        "Together with School.",
        "with a leading part",
        "We did more.",
        "2026-02-01",
        "A list.",
        "Clinic: partly, not as intended (Mostly.)",
    )
    for words in told_:
        assert words in page
        assert words in sheet
    press = await desk.sheet(told, "credit-statement", **(asked | {"audience": "public"}))
    assert "School: Not with our name." in press
    assert "I ate with my class." in press
    rows = (await form(desk, told, "funders"))["rows"]
    first = await form(desk, told, "funders", limit=2)
    rest = await form(desk, told, "funders", limit=9, cursor=first["next_cursor"])
    assert first["rows"] + rest["rows"] == rows


async def test_k14_what_may_be_taken_back_is_kept_nowhere_on_the_way(
    desk: Desk, told: History
) -> None:
    for audience, kept in (("public", False), ("funders", True)):
        path = "/reports/credit-statement.json"
        answer = await desk.ask(told, path, organisation=CLINIC, audience=audience)
        assert ("etag" in answer.headers) is kept
        assert answer.headers["cache-control"] == "no-store"
