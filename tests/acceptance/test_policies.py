"""What members share of how they work: policies, practices, and ideas that they try out."""

from typing import Any
from uuid import uuid4

from tests.acceptance.test_campaigns import see, send
from tests.acceptance.test_issues import raise_issue, say
from tests.acceptance.test_mandates import refusal, work
from tests.end_to_end.coalition import Coalition, key_of, text

ROOMS = {"Red room": "Union", "Blue room": "Parents", "Green room": "Library", "Hall": "Union"}


async def report(table: Coalition, name: str, after: Any) -> Any:
    """Return a report, once it has read as far as a command."""
    at_least = f"meetings/{after['position']}"
    answer = await table.get("transparency", f"reports/{name}.json", "Library", at_least=at_least)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def apart(table: Coalition, after: Any) -> set[frozenset[str]]:
    """Return the pairs that share an issue and are not tied."""
    told = await report(table, "common-ground", after)
    return {
        frozenset(one["name"]["text"] for one in row["organisations"])
        for row in told["rows"]
        if row["part"] == "pair"
    }


async def agree(table: Coalition, title: str, relation: str, units: dict[str, str]) -> str:
    """Return a policy that was agreed on, put to these units."""
    policy = key_of(
        await send(table, "policies", {"title": text(title), "text": text(f"{title}.")}, "Library")
    )
    asked = [
        {"unit": units[room], "owner": table.orgs[owner], "name": text(room)}
        for room, owner in ROOMS.items()
        if room in units
    ]
    await send(table, f"policies/{policy}/versions", {"relation": relation, "units": asked})
    return policy


async def test_f107_the_matrix_shows_what_each_classroom_does_and_how_consistently(
    table: Coalition,
) -> None:
    rooms = {room: str(uuid4()) for room in ROOMS}
    phones = await agree(table, "Phones stay in the bag", "fills_gap", rooms)
    reading = await agree(
        table, "Quiet reading", "none", {"Red room": rooms["Red room"], "Hall": rooms["Hall"]}
    )
    path = f"policies/{phones}"

    async def answer(what: str, room: str, **said: Any) -> Any:
        body = {"unit": rooms[room], "reason": text(f"{room}, {what}.")}
        if what == "adaptations":
            body = {"unit": rooms[room], "change": text("Not on Fridays.")}
        return await send(table, f"{path}/{what}", body | said, ROOMS[room])

    await answer("adoptions", "Red room")
    await answer("adaptations", "Red room")
    await answer("declinations", "Blue room")
    await answer("adoptions", "Hall")
    last = await answer("retirements", "Hall")
    stranger = {"unit": rooms["Green room"], "reason": text("They should.")}
    refused = await table.try_post("meetings", f"{path}/adoptions", stranger, "Union")
    assert refusal(refused) == (409, "voluntary")

    shown = await see(table, "policy-matrix", last)
    assert {one["name"]["text"]: one["unit"] for one in shown["units"]} == rooms
    assert {row["policy"]: row["answers"] for row in shown["policies"]} == {
        phones: {
            rooms["Red room"]: "adapted", rooms["Blue room"]: "declined",
            rooms["Green room"]: "unanswered", rooms["Hall"]: "dropped",
        },
        reading: {rooms["Red room"]: "unanswered", rooms["Hall"]: "unanswered"},
    }  # fmt: skip
    assert shown["consistency"] == [1, 6]
    detail = await see(table, path, last)
    assert detail["consistency"] == [1, 4]
    [red] = [unit for unit in detail["units"] if unit["unit"] == rooms["Red room"]]
    assert red["owner"]["name"]["text"] == "Union"
    assert red["reason"]["text"] == "Red room, adoptions."
    assert [one["change"]["text"] for one in red["adaptations"]] == ["Not on Fridays."]

    told = await report(table, "shared-policies", last)
    assert {(row["unit"]["name"]["text"], row["answer"]) for row in told["rows"]} == {
        ("Red room", "adapted"), ("Blue room", "declined"), ("Green room", "unanswered"),
        ("Hall", "dropped"), ("Red room", "unanswered"), ("Hall", "unanswered"),
    }  # fmt: skip
    assert [each["value"] for each in told["summary"] if each["figure"] == "consistency"] == [
        "0.166667", "0.250000", "0.000000",
    ]  # fmt: skip


