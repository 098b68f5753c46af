"""R8 over HTTP, in its three forms: claims, statements, disputes, and who was not thanked."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import History, key, text

TOLD = "claims-and-disputes"
ORGS = ("Clinic", "School", "Union")
FACT = {
    "kind": "contribution", "id": str(key("Talks")), "role": "lobbying", "degree": "lead",
    "disputed": False,
}  # fmt: skip
STATEMENT = f"attribution-{key('statement')}"


def happen(history: History, kind: str, stream: str, by: str, /, **data: Any) -> None:
    history.add("credit", kind, stream, data, by=key(by))


def complete(history: History, by: UUID) -> None:
    """Complete a next step of the decision behind the win."""
    stream = f"step-{key('step')}"
    step = {"what": text("Print it."), "decision": str(key("decision"))}
    history.add("meetings", "NextStepProposed", stream, step, by=by)
    due = {"due": "2026-02-01"}
    history.add("meetings", "NextStepVolunteered", stream, due, by=by)
    history.add("meetings", "NextStepCompleted", stream, {}, by=by)


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = desk.history()
    history.form()
    clinic, _, union = (history.join(name) for name in ORGS)
    made = {"title": text("School meals"), "size": "major", "decisions": [str(key("decision"))]}
    history.add("credit", "WinDeclared", f"win-{key('win')}", made | {"objectives": []}, by=union)
    did = {"of": str(clinic), "role": "lobbying", "degree": "lead", "about": ["credit/1"],
           "what": text("Talked.")}  # fmt: skip
    history.add("credit", "ContributionRecorded", f"contribution-{key('Talks')}", did, by=union)
    complete(history, union)
    claim = {"audience": "funders", "text": text("We led the talks."), "facts": [FACT]}
    happen(history, "CreditClaimed", f"claim-{key('claim')}", "Clinic", **claim)
    against = [{"fact": 0, "with": "credit/2"}]
    happen(
        history, "ClaimReviewed", f"claim-{key('claim')}", "Union", matches=[0], conflicts=against
    )
    happen(history, "AttributionStatementDrafted", STATEMENT, "Clinic", **claim, version=1)
    happen(history, "AttributionStatementApproved", STATEMENT, "School", version=1)
    happen(
        history, "AttributionStatementReleased", STATEMENT, "Clinic", version=1, text="A" * 43,
        unilateral=True,
    )  # fmt: skip
    dispute = f"dispute-{key('dispute')}"
    happen(
        history, "CreditDisputed", dispute, "Union", about="credit/3",
        grounds=text("We did it together."), requested=text("Say so."), due="2026-01-20",
        parties=[str(clinic), str(union)], facts=[FACT], credit=None,
    )  # fmt: skip
    happen(history, "CreditDisputeMediated", dispute, "Union", external=text("A judge"))
    wording = text("Clinic and Union did it together.")
    happen(
        history, "CreditDisputeResolved", dispute, "School", result="agreed_wording",
        wording=wording,
    )  # fmt: skip
    away = {"uncredited": [str(clinic)], "audience": "public"}
    happen(history, "WinAnnounced", f"win-{key('win')}", "Union", **away)
    await desk.read(history)
    return history


async def test_everything_told_has_a_line(desk: Desk, told: History) -> None:
    report = await desk.report(told, TOLD)
    assert (report["head"]["report"], report["head"]["withheld"]) == ("R8", {"suppressed": 1})
    claim, statement, dispute, win = report["rows"]
    assert (claim["part"], claim["state"], claim["text"]["text"]) == (
        "claim", "conflicting", "We led the talks.",
    )  # fmt: skip
    assert claim["conflicts"] == [{"fact": 0, "with": "credit/2"}]
    assert (statement["unilateral"], statement["version"]) == (True, 1)
    assert [org["name"]["text"] for org in statement["approved_by"]] == ["School"]
    assert (dispute["state"], dispute["external"]["text"]) == ("resolved", "A judge")
    assert dispute["wording"]["text"] == "Clinic and Union did it together."
    assert (dispute["text"]["text"], dispute["requested"]["text"]) == (
        "We did it together.", "Say so.",
    )  # fmt: skip
    assert [org["name"]["text"] for org in win["uncredited"]] == ["Clinic", "Union"]
    assert (win["state"], win["breadth"]) == ("announced_without", None)
    assert win["refs"] == [
        "credit/1", "credit/2", "credit/11", "meetings/1", "meetings/2", "meetings/3",
    ]  # fmt: skip
    figures = {each["figure"]: each["value"] for each in report["summary"]}
    assert (figures["unilateral"], figures["agreed_wording"], figures["overclaim"]) == (
        1, 1, "0.000000",
    )  # fmt: skip
    assert figures["generosity"] == {"withheld": "suppressed"}


async def test_rows_come_a_page_at_a_time(desk: Desk, told: History) -> None:
    first = await desk.report(told, TOLD, limit=3)
    rest = await desk.report(told, TOLD, limit=3, cursor=first["next_cursor"])
    assert first["rows"] + rest["rows"] == (await desk.report(told, TOLD))["rows"]


async def test_the_page_and_the_sheet_say_the_same(desk: Desk, told: History) -> None:
    page = (await desk.ask(told, f"/reports/{TOLD}.html")).text
    said = "Clinic and Union did it together."
    for words in ("Claims and disputes", "We led the talks.", said, "fact 1: credit/2", "A judge"):
        assert words in page
    rows = [*csv.DictReader(io.StringIO(await desk.sheet(told, TOLD), newline=""))]
    assert [row["part"] for row in rows] == ["claim", "statement", "dispute", "win"]
    claim, statement, dispute, win = rows
    assert claim["facts"] == f"contribution {key('Talks')}, lobbying, lead"
    assert (claim["conflicts"], statement["unilateral"]) == ("fact 1: credit/2", "yes")
    assert (dispute["wording"], dispute["external"]) == (said, "A judge")
    assert (win["win"], win["uncredited"]) == ("School meals", "Clinic; Union")


async def test_it_is_for_members(desk: Desk, told: History) -> None:
    for audience in ("public", "funders"):
        answer = await desk.ask(told, f"/reports/{TOLD}.json", audience=audience)
        assert (answer.status_code, answer.json()["reason"]) == (422, "audience_not_served")
    assert (await desk.ask(told, f"/reports/{TOLD}.json", GUEST)).status_code in {403, 422}


async def test_words_for_others_are_withheld(desk: Desk) -> None:
    history = desk.history()
    history.form()
    history.join("Clinic")
    claim = {"audience": "funders", "text": text("Ours."), "facts": [FACT]}
    history.add(
        "credit", "CreditClaimed", f"claim-{key('claim')}", claim, by=key("Clinic"),
        sealed={"text": ("body:other", key("key"), "A" * 43)},
    )  # fmt: skip
    history.add(
        "credit", "CreditClaimed", f"claim-{key('other')}", claim, by=key("Clinic"),
        visibility="body", audience=("body:other",),
    )  # fmt: skip
    against = [{"fact": 0, "with": f"credit/{history.reached['credit']}"}]
    review = {"matches": [0], "conflicts": against}
    stream = f"claim-{key('claim')}"
    history.add("credit", "ClaimReviewed", stream, review, by=key("Clinic"))
    await desk.read(history)
    report = await desk.report(history, TOLD)
    [row] = report["rows"]
    assert row["text"] == {"withheld": "audience"}
    assert (row["state"], row["conflicts"]) == ("matched", [])
    assert report["head"]["withheld"] == {"audience": 1, "suppressed": 1}


async def test_before_anything_happened_it_is_empty(desk: Desk) -> None:
    history = desk.history()
    history.form()
    await desk.read(history)
    report = await desk.report(history, TOLD)
    assert report["rows"] == []
    assert {each["value"] for each in report["summary"]} == {0, None}
