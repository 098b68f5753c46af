"""From entries to signed checkpoints: hashed again, tiled, signed, stored, and only then shown.

A log's row is owned by whoever locks it. Where what is read again differs from what came, or the
signer refuses, the log is frozen, and says why; other logs go on.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from services.audit.inbox import freeze
from services.audit.signing import NotSigned, SignerClient
from shared.database import DB_TRANSIENT, tenant
from shared.failpoint import reach
from shared.hot import Connection
from shared.telemetry import Count
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from shared.tlog.tiles import WIDTH, split, top
from shared.tlog.tree import Peaks, leaf_hash

log = structlog.get_logger()

LOOK_SECONDS = 0.25
MOST = 65_536
"""Entries that are sealed in one turn."""
_DUE = (
    "select coalition_id from log.log l where state = 'open' and ("
    " size > sealed_size and (urgent or changed_at < clock_timestamp() - make_interval(secs => $1))"
    " or origin is null or sealed_size > coalesce("
    "  (select max(size) from log.checkpoint c where c.coalition_id = l.coalition_id"
    "   and c.log_id = l.log_id), -1))"
)
_OWN = "select * from log.log where coalition_id = $1 and state = 'open' for update skip locked"


class Found(Exception):
    """Something that must not be: the log is frozen, with this as its reason."""

    def __init__(self, words: str, seq: int) -> None:
        super().__init__(words)
        self.seq = seq


@dataclass(frozen=True)
class Turn:
    """What is to be signed: a tree, and the hashes of its leaves from `begins` on."""

    log_id: str
    origin: str
    begins: int
    peaks: Peaks
    hashes: Sequence[bytes]


class Sealer:
    """Seals every log that this service keeps, by any number of replicas.

    Args:
        host: What origins begin with, without a scheme, such as `accord.example`.
        every: Seconds from the first unsealed entry to its sealing, at most.
    """

    def __init__(
        self, app: asyncpg.Pool, watch: asyncpg.Pool, signer: SignerClient, host: str, every: float
    ) -> None:
        self._app = app
        self._watch = watch
        self._signer = signer
        self._host = host
        self._every = every
        self._compared: set[str] = set()
        self._stopping = asyncio.Event()
        self._sealed = Count("accord.audit.sealed")

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Seal what is due until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.look()
            except (*DB_TRANSIENT, ValueError) as error:
                log.info("seal_later", error=type(error).__name__)
            except Exception:
                log.exception("seal_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stopping.wait()
        await self._signer.close()

    async def look(self) -> None:
        """Seal every log that is due."""
        async with self._watch.acquire(timeout=2) as db:
            due = await db.fetch(_DUE, self._every)
        for row in due:
            try:
                await self.seal(row["coalition_id"])
            except (NotSigned, Found) as error:
                await self._freeze(row["coalition_id"], error)

    async def seal(self, coalition: UUID) -> Note | None:
        """Seal what has come of one log; return its newest checkpoint, if this made one.

        Raises:
            Found: what is stored is not what came, or not what was signed.
            NotSigned: the signer refused.
        """
        await self._open(coalition)
        async with tenant(self._app, [coalition]) as db:
            turn = await self._extended(db, coalition)
        if turn is None:
            return None
        await reach("sealer.before_sign")
        note = await self._signer.sign(turn.origin, turn.begins, turn.hashes)
        checkpoint = Checkpoint.parse(note.text)
        if (checkpoint.size, checkpoint.root) != (turn.peaks.size, turn.peaks.root()):
            raise Found("the signer holds another tree", turn.begins)
        await reach("sealer.before_store")
        async with tenant(self._app, [coalition]) as db:
            await db.execute(
                "insert into log.checkpoint (coalition_id, log_id, size, root, note)"
                " values ($1, $2, $3, $4, $5) on conflict do nothing",
                coalition, turn.log_id, checkpoint.size, checkpoint.root, bytes(note).decode(),
            )  # fmt: skip
        self._sealed.add(len(turn.hashes))
        return note

    async def _open(self, coalition: UUID) -> None:
        """Give a log its origin and key, once; and compare it with the signer, once a start.

        Raises:
            Found: more was signed than there is.
        """
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(_OWN, coalition)
            if row is None or row["log_id"] in self._compared:
                return
            origin = row["origin"] or f"{self._host}/c/{row['log_id']}"
            opened = await self._signer.open(origin)
            if opened.size > row["sealed_size"]:
                words = "the database is older than what was signed"
                raise Found(words, row["sealed_size"])
            if row["vkey"] not in (None, opened.vkey):
                raise Found("the signer has another key than the log", row["sealed_size"])
            await db.execute(
                "update log.log set origin = $3, vkey = $4 where coalition_id = $1 and log_id = $2",
                coalition, row["log_id"], origin, opened.vkey,
            )  # fmt: skip
        self._compared.add(row["log_id"])

    async def _extended(self, db: Connection, coalition: UUID) -> Turn | None:
        """Take entries into the sealed tree, with the tiles they fill; or take up a turn again.

        Raises:
            Found: an entry is no longer what came.
        """
        row = await db.fetchrow(_OWN, coalition)
        if row is None or row["origin"] is None:
            return None
        log_id, sealed = row["log_id"], row["sealed_size"]
        signed = await db.fetchval(
            "select max(size) from log.checkpoint where coalition_id = $1 and log_id = $2",
            coalition, log_id,
        )  # fmt: skip
        peaks = Peaks(sealed, split(row["sealed_peaks"]))
        end = min(row["size"], sealed + MOST)
        if end == sealed == signed:
            return None
        new = await _checked(db, coalition, log_id, sealed, end)
        begins = signed or 0
        again = await _checked(db, coalition, log_id, begins, sealed)
        peaks.extend(new)
        await _tile(db, coalition, log_id, sealed, new)
        await db.execute(
            "update log.log set sealed_size = $3, sealed_peaks = $4,"
            " urgent = urgent and size > $3,"
            " changed_at = case when size > $3 then changed_at end"
            " where coalition_id = $1 and log_id = $2",
            coalition, log_id, end, b"".join(peaks.hashes),
        )  # fmt: skip
        return Turn(log_id, row["origin"], begins, peaks, [*again, *new])

    async def _freeze(self, coalition: UUID, error: NotSigned | Found) -> None:
        seq = error.seq if isinstance(error, Found) else 0
        code = error.code if isinstance(error, NotSigned) else "found"
        log.critical("log_frozen", coalition=str(coalition), code=code, why=str(error))
        async with tenant(self._app, [coalition]) as db:
            await freeze(db, coalition, "audit", seq, {"code": code, "why": str(error)})


async def _checked(
    db: Connection, coalition: UUID, log_id: str, first: int, end: int
) -> list[bytes]:
    """Return leaf hashes of stored entries, made again from their bytes.

    Raises:
        Found: one is missing, or is not what came.
    """
    rows = await db.fetch(
        "select seq, leaf, leaf_hash from log.entry where coalition_id = $1 and log_id = $2"
        " and seq >= $3 and seq < $4 order by seq",
        coalition, log_id, first, end,
    )  # fmt: skip
    hashes = []
    for seq, row in enumerate(rows, first):
        made = leaf_hash(row["leaf"])
        if row["seq"] != seq or made != row["leaf_hash"]:
            raise Found(f"entry {seq} is not what came", seq)
        hashes.append(made)
    if len(hashes) != end - first:
        raise Found(f"entry {first + len(hashes)} is missing", first + len(hashes))
    return hashes


async def _tile(
    db: Connection, coalition: UUID, log_id: str, first: int, new: Sequence[bytes]
) -> None:
    """Store the full tiles of every level that new leaf hashes complete."""
    level, begins, hashes = 0, first, new
    while hashes:
        n = begins // WIDTH
        lead = begins - n * WIDTH
        held = await _hashes(db, coalition, log_id, level, n * WIDTH, lead) if lead else []
        row = [*held, *hashes]
        full = [row[at : at + WIDTH] for at in range(0, len(row) - len(row) % WIDTH, WIDTH)]
        tops = [top(each) for each in full]
        await db.executemany(
            "insert into log.tile values ($1, $2, $3, $4, $5, $6)",
            [
                (coalition, log_id, level, n + number, b"".join(each), root)
                for number, (each, root) in enumerate(zip(full, tops, strict=True))
            ],
        )
        level, begins, hashes = level + 1, n, tops


async def _hashes(
    db: Connection, coalition: UUID, log_id: str, level: int, first: int, count: int
) -> list[bytes]:
    """Return hashes of a level that are in no full tile of it yet."""
    if level == 0:
        statement = (
            "select leaf_hash from log.entry where coalition_id = $1 and log_id = $2"
            " and seq >= $3 and seq < $4 order by seq"
        )
        rows = await db.fetch(statement, coalition, log_id, first, first + count)
    else:
        statement = (
            "select root from log.tile where coalition_id = $1 and log_id = $2 and level = $5"
            " and n >= $3 and n < $4 order by n"
        )
        rows = await db.fetch(statement, coalition, log_id, first, first + count, level - 1)
    return [row[0] for row in rows]
