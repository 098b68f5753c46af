"""What stands beside a proposal, its stances and its objections."""

from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import own, post
from tests.acceptance.test_mandates import adopt, open_voting, publish, raised, settle
from tests.end_to_end.coalition import Coalition, text


async def page_of(table: Coalition, proposal: str, after: dict[str, Any]) -> Any:
    """Return what the decision's page shows, once it has read as far as a command."""
    reached = f"meetings/{after['position']}"
    path = f"decisions/{proposal}"
    answer = await table.get("transparency", path, "Union", at_least=reached)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(table: Coalition, issue: str) -> str:
    """Return a proposal about an issue, with voting open."""
    proposal = await publish(table, issue)
    answer = await open_voting(table, proposal, await adopt(table, table.plenary))
    assert answer.status_code == 201, answer.text
    return proposal


async def stand(table: Coalition, proposal: str, name: str, option: str) -> dict[str, Any]:
    stance = {"option": option, "reason": text("So we think.")}
    receipt: dict[str, Any] = await table.post(
        "meetings", f"proposals/{proposal}/stances", stance, name
    )
    return receipt


async def test_f68_both_scenarios_show_wherever_an_objection_is_open(table: Coalition) -> None:
    parties = [table.orgs["Clinic"], table.orgs["Union"]]
    for kind in ("worst", "best"):
        scenario = {"scenario": str(uuid4())}
        told = scenario | {"kind": kind, "parties": parties, "text": text(f"The {kind} case.")}
        await post(table, "scenarios", told)
        last = await post(table, "scenarios", scenario, "Union")
    await settle(table, last)
    proposal = await opened(table, await raised(table, "Fences"))
    agreed = await stand(table, proposal, "Parents", "agree")
    assert (await page_of(table, proposal, agreed))["scenarios"] == []

    objected = await stand(table, proposal, "Library", "object")
    shown = (await page_of(table, proposal, objected))["scenarios"]
    assert [(one["kind"], one["text"]["text"]) for one in shown] == [
        ("best", "The best case."), ("worst", "The worst case."),
    ]  # fmt: skip
    because = {"to": "agree", "because": text("The fence is low.")}
    path = f"proposals/{proposal}/stances/changes"
    changed = await table.post("meetings", path, because, "Library")
    assert (await page_of(table, proposal, changed))["scenarios"] == []


async def test_f69_to_whom_an_organisation_answers_shows_beside_its_stance(
    table: Coalition,
) -> None:
    for audience in ("Our patients", "Our members"):
        interest = {"mutual_benefit": text("We learn."), "answers_to": [text(audience)]}
        last = await post(table, own(table, "Union", "interests"), interest, "Union")
    await settle(table, last)
    proposal = await opened(table, await raised(table, "Gates"))
    await stand(table, proposal, "Clinic", "agree")
    page = await page_of(table, proposal, await stand(table, proposal, "Union", "abstain"))
    answers = {row["org"]["name"]["text"]: row["answers_to"] for row in page["stances"]}
    assert answers == {"Clinic": [], "Union": [text("Our members")]}


async def test_f73_a_named_area_shows_on_every_proposal_about_its_issue(table: Coalition) -> None:
    pools, parks = await raised(table, "Pools"), await raised(table, "Parks")
    named = {
        "name": text("Who pays"), "issue": pools,
        "orgs": [table.orgs["Clinic"], table.orgs["Union"]],
    }  # fmt: skip
    await settle(table, await post(table, "conflict-areas", named, "Library"))
    for issue, areas in ((pools, ["Who pays"]), (pools, ["Who pays"]), (parks, [])):
        proposal = await opened(table, issue)
        page = await page_of(table, proposal, await stand(table, proposal, "Parents", "agree"))
        assert [area["name"]["text"] for area in page["conflict_areas"]] == areas
