"""R10 over HTTP: what is for two alone is counted, and nobody sees more than that."""

import csv
import io
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from services.transparency.domain.relationship_health import HEALING, OF_DAYS, OF_QUARTER
from tests.transparency.desk import GUEST, PARTY, Desk
from tests.transparency.history import NOON, History, key, text

HEALTH = "relationship-health"
NAMES = ("Clinic", "School", "Union", "Parents", "Library", "Museum")
SUPPRESSED = {"withheld": "suppressed"}
LAST = "2025-Q4"  # histories begin on the first day of 2026


def stream(one: str, other: str) -> str:
    return "relationship-" + "_".join(sorted(map(str, (key(one), key(other)))))


def between(history: History, one: str, other: str, kind: str, /, **data: Any) -> None:
    """Record something that these two alone may read, by the first of them."""
    two = tuple(sorted(map(str, (key(one), key(other)))))
    history.add(
        "members", kind, stream(one, other), data,
        by=key(one), visibility="dyad", audience=two,
    )  # fmt: skip


def pulse(history: History, one: str, other: str, points: int = 3, quarter: str = LAST) -> None:
    parts = ("reliability", "mission", "openness", "power", "involvement", "resources")
    rated = dict.fromkeys(parts, points)
    between(
        history, one, other, "TrustPulseSubmitted",
        about=str(key(other)), period=quarter, **rated,
    )  # fmt: skip


def touch(history: History, one: str, other: str, on: str) -> None:
    data = {"kind": "call", "on": on}
    history.add("members", "TouchpointLogged", stream(one, other), data, by=key(one))


def ring(history: History, names: tuple[str, ...], points: int = 3) -> None:
    for one, other in zip(names, [*names[1:], names[0]], strict=True):
        pulse(history, one, other, points)


def formed(desk: Desk, **how: Any) -> History:
    history = desk.history(**how)
    history.form()
    for name in NAMES:
        history.join(name)
    return history


def figures(report: Any) -> dict[str, Any]:
    return {each["figure"]: each for each in report["summary"]}


@pytest.fixture(scope="module")
async def told(desk: Desk) -> History:
    history = formed(desk)
    touch(history, "Clinic", "School", "2025-12-30")
    touch(history, "School", "Clinic", "2025-06-30")
    breach = {"breach": str(key("breach")), "offender": str(key("School")), "kind": "leak"}
    between(history, "Clinic", "School", "BoundaryBreachReported", **breach, what=text("Told."))
    between(history, "School", "Clinic", "AmendsOffered", breach=breach["breach"],
            offer=text("Sorry."))  # fmt: skip
    between(history, "Union", "Parents", "HistoricTensionRecorded", cause=text("The strike."))
    ring(history, NAMES[:5])
    await desk.read(history)
    return history


async def test_with_four_answers_nothing_shows_and_with_five_it_does(desk: Desk) -> None:
    history = formed(desk)
    ring(history, NAMES[:4])
    await desk.read(history)
    report = await desk.report(history, HEALTH)
    suppressed = {name: figures(report)[name]["value"] for name in OF_QUARTER + OF_DAYS + HEALING}
    assert suppressed == dict.fromkeys(suppressed, SUPPRESSED)
    values = [cell["value"] for row in report["rows"] for cell in row.values() if "value" in cell]
    assert all(value == SUPPRESSED for value in values)
    assert report["head"]["withheld"] == {"suppressed": len(suppressed) + len(values)}
    pulse(history, "Library", "Clinic", 1)
    await desk.read(history)
    trust = figures(await desk.report(history, HEALTH))["trust"]
    assert (trust["value"], trust["quarter"]) == ("0.650000", LAST)  # 13 of 20
    assert (trust["refs_count"], "refs" in trust) == (5, False)


