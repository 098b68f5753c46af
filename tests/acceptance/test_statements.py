"""What the coalition puts out on a decision: with whose names, and with what the minority says."""

from typing import Any

from tests.acceptance.test_after_decisions import decided, follow
from tests.acceptance.test_common_ground import stand
from tests.acceptance.test_mandates import raised
from tests.end_to_end.coalition import Coalition, key_of, text


async def test_f12_historic_opponents_stand_together(table: Coalition) -> None:
    position = await table.admit("Chamber", sector="business")
    await table.settled(f"members/{position}")
    issue = await raised(table, "Vans")
    await stand(table, issue, "oppose", "Chamber")
    await stand(table, issue, "support", "Union")
    proposal, decision = await decided(table, "Vans for all", issue)
    for name in ("Union", "Chamber"):
        await follow(table, proposal, "sign-ons", {"decision": decision}, name)
    filed = {"decision": decision, "text": text("Night shifts are left out.")}
    await follow(table, proposal, "minority-statements", filed, "Library")

    drafted = await table.post(
        "meetings", "messages", {"issue": issue, "text": text("Vans for all, at last.")}, "Union"
    )
    message = key_of(drafted)
    for name in ("Union", "Chamber"):
        await table.post("meetings", f"messages/{message}/approvals", {}, name)
    out: dict[str, Any] = {
        "decision": decision, "audience": "public",
        "sign_ons": [table.orgs["Union"], table.orgs["Chamber"]],
    }  # fmt: skip
    path = f"messages/{message}/releases"
    early = await table.try_post("meetings", path, out, "Clinic")
    assert (early.status_code, early.json()["reason"]) == (409, "not_disclosed")
    shown = {"items": [f"meetings/{drafted['position']}"], "to": "public"}
    await table.post("meetings", "disclosures", shown, "Union")
    last = await table.post("meetings", path, out, "Clinic")

    answer = await table.get(
        "transparency", "statements", "Parents", at_least=f"meetings/{last['position']}"
    )
    assert answer.status_code == 200, answer.text
    [statement] = answer.json()["items"]
    assert statement["message"]["name"]["text"] == "Vans for all, at last."
    assert statement["decision"]["name"]["text"] == "One van for all"
    signs = {each["organisation"]["name"]["text"]: each["sector"] for each in statement["sign_ons"]}
    assert signs == {"Chamber": "business", "Union": "education"}
    assert (statement["sectors"], statement["diversity"]["value"]) == (
        ["business", "education"],
        "1.000000",
    )
    against = {
        each["organisation"]["name"]["text"]: [one["name"]["text"] for one in each["issues"]]
        for each in statement["former_opponents"]
    }
    assert against == {"Chamber": ["Vans"], "Union": ["Vans"]}
    [minority] = statement["minority_statements"]
    assert minority["organisation"]["name"]["text"] == "Library"
    assert minority["text"]["text"] == "Night shifts are left out."
