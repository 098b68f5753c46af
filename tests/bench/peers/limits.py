"""The limit: a thousand ready events a commit, by COPY or one `unnest`, and nothing else done.

`python -m tests.bench.peers.limits copy|unnest`: into a table of the journal's shape, keys
included, with one stream a batch.
"""

import os
import sys
import time
from typing import Any
from uuid import UUID

import uvloop

from shared.canonical import chain_start
from shared.hot import Connection
from tests.bench import notes
from tests.bench.meter import Sample, timed
from tests.bench.worker import POSTGRES, serve
from tests.shared.jars import shop

ROWS = 1_000
BATCHES_A_SECOND = 160
COLUMNS = (
    "coalition_id", "position", "event_id", "stream", "version", "type", "bytes", "chain",
    "traceparent",
)  # fmt: skip
UNNEST = (
    "insert into journal.event select * from unnest($1::uuid[], $2::bigint[], $3::uuid[],"
    " $4::text[], $5::bigint[], $6::text[], $7::bytea[], $8::bytea[], $9::text[])"
)
LENGTH = 1_066
"""Of a plain note as the journal writes it."""


class Limit:
    """Batches made ready before the clock runs."""

    def __init__(self, db: Connection, how: str) -> None:
        self._db = db
        self._copies = how == "copy"
        self._position = 0

    def _ready(self) -> list[Any]:
        first = self._position + 1
        self._position += ROWS
        positions = list(range(first, first + ROWS))
        chain = chain_start("limit", notes.COALITION)
        columns: list[Any] = [
            [notes.COALITION] * ROWS, positions, [UUID(int=n) for n in positions],
            [f"note-{UUID(int=first)}"] * ROWS, list(range(1, ROWS + 1)), ["PlainlyNoted"] * ROWS,
            [b"x" * LENGTH] * ROWS, [chain] * ROWS, [None] * ROWS,
        ]  # fmt: skip
        return list(zip(*columns, strict=True)) if self._copies else columns

    async def _write(self, batch: list[Any]) -> None:
        if self._copies:
            await self._db.copy_records_to_table(
                "event", schema_name="journal", records=batch, columns=COLUMNS
            )
        else:
            await self._db.execute(UNNEST, *batch)

    async def measure(self, _at: int, secs: float) -> Sample:
        batches = [self._ready() for _ in range(int(BATCHES_A_SECOND * secs) + 1)]
        took = []
        cpu, began = time.process_time(), time.perf_counter()
        for batch in batches:
            start = time.perf_counter()
            await self._write(batch)
            took.append(time.perf_counter() - start)
            if time.perf_counter() - began >= secs:
                break
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        self._position -= ROWS * (len(batches) - len(took))
        stored = await self._db.fetchval(
            "select count(*) from journal.event where position > $1",
            self._position - ROWS * len(took),
        )
        sample = timed(took, secs=seconds, cpu=used)
        done = ROWS * len(took)
        return Sample(**(vars(sample) | {"n": done, "lost": done - stored}))


async def main(how: str) -> None:
    """Measure until there are no more orders."""
    async with (
        shop(os.environ[POSTGRES], f"limit_{how}", notes.rules("limit")) as opened,
        opened.admin.acquire() as db,
    ):
        await serve(Limit(db, how).measure)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
