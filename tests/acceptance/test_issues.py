"""Where organisations stand on issues, where they part, who leads and who speaks."""

from typing import Any

from tests.end_to_end.coalition import Coalition, key_of, text
from tests.end_to_end.test_voting import later


async def raise_issue(table: Coalition, name: str) -> str:
    """Let the union raise an issue; return its id, once meetings has heard of it."""
    raised = {"name": text(name), "summary": text(f"{name}, in short.")}
    receipt = await table.post("members", "issues", raised, "Union")
    await table.settled(f"members/{receipt['position']}")
    return key_of(receipt)


async def say(table: Coalition, issue: str, what: str, body: Any, name: str) -> dict[str, Any]:
    receipt: dict[str, Any] = await table.post("members", f"issues/{issue}/{what}", body, name)
    return receipt


async def shown(
    table: Coalition, path: str, after: dict[str, Any], name: str = "Library", **query: Any
) -> Any:
    """Return what a page of members shows, once it has read as far as a command."""
    at_least = f"members/{after['position']}"
    answer = await table.get("members", path, name, at_least=at_least, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def positions(detail: Any) -> dict[str, tuple[str, str]]:
    return {
        row["organisation"]["name"]["text"]: (row["position"], row["reason"]["text"])
        for row in detail["positions"]
    }


async def test_f1_positions_are_shown_with_reasons_and_history(table: Coalition) -> None:
    buses, meals = await raise_issue(table, "Buses"), await raise_issue(table, "Meals")
    for issue, name, position, why in (
        (buses, "Union", "oppose", "Drivers are overworked."),
        (buses, "Parents", "oppose", "They come too early."),
        (meals, "Union", "support", "Nobody learns hungry."),
        (meals, "Parents", "support", "Ours eat too little."),
    ):
        last = await say(
            table, issue, "positions", {"position": position, "reason": text(why)}, name
        )
    last = await say(
        table, buses, "position-changes",
        {"to": "support", "reason": text("They start at eight now.")}, "Parents",
    )  # fmt: skip

    parted = await shown(table, f"issues/{buses}", last)
    assert positions(parted) == {
        "Union": ("oppose", "Drivers are overworked."),
        "Parents": ("support", "They start at eight now."),
    }
    [before] = next(
        row["before"]
        for row in parted["positions"]
        if row["organisation"]["id"] == table.orgs["Parents"]
    )
    assert (before["position"], before["reason"]["text"]) == ("oppose", "They come too early.")
    agreed = await shown(table, f"issues/{meals}", last)
    assert {position for position, _ in positions(agreed).values()} == {"support"}


async def test_f3_no_vote_on_what_is_agreed_to_disagree_on_until_a_party_reopens_it(
    table: Coalition,
) -> None:
    issue = await raise_issue(table, "Uniforms")
    parties = [table.orgs["Union"], table.orgs["Parents"]]
    await say(
        table, issue, "disagreements",
        {"parties": parties, "terms": text("Each school does as it likes.")}, "Union",
    )  # fmt: skip
    agreed = await say(table, issue, "disagreements", {}, "Parents")
    [row] = [
        row
        for row in (await shown(table, "disagreements", agreed))["items"]
        if row["issue"] == issue
    ]
    assert row["in_force"] is True
    assert row["terms"]["text"] == "Each school does as it likes."
    assert {one["name"]["text"] for one in row["agreed"]} == {"Union", "Parents"}

    await table.settled(f"members/{agreed['position']}")
    adopted = await table.post(
        "meetings", "rules", {"body": table.plenary, "rule": {"method": "consensus"}}, "Clinic"
    )
    drafted = await table.post(
        "meetings", "proposals",
        {"body": table.plenary, "issue": issue, "affected": [], "title": text("Blue uniforms"),
         "text": text("Blue uniforms for all.")},
        "Clinic",
    )  # fmt: skip
    proposal = key_of(drafted)
    await table.post("meetings", f"proposals/{proposal}/publications", {}, "Clinic")
    voting = {"rule": key_of(adopted), "closes_at": later(hours=2)}
    refused = await table.try_post("meetings", f"proposals/{proposal}/votings", voting, "Clinic")
    assert refused.status_code == 409, refused.text

    stranger = await table.try_post(
        "members", f"issues/{issue}/reopenings", {"reason": text("Let us vote.")}, "Library"
    )
    assert (stranger.status_code, stranger.json()["reason"]) == (409, "not_a_party")
    reopened = await say(
        table, issue, "reopenings", {"reason": text("A shop offers both.")}, "Parents"
    )
    await table.settled(f"members/{reopened['position']}")
    await table.post("meetings", f"proposals/{proposal}/votings", voting, "Clinic")


async def test_f32_leadership_of_each_issue_has_its_history(table: Coalition) -> None:
    first, second = await raise_issue(table, "Reading"), await raise_issue(table, "Sports")
    union, parents = table.orgs["Union"], table.orgs["Parents"]
    await say(table, first, "leads", {"lead": union}, "Clinic")
    await say(table, second, "leads", {"lead": parents}, "Clinic")
    await say(
        table, second, "positions", {"position": "support", "reason": text("We help.")}, "Union"
    )
    taken = await table.try_post("members", f"issues/{first}/leads", {"lead": parents}, "Clinic")
    assert (taken.status_code, taken.json()["reason"]) == (409, "lead_taken")
    last = await say(
        table, first, "lead-yields",
        {"reason": text("Parents know readers best."), "successor": parents}, "Union",
    )  # fmt: skip

    reading = await shown(table, f"issues/{first}", last)
    assert [(row["organisation"]["id"], row["until"] is None) for row in reading["leads"]] == [
        (parents, True), (union, False),
    ]  # fmt: skip
    assert reading["leads"][1]["yielded_because"]["text"] == "Parents know readers best."
    sports = await shown(table, f"issues/{second}", last)
    assert [row["organisation"]["id"] for row in sports["leads"]] == [parents]
    assert positions(sports) == {"Union": ("support", "We help.")}


async def test_f60_each_audience_has_one_messenger_with_history(table: Coalition) -> None:
    issue = await raise_issue(table, "Nurses")
    clinic, union = table.orgs["Clinic"], table.orgs["Union"]
    for org, audience in ((union, "public"), (union, "funders"), (clinic, "public")):
        last = await say(table, issue, "messengers", {"org": org, "audience": audience}, "Clinic")
    found = (await shown(table, f"issues/{issue}", last))["messengers"]
    assert {row["audience"]: row["organisation"]["id"] for row in found if not row["until"]} == {
        "public": clinic, "funders": union,
    }  # fmt: skip
    assert [(row["audience"], row["organisation"]["id"]) for row in found if row["until"]] == [
        ("public", union)
    ]
