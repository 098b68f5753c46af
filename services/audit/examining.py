"""The nightly look: each log made again from its leaves, and compared with its journals.

Nothing that is stored is believed: leaves are hashed again, tiles and roots follow from them, and
every event is fetched from its journal once more and compared byte for byte.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from services.audit.freezing import freeze
from shared.bus import Damaged
from shared.database import DB_TRANSIENT, tenant
from shared.hot import Connection
from shared.source import Source
from shared.tlog.tiles import WIDTH, split, top
from shared.tlog.tree import Peaks, leaf_hash

log = structlog.get_logger()

PAGE = 256 * 16
LOOK_SECONDS = 60.0
AT_NIGHT = 2
"""The hour, in UTC, from which on logs are examined that were not since yesterday."""


@dataclass(frozen=True)
class Difference:
    """Something that is not what it was.

    Args:
        service: Whose journal; `audit` where it is the log itself.
        position: In that journal, or the index in the log; from where on it differs.
        evidence: What was kept and what is there now, where both are there.
    """

    service: str
    position: int
    why: str
    evidence: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        return {"code": "difference", "position": self.position, "why": self.why, **self.evidence}


class Examiner:
    """Examines logs; what differs freezes them, and is published.

    Args:
        sources: The journals by their services.
        clock: Tells the time, aware and in UTC.
    """

    def __init__(
        self,
        app: asyncpg.Pool,
        watch: asyncpg.Pool,
        sources: Mapping[str, Source],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._app = app
        self._watch = watch
        self._sources = sources
        self._clock = clock
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Examine every log once a night until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except (*DB_TRANSIENT, ValueError) as error:
                log.info("examine_later", error=type(error).__name__)
            except Exception:
                log.exception("examine_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stopping.wait()

    async def look(self) -> None:
        """Examine the logs that were not since the night began."""
        night = self._clock().replace(minute=0, second=0, microsecond=0)
        if night.hour < AT_NIGHT:
            return
        async with self._watch.acquire(timeout=2) as db:
            due = await db.fetch(
                "select coalition_id from log.log where state = 'open'"
                " and (examined_at is null or examined_at < $1)",
                night.replace(hour=AT_NIGHT),
            )
        for row in due:
            if self._stopping.is_set():
                return
            await self.examine(row["coalition_id"])

    async def examine(self, coalition: UUID) -> list[Difference]:
        """Examine one log; freeze it where something differs, and return that."""
        found = [each async for each in self.differences(coalition)]
        for each in found:
            log.critical("log_differs", coalition=str(coalition), why=each.why)
            async with tenant(self._app, [coalition]) as db:
                await freeze(db, coalition, each.service, each.position, each.told())
        async with tenant(self._app, [coalition]) as db:
            await db.execute(
                "update log.log set examined_at = $2"
                " where coalition_id = $1 and state <> 'ended'",
                coalition, self._clock(),
            )  # fmt: skip
        return found

    async def differences(self, coalition: UUID) -> AsyncIterator[Difference]:
        """Yield the first difference of the log, and the first of each journal, if there are any.

        Raises:
            OSError: a journal does not answer.
        """
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(
                "select * from log.log where coalition_id = $1 and state <> 'ended'", coalition
            )
        if row is None:
            return
        try:
            await self._grown_again(row)
        except Differs as error:
            yield error.difference
        for service, source in self._sources.items():
            try:
                await self._compared(row, service, source)
            except Differs as error:
                yield error.difference

    async def _grown_again(self, row: asyncpg.Record) -> None:
        """Make the tree again, and compare it with all that was made of it before.

        Raises:
            Differs: at the first leaf, tile or checkpoint that is another.
        """
        where = row["coalition_id"], row["log_id"]
        async with tenant(self._app, where[:1]) as db:
            stated = await db.fetch(
                "select size, root from log.checkpoint"
                " where coalition_id = $1 and log_id = $2 and size <= $3 order by size",
                *where, row["sealed_size"],
            )  # fmt: skip
        roots = [(each["size"], each["root"]) for each in stated]
        if row["sealed_size"] not in dict(roots):
            roots.append((row["sealed_size"], None))
        peaks, tops = Peaks(), list[bytes]()
        for first in range(0, row["size"], PAGE):
            ends = min(first + PAGE, row["size"])
            async with tenant(self._app, where[:1]) as db:
                hashes = await _hashed(db, *where, first, ends)
                sealed = hashes[: max(row["sealed_size"] - first, 0)]
                tops += await _tiled(db, *where, 0, first // WIDTH, sealed)
            while roots and roots[0][0] <= first + len(sealed):
                size, root = roots.pop(0)
                peaks.extend(sealed[peaks.size - first : size - first])
                _check_root(row, peaks, root)
            peaks.extend(sealed[peaks.size - first :])
        level = 1
        while len(tops) >= WIDTH:
            async with tenant(self._app, where[:1]) as db:
                tops = await _tiled(db, *where, level, 0, tops)
            level += 1

    async def _compared(self, row: asyncpg.Record, service: str, source: Source) -> None:
        """Compare what was kept of a journal with the journal.

        Raises:
            Differs: at the first position that is another, or where it ends too early.
            OSError: it does not answer.
        """
        coalition, after = row["coalition_id"], 0
        while True:
            async with tenant(self._app, [coalition]) as db:
                kept = await db.fetch(
                    "select position, leaf from log.entry where coalition_id = $1"
                    " and log_id = $2 and service = $3 and position > $4"
                    " order by position limit $5",
                    coalition, row["log_id"], service, after, PAGE,
                )  # fmt: skip
            if not kept:
                return
            try:
                page = await source.page(coalition, after)
            except Damaged as error:
                raise Differs(service, after + 1, f"{service} cannot be read: {error}") from error
            for number, (one, came) in enumerate(zip(kept, page.entries, strict=False), after + 1):
                if (one["position"], one["leaf"]) != (number, came[0]):
                    evidence = {"kept": _text(one["leaf"]), "came": _text(came[0])}
                    words = f"event {number} of {service} is not the one that was kept"
                    raise Differs(service, number, words, evidence)
            if len(page.entries) < min(len(kept), 1):
                words = f"{service} ends at {after}, and {kept[-1]['position']} was kept of it"
                raise Differs(service, after, words)
            after += min(len(kept), len(page.entries))


class Differs(Exception):
    """Carries a difference to whoever tells it."""

    def __init__(
        self, service: str, position: int, why: str, evidence: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(why)
        self.difference = Difference(service, position, why, evidence or {})


async def _hashed(
    db: Connection, coalition: UUID, log_id: str, first: int, ends: int
) -> list[bytes]:
    """Return leaf hashes, made again.

    Raises:
        Differs: at one that is missing, or another.
    """
    rows = await db.fetch(
        "select seq, leaf, leaf_hash from log.entry where coalition_id = $1 and log_id = $2"
        " and seq >= $3 and seq < $4 order by seq",
        coalition, log_id, first, ends,
    )  # fmt: skip
    hashes = []
    for seq, row in enumerate(rows, first):
        if row["seq"] != seq:
            raise Differs("audit", seq, f"entry {seq} is missing")
        made = leaf_hash(row["leaf"])
        if made != row["leaf_hash"]:
            evidence = {"kept": row["leaf_hash"].hex(), "came": made.hex()}
            raise Differs("audit", seq, f"entry {seq} is not what came", evidence)
        hashes.append(made)
    if len(hashes) != ends - first:
        raise Differs("audit", first + len(hashes), f"entry {first + len(hashes)} is missing")
    return hashes


async def _tiled(
    db: Connection, coalition: UUID, log_id: str, level: int, n: int, hashes: Sequence[bytes]
) -> list[bytes]:
    """Return the roots of the full tiles of these hashes.

    Raises:
        Differs: at a tile that is missing, or another.
    """
    whole = len(hashes) // WIDTH
    rows = await db.fetch(
        "select n, data, root from log.tile where coalition_id = $1 and log_id = $2"
        " and level = $3 and n >= $4 and n < $5",
        coalition, log_id, level, n, n + whole,
    )  # fmt: skip
    held = {row["n"]: (split(row["data"]), row["root"]) for row in rows}
    tops = []
    for number in range(whole):
        made = list(hashes[number * WIDTH : (number + 1) * WIDTH])
        tops.append(top(made))
        if held.get(n + number) != (made, tops[-1]):
            at = (n + number) * WIDTH ** (level + 1)
            raise Differs("audit", at, f"tile {n + number} of level {level} does not follow")
    return tops


def _check_root(row: asyncpg.Record, peaks: Peaks, root: bytes | None) -> None:
    """Compare the tree at one size with what was stored of it.

    Raises:
        Differs: it is another.
    """
    if root is not None and peaks.root() != root:
        evidence = {"kept": root.hex(), "came": peaks.root().hex()}
        words = f"the checkpoint of size {peaks.size} does not follow from the entries"
        raise Differs("audit", peaks.size, words, evidence)
    if peaks.size == row["sealed_size"] and b"".join(peaks.hashes) != row["sealed_peaks"]:
        raise Differs("audit", peaks.size, f"the peaks at {peaks.size} do not follow")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
