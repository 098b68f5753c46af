"""A proposal from draft to decision over HTTP; and everybody voting in the same second."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.suite import Suite

VOTERS = 200


def later(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


async def open_voting(coalition: Coalition, method: str, title: str, **rule: Any) -> str:
    """Draft, publish and open a proposal; return its id."""
    chair = coalition.chair
    issue = await coalition.post(
        "members", "issues", {"name": text(title), "summary": text("In short.")}, chair
    )
    await coalition.settled(f"members/{issue['position']}")
    adopted = await coalition.post(
        "meetings", "rules", {"body": coalition.plenary, "rule": {"method": method, **rule}}, chair
    )
    drafted = await coalition.post(
        "meetings", "proposals",
        {"body": coalition.plenary, "issue": key_of(issue), "affected": [],
         "title": text(title), "text": text(f"{title}: the whole text.")},
        chair,
    )  # fmt: skip
    proposal = key_of(drafted)
    await coalition.post("meetings", f"proposals/{proposal}/publications", {}, chair)
    await coalition.post(
        "meetings", f"proposals/{proposal}/votings",
        {"rule": key_of(adopted), "closes_at": later(hours=2)}, chair,
    )  # fmt: skip
    return proposal


async def stance(coalition: Coalition, proposal: str, name: str, option: str, **more: Any) -> Any:
    return await coalition.post(
        "meetings", f"proposals/{proposal}/stances", {"option": option, **more}, name
    )


async def test_a_decision_keeps_its_dissent_and_how_it_was_made(schools: Coalition) -> None:
    proposal = await open_voting(schools, "consensus", "Shared reading hours")
    await stance(schools, proposal, "Clinic", "agree")
    await stance(schools, proposal, "Union", "agree")
    refused = await schools.try_post(
        "meetings", f"proposals/{proposal}/stances", {"option": "disagree"}, "Parents"
    )
    assert (refused.status_code, refused.json()["reason"]) == (409, "reason_required")
    await stance(schools, proposal, "Parents", "disagree", reason=text("Too early in the day."))
    await schools.post(
        "meetings", f"proposals/{proposal}/stances/changes",
        {"to": "agree", "because": text("It now starts at nine.")}, "Parents",
    )  # fmt: skip
    await stance(schools, proposal, "Library", "object", reason=text("We have no room for it."))
    open_objection = (await schools.get("meetings", f"proposals/{proposal}", "Clinic")).json()
    assert open_objection
    closed = await schools.post("meetings", f"proposals/{proposal}/votings/closings", {}, "Clinic")
    assert [event["type"] for event in closed["events"]][:1] == ["VotingClosed"]
    decided = await schools.post(
        "meetings", f"proposals/{proposal}/decisions",
        {"accountable": [schools.orgs["Clinic"]]}, "Clinic",
    )  # fmt: skip
    position = decided["position"]
    answer = await schools.get(
        "transparency", f"decisions/{proposal}", "Union", at_least=f"meetings/{position}"
    )
    assert answer.status_code == 200, answer.text
    decision = answer.json()
    assert decision["outcome"] == "rejected"  # an objection was left open
    by_name = {one["org"]["name"]["text"]: one for one in decision["stances"]}
    assert by_name["Parents"]["option"] == "agree"
    assert by_name["Parents"]["changes"][0]["from"] == "disagree"
    assert by_name["Library"]["reason"]["text"] == "We have no room for it."


async def test_200_organisations_vote_at_once_and_none_is_refused(running: Suite) -> None:
    coalition = await form(running, "rush", chair="Voter 0")
    for first in range(1, VOTERS, 20):
        names = [f"Voter {n}" for n in range(first, min(first + 20, VOTERS))]
        positions = await asyncio.gather(*(coalition.admit(name) for name in names))
    await coalition.settled(f"members/{max(positions)}")
    proposal = await open_voting(coalition, "majority", "All at once")
    voters = [f"Voter {n}" for n in range(VOTERS)]
    options = ["agree", "abstain"]
    receipts = await asyncio.gather(
        *(stance(coalition, proposal, name, options[n % 2]) for n, name in enumerate(voters))
    )
    taken = sorted(receipt["position"] for receipt in receipts)
    assert taken == list(range(taken[0], taken[0] + VOTERS))
    assert sorted(receipt["version"] for receipt in receipts) == list(range(4, 4 + VOTERS))
    closed = await coalition.post(
        "meetings", f"proposals/{proposal}/votings/closings", {}, "Voter 0"
    )
    assert closed["position"] == taken[-1] + 1
    decided = await coalition.post(
        "meetings", f"proposals/{proposal}/decisions",
        {"accountable": [coalition.orgs["Voter 0"]]}, "Voter 0",
    )  # fmt: skip
    answer = await coalition.get(
        "transparency", "reports/decision-register.json", "Voter 1",
        at_least=f"meetings/{decided['position']}",
    )  # fmt: skip
    [row] = answer.json()["rows"]
    assert (row["outcome"], row["voters"], row["entitled"]) == ("adopted", VOTERS, VOTERS)
