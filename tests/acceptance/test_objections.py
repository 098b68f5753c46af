"""Dissent: what becomes of objections, everybody's own reason, and who is to be heard first."""

from typing import Any

from tests.acceptance.test_deliberations import page_of
from tests.acceptance.test_erasure import browser
from tests.acceptance.test_mandates import (
    adopt,
    decide,
    open_voting,
    presided,
    raised,
    refusal,
    settle,
    work,
)
from tests.end_to_end.coalition import Coalition, key_of, mail, text
from tests.end_to_end.test_voting import later

REASONS = {"Clinic": "It is cheap.", "Union": "It is close to work.", "Parents": "It is safe."}


async def publish(table: Coalition, issue: str, *affected: str) -> str:
    """Return a published proposal of the clinic that affects these constituencies."""
    drafted = {
        "body": table.plenary, "issue": issue, "affected": [*affected],
        "title": text("One van for all"), "text": text("We share one van."),
    }  # fmt: skip
    proposal = key_of(await table.post("meetings", "proposals", drafted, "Clinic"))
    await table.post("meetings", f"proposals/{proposal}/publications", {}, "Clinic")
    return proposal


async def voting_on(table: Coalition, issue: str, rule: str) -> str:
    proposal = await publish(table, issue)
    assert (await open_voting(table, proposal, rule)).status_code == 201
    return proposal


async def objected(table: Coalition, proposal: str, name: str = "Library") -> dict[str, str]:
    """Let an organisation object; return the objection, as commands about it name it."""
    objection = {"objection": str(table.suite.new_id())}
    told = objection | {"grounds": text("It is too far."), "remove_by": text("A second stop.")}
    await table.post("meetings", f"proposals/{proposal}/objections", told, name)
    return objection


async def told(
    table: Coalition, proposal: str, what: str, body: dict[str, Any], name: str
) -> dict[str, Any]:
    receipt: dict[str, Any] = await table.post(
        "meetings", f"proposals/{proposal}/objections/{what}", body, name
    )
    return receipt


async def refused(
    table: Coalition, proposal: str, what: str, body: dict[str, Any], name: str
) -> tuple[int, str]:
    path = f"proposals/{proposal}/objections/{what}"
    return refusal(await table.try_post("meetings", path, body, name))


def lives(page: Any) -> list[tuple[str, list[tuple[str, str, str | None]]]]:
    """Return of each objection what it is now, and what became of it: by whom, and why."""
    return [
        (
            each["disposition"],
            [
                (one["became"], one["by"]["name"]["text"], one["why"] and one["why"]["text"])
                for one in each["answers"]
            ],
        )
        for each in page["objections"]
    ]


