"""A coalition that needs nothing formal; and one that chooses its size."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.acceptance.test_charter import post
from tests.acceptance.test_mandates import propose_step, refusal
from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.suite import Suite


async def test_f37_an_informal_coalition_meets_shares_steps_and_credit_without_a_rule(
    running: Suite,
) -> None:
    friends = await form(running, "informal-friends", "Garden")
    position = await friends.admit("Kitchen")
    await friends.settled(f"members/{position}")
    assert (await friends.get("members", "", "Garden")).json()["mode"] == "informal"

    starts = datetime.now(UTC) + timedelta(days=1)
    meeting = {
        "title": text("Over soup"), "body": friends.plenary, "host": friends.orgs["Kitchen"],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "place": text("The kitchen"),
    }  # fmt: skip
    path = f"meetings/{key_of(await friends.post('meetings', 'meetings', meeting, 'Kitchen'))}"
    await friends.post("meetings", f"{path}/openings", {}, "Kitchen")
    proposed = {"what": text("Plant the beans"), "meeting": path.partition("/")[2]}
    step = key_of(await friends.post("meetings", "steps", proposed, "Garden"))
    person = (await friends.get("members", "me", "Kitchen")).json()["person"]
    mine = {"owners": [person], "due": "2030-01-01"}
    await friends.post("meetings", f"steps/{step}/volunteers", mine, "Kitchen")
    await friends.post("meetings", f"steps/{step}/completions", {}, "Kitchen")
    await friends.post("meetings", f"{path}/closings", {}, "Garden")

    won = {"title": text("Beans for all"), "size": "step", "decisions": [], "objectives": []}
    win = key_of(await friends.post("credit", "wins", won, "Garden"))
    thanks = {
        "credit": str(uuid4()), "to": friends.orgs["Kitchen"], "role": "implementation",
        "degree": "lead", "basis": "gratitude", "contributions": [],
    }  # fmt: skip
    given = await friends.post("credit", f"wins/{win}/credits", thanks, "Garden")
    reached = f"credit/{given['position']}"
    answer = await friends.get("credit", "credits/received", "Kitchen", at_least=reached)
    assert [row["role"] for row in answer.json()["items"]] == ["implementation"]
    rules = (await friends.get("meetings", "rules", "Garden")).json()["items"]
    assert rules == []


async def test_nobody_is_admitted_above_the_cap(table: Coalition) -> None:
    """The half of F38 that is members': R12 pairs size with diversity and latency."""
    asked = {
        "name": text("Fifth"), "kind": "organization", "sector": "food", "commitment": "homework",
        "voting_right": True,
    }  # fmt: skip
    few = {"max_members": 3}
    assert refusal(await table.try_post("members", "scopes", few, "Clinic")) == (
        409, "coalition_full",
    )  # fmt: skip
    await post(table, "scopes", {"max_members": 4})
    refused = await table.try_post("members", "members", asked, "Clinic")
    assert refusal(refused) == (409, "coalition_full")
    await post(table, "scopes", {"max_members": 5})
    fifth = key_of(await post(table, "members", asked))
    again = asked | {"name": text("Sixth")}
    refused = await table.try_post("members", "members", again, "Clinic")
    assert refusal(refused) == (409, "coalition_full")
    await post(table, f"members/{fifth}/departures", {"reason_code": "other"})
    await post(table, "members", again)
    assert await propose_step(table)


async def test_f67_a_yielded_lead_is_listed_and_can_be_credited_as_having_stepped_back(
    table: Coalition,
) -> None:
    raised = {"name": text("Bridges"), "summary": text("Bridges, in short.")}
    issue = key_of(await post(table, "issues", raised, "Union"))
    await post(table, f"issues/{issue}/leads", {"lead": table.orgs["Union"]})
    yielded = {"reason": text("Parents know them."), "successor": table.orgs["Parents"]}
    last = await post(table, f"issues/{issue}/lead-yields", yielded, "Union")
    ref = f"members/{last['position']}"
    answer = await table.get("members", f"issues/{issue}", "Library", at_least=ref)
    leads = answer.json()["leads"]
    assert [(row["organisation"]["name"]["text"], row["until"] is None) for row in leads] == [
        ("Parents", True), ("Union", False),
    ]  # fmt: skip
    assert leads[1]["yielded_because"]["text"] == "Parents know them."

    path = "contributions/suggestions"
    union = table.orgs["Union"]
    found = await table.get("credit", path, "Clinic", organisation=union, at_least=ref)
    assert found.status_code == 200, found.text
    assert {"of": union, "role": "stepped_back", "about": ref} in found.json()["items"]
    done = {
        "of": union, "role": "stepped_back", "degree": "equal", "about": [ref],
        "what": text("They let Parents lead."),
    }  # fmt: skip
    recorded = await table.post("credit", "contributions", done, "Clinic")
    reached = f"credit/{recorded['position']}"
    shown = await table.get(
        "credit", "contributions", "Library", organisation=union, at_least=reached
    )
    [row] = shown.json()["items"]
    assert (row["role"], row["state"], row["about"]) == ("stepped_back", "confirmed", [ref])
    found = await table.get("credit", path, "Clinic", organisation=union)
    assert found.json()["items"] == []
