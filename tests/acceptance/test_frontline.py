"""What is settled in minutes, far from the table: the verdict, and the report that is owed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson

from tests.acceptance.test_bottom_lines import day, declare
from tests.acceptance.test_charter import post
from tests.end_to_end.coalition import Coalition, key_of, text
from tests.web.browsing import person

SIZE = 50
FEW = UUID("0195c4d1-0000-7a19-9c08-5b6c7d8e9fa0")
AT_MOST, OPEN, SEALED, OFFERED = 40_000_000, 30_616_161, 35_171_717, 38_000_000


def _id(what: str, number: int) -> str:
    return str(uuid5(FEW, f"{what}/{number}"))


def _lines(table: Coalition) -> Iterator[dict[str, Any]]:
    """Yield the other organisations, and of each of the fifty a line for each of fifty terms.

    For the seventh term Group 7 accepts less than the others, and says so; Group 8 does, sealed.
    Every fifth organisation seals all that it accepts.
    """
    at = (datetime.fromisoformat(day(-7))).isoformat() + "Z"
    orgs = [*table.orgs.values()]
    for number in range(len(orgs), SIZE):
        org = _id("org", number)
        orgs.append(org)
        joined = {
            "name": text(f"Group {number}"), "kind": "organization", "sector": "education",
            "constituencies": [], "commitment": "homework", "voting_right": True,
        }  # fmt: skip
        yield {"command": "AdmitMember", "id": org, "version": 1, "at": at, "body": joined}
    for place, org in enumerate(orgs):
        for number in range(SIZE):
            up_to = {(7, 7): OPEN, (8, 7): SEALED}.get((place, number), AT_MOST)
            line = {
                "term": _id("term", number), "acceptable": {"min": 0, "max": up_to},
                "sealed": (place, number) == (8, 7) or place % 5 == 0, "valid_until": day(30),
            }  # fmt: skip
            yield {
                "command": "DeclareBottomLine", "id": org, "version": number + 1, "at": at,
                "by": org, "body": line,
            }  # fmt: skip


async def _bring(table: Coalition) -> int:
    """Bring in what fifty organisations accept; return the position of the last of it."""
    for number in range(SIZE):
        defined = {"term": _id("term", number), "name": text(f"Term {number}"), "min": 0}
        await post(table, "terms", defined)
    answer = await table.suite.client.post(
        f"{table.suite.url}/members/api/v1/coalitions/{table.slug}/import",
        content=b"\n".join(map(orjson.dumps, _lines(table))) + b"\n",
        headers=table.suite.headers("operator") | {"Content-Type": "application/x-ndjson"},
        timeout=300,
    )
    assert answer.status_code == 200, answer.text
    said = [orjson.loads(line) for line in answer.content.splitlines()]
    assert said[-1]["refused"] == 0, said[-1]
    return max(int(each.get("position", 0)) for each in said)


async def shown(table: Coalition, receipt: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what is checked and decided, as somebody reads it."""
    path, reached = f"front-lines/{key_of(dict(receipt))}", f"meetings/{receipt['position']}"
    answer = await table.get("meetings", path, name, at_least=reached)
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.json()
    return row


def orgs(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["name"]["text"] for row in rows)


