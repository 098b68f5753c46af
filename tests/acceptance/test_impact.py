"""What came of it: metrics, evaluations, benefits, stories."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.acceptance.test_credits import record, seen, statement
from tests.end_to_end.coalition import Coalition, key_of, text

TODAY = datetime.now(UTC).date().isoformat()


async def test_f94_a_metric_is_a_series_with_sources_and_gauges_are_never_summed(
    table: Coalition,
) -> None:
    rows: dict[str, Any] = {}
    for kind, unit in (("counter", "meals"), ("gauge", "members")):
        about = {
            "name": text(unit.title()), "unit": unit, "kind": kind, "source": text("The list."),
        }  # fmt: skip
        metric = key_of(await table.post("credit", "metrics", about, "Union"))
        path = f"metrics/{metric}/records"
        wrong = await table.post("credit", path, {"value": 500, "on": "2026-01-05"}, "Union")
        await table.post("credit", path, {"value": 40, "on": "2026-01-07"}, "Library")
        corrects = {"value": 50, "on": "2026-01-05", "corrects": f"credit/{wrong['position']}"}
        last = await table.post("credit", path, corrects, "Union")
        twice = corrects | {"value": 51}
        again = await table.try_post("credit", path, twice, "Union")
        assert (again.status_code, again.json()["reason"]) == (409, "unknown_record")
        listed = (await seen(table, "metrics", "Parents", last))["items"]
        [rows[kind]] = [row for row in listed if row["metric"] == metric]
    for row in rows.values():
        assert [(one["on"], one["value"]) for one in row["series"]] == [
            ("2026-01-05", 500), ("2026-01-05", 50), ("2026-01-07", 40),
        ]  # fmt: skip
        assert row["series"][0]["corrected_by"] == row["series"][1]["ref"]
        assert row["source"]["text"] == "The list."
        assert row["newest"] == 40
    assert (rows["counter"]["whole"], rows["gauge"]["whole"]) == (90, None)


async def test_f95_a_withdrawn_consent_takes_the_story_away(table: Coalition) -> None:
    person = (await table.get("members", "me", "Parents")).json()["person"]
    consent = str(uuid4())
    story = {"text": text("Nobody asked us before."), "consent": consent, "metrics": []}
    early = await table.try_post("credit", "stories", story, "Union")
    assert (early.status_code, early.json()["reason"]) == (409, "no_consent")
    given = {"consent": consent, "purpose": "story"}
    told = await table.post("members", f"people/{person}/consents", given, "Parents")
    await table.settled(f"members/{told['position']}")
    last = await table.post("credit", "stories", story, "Union")
    [row] = (await seen(table, "stories", "Library", last))["items"]
    assert row["text"]["text"] == "Nobody asked us before."
    taken = await table.post(
        "members", f"people/{person}/withdrawals", {"consent": consent}, "Parents"
    )
    await table.settled(f"members/{taken['position']}")
    assert (await seen(table, "stories", "Library"))["items"] == []
    again = await table.try_post("credit", "stories", story, "Union")
    assert (again.status_code, again.json()["reason"]) == (409, "no_consent")


async def test_f97_answers_and_assessments_stand_side_by_side(table: Coalition) -> None:
    launched = {"name": text("A later bus."), "from": []}
    campaign = await table.post("meetings", "campaigns", launched, "Union")
    objective = str(uuid4())
    set_ = {"objective": objective, "text": text("A bus at ten.")}
    last = await table.post("meetings", f"campaigns/{key_of(campaign)}/objectives", set_, "Union")
    await table.settled(f"meetings/{last['position']}")
    path = f"evaluations/{key_of(campaign)}"
    for name, met in (("Union", "met"), ("Library", "partly")):
        said = {"objective": objective, "met": met, "as_intended": True, "why": text("It came.")}
        await table.post("credit", f"{path}/assessments", said, name)
        answers = {part: text(f"{name}.") for part in ("done", "met_as_intended", "changed")}
        await table.post("credit", f"{path}/answers", answers, name)
    said |= {"met": "not"}
    await table.post("credit", f"{path}/assessments", said, "Library")
    held = {"on": TODAY, "orgs": [table.orgs["Union"], table.orgs["Library"]]}
    last = await table.post("credit", f"{path}/retrospectives", held, "Union")
    shown = await seen(table, path, "Parents", last)
    assert sorted((one["by"], one["met"], len(one["before"])) for one in shown["assessments"]) == (
        sorted([(table.orgs["Union"], "met", 0), (table.orgs["Library"], "not", 1)])
    )
    assert {one["by"]: one["done"]["text"] for one in shown["answers"]} == {
        table.orgs["Union"]: "Union.", table.orgs["Library"]: "Library.",
    }  # fmt: skip
    [together] = shown["retrospectives"]
    assert set(together["orgs"]) == set(held["orgs"])


async def test_f100_while_adjourning_members_without_a_stated_benefit_are_listed(
    table: Coalition,
) -> None:
    said = {"benefit": text("A van."), "relationships": text("We know whom to call.")}
    campaign = str(uuid4())
    last = await table.post("credit", f"evaluations/{campaign}/benefits", said, "Union")
    before = await seen(table, "benefits", "Parents", last)
    assert [row["organisation"] for row in before["items"]] == [table.orgs["Union"]]
    assert before["missing"] == []
    stage = {"stage": "adjourning", "reason": text("It is done.")}
    entered = await table.post("members", "stages", stage, table.chair)
    await table.settled(f"members/{entered['position']}")
    after = await seen(table, "benefits", "Parents")
    assert table.orgs["Union"] not in after["missing"]
    assert set(after["missing"]) == {*table.orgs.values()} - {table.orgs["Union"]}


async def test_f25_carrying_a_partners_message_counts_and_shows_in_its_statement(
    table: Coalition,
) -> None:
    receipt = await record(
        table, "Union", "Library", "Sent our letter to its readers.", role="audience_lent"
    )
    rows = (await statement(table, "Library", receipt))["rows"]
    [line] = [row for row in rows if row["id"] == key_of(receipt)]
    assert (line["role"], line["part"]) == ("audience_lent", "contribution")
    page = await statement(table, "Library", receipt, "html")
    assert "audience" in page.lower()


async def test_f44_a_question_is_thanked_for_with_what_it_opened(table: Coalition) -> None:
    told = {
        "of": table.orgs["Library"], "role": "asked_the_question", "degree": "lead",
        "what": text("Who is not in the room?"),
    }  # fmt: skip
    bare = await table.try_post("credit", "contributions", told, "Union")
    assert (bare.status_code, bare.json()["reason"]) == (409, "no_reference")
    receipt = await table.post("credit", "contributions", told | {"about": ["meetings/1"]}, "Union")
    rows = (await seen(table, "contributions", "Parents", receipt))["items"]
    [row] = [row for row in rows if row["contribution"] == key_of(receipt)]
    assert row["about"] == ["meetings/1"]


async def test_f98_the_days_since_the_last_celebration_are_counted(table: Coalition) -> None:
    title = {"title": text("A warm room"), "size": "step"}
    win = key_of(await table.post("credit", "wins", title, table.chair))
    party = {"on": "2026-11-01", "orgs": [table.orgs["Union"]]}
    last = await table.post("credit", f"wins/{win}/celebrations", party, "Union")
    shown = await seen(table, "celebrations", "Parents", last)
    days = datetime.now(UTC).date() - datetime(2026, 11, 1, tzinfo=UTC).date()
    assert shown == {"last": "2026-11-01", "days_since": days.days}
