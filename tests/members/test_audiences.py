"""What a reader of each class gets, from every page there is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.members.service import Members, members, new_id, words
from tests.members.test_service import ANA, BO, CY, SCHOOL, Formed, form, reached

STRANGER = "out@nowhere.example"
TENSION, BREACH, AMENDS = "canary-tension", "canary-breach", "canary-amends"
LINE, GOAL, MEMBERS_WORD = "424242", "canary-goal", "canary-members"
FOR_TWO = {TENSION, BREACH, AMENDS}
ALL = FOR_TWO | {LINE, GOAL, MEMBERS_WORD}
SEES = {
    ANA: FOR_TWO | {MEMBERS_WORD},
    BO: FOR_TWO | {LINE, GOAL, MEMBERS_WORD},
    CY: {MEMBERS_WORD},
    STRANGER: set[str](),
}
NOWHERE_YET = set[str]()
"""What no page shows so far, not even to whom it belongs."""


@pytest.fixture(scope="module")
async def here(postgres: str, data: Path) -> AsyncIterator[Members]:
    async with members(postgres, data) as running:
        yield running


async def seat(table: Formed, person: str, name: str) -> tuple[str, str]:
    """Admit an organisation with a delegate; return both ids."""
    org = await table.admitted(SCHOOL | {"name": words(name)})
    known = await table.registered(person)
    [body] = [row["id"] for row in (await table.get("/bodies"))["items"]]
    named = {
        "accreditation": new_id(), "body": body, "person": known, "authority": "full",
        "voting": True,
    }  # fmt: skip
    answer = await table.post(f"/members/{org}/accreditations", named)
    assert answer.status_code == 201, answer.text
    return org, known


async def told(table: Formed, path: str, body: dict[str, Any], person: str) -> str:
    answer = await table.post(path, body, person)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["stream"]).partition("-")[2]


async def test_i8_nothing_reaches_a_reader_outside_its_class(here: Members) -> None:
    answer = await form(here, "audiences", key="audiences")
    stream = str(answer.json()["stream"])
    table = Formed(here, stream.partition("-")[2], "audiences", reached(answer))
    clinic = (await table.get("/members"))["items"][0]["id"]
    school, bo = await seat(table, BO, "School")
    await seat(table, CY, "Parents")
    two = "_".join(sorted((clinic, school)))
    between = f"/relationships/{two}"
    await told(table, f"{between}/tensions", {"cause": words(TENSION)}, BO)
    breach = {"breach": new_id(), "offender": clinic, "kind": "leak", "what": words(BREACH)}
    await told(table, f"{between}/breaches", breach, BO)
    amends = {"breach": breach["breach"], "offer": words(AMENDS)}
    await told(table, f"{between}/amends", amends, ANA)
    term = {"term": new_id(), "name": words("Rent"), "min": 0, "max": 1_000_000}
    await told(table, "/terms", term, ANA)
    line = {
        "term": term["term"], "acceptable": {"min": int(LINE), "max": int(LINE)}, "sealed": True,
        "valid_until": "2999-12-31",
    }  # fmt: skip
    await told(table, f"/members/{school}/bottom-lines", line, BO)
    goal = {"goal": new_id(), "text": words(GOAL), "due": "2999-12-31"}
    await told(table, f"/people/{bo}/goals", goal, BO)
    raised = {"name": words(MEMBERS_WORD), "summary": words(MEMBERS_WORD)}
    issue = await told(table, "/issues", raised, CY)

    ids = {"organisation": school, "issue_id": issue, "person_id": bo, "coalition": table.slug}
    spec = (await here.client.get("http://members/openapi.json", headers=here.headers(ANA))).json()
    pages = sorted(
        path
        for path, methods in spec["paths"].items()
        if "get" in methods and not path.endswith("/events/stream")  # which never ends
    )
    assert len(pages) > 20
    found = {reader: set[str]() for reader in SEES}
    for page in pages:
        path = page.format(**ids).removeprefix("/api/v1")
        for reader, seen in found.items():
            more = {"at_least": table.reached} if "{coalition}" in page else {}
            answer = await here.get(path, reader, **more)
            assert answer.status_code in ({200} if reader != STRANGER else {200, 404}), (
                path,
                answer.text,
            )
            leaked = {word for word in ALL - SEES[reader] if word in answer.text}
            assert not leaked, (path, reader)
            seen |= {word for word in ALL if word in answer.text}
    assert found == {reader: words_ - NOWHERE_YET for reader, words_ in SEES.items()}