async def test_f75_of_fifty_organisations_and_fifty_terms_the_verdict_and_a_report_that_falls_due(
    table: Coalition,
) -> None:
    await table.settled(f"members/{await _bring(table)}")
    values = {_id("term", number): 200 + number for number in range(SIZE)}
    receipt = await table.post("meetings", "front-lines", {"terms": values}, "Union")
    row = await shown(table, receipt, "Library")
    assert (row["verdict"], row["crosses"], row["unknown"]) == ("within", [], [])
    assert row["terms"] == values

    key = key_of(receipt)
    moved = values | {_id("term", 7): OFFERED}
    checks, decisions = f"front-lines/{key}/checks", f"front-lines/{key}/decisions"
    row = await shown(
        table, await table.post("meetings", checks, {"terms": moved}, "Union"), "Union"
    )
    assert (row["verdict"], row["unknown"]) == ("crosses", [])
    assert orgs(row["crosses"]) == ["Group 7", "Group 8"]
    answer = await table.get("meetings", f"front-lines/{key}", "Union")
    assert str(OFFERED) in answer.text
    for said in (OPEN, SEALED, AT_MOST):
        assert str(said) not in answer.text

    text_ = {"text": text("We take what they offer.")}
    decided = await table.post("meetings", decisions, text_, "Union")
    made = (await shown(table, decided, "Parents"))["decision"]
    assert (made["verdict"], made["outside_mandate"]) == ("crosses", True)
    owed = made["report_back"]
    when = datetime.fromisoformat(made["at"])
    assert date.fromisoformat(owed["due"]) == (when + timedelta(hours=48)).date()
    assert (owed["done"], owed["overdue"]) == (False, False)
    answer = await table.get("meetings", "steps", "Parents", organisation=table.orgs["Union"])
    [step] = answer.json()["items"]
    assert (step["step"], step["state"], step["due"]) == (owed["step"], "accepted", owed["due"])
    assert step["owner"]["name"]["text"] == "Union"

    await table.post("meetings", f"steps/{owed['step']}/completions", {}, "Union")
    review = {"result": "endorsed", "text": text("Well done.")}
    last = await table.post("meetings", f"front-lines/{key}/reviews", review, "Clinic")
    row = await shown(table, last, "Parents")
    assert row["decision"]["report_back"]["done"] is True
    assert [one["result"] for one in row["reviews"]] == ["endorsed"]

    await table.settled(f"meetings/{last['position']}")
    answer = await table.get("transparency", "reports/mandate.json", "Library")
    [told] = [row for row in answer.json()["rows"] if row["part"] == "decision"]
    assert told["decision"] == {"id": made["decision"], "name": text_["text"]}
    assert (told["verdict"], told["outside_mandate"], told["review"]) == (
        "crosses", True, "endorsed",
    )  # fmt: skip
    assert told["reported_at"] is not None


async def test_f75_a_term_that_nobody_speaks_of_is_unknown_and_never_said_to_be_within(
    table: Coalition,
) -> None:
    term = str(uuid4())
    last = await post(table, "terms", {"term": term, "name": text("The colour"), "min": 0})
    await table.settled(f"members/{last['position']}")
    receipt = await table.post("meetings", "front-lines", {"terms": {term: 3}}, "Parents")
    row = await shown(table, receipt, "Library")
    assert (row["verdict"], row["unknown"]) == ("unknown", [term])


async def test_f75_the_page_checks_asks_and_decides_without_a_script(table: Coalition) -> None:
    term = str(uuid4())
    await post(table, "terms", {"term": term, "name": text("The toll"), "min": 0, "max": 90})
    last = await declare(table, "Parents", term, 20, day(30))
    await table.settled(f"members/{last['position']}")
    toll, why = {f"terms.{term}": "50"}, "For this bridge only."
    async with (
        person(table.suite, table.slug, "Library") as library,
        person(table.suite, table.slug, "Parents") as parents,
        person(table.suite, table.slug, "Clinic") as clinic,
    ):
        nothing = await library.send(await library.open("/frontline"), "check")
        assert nothing.errors == ["Enter a value for one term at least."]
        checked = await library.send(nothing, "check", **toll)
        assert (checked.status, checked.errors) == (200, [])
        newest = checked.page.all("article")[0]
        for said in ("Crosses a bottom line", "The toll", "50", "Parents", "Waits for consent"):
            assert said in newest.words
        assert "consent" not in checked.forms()

        asked = await parents.open("/frontline")
        after = await parents.send(asked, "consent", reason=why)
        assert (after.status, after.errors) == (200, [])
        assert why in after.page.all("article")[0].words
        moved = await library.send(await library.open("/frontline"), "check-again", **toll)
        assert why in moved.page.all("article")[0].words
        decided = await library.send(moved, "decide", text="We pay fifty at the bridge.")
        assert (decided.status, decided.errors) == (200, [])
        made = decided.page.all("article")[0]
        for said in ("We pay fifty at the bridge.", "Report back", "due on"):
            assert said in made.words
        assert "outside the mandate" not in made.words

        words = {"result": "endorsed", "text": "As we would have."}
        reviewed = await clinic.send(await clinic.open("/frontline"), "review", **words)
        assert (reviewed.status, reviewed.errors) == (200, [])
        assert "As we would have." in reviewed.page.all("article")[0].words
        register = await library.open("/decisions")
        assert "We pay fifty at the bridge." in register.words
        [row] = (
            await table.get("meetings", "front-lines", "Union", organisation=table.orgs["Library"])
        ).json()["items"]
        step = await library.open(f"/steps/{row['decision']['report_back']['step']}")
        assert "We pay fifty at the bridge." in step.words
        led = await library.open(f"/decisions/{row['decision']['decision']}")
        assert (led.status, led.url.rpartition("/")[2].partition("#")[0]) == (200, "frontline")
        assert (await library.open(f"/decisions/{uuid4()}")).status == 404
