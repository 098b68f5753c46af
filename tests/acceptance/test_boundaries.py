"""Who may see what, as agreed in writing; and more, once all whom it shows approve."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.test_charter import post
from tests.acceptance.test_issues import raise_issue, say, shown
from tests.acceptance.test_mandates import presided, raised, refusal, settle
from tests.end_to_end.coalition import Coalition, key_of, text


async def agree(table: Coalition, **defaults: str) -> None:
    await post(table, "boundaries", {"defaults": defaults, "text": text("As we agreed.")})


async def seen(table: Coalition, issue: str, after: dict[str, Any], name: str) -> set[str]:
    """Return whose positions on an issue somebody sees."""
    detail = await shown(table, f"issues/{issue}", after, name)
    return {row["organisation"]["name"]["text"] for row in detail["positions"]}


async def test_the_boundary_agreement_sets_who_sees_positions_from_then_on(
    table: Coalition,
) -> None:
    """The half of F21 that is members': the other half is below."""
    issue = await raise_issue(table, "Rents")
    stand = {"position": "support", "reason": text("They rise.")}
    await say(table, issue, "positions", stand, "Union")
    await agree(table, position="dyad")
    await say(table, issue, "positions", stand, "Parents")
    await agree(table, position="public")
    last = await say(table, issue, "positions", stand, "Library")
    assert await seen(table, issue, last, "Clinic") == {"Union", "Library"}
    assert await seen(table, issue, last, "Parents") == {"Union", "Parents", "Library"}
    await agree(table)
    changed = {"to": "oppose", "reason": text("Too high.")}
    last = await say(table, issue, "position-changes", changed, "Parents")
    assert await seen(table, issue, last, "Clinic") == {"Union", "Parents", "Library"}
    detail = await shown(table, f"issues/{issue}", last, "Clinic")
    before = {row["organisation"]["name"]["text"]: row["before"] for row in detail["positions"]}
    assert before["Parents"] == []


async def draft(table: Coalition, issue: str, words: str, name: str) -> dict[str, Any]:
    asked = {"issue": issue, "text": text(words)}
    receipt: dict[str, Any] = await table.post("meetings", "messages", asked, name)
    return receipt


async def told(table: Coalition, after: dict[str, Any], name: str, **query: str) -> list[str]:
    """Return the words of the messages that somebody is shown, the newest first."""
    answer = await table.get(
        "meetings", "messages", name, at_least=f"meetings/{after['position']}", **query
    )
    assert answer.status_code == 200, answer.text
    return [row["text"]["text"] for row in answer.json()["items"] if row["text"]]


