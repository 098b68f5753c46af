"""The stories of how coalitions live and fail, over HTTP and through all services."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from tests.end_to_end.coalition import Coalition, form, key_of, mail, text
from tests.suite import Suite

RATINGS = ("reliability", "mission", "openness", "power", "involvement", "resources")


async def gather(suite: Suite, slug: str, *names: str) -> Coalition:
    """Form a coalition of these organisations, the first in the chair."""
    coalition = await form(suite, slug, names[0])
    position = 0
    for name in names[1:]:
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    return coalition


async def tell(coalition: Coalition, path: str, body: Any, name: str | None = None) -> Any:
    return await coalition.post("members", path, body, name or coalition.chair)


async def seen(coalition: Coalition, path: str, after: Any, name: str | None = None) -> Any:
    """Return what a page of members shows, once it has read as far as a command."""
    at_least = f"members/{after['position']}"
    answer = await coalition.get("members", path, name or coalition.chair, at_least=at_least)
    assert answer.status_code == 200, answer.text
    return answer.json()


def pair(coalition: Coalition, one: str, other: str) -> str:
    return "_".join(sorted((coalition.orgs[one], coalition.orgs[other])))


def own(coalition: Coalition, name: str, what: str) -> str:
    return f"members/{coalition.orgs[name]}/{what}"


def names_of(rows: list[Any]) -> set[str]:
    return {row["name"]["text"] for row in rows}


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def quarters(count: int) -> list[str]:
    """Return the last quarters that are over, the newest last."""
    found: list[str] = []
    first = datetime.now(UTC)
    while len(found) < count:
        first = first.replace(month=first.month - (first.month - 1) % 3, day=1) - timedelta(days=1)
        found.insert(0, f"{first.year}-Q{(first.month + 2) // 3}")
    return found


async def rate(table: Coalition, by: str, about: str, quarter: str, points: int) -> Any:
    """Answer a trust pulse, alike in every respect."""
    pulse = {"about": table.orgs[about], "period": quarter} | dict.fromkeys(RATINGS, points)
    return await tell(table, f"relationships/{pair(table, by, about)}/pulses", pulse, by)


async def leak(table: Coalition, injured: str, offender: str) -> str:
    key = str(table.suite.new_id())
    breach = {
        "breach": key, "offender": table.orgs[offender], "kind": "leak",
        "what": text("Our poll was in the paper."),
    }  # fmt: skip
    await tell(table, f"relationships/{pair(table, injured, offender)}/breaches", breach, injured)
    return key


async def test_scenario_1_ballot_measure(running: Suite) -> None:
    opponents = ("Landlords", "Tenants", "Builders", "Greens")
    others = ("Clinic", "Union", "Parents", "Library", "Church")
    table = await gather(running, "ballot", *others, *opponents)
    everybody = [table.orgs[name] for name in (*others, *opponents)]

    for kind, words in (("best", "We win by ten points."), ("worst", "We lose the old town.")):
        scenario = str(running.new_id())
        described = {
            "scenario": scenario, "kind": kind, "parties": everybody, "text": text(words),
        }  # fmt: skip
        await tell(table, "scenarios", described)
        for name in (*others, *opponents)[1:]:
            last = await tell(table, "scenarios", {"scenario": scenario}, name)
    agreed = (await seen(table, "scenarios", last))["items"]
    assert {(row["kind"], row["in_force"], len(row["agreed"])) for row in agreed} == {
        ("best", True, 9), ("worst", True, 9),
    }  # fmt: skip

    for one, other in combinations(opponents, 2):
        cause = {"since": "2011-05-01", "cause": text(f"{one} sued {other} over zoning.")}
        last = await tell(table, f"relationships/{pair(table, one, other)}/tensions", cause, one)
    rows = (await seen(table, "relationships", last, "Greens"))["items"]
    assert sum(bool(row["tensions"]) for row in rows) == 3
    for day in range(3):
        held = {"on": days_ago(day), "attended": 5}
        last = await tell(table, own(table, "Union", "briefings"), held, "Union")
    detail = await seen(table, own(table, "Union", "").rstrip("/"), last)
    assert len(detail["briefings"]) == 3

    hurt = ("Tenants", "Builders", "Greens", "Union", "Parents")
    first, second, last_quarter = quarters(3)
    for quarter, points in ((first, 2), (second, 3)):
        for name in hurt:
            await rate(table, name, "Landlords", quarter, points)
    breaches = {name: await leak(table, name, "Landlords") for name in hurt}
    for name in hurt:
        await rate(table, name, "Landlords", last_quarter, 1)
    two, breach = pair(table, "Landlords", "Tenants"), {"breach": breaches["Tenants"]}
    early = await table.try_post("members", f"relationships/{two}/acceptances", breach, "Tenants")
    assert early.status_code == 409
    offer = text("We name who leaked, and share our poll.")
    for name, key in breaches.items():
        amends = f"relationships/{pair(table, 'Landlords', name)}"
        await tell(table, f"{amends}/amends", {"breach": key, "offer": offer}, "Landlords")
        last = await tell(table, f"{amends}/acceptances", {"breach": key}, name)
    [row] = [
        row
        for row in (await seen(table, "relationships", last, "Tenants"))["items"]
        if row["id"] == two
    ]
    [repaired] = row["breaches"]
    assert repaired["repaired"] is True
    assert repaired["offers"][0]["text"].startswith("We name who leaked")
    assert not any(
        row["breaches"] for row in (await seen(table, "relationships", last, "Clinic"))["items"]
    )

    told = await table.get(
        "transparency", "reports/relationship-health.json", "Clinic",
        at_least=f"members/{last['position']}",
    )  # fmt: skip
    figures = {each["figure"]: each["value"] for each in told.json()["summary"]}
    assert (figures["breaches_open"], figures["breaches_repaired"]) == (0, 5)
    assert figures["recovery_asymmetry"] == "2.000000", "two points lost at once, one gained before"
    assert not any(org in told.text for org in everybody)


async def test_scenario_4_executives_only(running: Suite) -> None:
    six = ("Clinic", "Union", "Parents", "Library", "Church", "Greens")
    table = await gather(running, "executives", *six)
    issue = await tell(
        table, "issues", {"name": text("Joint platform"), "summary": text("One text for all.")}
    )
    lead = {"lead": table.orgs["Union"]}
    await tell(table, f"issues/{key_of(issue)}/leads", lead)

    person = key_of(
        await tell(
            table, "people",
            {"name": text("A new director"), "contact": text(mail("Director")), "locale": "en"},
            "Parents",
        )
    )  # fmt: skip
    named = {
        "ended": table.accreditations["Parents"], "accreditation": str(running.new_id()),
        "body": table.plenary, "person": person, "authority": "full", "voting": True,
        "executive": True,
    }  # fmt: skip
    last = await tell(table, own(table, "Parents", "replacements"), named, "Parents")
    [review] = (await seen(table, "reviews", last))["items"]
    assert (review["kind"], review["trigger"]) == ("roles", "replacement")
    assert names_of(review["asked"]) == {"Parents"}
    await tell(
        table, "review-closings",
        {"review": review["review"], "result": "kept", "note": text("They stay our treasurer.")},
    )  # fmt: skip

    yielded = {"reason": text("The library knows the schools best."), "successor":
               table.orgs["Library"]}  # fmt: skip
    last = await tell(table, f"issues/{key_of(issue)}/lead-yields", yielded, "Union")
    leads = (await seen(table, f"issues/{key_of(issue)}", last))["leads"]
    assert [row["organisation"]["name"]["text"] for row in leads] == ["Library", "Union"]
    assert leads[1]["yielded_because"]["text"] == "The library knows the schools best."


async def test_scenario_5_large_coalition(running: Suite) -> None:
    names = [f"Member {n}" for n in range(1, 31)]
    table = await gather(running, "large", *names)
    group = await tell(
        table, "bodies",
        {"name": text("Steering committee"), "kind": "steering", "scope": "all"},
    )  # fmt: skip
    steering = key_of(group)
    for name in names[:7]:
        seat = str(running.new_id())
        await tell(table, f"bodies/{steering}/seats", {"seat": seat})
        filled = {"seat": seat, "org": table.orgs[name]}
        await tell(table, f"bodies/{steering}/seatings", filled)
    await tell(
        table, "decision-structures",
        {"bodies": [table.plenary, steering], "text": text("The seven decide from day to day.")},
    )  # fmt: skip
    for name in names[:27]:
        last = await tell(table, own(table, name, "acknowledgements"), {"version": 1}, name)
    known = (await seen(table, "charter", last))["acknowledged_structure"]
    assert (len(known["accepted"]), names_of(known["missing"])) == (27, set(names[27:]))
    body = next(
        row for row in (await seen(table, "bodies", last))["items"] if row["id"] == steering
    )
    assert {seat["organisation"]["name"]["text"] for seat in body["seats"]} == set(names[:7])
