"""The pages of a coalition of 1,000 organisations: in parts, each of a length to read."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest

from tests.end_to_end.coalition import mail, text
from tests.suite import Suite, suite
from tests.web.browsing import Person, person

pytestmark = pytest.mark.servers
ORGANISATIONS, ISSUES, THREATS = 1_000, 20, 20
COALITION = UUID(int=77)
SLUG, CHAIR = "large", "Chair"
LONGEST = 120_000
"""Bytes of a page's HTML, of which a browser gets less than a fifth where it is packed."""
STREAMS = {
    "FormCoalition": "coalition", "AdoptGroundRules": "coalition", "AdmitMember": "membership",
    "PublishDecisionStructure": "coalition", "NoteContextShift": "coalition",
    "StateAlignment": "membership", "AcceptGroundRules": "membership",
    "RegisterPerson": "person", "AccreditRepresentative": "accreditation", "TakeRole": "body",
    "DeclareStrength": "capacity", "RaiseIssue": "issue", "TakePosition": "issue",
    "IdentifyThreat": "threat", "ShareThreat": "threat", "OfferResource": "exchange",
}  # fmt: skip
WHY = text("Because it matters to the people that we answer to, and has for years.")
Told = Iterator[tuple[str, UUID, dict[str, Any], UUID | None]]


def _id(what: str, number: int = 0) -> UUID:
    return uuid5(COALITION, f"{what} {number}")


ORGS = [_id("organisation", number) for number in range(ORGANISATIONS)]


def _member(number: int) -> dict[str, Any]:
    return {
        "name": text(f"Organisation {number}"), "kind": "organization", "sector": "education",
        "constituencies": [], "commitment": "homework", "voting_right": True, "ground_rules": 0,
    }  # fmt: skip


def _table() -> Told:
    founder = _member(0) | {"org": str(ORGS[0])}
    forming = {
        "slug": SLUG, "template": "alliance", "name": text("Large"), "founder": founder,
        "plenary": str(_id("plenary")),
    }  # fmt: skip
    yield "FormCoalition", COALITION, forming, None
    for number, org in enumerate(ORGS[1:], 1):
        yield "AdmitMember", org, _member(number), ORGS[0]
    for number, org in enumerate(ORGS):
        contact = mail(CHAIR) if number == 0 else f"person-{number}@large.example"
        named = {"name": text(f"Person {number}"), "contact": text(contact), "locale": "en"}
        yield "RegisterPerson", _id("person", number), named, None
        given = {
            "accreditation": str(_id("accreditation", number)), "body": str(_id("plenary")),
            "person": str(_id("person", number)), "authority": "full", "voting": True,
        }  # fmt: skip
        yield "AccreditRepresentative", org, given, org
    chair = {"role": "chair", "accreditation": str(_id("accreditation"))}
    yield "TakeRole", _id("plenary"), chair, ORGS[0]


def _spoken() -> Told:
    yield "AdoptGroundRules", COALITION, {"text": WHY}, ORGS[0]
    structure = {"bodies": [str(_id("plenary"))], "text": WHY}
    yield "PublishDecisionStructure", COALITION, structure, ORGS[0]
    for number, org in enumerate(ORGS):
        if number % 3:
            yield "AcceptGroundRules", org, {"version": 1}, org
        if number % 2:
            yield "StateAlignment", org, {"brings": WHY, "problem": WHY, "goals": WHY}, org
        yield "DeclareStrength", org, {"strength": "press"}, org
        if number % 10 == 0:
            yield "OfferResource", _id("exchange", number), {"kind": "space", "what": WHY}, org
    for number in range(ISSUES):
        issue = _id("issue", number)
        raised = {"name": text(f"Issue {number}"), "summary": WHY}
        yield "RaiseIssue", issue, raised, ORGS[0]
        for place, org in enumerate(ORGS if number == 0 else ORGS[number::ISSUES]):
            position = ("support", "oppose", "can_live_with")[(place + number) % 3]
            yield "TakePosition", issue, {"position": position, "reason": WHY}, org
    for number in range(THREATS):
        threat = _id("threat", number)
        yield "IdentifyThreat", threat, {"name": text(f"Threat {number}")}, ORGS[0]
        for org in ORGS[1 + number : 1 + number + (500 if number == 0 else 20)]:
            yield "ShareThreat", threat, {}, org
    for _ in range(3):
        yield "NoteContextShift", COALITION, {"what": WHY}, ORGS[0]


async def _bring(running: Suite) -> int:
    """Import the coalition; return its position."""
    versions: Counter[tuple[str, UUID]] = Counter()
    recorded = 0
    lines = []
    for part in (_table(), _spoken()):
        for command, key, body, by in part:
            stream = STREAMS[command], key
            versions[stream] += 1
            if command == "FormCoalition":
                versions["body", _id("plenary")] = versions["membership", ORGS[0]] = 1
            line = {
                "command": command, "id": str(key), "at": "2026-01-01T12:00:00Z",
                "version": versions[stream], "body": body,
            }  # fmt: skip
            if command == "NoteContextShift":
                versions[stream] += 1  # the review that follows
            lines.append(orjson.dumps(line | ({"by": str(by)} if by else {})))
    headers = running.headers("operator") | {"Content-Type": "application/x-ndjson"}
    path = f"{running.url}/members/api/v1/coalitions/{COALITION}/import"
    answer = await running.client.post(
        path, content=b"\n".join(lines) + b"\n", headers=headers, timeout=300
    )
    assert answer.status_code == 200, answer.text
    for said in map(orjson.loads, answer.content.splitlines()):
        assert not said.get("reason"), said
        recorded = said.get("position", recorded)
    return recorded


@pytest.fixture(scope="module")
async def chair() -> AsyncIterator[Person]:
    async with suite(ACCORD_DEMO="true") as running:
        position = await _bring(running)
        async with person(running, SLUG, CHAIR) as somebody:
            for _ in range(30):
                shown = await somebody.raw(f"/charter?at_least=members/{position}")
                if "has not caught up" not in shown.text and shown.status_code == 200:
                    break
            yield somebody


@pytest.mark.parametrize(
    "path",
    [
        "/organisations",
        "/organisations?place=door",
        "/organisations?q=99",
        f"/organisations/{ORGS[500]}",
        f"/organisations/{ORGS[0]}",
        "/charter",
        "/charter/acceptances/ground-rules",
        "/structure",
        f"/structure/{_id('plenary')}",
        "/you",
        "/alignment",
        "/reviews",
        "/issues",
        f"/issues/{_id('issue')}",
        "/constituencies",
        "/threats",
        "/exchanges",
        "/conflicts",
        "/relationships",
        f"/relationships?with={ORGS[500]}",
    ],
)
async def test_a_page_is_of_a_length_to_read(chair: Person, path: str) -> None:
    answer = await chair.raw(path)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < LONGEST


async def test_the_roster_is_read_from_end_to_end_in_parts(chair: Person) -> None:
    seen: list[str] = []
    path = "/organisations"
    while path:
        page = (await chair.open(path)).page
        seen += [row.all("a")[0].words for row in page.all("tr") if row.attributes.get("id")]
        following = page.all("a", rel="next")
        path = following[0].attributes["href"].removeprefix(chair.root) if following else ""
    assert len(seen) == ORGANISATIONS
    assert seen == sorted(seen, key=str.casefold)
