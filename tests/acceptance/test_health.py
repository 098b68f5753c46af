"""What is between organisations and how people fare: counted for all, shown to nobody else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.test_issues import shown
from tests.acceptance.test_relationships import pair, rows
from tests.end_to_end.coalition import Coalition, form, key_of, text
from tests.suite import Suite

SIX = ("Clinic", "Union", "Parents", "Library", "Museum", "School")
RING = tuple(zip(SIX[:5], (*SIX[1:5], SIX[0]), strict=True))
PARTS = ("reliability", "mission", "openness", "power", "involvement", "resources")
SUPPRESSED = {"withheld": "suppressed"}


@pytest.fixture(scope="module")
async def six(running: Suite) -> Coalition:
    """A coalition of six organisations: five answers leave one that is silent."""
    coalition = await form(running, "accept-health-of-six")
    position = 0
    for name in SIX[1:]:
        position = await coalition.admit(name)
    await coalition.settled(f"members/{position}")
    return coalition


def quarters(count: int) -> list[str]:
    """Return the last quarters that are over, the newest last."""
    found: list[str] = []
    day = datetime.now(UTC).date()
    while len(found) < count:
        day = date(day.year, day.month - (day.month - 1) % 3, 1) - timedelta(days=1)
        found.insert(0, f"{day.year}-Q{(day.month + 2) // 3}")
    return found


def last_month() -> str:
    return f"{datetime.now(UTC).date().replace(day=1) - timedelta(days=1):%Y-%m}"


async def report(table: Coalition, name: str, after: Any, by: str = "School", **query: Any) -> Any:
    answer = await table.get(
        "transparency", f"reports/{name}.json", by, at_least=f"members/{after['position']}", **query
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def figures(told: Any) -> dict[str, Any]:
    return {each["figure"]: each for each in told["summary"]}


async def submit(table: Coalition, one: str, other: str, quarter: str, points: int) -> Any:
    body = {"about": table.orgs[other], "period": quarter} | dict.fromkeys(PARTS, points)
    return await table.post("members", f"relationships/{pair(table, one, other)}/pulses", body, one)


async def breach(table: Coalition, injured: str, offender: str) -> tuple[str, Any]:
    key = str(table.suite.new_id())
    body = {"breach": key, "offender": table.orgs[offender], "kind": "back_channel",
            "what": text(f"{offender} went round {injured}.")}  # fmt: skip
    path = f"relationships/{pair(table, injured, offender)}/breaches"
    return key, await table.post("members", path, body, injured)


async def test_f22_f24_trust_over_time_and_breaches_only_as_counts(six: Coalition) -> None:
    first, second, last = quarters(3)
    for one, other in RING:
        await submit(six, one, other, first, 2)
        await submit(six, one, other, second, 3)
    breaches = [await breach(six, *two) for two in RING]
    told: Any = None
    for one, other in RING[:4]:
        told = await submit(six, one, other, last, 1)
    four = figures(await report(six, "relationship-health", told))
    for name in ("trust", "breaches_open", "recovery_asymmetry", "response_rate", "density"):
        assert four[name]["value"] == SUPPRESSED
    told = await submit(six, *RING[4], last, 1)

    for by in SIX:
        five = figures(await report(six, "relationship-health", told, by))
        assert (five["trust"]["value"], five["trust"]["quarter"]) == ("0.250000", last)
        # Each lost two points to a breach, and had gained one in a quarter before.
        assert five["recovery_asymmetry"]["value"] == "2.000000"
        assert (five["breaches_open"]["value"], five["breaches_repaired"]["value"]) == (5, 0)
    trend = (await report(six, "relationship-health", told))["rows"]
    assert [row["trust"]["value"] for row in trend[1:]] == ["0.500000", "0.750000", "0.250000"]

    two = pair(six, *RING[0])
    [seen] = (await rows(six, told, "Clinic"))[two]["breaches"]
    assert seen["what"]["text"] == "Union went round Clinic."
    assert not any(row["breaches"] for row in (await rows(six, told, "School")).values())

    offer = {"breach": breaches[0][0], "offer": text("We will ask first.")}
    await six.post("members", f"relationships/{two}/amends", offer, "Union")
    accepting = {"breach": breaches[0][0]}
    told = await six.post("members", f"relationships/{two}/acceptances", accepting, "Clinic")
    later = figures(await report(six, "relationship-health", told))
    assert (later["breaches_open"]["value"], later["breaches_repaired"]["value"]) == (4, 1)
    assert later["median_days_to_amends"]["value"] == SUPPRESSED
    for form_ in ("json", "csv", "html"):
        answer = await six.get("transparency", f"reports/relationship-health.{form_}", "School")
        assert answer.status_code == 200
        assert not any(org in answer.text for org in six.orgs.values())
        assert "went round" not in answer.text


async def test_f27_a_stage_has_a_reason_and_the_timeline_lays_data_over_it(
    six: Coalition,
) -> None:
    refused = await six.try_post("members", "stages", {"stage": "forming"}, "Clinic")
    assert refused.status_code == 422
    await six.post("members", "stages", {"stage": "forming", "reason": text("We meet.")}, "Clinic")
    told = await six.post(
        "members", "stages", {"stage": "storming", "reason": text("We differ.")}, "Clinic"
    )
    timeline = await report(six, "stage-timeline", told)
    stages = [row for row in timeline["rows"] if row["part"] == "stage"]
    assert [(row["stage"], row["reason"]["text"]) for row in stages] == [
        ("forming", "We meet."), ("storming", "We differ."),
    ]  # fmt: skip
    months = [row for row in timeline["rows"] if row["part"] == "month"]
    assert months[-1]["month"] == f"{datetime.now(UTC):%Y-%m}"
    measures = ("decisions", "objection_rate", "share_addressed", "on_time_steps", "trust")
    assert all(measure in row for row in months for measure in measures)
    page = await six.get("transparency", "reports/stage-timeline.html", "School")
    svg = page.text[page.text.index("<svg") : page.text.index("</svg>")]
    for words in ("forming for 0 days, then storming", "Met an objection", "Trust"):
        assert words in svg


async def test_f113_retention_is_a_curve_and_wellbeing_hidden_below_five_answers(
    six: Coalition,
) -> None:
    month = last_month()

    async def answer(name: str, score: int) -> Any:
        me = (await six.get("members", "me", name)).json()
        path = f"people/{me['person']}/wellbeings"
        return await six.post("members", path, {"period": month, "score": score}, name)

    async def mean(told: Any) -> Any:
        asked = await report(six, "retention-and-growth", told)
        [row] = [
            row for row in asked["rows"] if (row["part"], row.get("month")) == ("wellbeing", month)
        ]
        return row["answers"]["value"], row["mean"]["value"]

    for name in SIX[:4]:
        told = await answer(name, 4)
    assert await mean(told) == (SUPPRESSED, SUPPRESSED)
    told = await answer("Museum", 1)
    assert await mean(told) == (5, "3.400000")
    told = await answer("School", 5)
    assert await mean(told) == (5, "3.400000")  # one more would tell what it says

    applied = await six.post(
        "members", f"members/{six.orgs['School']}/departures",
        {"reason_code": "burnout", "note": text("Too much at once.")}, "School",
    )  # fmt: skip
    asked = await report(six, "retention-and-growth", applied, "Clinic")
    curve = [row for row in asked["rows"] if row["part"] == "retention"]
    assert [(row["at_risk"], row["left"], row["retained"]) for row in curve] == [
        (6, 0, "1.000000"), (6, 1, "0.833333"),
    ]  # fmt: skip
    assert [row["reason"] for row in asked["rows"] if row["part"] == "reason"] == ["burnout"]
    page = await six.get("transparency", "reports/retention-and-growth.html", "Clinic")
    assert "Of 6 memberships 1 ended." in page.text[: page.text.index("</svg>")]
    assert "Too much at once." not in page.text


async def test_f106_mentoring_is_counted_in_the_report_too(six: Coalition) -> None:
    people = (await six.get("members", "people", "Clinic")).json()["items"]
    ids = {row["name"]["text"]: row["id"] for row in people}
    started = await six.post(
        "members", "mentorships",
        {"mentor": ids["Union's delegate"], "mentees": [ids["Parents's delegate"]]}, "Union",
    )  # fmt: skip
    path = f"mentorships/{key_of(started)}/sessions"
    last = await six.post("members", path, {"on": datetime.now(UTC).date().isoformat()}, "Union")
    [row] = (await shown(six, "mentorships", last))["items"]
    assert row["sessions"] == 1
    told = figures(await report(six, "retention-and-growth", last, "Clinic"))
    assert (told["mentorships_active"]["value"], told["mentorship_sessions"]["value"]) == (1, 1)
    assert told["growth_goals_set"]["value"] == SUPPRESSED