async def asked_for(table: Coalition, after: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the disclosures asked for, as somebody sees them, the newest first."""
    answer = await table.get(
        "meetings", "disclosures", name, at_least=f"meetings/{after['position']}"
    )
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


async def messages_are(table: Coalition, kind: str) -> dict[str, Any]:
    agreed = {"defaults": {"message": kind}, "text": text(f"Messages are for: {kind}.")}
    return await post(table, "boundaries", agreed)


def at(receipt: dict[str, Any]) -> str:
    return f"meetings/{receipt['position']}"


async def test_f21_the_default_class_is_as_agreed_and_nothing_is_public_without_every_approval(
    table: Coalition,
) -> None:
    issue = await raised(table, "Playgrounds")
    open_to_all = await draft(table, issue, "Swings for all.", "Union")
    for kind in ("dyad", "public"):
        await settle(table, await messages_are(table, kind))
        last = await draft(table, issue, f"As agreed: {kind}.", "Union")
    all_words = ["As agreed: public.", "As agreed: dyad.", "Swings for all."]
    assert await told(table, last, "Union") == all_words
    assert await told(table, last, "Parents") == ["As agreed: public.", "Swings for all."]
    assert await told(table, last, "Union", audience="public") == []  # nobody has approved that

    message = key_of(open_to_all)
    variant = {"variant": str(table.suite.new_id()), "audience": "public", "text": text("Swing!")}
    await table.post("meetings", f"messages/{message}/approvals", {}, "Parents")
    theirs = await table.post("meetings", f"messages/{message}/variants", variant, "Parents")
    both = {"items": [at(open_to_all), at(theirs)], "to": "public"}
    unknown = {"items": ["meetings/999999"], "to": "public"}
    none = await table.try_post("meetings", "disclosures", unknown, "Union")
    assert refusal(none) == (409, "unknown_item")
    request = await table.post("meetings", "disclosures", both, "Union")
    path = f"disclosures/{key_of(request)}"
    [row] = await asked_for(table, request, "Library")
    assert (row["state"], row["to"]) == ("open", "public")
    assert [item["text"]["text"] for item in row["items"]] == ["Swings for all.", "Swing!"]
    assert {one["organisation"]["name"]["text"]: one["answer"] for one in row["answers"]} == {
        "Union": "approved",
        "Parents": None,
    }
    assert await told(table, request, "Library", audience="public") == []
    other = await table.try_post("meetings", f"{path}/approvals", {}, "Library")
    assert refusal(other) == (409, "not_a_party")
    done = await table.post("meetings", f"{path}/approvals", {}, "Parents")
    assert await told(table, done, "Library", audience="public") == ["Swings for all."]
    answer = await table.get("meetings", "messages", "Library", audience="public")
    [public] = answer.json()["items"]
    assert [one["text"]["text"] for one in public["variants"]] == ["Swing!"]
    assert public["approved_by"] == []  # that they approved it was not disclosed
    late = {"reason": text("We changed our mind.")}
    back = await table.try_post("meetings", f"{path}/refusals", late, "Parents")
    assert refusal(back) == (409, "already_disclosed")


async def test_f21_what_few_see_is_asked_for_unseen_and_shown_as_they_approve(
    table: Coalition,
) -> None:
    await settle(table, await messages_are(table, "dyad"))
    closed = await draft(table, await raised(table, "Fees"), "Fees are too high.", "Union")
    await settle(table, await messages_are(table, "members"))
    hidden = {"items": [at(closed)], "to": "members"}
    request = await table.post("meetings", "disclosures", hidden, "Library")
    asked = {row["disclosure"] for row in await asked_for(table, request, "Clinic")}
    assert key_of(request) not in asked
    [mine, *_] = await asked_for(table, request, "Library")
    assert (mine["items"][0]["text"], mine["items"][0]["type"]) == (None, None)
    no = {"reason": text("Not yet.")}
    path = f"disclosures/{key_of(request)}"
    refused = await table.post("meetings", f"{path}/refusals", no, "Union")
    [mine, *_] = await asked_for(table, refused, "Library")
    assert (mine["state"], mine["answers"][0]["reason"]["text"]) == ("refused", "Not yet.")
    assert "Fees are too high." not in await told(table, refused, "Library")
    request = await table.post("meetings", "disclosures", hidden, "Library")
    path = f"disclosures/{key_of(request)}"
    shared = await table.post("meetings", f"{path}/approvals", {}, "Union")
    assert (await told(table, shared, "Library"))[0] == "Fees are too high."
    assert "Fees are too high." not in await told(table, shared, "Library", audience="public")


async def test_f21_minutes_are_for_whom_it_was_agreed(table: Coalition) -> None:
    group = await presided(table, "all")
    starts = datetime.now(UTC) + timedelta(hours=1)
    meeting = {
        "title": text("The group"), "body": group, "host": table.orgs["Library"],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "place": text("The library"),
    }  # fmt: skip
    path = f"meetings/{key_of(await table.post('meetings', 'meetings', meeting, 'Clinic'))}"
    await table.post("meetings", f"{path}/openings", {}, "Clinic")
    read = []
    for kind in ("body", "members"):
        agreed = {"defaults": {"minutes": kind}, "text": text(f"Minutes are for: {kind}.")}
        await settle(table, await post(table, "boundaries", agreed))
        last = await table.post("meetings", f"{path}/minutes", {"text": text(kind)}, "Clinic")
        shown_to_all = await table.get("meetings", path, "Union", at_least=at(last))
        read.append([row["text"]["text"] for row in shown_to_all.json()["minutes"]])
    assert read == [[], ["members"]]
    async with asyncio.timeout(15):  # a new accreditation lets its person read a little later
        while len(held := (await table.get("meetings", path, "Clinic")).json()["minutes"]) < 2:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.2)
    assert [row["text"]["text"] for row in held] == ["body", "members"]


@pytest.mark.parametrize("wrong", [{"items": []}, {"to": "dyad"}, {"items": ["x"]}, {"by": "me"}])
async def test_a_request_that_cannot_be_read_is_refused(
    table: Coalition, wrong: dict[str, Any]
) -> None:
    asked = {"items": ["meetings/1"], "to": "public"} | wrong
    answer = await table.try_post("meetings", "disclosures", asked, "Union")
    assert answer.status_code == 422
