"""A log as its readers find it: nothing beyond its newest published checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from shared.hot import Connection
from shared.tlog.note import Note, Signature
from shared.tlog.tiles import WIDTH, Tile, bundled
from shared.tlog.tree import HASH_BYTES, Span, consistency, inclusion, parents


@dataclass(frozen=True)
class Log:
    """A log and its newest published checkpoint.

    Args:
        witnessed: Whether those witnesses are a quorum.
        size: Leaves under that checkpoint; `None` where none was published yet.
        note: That checkpoint, signed by the log, and by witnesses as far as they have come.
    """

    coalition: UUID
    id: str
    origin: str
    vkey: str
    state: str
    reason: str | None
    kept: int
    size: int | None
    note: Note | None
    witnessed: bool = False


async def log_of(db: Connection, coalition: UUID, log_id: str | None = None) -> Log | None:
    """Return a coalition's log: the one with this id, else the one that is kept now.

    `None` where there is none, or none that has a key yet.
    """
    row = await db.fetchrow(
        "select * from log.log where coalition_id = $1 and origin is not null"
        " and (log_id = $2 or $2 is null and state <> 'ended')",
        coalition, log_id,
    )  # fmt: skip
    if row is None:
        return None
    published = await db.fetchrow(
        "select size, note, witnessed_at from log.checkpoint"
        " where coalition_id = $1 and log_id = $2 and published_at is not null"
        " order by size desc limit 1",
        coalition, row["log_id"],
    )  # fmt: skip
    note = None
    if published is not None:
        lines = await db.fetch(
            "select line from log.cosignature"
            " where coalition_id = $1 and log_id = $2 and size = $3 order by at",
            coalition, row["log_id"], published["size"],
        )  # fmt: skip
        signed = (Signature.parse(each["line"].rstrip("\n")) for each in lines)
        note = Note.parse(published["note"].encode()).signed_by(*signed)
    return Log(
        coalition, row["log_id"], row["origin"], row["vkey"], row["state"], row["reason"],
        row["size"], published["size"] if published else None, note,
        witnessed=published is not None and published["witnessed_at"] is not None,
    )  # fmt: skip


async def newest_note(db: Connection, coalition: UUID) -> Note | None:
    """Return the newest checkpoint as the log signed it, published or not."""
    note = await db.fetchval(
        "select note from log.checkpoint join log.log using (coalition_id, log_id)"
        " where coalition_id = $1 and state <> 'ended' order by log.checkpoint.size desc limit 1",
        coalition,
    )
    return None if note is None else Note.parse(note.encode())


async def consistent(db: Connection, log: Log, old: int, size: int) -> list[bytes]:
    """Return the proof that the tree of one size is the beginning of that of another."""
    return await _proved(db, log, lambda span: consistency(old, size, span))


async def tile(db: Connection, log: Log, asked: Tile) -> bytes | None:
    """Return a tile's bytes; `None` where the published log does not have it."""
    if log.size is None or not asked.within(log.size):
        return None
    if asked.level is None:
        first = asked.n * WIDTH
        rows = await db.fetch(
            "select leaf from log.entry where coalition_id = $1 and log_id = $2"
            " and seq >= $3 and seq < $4 order by seq",
            log.coalition, log.id, first, first + asked.width,
        )  # fmt: skip
        return bundled(row["leaf"] for row in rows)
    if asked.width == WIDTH:
        data: bytes | None = await db.fetchval(
            "select data from log.tile where coalition_id = $1 and log_id = $2"
            " and level = $3 and n = $4",
            log.coalition, log.id, asked.level, asked.n,
        )  # fmt: skip
        return data
    return b"".join(await hashes(db, log, asked.level, asked.n * WIDTH, asked.width))


async def hashes(db: Connection, log: Log, level: int, first: int, count: int) -> list[bytes]:
    """Return hashes of a level, as tiles of that level hold them."""
    if level == 0:
        rows = await db.fetch(
            "select leaf_hash from log.entry where coalition_id = $1 and log_id = $2"
            " and seq >= $3 and seq < $4 order by seq",
            log.coalition, log.id, first, first + count,
        )  # fmt: skip
    else:
        rows = await db.fetch(
            "select root from log.tile where coalition_id = $1 and log_id = $2"
            " and level = $3 and n >= $4 and n < $5 order by n",
            log.coalition, log.id, level - 1, first, first + count,
        )  # fmt: skip
    return [row[0] for row in rows]


async def proof(db: Connection, log: Log, index: int, size: int) -> list[bytes]:
    """Return the inclusion proof of a leaf in the tree of a size that was sealed."""
    return await _proved(db, log, lambda span: inclusion(index, size, span))


async def _proved(db: Connection, log: Log, prove: Callable[[Span], list[bytes]]) -> list[bytes]:
    """Return a proof: first it is asked which hashes it needs, then it is made of them."""
    asked: list[tuple[int, int]] = []

    def note_down(first: int, leaves: int) -> bytes:
        asked.append((first, leaves))
        return bytes(HASH_BYTES)

    prove(note_down)
    tops = {each: await _top(db, log, *each) for each in asked}
    return prove(lambda first, leaves: tops[first, leaves])


async def _top(db: Connection, log: Log, first: int, leaves: int) -> bytes:
    """Return the root of a complete subtree, from the highest level of tiles that has it."""
    level = (leaves.bit_length() - 1) // 8
    span = WIDTH**level
    row = await hashes(db, log, level, first // span, leaves // span)
    while len(row) > 1:
        row = parents(row)
    return row[0]
