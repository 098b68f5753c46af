"""R5 over HTTP: who is missing, at the table and before decisions."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from tests.transparency.desk import GUEST, Desk
from tests.transparency.history import History, key, text
from tests.transparency.table import (
    CLINIC,
    LIBRARY,
    SCHOOL,
    UNION,
    common,
    identify,
    named,
    part,
    told,
)

GAPS = "representation-gaps"
STEERING, SEAT, MEETING = key("steering"), key("seat"), key("March meeting")


def meet(history: History, *orgs: UUID) -> None:
    """Hold a meeting where these come."""
    stream = f"meeting-{MEETING}"
    scheduled = {"title": text("March meeting"), "body": str(STEERING)}
    history.add("meetings", "MeetingScheduled", stream, scheduled, by=CLINIC)
    history.add("meetings", "MeetingOpened", stream, {}, by=CLINIC)
    for org in orgs:
        came = {"attendance": str(key(f"{org} comes")), "org": str(org), "mode": "remote"}
        history.add("meetings", "AttendanceRecorded", stream, came, by=org)


def decide(history: History, name: str, electorate: list[UUID], *affected: str) -> str:
    """Decide something, and return the ref of its draft."""
    history.propose(name, CLINIC, affected=[str(key(who)) for who in affected])
    drafted = history.seen[-2].ref
    history.open(name, CLINIC, electorate)
    history.decide(name, CLINIC, "adopted", len(electorate), {"agree": len(electorate)})
    return drafted


def review(history: History, who: str, occasion: str, *, consulted: bool) -> None:
    said = {"occasion": occasion, "required": 1, "present": 0, "consulted": consulted}
    stream = f"constituency-{key(who)}"
    history.add("members", "RepresentationReviewed", stream, said, by=CLINIC)


@pytest.fixture(scope="module")
async def gaps(desk: Desk) -> History:
    """Parents want two seats and have two members; nobody speaks for the night shift."""
    history = common(desk.history())
    identify(history, "Night shift", least=True)
    constituted = {"name": text("Steering"), "kind": "steering", "scope": "all"}
    body = f"body-{STEERING}"
    history.add("members", "BodyConstituted", body, constituted, by=CLINIC)
    kept = {"seat": str(SEAT), "constituency": str(key("Parents"))}
    history.add("members", "SeatReserved", body, kept, by=CLINIC)
    history.add("members", "SeatFilled", body, {"seat": str(SEAT), "org": str(UNION)}, by=CLINIC)
    meet(history, SCHOOL, CLINIC)
    decide(history, "Early buses", [CLINIC, LIBRARY], "Parents", "Nurses")
    history.propose("Late meals", CLINIC, affected=[str(key("Night shift"))])
    history.on(
        "Late meals", "ConstituencyConsulted", CLINIC, constituency=str(key("Night shift")),
        on="2025-12-20", summary=text("They eat at six."),
    )  # fmt: skip
    history.open("Late meals", CLINIC, [CLINIC, LIBRARY])
    history.decide("Late meals", CLINIC, "adopted", 2, {"agree": 2})
    await desk.read(history)
    return history


def of(report: Any, part_name: str, field: str) -> dict[str, Any]:
    return {named([row[field]])[0]: row for row in part(report, part_name)}


async def test_the_least_well_served_stand_first_with_what_is_missing(
    desk: Desk, gaps: History
) -> None:
    report = await desk.report(gaps, GAPS)
    assert report["head"]["report"] == "R5"
    found = of(report, "constituency", "constituency")
    assert list(found) == ["Parents", "Night shift", "Nurses"]
    figures = {
        name: (row["required"], row["present"], row["gap"], row["unrepresented"])
        for name, row in found.items()
    }
    assert figures == {
        "Parents": (2, 2, 0, False),
        "Night shift": (1, 0, 1, True),
        "Nurses": (1, 1, 0, False),
    }
    parents = found["Parents"]
    assert named(parents["members"]) == ["School", "Union"]
    assert (parents["attended"], parents["meetings"], parents["consulted"]) == (1, 1, 0)
    assert (parents["spoke"], parents["reasons"]) == (None, {"spoke": "no speech was recorded"})
    assert found["Night shift"]["consulted"] == 1
    seats = {named([s["body"]])[0]: (s["kept"], s["filled"], s["held"]) for s in parents["seats"]}
    assert seats == {"Plenary": (0, 0, 2), "Steering": (1, 1, 1)}


async def test_each_meeting_says_who_was_missing(desk: Desk, gaps: History) -> None:
    [row] = part(await desk.report(gaps, GAPS), "meeting")
    assert named([row["meeting"]]) == ["March meeting"]
    missing = {named([each["constituency"]])[0]: each["gap"] for each in row["missing"]}
    assert missing == {"Parents": 1, "Night shift": 1}


async def test_f11_a_decision_without_the_least_well_served_is_flagged(
    desk: Desk, gaps: History
) -> None:
    report = await desk.report(gaps, GAPS)
    late, early = part(report, "decision")
    assert (early["title"], early["flagged"]) == (text("Early buses"), True)
    assert named(early["unheard"]) == ["Parents"]
    assert (early["lead_days"], early["reasons"]) == (
        None,
        {"lead_days": "nobody was consulted before"},
    )
    assert (late["title"], late["flagged"], late["unheard"]) == (text("Late meals"), False, [])
    assert (late["first_consulted"], late["lead_days"]) == ("2025-12-20", 12)
    assert [each["consulted"] for each in late["affected"]] == [True]
    figures = {each["figure"]: each for each in report["summary"]}
    assert (figures["flagged"]["value"], figures["affected_unheard"]["value"]) == (1, 1)
    known = {seen.ref: seen.type for seen in gaps.seen}
    assert [known[ref] for ref in figures["flagged"]["refs"]] == ["DecisionMade"]
    assert {"ProposalDrafted", "VotingOpened", "DecisionMade", "ConstituencyConsulted"} <= {
        known[ref] for ref in late["refs"]
    }


async def test_f11_a_review_that_they_were_consulted_lowers_the_flag(desk: Desk) -> None:
    history = common(desk.history())
    meet(history, CLINIC)
    drafted = decide(history, "Early buses", [CLINIC, LIBRARY])
    other = decide(history, "Early meals", [CLINIC, LIBRARY])
    await desk.read(history)

    async def flags() -> dict[str, Any]:
        rows = part(await desk.report(history, GAPS), "decision")
        return {row["title"]["text"]: row["flagged"] for row in rows}

    assert await flags() == {"Early buses": True, "Early meals": True}
    review(history, "Parents", drafted, consulted=False)
    review(history, "Nurses", drafted, consulted=True)
    await desk.read(history)
    assert await flags() == {"Early buses": True, "Early meals": True}
    review(history, "Parents", drafted, consulted=True)
    await desk.read(history)
    assert await flags() == {"Early buses": False, "Early meals": True}
    review(history, "Parents", other, consulted=True)
    await desk.read(history)
    assert await flags() == {"Early buses": False, "Early meals": False}


async def test_one_of_them_in_the_electorate_lowers_it_too(desk: Desk) -> None:
    history = common(desk.history())
    decide(history, "Early buses", [CLINIC, SCHOOL], "Parents", "Nurses")
    await desk.read(history)
    [row] = part(await desk.report(history, GAPS), "decision")
    assert (row["flagged"], row["unheard"]) == (False, [])


async def test_an_electorate_known_by_its_digest_leaves_the_flag_open(desk: Desk) -> None:
    history = common(desk.history())
    history.propose("Early buses", CLINIC)
    history.open("Early buses", CLINIC, [CLINIC], electorate="wy__PvP9SqJOkBuoBwzH6XO2vWGe67ZP2Pt6")
    history.decide("Early buses", CLINIC, "adopted", 1, {"agree": 1})
    await desk.read(history)
    [row] = part(await desk.report(history, GAPS), "decision")
    assert row["flagged"] is None
    assert row["reasons"]["flagged"] == "the electorate is known by its digest only"


async def test_f10_who_is_represented_by_nobody_is_to_be_invited(desk: Desk, gaps: History) -> None:
    suggestions = part(await desk.report(gaps, GAPS), "suggestion")
    first = suggestions[0]
    assert (first["suggestion"], named([first["constituency"]])) == ("invite", ["Night shift"])
    assert {row["suggestion"] for row in suggestions[1:]} == {"introduce"}
    assert suggestions[1]["refs"]


async def test_speeches_count_where_they_are_for_this_reader(desk: Desk) -> None:
    history = common(desk.history())
    meet(history, SCHOOL)
    stream = f"meeting-{MEETING}"
    speech = {"speech": str(key("speech")), "item": str(key("item")), "org": str(SCHOOL)}
    history.add("meetings", "SpeechStarted", stream, speech, by=CLINIC)
    await desk.read(history)
    found = of(await desk.report(history, GAPS), "constituency", "constituency")
    assert [found[name]["spoke"] for name in ("Parents", "Nurses")] == [1, 0]
    body = {"visibility": "body", "audience": ("body:group",)}
    history.add("meetings", "SpeechStarted", stream, speech, by=CLINIC, **body)
    await desk.read(history)
    report = await desk.report(history, GAPS)
    found = of(report, "constituency", "constituency")
    assert found["Parents"]["spoke"] == {"withheld": "audience"}
    assert found["Parents"]["attended"] == 1
    assert report["head"]["withheld"] == {"audience": 1}


async def test_everyone_sees_nothing_of_what_is_for_members(desk: Desk, gaps: History) -> None:
    report = await desk.report(gaps, GAPS, person=GUEST)
    assert report["head"]["audience"] == "public"
    assert report["rows"] == []
    assert report["head"]["withheld"]["audience"] > 0
    assert "Night shift" not in str(report)
    asked = await desk.report(gaps, GAPS, audience="public")
    assert asked["rows"] == report["rows"]
    assert asked["summary"] == report["summary"]
    flagged = next(each for each in report["summary"] if each["figure"] == "flagged")
    assert flagged["value"] == {"withheld": "audience"}


async def test_everyone_sees_what_is_public_and_why_the_rest_is_not_shown(desk: Desk) -> None:
    """A gap that rests on memberships a reader does not see is no gap: it is withheld."""
    history = common(desk.history())
    history.visibility = "public"
    identify(history, "Night shift", least=True)
    decide(history, "Early buses", [CLINIC], "Night shift")
    await desk.read(history)
    report = await desk.report(history, GAPS, person=GUEST)
    withheld = {"withheld": "audience"}
    [row] = part(report, "constituency")
    assert named([row["constituency"]]) == ["Night shift"]
    assert (row["required"], row["least_well_served"]) == (1, True)
    assert row["members"] == row["present"] == row["gap"] == row["unrepresented"] == withheld
    [decision] = part(report, "decision")
    assert (decision["title"], decision["flagged"]) == (text("Early buses"), withheld)
    assert [each["present"] for each in decision["affected"]] == [withheld]
    assert part(report, "suggestion") == part(report, "meeting") == []
    page = await desk.ask(history, f"/reports/{GAPS}.html", GUEST)
    assert "[audience]" in page.text
    seen = part(await desk.report(history, GAPS), "constituency")
    assert seen[1]["gap"] == 1


async def test_the_sheet_holds_every_line(desk: Desk, gaps: History) -> None:
    rows = list(csv.DictReader(io.StringIO(await desk.sheet(gaps, GAPS), newline="")))
    report = await desk.report(gaps, GAPS, limit=200)
    assert [row["part"] for row in rows] == [row["part"] for row in report["rows"]]
    parents = rows[0]
    assert (parents["name"], parents["members"], parents["gap"]) == (
        "Parents",
        "School; Union",
        "0",
    )
    assert (
        parents["seats"] == "Plenary: 0 kept, 0 filled, 2 held; Steering: 1 kept, 1 filled, 1 held"
    )
    early = next(row for row in rows if row["name"] == "Early buses")
    assert (early["flagged"], early["unheard"], early["affected"]) == (
        "yes",
        "Parents",
        "Nurses; Parents",
    )


async def test_the_page_has_a_table_for_each_part(desk: Desk, gaps: History) -> None:
    page = (await desk.ask(gaps, f"/reports/{GAPS}.html")).text
    for title in ("Constituencies", "Meetings", "Decisions", "Suggestions", "Figures"):
        assert f"{title}</h2>" in page
    assert "Parents: not present, not consulted" in page
    assert "1 of 1" in page


async def test_pages_hold_each_line_once(desk: Desk, gaps: History) -> None:
    whole = await desk.report(gaps, GAPS)
    first = await desk.report(gaps, GAPS, limit=4)
    rest = await desk.report(gaps, GAPS, limit=200, cursor=first["next_cursor"])
    assert first["rows"] + rest["rows"] == whole["rows"]


async def test_t1_the_same_positions_give_the_same_bytes(desk: Desk) -> None:
    history = await told(desk)
    as_of = ",".join(f"{name}/{n}" for name, n in history.as_of.items())
    before = (await desk.ask(history, f"/reports/{GAPS}.json")).content
    identify(history, "Night shift")
    decide(history, "Early buses", [CLINIC])
    await desk.read(history)
    assert (await desk.ask(history, f"/reports/{GAPS}.json", as_of=as_of)).content == before
