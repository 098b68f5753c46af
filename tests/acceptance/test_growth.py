"""What people see of their own growth, and nobody else of it."""

from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import post
from tests.acceptance.test_issues import shown
from tests.end_to_end.coalition import Coalition, key_of, text


async def credited(table: Coalition, to: str, by: str) -> dict[str, Any]:
    """Let one organisation thank another for a win."""
    declared = {"title": text("A safer street"), "size": "step", "decisions": [], "objectives": []}
    win = key_of(await table.post("credit", "wins", declared, by))
    thanks = {
        "credit": str(uuid4()), "to": table.orgs[to], "role": "research", "degree": "equal",
        "basis": "gratitude", "contributions": [],
    }  # fmt: skip
    receipt: dict[str, Any] = await table.post("credit", f"wins/{win}/credits", thanks, by)
    return receipt


async def test_f116_a_person_sees_their_roles_goals_and_credit_and_nobody_elses(
    table: Coalition,
) -> None:
    goals = {}
    for name, words in (("Union", "Chair a meeting"), ("Parents", "Write a report")):
        person = (await table.get("members", "me", name)).json()["person"]
        goal = {"goal": str(uuid4()), "text": text(words), "due": "2999-12-31"}
        await post(table, f"people/{person}/goals", goal, name)
        goals[name] = person, goal["goal"]
    person, goal_id = goals["Union"]
    await post(table, f"people/{person}/achievements", {"goal": goal_id}, "Union")
    for role in ("note_taker", "timekeeper"):
        taken = {"role": role, "accreditation": table.accreditations["Union"]}
        await post(table, f"bodies/{table.plenary}/roles", taken, "Union")
    released = {"role": "note_taker", "accreditation": table.accreditations["Union"]}
    last = await post(table, f"bodies/{table.plenary}/releases", released, "Union")

    own = await shown(table, "growth", last, "Union")
    assert [(row["role"], row["held"]) for row in own["roles"]] == [
        ("timekeeper", True), ("note_taker", False),
    ]  # fmt: skip
    [goal] = own["goals"]
    assert (goal["text"]["text"], goal["reached_at"] is not None) == ("Chair a meeting", True)
    other = await shown(table, "growth", last, "Parents")
    assert other["roles"] == []
    assert [row["text"]["text"] for row in other["goals"]] == ["Write a report"]
    assert other["goals"][0]["reached_at"] is None
    chairs = await shown(table, "growth", last, "Clinic")
    assert ([row["role"] for row in chairs["roles"]], chairs["goals"]) == (["chair"], [])

    first = await credited(table, "Union", "Parents")
    thanks = await credited(table, "Library", "Union")
    assert thanks["position"] > first["position"]
    received: dict[str, list[str]] = {}
    for name, titles in (("Union", 1), ("Library", 1), ("Parents", 0)):
        reached = f"credit/{thanks['position']}"
        answer = await table.get("credit", "credits/received", name, at_least=reached)
        assert answer.status_code == 200, answer.text
        rows = answer.json()["items"]
        assert [row["title"]["text"] for row in rows] == ["A safer street"] * titles
        assert {row["to"] for row in rows} <= {table.orgs[name]}
        received[name] = [row["credit"] for row in rows]
    [credit] = received["Library"]
    waiver = {"credit": credit}
    waived = await table.post("credit", f"wins/{key_of(thanks)}/waivers", waiver, "Library")
    reached = f"credit/{waived['position']}"
    answer = await table.get("credit", "credits/received", "Library", at_least=reached)
    assert answer.json()["items"] == []
