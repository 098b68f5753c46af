"""B14: what people open, in a coalition of 1,000 organisations, 5,000 people and 200,000 events.

The coalition is brought in through the import route of `accord up`; then each page is opened as
the chair's delegate, once to warm up and then some times over. The figure is the slowest page's
median in milliseconds; the note names it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import UUID, uuid5

import httpx2
import orjson

from tests.bench.meter import Clock, Row, Sample, Target
from tests.bench.stage import Stage
from tests.end_to_end.coalition import mail
from tests.suite import Suite, suite
from tests.web.browsing import Person, person

ORGANISATIONS, PEOPLE, ISSUES, THREATS, EVENTS = 1_000, 5_000, 120, 100, 200_000
COALITION = UUID(int=14)
SLUG, WHO = "pages", "Chair"
CHAIR = mail(WHO)
AGAIN = 7
TARGETS = (Target("B14", "pages", None, EVENTS, 300, 100, "lower", "p99_ms", rounds=1),)
CONTROL = None
READ = (
    "members", "members/{org}", "people", "bodies", "charter", "reviews", "alignments", "issues",
    "issues/{issue}", "disagreements", "threats", "capacities", "conflicts", "constituencies",
    "exchanges", "mentorships", "relationships", "members.csv", "people.csv",
)  # fmt: skip
REPORTS = (
    "decision-register", "who-decided-what", "participation", "common-ground",
    "representation-gaps", "open-next-steps", "relationship-health", "stage-timeline",
    "retention-and-growth",
)  # fmt: skip
SHOWN = (
    "organisations", "organisations/{org}", "charter", "charter/acceptances/ground-rules",
    "structure", "alignment", "reviews", "issues", "issues/{issue}", "constituencies", "threats",
    "exchanges", "conflicts", "relationships",
)  # fmt: skip
PAGES = (
    *(f"/members/api/v1/coalitions/{SLUG}/{page}" for page in READ),
    f"/transparency/api/v1/coalitions/{SLUG}/coalition",
    *(
        f"/transparency/api/v1/coalitions/{SLUG}/reports/{name}.{form}"
        for name in REPORTS
        for form in ("json", "csv", "html")
    ),
    *(f"/c/{SLUG}/{page}" for page in SHOWN),
)
Told = Iterator[tuple[str, UUID, dict[str, Any], UUID | None]]
"""Command, stream's id, body, and the organisation that acts."""


def _id(what: str, number: int = 0) -> UUID:
    return uuid5(COALITION, f"{what} {number}")


def _words(text: str) -> dict[str, str]:
    return {"lang": "en", "text": text}


def _member(number: int) -> dict[str, Any]:
    return {
        "name": _words(f"Organisation {number}"), "kind": "organization", "sector": "education",
        "constituencies": [], "commitment": "homework", "voting_right": True, "ground_rules": 0,
    }  # fmt: skip


def _table(orgs: list[UUID]) -> Told:
    founder = _member(0) | {"org": str(orgs[0])}
    forming = {
        "slug": SLUG, "template": "alliance", "name": _words("Pages"), "founder": founder,
        "plenary": str(_id("plenary")),
    }  # fmt: skip
    yield "FormCoalition", COALITION, forming, None
    for number, org in enumerate(orgs[1:], 1):
        yield "AdmitMember", org, _member(number), orgs[0]
    for number in range(PEOPLE):
        contact = CHAIR if number == 0 else f"person-{number}@pages.example"
        named = {"name": _words(f"Person {number}"), "contact": _words(contact), "locale": "en"}
        yield "RegisterPerson", _id("person", number), named, None
    for number in range(PEOPLE):
        org = orgs[number % ORGANISATIONS]
        given = {
            "accreditation": str(_id("accreditation", number)), "body": str(_id("plenary")),
            "person": str(_id("person", number)), "authority": "full",
            "voting": number < ORGANISATIONS,
        }  # fmt: skip
        yield "AccreditRepresentative", org, given, org
    chair = {"role": "chair", "accreditation": str(_id("accreditation"))}
    yield "TakeRole", _id("plenary"), chair, orgs[0]


