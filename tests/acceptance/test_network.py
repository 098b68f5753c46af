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


async def lessons(table: Coalition, who: str, **query: Any) -> dict[str, Any]:
    """Return the lessons that somebody finds of all coalitions, by what they say."""
    answer = await table.suite.get("/credit/api/v1/lessons", who, **query)
    assert answer.status_code == 200, answer.text
    return {row["what"]["text"]: row for row in answer.json()["items"]}


async def test_f103_a_lesson_is_visible_outside_only_after_its_author_shares_it(
    table: Coalition,
) -> None:
    stranger, campaign = "passer-by@example.org", str(table.suite.new_id())
    path = f"evaluations/{campaign}"
    ids = {}
    for name, what in (("Union", "Drivers were asked late."), ("Parents", "Leaflets worked.")):
        ids[what] = str(table.suite.new_id())
        learned = {
            "lesson": ids[what], "kind": "wrong", "what": text(what), "why": text("Too few of us."),
        }  # fmt: skip
        last = await table.post("credit", f"{path}/lessons", learned, name)
    answer = await table.get("credit", "lessons", "Library", at_least=f"credit/{last['position']}")
    assert answer.status_code == 200, answer.text
    inside = {row["what"]["text"]: row["shared"] for row in answer.json()["items"]}
    assert inside == {what: [] for what in ids}
    assert not ids.keys() & (await lessons(table, stranger)).keys()
    outsider = await table.suite.get(f"/credit/api/v1/coalitions/{table.slug}/lessons", stranger)
    assert outsider.status_code == 404

    drivers = {"lesson": ids["Drivers were asked late."], "to": "public"}
    for name in ("Parents", "Clinic"):
        refused = await table.try_post("credit", f"{path}/lesson-shares", drivers, name)
        assert (refused.status_code, refused.json()["reason"]) == (409, "not_the_author")
    funders = drivers | {"to": "funders"}
    told = await table.post("credit", f"{path}/lesson-shares", funders, "Union")
    reached = f"credit/{told['position']}"
    await table.get("credit", "lessons", "Library", at_least=reached)
    assert not ids.keys() & (await lessons(table, stranger)).keys()

    topics = {"topics": ["network_lessons"], "contact": text("ask@clinic.example")}
    listed = await post(table, "listings", topics)
    told = await table.post("credit", f"{path}/lesson-shares", drivers, "Union")
    reached = f"credit/{told['position']},members/{listed['position']}"
    answer = await table.get("credit", "lessons", "Library", at_least=reached)
    assert answer.status_code == 200, answer.text
    inside = {row["what"]["text"]: row["shared"] for row in answer.json()["items"]}
    assert inside["Drivers were asked late."] == ["funders", "public"]
    outside = await lessons(table, stranger, topic="network_lessons")
    assert outside.keys() == {"Drivers were asked late."}
    [row] = outside.values()
    assert (row["why"]["text"], row["kind"]) == ("Too few of us.", "wrong")
    assert row["coalition"] == text("The accept-network coalition")
    assert row["topics"] == ["network_lessons"]
    assert not set(map(str, (table.id, *table.orgs.values()))) & set(map(str, row.values()))
    assert "Leaflets worked." not in await lessons(table, stranger)
    assert await lessons(table, stranger, topic="nothing") == {}
    assert (await table.suite.get("/credit/api/v1/lessons", None)).status_code == 401


async def test_f96_a_lesson_without_why_is_refused(table: Coalition) -> None:
    path = f"evaluations/{table.suite.new_id()}/lessons"
    learned = {"lesson": str(table.suite.new_id()), "kind": "right", "what": text("It went well.")}
    refused = await table.try_post("credit", path, learned, "Union")
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/why"]
    last = await table.post("credit", path, learned | {"why": text("We asked early.")}, "Union")
    answer = await table.get("credit", "lessons", "Library", at_least=f"credit/{last['position']}")
    [row] = [row for row in answer.json()["items"] if row["lesson"] == learned["lesson"]]
    assert (row["kind"], row["why"]["text"]) == ("right", "We asked early.")
