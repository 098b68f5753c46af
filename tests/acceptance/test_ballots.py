"""What is said in secret, and what is shown of it."""

from uuid import uuid4

from tests.acceptance.test_mandates import adopt, open_voting, publish, raised
from tests.end_to_end.coalition import Coalition, text
from tests.end_to_end.test_voting import later


async def test_f79_what_was_said_in_secret_only_is_shown_after_closing(table: Coalition) -> None:
    last = await table.admit("Choir")
    await table.settled(f"members/{last}")
    proposal = await publish(table, await raised(table, "Ferries"))
    path, check = f"proposals/{proposal}", {"check": str(uuid4())}
    asked = check | {"closes_at": later(hours=1)}
    await table.post("meetings", f"{path}/sense-checks", asked, "Clinic")
    answers = {"Clinic": "comfortable", "Union": "unsure", "Parents": "concerned"}
    for name, answer in (answers | {"Library": "concerned"}).items():
        said = check | {"answer": answer}
        await table.post("meetings", f"{path}/sense-checks/answers", said, name)
    taking = f"{path}/sense-checks/takings"
    early = await table.try_post("meetings", taking, check, "Clinic")
    assert early.json()["reason"] == "sense_check_only"
    said = check | {"answer": "concerned"}
    await table.post("meetings", f"{path}/sense-checks/answers", said, "Choir")
    await table.post("meetings", taking, check, "Clinic")

    await open_voting(table, proposal, await adopt(table, table.plenary, method="majority"))
    for name in ("Clinic", "Union", "Parents", "Library"):
        await table.post("meetings", f"{path}/stances", {"option": "agree"}, name)
    against = {"option": "disagree", "reason": text("Too many stops.")}
    await table.post("meetings", f"{path}/stances", against, "Choir")
    [shown] = (await table.get("meetings", path, "Parents")).json()["sense_checks"]
    assert (shown["concerned"], shown["gap"]) == (3, None)
    closed = await table.post("meetings", f"{path}/votings/closings", {}, "Clinic")
    reached = f"meetings/{closed['position']}"
    answer = await table.get("meetings", path, "Parents", at_least=reached)
    [shown] = answer.json()["sense_checks"]
    assert (shown["comfortable"], shown["unsure"], shown["concerned"]) == (1, 1, 3)
    assert shown["gap"] == [3 * 5 - 1 * 5, 5 * 5]
