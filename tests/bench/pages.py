"""B14: what people open, in a coalition of 1,000 organisations, 5,000 people and 200,000 events.

The coalition is brought in through the import route of `accord up`; then each page is opened as
the chair's delegate, once to warm up and then some times over. The figure is the slowest page's
median in milliseconds; the note names those that take too long, and what a whole sheet takes.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import parse_qsl
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
MUST, MOONSHOT = 300, 100
SLOWEST = 12
PATIENCE_S = 300
LATE = "has not caught up"
NOT_YET = (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE)
TARGETS = (Target("B14", "pages", None, EVENTS, MUST, MOONSHOT, "lower", "worst_ms", rounds=1),)
CONTROL = None
READ = (
    "members", "members/{org}", "alignments", "alignments.csv", "roster", "roster.csv", "names",
    "people", "me", "growth", "erasures", "bodies", "charter", "decision-structure", "acceptances",
    "acceptances.csv", "terms", "scenarios", "reviews", "issues", "issues/{issue}",
    "disagreements", "threats", "capacities", "conflicts", "constituencies", "exchanges",
    "mentorships", "relationships", "bottom-lines", "compromises",
)  # fmt: skip
REPORTS = (
    "decision-register", "who-decided-what", "participation", "common-ground",
    "representation-gaps", "open-next-steps", "relationship-health", "stage-timeline",
    "mandate", "retention-and-growth", "shared-policies", "claims-and-disputes", "impact",
)  # fmt: skip
SHOWN = (
    "", "/organisations", "/organisations/{org}", "/charter", "/charter/orphans",
    "/charter/acceptances/ground-rules", "/structure", "/alignment", "/reviews", "/issues",
    "/issues/{issue}", "/constituencies", "/threats", "/exchanges", "/conflicts",
    "/relationships", "/messages", "/partners", "/reports", "/you", "/decisions", "/propose",
    "/meetings", "/steps", "/lessons",
)  # fmt: skip
SHEETS = (
    "constituencies", "people", "issues", "members", "bodies", "accreditations", "seats",
    "positions",
)  # fmt: skip
PAGES = (
    *(f"/members/api/v1/coalitions/{SLUG}/{page}" for page in READ),
    f"/transparency/api/v1/coalitions/{SLUG}/coalition",
    *(
        f"/transparency/api/v1/coalitions/{SLUG}/reports/{name}.{form}"
        for name in REPORTS
        for form in ("json", "csv", "html")
    ),
    *(
        f"/transparency/api/v1/coalitions/{SLUG}/reports/credit-statement.{form}"
        "?organisation={org}"
        for form in ("json", "csv", "html")
    ),
    *(f"/c/{SLUG}{page}" for page in SHOWN),
)
FOLLOWS = tuple(
    f"/{service}/api/v1/coalitions/{SLUG}/{page}"
    for service, page in (
        ("meetings", "meetings"),
        ("credit", "wins"),
        ("transparency", "coalition"),
    )
)
"""Opened first, so that no page is timed while a service still reads what was brought in."""
EXPORTED = tuple(f"/members/api/v1/coalitions/{SLUG}/{sheet}.csv" for sheet in SHEETS)
"""Opened once, and told beside the pages: all there is, 180,000 rows in one of them."""
A_FEW = 26_000
"""Lines of a short run: the coalition, what its members brought, and eight issues."""
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


async def _bring(running: Suite, events: int) -> int:
    """Import the coalition, so many lines of it; return its position."""
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
            if number >= events:
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


@dataclass(frozen=True)
class Opened:
    """How many milliseconds a page took: in the middle and at worst; or what came instead."""

    page: str
    middle: float = 0.0
    worst: float = 0.0
    instead: str = ""

    def __str__(self) -> str:
        name = self.page.partition(SLUG)[2] or "/"
        return f"{name} {self.instead or f'{self.middle:.0f} ({self.worst:.0f})'}"


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Offer the row; the coalition is made when it is measured."""

    async def measure(_at: int, secs: float) -> Sample:
        whole = secs >= 1
        async with suite(ACCORD_DEMO="true") as running:
            assert running.process is not None
            position = await _bring(running, EVENTS if whole else A_FEW)
            clock = Clock({running.process.pid})
            async with person(running, SLUG, WHO) as somebody:
                for page in FOLLOWS:
                    await _opened(somebody, page, position, 1)
                pages = [await _opened(somebody, page, position) for page in PAGES]
                sheets = [await _opened(somebody, page, position, 1) for page in EXPORTED if whole]
            cpu = clock.stop()[2]
        shut = [page for page in (*pages, *sheets) if page.instead]
        took = [page.middle for page in pages if not page.instead]
        slow = sorted((page for page in pages if page.middle > MUST), key=lambda one: -one.middle)
        return Sample(
            len(took) * AGAIN, sum(took) * AGAIN / 1000, p50_ms=median(took), worst_ms=max(took),
            cpu_servers_s=cpu, errors=len(shut),
            note="; ".join(
                f"{what}: {', '.join(map(str, which))}"
                for what, which in (
                    ("not opened", shut),
                    (f"over {MUST} ms, median (worst)", slow),
                    ("slowest", sorted(pages, key=lambda one: -one.middle)[:SLOWEST]),
                    ("sheets", sheets),
                )
                if which
            ),
        )  # fmt: skip

    yield [Row("pages", (EVENTS,), measure, once=True)]


async def _opened(somebody: Person, page: str, position: int, again: int = AGAIN) -> Opened:
    """Open a page once to warm up, as soon as it is of that position, then some times over.

    An answer that breaks off, or never comes, is told like one that is none.
    """
    try:
        return await _timed(somebody, page, position, again)
    except httpx2.HTTPError as error:
        return Opened(page, instead=type(error).__name__)


async def _timed(somebody: Person, page: str, position: int, again: int) -> Opened:
    path, _, asks = page.format(org=_id("organisation", 500), issue=_id("issue", 7)).partition("?")
    narrowed = dict(parse_qsl(asks))
    url, by = f"{somebody.suite.url}{path}", _id("organisation")

    async def opened(**query: str) -> httpx2.Response:
        query |= narrowed
        if page.startswith("/c/"):
            return await somebody.client.get(url, params=query)
        return await somebody.suite.get(path, CHAIR, by=by, **query)

    async def answered(**query: str) -> tuple[httpx2.Response, float]:
        for _ in range(PATIENCE_S):
            began = time.perf_counter()
            answer = await opened(**query)
            took = time.perf_counter() - began
            if answer.status_code not in NOT_YET and LATE not in answer.text:
                break
            await asyncio.sleep(1)
        return answer, took * 1000

    first, _ = await answered(at_least=f"members/{position}")
    if first.status_code != httpx2.codes.OK:
        return Opened(page, instead=f"answered {first.status_code}")
    took = []
    for _ in range(again):
        answer, ms = await answered()
        if answer.status_code != httpx2.codes.OK:
            return Opened(page, instead=f"answered {answer.status_code}")
        took.append(ms)
    return Opened(page, median(took), max(took))
