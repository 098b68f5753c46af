"""Imports as people run them, and the reports that they compare."""

import asyncio
import csv
import gzip
import io
import sys
import time
from pathlib import Path
from typing import Any

import orjson

from tests.suite import Suite

UNGA = Path(__file__).parents[3] / "shared" / "data" / "unga"
ROLL_CALLS, VOTES = 2_999, 342_467
CSVS = ("decision-register", "who-decided-what", "open-next-steps")


async def begin(
    suite: Suite, kind: str, *paths: Path, slug: str, refused: Path
) -> asyncio.subprocess.Process:
    """Start `accord import`."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "import", kind, *map(str, paths),
        "--coalition", slug, "--url", suite.url, "--data", str(suite.data),
        "--refused", str(refused), "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def imported(suite: Suite, kind: str, *paths: Path, slug: str) -> dict[str, Any]:
    """Run `accord import` to its end, and return what it says of itself."""
    refused = suite.data.parent / f"refused-{slug}.csv"
    process = await begin(suite, kind, *paths, slug=slug, refused=refused)
    said, remarks = await process.communicate()
    assert said, remarks.decode()
    report: dict[str, Any] = orjson.loads(said) | {"code": process.returncode}
    return report


async def imported_votes(suite: Suite, folder: Path = UNGA) -> tuple[dict[str, Any], float]:
    """Import roll calls; return the report, and the seconds until the register shows them all."""
    began = time.monotonic()
    report = await imported(suite, "roll-calls", folder, slug="unga")
    with gzip.open(folder / "roll_calls.csv.gz", "rt", newline="") as file:
        calls = sum(1 for _ in csv.DictReader(file))
    await caught_up(suite, "unga", calls)
    return report, time.monotonic() - began


async def register(suite: Suite, slug: str) -> list[dict[str, str]]:
    """Return every row of the decision register."""
    content = await report_csv(suite, slug, "decision-register")
    return list(csv.DictReader(io.StringIO(content.decode())))


async def report_csv(suite: Suite, slug: str, report: str, **query: Any) -> bytes:
    """Return a whole report as CSV, once the read model has caught up."""
    path = f"/transparency/api/v1/coalitions/{slug}/reports/{report}.csv"
    answer = await suite.get(path, "operator", **query)
    assert answer.status_code == 200, answer.text
    return answer.content


async def caught_up(suite: Suite, slug: str, decisions: int) -> None:
    """Wait until the register shows so many decisions, and steps and credit have settled."""
    for _ in range(600):
        path = f"/transparency/api/v1/coalitions/{slug}/reports/decision-register.csv"
        answer = await suite.get(path, "operator")
        if answer.status_code == 200 and answer.text.count("\r\n") == decisions + 1:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"the register never showed {decisions} decisions: {answer.text[:500]}")


async def all_csvs(suite: Suite, slug: str) -> dict[str, bytes]:
    """Return R1, R2, R6, and R7 of every organisation, as CSV."""
    found = {name: await report_csv(suite, slug, name) for name in CSVS}
    answer = await suite.get(f"/transparency/api/v1/coalitions/{slug}/organisations", "operator")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    for org in said["items"] if isinstance(said, dict) else said:
        name = f"credit-statement {org['id']}"
        found[name] = await report_csv(suite, slug, "credit-statement", organisation=org["id"])
    return found