async def test_a_sixth_answer_is_not_told_by_the_difference(desk: Desk) -> None:
    history = formed(desk)
    ring(history, NAMES[:5])
    await desk.read(history)
    before = await desk.report(history, HEALTH)
    pulse(history, "Museum", "Clinic", 1)
    await desk.read(history)
    after = await desk.report(history, HEALTH)
    assert (after["summary"], after["rows"]) == (before["summary"], before["rows"])


async def test_breaches_are_told_as_counts(desk: Desk, told: History) -> None:
    report = figures(await desk.report(told, HEALTH))
    assert (report["breaches_open"]["value"], report["breaches_repaired"]["value"]) == (1, 0)
    assert report["tensions"]["value"] == 1
    assert report["median_days_to_amends"]["value"] == SUPPRESSED
    accepted = {"breach": str(key("breach"))}
    between(told, "Clinic", "School", "AmendsAccepted", **accepted)
    await desk.read(told)
    later = figures(await desk.report(told, HEALTH))
    assert (later["breaches_open"]["value"], later["breaches_repaired"]["value"]) == (0, 1)


async def test_the_network_is_told_from_what_everybody_sees(desk: Desk, told: History) -> None:
    report = figures(await desk.report(told, HEALTH))
    assert report["density"]["value"] == "0.066667"
    assert report["density"]["refs"] == ["members/10"]
    assert report["stale_pairs"]["value"] == 0  # all came just now


async def test_each_reader_gets_the_same_and_nobody_is_named(desk: Desk, told: History) -> None:
    member = await desk.ask(told, f"/reports/{HEALTH}.json")
    party = await desk.ask(told, f"/reports/{HEALTH}.json", PARTY)
    assert member.content == party.content
    guest = await desk.ask(told, f"/reports/{HEALTH}.json", GUEST)
    assert (guest.status_code, guest.json()["reason"]) == (422, "audience_not_served")
    public = await desk.ask(told, f"/reports/{HEALTH}.json", audience="public")
    assert public.status_code == 422
    for form in ("json", "csv", "html"):
        body = (await desk.ask(told, f"/reports/{HEALTH}.{form}")).text
        assert not any(str(key(name)) in body for name in NAMES)
        assert not any(word in body for word in ("Told.", "Sorry.", "The strike."))


async def test_no_reference_leads_to_what_is_for_two(desk: Desk, told: History) -> None:
    hidden = {f"members/{seen.position}" for seen in told.seen if seen.visibility == "dyad"}
    assert hidden
    report = await desk.report(told, HEALTH)
    cells = [
        *report["summary"],
        *(c for row in report["rows"] for c in row.values() if "value" in c),
    ]
    refs = {ref for cell in cells for ref in cell.get("refs", ())}
    assert refs
    assert not refs & hidden


async def test_what_a_reader_of_a_narrower_touchpoint_misses_is_no_tie(desk: Desk) -> None:
    history = formed(desk)
    ring(history, NAMES[:5])
    data = {"kind": "call", "on": "2025-12-30"}
    group = {"visibility": "body", "audience": ("body:other",), "by": key("Clinic")}
    history.add("members", "TouchpointLogged", stream("Clinic", "School"), data, **group)
    await desk.read(history)
    assert figures(await desk.report(history, HEALTH))["density"]["value"] == "0.000000"


async def test_the_boundary_agreement_decides(desk: Desk) -> None:
    history = formed(desk)
    agreed = {"version": 2, "defaults": {}, "min_group": 2, "text": text("Two will do.")}
    history.add("members", "BoundaryAgreed", f"coalition-{history.coalition}", agreed)
    pulse(history, "Clinic", "School")
    await desk.read(history)
    one = await desk.report(history, HEALTH)
    assert figures(one)["trust"]["value"] == SUPPRESSED
    pulse(history, "School", "Clinic")
    await desk.read(history)
    two = await desk.report(history, HEALTH)
    assert figures(two)["trust"]["value"] == "0.750000"
    assert figures(two)["reciprocity"]["value"] == "1.000000"
    assert (two["head"]["boundary_version"], two["head"]["min_group"]) == (2, 2)
    register = await desk.report(history, "decision-register")
    assert register["head"]["boundary_version"] == 2


