"""What follows a decision: who stands behind it, and who does not."""

from typing import Any

from tests.acceptance.test_deliberations import opened, page_of, stand
from tests.acceptance.test_mandates import adopt, open_voting, raised
from tests.end_to_end.coalition import Coalition, key_of, text


async def decided(table: Coalition, name: str, issue: str | None = None) -> tuple[str, str]:
    """Return an adopted proposal, and the id of the decision on it.

    Args:
        issue: What it is about; without one, an issue of that name is raised.
    """
    proposal = await opened(table, issue or await raised(table, name))
    for org in ("Union", "Parents", "Clinic"):
        await stand(table, proposal, org, "agree")
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


async def communications(table: Coalition, after: dict[str, Any]) -> list[Any]:
    answer = await table.get(
        "transparency", "reports/communications.json", "Union", limit=200,
        at_least=f"meetings/{after['position']}",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["rows"]
    return rows


def about(rows: list[Any], part: str, decision: str) -> list[Any]:
    return [row for row in rows if row["part"] == part and row["decision"]["id"] == decision]


async def test_f35_from_decision_to_acknowledgement_by_organisation(table: Coalition) -> None:
    proposal, decision = await decided(table, "A crossing guard")
    told = {"decision": decision, "channel": "email", "orgs": [table.orgs["Library"]]}
    await follow(table, proposal, "communications", told, "Union")
    known = {"decision": decision}
    last = await follow(table, proposal, "acknowledgements", known, "Library")

    rows = await communications(table, last)
    [whole] = about(rows, "decision", decision)
    assert (whole["entitled"], whole["acknowledged"], whole["coverage"]) == (4, 1, "0.250000")
    assert named(whole["not_acknowledged"]) == ["Clinic", "Parents", "Union"]
    line = await row_of(table, decision, last)
    assert (line["told"], line["acknowledged"]) == (1, 1)
    by_name = {
        row["organisation"]["name"]["text"]: row for row in about(rows, "acknowledgement", decision)
    }
    assert by_name["Library"]["since_decision"] >= by_name["Library"]["seconds"] >= 0
    assert by_name["Parents"]["acknowledged_at"] is None


async def test_f50_coverage_and_latency_of_each_channel(table: Coalition) -> None:
    proposal, decision = await decided(table, "Winter coats")
    for channel, names in (("email", ("Library", "Parents")), ("phone", ("Parents",))):
        told = {"channel": channel, "orgs": [table.orgs[name] for name in names]}
        await follow(table, proposal, "communications", told | {"decision": decision}, "Union")
    last = await follow(table, proposal, "acknowledgements", {"decision": decision}, "Parents")

    email, phone = about(await communications(table, last), "channel", decision)
    assert (email["channel"], email["told"], email["coverage"]) == ("email", 2, "0.500000")
    assert (phone["channel"], phone["told"], phone["coverage"]) == ("phone", 1, "1.000000")
    assert phone["p50"] is not None


async def test_f15_decision_issue_reopening_and_new_decision_are_one_chain(
    table: Coalition,
) -> None:
    older, first = await decided(table, "A crossing at the mill")
    issue = {"decision": first, "what": text("Lorries do not stop there.")}
    reported = await follow(table, older, "implementation-issues", issue, "Parents")
    because = f"meetings/{reported['position']}"
    again = {"decision": first, "because": because}
    await follow(table, older, "reopenings", again, "Clinic")
    instead = {
        "body": table.plenary, "issue": await raised(table, "A bridge at the mill"),
        "affected": [], "title": text("A bridge"), "text": text("We build a bridge."),
        "supersedes": {"decision": first, "effect": "replaced"},
    }  # fmt: skip
    newer = key_of(await table.post("meetings", "proposals", instead, "Clinic"))
    await follow(table, newer, "publications", {}, "Clinic")
    answer = await open_voting(table, newer, await adopt(table, table.plenary))
    assert answer.status_code == 201, answer.text
    for name in ("Union", "Parents", "Clinic"):
        await stand(table, newer, name, "agree")
    await follow(table, newer, "votings/closings", {}, "Clinic")
    last = await follow(table, newer, "decisions", {"accountable": [table.orgs["Union"]]}, "Clinic")
    second = (await page_of(table, newer, last))["decision"]

    both = [await row_of(table, each, last) for each in (first, second)]
    for shown in (*both, await page_of(table, older, last), await page_of(table, newer, last)):
        links = shown["chain"]
        assert [(link["type"], link["decision"]) for link in links] == [
            ("DecisionMade", first),
            ("ImplementationIssueReported", first),
            ("DecisionReopened", first),
            ("DecisionMade", second),
            ("DecisionSuperseded", first),
        ]
        assert links[1]["said"]["text"] == "Lorries do not stop there."
        assert (links[2]["because"], links[4]["successor"]) == (because, second)
    assert (await page_of(table, older, last))["state"] == "superseded"
    assert both[0]["superseded_by"] == second
    sheet = await table.get("transparency", "reports/decision-register.csv", "Union")
    assert "Lorries do not stop there." in sheet.text


async def test_who_was_told_and_who_knows_stands_in_the_history(table: Coalition) -> None:
    proposal, decision = await decided(table, "A late bus")
    told = {"decision": decision, "channel": "email", "orgs": [table.orgs["Library"]]}
    await follow(table, proposal, "communications", told, "Union")
    known = {"decision": decision}
    last = await follow(table, proposal, "acknowledgements", known, "Library")

    history = (await page_of(table, proposal, last))["timeline"][-2:]
    assert [(line["type"], line["by"]["name"]["text"]) for line in history] == [
        ("DecisionCommunicated", "Union"),
        ("DecisionAcknowledged", "Library"),
    ]
