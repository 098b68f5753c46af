"""What the page of a decision, the list of organisations and the coalition's page are made of."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import pytest

from shared.event import base64url
from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import MAJORITY, History, key, text


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    """A proposal objected to, amended, voted on again, decided, with a step, then reopened."""
    history = desk.history()
    history.form()
    clinic, school, union = [history.join(name) for name in ("Clinic", "School", "Union")]
    orgs = [clinic, school, union]
    history.propose("Van", clinic)
    history.open("Van", school, orgs)
    history.take("Van", union, "object", "The cost.")
    objection: dict[str, Any] = {"objection": str(key("objection"))}
    history.on("Van", "ObjectionRaised", union, **objection, grounds=text("The cost."))
    history.on("Van", "VotingClosed", reason="amended", counts={"object": 1})
    amended: dict[str, Any] = {"version": 2, "text": text("Two days."), "because": text("Cheaper.")}
    history.on("Van", "ProposalAmended", clinic, **amended)
    history.on("Van", "ObjectionAccommodated", clinic, **objection, amendment=2)
    history.open("Van", school, orgs, round=2)
    history.take("Van", clinic, "agree")
    history.take("Van", union, "abstain")
    because: dict[str, Any] = {"from": "abstain", "to": "agree", "because": text("It is fair.")}
    history.on("Van", "StanceChanged", union, **because)
    counts, ended = {"agree": 2}, {str(key("objection")): "accommodated"}
    history.decide("Van", school, "adopted", 3, counts, objections=ended)
    decision = {"decision": str(key("decision of Van"))}
    step = {"what": text("Ask the garage."), **decision}
    history.add("meetings", "NextStepProposed", f"next_step-{key('step')}", step, by=clinic)
    await desk.read(history)
    return history


def path(name: str) -> str:
    return f"/decisions/{key(name)}"


async def test_a_decision_is_found_by_its_id_and_by_its_proposals(
    desk: Desk, told: History
) -> None:
    by_decision = await desk.get(told, path("decision of Van"))
    assert by_decision == await desk.get(told, path("Van"))
    assert by_decision["state"] == "decided"
    assert by_decision["outcome"] == "adopted"
    assert by_decision["decision"] == str(key("decision of Van"))
    assert by_decision["text"] == text("Two days.")
    assert by_decision["recomputed"] == "yes"
    assert by_decision["as_of"] == told.as_of
    assert (await desk.ask(told, path("nothing"))).status_code == 404


async def test_only_stances_of_the_round_that_was_decided_count(desk: Desk, told: History) -> None:
    found = await desk.get(told, path("Van"))
    assert [(each["org"]["name"]["text"], each["option"]) for each in found["stances"]] == [
        ("Clinic", "agree"),
        ("Union", "agree"),
    ]
    assert [each["name"]["text"] for each in found["silent"]] == ["School"]
    assert [each["orgs"][0]["name"]["text"] for each in found["electorate"]] == [
        "Clinic",
        "School",
        "Union",
    ]
    [change] = found["stances"][1]["changes"]
    assert (change["from"], change["to"], change["because"]) == (
        "abstain",
        "agree",
        text("It is fair."),
    )
    assert [each["round"] for each in found["rounds"]] == [1, 2]


@pytest.mark.parametrize(
    ("beside", "recomputed"),
    [("these", "yes"), ("others", {"withheld": "lost"}), (None, {"withheld": "lost"})],
)
async def test_those_present_who_are_listed_beside_the_event_are_counted(
    desk: Desk, beside: str | None, recomputed: Any
) -> None:
    """Two are more than half of three, and not of nobody: the list must be the right one."""
    history = desk.history()
    history.form()
    orgs = [history.join(name) for name in ("Clinic", "School", "Union")]
    history.propose("Van", orgs[0])
    base = {"option": "agree", "test": "more_than", "ratio": [1, 2], "base": "entitled_present"}
    history.open("Van", orgs[1], orgs, {**MAJORITY, "thresholds": [base]})
    for org in orgs[:2]:
        history.take("Van", org, "agree")
    there = sorted(map(str, orgs))
    stated = base64url(sha256(orjson.dumps(there)).digest())
    closing: dict[str, Any] = {"present": stated}
    if beside is not None:
        closing["listed"] = there if beside == "these" else there[1:]
    history.decide("Van", orgs[1], "adopted", 3, {"agree": 2}, closing)
    await desk.read(history)
    assert (await desk.get(history, path("Van")))["recomputed"] == recomputed


async def test_an_objection_says_what_became_of_it(desk: Desk, told: History) -> None:
    [objection] = (await desk.get(told, path("Van")))["objections"]
    assert objection["grounds"] == text("The cost.")
    assert (objection["state"], objection["disposition"]) == ("closed", "accommodated")
    assert objection["by_whom"]["name"] == text("Clinic")


async def test_the_timeline_keeps_every_change_of_mind(desk: Desk, told: History) -> None:
    timeline = (await desk.get(told, path("Van")))["timeline"]
    kinds = [each["type"] for each in timeline]
    assert kinds == [seen.type for seen in told.seen if seen.key == str(key("Van"))]
    first = next(each for each in timeline if each["type"] == "StanceTaken")
    assert (first["words"], first["said"]) == ("took the stance: object", text("The cost."))
    assert first["by"]["name"] == text("Union")
    refs = [int(each["ref"].partition("/")[2]) for each in timeline]
    assert refs == sorted(refs)


async def test_its_next_steps_stand_with_it(desk: Desk, told: History) -> None:
    [step] = (await desk.get(told, path("Van")))["steps"]
    assert (step["what"], step["state"]) == (text("Ask the garage."), "proposed")


async def test_what_was_said_in_advance_stands_around_a_proposal(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    for kind in ("best", "worst"):
        scenario = str(key(kind))
        told: dict[str, Any] = {"kind": kind, "parties": [str(clinic), str(school)]}
        told |= {"scenario": scenario, "text": text(f"The {kind} case.")}
        coalition = f"coalition-{history.coalition}"
        history.add("members", "ScenarioAgreed", coalition, told, by=clinic)
        history.add("members", "ScenarioAgreed", coalition, {"scenario": scenario}, by=school)
    area: dict[str, Any] = {"issue": str(key("issue")), "name": text("Money"), "orgs": []}
    history.add("members", "ConflictAreaNamed", f"conflict-{key('area')}", area, by=clinic)
    interest = {"mutual_benefit": text("Time."), "answers_to": [text("The parents")]}
    history.add("members", "InterestStated", f"membership-{school}", interest, by=school)
    history.propose("Van", clinic)
    history.open("Van", clinic, [clinic, school])
    history.take("Van", clinic, "agree")
    history.take("Van", school, "object", "The cost.")
    await desk.read(history)
    before = await desk.get(history, path("Van"))
    assert before["scenarios"] == []
    [named] = before["conflict_areas"]
    assert named["name"] == text("Money")
    assert {one["org"]["name"]["text"]: one["answers_to"] for one in before["stances"]} == {
        "Clinic": [],
        "School": [text("The parents")],
    }
    objection: dict[str, Any] = {"objection": str(key("objection"))}
    history.on("Van", "ObjectionRaised", school, **objection, grounds=text("The cost."))
    await desk.read(history)
    shown = (await desk.get(history, path("Van")))["scenarios"]
    assert [(one["kind"], one["text"]["text"]) for one in shown] == [
        ("best", "The best case."),
        ("worst", "The worst case."),
    ]
    history.on("Van", "ObjectionRetracted", school, **objection, reason=text("Cheaper now."))
    await desk.read(history)
    assert (await desk.get(history, path("Van")))["scenarios"] == []


async def test_an_open_voting_shows_how_it_stands_and_who_is_awaited(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    history.propose("Van", clinic)
    await desk.read(history)
    drafted = await desk.get(history, path("Van"))
    assert (drafted["state"], drafted["counts"], drafted["rule"]) == ("published", {}, None)
    history.open("Van", clinic, [clinic, school])
    history.take("Van", clinic, "agree")
    await desk.read(history)
    found = await desk.get(history, path("Van"))
    assert (found["state"], found["decision"], found["outcome"]) == ("voting", None, None)
    assert found["counts"]["agree"] == 1
    assert found["closes_at"] is not None
    home = await desk.get(history, "/home")
    [waiting] = home["open"]
    assert (waiting["id"], waiting["voters"], waiting["entitled"]) == (str(key("Van")), 1, 2)
    assert [each["name"]["text"] for each in waiting["silent"]] == ["School"]
    history.on("Van", "VotingClosed", reason="deadline", counts={"agree": 1})
    await desk.read(history)
    assert (await desk.get(history, path("Van")))["state"] == "closed"
    assert (await desk.get(history, "/home"))["open"] == []


async def test_the_newest_event_may_be_a_stance(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic = history.join("Clinic")
    history.propose("Van", clinic)
    history.open("Van", clinic, [clinic])
    last = history.take("Van", clinic, "agree")
    await desk.read(history)
    found = await desk.get(history, path("Van"))
    assert found["as_of_time"] == last.recorded_at.isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    )
    before = f"meetings/{last.position - 1}"
    report = await desk.report(history, "decision-register", as_of=before)
    assert report["head"]["as_of_time"] < found["as_of_time"]


async def test_a_reopened_decision_stays_readable(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic = history.join("Clinic")
    history.propose("Van", clinic)
    history.open("Van", clinic, [clinic])
    history.take("Van", clinic, "agree")
    history.decide("Van", clinic, "adopted", 1, {"agree": 1})
    reopened: dict[str, Any] = {"decision": str(key("decision of Van"))}
    history.on("Van", "DecisionReopened", clinic, **reopened, new_information=text("It broke."))
    history.open("Van", clinic, [clinic], round=2)
    history.take("Van", clinic, "disagree", "Broken.")
    await desk.read(history)
    now = await desk.get(history, path("Van"))
    assert (now["state"], now["counts"]["disagree"]) == ("voting", 1)
    assert now["reopened"]["new_information"] == text("It broke.")
    first = await desk.get(history, path("decision of Van"))
    assert (first["outcome"], first["counts"]["agree"]) == ("adopted", 1)
    again: dict[str, Any] = {"decision": str(key("second decision"))}
    history.decide("Van", clinic, "rejected", 1, {"disagree": 1}, **again)
    await desk.read(history)
    rows = (await desk.report(history, "decision-register"))["rows"]
    assert [(row["outcome"], row["recomputed"]) for row in rows] == [
        ("rejected", "yes"),
        ("adopted", "yes"),
    ]
    assert rows[0]["reopened"] is None
    assert rows[1]["reopened"] is not None


async def test_i8_words_under_a_narrower_key_read_their_reason(desk: Desk) -> None:
    history = desk.history(visibility="public")
    history.form()
    clinic = history.join("Clinic")
    history.propose("Van", clinic)
    history.open("Van", clinic, [clinic])
    narrow = {"sealed": {"reason": ("members", UUID(int=7), "digest")}}
    history.take("Van", clinic, "disagree", "For our ears.", **narrow)
    gone = {"sealed": {"because": ("public", UUID(int=7), "digest")}}
    history.on("Van", "ProposalAmended", clinic, gone, version=2, text=text("Two vans."))
    history.decide("Van", clinic, "rejected", 1, {"disagree": 1})
    await desk.read(history)
    shown = await desk.get(history, path("Van"))
    assert shown["stances"][0]["reason"] == text("For our ears.")
    answer = await desk.ask(history, path("Van"), GUEST)
    assert answer.json()["stances"][0]["reason"] == {"withheld": "audience"}
    assert "For our ears" not in answer.text
    amended = next(each for each in shown["timeline"] if each["type"] == "ProposalAmended")
    assert amended["said"] == {"withheld": "erased"}
    found = await desk.ask(history, "/reports/decision-register.json", GUEST, q="ears")
    assert found.json()["rows"] == []


async def test_organisations_stand_by_name_with_their_state(desk: Desk) -> None:
    history = desk.history()
    history.form()
    history.join("Union")
    history.join("Clinic", commitment="observer", voting_right=False)
    left = history.join("School")
    leaving = {"reason_code": "capacity"}
    history.add("members", "MemberLeft", f"membership-{left}", leaving, by=left)
    await desk.read(history)
    found = (await desk.get(history, "/organisations"))["items"]
    assert [(each["name"]["text"], each["state"]) for each in found] == [
        ("Clinic", "joined"),
        ("School", "left"),
        ("Union", "joined"),
    ]
    assert found[0]["voting_right"] is False
    assert found[1]["ref"] == "members/7"
    coalition = await desk.get(history, "/coalition")
    assert (coalition["slug"], coalition["members"]) == ("harbour", 1)
    assert coalition["name"] == text("Harbour schools")
