"""What organisations can give."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.test_issues import shown
from tests.acceptance.test_mandates import propose_step, settle
from tests.end_to_end.coalition import Coalition


async def test_f53_a_pledge_that_was_not_reviewed_for_90_days_is_stale(table: Coalition) -> None:
    today = datetime.now(UTC)
    pledged = {
        "hours_per_month": 12, "from": (today - timedelta(days=200)).date().isoformat(),
        "until": (today + timedelta(days=200)).date().isoformat(),
    }  # fmt: skip
    people = (await table.get("members", "people", "Clinic")).json()["items"]
    persons = {row["name"]["text"]: row["id"] for row in people}
    for name, days in (("Union", 91), ("Parents", 90)):
        org = table.orgs[name]
        await table.post(
            "members", f"members/{org}/accreditations",
            {"accreditation": str(table.suite.new_id()), "body": table.plenary,
             "person": persons[f"{name}'s delegate"], "authority": "full", "voting": False,
             "from": pledged["from"]},
            name,
        )  # fmt: skip
        last = await table.post(
            "members", f"members/{org}/pledges", pledged, name,
            accord_occurred_at=(today - timedelta(days=days)).isoformat(),
        )  # fmt: skip
    assert await stale(table, last) == {"Union": True, "Parents": False}
    path = f"members/{table.orgs['Union']}/capacity-reviews"
    last = await table.post("members", path, {"result": "kept"}, "Union")
    assert await stale(table, last) == {"Union": False, "Parents": False}


async def stale(table: Coalition, after: Any) -> dict[str, bool]:
    rows = (await shown(table, "capacities", after))["items"]
    return {row["organisation"]["name"]["text"]: row["pledge"]["stale"] for row in rows}


async def test_f52_who_has_a_strength_and_how_many_hours_are_left(table: Coalition) -> None:
    today = datetime.now(UTC).date()
    for name, strength, hours in (
        ("Library", "translation", 20), ("Parents", "translation", 6), ("Union", "printing", 9),
    ):  # fmt: skip
        own = f"members/{table.orgs[name]}"
        await table.post("members", f"{own}/strengths", {"strength": strength}, name)
        pledge = {"hours_per_month": hours, "from": f"{today}", "until": f"{today}"}
        await settle(table, await table.post("members", f"{own}/pledges", pledge, name))
    assert await hours_left(table, "translation") == {"Library": 20, "Parents": 6}

    person = (await table.get("members", "me", "Library")).json()["person"]
    first, second, third = [await propose_step(table, hours=hours) for hours in (8, 5, 4)]
    mine = {"owners": [person], "due": "2030-01-01"}
    for step in (first, second):
        await table.post("meetings", f"steps/{step}/volunteers", mine, "Library")
    asked = mine | {"owner": table.orgs["Library"]}
    last = await table.post("meetings", f"steps/{third}/assignments", asked, "Union")
    assert await hours_left(table, "translation", last) == {"Library": 7, "Parents": 6}
    last = await table.post("meetings", f"steps/{second}/completions", {}, "Library")
    assert await hours_left(table, "translation", last) == {"Library": 12, "Parents": 6}


async def hours_left(
    table: Coalition, strength: str, after: dict[str, Any] | None = None
) -> dict[str, int]:
    heard = {"at_least": f"meetings/{after['position']}"} if after else {}
    answer = await table.get("members", "capacities", "Clinic", strength=strength, **heard)
    assert answer.status_code == 200, answer.text
    return {
        row["organisation"]["name"]["text"]: row["hours_left"] for row in answer.json()["items"]
    }
