"""The story of two organisations that each tell funders they led."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.test_deliberations import page_of
from tests.acceptance.test_mandates import adopt, publish
from tests.end_to_end.coalition import Coalition, key_of, text
from tests.end_to_end.test_scenarios import decide, gather, tell, vote
from tests.suite import Suite

WORDING = "The union and the parents led the talks with the council together."


async def shown(table: Coalition, path: str, after: Any, name: str = "Library", **more: Any) -> Any:
    """Return what credit shows a delegate, once it has read as far as a command."""
    at_least = after if isinstance(after, str) else f"credit/{after['position']}"
    answer = await table.get("credit", path, name, at_least=at_least, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def thank(table: Coalition, path: str, body: Any, name: str) -> Any:
    return await table.post("credit", path, body, name)


async def agreed(table: Coalition) -> tuple[str, str]:
    """Return the decision of the coalition that free meals are to be won, and its event."""
    raised = await tell(table, "issues", {"name": text("Meals"), "summary": text("For all.")})
    await table.settled(f"members/{raised['position']}")
    rule, proposal = await adopt(table, table.plenary), await publish(table, key_of(raised))
    opened = await vote(table, proposal, rule)
    assert opened.status_code == 201, opened.text
    made = await decide(table, proposal)
    at = f"meetings/{made['position']}"
    [event] = [one for one in made["events"] if one["type"] == "DecisionMade"]
    await shown(table, "claims", at)
    return (await page_of(table, proposal, made))["decision"], f"meetings/{event['position']}"


async def both_claim(
    table: Coalition, decision: str, decided: str
) -> tuple[dict[str, str], dict[str, str], str]:
    """Let both tell funders that they led: what they did, their claims, and the newest one's id."""
    deeds, refs, newest = {}, {}, ""
    for name in ("Union", "Parents"):
        did = {
            "of": table.orgs[name], "role": "lobbying", "degree": "lead", "about": [decided],
            "what": text(f"{name} talked to the council, week after week."),
        }  # fmt: skip
        deeds[name] = key_of(await thank(table, "contributions", did, name))
        await thank(table, f"contributions/{deeds[name]}/confirmations", {}, "Library")
    for name in ("Union", "Parents"):
        led = {"kind": "decision", "id": decision, "role": "lobbying", "degree": "lead"}
        claim = {"audience": "funders", "text": text(f"{name} led the talks."), "facts": [led]}
        receipt = await thank(table, "claims", claim, name)
        refs[name], newest = f"credit/{receipt['position']}", key_of(receipt)
    return deeds, refs, newest


async def a_legislator_is_thanked_first(table: Coalition, win: str, deeds: dict[str, str]) -> None:
    for name in ("Union", "Parents"):
        given = {
            "credit": str(table.suite.new_id()), "to": table.orgs[name], "role": "lobbying",
            "degree": "equal", "basis": "evidence", "contributions": [deeds[name]],
        }  # fmt: skip
        await thank(table, f"wins/{win}/credits", given, "Library")
    late = {
        "external": text("The member for the old town"), "from": text("Too dear."),
        "now": text("Cheaper than hungry children."),
    }  # fmt: skip
    receipt = await thank(table, f"wins/{win}/latecomers", late, "Union")
    page = await shown(table, f"wins/{win}", receipt)
    names = list(page)
    assert names.index("latecomers") < names.index("credits")
    [first] = page["latecomers"]
    assert first["external"]["text"] == "The member for the old town"
    assert (first["before"], first["now"]) == (late["from"], late["now"])
    assert {row["degree"] for row in page["credits"]} == {"equal"}
    assert {row["to"] for row in page["credits"]} == {table.orgs["Union"], table.orgs["Parents"]}


