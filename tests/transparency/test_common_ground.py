"""R4 over HTTP: what is common, what is parked, who could stand together."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from tests.transparency.desk import GUEST, PARTY, Desk
from tests.transparency.history import NOON, History, key, text
from tests.transparency.table import (
    CLINIC,
    LIBRARY,
    SCHOOL,
    UNION,
    agree_to_disagree,
    change,
    common,
    named,
    part,
    raise_issue,
    stand,
    threaten,
    told,
    touch,
)

GROUND = "common-ground"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
async def ground(desk: Desk) -> History:
    return await told(desk)


def regions(report: Any) -> dict[tuple[str, ...], list[str]]:
    return {
        tuple(named(row["organisations"])): named(row["issues"]) for row in part(report, "region")
    }


async def test_each_supported_issue_stands_in_one_region(desk: Desk, ground: History) -> None:
    report = await desk.report(ground, GROUND)
    assert report["head"]["report"] == "R4"
    assert list(regions(report).items()) == [
        (("Clinic", "School", "Union"), ["Meals"]),
        (("Clinic", "School"), ["Buses"]),
        (("School",), ["Books"]),
        (("Union",), ["Doctors"]),
    ]


async def test_an_issue_is_unknown_until_every_constituency_is_heard(
    desk: Desk, ground: History
) -> None:
    report = await desk.report(ground, GROUND)
    issues = {named([row["issue"]])[0]: row for row in part(report, "issue")}
    meals, books = issues["Meals"], issues["Books"]
    assert (meals["state"], meals["coverage"], meals["gac"]) == ("known", "1.000000", "0.707107")
    assert (books["state"], books["coverage"], books["gac"]) == ("unknown", "0.500000", "0.666667")
    assert named(books["unheard"]) == ["Nurses"]
    assert (books["divisiveness"], set(books["reasons"])) == (None, {"divisiveness"})
    assert named(books["silent"]) == ["Clinic", "Library", "Union"]
    assert issues["Transport"]["gac"] is None


async def test_f18_of_a_constituency_only_counts_are_shown(desk: Desk, ground: History) -> None:
    report = await desk.report(ground, GROUND)
    for row in part(report, "issue"):
        for group in row["groups"]:
            assert set(group) == {"constituency", "of", "agree", "against", "said"}


async def test_t2_every_line_cites_its_events(desk: Desk, ground: History) -> None:
    report = await desk.report(ground, GROUND)
    known = {seen.ref: seen.type for seen in ground.seen}
    for row in (*report["rows"], *report["summary"]):
        for ref in row["refs"]:
            assert ref in known
    [wide] = [row for row in part(report, "region") if len(row["organisations"]) == 3]
    assert {known[ref] for ref in wide["refs"]} == {"IssueRaised", "PositionTaken"}
    assert len(wide["refs"]) == 4


async def test_the_next_position_moves_the_issue(desk: Desk) -> None:
    history = await told(desk)
    change(history, UNION, "Doctors", "support", "no_position")
    stand(history, LIBRARY, "Meals", "support")
    await desk.read(history)
    assert list(regions(await desk.report(history, GROUND)).items()) == [
        (("Clinic", "Library", "School", "Union"), ["Meals"]),
        (("Clinic", "School"), ["Buses"]),
        (("School",), ["Books"]),
    ]


async def test_f9_unlikely_pairs_are_ranked_by_what_they_share(desk: Desk) -> None:
    history = common(desk.history())
    threaten(history, "Schools close", UNION, LIBRARY)
    touch(history, CLINIC, SCHOOL, "2025-12-30")
    touch(history, SCHOOL, UNION, "2025-06-01")
    await desk.read(history)
    found = [
        (named(row["organisations"]), row["shared"], row["tied"], row["last_touchpoint"])
        for row in part(await desk.report(history, GROUND), "pair")
    ]
    assert [last for *_, last in found] == [None, None, "2025-06-01"]
    never = ["_".join(str(key(name)) for name in orgs) for orgs, *_ in found[:2]]
    assert never == sorted(never)
    together = {frozenset(orgs): (shared, tied) for orgs, shared, tied, _ in found}
    assert together == {
        frozenset({"Clinic", "Union"}): (1, False),
        frozenset({"Union", "Library"}): (1, False),
        frozenset({"School", "Union"}): (1, False),
    }
    [line] = [
        row
        for row in part(await desk.report(history, GROUND), "pair")
        if set(named(row["organisations"])) == {"Clinic", "Union"}
    ]
    assert (named(line["opposed"]), named(line["issues"])) == (["Doctors"], ["Meals"])


async def test_a_match_is_a_tie_once_both_have_recorded_it(desk: Desk) -> None:
    history = common(desk.history())
    exchange, match = f"exchange-{key('van')}", str(key("match"))
    parties = {"match": match, "parties": sorted([str(CLINIC), str(SCHOOL)])}
    history.add("members", "ResourceMatched", exchange, parties, by=CLINIC)
    await desk.read(history)

    async def pairs() -> list[set[str]]:
        rows = part(await desk.report(history, GROUND), "pair")
        return [set(named(row["organisations"])) for row in rows]

    assert {"Clinic", "School"} in await pairs()
    history.add("members", "ResourceMatched", exchange, {"match": match}, by=SCHOOL)
    await desk.read(history)
    assert {"Clinic", "School"} not in await pairs()


async def test_what_is_parked_and_what_threatens_stand_in_tables_of_their_own(desk: Desk) -> None:
    history = common(desk.history())
    agree_to_disagree(history, "Doctors", UNION, CLINIC)
    threaten(history, "Schools close", UNION, LIBRARY)
    await desk.read(history)
    report = await desk.report(history, GROUND)
    [parked], [threat] = part(report, "disagreement"), part(report, "threat")
    assert (named([parked["issue"]]), parked["terms"]) == (["Doctors"], text("Each as it likes."))
    assert named(parked["organisations"]) == ["Clinic", "Union"]
    assert (named([threat["threat"]]), named(threat["organisations"])) == (
        ["Schools close"],
        ["Library", "Union"],
    )
    figures = {each["figure"]: each["value"] for each in report["summary"]}
    assert (figures["parked"], figures["threats"]) == (1, 1)


async def test_the_window_says_what_changed(desk: Desk) -> None:
    history = common(desk.history())
    later = NOON + timedelta(days=200)
    change(history, UNION, "Doctors", "support", "oppose")
    moved = history.seen[-1]
    history.seen[-1] = moved._replace(at=later, recorded_at=later)
    await desk.read(history)
    report = await desk.report(history, GROUND)
    assert report["head"]["window"] == {"from": "2026-04-22", "to": "2026-07-20"}
    [doctors] = [r for r in part(report, "issue") if named([r["issue"]]) == ["Doctors"]]
    assert (named(doctors["joined"]), named(doctors["left"])) == ([], ["Union"])
    assert doctors["before"]["gac"] == "0.471405"
    assert doctors["gac"] == "0.333333"
    past = await desk.report(history, GROUND, from_="2026-01-01", to="2026-01-31")
    assert past["head"]["window"] == {"from": "2026-01-01", "to": "2026-01-31"}
    [then] = [r for r in part(past, "issue") if named([r["issue"]]) == ["Doctors"]]
    assert named(then["joined"]) == ["Union"]


async def test_t1_the_same_positions_give_the_same_bytes(desk: Desk) -> None:
    history = await told(desk)
    as_of = ",".join(f"{name}/{n}" for name, n in history.as_of.items())
    before = [
        (await desk.ask(history, f"/reports/{GROUND}.{suffix}")).content
        for suffix in ("json", "csv", "html")
    ]
    stand(history, LIBRARY, "Books", "oppose")
    await desk.read(history)
    again = [
        (await desk.ask(history, f"/reports/{GROUND}.{suffix}", as_of=as_of)).content
        for suffix in ("json", "csv", "html")
    ]
    assert again == before


async def test_rows_read_one_by_one_give_the_same_report(desk: Desk) -> None:
    slow = common(desk.history())
    await desk.read(slow, run=1)
    quick = await told(desk)
    one, other = [await desk.report(history, GROUND) for history in (slow, quick)]
    assert one["rows"] == other["rows"]
    await desk.forget(slow)
    await desk.read(slow)
    assert (await desk.report(slow, GROUND))["rows"] == one["rows"]


async def test_pages_hold_each_line_once(desk: Desk, ground: History) -> None:
    whole = await desk.report(ground, GROUND)
    rows, cursor = [], None
    while True:
        page = await desk.report(ground, GROUND, limit=3, **({"cursor": cursor} if cursor else {}))
        rows += page["rows"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert rows == whole["rows"]
    assert page["summary"] == whole["summary"]


async def test_only_some_organisations_can_be_looked_at(desk: Desk, ground: History) -> None:
    report = await desk.report(ground, GROUND, among=[str(SCHOOL), str(UNION)])
    assert list(regions(report).items()) == [
        (("School", "Union"), ["Meals"]),
        (("School",), ["Books", "Buses"]),
        (("Union",), ["Doctors"]),
    ]
    assert [set(named(row["organisations"])) for row in part(report, "pair")] == [
        {"School", "Union"}
    ]
    answer = await desk.ask(ground, f"/reports/{GROUND}.json", among=[str(SCHOOL)] * 2, limit=1)
    assert answer.headers["link"].count(str(SCHOOL)) == 4  # two in each address


async def test_it_is_for_members(desk: Desk, ground: History) -> None:
    for suffix in ("json", "csv", "html"):
        answer = await desk.ask(ground, f"/reports/{GROUND}.{suffix}", GUEST)
        assert (answer.status_code, answer.json()["reason"]) == (422, "audience_not_served")
    refused = await desk.ask(ground, f"/reports/{GROUND}.json", audience="public")
    assert refused.status_code == 422


async def test_i8_a_position_for_a_body_only_is_left_out_and_counted(desk: Desk) -> None:
    history = await told(desk)
    group = "body:group"
    sealed = {"position": (group, UNION, "digest")}
    stand(history, UNION, "Books", "support", visibility="body", audience=(group,))
    stand(history, LIBRARY, "Books", "support", sealed=sealed)
    await desk.read(history)
    report = await desk.report(history, GROUND)
    assert regions(report)["School",] == ["Books"]
    assert report["head"]["withheld"] == {"audience": 2}
    assert "Library" in named(
        next(row["silent"] for row in part(report, "issue") if named([row["issue"]]) == ["Books"])
    )


async def test_the_sheet_holds_every_line(desk: Desk, ground: History) -> None:
    rows = list(csv.DictReader(io.StringIO(await desk.sheet(ground, GROUND), newline="")))
    report = await desk.report(ground, GROUND, limit=200)
    assert [row["part"] for row in rows] == [row["part"] for row in report["rows"]]
    assert (rows[0]["organisations"], rows[0]["issues"], rows[0]["count"]) == (
        "Clinic; School; Union",
        "Meals",
        "1",
    )
    meals = next(row for row in rows if row["name"] == "Meals")
    assert (meals["gac"], meals["state"], meals["silent"]) == ("0.707107", "known", "Library")
    pair = next(row for row in rows if row["part"] == "pair")
    assert pair["id"] in {f"{min(a, b)}_{max(a, b)}" for a in ORGS for b in ORGS}


ORGS = [str(org) for org in (CLINIC, SCHOOL, UNION, LIBRARY)]


async def test_the_page_draws_three_circles_with_their_table(desk: Desk, ground: History) -> None:
    answer = await desk.ask(ground, f"/reports/{GROUND}.html")
    assert answer.status_code == 200
    page = answer.text
    svg = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])  # noqa: S314 - our own
    assert [circle for circle in svg.iter(f"{SVG}circle") if circle.get("fill", "")[:3] == "url"]
    written = [element.text or "" for element in svg.iter(f"{SVG}text")]
    assert sorted(filter(str.isdecimal, written)) == ["0", "0", "0", "1", "1", "1", "1"]
    finding = svg.find(f"{SVG}desc")
    assert finding is not None
    assert finding.text == (
        "4 of 5 issues have somebody who is for them."
        " The widest ground: Clinic, School, Union are for 1 that no other is for."
    )
    for link in svg.iter(f"{SVG}a"):
        assert f'id="{link.get("href", "")[1:]}"' in page
    assert len(list(svg.iter(f"{SVG}a"))) == 4
    assert "style=" not in page
    assert '<h2 id="pair">Unlikely pairs</h2>' in page
    assert "unknown, unheard: Nurses" in page


async def test_four_organisations_are_drawn_as_columns(desk: Desk) -> None:
    history = await told(desk)
    stand(history, LIBRARY, "Meals", "support")
    await desk.read(history)
    page = (await desk.ask(history, f"/reports/{GROUND}.html")).text
    svg = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])  # noqa: S314 - our own
    columns = [link.get("aria-label") for link in svg.iter(f"{SVG}a")]
    assert columns[0] == "Clinic, Library, School and Union: 1"
    assert not list(svg.iter(f"{SVG}pattern"))


async def test_a_page_without_anything_in_common_says_so(desk: Desk) -> None:
    history = desk.history()
    history.form()
    history.join("Clinic")
    raise_issue(history, "Meals")
    await desk.read(history)
    page = (await desk.ask(history, f"/reports/{GROUND}.html")).text
    assert "<svg" not in page
    assert "Nobody is for an issue yet." in page
    assert "no constituency has an active organisation" in page


async def test_later_pages_do_not_say_that_there_is_nothing(desk: Desk, ground: History) -> None:
    page = await desk.ask(ground, f"/reports/{GROUND}.html", limit=2)
    assert "Common ground</h2>" in page.text
    assert "Unlikely pairs</h2>" not in page.text
    cursor = page.headers["link"].partition("cursor=")[2].partition(">")[0]
    rest = await desk.ask(ground, f"/reports/{GROUND}.html", limit=200, cursor=cursor)
    assert rest.status_code == 200
    assert "Nobody is for an issue yet." not in rest.text
    assert "Unlikely pairs</h2>" in rest.text


def pulse(history: History, by: UUID, about: UUID, rating: int, period: str) -> None:
    """Say how far one trusts another; only the two may see it."""
    parts = ("reliability", "mission", "openness", "power", "involvement", "resources")
    data = {"about": str(about), "period": period} | dict.fromkeys(parts, rating)
    pair = sorted((str(by), str(about)))
    stream, tokens = f"relationship-{'_'.join(pair)}", tuple(pair)
    history.add(
        "members", "TrustPulseSubmitted", stream, data, by=by, visibility="dyad", audience=tokens
    )


async def test_little_trust_is_seen_by_the_two_alone(desk: Desk) -> None:
    history = common(desk.history())
    for a, b in ((CLINIC, SCHOOL), (SCHOOL, UNION)):
        touch(history, a, b, "2025-12-30")
    pulse(history, SCHOOL, CLINIC, 3, "2025-Q4")
    pulse(history, SCHOOL, CLINIC, 1, "2026-Q1")
    pulse(history, SCHOOL, UNION, 1, "2026-Q1")
    await desk.read(history)
    report = await desk.report(history, GROUND)
    assert [set(named(row["organisations"])) for row in part(report, "pair")] == [
        {"Clinic", "Union"}
    ]
    assert await desk.report(history, GROUND, person=PARTY) == report
    assert "withheld" in report["head"]
    assert report["head"]["withheld"] == {}

    own = await desk.get(history, "/unlikely-partners", PARTY)
    found = {frozenset(named(row["organisations"])): row for row in own["items"]}
    assert set(found) == {frozenset({"Clinic", "Union"}), frozenset({"Clinic", "School"})}
    school = found[frozenset({"Clinic", "School"})]
    assert (school["low_trust"], school["tied"], school["shared"]) == (True, True, 2)
    known = {seen.ref: seen.data.get("period") for seen in history.seen}
    assert "2026-Q1" in [known[ref] for ref in school["refs"]]
    assert "2025-Q4" not in [known[ref] for ref in school["refs"]]
    assert found[frozenset({"Clinic", "Union"})]["low_trust"] is False
    assert (await desk.get(history, "/unlikely-partners"))["items"] == []

    pulse(history, SCHOOL, CLINIC, 2, "2026-Q2")
    await desk.read(history)
    own = await desk.get(history, "/unlikely-partners", PARTY)
    assert [row["low_trust"] for row in own["items"]] == [False]


async def test_nothing_was_recorded_yet(desk: Desk, ground: History) -> None:
    report = await desk.report(ground, GROUND, as_of="members/0,meetings/0,credit/0")
    assert report["rows"] == []