async def test_recovery_over_time(desk: Desk) -> None:
    history = formed(desk)

    def at(month: int, day: int, year: int = 2025) -> dict[str, Any]:
        moment = datetime(year, month, day, tzinfo=UTC)
        return {"at": moment, "recorded_at": moment}

    pairs = list(zip(NAMES[:5], [*NAMES[1:5], NAMES[0]], strict=True))
    told = [("2025-Q1", 2, at(3, 20)), ("2025-Q2", 4, at(6, 20)), ("2025-Q3", 1, at(9, 20)),
            ("2025-Q4", 4, at(12, 20))]  # fmt: skip
    for quarter, points, when in told:
        for one, other in pairs:
            if quarter == "2025-Q3":
                breach = {"breach": str(key(f"{one} {other}")), "offender": str(key(other))}
                between(history, one, other, "BoundaryBreachReported", **breach, kind="leak")
                history.seen[-1] = history.seen[-1]._replace(**at(8, 1))
            pulse(history, one, other, points, quarter)
            history.seen[-1] = history.seen[-1]._replace(**when)
    history.add("members", "IssueRaised", f"issue-{key('x')}", {"name": text("X")})
    await desk.read(history)
    report = await desk.report(history, HEALTH)
    told_now = figures(report)
    # down by 3; up by 2 + 3 in two quarters
    assert told_now["recovery_asymmetry"]["value"] == "1.200000"
    assert told_now["median_days_to_trust"]["value"] == 141
    assert [row["trust"]["value"] for row in report["rows"]] == [
        "0.500000", "1.000000", "0.250000", "1.000000",
    ]  # fmt: skip


async def test_the_sheet_and_the_page_say_the_same(desk: Desk, told: History) -> None:
    sheet = await desk.sheet(told, HEALTH)
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert [row["quarter"] for row in rows] == ["2025-Q1", "2025-Q2", "2025-Q3", LAST]
    assert (rows[0]["trust"], rows[3]["trust"]) == ("[suppressed]", "0.750000")
    assert (rows[3]["responding"], rows[3]["active"]) == ("0", "0")  # they joined in January
    answer = await desk.ask(told, f"/reports/{HEALTH}.html")
    assert "75.0 %" in answer.text
    assert "too few contributed" in answer.text
    assert "Trust and relationship health" in answer.text


async def test_a_rebuild_gives_the_same_bytes(desk: Desk, told: History) -> None:
    before = (await desk.ask(told, f"/reports/{HEALTH}.json")).content
    await desk.forget(told)
    await desk.read(told, run=3)
    assert (await desk.ask(told, f"/reports/{HEALTH}.json")).content == before


async def test_every_pair_answering_is_told_whole(desk: Desk) -> None:
    history = formed(desk)
    in_time: dict[str, Any] = {
        "recorded_at": NOON - timedelta(days=2),
        "at": NOON - timedelta(days=2),
    }
    for one, other in permutations(NAMES, 2):
        pulse(history, one, other, 4)
        history.seen[-1] = history.seen[-1]._replace(**in_time)
    history.add("members", "IssueRaised", f"issue-{key('y')}", {"name": text("Y")})
    await desk.read(history)
    told = figures(await desk.report(history, HEALTH))
    assert (told["trust"]["value"], told["trust"]["refs_count"]) == ("1.000000", 30)
    assert told["reciprocity"]["value"] == "1.000000"


async def test_nothing_recorded_is_nothing_told(desk: Desk, told: History) -> None:
    report = await desk.report(told, HEALTH, as_of="members/0,meetings/0,credit/0")
    assert (report["summary"], report["rows"]) == ([], [])
    page = await desk.ask(told, f"/reports/{HEALTH}.html", as_of="members/0,meetings/0,credit/0")
    assert page.status_code == 200
