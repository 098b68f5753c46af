"""What whoever holds the host can do: every database, the log's key, a signer that forgot."""

import asyncio
import base64
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import asyncpg
import orjson

from services.audit.sealer import Sealer
from services.audit.signer import STORE, make, serve
from services.audit.signing import SignerClient
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.note import Note
from shared.tlog.tiles import split, top
from shared.tlog.tree import Peaks, leaf_hash
from tests.audit.house import HOST, WRAPS, House
from tests.audit.written import event

Change = Callable[[bytes], bytes]
Backup = Mapping[str, list[asyncpg.Record]]
LOG = "log.log", "log.entry", "log.tile", "log.checkpoint", "log.cosignature"
CURSOR = "inbox.cursor"


def instead(before: bytes, after: bytes) -> Change:
    """Return what writes other words of the same length, so that nothing else gives it away."""
    assert len(before) == len(after)

    def change(leaf: bytes) -> bytes:
        assert before in leaf
        return leaf.replace(before, after)

    return change


async def edit(home: House, coalition: UUID, seq: int, change: Change, *, hashes: bool) -> None:
    """Change an entry where it is kept; with `hashes`, its hash and those in tiles above too."""
    leaf = await home.admin.fetchval(
        "select leaf from log.entry where coalition_id = $1 and seq = $2", coalition, seq
    )
    changed = change(leaf)
    old, new = leaf_hash(leaf), leaf_hash(changed)
    await home.admin.execute(
        "update log.entry set leaf = $3, leaf_hash = $4 where coalition_id = $1 and seq = $2",
        coalition, seq, changed, new if hashes else old,
    )  # fmt: skip
    level = 0
    while hashes:
        row = await home.admin.fetchrow(
            "select n, data, root from log.tile"
            " where coalition_id = $1 and level = $2 and n = $3",
            coalition, level, seq >> 8 * (level + 1),
        )  # fmt: skip
        if row is None:
            return
        data = row["data"].replace(old, new)
        old, new = row["root"], top(split(data))
        await home.admin.execute(
            "update log.tile set data = $4, root = $5"
            " where coalition_id = $1 and level = $2 and n = $3",
            coalition, level, row["n"], data, new,
        )  # fmt: skip
        level += 1


async def backup(home: House, coalition: UUID) -> Backup:
    """Return what the audit database holds of a coalition."""
    return {
        table: await home.admin.fetch(f"select * from {table} where coalition_id = $1", coalition)  # noqa: S608 - ours
        for table in (*LOG, CURSOR)
    }


async def restore(home: House, coalition: UUID, kept: Backup, *tables: str) -> None:
    """Put tables back as they were in a backup."""
    async with home.admin.acquire() as db, db.transaction():
        for table in tables:
            await db.execute(f"delete from {table} where coalition_id = $1", coalition)  # noqa: S608 - ours
            schema, _, name = table.partition(".")
            await db.copy_records_to_table(
                name, schema_name=schema, records=[tuple(row) for row in kept[table]]
            )


async def rewrite(home: House, coalition: UUID, leaves: Sequence[bytes]) -> None:
    """Put another history in place of all that a log holds; nothing of the old one is left."""
    log_id = (await home.log_row(coalition))["log_id"]
    for table in LOG[1:]:
        await home.admin.execute(f"delete from {table} where coalition_id = $1", coalition)  # noqa: S608 - ours
    await home.admin.executemany(
        "insert into log.entry"
        " (coalition_id, log_id, seq, service, position, event_id, leaf, leaf_hash)"
        " values ($1, $2, $3, 'members', $3::bigint + 1, $4, $5, $6)",
        [
            (coalition, log_id, seq, UUID(orjson.loads(leaf)["id"]), leaf, leaf_hash(leaf))
            for seq, leaf in enumerate(leaves)
        ],
    )
    await home.admin.execute(
        "update log.log set size = $2, sealed_size = 0, sealed_peaks = '', state = 'open',"
        " changed_at = clock_timestamp() where coalition_id = $1",
        coalition, len(leaves),
    )  # fmt: skip


@asynccontextmanager
async def forgetful(home: House, origin: str, folder: Path) -> AsyncIterator[Sealer]:
    """Seal with the log's true key, and a signer that knows nothing of what it signed."""
    socket = folder / "forgetful" / "socket"
    store = make(folder / "forgot", socket, WRAPS)
    store.open(origin)
    with closing(sqlite3.connect(home.folder / "signed" / STORE)) as true:
        seed = true.execute("select seed from key where origin = ?", [origin]).fetchone()
    with closing(sqlite3.connect(folder / "forgot" / STORE)) as db, db:
        db.execute("update key set seed = ? where origin = ?", [*seed, origin])
    until = asyncio.Event()
    listening = asyncio.create_task(serve(store, socket, until))
    signer = SignerClient(socket)
    try:
        yield Sealer(home.app, home.watch, signer, HOST, 0.0)
    finally:
        await signer.close()
        until.set()
        await listening
        store.close()


def reported(
    path: Path, ends: Sequence[Note], entries: Sequence[bytes], end: int, policy: bytes
) -> Path:
    """Write the zip of a report as whoever makes it likes.

    Args:
        ends: The checkpoints at its beginning and at its end.
        entries: What stands in it, in this order.
        end: Where it says that it ends.
    """
    old, new = (Checkpoint.parse(note.text) for note in ends)
    first = old.size
    coalition = orjson.loads(entries[0])["coalition"]
    head = {
        "format": "accord-report/1", "origin": new.origin, "coalition": coalition,
        "report": "decision-register", "audience": "members", "from": first, "to": end,
        "made_at": "2026-11-23T16:00:00.000Z", "positions": {"members": [first, end]},
    }  # fmt: skip
    peaks = Peaks()
    peaks.extend([leaf_hash(event(UUID(coalition), at + 1)) for at in range(first)])
    items = [
        {"i": at, "leaf": base64.b64encode(leaf).decode()} for at, leaf in enumerate(entries, first)
    ]
    with ZipFile(path, "w") as file:
        for name, content in {
            "README.txt": b"Entries, and what was signed.\n",
            "report.json": orjson.dumps(head),
            "policy.txt": policy,
            "old/checkpoint": bytes(ends[0]),
            "old/peaks": b"".join(base64.b64encode(each) + b"\n" for each in peaks.hashes),
            "new/checkpoint": bytes(ends[1]),
            "items.jsonl": b"".join(orjson.dumps(each) + b"\n" for each in items),
            "disclosures.jsonl": b"",
            "withheld.jsonl": b"",
            "figures.json": b"[]",
            "report.html": b"<!doctype html><title>Decisions</title>",
        }.items():
            file.writestr(name, content)
    return path
