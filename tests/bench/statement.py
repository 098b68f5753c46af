"""B15: the credit statement of an organisation for funders, where much has been done.

A coalition with 500 wins and 20,000 contributions is brought in through the import route of
`accord up`; once PostgreSQL has looked at what came in, the statement is opened in each form, once
to warm up and then some times over. The figure is the median in milliseconds of the slower of those
that people open; the note tells each, the whole sheet too.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import UUID, uuid5

import httpx2
import orjson

from tests.bench.meter import Clock, Row, Sample, Target
from tests.bench.stage import Stage
from tests.end_to_end.coalition import Coalition, form, text
from tests.suite import suite

WINS, CONTRIBUTIONS, ORGANISATIONS = 500, 20_000, 10
A_FEW = 20
SLUG, CHAIR = "statement", "Clinic"
FORMS = "json", "csv", "html"
AGAIN, PATIENCE_S = 7, 120
LOOKED_AT_S = 30  # the database gathers statistics by itself, every ten seconds
OPENED = "json", "html"
MUST, MOONSHOT = 500, 100
ROLES = "drafting", "research", "hosting", "media", "lobbying"
TARGETS = (
    Target("B15", "statement", None, CONTRIBUTIONS, MUST, MOONSHOT, "lower", "worst_ms", rounds=1),
)
CONTROL = None
Line = tuple[str, UUID, dict[str, Any], str]


def _lines(table: Coalition, wins: int, contributions: int) -> Iterator[Line]:
    orgs = sorted(table.orgs.values())
    space = UUID(table.id)
    for number in range(wins):
        title = {"title": text(f"Win {number}"), "size": "step"}
        yield "DeclareWin", uuid5(space, f"win {number}"), title, orgs[number % len(orgs)]
    for number in range(contributions):
        of, by = orgs[number % len(orgs)], orgs[(number + 1) % len(orgs)]
        told = {
            "of": of, "role": ROLES[number % len(ROLES)], "degree": "equal",
            "about": [f"credit/{number % wins + 1}"], "what": text(f"Deed {number}."),
        }  # fmt: skip
        yield "RecordContribution", uuid5(space, f"deed {number}"), told, by


async def bring(table: Coalition, wins: int, contributions: int) -> int:
    """Import what was done; return the position of credit."""

    async def asked() -> AsyncIterator[bytes]:
        for command, key, body, by in _lines(table, wins, contributions):
            line = {
                "command": command, "id": str(key), "at": "2026-01-01T12:00:00Z", "version": 1,
                "body": body, "by": by,
            }  # fmt: skip
            yield orjson.dumps(line) + b"\n"

    running, recorded = table.suite, 0
    headers = running.headers("operator") | {"Content-Type": "application/x-ndjson"}
    path = f"{running.url}/credit/api/v1/coalitions/{table.id}/import"
    async with running.client.stream(
        "POST", path, content=asked(), headers=headers, timeout=600
    ) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for said in answer.aiter_lines():
            told = orjson.loads(said)
            assert not told.get("reason"), told
            recorded = told.get("position", recorded)
    return recorded


async def _opened(table: Coalition, suffix: str, **query: Any) -> tuple[httpx2.Response, float]:
    """Open the statement for funders, once the reports are there; return what it took in ms."""
    of = table.orgs[CHAIR]
    path = f"reports/credit-statement.{suffix}"
    for _ in range(PATIENCE_S):
        began = time.perf_counter()
        answer = await table.get(
            "transparency", path, CHAIR, organisation=of, audience="funders", **query
        )
        took = time.perf_counter() - began
        if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
            break
        await asyncio.sleep(1)
    return answer, took * 1_000


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Offer the row; the coalition is made when it is measured."""

    async def measure(_at: int, secs: float) -> Sample:
        whole = secs >= 1
        async with suite(ACCORD_DEMO="true") as running:
            assert running.process is not None
            table = await form(running, SLUG, CHAIR)
            for number in range(1, ORGANISATIONS):
                position = await table.admit(f"Partner {number}")
            await table.settled(f"members/{position}")
            wins, deeds = (WINS, CONTRIBUTIONS) if whole else (A_FEW, A_FEW)
            recorded = await bring(table, wins, deeds)
            if whole:
                await asyncio.sleep(LOOKED_AT_S)
            clock = Clock({running.process.pid})
            middles, errors, spent = {}, 0, 0.0
            for suffix in FORMS:
                first, _ = await _opened(table, suffix, at_least=f"credit/{recorded}")
                errors += first.status_code != httpx2.codes.OK
                took = [(await _opened(table, suffix))[1] for _ in range(AGAIN)]
                middles[suffix], spent = median(took), spent + sum(took) / 1_000
            cpu = clock.stop()[2]
        return Sample(
            AGAIN * len(FORMS), spent, p50_ms=median(middles.values()),
            worst_ms=max(middles[suffix] for suffix in OPENED), cpu_servers_s=cpu, errors=errors,
            note=", ".join(f".{suffix} {ms:.0f} ms" for suffix, ms in middles.items()),
        )  # fmt: skip

    yield [Row("statement", (CONTRIBUTIONS,), measure, once=True)]
