"""Claims, statements and disputes over HTTP, on a real PostgreSQL; and how money is divided."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.credit.ledger import (
    CARLA,
    CLINIC,
    DECISION,
    SAM,
    SCHOOL,
    STRANGER,
    TESS,
    UMA,
    UNION,
    Ledger,
)
from tests.credit.test_api import THANKS, contribute, thank, win
from tests.credit.test_imports import HIDDEN, bring

WORDS = {"lang": "en", "text": "We led the talks with the council."}
AGREED = {"lang": "en", "text": "The clinic and the union talked to the council together."}
LED = {"kind": "decision", "id": str(DECISION), "role": "lobbying", "degree": "lead"}
DUE = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()


async def made(ledger: Ledger, person: Any, path: str, **body: Any) -> tuple[str, str]:
    """Send what begins a stream, and return its id and the event."""
    answer = await ledger.post(person, path, **body)
    assert answer.status_code == 201, answer.text
    position = answer.json()["position"]
    return answer.headers["location"].rpartition("/")[2], f"credit/{position}"


async def claim(ledger: Ledger, person: Any, *facts: Any) -> tuple[str, str]:
    body = {"audience": "funders", "text": WORDS, "facts": facts or (LED,)}
    return await made(ledger, person, "/claims", **body)


async def draft(ledger: Ledger, person: Any, *facts: Any) -> tuple[str, str]:
    body = {"audience": "funders", "text": WORDS, "facts": facts}
    return await made(ledger, person, "/attributions", **body)


async def dispute(ledger: Ledger, person: Any, about: str) -> tuple[str, str]:
    body = {"about": about, "grounds": WORDS, "requested": AGREED, "due": DUE}
    return await made(ledger, person, "/disputes", **body)


def lead(key: str, degree: str | None = None) -> dict[str, Any]:
    return {"kind": "contribution", "id": key, "degree": degree}


async def refused(ledger: Ledger, person: Any, path: str, **body: Any) -> str:
    answer = await ledger.post(person, path, **body)
    assert answer.status_code == 409, answer.text
    reason: str = answer.json()["reason"]
    return reason


async def test_f91_two_claims_to_lead_one_role_are_shown_as_a_conflict(ledger: Ledger) -> None:
    clinic, first = await claim(ledger, CARLA)
    (row,) = (await ledger.get("/claims"))["items"]
    assert (row["claim"], row["by"], row["text"]) == (clinic, str(CLINIC), WORDS)
    assert (row["review"], row["now"]["conflicts"], row["now"]["matches"]) == (None, [], [])

    union, second = await claim(ledger, UMA)
    newest, oldest = (await ledger.get("/claims"))["items"]
    assert newest["now"]["conflicts"] == [{"fact": 0, "with_event": first}]
    assert oldest["now"]["conflicts"] == [{"fact": 0, "with_event": second}]
    (own,) = (await ledger.get("/claims", organisation=str(CLINIC)))["items"]
    assert own["claim"] == clinic
    assert (await ledger.get("/claims", audience="public"))["items"] == []
    page = await ledger.get("/claims", limit=1)
    assert [one["claim"] for one in page["items"]] == [union]
    rest = await ledger.get("/claims", limit=1, cursor=page["next_cursor"])
    assert [one["claim"] for one in rest["items"]] == [clinic]

    answer = await ledger.post(CARLA, f"/claims/{clinic}/reviews")
    assert answer.status_code == 403, "the chair reviews"
    assert (await ledger.post(UMA, f"/claims/{clinic}/reviews")).status_code == 201
    assert (await ledger.post(UMA, f"/claims/{clinic}/reviews")).status_code == 200
    (own,) = (await ledger.get("/claims", organisation=str(CLINIC)))["items"]
    assert own["review"]["conflicts"] == [{"fact": 0, "with_event": second}]
    assert (own["review"]["matches"], own["review"]["by"]) == ([], str(UNION))


async def test_f91_a_draft_conflicts_before_it_is_released(ledger: Ledger) -> None:
    await contribute(ledger, UMA, UNION, "meetings/1", role="lobbying")
    _, drafted = await draft(ledger, CARLA, LED)
    await claim(ledger, SAM)
    (row,) = (await ledger.get("/claims"))["items"]
    assert row["now"]["conflicts"] == [{"fact": 0, "with_event": drafted}]
    (row,) = (await ledger.get("/attributions"))["items"]
    assert row["now"]["conflicts"] == [{"fact": 0, "with_event": "credit/3"}]


async def test_i8_a_conflict_is_shown_to_who_may_see_the_event(ledger: Ledger) -> None:
    body = {"audience": "public", "text": WORDS, "facts": [LED]}
    told = {"command": "ClaimCredit", "id": HIDDEN, "at": "2020-03-01T00:00:00.000Z"}
    line = told | {"version": 1, "body": body, "by": str(SCHOOL), "visibility": "body"}
    (total,) = await bring(ledger, line)
    assert total["recorded"] == 1
    key, _ = await claim(ledger, CARLA)
    await ledger.post(UMA, f"/claims/{key}/reviews")
    (row,) = (await ledger.get("/claims"))["items"]
    assert (row["now"]["conflicts"], row["review"]["conflicts"]) == ([], [])
    hidden = {"about": "credit/1", "grounds": WORDS, "requested": WORDS, "due": DUE}
    assert await refused(ledger, UMA, "/disputes", **hidden) == "not_disputable"


async def test_k7_k8_a_statement_goes_out_with_what_others_confirmed(ledger: Ledger) -> None:
    ours = await contribute(ledger, CARLA, CLINIC, "meetings/9", role="lobbying")
    theirs = await contribute(ledger, CARLA, UNION, "meetings/9", role="lobbying", degree="equal")
    key, ref = await draft(ledger, CARLA, lead(ours, "equal"), lead(theirs))
    release = {"version": 1}
    assert await refused(ledger, CARLA, f"/attributions/{key}/releases", **release) == (
        "unsupported_fact"
    )
    await ledger.post(SAM, f"/contributions/{ours}/confirmations")
    shown = await ledger.get(f"/attributions/{key}")
    assert (shown["ref"], shown["author"]) == (ref, str(CLINIC))
    assert shown["now"] == {
        "matches": [0, 1], "conflicts": [], "disputed": [], "missing": [str(UNION)],
    }  # fmt: skip
    assert await refused(ledger, UMA, f"/attributions/{key}/releases", **release) == (
        "not_the_author"
    )
    assert (await ledger.post(UMA, f"/attributions/{key}/approvals", version=1)).status_code == 201
    answer = await ledger.post(CARLA, f"/attributions/{key}/releases", **release)
    assert answer.status_code == 201
    (row,) = (await ledger.get("/attributions", audience="funders"))["items"]
    (version,) = row["versions"]
    assert (version["released"]["unilateral"], row["now"]["missing"]) == (False, [])
    assert [one["by"] for one in version["approvals"]] == [str(UNION)]
    assert (await ledger.get("/attributions", audience="public"))["items"] == []
    assert (await ledger.get("/attributions", organisation=str(UNION)))["items"] == []

    alone, _ = await draft(ledger, SAM, lead(theirs))
    await ledger.post(SAM, f"/attributions/{alone}/releases", **release)
    row = (await ledger.get("/attributions"))["items"][0]
    assert (row["attribution"], row["versions"][0]["released"]["unilateral"]) == (alone, True)


async def test_k7_a_metric_that_is_defined_bears_itself_out(ledger: Ledger) -> None:
    defined = {"name": WORDS, "unit": "meals", "kind": "counter", "source": WORDS}
    key, _ = await made(ledger, CARLA, "/metrics", **defined)
    strange = {"kind": "metric", "id": THANKS}
    body = {"audience": "funders", "text": WORDS, "facts": [strange]}
    assert await refused(ledger, CARLA, "/claims", **body) == "unknown_fact"
    stated, _ = await draft(ledger, CARLA, {"kind": "metric", "id": key})
    answer = await ledger.post(CARLA, f"/attributions/{stated}/releases", version=1)
    assert answer.status_code == 201
    assert (await ledger.get(f"/attributions/{stated}"))["now"]["matches"] == [0]


async def test_k9_f92_a_dispute_holds_a_statement_and_then_corrects_the_credit(
    ledger: Ledger,
) -> None:
    ours = await contribute(ledger, SAM, CLINIC, "meetings/9", role="lobbying")
    meals = await win(ledger, DECISION)
    given = await thank(
        ledger, meals, SAM, CLINIC, basis="evidence", contributions=[ours], role="lobbying"
    )
    assert given.status_code == 201
    key, _ = await draft(ledger, CARLA, lead(ours))
    raised, _ = await dispute(ledger, UMA, f"credit/{given.json()['position']}")
    path = f"/attributions/{key}"
    assert (await ledger.get(path))["now"]["disputed"] == [0]
    assert await refused(ledger, CARLA, f"{path}/releases", version=1) == "disputed"

    mediators = f"/disputes/{raised}/mediators"
    for party in (CLINIC, UNION, SCHOOL):
        assert await refused(ledger, UMA, mediators, mediator=str(party)) == "not_neutral"
    assert await refused(ledger, UMA, mediators, mediator=str(STRANGER)) == "unknown_organisation"
    assert (await ledger.post(UMA, mediators, external=WORDS)).status_code == 201
    (row,) = (await ledger.get("/disputes", state="open", organisation=str(CLINIC)))["items"]
    assert (row["dispute"], row["due"], row["credit"]) == (raised, DUE, THANKS)
    assert sorted(row["parties"]) == sorted(map(str, (CLINIC, UNION, SCHOOL)))
    assert (row["mediators"][0]["org"], row["mediators"][0]["external"]) == (None, WORDS)

    ended = {"result": "accommodated", "wording": AGREED}
    resolutions = f"/disputes/{raised}/resolutions"
    assert await refused(ledger, UMA, resolutions, **ended) == "not_neutral"
    assert await refused(ledger, TESS, resolutions, **ended) == "not_the_mediator"
    await ledger.take_role(TESS, "secretary")
    assert (await ledger.post(TESS, resolutions, **ended)).status_code == 201
    assert (await ledger.get("/disputes", state="open"))["items"] == []
    (row,) = (await ledger.get("/disputes", state="resolved"))["items"]
    assert (row["resolution"]["result"], row["resolution"]["wording"]) == ("accommodated", AGREED)

    fix = {"credit": THANKS, "role": "lobbying", "degree": "equal", "reason": AGREED}
    corrections = f"/wins/{meals}/corrections"
    assert await refused(ledger, SAM, corrections, **fix, dispute=meals) == "unknown_dispute"
    assert (await ledger.post(SAM, corrections, **fix, dispute=raised)).status_code == 201
    assert (await ledger.post(CARLA, f"{path}/releases", version=1)).status_code == 201


async def test_a_dispute_is_about_what_is_told_of_credit(ledger: Ledger) -> None:
    ours = await contribute(ledger, SAM, CLINIC)
    await ledger.post(CARLA, f"/contributions/{ours}/declinations")
    _, claimed = await claim(ledger, CARLA)
    _, drafted = await draft(ledger, CARLA, {"kind": "decision", "id": str(DECISION)})
    body = {"grounds": WORDS, "requested": WORDS, "due": DUE}
    for about in ("credit/2", "credit/999", "meetings/9"):
        asked = await refused(ledger, UMA, "/disputes", about=about, **body)
        assert asked == "not_disputable"
    assert await refused(ledger, UMA, "/disputes", about=claimed, **(body | {"due": None})) == (
        "no_deadline"
    )
    assert await refused(ledger, CARLA, "/disputes", about=claimed, **body) == "own_words"
    for about, parties in (("credit/1", 3), (claimed, 2), (drafted, 2)):
        await dispute(ledger, UMA, about)
        row = (await ledger.get("/disputes"))["items"][0]
        assert (row["about"], len(row["parties"]), len(row["facts"])) == (about, parties, 1)
    first = row["dispute"]
    answer = await ledger.post(
        UMA, f"/disputes/{first}/resolutions", result="retracted", wording=WORDS
    )
    assert answer.status_code == 201


async def test_k12_money_is_divided_by_the_chair_and_credit_is_not(ledger: Ledger) -> None:
    shares = [
        {"org": str(CLINIC), "basis_points": 6_000},
        {"org": str(UNION), "basis_points": 4_000},
    ]
    told = {"pot": WORDS, "shares": shares, "decision": "meetings/1"}
    assert (await ledger.post(SAM, "/shares", **told)).status_code == 403
    assert await refused(ledger, UMA, "/shares", **(told | {"shares": shares[:1]})) == "sum"
    assert await refused(ledger, UMA, "/shares", **(told | {"decision": "meetings/99"})) == (
        "unknown_decision"
    )
    key, ref = await made(ledger, UMA, "/shares", **told)
    again = {"pot": WORDS, "shares": [{"org": str(CLINIC), "basis_points": 10_000}]}
    assert (await ledger.post(UMA, f"/shares/{key}/plans", **again)).status_code == 201
    (row,) = (await ledger.get("/shares"))["items"]
    assert (row["shares"], row["parts"], row["earlier"]) == (key, again["shares"], [ref])
    assert (row["pot"], row["decision"]) == (WORDS, None)


async def test_claims_of_the_past_are_told(ledger: Ledger) -> None:
    key = "0195c5e0-1a20-7b31-8c42-5d6e7f809102"
    body = {"audience": "funders", "text": WORDS, "facts": [LED]}
    told = {"id": key, "at": "2020-03-01T00:00:00.000Z", "version": 1, "by": str(CLINIC)}
    raised = {"about": "credit/1", "grounds": WORDS, "requested": WORDS, "due": "2020-04-01"}
    for recorded in (2, 0):
        (total,) = await bring(
            ledger,
            told | {"command": "ClaimCredit", "body": body},
            told | {"command": "DraftAttribution", "body": body},
        )
        assert (total["recorded"], total["refused"]) == (recorded, 0)
    (total,) = await bring(
        ledger, told | {"command": "DisputeCredit", "body": raised, "by": str(UNION)}
    )
    assert (total["recorded"], total["refused"]) == (1, 0)
    (row,) = (await ledger.get("/disputes"))["items"]
    assert (row["due"], row["at"]) == ("2020-04-01", "2020-03-01T00:00:00Z")
