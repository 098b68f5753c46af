"""Where organisations clash, or might."""

from typing import Any

from tests.acceptance.test_issues import shown
from tests.end_to_end.coalition import Coalition, key_of, text


async def test_f66_two_claims_to_one_domain_overlap_until_settled(table: Coalition) -> None:
    union, library = table.orgs["Union"], table.orgs["Library"]
    raised = await table.post(
        "members", "turf-concerns", {"domain": text("Reading aloud"), "with": [library]}, "Union"
    )
    path = f"turf-concerns/{key_of(raised)}/settlements"
    assert await overlap(table, raised) is True
    terms = {"parties": [union, library], "terms": text("Library: weekends. Union: the rest.")}
    last = await table.post("members", path, terms, "Library")
    assert await overlap(table, last) is True
    stranger = await table.try_post("members", path, {}, "Parents")
    assert (stranger.status_code, stranger.json()["reason"]) == (409, "not_a_party")
    last = await table.post("members", path, {}, "Union")
    assert await overlap(table, last) is False


async def overlap(table: Coalition, after: Any) -> bool:
    [row] = (await shown(table, "conflicts", after))["turf"]
    assert {one["name"]["text"] for one in row["claimants"]} == {"Union", "Library"}
    return bool(row["overlap"])
