"""What the coalition does together: campaigns, the work in them, and what it demands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import own
from tests.acceptance.test_mandates import (
    adopt,
    decide,
    open_voting,
    publish,
    raised,
    refusal,
    settle,
)
from tests.end_to_end.coalition import Coalition, key_of, text

TODAY = datetime.now(UTC).date()


async def send(table: Coalition, path: str, body: Any, name: str = "Clinic", **more: Any) -> Any:
    return await table.post("meetings", path, body, name, **more)


async def see(
    table: Coalition, path: str, after: dict[str, Any], name: str = "Library", **query: Any
) -> Any:
    """Return what a page of meetings shows, once it has read as far as a command."""
    at_least = f"meetings/{after['position']}"
    answer = await table.get("meetings", path, name, at_least=at_least, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def admit_earlier(table: Coalition, name: str) -> None:
    """Let the organisation's delegate speak for it since a month ago."""
    people = (await table.get("members", "people", "Clinic")).json()["items"]
    persons = {row["name"]["text"]: row["id"] for row in people}
    accredited = {
        "accreditation": str(table.suite.new_id()), "body": table.plenary,
        "person": persons[f"{name}'s delegate"], "authority": "full", "voting": False,
        "from": (TODAY - timedelta(days=30)).isoformat(),
    }  # fmt: skip
    path = own(table, name, "accreditations")
    await settle(table, await table.post("members", path, accredited, name))


async def launch(table: Coalition, name: str, *grew_from: str) -> str:
    receipt = await send(table, "campaigns", {"name": text(name), "from": list(grew_from)})
    return key_of(receipt)


async def test_f19_an_action_lists_its_organisations_and_headcount(table: Coalition) -> None:
    campaign = await launch(table, "Trips to the capitol")
    held = {
        "kind": "delegation", "on": TODAY.isoformat(), "participants": 40,
        "orgs": [table.orgs["Union"], table.orgs["Parents"]],
    }  # fmt: skip
    path = f"campaigns/{campaign}/actions"
    last = await send(table, path, held, "Union")
    [row] = (await see(table, f"campaigns/{campaign}", last))["actions"]
    assert {one["name"]["text"] for one in row["organisations"]} == {"Union", "Parents"}
    assert (row["kind"], row["participants"]) == ("delegation", 40)
    assert row["recorded_by"]["name"]["text"] == "Union"

    strange = held | {"orgs": [str(uuid4())]}
    answer = await table.try_post("meetings", path, strange, "Union")
    assert refusal(answer) == (409, "unknown_organisation")
    thanks = {
        "of": table.orgs["Parents"], "role": "mobilising", "degree": "lead", "about": [row["ref"]],
        "what": text("They filled the bus."),
    }  # fmt: skip
    assert (await table.try_post("credit", "contributions", thanks, "Union")).is_success


async def test_f31_a_campaign_lists_its_objectives_workstreams_and_decisions(
    table: Coalition,
) -> None:
    campaign, objective = await launch(table, "Every child reads"), str(uuid4())
    aim = {"objective": objective, "text": text("Ten more tutors"), "due": "2030-06-01"}
    await send(table, f"campaigns/{campaign}/objectives", aim)
    work = {"campaign": campaign, "lead": table.orgs["Library"], "name": text("Find tutors")}
    stream = key_of(await send(table, "workstreams", work))
    target = {"target": str(uuid4()), "name": text("The mayor"), "from": "oppose", "to": "support"}
    await send(table, f"campaigns/{campaign}/targets", target, "Parents")

    issue = await raised(table, "Reading")
    rule = await adopt(table, table.plenary)
    for aims in (str(uuid4()), objective):
        draft = {
            "body": table.plenary, "issue": issue, "affected": [], "title": text("Pay for tutors"),
            "text": text("We pay for ten tutors."), "objective": aims,
        }  # fmt: skip
        drafted = await table.try_post("meetings", "proposals", draft, "Clinic")
        if aims != objective:
            assert refusal(drafted) == (409, "unknown_objective")
    proposal = key_of(drafted.json())
    await send(table, f"proposals/{proposal}/publications", {})
    aimless = await publish(table, issue)
    for voted in (proposal, aimless):
        assert (await open_voting(table, voted, rule)).is_success
        stances = dict.fromkeys(("Clinic", "Union", "Parents"), "agree")
        made = await decide(table, voted, **stances)
        assert made.status_code == 201, made.text

    shown = await see(table, f"campaigns/{campaign}", made.json())
    [reading] = shown["objectives"]
    assert (reading["text"]["text"], reading["due"]) == ("Ten more tutors", "2030-06-01")
    [work] = shown["workstreams"]
    assert (work["workstream"], work["name"]["text"], work["lead"]["name"]["text"]) == (
        stream, "Find tutors", "Library",
    )  # fmt: skip
    [decision] = shown["decisions"]
    assert (decision["title"]["text"], decision["outcome"], decision["objective"]) == (
        "Pay for tutors", "adopted", objective,
    )  # fmt: skip
    [mayor] = shown["targets"]
    assert (mayor["name"]["text"], mayor["stance"]) == ("The mayor", "support")
    rows = (await see(table, "campaigns", made.json()))["items"]
    [row] = [one for one in rows if one["campaign"] == campaign]
    assert (row["objectives"], row["workstreams"], row["demands"]) == (1, 1, 0)


