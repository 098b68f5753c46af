"""What a log of a million entries asks of those who keep it: not that they hold it.

What they must not read is not there, so that they would miss it; and what they hold is measured.
"""

import os
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from services.audit.signed import Store
from services.audit.signer import STORE
from services.audit.views.served import proof
from shared.database import tenant
from shared.tlog.edge import Edge, widths
from shared.tlog.tiles import WIDTH
from shared.tlog.tree import Peaks, leaf_hash, verify_inclusion
from tests.audit.house import WRAPS, House

MILLION = 1_000_000
MB = 1 << 20
ORIGIN = "host.example/audit/c/1"
LEAVES_IN_SQL = (
    "with recursive n(seq) as (select 0 union all select seq + 1 from n where seq + 1 < ?)"
    " insert or replace into leaf select ?, seq, randomblob(32) from n"
)


@contextmanager
def measured() -> Iterator[list[int]]:
    """Measure how many bytes are held at most until the block ends."""
    peak = [0]
    tracemalloc.start()
    try:
        yield peak
        peak[0] = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def signed(path: Path, origin: str, peaks: Peaks) -> None:
    """Let a signer have signed as many leaves as these peaks have, whatever they were."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(LEAVES_IN_SQL, [peaks.size, origin])
        db.execute(
            "update head set size = ?, peaks = ? where origin = ?",
            [peaks.size, b"".join(peaks.hashes), origin],
        )


def test_the_signer_holds_what_it_is_told_and_no_more(tmp_path: Path) -> None:
    peaks = Peaks(MILLION, [os.urandom(32) for _ in range(MILLION.bit_count())])
    new = [leaf_hash(bytes([number])) for number in range(9)]
    with closing(Store(tmp_path / STORE, WRAPS)) as store:
        store.open(ORIGIN)
        signed(tmp_path / STORE, ORIGIN, peaks)
        with measured() as peak:
            note = store.sign(ORIGIN, MILLION, new)
    peaks.extend(new)
    assert f"\n{MILLION + 9}\n" in note
    assert peak[0] < MB, f"{peak[0]:,} bytes"


async def test_what_is_sealed_and_proved_is_read_from_the_edge_alone(
    home: House, coalition: UUID
) -> None:
    await home.put(coalition, 5)
    await home.sealer.look()
    log = await home.log(coalition)
    rows = [
        [sha256(b"%d %d" % (level, number)).digest() for number in range(width)]
        for level, width in enumerate(widths(MILLION))
    ]
    edge = Edge(MILLION, rows)
    await move_to(home, coalition, rows)
    peaks = edge.peaks()
    await home.admin.execute(
        "update log.log set size = $2, sealed_size = $3, sealed_peaks = $4, changed_at = now()"
        " where coalition_id = $1",
        coalition, MILLION + 5, MILLION, b"".join(peaks.hashes),
    )  # fmt: skip
    await home.admin.execute(
        "update log.checkpoint set size = $2 where coalition_id = $1", coalition, MILLION
    )
    signed(home.folder / "signed" / STORE, log.origin, peaks)
    turn = await home.sealer.seal(coalition)
    assert turn is not None
    assert (turn.begins, turn.peaks.size, turn.left) == (MILLION, MILLION + 5, 0)
    found = await home.log(coalition)
    assert found.note is not None
    assert f"\n{MILLION + 5}\n" in found.note.text
    async with tenant(home.app, [coalition]) as db:
        for number, leaf in enumerate(turn.hashes):
            proved = await proof(db, found, MILLION + number, leaf)
            root = turn.peaks.root()
            verify_inclusion(MILLION + number, MILLION + 5, leaf, proved, root)


async def move_to(home: House, coalition: UUID, rows: list[list[bytes]]) -> None:
    """Let five entries be those after a million, of which only the last tiles' hashes are there."""
    await home.admin.execute(
        "update log.entry set seq = seq + $2, position = position + $2 where coalition_id = $1",
        coalition, MILLION,
    )  # fmt: skip
    leaves, *above = rows
    await home.admin.executemany(
        "insert into log.entry"
        " select $1, log_id, $2::bigint, 'members', $2::bigint + 1, $3, '', $4"
        " from log.log where coalition_id = $1",
        [
            (coalition, seq, UUID(int=coalition.int + seq), leaf)
            for seq, leaf in enumerate(leaves, MILLION - len(leaves))
        ],
    )
    for level, row in enumerate(above):
        first = MILLION // WIDTH ** (level + 1) - len(row)
        await home.admin.executemany(
            "insert into log.tile select $1, log_id, $2, $3, $4, $5 from log.log"
            " where coalition_id = $1",
            [(coalition, level, n, bytes(8_192), root) for n, root in enumerate(row, first)],
        )


async def test_large_entries_are_in_memory_a_page_at_a_time(home: House, coalition: UUID) -> None:
    await home.put(coalition, 1)
    await home.sealer.look()
    count, size = 4_096, 16_384
    await home.admin.execute(
        "insert into log.entry"
        " select coalition_id, log_id, n, service, n + 1, gen_random_uuid(), large,"
        " sha256('\\x00'::bytea || large)"
        " from (select e.*, n, rpad(n::text, $3, 'x')::bytea as large from log.entry e,"
        "  generate_series(1, $2) n where e.coalition_id = $1) as new",
        coalition, count, size,
    )  # fmt: skip
    await home.admin.execute(
        "update log.log set size = 1 + $2, changed_at = now() where coalition_id = $1",
        coalition, count,
    )  # fmt: skip
    with measured() as peak:
        await home.sealer.seal(coalition)
    assert (await home.log_row(coalition))["sealed_size"] == 1 + count
    assert peak[0] < count * size // 2, f"{peak[0] // MB} MB of {count * size // MB}"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_535, 65_536, MILLION])
def test_the_edge_of_a_log_is_small(size: int) -> None:
    assert sum(widths(size)) <= 3 * (WIDTH - 1)
