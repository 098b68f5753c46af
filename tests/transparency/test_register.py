"""R1 over HTTP: every outcome once, counted again, found by its words, the same bytes again."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import PLENARY, History, key, text

REGISTER = "decision-register"


def harbour(history: History) -> dict[str, UUID]:
    """Three organisations decide two things: one with dissent, one that lapses."""
    history.form()
    orgs = {name: history.join(name) for name in ("Clinic", "School", "Union")}
    clinic, school, union = orgs.values()
    history.propose("Share the van", clinic)
    history.open("Share the van", clinic, list(orgs.values()))
    history.take("Share the van", clinic, "agree")
    history.take("Share the van", union, "disagree", "=SUM(A1) is what it costs us")
    history.take("Share the van", school, "agree")
    history.decide(
        "Share the van",
        clinic,
        "adopted",
        3,
        {"agree": 2, "disagree": 1},
        dissent=[str(union)],
    )
    history.propose("Buy a bus", school, objective=str(key("objective")))
    history.open("Buy a bus", clinic, list(orgs.values()))
    history.take("Buy a bus", clinic, "agree")
    history.on("Buy a bus", "VotingClosed", reason="deadline", counts={"agree": 1})
    history.on("Buy a bus", "QuorumNotMet", needed=2, reached=1)
    return orgs


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = desk.history()
    harbour(history)
    await desk.read(history)
    return history


def figures(report: Any) -> dict[str, Any]:
    return {each["figure"]: each["value"] for each in report["summary"]}


async def test_every_outcome_has_its_line_newest_first(desk: Desk, told: History) -> None:
    report = await desk.report(told, REGISTER)
    lapsed, adopted = report["rows"]
    assert [lapsed["outcome"], adopted["outcome"]] == ["lapsed", "adopted"]
    assert adopted["title"] == text("Share the van")
    assert adopted["decision"] == str(key("decision of Share the van"))
    assert adopted["counts"] == {"agree": 2, "disagree": 1, "abstain": 0, "object": 0}
    assert (adopted["voters"], adopted["entitled"]) == (3, 3)
    assert adopted["body"] == {"id": str(PLENARY), "name": text("Plenary")}
    assert adopted["issue"]["name"] == text("Transport")
    assert adopted["quorum"] == {"needed": 2, "reached": 3, "holds": True}
    assert lapsed["quorum"] == {"needed": 2, "reached": 1, "holds": False}
    assert lapsed["voters"] == 1
    assert report["next_cursor"] is None


async def test_dissent_stands_with_its_reason(desk: Desk, told: History) -> None:
    adopted = (await desk.report(told, REGISTER))["rows"][1]
    assert adopted["dissent"] == [
        {
            "organisation": {"id": str(key("Union")), "name": text("Union")},
            "option": "disagree",
            "reason": text("=SUM(A1) is what it costs us"),
        }
    ]


async def test_each_threshold_shows_its_result(desk: Desk, told: History) -> None:
    adopted = (await desk.report(told, REGISTER))["rows"][1]
    assert adopted["thresholds"] == [
        {
            "option": "agree",
            "test": "more_than",
            "ratio": [1, 2],
            "base": "yes_no",
            "of": 3,
            "value": 2,
            "holds": True,
        }
    ]


async def test_d18_what_was_recorded_is_counted_again(desk: Desk, told: History) -> None:
    assert [row["recomputed"] for row in (await desk.report(told, REGISTER))["rows"]] == ["yes"] * 2


async def test_d18_a_wrong_count_is_shown_with_the_right_one(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    history.propose("Close early", clinic)
    history.open("Close early", clinic, [clinic, school])
    history.take("Close early", clinic, "disagree", "No.")
    history.take("Close early", school, "agree")
    history.decide("Close early", clinic, "adopted", 2, {"agree": 2})
    await desk.read(history)
    [row] = (await desk.report(history, REGISTER))["rows"]
    assert row["recomputed"] == {
        "outcome": {"recorded": "adopted", "computed": "rejected"},
        "agree": {"recorded": 2, "computed": 1},
        "disagree": {"recorded": 0, "computed": 1},
    }
    assert row["outcome"] == "adopted"
    sheet = await desk.sheet(history, REGISTER)
    assert "outcome: recorded adopted, computed rejected; agree: recorded 2, computed 1" in sheet


async def test_t2_every_line_and_figure_cites_its_events(desk: Desk, told: History) -> None:
    report = await desk.report(told, REGISTER)
    lapsed, adopted = report["rows"]
    assert adopted["refs"] == [f"meetings/{n}" for n in range(1, 9)]
    assert lapsed["refs"] == [f"meetings/{n}" for n in range(9, 15)]
    summary = {each["figure"]: each for each in report["summary"]}
    assert summary["decisions"]["refs"] == ["meetings/8"]
    assert summary["latency_p50"]["refs"] == ["meetings/2", "meetings/8"]
    assert summary["latency_p50"]["value"] == 6 * 60
    assert summary["without_objective"]["refs"] == ["meetings/1"]
    assert summary["reopened"]["value"] == "0.000000"


async def test_t1_the_same_positions_give_the_same_bytes(desk: Desk) -> None:
    history = desk.history()
    orgs = harbour(history)
    await desk.read(history)
    as_of = ",".join(f"{name}/{n}" for name, n in history.as_of.items())
    before = (await desk.ask(history, f"/reports/{REGISTER}.json")).content
    history.propose("Sell the van", orgs["Clinic"])
    reopened = str(key("decision of Share the van"))
    why = text("It broke down.")
    history.on("Share the van", "DecisionReopened", decision=reopened, new_information=why)
    history.join("Newcomer")
    await desk.read(history)
    after = await desk.ask(history, f"/reports/{REGISTER}.json", as_of=as_of)
    assert after.content == before
    now = await desk.report(history, REGISTER)
    assert now["rows"][1]["reopened"] is not None
    assert figures(now)["reopened"] == "1.000000"
    assert now["head"]["n"] == 4


async def test_a_rebuild_in_other_runs_gives_the_same_bytes(desk: Desk) -> None:
    whole = desk.history()
    harbour(whole)
    await desk.read(whole)
    before = [
        (await desk.ask(whole, f"/reports/{name}.{form}")).content
        for name in (REGISTER, "who-decided-what")
        for form in ("json", "csv", "html")
    ]
    await desk.forget(whole)
    await desk.read(whole, run=3)
    after = [
        (await desk.ask(whole, f"/reports/{name}.{form}")).content
        for name in (REGISTER, "who-decided-what")
        for form in ("json", "csv", "html")
    ]
    assert after == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Buy a bus", "Share the van"]),
        ({"q": "VAN share"}, ["Share the van"]),
        ({"q": "costs"}, ["Share the van"]),  # in a reason
        ({"q": "100%"}, []),
        ({"outcome": "lapsed"}, ["Buy a bus"]),
        ({"outcome": "deferred"}, []),
        ({"body": str(PLENARY)}, ["Buy a bus", "Share the van"]),
        ({"body": str(key("elsewhere"))}, []),
        ({"issue": str(key("issue"))}, ["Share the van"]),
        ({"organisation": str(key("Union"))}, ["Share the van"]),
        ({"organisation": str(key("Clinic"))}, []),
        ({"dissent": "true"}, ["Share the van"]),
        ({"from_": "2026-01-01", "to": "2026-01-01"}, ["Buy a bus", "Share the van"]),
        ({"to": "2025-12-31"}, []),
        ({"from_": "2026-01-02"}, []),
    ],
)
async def test_it_is_searched_by_what_people_remember(
    desk: Desk, told: History, query: dict[str, str], found: list[str]
) -> None:
    report = await desk.report(told, REGISTER, **query)
    assert [row["title"]["text"] for row in report["rows"]] == found
    made = [title for title in found if title == "Share the van"]
    assert figures(report)["decisions"] == len(made)


async def test_pages_follow_each_other_on_the_positions_of_the_first(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic = history.join("Clinic")
    for n in range(5):
        history.propose(f"Proposal {n}", clinic)
        history.open(f"Proposal {n}", clinic, [clinic])
        history.take(f"Proposal {n}", clinic, "agree")
        history.decide(f"Proposal {n}", clinic, "adopted", 1, {"agree": 1})
    await desk.read(history)
    first = await desk.report(history, REGISTER, limit=2)
    history.propose("Too late", clinic)
    history.open("Too late", clinic, [clinic])
    history.take("Too late", clinic, "agree")
    history.decide("Too late", clinic, "adopted", 1, {"agree": 1})
    await desk.read(history)
    titles = [row["title"]["text"] for row in first["rows"]]
    page = first
    while page["next_cursor"]:
        page = await desk.report(history, REGISTER, limit=2, cursor=page["next_cursor"])
        assert page["head"] == first["head"]
        assert page["summary"] == first["summary"]
        titles += [row["title"]["text"] for row in page["rows"]]
    assert titles == [f"Proposal {n}" for n in (4, 3, 2, 1, 0)]


async def test_the_sheet_has_the_columns_that_were_promised(desk: Desk, told: History) -> None:
    sheet = await desk.sheet(told, REGISTER)
    assert sheet.count("\r\n") == 3
    assert sheet.endswith("\r\n")
    header = sheet.partition("\r\n")[0].split(",")
    assert header[:5] == ["decision", "source_id", "date", "title", "outcome"]
    assert header[5:11] == ["agree", "disagree", "abstain", "object", "voters", "entitled"]
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert [row["title"] for row in rows] == ["Buy a bus", "Share the van"]
    assert (rows[1]["agree"], rows[1]["disagree"], rows[1]["recomputed"]) == ("2", "1", "yes")
    assert rows[1]["dissent_reasons"] == "Union: =SUM(A1) is what it costs us"


async def test_a_sheet_says_nothing_of_when_it_was_made(desk: Desk, told: History) -> None:
    """Positions and recording times differ between an import and the same import resumed."""
    again = desk.history()
    again.form()
    again.join("Somebody else first")
    harbour(again)
    happened = {(seen.type, str(seen.data)): seen.at for seen in told.seen}
    again.seen[:] = [
        seen._replace(at=happened.get((seen.type, str(seen.data)), seen.at)) for seen in again.seen
    ]
    await desk.read(again)
    assert await desk.sheet(again, REGISTER) == await desk.sheet(told, REGISTER)


async def test_i8_what_is_not_for_a_reader_is_left_out_and_counted(desk: Desk) -> None:
    history = desk.history()
    orgs = harbour(history)
    clinic = orgs["Clinic"]
    public: dict[str, Any] = {"visibility": "public", "authority": "imported"}
    closed: dict[str, Any] = {"visibility": "body", "audience": ("body:group",)}
    for name, envelope in (("In the open", public), ("Behind the door", closed)):
        start = len(history.seen)
        history.propose(name, clinic)
        history.open(name, clinic, [clinic])
        history.take(name, clinic, "agree")
        history.decide(name, clinic, "adopted", 1, {"agree": 1})
        history.seen[start:] = [seen._replace(**envelope) for seen in history.seen[start:]]
    await desk.read(history)
    members = await desk.report(history, REGISTER)
    assert len(members["rows"]) == 3
    assert members["head"]["withheld"] == {"audience": 1}
    assert members["head"]["audience"] == "members"

    public_one = await desk.report(history, REGISTER, audience="public")
    assert [row["title"]["text"] for row in public_one["rows"]] == ["In the open"]
    assert public_one["head"]["withheld"] == {"audience": 3}
    assert public_one["rows"][0]["recomputed"] == "yes"
    assert public_one["rows"][0]["body"]["name"] is None
    guest = await desk.ask(history, f"/reports/{REGISTER}.json", GUEST)
    assert guest.json()["rows"] == public_one["rows"]
    narrowed = await desk.report(history, REGISTER, q="door")
    assert narrowed["rows"] == []
    assert narrowed["head"]["withheld"] == {"audience": 1}
    for form in ("json", "csv", "html"):
        answer = await desk.ask(history, f"/reports/{REGISTER}.{form}", GUEST)
        assert "Behind the door" not in answer.text
        assert "Share the van" not in answer.text


async def test_a_guest_cannot_have_what_is_for_members(desk: Desk, told: History) -> None:
    answer = await desk.ask(told, f"/reports/{REGISTER}.json", GUEST, audience="members")
    assert (answer.status_code, answer.json()["reason"]) == (403, "not_allowed")
    answer = await desk.ask(told, "/reports/who-decided-what.json", GUEST)
    assert (answer.status_code, answer.json()["reason"]) == (422, "audience_not_served")


async def test_a_report_that_is_known_is_not_sent_again(desk: Desk, told: History) -> None:
    first = await desk.ask(told, f"/reports/{REGISTER}.json", audience="public")
    again = await desk.ask(
        told,
        f"/reports/{REGISTER}.json",
        audience="public",
        headers={"If-None-Match": first.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ({"as_of": "meetings/999999"}, 422, "not_reached"),
        ({"as_of": "audit/1"}, 422, "unreadable"),
        ({"as_of": "meetings/-1"}, 422, "unreadable"),
        ({"cursor": "bm9uc2Vuc2U"}, 422, "bad_cursor"),
        ({"cursor": "W1swLDAsMF0sWzEsMiwzXV0"}, 422, "bad_cursor"),
        ({"audience": "everybody"}, 422, None),
        ({"audience": "funders"}, 422, "audience_not_served"),
        ({"limit": "0"}, 422, None),
        ({"limit": "201"}, 422, None),
        ({"outcome": "maybe"}, 422, None),
        ({"organisation": "nobody"}, 422, None),
        ({"at_least": "meetings/99999"}, 503, "view_behind"),
    ],
)
async def test_what_cannot_be_answered_gets_a_clear_problem(
    desk: Desk, told: History, query: dict[str, Any], status: int, reason: str | None
) -> None:
    answer = await desk.ask(told, f"/reports/{REGISTER}.json", **query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert reason is None or answer.json()["reason"] == reason


async def test_an_unknown_report_is_not_found(desk: Desk, told: History) -> None:
    assert (await desk.ask(told, "/reports/popularity.json")).status_code == 404
    assert (await desk.ask(told, f"/reports/{REGISTER}.docx")).status_code == 404


async def test_a_line_counts_ratifications_of_its_voting_and_who_was_told(desk: Desk) -> None:
    history = desk.history()
    history.form()
    clinic, school = history.join("Clinic"), history.join("School")
    history.propose("Van", clinic)
    history.open("Van", clinic, [clinic, school])
    history.on("Van", "RatificationRequested", org=str(school), due="2026-02-01")
    history.on("Van", "DecisionRatified", school)
    history.take("Van", clinic, "agree")
    history.decide("Van", clinic, "adopted", 2, {"agree": 1})
    decision: dict[str, Any] = {"decision": str(key("decision of Van"))}
    for channel in ("email", "phone"):
        told: dict[str, Any] = {"channel": channel, "orgs": [str(school)]}
        history.on("Van", "DecisionCommunicated", clinic, **decision, **told)
    history.on("Van", "DecisionAcknowledged", school, **decision)
    await desk.read(history)
    [line] = (await desk.report(history, REGISTER))["rows"]
    assert line["ratifications"] == {"requested": 1, "ratified": 1}
    assert (line["told"], line["acknowledged"]) == (1, 1)
    [cells] = csv.DictReader(io.StringIO(await desk.sheet(history, REGISTER), newline=""))
    assert cells["ratifications"] == "requested: 1; ratified: 1"
    assert (cells["told"], cells["acknowledged"]) == ("1", "1")
