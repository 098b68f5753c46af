"""What organisations accept, alone and together, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.acceptance.test_charter import own, post
from tests.acceptance.test_issues import shown
from tests.acceptance.test_mandates import adopt, decide, open_voting, publish, raised, refusal
from tests.end_to_end.coalition import Coalition, text

TODAY = datetime.now(UTC).date()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


async def define(table: Coalition, name: str) -> str:
    """Return a term: a number from 0 to 100."""
    term = {"term": str(uuid4()), "name": text(name), "min": 0, "max": 100, "unit": "euro"}
    await post(table, "terms", term)
    return term["term"]  # type: ignore[return-value]  # what was made above


async def declare(
    table: Coalition, name: str, term: str, up_to: int, until: str, **more: Any
) -> dict[str, Any]:
    line = {"term": term, "acceptable": {"min": 0, "max": up_to}, "sealed": False}
    path = own(table, name, "bottom-lines")
    sent = line | {"valid_until": until} | {k: more.pop(k) for k in ("sealed",) if k in more}
    receipt: dict[str, Any] = await table.post("members", path, sent, name, **more)
    return receipt


async def lines(
    table: Coalition, term: str, after: dict[str, Any], name: str = "Library"
) -> dict[str, Any]:
    rows = (await shown(table, "bottom-lines", after, name, term=term))["items"]
    return {row["organisation"]["name"]["text"]: row for row in rows}


async def test_f74_an_expired_line_does_not_count_and_past_decisions_stay(
    table: Coalition,
) -> None:
    fee = await define(table, "The fee")
    issue = await raised(table, "Fees")
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    await admit_earlier(table, "Union")
    await declare(table, "Union", fee, 10, day(-1), accord_occurred_at=two_days_ago)
    proposal = await publish(table, issue)
    assert (await open_voting(table, proposal, await adopt(table, table.plenary))).is_success
    stances = dict.fromkeys(("Clinic", "Union", "Parents"), "agree")
    made = await decide(table, proposal, **stances)
    assert made.status_code == 201, made.text
    reached = f"meetings/{made.json()['position']}"
    path = f"decisions/{proposal}"
    before = (await table.get("transparency", path, "Union", at_least=reached)).json()

    last = await declare(table, "Parents", fee, 20, day(30))
    found = await lines(table, fee, last)
    assert {name: row["counts"] for name, row in found.items()} == {"Union": False, "Parents": True}
    revised = await declare(table, "Union", fee, 5, day(30))
    union = (await lines(table, fee, revised))["Union"]
    assert (union["counts"], union["acceptable"]) == (True, {"min": 0, "max": 5})
    assert [row["acceptable"] for row in union["before"]] == [{"min": 0, "max": 10}]
    late = {
        "term": fee, "acceptable": {"min": 0, "max": 5}, "sealed": False, "valid_until": day(0),
    }  # fmt: skip
    answer = await table.try_post("members", own(table, "Union", "bottom-lines"), late, "Union")
    assert refusal(answer) == (409, "already_over")

    after = (await table.get("transparency", path, "Union", at_least=reached)).json()
    assert (after["outcome"], after["refs"]) == (before["outcome"], before["refs"])
    assert before["outcome"] == "adopted"


async def admit_earlier(table: Coalition, name: str) -> None:
    """Let the organisation's delegate speak for it since a week ago."""
    people = (await table.get("members", "people", "Clinic")).json()["items"]
    persons = {row["name"]["text"]: row["id"] for row in people}
    accredited = {
        "accreditation": str(table.suite.new_id()), "body": table.plenary,
        "person": persons[f"{name}'s delegate"], "authority": "full", "voting": False,
        "from": day(-7),
    }  # fmt: skip
    await post(table, own(table, name, "accreditations"), accredited, name)


async def test_f74_a_sealed_set_is_never_shown_to_others(table: Coalition) -> None:
    wage = await define(table, "The wage")
    await declare(table, "Union", wage, 40, day(30))
    last = await declare(table, "Union", wage, 33, day(30), sealed=True)
    for name in ("Clinic", "Parents", "Library"):
        row = (await lines(table, wage, last, name))["Union"]
        assert (row["sealed"], row["acceptable"], row["counts"]) == (True, None, True)
    mine = (await lines(table, wage, last, "Union"))["Union"]
    assert mine["acceptable"] == {"min": 0, "max": 33}
    theirs = await table.get("members", "bottom-lines", "Parents", term=wage)
    assert '"max":33' in (await table.get("members", "bottom-lines", "Union", term=wage)).text
    assert '"max":33' not in theirs.text


async def test_f74_a_compromise_holds_once_all_parties_agreed(table: Coalition) -> None:
    rent = await define(table, "The rent")
    parties = [table.orgs["Union"], table.orgs["Parents"]]
    deal = {"compromise": str(uuid4())}
    terms = {rent: {"min": 10, "max": 12}}
    told = deal | {"parties": parties, "terms": terms, "valid_until": day(30)}
    last = await post(table, own(table, "Union", "compromises"), told, "Union")
    [row] = (await shown(table, "compromises", last))["items"]
    assert row["in_force"] is False
    last = await post(table, own(table, "Parents", "compromises"), deal, "Parents")
    [row] = (await shown(table, "compromises", last))["items"]
    assert (row["in_force"], row["terms"]) == (True, terms)
    answer = await table.try_post("members", own(table, "Library", "compromises"), deal, "Library")
    assert refusal(answer) == (409, "not_a_party")
