"""What the coalition is for: in versions, looked at again, and who serves it without saying how."""

from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import post
from tests.acceptance.test_issues import shown
from tests.acceptance.test_mandates import adopt, decide, open_voting, raised
from tests.end_to_end.coalition import Coalition, key_of, text


async def propose(table: Coalition, issue: str, title: str, **more: Any) -> str:
    drafted = {
        "body": table.plenary, "issue": issue, "affected": [], "title": text(title),
        "text": text("As we said."),
    }  # fmt: skip
    return key_of(await table.post("meetings", "proposals", drafted | more, "Union"))


async def orphans(table: Coalition, after: dict[str, Any], **query: Any) -> Any:
    answer = await table.get(
        "transparency", "orphan-proposals", "Library",
        at_least=f"meetings/{after['position']}", **query,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_f28_who_names_no_objective_is_an_orphan_of_a_star_that_is_revisited(
    table: Coalition,
) -> None:
    for words in ("Every child reads.", "Every child reads, and likes it."):
        last = await post(table, "north-stars", {"text": text(words)})
    charter = await shown(table, "charter", last)
    assert [(star["version"], star["text"]["text"]) for star in charter["north_stars"]] == [
        (2, "Every child reads, and likes it."), (1, "Every child reads."),
    ]  # fmt: skip
    assert "vision" in {planned["kind"] for planned in charter["next_reviews"]}
    review = {
        "review": str(uuid4()), "kind": "vision", "orgs": [table.orgs["Union"]],
        "due": "2030-01-01",
    }  # fmt: skip
    await post(table, "reviews", review)
    done = {"review": review["review"], "result": "kept", "note": text("It still shines.")}
    last = await post(table, "review-closings", done)
    [held] = (await shown(table, "reviews", last))["items"]
    assert (held["kind"], held["result"]) == ("vision", "kept")

    issue = await raised(table, "Libraries")
    campaign = key_of(
        await table.post("meetings", "campaigns", {"name": text("Read!")}, table.chair)
    )
    aim = {"objective": str(uuid4()), "text": text("Open until eight.")}
    await table.post("meetings", f"campaigns/{campaign}/objectives", aim, table.chair)
    await propose(table, issue, "Longer hours", objective=aim["objective"])
    vans, halls, dropped = [
        await propose(table, issue, title) for title in ("Vans", "Halls", "Dropped")
    ]
    gone = await table.post(
        "meetings", f"proposals/{dropped}/withdrawals", {"reason": text("No.")}, "Union"
    )
    found = await orphans(table, gone)
    assert [(row["id"], row["title"]["text"]) for row in found["items"]] == [
        (halls, "Halls"), (vans, "Vans"),
    ]  # fmt: skip
    assert (found["total"], found["next_cursor"]) == (2, None)
    assert found["items"][0]["proposed_by"]["name"]["text"] == "Union"

    await table.post("meetings", f"proposals/{vans}/publications", {}, "Union")
    assert (await open_voting(table, vans, await adopt(table, table.plenary))).is_success
    agreed = await decide(table, vans, Union="agree", Parents="agree", Library="agree")
    found = await orphans(table, agreed.json(), limit=1)
    assert found["next_cursor"] == found["items"][0]["ref"].partition("/")[2]
    rest = await orphans(table, agreed.json(), limit=1, cursor=found["next_cursor"])
    assert [(row["id"], row["outcome"]) for row in rest["items"]] == [(vans, "adopted")]
    assert rest["next_cursor"] is None