async def test_f62_a_workstream_without_an_update_for_fourteen_days_is_flagged(
    table: Coalition,
) -> None:
    await admit_earlier(table, "Union")
    ago = datetime.now(UTC) - timedelta(days=15)
    started = {"lead": table.orgs["Union"], "name": text("Count the buses")}
    stream = key_of(
        await send(table, "workstreams", started, "Union", accord_occurred_at=ago.isoformat())
    )
    report = {"percent": 20, "text": text("Half of the lines are counted.")}
    since = (ago + timedelta(hours=1)).isoformat()
    path = f"workstreams/{stream}"
    last = await send(table, f"{path}/reports", report, "Union", accord_occurred_at=since)
    first = (await see(table, "workstreams", last))["items"][0]
    assert (first["workstream"], first["flagged"], first["percent"]) == (stream, True, 20)
    [patient] = [
        row
        for row in (await see(table, "workstreams", last, silent_after=30))["items"]
        if row["workstream"] == stream
    ]
    assert patient["flagged"] is False

    last = await send(table, f"{path}/reports", report | {"percent": 60}, "Parents")
    rows = {row["workstream"]: row for row in (await see(table, "workstreams", last))["items"]}
    assert (rows[stream]["flagged"], rows[stream]["percent"]) == (False, 60)
    assert [update["by"]["name"]["text"] for update in rows[stream]["updates"]] == [
        "Parents", "Union",
    ]  # fmt: skip
    await send(table, f"{path}/closings", {"result": text("All are counted.")})
    late = await table.try_post("meetings", f"{path}/reports", report, "Union")
    assert refusal(late) == (409, "wrong_stage")


async def test_f101_a_new_campaign_shows_what_it_grew_from(table: Coalition) -> None:
    first = await send(table, "campaigns", {"name": text("Warm classrooms")})
    root, lesson = f"meetings/{first['position']}", "credit/1"
    grown = {"name": text("Green classrooms"), "from": [root, lesson]}
    last = await send(table, "campaigns", grown)
    shown = await see(table, f"campaigns/{key_of(last)}", last)
    assert [(one["ref"], one["campaign"] and one["campaign"]["name"]["text"]) for one in
            shown["grew_from"]] == [(root, "Warm classrooms"), (lesson, None)]  # fmt: skip
    nowhere = {"name": text("Blue classrooms"), "from": ["meetings/999999"]}
    answer = await table.try_post("meetings", "campaigns", nowhere, "Clinic")
    assert refusal(answer) == (409, "unknown_event")
    unheard = await table.get("meetings", f"campaigns/{uuid4()}", "Library")
    assert unheard.status_code == 404


async def test_f114_a_demand_unanswered_past_its_day_reads_no_answer_and_can_be_escalated(
    table: Coalition,
) -> None:
    campaign = await launch(table, "Class size")
    due = {"late": TODAY - timedelta(days=1), "open": TODAY + timedelta(days=7)}
    demands: dict[str, str] = {}
    for name, day in due.items():
        asked = {
            "campaign": campaign, "office": text("The school board"), "due": day.isoformat(),
            "text": text("No more than twenty in a class."),
        }  # fmt: skip
        last = await send(table, "demands", asked, "Union")
        demands[name] = key_of(last)
    rows = {row["demand"]: row for row in (await see(table, "demands", last))["items"]}
    assert rows[demands["late"]]["reads"] == "no_answer"
    assert rows[demands["open"]]["reads"] == "waiting"

    higher = {"to": text("The minister"), "due": due["open"].isoformat()}
    early = await table.try_post(
        "meetings", f"demands/{demands['open']}/escalations", higher, "Union"
    )
    assert refusal(early) == (409, "not_due")
    await send(table, f"demands/{demands['late']}/escalations", higher, "Union")
    answer = {"result": "partly", "text": text("Twenty-two.")}
    last = await send(table, f"demands/{demands['late']}/answers", answer, "Parents")
    shown = await see(table, f"campaigns/{campaign}", last)
    [late] = [row for row in shown["demands"] if row["demand"] == demands["late"]]
    assert (late["reads"], late["escalated"]) == ("partly", True)
    assert [(one["office"]["text"], one["reads"]) for one in late["asked"]] == [
        ("The school board", "no_answer"), ("The minister", "partly"),
    ]  # fmt: skip
    of_another = await see(table, "demands", last, campaign=str(uuid4()))
    assert of_another["items"] == []


async def test_only_the_chair_launches_a_campaign_in_formal_mode(table: Coalition) -> None:
    await settle(
        table, await table.post("members", "operating-modes", {"mode": "formal"}, "Clinic")
    )
    answer = await table.try_post("meetings", "campaigns", {"name": text("Alone")}, "Union")
    assert answer.status_code == 403
    last = await send(table, "campaigns", {"name": text("Together")})
    assert (await see(table, f"campaigns/{key_of(last)}", last))["grew_from"] == []
    informal = {"mode": "informal"}
    await settle(table, await table.post("members", "operating-modes", informal, "Clinic"))