async def test_scenario_8_credit(running: Suite) -> None:
    table = await gather(running, "who-led", "Clinic", "Union", "Parents", "Library")
    decision, decided = await agreed(table)
    meals = {"title": text("School meals are free"), "size": "major", "decisions": [decision]}
    receipt = await thank(table, "wins", meals, "Clinic")
    win = key_of(receipt)

    deeds, refs, mine = await both_claim(table, decision, decided)

    # The conflict is found before a word of it is released.
    receipt = await thank(table, f"claims/{mine}/reviews", {}, "Clinic")
    rows = (await shown(table, "claims", receipt, audience="funders"))["items"]
    against = {row["by"]: {one["with_event"] for one in row["now"]["conflicts"]} for row in rows}
    assert refs["Parents"] in against[table.orgs["Union"]]
    assert refs["Union"] in against[table.orgs["Parents"]]
    assert rows[0]["review"]["matches"] == [0], "what is confirmed is not thereby settled"
    assert refs["Union"] in {one["with_event"] for one in rows[0]["review"]["conflicts"]}
    said = {
        "audience": "funders", "text": text("The union led the talks."), "win": win,
        "facts": [{"kind": "decision", "id": decision, "role": "lobbying", "degree": "lead"}],
    }  # fmt: skip
    statement = key_of(await thank(table, "attributions", said, "Union"))

    # It is disputed, and held; a neutral library finds the words.
    body = {
        "about": refs["Union"], "grounds": text("We were there from the first day."),
        "requested": text("Say that we did it together."),
        "due": (datetime.now(UTC) + timedelta(days=7)).date().isoformat(),
    }  # fmt: skip
    dispute = key_of(await thank(table, "disputes", body, "Parents"))
    releases = f"attributions/{statement}/releases"
    held = await table.try_post("credit", releases, {"version": 1}, "Union")
    assert (held.status_code, held.json()["reason"]) == (409, "disputed")
    mediators = f"disputes/{dispute}/mediators"
    biased = await table.try_post("credit", mediators, {"mediator": table.orgs["Union"]}, "Clinic")
    assert (biased.status_code, biased.json()["reason"]) == (409, "not_neutral")
    await thank(table, mediators, {"mediator": table.orgs["Library"]}, "Clinic")
    ended = {"result": "agreed_wording", "wording": text(WORDING)}
    receipt = await thank(table, f"disputes/{dispute}/resolutions", ended, "Library")
    for name in table.orgs:
        [row] = (await shown(table, "disputes", receipt, name))["items"]
        assert (row["state"], row["resolution"]["wording"]["text"]) == ("resolved", WORDING)

    # Both tell it in these words, and nothing stands against them.
    together = [{"kind": "contribution", "id": key, "degree": "equal"} for key in deeds.values()]
    agreed_ = said | {"text": text(WORDING), "facts": together}
    await thank(table, f"attributions/{statement}/versions", agreed_, "Union")
    await thank(table, f"attributions/{statement}/approvals", {"version": 2}, "Parents")
    receipt = await thank(table, releases, {"version": 2}, "Union")
    row = await shown(table, f"attributions/{statement}", receipt)
    assert (row["now"]["conflicts"], row["now"]["disputed"], row["now"]["missing"]) == ([], [], [])
    newest, oldest = row["versions"]
    assert newest["released"]["unilateral"] is False
    assert (newest["text"]["text"], oldest["released"]) == (WORDING, None)

    told = await table.get(
        "transparency", "reports/claims-and-disputes.json", "Library",
        at_least=f"credit/{receipt['position']}",
    )  # fmt: skip
    report = told.json()
    figures = {each["figure"]: each["value"] for each in report["summary"]}
    assert (figures["conflicting"], figures["not_reviewed"]) == (1, 1)
    assert (figures["disputes_open"], figures["agreed_wording"]) == (0, 1)
    assert (figures["released"], figures["unilateral"]) == (1, 0)
    [row] = [row for row in report["rows"] if row["part"] == "dispute"]
    assert (row["mediator"]["id"], row["wording"]["text"]) == (table.orgs["Library"], WORDING)
    await a_legislator_is_thanked_first(table, win, deeds)
