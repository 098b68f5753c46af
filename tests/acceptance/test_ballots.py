"""What is said in secret, and what is shown of it."""

from typing import Any
from uuid import uuid4

from tests.acceptance.test_mandates import adopt, open_voting, publish, raised
from tests.end_to_end.coalition import Coalition, key_of, text
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
    after = await table.get("meetings", path, "Parents", at_least=reached)
    [shown] = after.json()["sense_checks"]
    assert (shown["comfortable"], shown["unsure"], shown["concerned"]) == (1, 1, 3)
    assert shown["gap"] == [3 * 5 - 1 * 5, 5 * 5]


async def opened(table: Coalition, issue: str, ballot: str) -> str:
    """Return a proposal of the clinic that is voted on in secret."""
    proposal = await publish(table, await raised(table, issue))
    rule = await adopt(table, table.plenary, method="majority", ballot=ballot)
    assert (await open_voting(table, proposal, rule)).status_code == 201
    return proposal


async def seen_of(table: Coalition, proposal: str, receipt: dict[str, Any]) -> Any:
    """Return what transparency shows of a decision, and what it shows of its voting."""
    reached = f"meetings/{receipt['position']}"
    answer = await table.get("transparency", f"decisions/{proposal}", "Union", at_least=reached)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_d10_a_sealed_stance_is_read_nowhere_before_voting_closes(table: Coalition) -> None:
    proposal = await opened(table, "Trams", "sealed_until_close")
    path = f"proposals/{proposal}"
    against = {"option": "disagree", "reason": text("Rails are dear.")}
    await table.post("meetings", f"{path}/stances", against, "Parents")
    for name in ("Clinic", "Library"):
        last = await table.post("meetings", f"{path}/stances", {"option": "agree"}, name)
    early = await seen_of(table, proposal, last)
    assert "Rails are dear." not in str(early)
    assert "disagree" not in [row.get("option") for row in early["stances"]]

    last = await table.post("meetings", f"{path}/votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Clinic"]]}
    last = await table.post("meetings", f"{path}/decisions", accountable, "Clinic")
    shown = await seen_of(table, proposal, last)
    said = {row["org"]["name"]["text"]: row["option"] for row in shown["stances"]}
    assert said["Parents"] == "disagree"
    assert "Rails are dear." in str(shown)
    assert shown["recomputed"] == "yes"


async def test_d10_detached_ballots_are_counted_and_shown_as_that(table: Coalition) -> None:
    proposal = await opened(table, "Canals", "detached_anonymous")
    path = f"proposals/{proposal}"
    for name, option in (("Clinic", "agree"), ("Union", "agree"), ("Parents", "disagree")):
        last = await table.post("meetings", f"{path}/ballots", {"option": option}, name)
    assert not [row for row in (await seen_of(table, proposal, last))["stances"] if row.get("at")]
    await table.post("meetings", f"{path}/votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Clinic"]]}
    last = await table.post("meetings", f"{path}/decisions", accountable, "Clinic")
    shown = await seen_of(table, proposal, last)
    assert shown["recomputed"] == {"withheld": "ballot"}


async def test_f45_a_stance_ad_referendum_counts_only_once_ratified(table: Coalition) -> None:
    """Library is spoken for by a deputy ad referendum, who votes; its delegate ratifies that."""
    group = {"name": text("Harbour group"), "kind": "working_group", "scope": "all"}
    body = key_of(await table.post("members", "bodies", group, "Clinic"))
    deputy = {"name": text("A deputy"), "contact": text("deputy@example.org"), "locale": "en"}
    person = key_of(await table.post("members", "people", deputy, "Clinic"))
    me = (await table.get("members", "me", "Clinic")).json()["person"]
    for name, who, authority in (
        ("Library", person, "ad_referendum"), ("Clinic", me, "full"),
    ):  # fmt: skip
        named = {
            "accreditation": str(uuid4()), "body": body, "person": who, "authority": authority,
            "voting": True,
        }  # fmt: skip
        path = f"members/{table.orgs[name]}/accreditations"
        await table.post("members", path, named, name)
        last = named["accreditation"]
    office = {"role": "chair", "accreditation": last}
    taken = await table.post("members", f"bodies/{body}/roles", office, "Clinic")
    await table.settled(f"members/{taken['position']}")

    proposal = await publish(table, await raised(table, "Harbours"), body)
    rule = await adopt(table, body, method="majority", ratify_within_days=7)
    assert (await open_voting(table, proposal, rule)).status_code == 201
    path, agree = f"proposals/{proposal}", {"option": "agree"}
    await table.post("meetings", f"{path}/stances", agree, "Clinic")
    stances = f"/meetings/api/v1/coalitions/{table.slug}/{path}/stances"
    said = await table.suite.post(stances, agree, "deputy@example.org", by=table.orgs["Library"])
    assert said.status_code == 201, said.text
    await table.post("meetings", f"{path}/votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Clinic"]]}
    early = await table.try_post("meetings", f"{path}/decisions", accountable, "Clinic")
    assert early.json()["reason"] == "not_ratified"
    await table.post("meetings", f"{path}/ratifications", {}, "Library")
    last = await table.post("meetings", f"{path}/decisions", accountable, "Clinic")
    shown = await seen_of(table, proposal, last)
    assert shown["recomputed"] == "yes"
    assert shown["outcome"] == "adopted"
