"""R2 over HTTP: who said what at close, who missed it, and totals that need no earlier stances."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.transparency.domain.refs import root
from shared.event import base64url
from tests.transparency.desk import Desk
from tests.transparency.history import PLENARY, History, key, text

STANCES = "who-decided-what"


def ballot(
    history: History, name: str, stances: dict[UUID, str], orgs: Sequence[UUID], outcome: str
) -> None:
    """Hold one voting in which each organisation takes its stance, or none."""
    history.propose(name, orgs[0])
    history.open(name, orgs[0], orgs)
    for org, option in stances.items():
        history.take(name, org, option, "Because." if option != "agree" else None)
    counts = {option: list(stances.values()).count(option) for option in set(stances.values())}
    history.decide(name, orgs[0], outcome, len(orgs), counts)


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = desk.history()
    history.form()
    orgs = clinic, school, union = [history.join(name) for name in ("Clinic", "School", "Union")]
    first = {clinic: "agree", school: "agree", union: "disagree"}
    ballot(history, "First", first, orgs, "adopted")
    ballot(history, "Second", {clinic: "agree", school: "disagree"}, orgs, "rejected")
    ballot(history, "Third", {clinic: "abstain", school: "agree"}, orgs, "adopted")
    await desk.read(history)
    return history


def figures_of(report: Any, org: UUID) -> dict[str, Any]:
    return {
        each["figure"]: each["value"]
        for each in report["summary"]
        if each.get("organisation", {}).get("id") == str(org)
    }


async def test_each_entitled_organisation_took_a_stance_or_missed_it(
    desk: Desk, told: History
) -> None:
    report = await desk.report(told, STANCES)
    third, second, first = report["rows"]
    assert [row["title"]["text"] for row in (first, second, third)] == ["First", "Second", "Third"]
    said = {each["organisation"]: each["stance"] for each in second["stances"]}
    assert said == {str(key("Clinic")): "agree", str(key("School")): "disagree"}
    assert second["missed"] == [str(key("Union"))]
    assert [each["name"]["text"] for each in report["organisations"]] == [
        "Clinic",
        "School",
        "Union",
    ]


async def test_a_stance_says_how_long_before_close_it_came(desk: Desk, told: History) -> None:
    first = (await desk.report(told, STANCES))["rows"][2]
    assert [each["seconds_before_close"] for each in first["stances"]] == [180, 120, 60]
    assert [each["ref"] for each in first["stances"]] == ["meetings/4", "meetings/5", "meetings/6"]


async def test_totals_of_each_organisation_stand_by_name(desk: Desk, told: History) -> None:
    report = await desk.report(told, STANCES)
    assert figures_of(report, key("Clinic")) == {
        "entitled": 3,
        "voted": 3,
        "share_with_outcome": "0.500000",
        "minority": 0,  # a tie has no minority
        "disengaged": False,
    }
    union = figures_of(report, key("Union"))
    assert (union["voted"], union["entitled"], union["minority"]) == (1, 3, 1)
    assert union["share_with_outcome"] == "0.000000"
    assert union["disengaged"] is True
    listed = [
        each["organisation"]["name"]["text"] for each in report["summary"] if "organisation" in each
    ]
    assert listed == sorted(listed)


async def test_t2_totals_cite_the_stance_or_the_opening_that_was_missed(
    desk: Desk, told: History
) -> None:
    report = await desk.report(told, STANCES)
    [voted] = [
        each
        for each in report["summary"]
        if each.get("organisation", {}).get("id") == str(key("Union")) and each["figure"] == "voted"
    ]
    own = [
        seen.leaf
        for seen in told.seen
        if (seen.type == "StanceTaken" and seen.by == key("Union"))
        or (seen.type == "VotingOpened" and seen.key != str(key("First")))
    ]
    assert voted["refs_count"] == 3
    assert voted["refs_root"] == base64url(root(own))


async def test_totals_that_grow_are_those_counted_from_nothing(desk: Desk) -> None:
    history = desk.history()
    history.form()
    orgs = [history.join(name) for name in ("Clinic", "School")]
    for n in range(4):
        ballot(history, f"Ballot {n}", dict.fromkeys(orgs[: 1 + n % 2], "agree"), orgs, "adopted")
        await desk.read(history)
        grown = await desk.report(history, STANCES)
    as_of = f"meetings/{history.reached['meetings']}"
    ballot(history, "Later", {orgs[0]: "agree"}, orgs, "adopted")
    await desk.read(history)
    later = await desk.report(history, STANCES)
    from_nothing = await desk.report(history, STANCES, as_of=as_of)
    assert from_nothing["summary"] == grown["summary"] != later["summary"]
    assert figures_of(later, orgs[0])["voted"] == 5


async def test_a_window_narrows_rows_and_totals_alike(desk: Desk, told: History) -> None:
    report = await desk.report(told, STANCES, to="2025-12-31")
    assert report["rows"] == report["summary"] == []
    assert report["head"]["window"] == {"from": None, "to": "2025-12-31"}


async def test_a_changed_stance_keeps_what_it_was(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    history.propose("Van", clinic)
    history.open("Van", clinic, [clinic, school])
    history.take("Van", clinic, "agree")
    changed: dict[str, Any] = {
        "from": "agree",
        "to": "object",
        "because": text("The cost."),
        "members_position": 1,
    }
    history.on("Van", "StanceChanged", clinic, **changed)
    objection: dict[str, Any] = {"objection": str(key("objection")), "grounds": text("The cost.")}
    history.on("Van", "ObjectionRaised", clinic, **objection)
    history.take("Van", school, "agree")
    history.on("Van", "StanceWithdrawn", school, because=text("Not ours to say."))
    history.decide("Van", clinic, "rejected", 2, {"object": 1}, dissent=[str(clinic)])
    await desk.read(history)
    [row] = (await desk.report(history, STANCES))["rows"]
    [stance] = row["stances"]
    assert (stance["stance"], stance["objection"]) == ("object", "stands")
    assert [(each["from"], each["to"]) for each in stance["changes"]] == [("agree", "object")]
    assert row["missed"] == [str(school)]
    [entry] = (await desk.report(history, "decision-register"))["rows"]
    assert entry["recomputed"] == "yes"
    assert entry["dissent"][0]["reason"] == text("The cost.")


async def test_d8_related_organisations_share_one_stance(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, ward, school = [history.join(name) for name in ("Clinic", "Ward", "School")]
    history.propose("Van", clinic)
    classes = [
        {"class": [str(clinic), str(ward)], "constituencies": [], "weight": 2},
        {"class": [str(school)], "constituencies": [], "weight": 1},
    ]
    history.open("Van", clinic, [], electorate=classes)
    history.take("Van", ward, "agree")
    history.take("Van", school, "disagree", "No.")
    counts = {"agree": 2, "disagree": 1}
    history.decide("Van", clinic, "adopted", 2, counts, voters=2, dissent=[str(school)])
    await desk.read(history)
    report = await desk.report(history, STANCES)
    [row] = report["rows"]
    through = {each["organisation"]: each.get("through") for each in row["stances"]}
    assert through == {str(clinic): str(ward), str(ward): None, str(school): None}
    assert row["missed"] == []
    assert figures_of(report, clinic)["voted"] == 1
    [entry] = (await desk.report(history, "decision-register"))["rows"]
    assert entry["recomputed"] == "yes"


async def test_the_sheet_has_a_line_for_each_organisation(desk: Desk, told: History) -> None:
    rows = list(csv.DictReader(io.StringIO(await desk.sheet(told, STANCES), newline="")))
    assert len(rows) == 9
    lines = [(row["title"], row["name"], row["stance"]) for row in rows]
    assert ("Second", "Union", "missed") in lines
    assert ("First", "Union", "disagree") in lines


async def test_a_sheet_can_be_had_a_page_at_a_time(desk: Desk, told: History) -> None:
    whole = (await desk.sheet(told, STANCES)).splitlines()
    answer = await desk.ask(told, f"/reports/{STANCES}.csv", limit=2)
    pages = answer.text.splitlines()
    while 'rel="next"' in answer.headers["link"]:
        query = answer.headers["link"].partition("cursor=")[2].partition(">")[0]
        answer = await desk.ask(told, f"/reports/{STANCES}.csv", limit=2, cursor=query)
        pages += answer.text.splitlines()[1:]
    assert pages == whole


async def test_the_page_prints_every_name_beside_its_stance(desk: Desk, told: History) -> None:
    answer = await desk.ask(told, f"/reports/{STANCES}.html")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert '<th scope="col">Missed</th>' in answer.text
    assert "1: Union" in answer.text
    assert "nothing" in answer.text  # left out


async def test_who_spoke_in_the_linked_meeting_stands_beside_the_stances(desk: Desk) -> None:
    history = desk.history()
    history.form()
    orgs = clinic, school, union = [history.join(name) for name in ("Clinic", "School", "Union")]
    for name, hidden in (("Spring", False), ("Autumn", True)):
        meeting = key(name)
        for speech, org in enumerate((union, clinic, union)):
            said = {"speech": str(key(f"{name} {speech}")), "item": str(key("item"))}
            kept = {"audience": (f"org:{org}",), "visibility": "body"} if hidden else {}
            started = {**said, "org": str(org)}
            history.add("meetings", "SpeechStarted", f"meeting-{meeting}", started, **kept)
        history.propose(name, clinic)
        history.open(name, clinic, orgs)
        history.take(name, school, "agree")
        history.decide(name, clinic, "adopted", 3, {"agree": 1}, meeting=str(meeting))
    ballot(history, "Apart", {clinic: "agree"}, orgs, "adopted")
    await desk.read(history)
    apart, autumn, spring = (await desk.report(history, STANCES))["rows"]
    assert spring["spoke"] == [
        {"organisation": str(clinic), "ref": "meetings/2"},
        {"organisation": str(union), "ref": "meetings/1"},
    ]
    assert autumn["spoke"] == {"withheld": "audience"}
    assert apart["spoke"] is None
    sheet = csv.DictReader(io.StringIO(await desk.sheet(history, STANCES), newline=""))
    spoke = {(row["title"], row["name"]): row["spoke"] for row in sheet}
    assert spoke["Spring", "Union"] == "yes"
    assert spoke["Spring", "School"] == "no"
    assert spoke["Autumn", "School"] == "[audience]"
    assert spoke["Apart", "Clinic"] == ""


async def test_a_body_decides_within_its_newest_scope(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic = history.join("Clinic")
    ballot(history, "Van", {clinic: "agree"}, [clinic], "adopted")
    await desk.read(history)
    [everything] = _scopes(await desk.report(history, STANCES))
    assert everything["value"] == "all"
    assert everything["refs"] == ["members/2"]
    narrowed = {"scope": [str(key("issue"))]}
    changed = history.add("members", "BodyMandateChanged", f"body-{PLENARY}", narrowed, by=clinic)
    await desk.read(history)
    [narrow] = _scopes(await desk.report(history, STANCES))
    assert (narrow["value"], narrow["issues"][0]["name"]) == (1, text("Transport"))
    assert narrow["refs"] == [f"members/{changed.position}"]


def _scopes(report: Any) -> list[Any]:
    return [each for each in report["summary"] if each["figure"] == "scope"]
