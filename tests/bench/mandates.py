"""B13: what 50 organisations accept for 50 terms, from what meetings holds hot.

The fact that a mandate check rests on: who said nothing valid, who accepts what, those that are
active. Each term has a line of each organisation, and every tenth a compromise of all.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.meetings.domain.ids import OrgId, TermId
from services.meetings.domain.mandate import Compromise, Line, Lines, Range
from services.meetings.views.lines import LINES, mandate
from services.meetings.views.roll import ROLL, Member, Roll
from shared.event import Context
from shared.hot import Reading, Snapshot
from tests.bench.meter import Row, Sample, Target, timed
from tests.bench.stage import Stage

ORGANISATIONS = TERMS = 50
TARGETS = (Target("B13", "mandate", None, ORGANISATIONS, 1, 0.2, "lower", "p99_ms", rounds=1),)
CONTROL = None
NOW = datetime.now(UTC)


class Hot(Reading):
    """The two snapshots as they are held between commands."""

    def __init__(self, roll: Roll, lines: Lines) -> None:
        self.context = Context(UUID(int=9), None, None, NOW)
        self._held = {ROLL.name: roll, LINES.name: lines}

    async def snapshot(self, snapshot: Snapshot[Any]) -> Any:
        return self._held[snapshot.name]


def _hot() -> Hot:
    orgs = [OrgId(UUID(int=n)) for n in range(1, ORGANISATIONS + 1)]
    terms = [TermId(UUID(int=1_000 + n)) for n in range(TERMS)]
    until = (NOW + timedelta(days=30)).date()
    member = Member(
        suspended=False, commitment="homework", voting_right=True, constituencies=(), related=()
    )
    everybody = frozenset(orgs)
    deals = tuple(
        Compromise(everybody, everybody, {term: Range(1, 5)}, until) for term in terms[::10]
    )
    said = {term: {org: Line(Range(0, 9), until) for org in orgs} for term in terms}
    roll = Roll(
        informal=False, members=dict.fromkeys(orgs, member), bodies={}, issues={}, mandates={},
        roles=(),
    )  # fmt: skip
    return Hot(roll, Lines(said, deals))


@asynccontextmanager
async def rows(_stage: Stage) -> AsyncIterator[list[Row]]:
    """Hold the facts of one coalition."""
    hot = _hot()

    async def measure(_at: int, secs: float) -> Sample:
        took, cpu, began = list[float](), time.process_time(), time.perf_counter()
        while (start := time.perf_counter()) < began + secs:
            found = await mandate(hot)
            took.append(time.perf_counter() - start)
            assert len(found) == TERMS
            assert all(len(of) == ORGANISATIONS for of in found.values())
        spent = time.process_time() - cpu
        return timed(took, secs=time.perf_counter() - began, cpu=spent, lost=0)

    yield [Row("mandate", (ORGANISATIONS,), measure)]
