"""What bodies may decide, and what is asked of those who only look on or only speak."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from tests.acceptance.test_issues import say, shown
from tests.end_to_end.coalition import Coalition, key_of, mail, text
from tests.end_to_end.test_voting import later


async def settle(table: Coalition, receipt: dict[str, Any]) -> None:
    await table.settled(f"members/{receipt['position']}")


async def adopt(table: Coalition, body: str, **rule: Any) -> str:
    """Return a rule of a body: consensus, unless another is named."""
    asked = {"body": body, "rule": {"method": "consensus"} | rule}
    return key_of(await table.post("meetings", "rules", asked, "Clinic"))


async def publish(table: Coalition, issue: str, body: str | None = None) -> str:
    """Return a published proposal of the clinic about an issue."""
    drafted = await table.post(
        "meetings", "proposals",
        {"body": body or table.plenary, "issue": issue, "affected": [],
         "title": text("One van for all"), "text": text("We share one van.")},
        "Clinic",
    )  # fmt: skip
    proposal = key_of(drafted)
    await table.post("meetings", f"proposals/{proposal}/publications", {}, "Clinic")
    return proposal


async def open_voting(table: Coalition, proposal: str, rule: str) -> httpx2.Response:
    asked = {"rule": rule, "closes_at": later(hours=2)}
    return await table.try_post("meetings", f"proposals/{proposal}/votings", asked, "Clinic")


async def decide(table: Coalition, proposal: str, **options: str) -> httpx2.Response:
    """Take these organisations' stances, close the voting, and ask for the decision."""
    path = f"proposals/{proposal}"
    for name, option in options.items():
        stance = {"option": option, "reason": text("So we think.")}
        await table.post("meetings", f"{path}/stances", stance, name)
    await table.post("meetings", f"{path}/votings/closings", {}, "Clinic")
    asked = {"accountable": [table.orgs["Clinic"]]}
    return await table.try_post("meetings", f"{path}/decisions", asked, "Clinic")


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("reason", "")


async def commit(table: Coalition, name: str, level: str) -> dict[str, Any]:
    path = f"members/{table.orgs[name]}/commitments"
    receipt: dict[str, Any] = await table.post("members", path, {"level": level}, name)
    await settle(table, receipt)
    return receipt


async def presided(table: Coalition, scope: Any) -> str:
    """Return a working group of the clinic alone, with the clinic in its chair."""
    asked = {"name": text("A group"), "kind": "working_group", "scope": scope}
    group = key_of(await table.post("members", "bodies", asked, "Clinic"))
    person = (await table.get("members", "me", "Clinic")).json()["person"]
    accreditation = str(table.suite.new_id())
    named = {
        "accreditation": accreditation, "body": group, "person": person, "authority": "full",
        "voting": True,
    }  # fmt: skip
    await table.post("members", f"members/{table.orgs['Clinic']}/accreditations", named, "Clinic")
    office = {"role": "chair", "accreditation": accreditation}
    await settle(table, await table.post("members", f"bodies/{group}/roles", office, "Clinic"))
    return group


async def work(table: Coalition, mode: str) -> None:
    await settle(table, await table.post("members", "operating-modes", {"mode": mode}, "Clinic"))


async def test_f30_no_vote_is_opened_on_what_was_scoped_out(table: Coalition) -> None:
    issue = await raised(table, "Parking")
    out = {"scope": "out", "reason": text("The city decides about that.")}
    await settle(table, await say(table, issue, "scopes", out, "Clinic"))
    rule, proposal = await adopt(table, table.plenary), await publish(table, issue)
    assert refusal(await open_voting(table, proposal, rule)) == (409, "out_of_scope")

    back = {"scope": "in", "reason": text("The city asks us.")}
    await settle(table, await say(table, issue, "scopes", back, "Clinic"))
    assert (await open_voting(table, proposal, rule)).status_code == 201


async def test_f33_a_body_decides_within_its_published_scope_only(table: Coalition) -> None:
    meals, buses = await raised(table, "Lunch"), await raised(table, "School buses")
    group, other = await presided(table, [meals]), await presided(table, "all")
    rule, others_rule = await adopt(table, group), await adopt(table, other)
    beyond = await publish(table, buses, group)
    assert refusal(await open_voting(table, beyond, rule)) == (409, "out_of_mandate")
    within = await publish(table, meals, group)
    assert (await open_voting(table, within, rule)).status_code == 201
    underway, waiting = await publish(table, buses, other), await publish(table, meals, other)
    assert (await open_voting(table, underway, others_rule)).status_code == 201

    structure = {"bodies": [table.plenary, group], "text": text("These two decide.")}
    await table.post("members", "decision-structures", structure, "Clinic")
    await work(table, "formal")
    assert refusal(await open_voting(table, waiting, others_rule)) == (409, "no_scope")
    assert refusal(await decide(table, underway, Clinic="agree")) == (409, "no_scope")
    assert (await decide(table, within, Clinic="agree")).status_code == 201
    await work(table, "informal")
    assert (await open_voting(table, waiting, others_rule)).status_code == 201


