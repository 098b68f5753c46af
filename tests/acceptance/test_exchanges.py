"""What one has and another needs."""

from typing import Any

from tests.acceptance.test_issues import shown
from tests.end_to_end.coalition import Coalition, key_of, text


async def send(table: Coalition, path: str, body: Any, name: str) -> Any:
    return await table.post("members", path, body, name)


def goods(what: str, quantity: int) -> dict[str, Any]:
    return {"kind": "goods", "what": text(what), "quantity": quantity, "unit": "chairs"}


async def test_f63_an_offer_and_a_request_are_matched_once_both_accept(table: Coalition) -> None:
    offered = await send(table, "offers", {"kind": "information", "what": text("Maps")}, "Union")
    exchange = key_of(offered)
    await send(
        table, f"exchanges/{exchange}/requests",
        {"kind": "information", "what": text("Ways to school")}, "Parents",
    )  # fmt: skip
    match = str(table.suite.new_id())
    parties = [table.orgs["Union"], table.orgs["Parents"]]
    last = await send(
        table, f"exchanges/{exchange}/matches", {"match": match, "parties": parties}, "Union"
    )
    assert await matches(table, exchange, last) == [(match, False)]
    last = await send(table, f"exchanges/{exchange}/matches", {"match": match}, "Parents")
    assert await matches(table, exchange, last) == [(match, True)]


async def matches(table: Coalition, exchange: str, after: Any) -> list[tuple[str, bool]]:
    rows = (await shown(table, "exchanges", after))["items"]
    [row] = [row for row in rows if row["id"] == exchange]
    return [(match["match"], match["in_force"]) for match in row["matches"]]


async def test_f117_what_is_matched_is_delivered_and_never_more(table: Coalition) -> None:
    exchange = key_of(await send(table, "requests", goods("For the reading room", 40), "Library"))
    await send(table, f"exchanges/{exchange}/offers", goods("From the hall", 30), "Union")
    match = str(table.suite.new_id())
    parties = [table.orgs["Union"], table.orgs["Library"]]
    path = f"exchanges/{exchange}/deliveries"
    await send(
        table, f"exchanges/{exchange}/matches",
        {"match": match, "parties": parties, "quantity": 30}, "Union",
    )  # fmt: skip
    early = await table.try_post("members", path, {"match": match, "quantity": 5}, "Union")
    assert (early.status_code, early.json()["reason"]) == (409, "not_matched")
    await send(table, f"exchanges/{exchange}/matches", {"match": match}, "Library")
    await send(table, path, {"match": match, "quantity": 20}, "Union")
    more = await table.try_post("members", path, {"match": match, "quantity": 31}, "Union")
    assert (more.status_code, more.json()["reason"]) == (409, "more_than_matched")
    last = await send(table, path, {"match": match, "quantity": 30}, "Library")
    rows = (await shown(table, "exchanges", last))["items"]
    [row] = [row for row in rows if row["id"] == exchange]
    [made] = row["matches"]
    assert (made["quantity"], made["delivered"], made["complete"]) == (30, 30, True)
