"""What follows a decision: who stands behind it, and who does not."""

from typing import Any

from tests.acceptance.test_deliberations import opened, page_of, stand
from tests.acceptance.test_mandates import raised
from tests.end_to_end.coalition import Coalition, text


async def decided(table: Coalition, issue: str) -> tuple[str, str]:
    """Return an adopted proposal, and the id of the decision on it."""
    proposal = await opened(table, await raised(table, issue))
    for name in ("Union", "Parents", "Clinic"):
        await stand(table, proposal, name, "agree")
    await follow(table, proposal, "votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Union"]]}
    made = await follow(table, proposal, "decisions", accountable, "Clinic")
    return proposal, (await page_of(table, proposal, made))["decision"]


async def follow(
    table: Coalition, proposal: str, what: str, body: Any, name: str
) -> dict[str, Any]:
    receipt: dict[str, Any] = await table.post(
        "meetings", f"proposals/{proposal}/{what}", body, name
    )
    return receipt


async def row_of(table: Coalition, decision: str, after: dict[str, Any]) -> Any:
    """Return the line of a decision in the register."""
    answer = await table.get(
        "transparency", "reports/decision-register.json", "Union",
        at_least=f"meetings/{after['position']}",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return next(row for row in answer.json()["rows"] if row["decision"] == decision)


def named(orgs: list[Any]) -> list[str]:
    return [org["name"]["text"] for org in orgs]


async def test_f36_who_stood_aside_is_in_no_list_of_sign_ons(table: Coalition) -> None:
    proposal, decision = await decided(table, "Open evenings")
    sign = {"decision": decision}
    for name in ("Union", "Parents"):
        await follow(table, proposal, "sign-ons", sign, name)
    await follow(table, proposal, "standings-aside", {"public": True}, "Library")
    last = await follow(table, proposal, "standings-aside", {"public": False}, "Parents")

    refused = await table.try_post("meetings", f"proposals/{proposal}/sign-ons", sign, "Library")
    assert (refused.status_code, refused.json()["reason"]) == (409, "stood_aside")
    for shown in (await page_of(table, proposal, last), await row_of(table, decision, last)):
        assert named(shown["sign_ons"]) == ["Union"]
        assert named(shown["stood_aside"]) == ["Library"]


async def test_f84_a_minority_statement_stands_wherever_the_decision_does(
    table: Coalition,
) -> None:
    proposal, decision = await decided(table, "Closing early")
    statement = {"decision": decision, "text": text("Night shifts are left out.")}
    last = await follow(table, proposal, "minority-statements", statement, "Library")

    for shown in (await page_of(table, proposal, last), await row_of(table, decision, last)):
        [filed] = shown["minority_statements"]
        assert filed["organisation"]["name"]["text"] == "Library"
        assert filed["text"]["text"] == "Night shifts are left out."
    sheet = await table.get("transparency", "reports/decision-register.csv", "Union")
    assert "Library: Night shifts are left out." in sheet.text
