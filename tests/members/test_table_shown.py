"""What is shown of the table: the roster, who accepted what, who decides, and lists of that."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.members.views import lists
from services.members.views.queries import Named
from services.members.views.roster import RosterRow
from tests.members.service import BASE, Members, members, new_id, words
from tests.members.test_audiences import seat
from tests.members.test_service import ANA, BO, SCHOOL, Formed, form, reached


@pytest.fixture(scope="module")
async def here(postgres: str, data: Path) -> AsyncIterator[Members]:
    async with members(postgres, data) as running:
        yield running


@pytest.fixture
async def table(here: Members, request: pytest.FixtureRequest) -> Formed:
    slug = request.node.name.replace("_", "-")[:63]
    answer = await form(here, slug)
    return Formed(here, str(answer.json()["stream"]).partition("-")[2], slug, reached(answer))


async def sent(table: Formed, path: str, body: dict[str, Any], person: str = ANA) -> str:
    answer = await table.post(path, body, person)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["stream"]).partition("-")[2]


def called(rows: list[Any]) -> list[str]:
    return [row["name"]["text"] for row in rows]


async def lines(table: Formed, path: str, **query: Any) -> list[dict[str, str]]:
    """Return a sheet's lines as they are read back."""
    address = f"{BASE}{table.path}{path}"
    answer = await table.here.client.get(
        address, params={"at_least": table.reached} | query, headers=table.here.headers(ANA)
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_the_roster_is_by_name_and_says_who_speaks_for_whom(table: Formed) -> None:
    school, bo = await seat(table, BO, "School")
    await sent(table, "/invitations", {"name": words("Bakery"), "why": words("They bake.")})
    applying = {
        "name": words("aardvark Club"), "kind": "organization", "sector": "animals",
        "why": words("We dig."), "interest": {"mutual_benefit": words("Ants.")},
    }  # fmt: skip
    await sent(table, "/applications", applying, "gus@club.example")
    found = await table.get("/roster")
    assert called(found["items"]) == ["aardvark Club", "Bakery", "Clinic", "School"]
    assert found["counts"] == {"table": 2, "door": 2, "gone": 0}
    club, bakery = (await table.get("/roster", place="door"))["items"]
    assert (club["why"]["text"], club["states_interest"], club["state"]) == (
        "We dig.", True, "applied",
    )  # fmt: skip
    assert (bakery["why"]["text"], bakery["states_interest"]) == ("They bake.", False)
    [row] = (await table.get("/roster", q="chOO"))["items"]
    [speaks] = row["representatives"]
    assert (row["id"], speaks["person"], speaks["name"]["text"]) == (school, bo, "bo")
    assert (speaks["authority"], speaks["voting"], speaks["roles"]) == ("full", True, [])
    clinic = found["items"][2]
    assert clinic["representatives"][0]["roles"] == ["chair"]


async def test_the_roster_is_paged_in_the_order_of_names(table: Formed) -> None:
    for name in ("delta", "Beta", "alpha", "gamma"):
        await table.admitted(SCHOOL | {"name": words(name)})
    seen: list[str] = []
    cursor = None
    while True:
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        found = await table.get("/roster", place="table", limit=2, **more)
        seen += called(found["items"])
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert seen == ["alpha", "Beta", "Clinic", "delta", "gamma"]
    assert called((await table.get("/names"))["items"]) == seen


async def test_words_of_a_search_are_no_pattern(table: Formed) -> None:
    await table.admitted(SCHOOL | {"name": words("100% Bread")})
    assert called((await table.get("/roster", q="0%"))["items"]) == ["100% Bread"]
    assert (await table.get("/roster", q="_"))["items"] == []


async def test_the_roster_says_what_who_joins_accepts(table: Formed) -> None:
    assert (await table.get("/roster"))["admission"] == {
        "ground_rules": 0, "interest_required": False, "max_members": None,
    }  # fmt: skip
    await sent(table, "/ground-rules", {"text": words("Be kind.")})
    await sent(table, "/scopes", {"max_members": 9, "interest_required": True})
    assert (await table.get("/roster"))["admission"] == {
        "ground_rules": 1, "interest_required": True, "max_members": 9,
    }  # fmt: skip


async def test_an_organisation_is_shown_with_whom_it_speaks_for(table: Formed) -> None:
    school, bo = await seat(table, BO, "School")
    parents = await sent(
        table, "/constituencies",
        {"name": words("Parents"), "kind": "parents", "least_well_served": True,
         "implementer": False, "historically_excluded": False, "seats_wanted": 1},
    )  # fmt: skip
    await sent(table, f"/constituencies/{parents}/representations", {"since": "2026-01-01"}, BO)
    await sent(table, f"/members/{school}/point-people", {"person": bo}, BO)
    shown = await table.get(f"/members/{school}")
    assert called(shown["represents"]) == ["Parents"]
    assert shown["point_person_name"]["text"] == "bo"
    assert shown["refs"]["point_person"] == table.reached
    assert [one["body"]["id"] for one in shown["representatives"]]
    [row] = (await table.get("/roster", q="School"))["items"]
    assert called(row["represents"]) == ["Parents"]


async def test_who_accepted_and_who_did_not_is_told_whole_or_in_short(table: Formed) -> None:
    school, _ = await seat(table, BO, "School")
    await table.admitted(SCHOOL | {"name": words("=1+1")})
    await sent(table, "/ground-rules", {"text": words("Be kind.")})
    await sent(table, f"/members/{school}/acceptances", {"version": 1}, BO)
    accepted_at = table.reached
    whole = await table.get("/acceptances", of="ground-rules")
    assert [(one["name"]["text"], one["ref"]) for one in whole["accepted"]] == [
        ("School", accepted_at)
    ]
    assert sorted(called(whole["missing"])) == ["=1+1", "Clinic"]
    assert called(whole["yours"]) == ["Clinic"]
    short = (await table.get("/charter", names=1))["accepted_rules"]
    assert (len(short["missing"]), short["missing_count"], short["accepted_count"]) == (1, 2, 1)
    assert called(short["yours"]) == ["Clinic"]
    rows = await lines(table, "/acceptances.csv", of="ground-rules")
    assert {row["name"]: row["accepted"] for row in rows} == {
        "'=1+1": "no", "Clinic": "no", "School": "yes",
    }  # fmt: skip
    assert (await table.get("/acceptances", of="structure"))["version"] == 0


async def test_the_structure_says_who_sits_where_and_for_whom_a_seat_is_kept(
    table: Formed,
) -> None:
    school, _ = await seat(table, BO, "School")
    issue = await sent(table, "/issues", {"name": words("Meals"), "summary": words("s")}, BO)
    parents = await sent(
        table, "/constituencies",
        {"name": words("Parents"), "kind": "parents", "least_well_served": True,
         "implementer": False, "historically_excluded": False, "seats_wanted": 1},
    )  # fmt: skip
    kitchen = {"name": words("Kitchen"), "kind": "working_group", "scope": [issue]}
    body = await sent(table, "/bodies", kitchen)
    kept, free = new_id(), new_id()
    await sent(table, f"/bodies/{body}/seats", {"seat": kept, "constituency": parents})
    await sent(table, f"/bodies/{body}/seats", {"seat": free})
    await sent(table, f"/bodies/{body}/seatings", {"seat": free, "org": school})
    structure = {"bodies": [body], "text": words("The kitchen decides on meals.")}
    await sent(table, "/decision-structures", structure)
    shown = await table.get("/decision-structure")
    plenary, kitchen_shown = shown["bodies"]
    assert (plenary["decides"], kitchen_shown["decides"]) == (False, True)
    assert called(kitchen_shown["issues"]) == ["Meals"]
    seats = {seat["seat"]: seat for seat in kitchen_shown["kept"]}
    assert (seats[kept]["constituency"]["name"]["text"], seats[kept]["organisation"]) == (
        "Parents", None,
    )  # fmt: skip
    assert seats[free]["organisation"]["name"]["text"] == "School"
    assert shown["acknowledged"]["missing_count"] == 2
    [row] = (await table.get("/roster", q="School"))["items"]
    assert called([each["body"] for each in row["seats"]]) == ["Kitchen"]


async def test_the_matrix_is_paged_counts_gaps_and_is_a_sheet(table: Formed) -> None:
    school, _ = await seat(table, BO, "School")
    answers = {"brings": words("@home"), "problem": words("p"), "goals": words("g")}
    await sent(table, f"/members/{school}/alignments", answers, BO)
    first = await table.get("/alignments", limit=1)
    assert (first["members"], first["gaps"]) == (2, {"brings": 1, "problem": 1, "goals": 1})
    assert [row["complete"] for row in first["items"]] == [False]
    rest = await table.get("/alignments", limit=1, cursor=first["next_cursor"])
    assert [row["complete"] for row in rest["items"]] == [True]
    assert rest["next_cursor"] is None
    rows = await lines(table, "/alignments.csv")
    assert [(row["name"], row["brings"], row["complete"]) for row in rows] == [
        ("Clinic", "", "no"), ("School", "'@home", "yes"),
    ]  # fmt: skip


async def test_the_roster_is_a_sheet_with_a_line_for_each_representative(table: Formed) -> None:
    await table.admitted(SCHOOL | {"name": words("Nobody speaks")})
    rows = await lines(table, "/roster.csv", place="table")
    assert [(row["name"], row["representative"], row["roles"]) for row in rows] == [
        ("Clinic", "ana", "chair"), ("Nobody speaks", "", ""),
    ]  # fmt: skip


async def test_only_who_presides_is_told_so(table: Formed) -> None:
    school, _ = await seat(table, BO, "School")
    informal = await table.get("/me", BO)
    assert informal["presides"] == [school]
    await sent(table, "/operating-modes", {"mode": "formal"})
    [clinic] = [one["id"] for one in (await table.get("/names"))["items"] if one["id"] != school]
    assert (await table.get("/me", BO))["presides"] == []
    assert (await table.get("/me", ANA))["presides"] == [clinic]
    steering = {"name": words("Steering"), "kind": "steering", "scope": "all"}
    await sent(table, "/bodies", steering)
    assert (await table.get("/me", ANA))["presides"] == []


async def test_threats_tell_the_pairs_of_the_organisations_asked_for(table: Formed) -> None:
    school, _ = await seat(table, BO, "School")
    threat = await sent(table, "/threats", {"name": words("A new law.")}, BO)
    await sent(table, f"/threats/{threat}/shares", {})
    third, _ = await seat(table, "di@home.example", "Parents")
    await sent(table, f"/threats/{threat}/shares", {}, "di@home.example")
    [everybody] = (await table.get("/threats"))["items"]
    assert len(everybody["joined"]) == 3
    [own] = (await table.get("/threats", organisation=school))["items"]
    assert all(school in {one["id"] for one in pair} for pair in own["joined"])
    assert len(own["joined"]) == 2
    [both] = (await table.get("/threats", organisation=[school, third]))["items"]
    assert len(both["joined"]) == 3


def test_a_member_without_a_voice_has_a_line_of_its_own() -> None:
    row = RosterRow(
        id=new_id(), name=words("+1"), kind=None, sector=None, state="invited", commitment=None,
        voting_right=None, person=None, joined_at=None, ref="members/7",
        represents=[Named(id=new_id(), name=words("Parents"))],
    )  # fmt: skip
    [line] = csv.DictReader(io.StringIO(lists.roster([row]), newline=""))
    assert (line["name"], line["represents"], line["ref"]) == ("'+1", "Parents", "members/7")
