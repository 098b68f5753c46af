"""What is between two organisations, and who gets to see it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.end_to_end.coalition import Coalition, key_of, mail, text


def pair(table: Coalition, one: str, other: str) -> str:
    return "_".join(sorted((table.orgs[one], table.orgs[other])))


async def rows(table: Coalition, after: Any, name: str, **query: Any) -> dict[str, Any]:
    """Return the relationships that a delegate sees, by pair."""
    answer = await table.get(
        "members", "relationships", name, at_least=f"members/{after['position']}", **query
    )
    assert answer.status_code == 200, answer.text
    return {row["id"]: row for row in answer.json()["items"]}


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


async def test_f4_a_pair_out_of_touch_for_90_days_is_in_both_stale_lists(table: Coalition) -> None:
    silent, lively = pair(table, "Union", "Parents"), pair(table, "Union", "Library")
    await table.post(
        "members", f"relationships/{silent}/touchpoints",
        {"kind": "visit", "on": days_ago(91)}, "Union",
    )  # fmt: skip
    last = await table.post(
        "members", f"relationships/{lively}/touchpoints",
        {"kind": "call", "on": days_ago(90)}, "Library",
    )  # fmt: skip
    for name in ("Union", "Parents"):
        assert list(await rows(table, last, name, stale="true")) == [silent]
    assert not await rows(table, last, "Library", stale="true")
    assert set(await rows(table, last, "Library", stale="true", days="89")) == {lively}
    last = await table.post(
        "members", f"relationships/{silent}/touchpoints",
        {"kind": "meeting", "on": days_ago(1)}, "Parents",
    )  # fmt: skip
    assert not await rows(table, last, "Union", stale="true")


async def test_f5_a_tension_outlives_the_representatives_and_others_never_see_it(
    table: Coalition,
) -> None:
    two = pair(table, "Clinic", "Parents")
    await table.post(
        "members", f"relationships/{two}/tensions",
        {"since": "2019-09-01", "cause": text("The closed ward.")}, "Parents",
    )  # fmt: skip
    person = key_of(
        await table.post(
            "members", "people",
            {"name": text("A new face"), "contact": text(mail("New Face")), "locale": "en"},
            "Parents",
        )
    )  # fmt: skip
    last = await table.post(
        "members", f"members/{table.orgs['Parents']}/replacements",
        {"ended": table.accreditations["Parents"], "accreditation": str(table.suite.new_id()),
         "body": table.plenary, "person": person, "authority": "full", "voting": True},
        "Parents",
    )  # fmt: skip
    table.orgs["New Face"] = table.orgs["Parents"]
    for name in ("Clinic", "New Face"):
        [tension] = (await rows(table, last, name))[two]["tensions"]
        assert tension["cause"]["text"] == "The closed ward."
        assert tension["recorded_by"]["id"] == table.orgs["Parents"]
    assert two not in await rows(table, last, "Library")
    union = await rows(table, last, "Union")
    assert not any(row["tensions"] for row in union.values())


async def test_f8_a_social_moment_holds_no_word_and_names_nobody(table: Coalition) -> None:
    two = pair(table, "Clinic", "Library")
    for extra in ({"note": text("At Ana's.")}, {"persons": [str(table.suite.new_id())]}):
        refused = await table.try_post(
            "members", f"relationships/{two}/touchpoints",
            {"kind": "social", "on": days_ago(0)} | extra, "Clinic",
        )  # fmt: skip
        assert refused.status_code == 422, refused.text
    last = await table.post(
        "members", f"relationships/{two}/touchpoints",
        {"kind": "social", "on": days_ago(0)}, "Clinic",
    )  # fmt: skip
    assert (await rows(table, last, "Library"))[two]["touchpoints"] == 1
    schema = (await table.suite.get("/members/openapi.json", mail("Clinic"))).json()
    assert set(schema["components"]["schemas"]["LogTouchpoint"]["properties"]) == {"kind", "on"}
