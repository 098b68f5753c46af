"""How large a coalition may grow, and what its size stands beside."""

from typing import Any

from tests.acceptance.test_charter import post
from tests.acceptance.test_mandates import (
    adopt,
    decide,
    open_voting,
    publish,
    raised,
    refusal,
    settle,
)
from tests.end_to_end.coalition import Coalition, text


async def test_f38_size_is_chosen_and_reported_beside_diversity_and_the_time_to_decide(
    table: Coalition,
) -> None:
    settled = await post(table, "scopes", {"max_members": 5, "interest_required": False})
    await table.admit("Bakery", sector="food")
    more: dict[str, Any] = {
        "name": text("Museum"), "kind": "organization", "sector": "culture", "commitment":
        "homework", "voting_right": True,
    }  # fmt: skip
    full = await table.try_post("members", "members", more, "Clinic")
    assert refusal(full) == (409, "coalition_full")
    fewer = await table.try_post("members", "scopes", {"max_members": 4}, "Clinic")
    assert refusal(fewer) == (409, "coalition_full")

    await settle(table, settled)
    proposal = await publish(table, await raised(table, "Bread"))
    assert (await open_voting(table, proposal, await adopt(table, table.plenary))).is_success
    decided = await decide(table, proposal, Union="agree", Parents="agree", Library="agree")
    assert decided.is_success, decided.text
    await table.settled(f"meetings/{decided.json()['position']}")
    answer = await table.get("transparency", "reports/retention-and-growth.json", "Library")
    newest, *before = [row for row in answer.json()["rows"] if row["part"] == "size"]
    assert (newest["members"]["value"], newest["sectors"]["value"]) == (5, 2)
    assert newest["diversity"]["value"] == "0.640000"  # 2 * (1 - (16 + 1) / 25)
    assert newest["decisions"]["value"] == 1
    assert f"meetings/{decided.json()['position']}" in newest["latency_p50"]["refs"]
    assert 0 <= newest["latency_p50"]["value"] <= 600
    assert [row["members"]["value"] for row in before] == [0, 0]

    await post(table, "scopes", {"max_members": 6, "interest_required": False})
    await table.post("members", "members", more, "Clinic")
