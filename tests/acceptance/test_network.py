"""How coalitions find each other."""

from typing import Any

from tests.acceptance.test_charter import post
from tests.acceptance.test_issues import shown
from tests.end_to_end.coalition import Coalition, form, text


async def found(table: Coalition, who: str, **query: Any) -> list[Any]:
    answer = await table.suite.get("/members/api/v1/listings", who, **query)
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["items"]
    return rows


async def test_whoever_is_signed_in_finds_coalitions_by_topic_and_learns_no_more(
    table: Coalition,
) -> None:
    """The half of F103 that is members': lessons that are shared are credit's."""
    stranger = "passer-by@example.org"
    other = await form(table.suite, "network-neighbours", "Bakery")
    hidden = {"topics": ["network_hidden"], "contact": text("ask@bakery.example")}
    receipt = await other.post("members", "listings", hidden, "Bakery")
    withdrawn = await other.post("members", "listings", {"topics": []}, "Bakery")
    await shown(other, "charter", withdrawn, "Bakery")
    assert receipt["position"] < withdrawn["position"]

    listing = {"topics": ["network_buses", "network_meals"], "contact": text("ask@clinic.example")}
    await post(table, "listings", listing)
    last = await post(table, "listings", {"topics": ["network_buses", "network_parks"]})
    await shown(table, "charter", last)
    expected = {
        "topics": ["network_buses", "network_parks"], "name": text("The accept-network coalition"),
        "contact": text("ask@clinic.example"),
    }  # fmt: skip
    assert await found(table, stranger, topic="network_buses") == [expected]
    assert expected in await found(table, stranger)
    for gone in ("network_meals", "network_hidden", "nothing"):
        assert await found(table, stranger, topic=gone) == []
    said = (await table.suite.get("/members/api/v1/listings", stranger)).text
    assert not any(one in said for one in (table.id, *table.orgs.values()))
    refused = await table.suite.get("/members/api/v1/listings", None)
    assert refused.status_code == 401
