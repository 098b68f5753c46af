"""The report of what came of it: numbers, stories and evaluations, as everybody may check them."""

from typing import Any
from uuid import uuid4

from tests.end_to_end.coalition import Coalition, key_of, text

TALE = "Nobody asked us before."


async def report(table: Coalition, suffix: str, *receipts: str) -> Any:
    """Return R9 once these positions are in it: its rows and figures, or the page or sheet."""
    answer = await table.get(
        "transparency", f"reports/impact.{suffix}", "Parents", at_least=",".join(receipts)
    )
    assert answer.status_code == 200, answer.text
    return answer.json() if suffix == "json" else answer.text


async def heard(table: Coalition, at: str) -> None:
    """Wait until credit has heard of a position of another service."""
    for _ in range(10):
        answer = await table.get("credit", "wins", table.chair, at_least=at)
        if answer.status_code != 503:
            break
    assert answer.status_code == 200, answer.text


def of_part(told: Any, part: str) -> list[Any]:
    return [row for row in told["rows"] if row["part"] == part]


async def test_f94_the_report_has_each_record_with_its_source_and_sums_no_gauge(
    table: Coalition,
) -> None:
    last = None
    for kind, unit in (("counter", "meals"), ("gauge", "members")):
        about = {
            "name": text(unit.title()), "unit": unit, "kind": kind, "source": text("The list."),
        }  # fmt: skip
        metric = key_of(await table.post("credit", "metrics", about, "Union"))
        for value, on in ((500, "2026-01-05"), (40, "2026-01-07")):
            last = await table.post(
                "credit", f"metrics/{metric}/records", {"value": value, "on": on}, "Union"
            )
    assert last is not None
    reached = f"credit/{last['position']}"
    told = await report(table, "json", reached)
    assert [
        (row["unit"], row["on"], row["value"], row["source"]["text"])
        for row in of_part(told, "metric")
    ] == [
        (unit, on, value, "The list.")
        for unit in ("meals", "members")
        for value, on in ((500, "2026-01-05"), (40, "2026-01-07"))
    ]
    figures = {(each["figure"], each.get("unit")): each["value"] for each in told["summary"]}
    assert (figures["counted", "meals"], figures["measured_last", "members"]) == (540, 40)
    assert 540 not in [value for (_, unit), value in figures.items() if unit == "members"]
    page = await report(table, "html", reached)
    assert "540 meals in all" in page
    assert page.count('role="img"') == 2


async def test_f95_a_withdrawn_consent_takes_the_story_out_of_the_report(
    table: Coalition,
) -> None:
    person = (await table.get("members", "me", "Parents")).json()["person"]
    consent = str(uuid4())
    agreed = {"consent": consent, "purpose": "story"}
    given = await table.post("members", f"people/{person}/consents", agreed, "Parents")
    said = f"members/{given['position']}"
    story = {"text": text(TALE), "consent": consent, "metrics": []}
    await heard(table, said)
    last = await table.post("credit", "stories", story, "Union")
    reached = f"credit/{last['position']}"
    for suffix in ("csv", "html"):
        assert TALE in await report(table, suffix, said, reached)
    assert len(of_part(await report(table, "json", said, reached), "story")) == 1
    taken = await table.post(
        "members", f"people/{person}/withdrawals", {"consent": consent}, "Parents"
    )
    gone = f"members/{taken['position']}"
    for suffix in ("csv", "html"):
        assert TALE not in await report(table, suffix, gone, reached)
    told = await report(table, "json", gone, reached)
    assert of_part(told, "story") == []
    earlier = ",".join(f"{service}/{at}" for service, at in told["head"]["as_of"].items())
    answer = await table.get(
        "transparency", "reports/impact.json", "Parents", as_of=f"{earlier},{said}"
    )
    assert answer.status_code == 200
    assert TALE not in answer.text


async def test_f97_the_report_shows_answers_and_assessments_side_by_side(table: Coalition) -> None:
    launched = {"name": text("A later bus."), "from": []}
    campaign = key_of(await table.post("meetings", "campaigns", launched, "Union"))
    objective = str(uuid4())
    aim = {"objective": objective, "text": text("A bus at ten.")}
    set_ = await table.post("meetings", f"campaigns/{campaign}/objectives", aim, "Union")
    set_at = f"meetings/{set_['position']}"
    await heard(table, set_at)
    path, last = f"evaluations/{campaign}", None
    for name, met in (("Union", "met"), ("Library", "partly")):
        said = {"objective": objective, "met": met, "as_intended": True, "why": text("It came.")}
        await table.post("credit", f"{path}/assessments", said, name)
        answers = {
            part: text(f"{name}, {part}.") for part in ("done", "met_as_intended", "changed")
        }
        last = await table.post("credit", f"{path}/answers", answers, name)
    assert last is not None
    told = await report(table, "json", set_at, f"credit/{last['position']}")
    [row] = of_part(told, "objective")
    assert (row["campaign"]["name"]["text"], row["text"]["text"]) == (
        "A later bus.", "A bus at ten.",
    )  # fmt: skip
    assert [(one["organisation"]["name"]["text"], one["met"]) for one in row["assessments"]] == [
        ("Library", "partly"), ("Union", "met"),
    ]  # fmt: skip
    assert [row["changed"]["text"] for row in of_part(told, "answer")] == [
        "Library, changed.", "Union, changed.",
    ]  # fmt: skip
