"""From entries to signed checkpoints: hashed again, tiled, signed, stored, and only then shown.

One replica at a time seals a log; intake goes on meanwhile, and waits only while what was sealed is
written down. Entries are read a page at a time, and of the tree no more is held than its right
edge. Where what is read again differs from what came, or the signer refuses, the log is frozen, and
says why; other logs go on.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from services.audit.freezing import freeze
from services.audit.signing import NotSigned, SignerClient
from shared.database import DB_TRANSIENT, tenant
from shared.failpoint import reach
from shared.hot import Connection
from shared.telemetry import Count
from shared.tlog.about import About
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.edge import Edge, Full, widths
from shared.tlog.tiles import WIDTH, split
from shared.tlog.tree import Peaks, Unproved, leaf_hash

log = structlog.get_logger()

LOOK_SECONDS = 0.25
MOST = 65_536
"""Entries that are sealed in one turn."""
PAGE = 512
"""Entries that are in memory at a time."""
_DUE = (
    "select coalition_id from log.log l where state = 'open' and ("
    " size > sealed_size and (urgent or changed_at < clock_timestamp() - make_interval(secs => $1))"
    " or origin is null or about is null or sealed_size > coalesce("
    "  (select max(size) from log.checkpoint c where c.coalition_id = l.coalition_id"
    "   and c.log_id = l.log_id), -1))"
)
_OPEN = "select * from log.log where coalition_id = $1 and state = 'open'"
_ALONE = "select pg_try_advisory_xact_lock(7265, hashtext($1))"
_SEALED = (
    "update log.log set sealed_size = $3, sealed_peaks = $4,"
    " urgent = urgent and size > $3, changed_at = case when size > $3 then changed_at end"
    " where coalition_id = $1 and log_id = $2 and state = 'open' and sealed_size = $5"
    " returning true"
)
_TILES = (
    "insert into log.tile select $1, $2, level, n, data, root"
    " from unnest($3::int[], $4::bigint[], $5::bytea[], $6::bytea[]) as t(level, n, data, root)"
)
_ALL = "select coalition_id from log.log where state = 'open' and $1::float8 is not null"
"""At the first look every log is compared with the signer."""


class Found(Exception):
    """Something that must not be: the log is frozen, with this as its reason."""

    def __init__(self, words: str, seq: int) -> None:
        super().__init__(words)
        self.seq = seq


@dataclass(frozen=True)
class Turn:
    """What is to be signed: a tree, and the hashes of its leaves from `begins` on.

    Args:
        left: Entries that are not in it yet.
    """

    log_id: str
    origin: str
    begins: int
    peaks: Peaks
    hashes: Sequence[bytes]
    left: int


class Sealer:
    """Seals every log that this service keeps, by any number of replicas.

    Args:
        host: What origins begin with, without a scheme, such as `accord.example`.
        every: Seconds from the first unsealed entry to its sealing, at most.
        expected: Origins of logs that must be here; while one is not, no other begins.
    """

    def __init__(
        self, app: asyncpg.Pool, watch: asyncpg.Pool, signer: SignerClient, host: str, every: float,
        expected: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._expected = expected
        self._app = app
        self._watch = watch
        self._signer = signer
        self._host = host
        self._every = every
        self._compared: set[str] = set()
        self._looked = False
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
        """Seal every log that is due; those with more than a turn of entries again, in turns."""
        async with self._watch.acquire(timeout=2) as db:
            found = await db.fetch(_DUE if self._looked else _ALL, self._every)
        due = [row["coalition_id"] for row in found]
        while due and not self._stopping.is_set():
            due = [each for each in due if await self._sealed_in_part(each)]
        self._looked = True

    async def _sealed_in_part(self, coalition: UUID) -> bool:
        """Seal a turn of a log, and say whether there is more; freeze what must not be."""
        try:
            turn = await self.seal(coalition)
        except (NotSigned, Found) as error:
            await self._freeze(coalition, error)
            return False
        return turn is not None and turn.left > 0

    async def seal(self, coalition: UUID) -> Turn | None:
        """Seal what has come of one log, a turn of it at most; return what was signed, if anything.

        A turn that was broken off is ended as it was begun: nothing new is sealed before.

        Raises:
            Found: what is stored is not what came, or not what was signed.
            NotSigned: the signer refused.
        """
        await self._open(coalition)
        async with tenant(self._app, [coalition]) as db:
            turn = await self._turn(db, coalition)
        if turn is not None:
            await self._sign(coalition, turn)
        return turn

    async def _sign(self, coalition: UUID, turn: Turn) -> None:
        """Let the signer sign a tree, and store its note before anybody sees it."""
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

    async def _open(self, coalition: UUID) -> None:
        """Give a log its origin and key, once; and compare it with the signer, once a start.

        Raises:
            Found: more was signed than there is.
        """
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(_OPEN, coalition)
            if row is None or row["log_id"] in self._compared:
                return
            signed = await db.fetchval(
                "select max(size) from log.checkpoint where coalition_id = $1 and log_id = $2",
                coalition, row["log_id"],
            )  # fmt: skip
        if row["origin"] is None and (lost := await lost_logs(self._watch, self._expected)):
            raise Found(f"{', '.join(lost)} is not here, and the policy names it", 0)
        origin, before = row["origin"] or f"{self._host}/c/{row['log_id']}", row["predecessor"]
        opened = await self._signer.open(
            origin,
            new=row["origin"] is None,
            after=None if before is None else Checkpoint.parse(before),
        )
        if opened.size < (signed or 0):
            raise Found("the signer is older than what was signed", opened.size)
        if opened.size > row["sealed_size"]:
            words = "the database is older than what was signed"
            raise Found(words, row["sealed_size"])
        note = await self._signer.about(origin)
        keys = {str(term.key) for term in About.parse(note.text).terms}
        if row["vkey"] is not None and row["vkey"] not in keys:
            raise Found("the signer has another key than the log", row["sealed_size"])
        async with tenant(self._app, [coalition]) as db:
            await db.execute(
                "update log.log set origin = $3, vkey = $4, about = $5"
                " where coalition_id = $1 and log_id = $2",
                coalition, row["log_id"], origin, opened.vkey, bytes(note).decode(),
            )  # fmt: skip
        self._compared.add(row["log_id"])

    async def _turn(self, db: Connection, coalition: UUID) -> Turn | None:
        """Take entries into the sealed tree, with the tiles they fill; or take up a turn again.

        Raises:
            Found: an entry, or the tree, is no longer what it was.
        """
        row = await db.fetchrow(_OPEN, coalition)
        if row is None or row["origin"] is None or not await db.fetchval(_ALONE, row["log_id"]):
            return None
        row = await db.fetchrow(_OPEN, coalition)  # as whoever was here before has left it
        if row is None:
            return None
        log_id, sealed = row["log_id"], row["sealed_size"]
        signed = await db.fetchval(
            "select max(size) from log.checkpoint"
            " where coalition_id = $1 and log_id = $2",
            coalition, log_id,
        )  # fmt: skip
        hashes = list[bytes]()
        begins = signed or 0
        if begins < sealed:
            async for page in checked(db, coalition, log_id, begins, sealed):
                hashes += page
            peaks = Peaks(sealed, split(row["sealed_peaks"]))
            return Turn(log_id, row["origin"], begins, peaks, hashes, row["size"] - sealed)
        end = min(row["size"], sealed + MOST)
        if end == sealed:  # there is a checkpoint of an empty log, too
            return None if signed is not None else Turn(log_id, row["origin"], 0, Peaks(), (), 0)
        edge, full = await _edge(db, row), list[Full]()
        async for page in checked(db, coalition, log_id, sealed, end):
            full += edge.extend(page)
            hashes += page
        peaks = edge.peaks()
        where = coalition, log_id
        if not await db.fetchval(_SEALED, *where, end, b"".join(peaks.hashes), sealed):
            return None  # it was frozen meanwhile
        await store_tiles(db, *where, full)
        return Turn(log_id, row["origin"], sealed, peaks, hashes, row["size"] - end)

    async def _freeze(self, coalition: UUID, error: NotSigned | Found) -> None:
        seq = error.seq if isinstance(error, Found) else 0
        code = error.code if isinstance(error, NotSigned) else "found"
        log.critical("log_frozen", coalition=str(coalition), code=code, why=str(error))
        async with tenant(self._app, [coalition]) as db:
            await freeze(db, coalition, "audit", seq, {"code": code, "why": str(error)})


async def lost_logs(watch: asyncpg.Pool, expected: Collection[str]) -> list[str]:
    """Return which of these logs are not here."""
    if not expected:
        return []
    async with watch.acquire(timeout=2) as db:
        rows = await db.fetch("select origin from log.log where origin = any($1)", [*expected])
    return sorted({*expected} - {row["origin"] for row in rows})


async def store_tiles(
    db: Connection, coalition: UUID, log_id: str, full: Sequence[Full], *, again: bool = False
) -> None:
    """Store tiles that are full.

    Args:
        again: Whether some may be there already, which then stay.
    """
    if full:
        put = f"{_TILES} on conflict do nothing" if again else _TILES
        await db.execute(put, coalition, log_id, *map(list, zip(*full, strict=True)))


async def checked(
    db: Connection, coalition: UUID, log_id: str, first: int, end: int
) -> AsyncIterator[list[bytes]]:
    """Yield leaf hashes of stored entries, made again from their bytes, a page at a time.

    Raises:
        Found: one is missing, or is not what came.
    """
    for begins in range(first, end, PAGE):
        ends = min(begins + PAGE, end)
        rows = await db.fetch(
            "select seq, leaf, leaf_hash from log.entry where coalition_id = $1 and log_id = $2"
            " and seq >= $3 and seq < $4 order by seq",
            coalition, log_id, begins, ends,
        )  # fmt: skip
        hashes = []
        for seq, (stored, leaf, kept) in enumerate(rows, begins):
            made = leaf_hash(leaf)
            if stored != seq or made != kept:
                raise Found(f"entry {seq} is not what came", seq)
            hashes.append(made)
        if len(hashes) != ends - begins:
            raise Found(f"entry {begins + len(hashes)} is missing", begins + len(hashes))
        yield hashes


async def _edge(db: Connection, row: asyncpg.Record) -> Edge:
    """Return the right edge of what is sealed, as entries and tiles have it.

    Raises:
        Found: the tree that follows from it is another than was sealed.
    """
    size, rows = row["sealed_size"], []
    for level, width in enumerate(widths(size)):
        first = size // WIDTH**level - width
        where = row["coalition_id"], row["log_id"]
        rows.append(await _hashes(db, *where, level, first, width))
    try:
        edge = Edge(size, rows)
    except Unproved as error:
        raise Found("a tile of the sealed tree is missing", size) from error
    if b"".join(edge.peaks().hashes) != row["sealed_peaks"]:
        raise Found("the tiles are not those of the sealed tree", size)
    return edge


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