async def test_f109_each_policy_shows_how_it_stands_to_the_rules_of_the_school(
    table: Coalition,
) -> None:
    rooms = {"Blue room": str(uuid4())}
    relations = ("overrides", "fills_gap", "none")
    made = {
        await agree(table, f"A policy that {relation}", relation, rooms): relation
        for relation in relations
    }
    drafted = await send(table, "policies", {"title": text("A draft"), "text": text("Not yet.")})
    rows = (await see(table, "policies", drafted))["items"]
    found = {row["policy"]: row["relation"] for row in rows}
    assert {policy: found[policy] for policy in made} == made
    assert found[key_of(drafted)] is None

    [over] = [policy for policy, relation in made.items() if relation == "none"]
    await work(table, "formal")
    why = {"reason": text("The school has its own now.")}
    refused = await table.try_post("meetings", f"policies/{over}/retirements", why, "Union")
    assert refusal(refused) == (409, "not_the_chair")
    last = await send(table, f"policies/{over}/retirements", why)
    await work(table, "informal")
    assert (await see(table, f"policies/{over}", last))["state"] == "retired"
    late = {"unit": rooms["Blue room"], "reason": text("Too late.")}
    answer = await table.try_post("meetings", f"policies/{over}/adoptions", late, "Parents")
    assert refusal(answer) == (409, "policy_retired")
    missing = await table.get("meetings", f"policies/{uuid4()}", "Library")
    assert missing.status_code == 404


async def test_f109_a_policy_rests_on_a_decision_that_was_made(table: Coalition) -> None:
    draft = {"title": text("Homework"), "text": text("None on Fridays.")}
    policy = await send(table, "policies", draft)
    unit = {"unit": str(uuid4()), "owner": table.orgs["Union"], "name": text("Room 5")}
    agreed = {"relation": "none", "units": [unit], "decision": f"meetings/{policy['position']}"}
    path = f"policies/{key_of(policy)}/versions"
    answer = await table.try_post("meetings", path, agreed, "Clinic")
    assert refusal(answer) == (409, "needs_decision")


async def test_f108_an_answer_links_who_asked_and_who_answered_as_a_tie(table: Coalition) -> None:
    issue = await raise_issue(table, "Mornings")
    for name in ("Parents", "Library", "Union"):
        stand = {"position": "support", "reason": text("Ours are tired.")}
        said = await say(table, issue, "positions", stand, name)
    await table.settled(f"members/{said['position']}")
    asked = {"question": text("How do you begin the day?")}
    last = await send(table, "practices", asked, "Parents")
    practice, apart_before = key_of(last), await apart(table, last)
    assert frozenset({"Parents", "Library"}) in apart_before
    answer = {"answer": text("With a song."), "works": "yes"}
    last = await send(table, f"practices/{practice}/answers", answer, "Library")
    [row] = (await see(table, "practices", last))["items"]
    assert [(one["answer"]["text"], one["works"]) for one in row["answers"]] == [
        ("With a song.", "yes")
    ]
    assert [[org["name"]["text"] for org in pair] for pair in row["ties"]] == [
        ["Parents", "Library"]
    ]
    assert await apart(table, last) == apart_before - {frozenset({"Parents", "Library"})}


async def test_f112_an_ideas_page_shows_its_reviews_pilot_and_report(table: Coalition) -> None:
    pitched = await send(table, "ideas", {"text": text("Begin an hour later.")}, "Parents")
    path = f"ideas/{key_of(pitched)}"
    own = await table.try_post("meetings", f"{path}/reviews", {"text": text("Ours!")}, "Parents")
    assert refusal(own) == (409, "own_idea")
    await send(table, f"{path}/reviews", {"text": text("Buses come early.")}, "Union")
    early = {"result": "worked", "text": text("We think so.")}
    refused = await table.try_post("meetings", f"{path}/reports", early, "Library")
    assert refusal(refused) == (409, "not_started")
    await send(table, f"{path}/pilots", {"until": "2030-06-01"}, "Library")
    report = {"result": "partly", "text": text("On Mondays it works.")}
    last = await send(table, f"{path}/reports", report, "Library")

    shown = await see(table, path, last)
    assert shown["text"]["text"] == "Begin an hour later."
    assert [one["text"]["text"] for one in shown["reviews"]] == ["Buses come early."]
    [pilot] = shown["pilots"]
    assert (pilot["by"]["name"]["text"], pilot["until"], pilot["result"]) == (
        "Library", "2030-06-01", "partly",
    )  # fmt: skip
    assert pilot["text"]["text"] == "On Mondays it works."
    rows = (await see(table, "ideas", last))["items"]
    assert [row["idea"] for row in rows] == [key_of(pitched)]
    missing = await table.get("meetings", f"ideas/{uuid4()}", "Library")
    assert missing.status_code == 404
