"""A way back in for those who are only informed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.acceptance.test_charter import own, post
from tests.acceptance.test_mandates import adopt, open_voting, publish, raised, refusal, settle
from tests.end_to_end.coalition import Coalition, key_of, text


async def informed(table: Coalition, proposal: str, after: int) -> dict[str, str | None]:
    """Return who is only informed, and the event that invited each back in."""
    reached = f"meetings/{after}"
    answer = await table.get("meetings", f"proposals/{proposal}", "Union", at_least=reached)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["informed"]
    return {row["organisation"]["name"]["text"]: row["invited"] for row in rows}


async def test_f39_who_is_only_informed_is_invited_back_or_listed_before_voting_opens(
    table: Coalition,
) -> None:
    for name, level in (("Parents", "inform"), ("Library", "inform"), ("Union", "consult")):
        level_of = {"phase": "campaign", "level": level}
        last = await post(table, own(table, name, "involvements"), level_of, name)
    await settle(table, last)

    proposal = await publish(table, await raised(table, "Crossings"))
    starts = datetime.now(UTC) + timedelta(days=2)
    meeting = {
        "title": text("Assembly"), "body": table.plenary, "host": table.orgs["Library"],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "place": text("The library"),
    }  # fmt: skip
    path = f"meetings/{key_of(await table.post('meetings', 'meetings', meeting, 'Clinic'))}"
    item = {
        "item": str(uuid4()), "kind": "decision", "title": text("Crossings"),
        "proposal": proposal, "minutes": 20,
    }  # fmt: skip
    listed = await table.post("meetings", f"{path}/items", item, "Clinic")
    assert await informed(table, proposal, listed["position"]) == {"Parents": None, "Library": None}

    entry = f"meetings/{listed['position']}"
    back = {"org": table.orgs["Parents"], "entry": entry}
    invited = await table.post("meetings", f"{path}/reengagements", back, "Clinic")
    invitation = f"meetings/{invited['position']}"
    found = await informed(table, proposal, invited["position"])
    assert found == {"Parents": invitation, "Library": None}
    consulted = {"org": table.orgs["Union"], "entry": entry}
    refused = await table.try_post("meetings", f"{path}/reengagements", consulted, "Clinic")
    assert refusal(refused) == (409, "not_at_inform")

    rule = await adopt(table, table.plenary)
    opened = await open_voting(table, proposal, rule)
    assert opened.status_code == 201
    found = await informed(table, proposal, opened.json()["position"])
    assert found == {"Parents": invitation, "Library": None}
    decides = {"phase": "campaign", "level": "decide"}
    last = await post(table, own(table, "Library", "involvements"), decides, "Library")
    await settle(table, last)
    assert await informed(table, proposal, opened.json()["position"]) == {"Parents": invitation}
