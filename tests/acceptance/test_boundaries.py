"""Who may see what, as agreed in writing."""

from typing import Any

from tests.acceptance.test_charter import post
from tests.acceptance.test_issues import raise_issue, say, shown
from tests.end_to_end.coalition import Coalition, text


async def agree(table: Coalition, **defaults: str) -> None:
    await post(table, "boundaries", {"defaults": defaults, "text": text("As we agreed.")})


async def seen(table: Coalition, issue: str, after: dict[str, Any], name: str) -> set[str]:
    """Return whose positions on an issue somebody sees."""
    detail = await shown(table, f"issues/{issue}", after, name)
    return {row["organisation"]["name"]["text"] for row in detail["positions"]}


async def test_the_boundary_agreement_sets_who_sees_positions_from_then_on(
    table: Coalition,
) -> None:
    """The half of F21 that is members': disclosures and their approvals are those of meetings."""
    issue = await raise_issue(table, "Rents")
    stand = {"position": "support", "reason": text("They rise.")}
    await say(table, issue, "positions", stand, "Union")
    await agree(table, position="dyad")
    await say(table, issue, "positions", stand, "Parents")
    await agree(table, position="public")
    last = await say(table, issue, "positions", stand, "Library")
    assert await seen(table, issue, last, "Clinic") == {"Union", "Library"}
    assert await seen(table, issue, last, "Parents") == {"Union", "Parents", "Library"}
    await agree(table)
    changed = {"to": "oppose", "reason": text("Too high.")}
    last = await say(table, issue, "position-changes", changed, "Parents")
    assert await seen(table, issue, last, "Clinic") == {"Union", "Parents", "Library"}
    detail = await shown(table, f"issues/{issue}", last, "Clinic")
    before = {row["organisation"]["name"]["text"]: row["before"] for row in detail["positions"]}
    assert before["Parents"] == []