async def test_f26_who_observes_counts_in_no_quorum_owns_no_step_and_is_not_reminded(
    table: Coalition,
) -> None:
    issue = await raised(table, "Playgrounds")
    await commit(table, "Library", "observer")
    whole = {"at_least": [1, 1], "per_constituency": [], "chair_counts": True}
    rule, proposal = await adopt(table, table.plenary, quorum=whole), await publish(table, issue)
    opened = await open_voting(table, proposal, rule)
    assert opened.status_code == 201
    after = f"meetings/{opened.json()['position']}"
    home = (await table.get("transparency", "home", "Clinic", at_least=after)).json()
    [waiting] = [row for row in home["open"] if row["id"] == proposal]
    assert {org["name"]["text"] for org in waiting["silent"]} == {"Clinic", "Union", "Parents"}
    stances = dict.fromkeys(("Clinic", "Union", "Parents"), "agree")
    decided = await decide(table, proposal, **stances)
    assert decided.status_code == 201, decided.text

    step = await propose_step(table, hours=3)
    asked = {"owner": table.orgs["Library"], "owners": [table.orgs["Library"]], "due": "2030-01-01"}
    path = f"steps/{step}"
    given = await table.try_post("meetings", f"{path}/assignments", asked, "Union")
    assert refusal(given) == (409, "voice_only")
    taken = {"owners": asked["owners"], "due": "2030-01-01"}
    took = await table.try_post("meetings", f"{path}/volunteers", taken, "Library")
    assert refusal(took) == (409, "voice_only")

    shift = {"what": text("A new mayor."), "issues": []}
    last = await table.post("members", "context-shifts", shift, "Union")
    newest = (await shown(table, "reviews", last))["items"][-1]
    assert {org["name"]["text"] for org in newest["asked"]} == {"Clinic", "Union", "Parents"}
    await commit(table, "Library", "homework")


async def propose_step(table: Coalition, **more: Any) -> str:
    proposed = {"what": text("Ask the garage.")} | more
    return key_of(await table.post("meetings", "steps", proposed, "Union"))


async def step_row(table: Coalition, step: str, after: dict[str, Any]) -> Any:
    at_least = f"meetings/{after['position']}"
    answer = await table.get("meetings", "steps", "Union", at_least=at_least)
    assert answer.status_code == 200, answer.text
    return next(row for row in answer.json()["items"] if row["step"] == step)


async def test_f54_a_voice_only_organisation_owns_a_step_once_it_accepts_and_overload_warns(
    table: Coalition,
) -> None:
    today = datetime.now(UTC).date()
    await commit(table, "Parents", "voice_only")
    pledge = {"hours_per_month": 10, "from": f"{today}", "until": f"{today + timedelta(days=60)}"}
    path = f"members/{table.orgs['Parents']}/pledges"
    await settle(table, await table.post("members", path, pledge, "Parents"))
    person = (await table.get("members", "me", "Parents")).json()["person"]
    asked = {"owner": table.orgs["Parents"], "owners": [person], "due": "2030-01-01"}

    light = await propose_step(table, hours=10)
    given = await table.post("meetings", f"steps/{light}/assignments", asked, "Union")
    row = await step_row(table, light, given)
    assert (row["owner"], row["asked"]["name"]["text"]) == (None, "Parents")
    assert row["overload"] is False
    accepted = await table.post("meetings", f"steps/{light}/acceptances", {}, "Parents")
    row = await step_row(table, light, accepted)
    assert row["owner"]["name"]["text"] == "Parents"

    one_more = await propose_step(table, hours=1)
    given = await table.post("meetings", f"steps/{one_more}/assignments", asked, "Union")
    assert (await step_row(table, one_more, given))["overload"] is True
    accepted = await table.post("meetings", f"steps/{one_more}/acceptances", {}, "Parents")
    assert (await step_row(table, light, accepted))["overload"] is True
    await commit(table, "Parents", "homework")


async def test_authority_stands_beside_every_stance(table: Coalition) -> None:
    """The half of F59 about R2: R3 shows how often executives attend."""
    person = key_of(
        await table.post(
            "members", "people",
            {"name": text("A deputy"), "contact": text(mail("Deputy")), "locale": "en"}, "Union",
        )
    )  # fmt: skip
    deputy = {
        "ended": table.accreditations["Union"], "accreditation": str(table.suite.new_id()),
        "body": table.plenary, "person": person, "authority": "ad_referendum", "voting": True,
    }  # fmt: skip
    path = f"members/{table.orgs['Union']}/replacements"
    await settle(table, await table.post("members", path, deputy, "Union"))
    table.orgs["Deputy"] = table.orgs["Union"]
    issue = await raised(table, "Libraries")
    half = {"at_least": [1, 4], "per_constituency": [], "chair_counts": True}
    rule = await adopt(table, table.plenary, method="majority", quorum=half)
    proposal = await publish(table, issue)
    assert (await open_voting(table, proposal, rule)).status_code == 201
    made = await decide(table, proposal, Clinic="agree", Deputy="agree")
    assert made.status_code == 201, made.text
    reached = f"meetings/{made.json()['position']}"
    report = "reports/who-decided-what.json"
    answer = await table.get("transparency", report, "Parents", at_least=reached)
    [row] = [row for row in answer.json()["rows"] if row["proposal"] == proposal]
    assert {one["organisation"]: one["authority"] for one in row["stances"]} == {
        table.orgs["Clinic"]: "full", table.orgs["Union"]: "ad_referendum",
    }  # fmt: skip


async def raised(table: Coalition, name: str) -> str:
    raised = {"name": text(name), "summary": text(f"{name}, in short.")}
    receipt = await table.post("members", "issues", raised, "Clinic")
    await settle(table, receipt)
    return key_of(receipt)
