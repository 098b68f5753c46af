"""What threatens several at once."""

from typing import Any

from tests.acceptance.test_issues import raise_issue, say, shown
from tests.end_to_end.coalition import Coalition, key_of, text


def pairs(row: Any) -> set[frozenset[str]]:
    return {frozenset(one["name"]["text"] for one in pair) for pair in row["joined"]}


async def test_f7_who_shares_a_threat_and_whom_it_alone_joins(table: Coalition) -> None:
    issue = await raise_issue(table, "Heating")
    closing = key_of(
        await table.post(
            "members", "threats", {"name": text("Schools close"), "issues": [issue]}, "Union"
        )
    )
    for name in ("Parents", "Library"):
        last = await table.post("members", f"threats/{closing}/shares", {}, name)
    [row] = (await shown(table, "threats", last))["items"]
    assert {one["name"]["text"] for one in row["shared_by"]} == {"Union", "Parents", "Library"}
    assert pairs(row) == {
        frozenset(pair)
        for pair in (("Union", "Parents"), ("Union", "Library"), ("Parents", "Library"))
    }

    for name in ("Union", "Parents"):
        body = {"position": "support", "reason": text("We freeze.")}
        last = await say(table, issue, "positions", body, name)
    [row] = (await shown(table, "threats", last))["items"]
    assert pairs(row) == {frozenset({"Union", "Library"}), frozenset({"Parents", "Library"})}

    body = {"to": "oppose", "reason": text("Coal is dirty.")}
    last = await say(table, issue, "position-changes", body, "Parents")
    [row] = (await shown(table, "threats", last))["items"]
    assert frozenset({"Union", "Parents"}) in pairs(row), "it stands there no more"
    body = {"to": "can_live_with", "reason": text("For this winter.")}
    await say(table, issue, "position-changes", body, "Parents")

    fewer = await table.post(
        "members", "threats", {"name": text("Fewer buses"), "issues": []}, "Library"
    )
    last = await table.post("members", f"threats/{key_of(fewer)}/shares", {}, "Parents")
    rows = {row["name"]["text"]: row for row in (await shown(table, "threats", last))["items"]}
    assert pairs(rows["Schools close"]) == {frozenset({"Union", "Library"})}
    assert pairs(rows["Fewer buses"]) == set()
