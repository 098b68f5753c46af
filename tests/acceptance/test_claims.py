"""Who tells whom that they led, what of it is so, and how that is settled."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.test_redaction import redact
from tests.end_to_end.coalition import Coalition, key_of, text

DUE = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()


async def shown(table: Coalition, path: str, name: str, receipt: Any, **query: Any) -> Any:
    """Return what the delegate of `name` reads in credit once `receipt` is in it."""
    at_least = f"credit/{receipt['position']}"
    answer = await table.get("credit", path, name, at_least=at_least, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def contribute(table: Coalition, name: str, win: str, degree: str, voucher: str) -> str:
    """Record what an organisation did for a win, and let another one confirm it."""
    told = {
        "of": table.orgs[name], "role": "lobbying", "degree": degree, "about": [win],
        "what": text(f"{name} talked to the council."),
    }  # fmt: skip
    key = key_of(await table.post("credit", "contributions", told, name))
    await table.post("credit", f"contributions/{key}/confirmations", {}, voucher)
    return key


async def declare(table: Coalition, title: str) -> tuple[str, str]:
    """Declare a win, and return its id and its event."""
    body = {"title": text(title), "size": "step"}
    receipt = await table.post("credit", "wins", body, table.chair)
    return key_of(receipt), f"credit/{receipt['position']}"


def fact(contribution: str, degree: str | None = None) -> dict[str, Any]:
    return {"kind": "contribution", "id": contribution, "degree": degree}


async def tell(
    table: Coalition, kind: str, name: str, words: str, *facts: Any, **more: Any
) -> tuple[str, str, Any]:
    """Claim, or draft a statement, for funders; return its id, its event and the receipt."""
    body = {"audience": "funders", "text": text(words), "facts": facts} | more
    receipt = await table.post("credit", kind, body, name)
    return key_of(receipt), f"credit/{receipt['position']}", receipt


async def refused(table: Coalition, path: str, body: Any, name: str) -> tuple[int, str]:
    answer = await table.try_post("credit", path, body, name)
    return answer.status_code, answer.json()["reason"]


async def test_f91_two_claims_to_lead_one_role_are_a_conflict_before_release(
    table: Coalition,
) -> None:
    win, ref = await declare(table, "A warm school")
    union = await contribute(table, "Union", ref, "lead", "Library")
    parents = await contribute(table, "Parents", ref, "lead", "Library")
    _, first, _ = await tell(table, "claims", "Union", "We led the talks.", fact(union))
    key, second, receipt = await tell(
        table, "claims", "Parents", "The talks were ours.", fact(parents)
    )
    told = (await shown(table, "claims", "Library", receipt))["items"]
    against = {
        row["text"]["text"]: {one["with_event"] for one in row["now"]["conflicts"]} for row in told
    }
    assert second in against["We led the talks."]
    assert first in against["The talks were ours."]

    receipt = await table.post("credit", f"claims/{key}/reviews", {}, table.chair)
    [row] = (await shown(table, "claims", "Library", receipt, organisation=table.orgs["Parents"]))[
        "items"
    ]
    assert first in {one["with_event"] for one in row["review"]["conflicts"]}
    assert row["review"]["matches"] == [0], "it is confirmed, and the other one is, too"

    words = "We led, with the parents."
    draft, _, receipt = await tell(
        table, "attributions", "Union", words, fact(union), fact(parents, "equal"), win=win
    )
    statement = await shown(table, f"attributions/{draft}", "Library", receipt)
    assert {one["fact"] for one in statement["now"]["conflicts"]} == {0}
    assert statement["now"]["missing"] == [table.orgs["Parents"]]
    assert statement["versions"][0]["released"] is None

    words = "The union and the parents talked to the council together."
    body = {
        "audience": "funders", "text": text(words), "win": win,
        "facts": [fact(union, "equal"), fact(parents, "equal")],
    }  # fmt: skip
    await table.post("credit", f"attributions/{draft}/versions", body, "Union")
    await table.post("credit", f"attributions/{draft}/approvals", {"version": 2}, "Parents")
    receipt = await table.post("credit", f"attributions/{draft}/releases", {"version": 2}, "Union")
    newest, oldest = (await shown(table, f"attributions/{draft}", "Library", receipt))["versions"]
    assert (newest["text"]["text"], newest["released"]["unilateral"]) == (words, False)
    assert oldest["released"] is None
    listed = await shown(table, "attributions", "Library", receipt, audience="funders")
    assert draft in {row["attribution"] for row in listed["items"]}
    listed = await shown(table, "attributions", "Library", receipt, audience="public")
    assert draft not in {row["attribution"] for row in listed["items"]}


async def test_f92_a_disputed_fact_holds_or_marks_the_statement_until_a_neutral_resolves_it(
    table: Coalition,
) -> None:
    win, ref = await declare(table, "A new crossing")
    done = await contribute(table, "Union", ref, "lead", "Library")
    thanks = {
        "credit": str(table.suite.new_id()), "to": table.orgs["Union"], "role": "lobbying",
        "degree": "lead", "basis": "evidence", "contributions": [done],
    }  # fmt: skip
    given = await table.post("credit", f"wins/{win}/credits", thanks, "Library")
    words = "We led the talks about the crossing."
    draft, _, _ = await tell(table, "attributions", "Union", words, fact(done))

    about = f"credit/{given['position']}"
    body = {
        "about": about, "grounds": text("We were in every meeting."),
        "requested": text("Say that we did it together."),
    }  # fmt: skip
    assert await refused(table, "disputes", body, "Parents") == (409, "no_deadline")
    raised = await table.post("credit", "disputes", body | {"due": DUE}, "Parents")
    dispute = key_of(raised)
    statement = await shown(table, f"attributions/{draft}", "Library", raised)
    assert statement["now"]["disputed"] == [0]
    release = f"attributions/{draft}/releases"
    assert await refused(table, release, {"version": 1}, "Union") == (409, "disputed")

    marked = {"audience": "funders", "text": text(f"{words} (disputed)"), "facts": [fact(done)]}
    await table.post("credit", f"attributions/{draft}/versions", marked, "Union")
    receipt = await table.post("credit", release, {"version": 2}, "Union")
    newest, oldest = (await shown(table, f"attributions/{draft}", "Library", receipt))["versions"]
    assert ([one["disputed"] for one in newest["facts"]], newest["released"]["unilateral"]) == (
        [True], False,
    )  # fmt: skip
    assert [one["disputed"] for one in oldest["facts"]] == [False]

    mediators = f"disputes/{dispute}/mediators"
    for name in ("Union", "Library", "Parents"):
        asked = {"mediator": table.orgs[name]}
        assert await refused(table, mediators, asked, "Parents") == (409, "not_neutral")
    await table.post("credit", mediators, {"mediator": table.orgs["Clinic"]}, "Parents")
    wording = "The union and the parents led together."
    ended = {"result": "agreed_wording", "wording": text(wording)}
    resolutions = f"disputes/{dispute}/resolutions"
    for name in ("Union", "Parents"):
        assert await refused(table, resolutions, ended, name) == (409, "not_neutral")
    receipt = await table.post("credit", resolutions, ended, "Clinic")

    for reader in table.orgs:
        [row] = (await shown(table, "disputes", reader, receipt, state="resolved"))["items"]
        assert (row["about"], row["grounds"]["text"]) == (about, "We were in every meeting.")
        assert row["resolution"]["wording"]["text"] == wording
        assert (await shown(table, "disputes", reader, receipt, state="open"))["items"] == []

    fix = {
        "credit": thanks["credit"], "role": "lobbying", "degree": "equal",
        "reason": text(wording), "dispute": dispute,
    }  # fmt: skip
    receipt = await table.post("credit", f"wins/{win}/corrections", fix, "Library")
    [row] = (await shown(table, f"wins/{win}", "Parents", receipt))["credits"]
    assert (row["degree"], row["corrections"][0]["reason"]["text"]) == ("equal", wording)
    statement = await shown(table, f"attributions/{draft}", "Library", receipt)
    assert statement["now"]["disputed"] == []


async def test_f81_words_of_a_claim_are_redacted_and_found_nowhere(table: Coalition) -> None:
    _, ref = await declare(table, "A roof for bicycles")
    done = await contribute(table, "Union", ref, "supporting", "Library")
    key, event, receipt = await tell(table, "claims", "Union", "The mayor begged us.", fact(done))
    said = await redact(table, "credit", receipt, "text", "Union")
    [row] = [
        one
        for one in (await shown(table, "claims", "Library", said))["items"]
        if one["claim"] == key
    ]
    assert (row["text"]["withheld"], row["ref"]) == ("redacted", event)
    answer = await table.get(
        "transparency", "reports/claims-and-disputes.json", "Library",
        at_least=f"credit/{said['position']}",
    )  # fmt: skip
    assert "The mayor begged us." not in answer.text
    [line] = [one for one in answer.json()["rows"] if one["id"] == key]
    assert line["text"]["withheld"] == "redacted"