async def test_f80_every_disposition_is_reached_and_shows_who_when_and_why(  # noqa: PLR0915 - one story
    table: Coalition,
) -> None:
    issue = await raised(table, "Vans")
    weighing = {"who": "any_entitled", "caller_may_outweigh": True}
    rule = await adopt(table, table.plenary, method="majority", objections=weighing)
    group = await presided(table, "all")
    proposal = await voting_on(table, issue, rule)
    because, why = {"reason": text("The stop is there.")}, {"reasoning": text("It is elsewhere.")}

    # A formal objection: only who objected takes it on, and to another body; who proposed it, or
    # objected, does not judge it.
    one = await objected(table, proposal)
    assert await refused(table, proposal, "settings-aside", one | why, "Clinic") == (
        409, "own_proposal",
    )  # fmt: skip
    await told(table, proposal, "settings-aside", one | why, "Union")
    to = one | {"to": group}
    assert await refused(table, proposal, "registrations", to, "Union") == (409, "not_the_objector")
    here = one | {"to": table.plenary}
    assert await refused(table, proposal, "registrations", here, "Library") == (409, "own_proposal")
    await told(table, proposal, "registrations", to, "Library")
    ruling = one | {"result": "overruled", "reasoning": text("Two stops cost too much.")}
    for name in ("Clinic", "Library"):
        assert await refused(table, proposal, "resolutions", ruling, name) == (409, "own_proposal")
    unheard = {name: value for name, value in ruling.items() if name != "reasoning"}
    assert await refused(table, proposal, "resolutions", unheard, "Union") == (
        409, "reasoning_required",
    )  # fmt: skip
    await told(table, proposal, "resolutions", ruling, "Union")

    upheld = await objected(table, proposal)
    await told(table, proposal, "registrations", upheld | {"to": group}, "Library")
    kept = upheld | {"result": "upheld", "reasoning": text("A second stop is fair.")}
    await told(table, proposal, "resolutions", kept, "Union")
    retracted = await objected(table, proposal)
    assert await refused(table, proposal, "retractions", retracted | because, "Union") == (
        409, "not_the_objector",
    )  # fmt: skip
    await told(table, proposal, "retractions", retracted | because, "Library")
    aside = await objected(table, proposal)
    await told(table, proposal, "settings-aside", aside | why, "Union")
    outweighed = await objected(table, proposal)
    weighed: dict[str, Any] = outweighed | why
    assert await refused(table, proposal, "outweighings", weighed, "Union") == (
        409, "reasoning_required",
    )  # fmt: skip
    weighed |= {"alternatives": [text("A second van.")]}
    last = await told(table, proposal, "outweighings", weighed, "Union")

    page = await page_of(table, proposal, last)
    assert lives(page) == [
        ("overruled", [
            ("set_aside", "Union", "It is elsewhere."), ("registered", "Library", None),
            ("overruled", "Union", "Two stops cost too much."),
        ]),
        ("stands", [
            ("registered", "Library", None), ("upheld", "Union", "A second stop is fair."),
        ]),
        ("retracted", [("retracted", "Library", "The stop is there.")]),
        ("set_aside", [("set_aside", "Union", "It is elsewhere.")]),
        ("outweighed", [("outweighed", "Union", "It is elsewhere.")]),
    ]  # fmt: skip
    [registered] = [one for one in page["objections"][0]["answers"] if one["to"]]
    assert registered["to"] == {"id": group, "name": text("A group")}
    assert page["objections"][4]["answers"][0]["alternatives"] == [text("A second van.")]
    moments = [one["at"] for each in page["objections"] for one in each["answers"]]
    assert moments == sorted(moments)
    entries = {line["ref"] for line in page["timeline"]}
    assert {one["ref"] for each in page["objections"] for one in each["answers"]} <= entries

    # Where it is amended, what was objected to may be accommodated; a second round asks again.
    stopped = {"text": text("One van, two stops."), "because": text("The library asked.")}
    shown = (await table.get("meetings", f"proposals/{proposal}", "Clinic")).json()
    path = f"proposals/{proposal}/amendments"
    await table.post("meetings", path, stopped, "Clinic", if_match=f'"{shown["version"]}"')
    met = upheld | {"amendment": 2}
    assert await refused(table, proposal, "accommodations", met, "Union") == (
        409, "not_the_proposer",
    )  # fmt: skip
    await told(table, proposal, "accommodations", met, "Clinic")
    assert (await open_voting(table, proposal, rule)).status_code == 201
    made = await decide(table, proposal, Clinic="agree", Union="agree", Library="object")
    assert made.status_code == 201, made.text
    page = await page_of(table, proposal, made.json())
    assert lives(page)[1][1][-1] == ("accommodated", "Clinic", None)
    assert page["objections"][1]["answers"][-1]["amendment"] == 2
    assert [each["disposition"] for each in page["objections"]] == [
        "overruled", "accommodated", "retracted", "set_aside", "outweighed", "stands",
    ]  # fmt: skip
    register = await table.get("transparency", "reports/decision-register.json", "Parents")
    [row] = [row for row in register.json()["rows"] if row["proposal"] == proposal]
    assert row["objections"] == dict.fromkeys(
        ("overruled", "accommodated", "retracted", "set_aside", "outweighed", "stands"), 1
    )
    async with browser(table.suite, mail("Parents")) as parents:
        html = (await parents.get(f"/c/{table.slug}/decisions/{page['decision']}")).text
    for words in (
        "Registered as a formal objection with A group", "Overruled by Union",
        "Retracted by Library", "Two stops cost too much.",
        "Accommodated by version 2 of the text, by Clinic", "A second van.",
        "Outweighed by Union",
    ):  # fmt: skip
        assert words in html


