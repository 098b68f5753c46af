"""A log as its readers find it: nothing beyond its newest published checkpoint.

Proofs are made from tiles, the nodes of which are held by this process: they never change. Yet
each proof is seen to lead to the published root before anybody gets it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog

from shared.hot import Connection
from shared.tlog.about import About
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import cosigned_at
from shared.tlog.key import vkey
from shared.tlog.nodes import Cache, Nodes, Prover
from shared.tlog.note import Key, Note, Signature
from shared.tlog.tiles import WIDTH, Tile, bundled
from shared.tlog.tree import Unproved, consistency, verify_inclusion

said = structlog.get_logger()

_held = Cache()


class Sealed(NamedTuple):
    """A published checkpoint, signed by the log, and by witnesses as far as they have come.

    Args:
        witnessed: Whether those witnesses are a quorum.
        at: When the log signed it.
    """

    size: int
    note: Note
    witnessed: bool
    at: datetime | None = None

    @property
    def witnesses(self) -> list[tuple[str, int]]:
        """Who cosigned it, and when, in POSIX seconds: the last first."""
        origin = Checkpoint.parse(self.note.text).origin
        seen = {
            each.name: cosigned_at(each) for each in self.note.signatures if each.name != origin
        }
        return sorted(seen.items(), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class Log:
    """A log and its newest published checkpoint.

    Args:
        witnessed: Whether those witnesses are a quorum.
        size: Leaves under that checkpoint; `None` where none was published yet.
        vkey: Of its newest key.
        about: What it says of itself, signed by its keys.
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
    about: Note | None = None
    witnessed: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every key that it has or had."""
        if self.about is None:
            return (vkey(self.vkey),)
        return tuple(term.key for term in About.parse(self.about.text).terms)


async def log_of(
    db: Connection, coalition: UUID, log_id: str | None = None, size: int | None = None
) -> Log | None:
    """Return a coalition's log: the one with this id, else the one that is kept now.

    `None` where there is none, or none that has a key yet.

    Args:
        size: Of the published checkpoint to look at, if not the newest.
    """
    row = await db.fetchrow(
        "select * from log.log where coalition_id = $1 and origin is not null"
        " and (log_id = $2 or $2 is null and state <> 'ended')",
        coalition, log_id,
    )  # fmt: skip
    if row is None:
        return None
    newest = await _published(db, coalition, row["log_id"], size=size)
    return Log(
        coalition, row["log_id"], row["origin"], row["vkey"], row["state"], row["reason"],
        row["size"], newest and newest.size, newest and newest.note,
        Note.parse(row["about"].encode()) if row["about"] else None,
        witnessed=newest is not None and newest.witnessed,
    )  # fmt: skip


async def covering(db: Connection, log: Log, index: int) -> Sealed | None:
    """Return the checkpoint that says most of an entry: the newest that witnesses signed, if any.

    `None` where no published checkpoint covers it yet.
    """
    return await _published(db, log.coalition, log.id, covers=index)


async def _published(
    db: Connection, coalition: UUID, log_id: str, *,
    covers: int | None = None, size: int | None = None,
) -> Sealed | None:  # fmt: skip
    row = await db.fetchrow(
        "select size, note, signed_at, witnessed_at from log.checkpoint"
        " where coalition_id = $1 and log_id = $2 and published_at is not null"
        " and ($3::bigint is null or size > $3) and ($4::bigint is null or size = $4)"
        " order by ($3 is not null and witnessed_at is not null) desc, size desc limit 1",
        coalition, log_id, covers, size,
    )  # fmt: skip
    if row is None:
        return None
    return await _signed(db, coalition, log_id, row)


async def published(db: Connection, log: Log, below: int | None, limit: int) -> list[Sealed]:
    """Return published checkpoints, the newest first, below a size."""
    rows = await db.fetch(
        "select size, note, signed_at, witnessed_at from log.checkpoint"
        " where coalition_id = $1 and log_id = $2 and published_at is not null"
        " and ($3::bigint is null or size < $3) order by size desc limit $4",
        log.coalition, log.id, below, limit,
    )  # fmt: skip
    return [await _signed(db, log.coalition, log.id, row) for row in rows]


async def _signed(db: Connection, coalition: UUID, log_id: str, row: asyncpg.Record) -> Sealed:
    lines = await db.fetch(
        "select line from log.cosignature"
        " where coalition_id = $1 and log_id = $2 and size = $3 order by at",
        coalition, log_id, row["size"],
    )  # fmt: skip
    signed = (Signature.parse(each["line"].rstrip("\n")) for each in lines)
    note = Note.parse(row["note"].encode()).signed_by(*signed)
    return Sealed(row["size"], note, row["witnessed_at"] is not None, row["signed_at"])


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
    return await _proved(db, log, size, lambda tree: consistency(old, size, tree.span))


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
    return await _data(db, log, asked)


async def _data(db: Connection, log: Log, asked: Tile) -> bytes | None:
    assert asked.level is not None
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


async def proof(
    db: Connection, log: Log, index: int, leaf: bytes, sealed: Sealed | None = None
) -> list[bytes]:
    """Return the proof that a leaf hash is in a tree, once it leads to its root.

    Args:
        sealed: The checkpoint of that tree; by default the newest.

    Raises:
        Unproved: what is stored is not what was signed, or nothing was published yet.
    """
    if sealed is None:
        if log.size is None or log.note is None:
            raise Unproved("Nothing was published yet.")
        sealed = Sealed(log.size, log.note, log.witnessed)
    size, root = sealed.size, Checkpoint.parse(sealed.note.text).root
    found = await _proved(db, log, size, lambda tree: tree.inclusion(index))
    try:
        verify_inclusion(index, size, leaf, found, root)
    except Unproved:
        said.critical("proof_does_not_hold", coalition=str(log.coalition), index=index, size=size)
        _held.forget(log.id)
        raise
    return found


class _Missing(LookupError):
    """A tile that is needed, and not here yet."""

    def __init__(self, tile: Tile) -> None:
        super().__init__(tile.path)
        self.tile = tile


async def _proved(
    db: Connection, log: Log, size: int, prove: Callable[[Prover], list[bytes]]
) -> list[bytes]:
    """Return a proof in the tree of a size; tiles that are not held are read, one after another."""
    here: dict[Tile, Nodes] = {}

    def find(tile: Tile) -> Nodes:
        nodes = here.get(tile) or _held.get(log.id, tile)
        if nodes is None:
            raise _Missing(tile)
        return nodes

    while True:
        try:
            return prove(Prover(size, find))
        except _Missing as missing:
            tile = missing.tile
        nodes = Nodes(await _data(db, log, tile) or b"")
        if nodes.width != tile.width:
            raise Unproved(f"{tile.path} is not there as wide as it should be.")
        here[tile] = nodes
        _held.add(log.id, tile, nodes)