def _spoken(orgs: list[UUID]) -> Told:
    why = _words("Because it matters to the people that we answer to, and has for years.")
    yield "AdoptGroundRules", COALITION, {"text": why}, orgs[0]
    for org in orgs:
        yield "StateAlignment", org, {"brings": why, "problem": why, "goals": why}, org
        yield "AcceptGroundRules", org, {"version": 1}, org
        yield "StateNeed", org, {"need": why, "stakeholders": why}, org
        for strength in ("press", "data", "translation"):
            yield "DeclareStrength", org, {"strength": strength}, org
    for number in range(ISSUES):
        issue = _id("issue", number)
        raised = {"name": _words(f"Issue {number}"), "summary": why}
        yield "RaiseIssue", issue, raised, orgs[0]
        for place, org in enumerate(orgs):
            position = ("support", "oppose", "can_live_with")[(place + number) % 3]
            yield "TakePosition", issue, {"position": position, "reason": why}, org
    for number in range(THREATS):
        threat = _id("threat", number)
        yield "IdentifyThreat", threat, {"name": _words(f"Threat {number}")}, orgs[number]
        for org in orgs[number + 1 : number + 51]:
            yield "ShareThreat", threat, {}, org
    for number in range(ISSUES):
        for org in orgs:
            changed = {"to": "no_position", "reason": why}
            yield "ChangePosition", _id("issue", number), changed, org


async def _bring(running: Suite) -> int:
    """Import the coalition; return its position."""
    orgs = [_id("organisation", number) for number in range(ORGANISATIONS)]
    versions: Counter[tuple[str, UUID]] = Counter()
    at = "2026-01-01T12:00:00Z"
    recorded = 0

    def lines() -> Iterator[bytes]:
        for part in (_table(orgs), _spoken(orgs)):
            for command, key, body, by in part:
                stream = STREAMS.get(command, command), key
                versions[stream] += 1
                version = versions[stream]
                if command == "FormCoalition":
                    versions["body", _id("plenary")] = versions["membership", orgs[0]] = 1
                line = {
                    "command": command, "id": str(key), "at": at, "version": version, "body": body,
                }  # fmt: skip
                yield orjson.dumps(line | ({"by": str(by)} if by else {})) + b"\n"

    async def asked() -> AsyncIterator[bytes]:
        for number, line in enumerate(lines()):
            if number >= EVENTS:
                return
            yield line

    headers = running.headers("operator") | {"Content-Type": "application/x-ndjson"}
    path = f"{running.url}/members/api/v1/coalitions/{COALITION}/import"
    async with running.client.stream(
        "POST", path, content=asked(), headers=headers, timeout=600
    ) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for said in answer.aiter_lines():
            told = orjson.loads(said)
            assert not told.get("reason"), told
            recorded = told.get("position", recorded)
    return recorded


STREAMS = {
    "FormCoalition": "coalition", "AdoptGroundRules": "coalition", "AdmitMember": "membership",
    "StateAlignment": "membership", "AcceptGroundRules": "membership", "StateNeed": "membership",
    "RegisterPerson": "person", "AccreditRepresentative": "accreditation", "TakeRole": "body",
    "DeclareStrength": "capacity", "RaiseIssue": "issue", "TakePosition": "issue",
    "ChangePosition": "issue", "IdentifyThreat": "threat", "ShareThreat": "threat",
}  # fmt: skip


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Offer the row; the coalition is made when it is measured."""

    async def measure(_at: int, secs: float) -> Sample:
        pages = PAGES if secs >= 1 else PAGES[:1]
        async with suite(ACCORD_DEMO="true") as running:
            assert running.process is not None
            position = await _bring(running)
            clock = Clock({running.process.pid})
            async with person(running, SLUG, WHO) as somebody:
                found = {page: await _opened(somebody, page, position) for page in pages}
            cpu = clock.stop()[2]
        slowest = max(found, key=lambda page: found[page])
        said = ", ".join(
            f"{page.partition(SLUG)[2]} {ms:.0f}"
            for page, ms in sorted(found.items(), key=lambda each: -each[1])
        )
        worst = found[slowest]
        return Sample(
            len(pages) * AGAIN, sum(found.values()) * AGAIN / 1000, p50_ms=median(found.values()),
            p99_ms=worst, cpu_servers_s=cpu, note=f"milliseconds a page: {said}",
        )  # fmt: skip

    yield [Row("pages", (EVENTS,), measure, once=True)]


async def _opened(somebody: Person, page: str, position: int) -> float:
    """Return the median of how many milliseconds a warm page takes."""
    path = page.format(org=_id("organisation", 500), issue=_id("issue", 7))
    running, by = somebody.suite, _id("organisation")

    async def opened(**query: str) -> httpx2.Response:
        if page.startswith("/c/"):
            return await somebody.raw(path.removeprefix(somebody.root))
        return await running.get(path, CHAIR, by=by, **query)

    for _ in range(120):
        first = await opened(at_least=f"members/{position}")
        if first.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
            break
        await asyncio.sleep(1)
    assert first.status_code == httpx2.codes.OK, (path, first.text)
    took = []
    for _ in range(AGAIN):
        began = time.perf_counter()
        answer = await opened()
        took.append(time.perf_counter() - began)
        assert answer.status_code == httpx2.codes.OK, (path, answer.text)
    return median(took) * 1000