async def test_f65_a_decision_lists_each_organisations_own_reason_verbatim(
    table: Coalition,
) -> None:
    rule = await adopt(table, table.plenary, method="majority")
    proposal = await voting_on(table, await raised(table, "Bicycles"), rule)
    for name, words in REASONS.items():
        stance = {"option": "agree", "reason": {"lang": "de", "text": words}}
        await table.post("meetings", f"proposals/{proposal}/stances", stance, name)
    made = await decide(table, proposal)
    assert made.status_code == 201, made.text
    page = await page_of(table, proposal, made.json())
    assert {row["org"]["name"]["text"]: row["reason"] for row in page["stances"]} == {
        name: {"lang": "de", "text": words} for name, words in REASONS.items()
    }
    async with browser(table.suite, mail("Library")) as library:
        html = (await library.get(f"/c/{table.slug}/decisions/{page['decision']}")).text
    for words in REASONS.values():
        assert f'<blockquote class="quote" lang="de"><p>{words}</p></blockquote>' in html


async def test_f14_an_affected_implementer_is_heard_before_voting_opens(table: Coalition) -> None:
    perspective = {
        "name": text("Night drivers"), "kind": "profession", "least_well_served": True,
        "implementer": True, "historically_excluded": False, "seats_wanted": 0,
    }  # fmt: skip
    identified = await table.post("members", "constituencies", perspective, "Clinic")
    await settle(table, identified)
    drivers, issue = key_of(identified), await raised(table, "Night buses")
    rules = {
        gate: await adopt(table, table.plenary, method="majority", representation_gate=gate)
        for gate in ("off", "warn", "block")
    }
    today = (later(hours=0))[:10]
    asked = {"constituency": drivers, "on": today, "summary": text("Not without a break.")}

    async def gate(name: str, **more: Any) -> tuple[str, tuple[int, str]]:
        proposal = await publish(table, issue, drivers)
        asking = {"rule": rules[name], "closes_at": later(hours=2)} | more
        path = f"proposals/{proposal}/votings"
        return proposal, refusal(await table.try_post("meetings", path, asking, "Clinic"))

    async def stamped(proposal: str) -> Any:
        stance = {"option": "agree"}
        path = f"proposals/{proposal}/stances"
        taken = await table.post("meetings", path, stance, "Union")
        return (await page_of(table, proposal, taken))["gate"]

    for name, result in (("off", "passed"), ("warn", "warned")):
        proposal, answer = await gate(name)
        assert answer == (201, "")
        assert (await stamped(proposal))["result"] == result
    proposal, answer = await gate("block", override=text("They answer on Friday."))
    assert answer == (201, "")
    assert await stamped(proposal) == {
        "result": "overridden", "override": text("They answer on Friday."),
    }  # fmt: skip

    proposal, answer = await gate("block")
    assert answer == (409, "not_heard")
    path = f"proposals/{proposal}/consultations"
    unknown = asked | {"constituency": str(table.suite.new_id())}
    assert refusal(await table.try_post("meetings", path, unknown, "Union")) == (
        409, "unknown_constituency",
    )  # fmt: skip
    consulted = await table.post("meetings", path, asked, "Union")
    assert [event["type"] for event in consulted["events"]] == ["ConstituencyConsulted"]
    assert (await open_voting(table, proposal, rules["block"])).status_code == 201
    assert (await stamped(proposal))["result"] == "passed"
    page = await page_of(table, proposal, consulted)
    [line] = [line for line in page["timeline"] if line["type"] == "ConstituencyConsulted"]
    assert (line["by"]["name"], line["said"]) == (text("Union"), asked["summary"])

    # So it is, without being asked, where an organisation at the table speaks for it.
    since = {"since": today}
    path = f"constituencies/{drivers}/representations"
    await settle(table, await table.post("members", path, since, "Parents"))
    proposal, answer = await gate("block")
    assert answer == (201, "")
    assert (await stamped(proposal))["result"] == "passed"
    await work(table, "informal")
