"""B12: the record of a real assembly, from `accord import` until its reports are complete."""

import csv
import gzip
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from tests.bench.meter import Clock, Row, Sample, Target
from tests.bench.stage import Stage
from tests.end_to_end.imports import UNGA, VOTES, imported_votes
from tests.suite import suite

A_FEW = 20
TARGETS = (
    Target("B12", "import-votes", None, 1, 300, 60, better="lower", measure="secs", rounds=1),
)
CONTROL = None


@asynccontextmanager
async def rows(stage: Stage) -> AsyncIterator[list[Row]]:
    """Offer the import where the data is."""
    if not UNGA.is_dir():
        stage.skip("import-votes", "the votes are not in ../shared/data/unga")
        yield []
        return

    async def measure(_at: int, secs: float) -> Sample:
        async with suite(ACCORD_DEMO="true") as running:
            assert running.process is not None
            folder, votes = UNGA, VOTES
            if secs < 1:
                folder = running.data.parent / "few"
                votes = _shortened(folder)
            clock = Clock({running.process.pid})
            report, seconds = await imported_votes(running, folder)
            cpu = clock.stop()[2]
        return Sample(votes, seconds, cpu_servers_s=cpu, errors=int(report["refused"]))

    yield [Row("import-votes", (1,), measure, once=True)]


def _shortened(folder: Path) -> int:
    """Write the first roll calls and their votes; return the number of votes."""
    folder.mkdir()
    shutil.copy(UNGA / "issues.csv.gz", folder)
    with gzip.open(UNGA / "roll_calls.csv.gz", "rt", newline="") as file:
        calls = list(islice(csv.DictReader(file), A_FEW))
    wanted = {call["rcid"] for call in calls}
    with gzip.open(UNGA / "votes.csv.gz", "rt", newline="") as file:
        votes = [vote for vote in csv.DictReader(file) if vote["rcid"] in wanted]
    _write(folder / "roll_calls.csv.gz", calls)
    _write(folder / "votes.csv.gz", votes)
    return len(votes)


def _write(path: Path, found: list[dict[str, str]]) -> None:
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
