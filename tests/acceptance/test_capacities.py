"""What organisations can give."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.test_issues import shown
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
