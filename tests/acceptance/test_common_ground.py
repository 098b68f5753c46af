"""What is common, who could stand together, and who is missing: reports R4 and R5."""

from typing import Any

from tests.acceptance.test_constituencies import identify
from tests.acceptance.test_issues import raise_issue, say
from tests.end_to_end.coalition import Coalition, key_of, text
from tests.end_to_end.test_voting import later, open_voting, stance

THREE = ("Clinic", "Union", "Parents")


async def report(
    table: Coalition, name: str, after: dict[str, Any], service: str = "members"
) -> Any:
    """Return a report once it has read as far as a command."""
    answer = await table.get(
        "transparency", f"reports/{name}.json", "Library",
        at_least=f"{service}/{after['position']}", limit=200,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(things: Any) -> tuple[str, ...]:
    return tuple(thing["name"]["text"] for thing in things)


def part(found: Any, name: str) -> list[Any]:
    return [row for row in found["rows"] if row["part"] == name]


def regions(found: Any) -> dict[tuple[str, ...], set[str]]:
    return {named(row["organisations"]): set(named(row["issues"])) for row in part(found, "region")}


async def stand(table: Coalition, issue: str, position: str, *names: str) -> dict[str, Any]:
    for name in names:
        body = {"position": position, "reason": text(f"{name} says so.")}
        last = await say(table, issue, "positions", body, name)
    return last


async def test_f2_three_organisations_give_seven_regions_and_the_next_position_moves_one(
    table: Coalition,
) -> None:
    holders = [THREE, THREE[:2], THREE[1:], (THREE[0], THREE[2]), *((name,) for name in THREE)]
    issues = {names: f"Issue of {' and '.join(names)}" for names in holders}
    raised = {names: await raise_issue(table, issue) for names, issue in issues.items()}
    for names, issue in raised.items():
        last = await stand(table, issue, "support", *names)
    found = await report(table, "common-ground", last)
    assert regions(found) == {tuple(sorted(names)): {issue} for names, issue in issues.items()}
    listed = [issue for row in part(found, "region") for issue in named(row["issues"])]
    assert len(listed) == len(set(listed)) == 7

    moved = ("Union",)
    body = {"to": "oppose", "reason": text("We thought again.")}
    await say(table, raised[moved], "position-changes", body, "Union")
    last = await stand(table, raised[moved], "can_live_with", "Parents")
    found = await report(table, "common-ground", last)
    assert regions(found) == {
        tuple(sorted(names)): {issue} | ({issues[moved]} if names == ("Parents",) else set())
        for names, issue in issues.items()
        if names != moved
    }

    page = await table.get(
        "transparency", "reports/common-ground.html", "Library",
        at_least=f"members/{last['position']}",
    )  # fmt: skip
    assert page.status_code == 200
    assert page.text.count("<pattern") == 3


async def test_f9_the_same_events_rank_the_same_unlikely_pairs(table: Coalition) -> None:
    threat = await table.post(
        "members", "threats", {"name": text("Schools close"), "issues": []}, "Library"
    )
    last = await table.post("members", f"threats/{key_of(threat)}/shares", {}, "Union")
    first = await report(table, "common-ground", last)
    again = await report(table, "common-ground", last)
    assert part(first, "pair") == part(again, "pair")
    pairs = {frozenset(named(row["organisations"])): row for row in part(first, "pair")}
    together = pairs[frozenset({"Library", "Union"})]
    assert (named(together["threats"]), together["tied"], together["days"]) == (
        ("Schools close",), False, None,
    )  # fmt: skip
    assert together["refs"]

    union, library = table.orgs["Union"], table.orgs["Library"]
    pair = "_".join(sorted((union, library)))
    touched = {"kind": "visit", "on": later(hours=0)[:10]}
    last = await table.post("members", f"relationships/{pair}/touchpoints", touched, "Union")
    found = await report(table, "common-ground", last)
    assert frozenset({"Library", "Union"}) not in {
        frozenset(named(row["organisations"])) for row in part(found, "pair")
    }

    parts = ("reliability", "mission", "openness", "power", "involvement", "resources")
    pulse = {"about": library, "period": "2026-Q1"} | dict.fromkeys(parts, 1)
    last = await table.post("members", f"relationships/{pair}/pulses", pulse, "Union")
    assert part(await report(table, "common-ground", last), "pair") == part(found, "pair")
    assert await low_trust(table, "Library", last) == {frozenset({"Library", "Union"})}
    assert await low_trust(table, "Parents", last) == set()

    issue = await raise_issue(table, "Uniforms")
    await stand(table, issue, "support", "Union")
    last = await stand(table, issue, "oppose", "Library")
    found = await report(table, "common-ground", last)
    opposed = {frozenset(named(row["organisations"])): row for row in part(found, "pair")}
    row = opposed[frozenset({"Library", "Union"})]
    assert (named(row["opposed"]), row["tied"]) == (("Uniforms",), True)


async def low_trust(table: Coalition, name: str, after: dict[str, Any]) -> set[frozenset[str]]:
    """Return the pairs of which an organisation sees that one trusts the other little."""
    answer = await table.get(
        "transparency", "unlikely-partners", name, at_least=f"members/{after['position']}"
    )
    assert answer.status_code == 200, answer.text
    rows = answer.json()["items"]
    return {frozenset(named(row["organisations"])) for row in rows if row["low_trust"]}


async def test_f10_a_constituency_nobody_represents_appears_as_a_gap(table: Coalition) -> None:
    unheard = await identify(table, excluded=False)
    last = await table.post(
        "members", f"constituencies/{unheard}/outreaches", {"to": text("All of them")}, "Union"
    )
    found = await report(table, "representation-gaps", last)
    rows = {row["constituency"]["id"]: row for row in part(found, "constituency")}
    assert (rows[unheard]["gap"], rows[unheard]["unrepresented"]) == (1, True)
    invited = [
        row["constituency"]["id"]
        for row in part(found, "suggestion")
        if row["suggestion"] == "invite"
    ]
    assert unheard in invited
    spoken = await table.post(
        "members", f"constituencies/{unheard}/representations", {"since": "2026-01-01"}, "Parents"
    )
    found = await report(table, "representation-gaps", spoken)
    rows = {row["constituency"]["id"]: row for row in part(found, "constituency")}
    assert (rows[unheard]["gap"], rows[unheard]["unrepresented"]) == (0, False)
    over = {"since": "2026-01-01", "until": "2026-01-02"}
    await table.post("members", f"constituencies/{unheard}/representations", over, "Parents")


async def test_f11_a_decision_without_the_least_well_served_is_flagged(table: Coalition) -> None:
    least = await identify(table, excluded=False)
    proposal = await open_voting(table, "majority", "Earlier buses")
    for name in table.orgs:
        await stance(table, proposal, name, "agree")
    await table.post("meetings", f"proposals/{proposal}/votings/closings", {}, "Clinic")
    made = await table.post(
        "meetings", f"proposals/{proposal}/decisions",
        {"accountable": [table.orgs["Clinic"]]}, "Clinic",
    )  # fmt: skip
    found = await report(table, "representation-gaps", made, "meetings")
    [row] = part(found, "decision")
    assert (row["title"]["text"], row["outcome"], row["flagged"]) == (
        "Earlier buses", "adopted", True,
    )  # fmt: skip
    [flagged] = [each for each in found["summary"] if each["figure"] == "flagged"]
    assert flagged["value"] == len(flagged["refs"]) == 1

    review = {"occasion": f"meetings/{made['position']}", "consulted": True,
              "note": text("We asked at the gates.")}  # fmt: skip
    said = await table.post("members", f"constituencies/{least}/reviews", review, "Clinic")
    found = await report(table, "representation-gaps", said)
    assert [row["flagged"] for row in part(found, "decision")] == [False]


async def test_f18_of_a_constituency_only_distributions_are_returned(table: Coalition) -> None:
    group = await identify(table, excluded=False)
    for name in ("Union", "Parents"):
        await table.post(
            "members", f"constituencies/{group}/representations", {"since": "2026-01-01"}, name
        )
    issue = await raise_issue(table, "Crossing guards")
    await stand(table, issue, "support", "Union")
    last = await stand(table, issue, "oppose", "Parents")
    found = await report(table, "common-ground", last)
    [row] = [row for row in part(found, "issue") if row["issue"]["id"] == issue]
    [counts] = [one for one in row["groups"] if one["constituency"]["id"] == group]
    assert {name: counts[name] for name in ("of", "agree", "against", "said")} == {
        "of": 2, "agree": 1, "against": 1, "said": 2,
    }  # fmt: skip
    gaps = await report(table, "representation-gaps", last)
    for line in (*part(found, "issue"), *part(gaps, "constituency")):
        for holder in (line, *line.get("groups", ())):
            if "constituency" in holder:
                assert not {"position", "stance", "stand", "support", "oppose"} & holder.keys()
