"""The stories of how coalitions live and fail, over HTTP and through all services."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.transparency.views.reports import REPORTS
from shared.canonical import chain_start, chained
from shared.event import base64url
from shared.identity import Signed
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from tests.acceptance.test_alliance import accept, begin, weekly_slot
from tests.acceptance.test_circles import dump
from tests.acceptance.test_erasure import confirmed, connected, journals, until
from tests.acceptance.test_mandates import adopt, open_voting, publish
from tests.acceptance.test_partners import alter, decided, place
from tests.acceptance.test_receipts import proved
from tests.end_to_end.coalition import Coalition, form, key_of, made, mail, text
from tests.end_to_end.guide import Shell
from tests.end_to_end.test_voting import later
from tests.suite import Suite, suite

LARK, WHY, VAN = HERS = "Ida Lark", "The old one drives.", "A van of our own"
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
    await the_win_is_told(table)


async def the_win_is_told(table: Coalition) -> None:
    """Win, and let what the tenants did for it be told to partners, funders and the press."""
    meals = {"title": text("The old town stays"), "size": "major"}
    won = await table.post("credit", "wins", meals, "Clinic")
    about = [f"credit/{won['position']}"]
    for name, voucher in (("Tenants", "Landlords"), ("Builders", "Greens")):
        did = {
            "of": table.orgs[name], "role": "mobilising", "degree": "equal", "about": about,
            "what": text(f"{name} went from door to door."),
        }  # fmt: skip
        deed = key_of(await table.post("credit", "contributions", did, name))
        await table.post("credit", f"contributions/{deed}/confirmations", {}, voucher)
        words = {
            "audience": "public", "text": text("We did it together, who once sued each other."),
            "facts": [{"kind": "contribution", "id": deed}],
        }  # fmt: skip
        statement = key_of(await table.post("credit", "attributions", words, "Landlords"))
        await table.post("credit", f"attributions/{statement}/approvals", {"version": 1}, name)
        out = await table.post(
            "credit", f"attributions/{statement}/releases", {"version": 1}, "Landlords"
        )
    late = {"to": table.orgs["Landlords"], "from": text("Never."), "now": text("Of course.")}
    out = await table.post("credit", f"wins/{key_of(won)}/latecomers", late, "Tenants")

    async def form(audience: str) -> list[Any]:
        answer = await table.get(
            "transparency", "reports/credit-statement.json", "Tenants", audience=audience,
            organisation=table.orgs["Tenants"], at_least=f"credit/{out['position']}",
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        rows: list[Any] = answer.json()["rows"]
        return rows

    [partners] = await form("partners")
    assert (partners["part"], partners["state"]) == ("contribution", "confirmed")
    outcome, contribution, together = await form("funders")
    assert outcome["win"]["name"]["text"] == "The old town stays"
    assert contribution["worded"] == "Contributed to mobilising, as one of several."
    assert together["worded"] == "Together with Builders."
    latecomer, said, *rest = await form("public")
    assert (latecomer["to"]["name"]["text"], latecomer["now"]["text"]) == (
        "Landlords", "Of course.",
    )  # fmt: skip
    assert (said["unilateral"], said["from"]["name"]["text"]) == (False, "Landlords")
    assert [row["part"] for row in rest] == ["contribution", "partners"]


async def draw_lines(table: Coalition, terms: Sequence[str], *sealing: str) -> Any:
    """Declare what each organisation accepts for each term: 0 to 60, the Church 0 to 45 alone."""
    for term in terms:
        for name in table.orgs:
            line = {
                "term": term, "acceptable": {"min": 0, "max": 45 if name == "Church" else 60},
                "sealed": name in sealing, "valid_until": days_ago(-30),
            }  # fmt: skip
            last = await tell(table, own(table, name, "bottom-lines"), line, name)
    return last


async def checked(table: Coalition, receipt: Any, name: str) -> Any:
    """Return what somebody reads of what is settled at the front line."""
    path, at_least = f"front-lines/{key_of(receipt)}", f"meetings/{receipt['position']}"
    answer = await table.get("meetings", path, name, at_least=at_least)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def settle(table: Coalition, front: str, verdict: str) -> None:
    """Decide within the mandate, report back, and have it reviewed."""
    words = {"text": text("Agreed on the steps of the town hall.")}
    decided = await table.post("meetings", f"{front}/decisions", words, "Union")
    reached = f"meetings/{decided['position']}"
    answer = await table.get("meetings", "steps", "Library", state="accepted", at_least=reached)
    [step] = answer.json()["items"]
    assert step["owner"]["id"] == table.orgs["Union"]
    assert step["due"] == (datetime.now(UTC) + timedelta(hours=48)).date().isoformat()
    note = {"note": text("Told everybody on Monday.")}
    await table.post("meetings", f"steps/{step['step']}/completions", note, "Union")
    review = {"result": "endorsed", "text": text("Just as we would have.")}
    row = await checked(
        table, await table.post("meetings", f"{front}/reviews", review, "Clinic"), "Parents"
    )
    made = row["decision"]
    assert (made["verdict"], made["outside_mandate"]) == (verdict, False)
    assert made["report_back"] | {"due": None} == {
        "step": step["step"], "due": None, "done": True, "overdue": False,
    }  # fmt: skip
    assert [each["result"] for each in row["reviews"]] == ["endorsed"]


async def test_scenario_2_front_line(running: Suite) -> None:
    names = ("Clinic", "Union", "Parents", "Library", "Church", "Greens", "Tenants", "Builders")
    table = await gather(running, "front-line", *names)
    terms = [str(running.new_id()) for _ in range(12)]
    for number, term in enumerate(terms):
        defined = {"term": term, "name": text(f"Term {number}"), "min": 0, "max": 100}
        await tell(table, "terms", defined)
    last = await draw_lines(table, terms, "Church", "Tenants")
    await table.settled(f"members/{last['position']}")

    offer = dict.fromkeys(terms, 40)
    first = await table.post("meetings", "front-lines", {"terms": offer}, "Union")
    row = await checked(table, first, "Library")
    assert (row["verdict"], row["crosses"], row["unknown"]) == ("within", [], [])

    front = f"front-lines/{key_of(first)}"
    amended = {"terms": offer | {terms[3]: 50}}
    row = await checked(
        table, await table.post("meetings", f"{front}/checks", amended, "Union"), "Union"
    )
    assert (row["verdict"], names_of(row["waits_for"])) == ("crosses", {"Church"})
    lines = (await seen(table, "bottom-lines", last, "Union"))["items"]
    [sealed] = [
        line
        for line in lines
        if (line["organisation"]["name"]["text"], line["term"]) == ("Church", terms[3])
    ]
    assert (sealed["sealed"], sealed["acceptable"]) == (True, None)
    agreed = {"reason": text("For this once.")}
    row = await checked(
        table, await table.post("meetings", f"{front}/consents", agreed, "Church"), "Union"
    )
    assert (row["waits_for"], names_of([each["by"] for each in row["consents"]])) == (
        [], {"Church"},
    )  # fmt: skip
    await settle(table, front, "crosses")

    thirteenth = str(running.new_id())
    new = await tell(table, "terms", {"term": thirteenth, "name": text("The lawn"), "min": 0})
    await table.settled(f"members/{new['position']}")
    asked = {"terms": offer | {thirteenth: 3}}
    second = await table.post("meetings", "front-lines", asked, "Union")
    row = await checked(table, second, "Library")
    assert (row["verdict"], row["crosses"], row["unknown"]) == ("unknown", [], [thirteenth])
    await settle(table, f"front-lines/{key_of(second)}", "unknown")


async def vote(table: Coalition, proposal: str, rule: str, override: Any = None) -> Any:
    """Open a voting on a proposal of the clinic, as far as the gate lets it."""
    closes_at = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    asked = {"rule": rule, "closes_at": closes_at} | ({"override": override} if override else {})
    return await table.try_post("meetings", f"proposals/{proposal}/votings", asked, "Clinic")


async def decide(table: Coalition, proposal: str) -> dict[str, Any]:
    """Let everybody agree, and return the receipt of the decision."""
    for name in table.orgs:
        await table.post("meetings", f"proposals/{proposal}/stances", {"option": "agree"}, name)
    await table.post("meetings", f"proposals/{proposal}/votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Clinic"]]}
    made: dict[str, Any] = await table.post(
        "meetings", f"proposals/{proposal}/decisions", accountable, "Clinic"
    )
    return made


async def register(table: Coalition, after: dict[str, Any]) -> list[Any]:
    at_least = f"meetings/{after['position']}"
    path = "reports/decision-register.json"
    answer = await table.get("transparency", path, "Clinic", at_least=at_least)
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()["rows"]
    return rows


async def test_scenario_3_implementation_regret(running: Suite) -> None:
    table = await gather(running, "regret", "Clinic", "Union", "Parents")
    hill = {
        "name": text("Hill district"), "kind": "residents", "least_well_served": True,
        "implementer": False, "historically_excluded": False, "seats_wanted": 1,
    }  # fmt: skip
    district = key_of(await tell(table, "constituencies", hill))
    raised = await tell(table, "issues", {"name": text("Bus routes"), "summary": text("The bus.")})
    await table.settled(f"members/{raised['position']}")
    block = {"body": table.plenary, "rule": {"method": "consensus", "representation_gate": "block"}}
    rule = key_of(await table.post("meetings", "rules", block, "Clinic"))

    async def proposed(words: str, **more: Any) -> str:
        draft = {
            "body": table.plenary, "issue": key_of(raised), "affected": [district],
            "title": text(words), "text": text(words),
        }  # fmt: skip
        proposal = key_of(await table.post("meetings", "proposals", draft | more, "Clinic"))
        await table.post("meetings", f"proposals/{proposal}/publications", {}, "Clinic")
        return proposal

    older = await proposed("The bus goes along the river.")
    refused = await vote(table, older, rule)
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_heard")
    opened = await vote(table, older, rule, text("The timetable is printed tomorrow."))
    assert opened.status_code == 201, opened.text
    [row] = await register(table, await decide(table, older))
    assert row["gate"]["result"] == "overridden"
    assert row["gate"]["override"]["text"] == "The timetable is printed tomorrow."

    first = row["decision"]
    issue = {
        "decision": first, "constituency": district, "what": text("Nobody gets down the hill."),
    }  # fmt: skip
    path = f"proposals/{older}"
    reported = await table.post("meetings", f"{path}/implementation-issues", issue, "Parents")
    [row] = await register(table, reported)
    assert row["implementation_issues"] == 1
    because = {"decision": first, "because": f"meetings/{reported['position']}"}
    early = await table.try_post("meetings", f"{path}/reopenings", {"decision": first}, "Clinic")
    assert (early.status_code, early.json()["reason"]) == (409, "no_new_information")
    await table.post("meetings", f"{path}/reopenings", because, "Clinic")

    newer = await proposed(
        "The bus goes over the hill.", supersedes={"decision": first, "effect": "replaced"}
    )
    heard = {"constituency": district, "on": days_ago(0), "summary": text("They want the bus.")}
    await table.post("meetings", f"proposals/{newer}/consultations", heard, "Union")
    opened = await vote(table, newer, rule)
    assert opened.status_code == 201, opened.text
    after, before = await register(table, await decide(table, newer))
    assert (before["decision"], before["superseded_by"]) == (first, after["decision"])
    assert (after["supersedes"], after["gate"]["result"]) == (first, "passed")
    for row in (before, after):
        assert [link["type"] for link in row["chain"]] == [
            "DecisionMade", "ImplementationIssueReported", "DecisionReopened", "DecisionMade",
            "DecisionSuperseded",
        ]  # fmt: skip
        assert row["chain"][1]["said"]["text"] == "Nobody gets down the hill."
        assert row["chain"][2]["because"] == because["because"]


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


async def harboured(table: Coalition, path: str, facilitator: str) -> None:
    """Ask anonymously how comfortable everybody is: four of nine are concerned; nobody is named."""
    check = {"check": str(table.suite.new_id())}
    asked = check | {"closes_at": later(hours=1)}
    await table.post("meetings", f"{path}/sense-checks", asked, facilitator)
    answers = ["concerned"] * 4 + ["unsure"] + ["comfortable"] * 4
    for name, answer in zip(table.orgs, answers, strict=True):
        said = check | {"answer": answer}
        await table.post("meetings", f"{path}/sense-checks/answers", said, name)
    await table.post("meetings", f"{path}/sense-checks/takings", check, facilitator)


async def invited(table: Coalition, proposal: str, facilitator: str) -> Any:
    """Let a meeting about the proposal be opened, and dissent be invited; return its floor."""
    person = (await table.get("members", "me", facilitator)).json()["person"]
    gathering = {
        "title": text("Assembly"), "body": table.plenary, "host": table.orgs[table.chair],
        "starts_at": later(minutes=5), "ends_at": later(hours=2), "place": text("The town hall"),
    }  # fmt: skip
    meeting = key_of(await table.post("meetings", "meetings", gathering, table.chair))
    item = {"item": str(table.suite.new_id())}
    tabled = item | {
        "kind": "decision", "title": text("One van"), "minutes": 20, "proposal": proposal,
    }  # fmt: skip
    await table.post("meetings", f"meetings/{meeting}/items", tabled, table.chair)
    appointed = {
        "person": person, "accreditation": table.accreditations[facilitator], "external": False,
    }  # fmt: skip
    await table.post("meetings", f"meetings/{meeting}/facilitators", appointed, table.chair)
    await table.post("meetings", f"meetings/{meeting}/openings", {}, facilitator)
    await harboured(table, f"proposals/{proposal}", facilitator)
    last = await table.post(
        "meetings", f"meetings/{meeting}/dissent-invitations", item, facilitator
    )
    reached = f"meetings/{last['position']}"
    floor = await table.get("meetings", f"meetings/{meeting}/floor", "Parents", at_least=reached)
    assert floor.status_code == 200, floor.text
    return floor.json()


async def test_scenario_6_harboured_dissent(running: Suite) -> None:
    names = (
        "Clinic", "Union", "Parents", "Library", "Church", "Greens", "Tenants", "Builders", "Choir",
    )  # fmt: skip
    table = await gather(running, "harboured", *names)
    issue = await tell(table, "issues", {"name": text("Vans"), "summary": text("One for all?")})
    await table.settled(f"members/{issue['position']}")
    rule = await adopt(table, table.plenary, method="consensus")
    proposal = await publish(table, key_of(issue))
    path = f"proposals/{proposal}"

    floor = await invited(table, proposal, "Union")
    assert [item["name"]["text"] for item in floor["dissent_invited"]] == ["One van"]
    standing = (await table.get("meetings", path, "Clinic")).json()
    [check] = standing["sense_checks"]
    assert (check["comfortable"], check["unsure"], check["concerned"]) == (4, 1, 4)

    assert (await open_voting(table, proposal, rule)).status_code == 201
    objection = {"objection": str(running.new_id())}
    grounds = {"grounds": text("It is too far."), "remove_by": text("A second stop.")}
    await table.post("meetings", f"{path}/objections", objection | grounds, "Parents")
    version = (await table.get("meetings", path, "Clinic")).json()["version"]
    amended = {"text": text("One van, two stops."), "because": text("The parents asked.")}
    await table.post("meetings", f"{path}/amendments", amended, "Clinic", if_match=f'"{version}"')
    met = objection | {"amendment": 2}
    await table.post("meetings", f"{path}/objections/accommodations", met, "Clinic")

    assert (await open_voting(table, proposal, rule)).status_code == 201
    for name in names[:-1]:
        await table.post("meetings", f"{path}/stances", {"option": "agree"}, name)
    against = {"option": "disagree", "reason": text("We sing at night.")}
    await table.post("meetings", f"{path}/stances", against, "Choir")
    await table.post("meetings", f"{path}/votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Clinic"]]}
    made = await table.post("meetings", f"{path}/decisions", accountable, "Clinic")

    async def page(after: Any) -> Any:
        reached = f"meetings/{after['position']}"
        return (await table.get("transparency", f"decisions/{proposal}", "Greens",
                                at_least=reached)).json()  # fmt: skip

    decided = await page(made)
    assert (decided["outcome"], decided["recomputed"]) == ("adopted", "yes")
    assert decided["text"]["text"] == "One van, two stops."
    [shown] = decided["objections"]
    assert (shown["disposition"], shown["by"]["name"]["text"]) == ("accommodated", "Parents")
    after = await table.get("meetings", path, "Greens", at_least=f"meetings/{made['position']}")
    [check] = after.json()["sense_checks"]
    assert check["gap"] == [4 * 9 - 1 * 9, 9 * 9], "four of nine worried, and one said so"

    statement = {"decision": decided["decision"], "text": text("Nobody drives us home.")}
    filed = await table.post("meetings", f"{path}/minority-statements", statement, "Choir")
    [minority] = (await page(filed))["minority_statements"]
    assert minority["organisation"]["name"]["text"] == "Choir"
    assert minority["text"]["text"] == "Nobody drives us home."
    annex = (await released(table, key_of(issue), decided["decision"]))["minority_statements"]
    assert [(each["organisation"]["name"]["text"], each["text"]["text"]) for each in annex] == [
        ("Choir", "Nobody drives us home.")
    ]


async def released(table: Coalition, issue: str, decision: str) -> Any:
    """Put out a press release on a decision, drafted by the clinic; return it as it is shown."""
    words = {"issue": issue, "text": text("One van, two stops, for nine.")}
    drafted = await table.post("meetings", "messages", words, "Clinic")
    message = f"messages/{key_of(drafted)}"
    for name in ("Clinic", "Parents"):
        await table.post("meetings", f"{message}/approvals", {}, name)
    shown = {"items": [f"meetings/{drafted['position']}"], "to": "public"}
    await table.post("meetings", "disclosures", shown, "Clinic")
    out = {"decision": decision, "audience": "public", "sign_ons": []}
    last = await table.post("meetings", f"{message}/releases", out, "Clinic")
    reached = f"meetings/{last['position']}"
    answer = await table.get("transparency", "statements", "Greens", at_least=reached)
    [statement] = answer.json()["items"]
    assert (statement["audience"], statement["message"]["name"]["text"]) == (
        "public",
        "One van, two stops, for nine.",
    )
    return statement


async def test_scenario_10_safe_space(running: Suite) -> None:
    names = ("Clinic", "Union", "Parents")
    table = await gather(running, "safe", *names)
    people = {name: (await table.get("members", "me", name)).json()["person"] for name in names}
    leads = {
        *people.values(), *(UUID(person).hex for person in people.values()),
        *table.orgs.values(), *table.accreditations.values(), *map(mail, names),
        *(Signed("accord", mail(name)).principal for name in names),
    }  # fmt: skip
    before = await dump(table)
    assert all(any(lead in said for _, _, said in before) for lead in people.values())

    circle = await table.post("members", "circles", {}, "Parents")
    await table.settled(f"members/{circle['position']}")
    id_ = key_of(circle)
    learnt = [(where, said) for _, where, said in await dump(table) - before if id_ in said]
    assert {where for where, _ in learnt} >= {"journal.event", "journal.idempotency"}
    for where, said in learnt:
        for lead in leads:
            assert lead not in said, (where, lead)
    [event] = [said for where, said in learnt if where == "journal.event"]
    assert '"data":{}' in event
    assert not {"onbehalfof", "accreditation", "authority"} & {*re.findall(r'"([a-z]+)":', event)}

    as_of = f"members/{(await heads(table))['members']}"
    reports = await all_reports(table, as_of)
    assert not [name for name, content in reports.items() if id_.encode() in content]


TEACHERS = ("Hana", "Ines", "Juri", "Kofi")
POLICIES = {
    "Phones stay in the bag": "fills_gap", "Ten minutes of quiet reading": "none",
    "No homework on Fridays": "overrides", "Late is five minutes late": "fills_gap",
    "We greet at the door": "none",
}  # fmt: skip


async def meet(alliance: Coalition, series: str, week: int, title: str) -> list[str]:
    """Hold a meeting of a weekly series; return its agenda as it is shown."""
    host = TEACHERS[week % len(TEACHERS)]
    starts = datetime(2030, 1, 1, 15, 30, tzinfo=UTC) + timedelta(weeks=week)
    called = {
        "series": series, "body": alliance.plenary, "host": alliance.orgs[host],
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(minutes=45)).isoformat(),
        "place": text(f"{host}'s room"),
    }  # fmt: skip
    meeting = f"meetings/{key_of(await alliance.post('meetings', 'meetings', called, host))}"
    items = []
    for name, kind, words in (
        (host, "discussion", title), ("Ines", "support", "How to begin a lesson"),
        ("Kofi", "support", "How to end a lesson"),
    ):  # fmt: skip
        items.append(str(alliance.suite.new_id()))
        item = {"item": items[-1], "kind": kind, "title": text(words), "minutes": 15}
        await alliance.post("meetings", f"{meeting}/items", item, name)
    await alliance.post("meetings", f"{meeting}/agendas", {"items": items}, host)
    await alliance.post("meetings", f"{meeting}/openings", {}, host)
    for name in TEACHERS:
        me = (await alliance.get("members", "me", name)).json()
        here = {
            "attendance": str(alliance.suite.new_id()), "org": alliance.orgs[name],
            "person": me["person"], "mode": "in_person",
        }  # fmt: skip
        await alliance.post("meetings", f"{meeting}/attendances", here, name)
    said = {"text": text(f"We talked about this: {title}")}
    await alliance.post("meetings", f"{meeting}/minutes", said, host)
    last = await alliance.post("meetings", f"{meeting}/closings", {}, host)
    at_least = f"meetings/{last['position']}"
    shown = (await alliance.get("meetings", meeting, "Kofi", at_least=at_least)).json()
    assert (shown["state"], shown["present"]) == ("closed", len(TEACHERS))
    return [f"{row['proposed_by']['name']['text']}: {row['title']['text']}"
            for row in shown["agenda"]]  # fmt: skip


async def share(alliance: Coalition, title: str, rooms: Mapping[str, str], by: str) -> str:
    """Let a teacher write a policy that is put to all classrooms; return its path."""
    drafted = {"title": text(title), "text": text(f"{title}, in every room.")}
    policy = f"policies/{key_of(await alliance.post('meetings', 'policies', drafted, by))}"
    units = [
        {"unit": room, "owner": alliance.orgs[name], "name": text(f"{name}'s room")}
        for name, room in rooms.items()
    ]
    agreed = {"relation": POLICIES[title], "units": units}
    await alliance.post("meetings", f"{policy}/versions", agreed, by)
    return policy


async def types_of(alliance: Coalition) -> set[str]:
    """Return the types of everything that was ever recorded."""
    written = await journals(alliance.suite.data, alliance.id)
    return {
        orjson.loads(entry)["type"].rpartition(".")[2]
        for events in written.values()
        for entry, _ in events
    }


async def test_scenario_9_teacher_alliance(running: Suite) -> None:
    alliance = await begin(running, "classrooms")
    for name in TEACHERS[1:]:
        invited = await alliance.post("members", "invitations", {"name": text(name)}, "Hana")
        receipt = made(await accept(alliance, key_of(invited), name))
        alliance.orgs[name] = key_of(receipt)
    await alliance.settled(f"members/{receipt['position']}")
    series = (await weekly_slot(alliance))["series"]

    # Every week another one hosts, and the newest member's slot opens the agenda.
    weeks = ("Who starts the day?", "Phones", "The parents' evening")
    for week, title in enumerate(weeks):
        assert await meet(alliance, series, week, title) == [
            "Kofi: How to end a lesson", f"{TEACHERS[week]}: {title}",
            "Ines: How to begin a lesson",
        ]  # fmt: skip

    # Five policies for four rooms: one teacher does one of them in another way, one does not.
    rooms = {name: str(running.new_id()) for name in TEACHERS}
    for number, title in enumerate(POLICIES):
        policy = await share(alliance, title, rooms, TEACHERS[number % len(TEACHERS)])
        for name, room in rooms.items():
            answer = {"unit": room, "reason": text("It helps all of us.")}
            if (title, name) == ("No homework on Fridays", "Juri"):
                answer["reason"] = text("My pupils ask for it.")
                await alliance.post("meetings", f"{policy}/declinations", answer, name)
                continue
            last = await alliance.post("meetings", f"{policy}/adoptions", answer, name)
            if (title, name) == ("Ten minutes of quiet reading", "Ines"):
                change = {"unit": room, "change": text("Five, for the youngest.")}
                await alliance.post("meetings", f"{policy}/adaptations", change, name)
    at_least = f"meetings/{last['position']}"
    matrix = (await alliance.get("meetings", "policy-matrix", "Juri", at_least=at_least)).json()
    answers = {
        (row["title"]["text"], name): row["answers"][room]
        for row in matrix["policies"]
        for name, room in rooms.items()
    }
    assert len(answers) == len(POLICIES) * len(TEACHERS)
    assert {cell: answer for cell, answer in answers.items() if answer != "adopted"} == {
        ("Ten minutes of quiet reading", "Ines"): "adapted",
        ("No homework on Fridays", "Juri"): "declined",
    }
    assert matrix["consistency"] == [19, 20]
    assert {row["title"]["text"]: row["relation"] for row in matrix["policies"]} == POLICIES

    # Nothing formal was needed for that.
    assert (await alliance.get("meetings", "rules", "Hana")).json()["items"] == []
    assert not await types_of(alliance) & {
        "OperatingModeSet", "DecisionStructurePublished", "DecisionRuleAdopted", "ProposalDrafted",
        "VotingOpened", "DecisionMade", "FacilitatorAppointed", "QuorumEstablished",
    }  # fmt: skip


async def come_alone(table: Coalition, name: str) -> str:
    """Let somebody register, apply as the one person they are, and join; return their id."""
    register = {"name": text(name), "contact": text(mail(name)), "locale": "en"}
    registered = await tell(table, "people", register, name)
    applying = {
        "name": text(name), "kind": "person", "sector": "education",
        "why": text("I taught here for thirty years."),
    }  # fmt: skip

    async def applied() -> Any:
        answer = await table.try_post("members", "applications", applying, name)
        return answer.json() if answer.status_code == 201 else None

    org = key_of(await until(applied))
    admitting = {
        "name": text(name), "kind": "person", "sector": "education", "commitment": "homework",
        "voting_right": True, "person": key_of(registered),
    }  # fmt: skip
    last = await tell(table, f"members/{org}/admissions", admitting)
    table.orgs[name] = org
    await table.settled(f"members/{last['position']}")
    return key_of(registered)


async def work_together(table: Coalition, issue: str, name: str, person: str) -> list[Any]:
    """Decide against a person, leave them a step, win, and thank them; return the receipts."""
    rule = await adopt(table, table.plenary, method="majority")
    proposal = await publish(table, issue)
    assert (await open_voting(table, proposal, rule)).status_code == 201
    for other in ("Clinic", "Union", "Parents"):
        await table.post("meetings", f"proposals/{proposal}/stances", {"option": "agree"}, other)
    against = {"option": "disagree", "reason": text(WHY)}
    stance = await table.post("meetings", f"proposals/{proposal}/stances", against, name)
    await table.post("meetings", f"proposals/{proposal}/votings/closings", {}, "Clinic")
    accountable = {"accountable": [table.orgs["Clinic"]]}
    path = f"proposals/{proposal}/decisions"
    decided = await table.post("meetings", path, accountable, "Clinic")
    step = key_of(
        await table.post("meetings", "steps", {"what": text("Ask for three prices.")}, "Clinic")
    )
    given = {"owner": table.orgs[name], "owners": [person], "due": "2999-01-01"}
    assigned = await table.post("meetings", f"steps/{step}/assignments", given, "Clinic")
    won = await table.post(
        "credit", "wins", {"title": text("The van is here."), "size": "step"}, "Union"
    )
    credited = []
    for to, by in ((name, "Union"), ("Union", name)):
        credit = {
            "credit": str(table.suite.new_id()), "to": table.orgs[to], "role": "drafting",
            "degree": "equal", "basis": "gratitude",
        }  # fmt: skip
        credited.append(await table.post("credit", f"wins/{key_of(won)}/credits", credit, by))
    return [stance, decided, assigned, *credited]


async def heads(table: Coalition) -> dict[str, int]:
    """Return where each journal stands."""
    found = {}
    for service in ("members", "meetings", "credit"):
        db = await connected(table.suite.data, f"accord_{service}")
        found[service] = await db.fetchval(
            "select position from journal.head where coalition_id = $1::uuid", table.id
        )
        await db.close()
    return found


async def all_reports(table: Coalition, as_of: str) -> dict[str, bytes]:
    """Return every report as of some positions, in each form."""
    found = {}
    for name, kind in REPORTS.items():
        asked = {"as_of": as_of, "at_least": as_of}
        if kind.of_organisation:
            asked["organisation"] = table.orgs["Union"]
        for ending in ("json", "csv", "html"):
            report = f"{name}.{ending}"
            answer = await table.get("transparency", f"reports/{report}", "Union", **asked)
            assert answer.status_code == 200, f"{report}: {answer.text}"
            found[report] = answer.content
    return found


def but_for(words: Sequence[str], reports: Mapping[str, bytes], n: int) -> dict[str, bytes]:
    """Return reports with words as they are shown once erased, and without their covers.

    Args:
        n: How many persons were erased since.
    """
    cover = b'"cover":{"erased_since":%d,"state":"recorded"},' % n
    made = {}
    for report, content in reports.items():
        if report.endswith(".json"):
            shown, covers = content.replace(cover, b""), content.count(cover) - 1
        else:
            shown, covers = re.subn(rb"\n<div><dt>Persons erased since</dt>.*?</div>", b"", content)
            covers -= n if report.endswith(".html") else 0
        assert covers == 0, report
        for said in words:
            value = orjson.dumps(text(said), option=orjson.OPT_SORT_KEYS)
            shown = shown.replace(value, b'{"withheld":"erased"}').replace(
                said.encode(), b"[erased]"
            )
        made[report] = shown
    return made


async def test_scenario_12_erasure(running: Suite) -> None:
    table = await gather(running, "erasure", "Clinic", "Union", "Parents")
    person = await come_alone(table, LARK)
    issue = await tell(table, "issues", {"name": text(VAN), "summary": text("One for all?")}, LARK)
    stand = {"position": "oppose", "reason": text(WHY)}
    last = await tell(table, f"issues/{key_of(issue)}/positions", stand, LARK)
    await table.settled(f"members/{last['position']}")
    receipts = [issue, last, *await work_together(table, key_of(issue), LARK, person)]
    leaving = {"reason_code": "goals", "note": text("I move to the sea.")}
    receipts.append(await tell(table, own(table, LARK, "departures"), leaving, LARK))

    as_of = ",".join(f"{service}/{head}" for service, head in (await heads(table)).items())
    before, written = await all_reports(table, as_of), await journals(running.data, table.id)
    named = {report.partition(".")[0] for report, it in before.items() if LARK.encode() in it}
    assert named >= {"decision-register", "who-decided-what", "open-next-steps", "credit-statement"}

    sealed = [event for told in receipts for event in told["events"]]
    for event in sealed:
        await proved(table, event, "Union")

    ground = {"ground": "left"}
    await tell(table, f"people/{person}/erasure-requests", ground, "Clinic")
    erasure = await tell(table, f"people/{person}/erasures", ground, "Union")
    receipt = await until(lambda: confirmed(table, person))
    assert set(receipt["services"]) == {"members", "meetings", "credit", "transparency"}
    assert min(receipt["services"].values()) >= erasure["position"]

    after = but_for((), await all_reports(table, as_of), 1)
    for report, content in but_for(HERS, before, 0).items():
        assert after[report] == content, report
    now, leaves = await journals(running.data, table.id), set()
    for service, events in now.items():
        assert events[: len(written[service])] == written[service]
        ends, hashed = chained(chain_start(service, UUID(table.id)), [entry for entry, _ in events])
        assert ends == events[-1][1]
        leaves |= {base64url(leaf) for leaf in hashed}
    for event in [*sealed, *erasure["events"]]:
        assert event["leaf"] in leaves
        await proved(table, event, "Union")


@pytest.mark.servers
async def test_scenario_11_audit(tmp_path: Path) -> None:
    """Union keeps a copy; the host edits a stance; each of the two finds it by itself.

    In a suite of its own, whose journals do not hold any more.
    """
    async with suite(ACCORD_DEMO="true") as running:
        table = await gather(running, "audited", "Clinic", "Union", "Parents", "Library")
        await audited(table, running, tmp_path)


async def audited(table: Coalition, running: Suite, tmp_path: Path) -> None:
    await decided(table)
    shell, log = Shell(tmp_path), await place(table, tmp_path)
    ask = f"accord verify {log} --policy policy.txt --token-file token --out copy"
    await asyncio.to_thread(shell.type, ask)
    before = Checkpoint.parse(Note.parse((tmp_path / "copy" / "checkpoint").read_bytes()).text)
    await asyncio.to_thread(shell.type, f"accord audit export {log} then --token-file token")
    position = await alter(running.data, table.id)

    said = await asyncio.to_thread(shell.type, f"{ask} --afresh", 1)
    assert f"StanceTaken at meetings {position}, is served otherwise" in said
    await asyncio.to_thread(shell.type, f"accord audit export {log} now --token-file token")
    for folder, code in (("copy", 0), ("then", 0), ("now", 1)):
        away = f"accord verify {folder} --policy policy.txt --known copy/checkpoint --json"
        found = orjson.loads(await asyncio.to_thread(shell.type, away, code))
        assert found.get("size", before.size) == before.size
