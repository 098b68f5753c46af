"""What was lost, named; and how a log goes on from there, once somebody has confirmed it.

A log has three homes: the database, the signer, and whoever mirrors it. What one of them lost is
put back from the others. Nothing is put back that leads to another root than was signed, and the
log stays frozen until all of it is there: a repair that broke off is simply done again.
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import IO, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from services.audit.domain.entry import READER, SOURCES, Unfit, entries
from services.audit.examining import Examiner
from services.audit.sealer import lost_logs, store_tiles
from services.audit.signing import NotSigned, SignerClient
from services.audit.views.served import newest_note
from shared.canonical import chain_start
from shared.database import tenant
from shared.hot import Connection
from shared.source import Source
from shared.tlog.about import About, Term
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.edge import Edge
from shared.tlog.encoding import Unreadable
from shared.tlog.key import vkey
from shared.tlog.note import Note
from shared.tlog.policy import Policy
from shared.tlog.submit import submit
from shared.tlog.tree import consistency, leaf_hash, root_of

PAGE = 2_000
AT_ONCE = 65_536
_LOG = "select * from log.log where coalition_id = $1 and state <> 'ended'"
_PUT = (
    "insert into log.entry"
    " (coalition_id, log_id, seq, service, position, event_id, leaf, leaf_hash)"
    " select $1, $2, * from unnest("
    "  $3::bigint[], $4::text[], $5::bigint[], $6::uuid[], $7::bytea[], $8::bytea[])"
    " on conflict (coalition_id, log_id, seq) do nothing"
)


class Case(StrEnum):
    """What is wrong with a log, by the names that commands know."""

    DATABASE_BEHIND = "database-behind"
    DATABASE_LOST = "database-lost"
    SIGNER_LOST = "signer-lost"
    BOTH_LOST = "both-lost"
    JOURNAL_BEHIND = "journal-behind"
    JOURNAL_CHANGED = "journal-changed"
    FROZEN = "frozen"


@dataclass(frozen=True)
class Diagnosis:
    """One thing that is wrong with a log, in words."""

    case: Case
    words: str


class CannotRepair(Exception):
    """Nothing was put back, or not all: the message says why, and what else may help."""


class Put(NamedTuple):
    """An entry and its place."""

    seq: int
    service: str
    position: int
    event_id: UUID
    leaf: bytes
    leaf_hash: bytes


class Recovery:
    """Looks at logs, and repairs one on somebody's word.

    Args:
        sources: The journals by their services.
        policy: Whose witnesses are asked before the signer goes on from what it did not sign.
        expected: Origins of logs that must be here.
    """

    def __init__(
        self,
        app: asyncpg.Pool,
        watch: asyncpg.Pool,
        signer: SignerClient,
        sources: Mapping[str, Source],
        policy: Policy,
        expected: Collection[str] = (),
    ) -> None:
        self._app = app
        self._watch = watch
        self._signer = signer
        self._sources = sources
        self._policy = policy
        self._expected = expected

    async def diagnose(self, coalition: UUID) -> list[Diagnosis]:
        """Return what is wrong with a coalition's log; nothing is changed.

        Raises:
            OSError: the signer or a journal does not answer.
        """
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(_LOG, coalition)
        if row is None:
            return []
        size = await self._signed(row["origin"])  # first: what is signed was sealed before
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(_LOG, coalition)
            assert row is not None
            where = coalition, row["log_id"]
            stated = await db.fetchval(
                "select max(size) from log.checkpoint where coalition_id = $1 and log_id = $2",
                *where,
            )
            held = await db.fetchval(
                "select count(*) from log.entry where coalition_id = $1 and log_id = $2", *where
            )
            first = await db.fetch(
                "select leaf_hash from log.entry where coalition_id = $1 and log_id = $2"
                " order by seq limit 1000",
                *where,
            )
        found = list(await self._of_the_tree(row, size, stated, held, [each[0] for each in first]))
        found += [each async for each in self._of_the_journals(coalition, row["log_id"])]
        if not found and row["state"] == "frozen":
            found.append(Diagnosis(Case.FROZEN, f"the log is frozen: {row['reason']}"))
        return found

    async def _of_the_tree(
        self, row: asyncpg.Record, size: int | None, stated: int | None, held: int,
        first: Sequence[bytes],
    ) -> Sequence[Diagnosis]:  # fmt: skip
        other = await self._signer.whose(first) if first and not size else None
        if other not in (None, row["origin"]):
            words = f"these events were signed in the log {other}, which the database lost"
            return [Diagnosis(Case.DATABASE_LOST, words)]
        if row["origin"] is None and (lost := await lost_logs(self._watch, self._expected)):
            words = f"neither database nor signer know {', '.join(lost)}, which the policy names"
            return [Diagnosis(Case.BOTH_LOST, words)]
        if row["origin"] is not None and (size is None or size < (stated or 0)):
            words = f"the signer knows {size or 'none'} of {stated or 0} leaves that were signed"
            return [Diagnosis(Case.SIGNER_LOST, words)]
        if size is not None and size > row["sealed_size"]:
            words = f"{size} leaves were signed, and the database has {row['sealed_size']} of them"
            return [Diagnosis(Case.DATABASE_BEHIND, words)]
        if held < row["size"]:
            words = f"of {row['size']} entries the database has {held}"
            return [Diagnosis(Case.DATABASE_BEHIND, words)]
        return []

    async def _of_the_journals(self, coalition: UUID, log_id: str) -> "AsyncIterable[Diagnosis]":
        for service, source in self._sources.items():
            async with tenant(self._app, [coalition]) as db:
                kept = await db.fetchval(
                    "select max(position) from log.entry"
                    " where coalition_id = $1 and log_id = $2 and service = $3",
                    coalition, log_id, service,
                )  # fmt: skip
                cursor = await db.fetchrow(
                    "select position, chain from inbox.cursor"
                    " where coalition_id = $1 and source = $2 and reader = $3",
                    coalition, service, READER,
                )  # fmt: skip
            if not kept:
                continue
            head = (await source.heads(None)).get(coalition)
            ends = head.position if head else 0
            if ends < kept:
                words = f"{service} ends at {ends}, and the log has {kept} of it"
                yield Diagnosis(Case.JOURNAL_BEHIND, words)
            elif head and cursor and cursor["position"] == ends and cursor["chain"] != head.chain:
                words = f"{service} has another history than the log kept of it"
                yield Diagnosis(Case.JOURNAL_CHANGED, words)

    async def _signed(self, origin: str | None) -> int | None:
        """Return how many leaves the signer has signed of a log, if it knows it."""
        if origin is None:
            return None
        try:
            return (await self._signer.open(origin, new=False)).size
        except NotSigned as error:
            if error.code != "unknown_origin":
                raise
            return None

    async def repair(self, coalition: UUID, case: Case) -> str:
        """Repair what was found and confirmed; return what was done.

        Raises:
            CannotRepair: it is not what is wrong, or cannot be put back.
        """
        found = {each.case: each.words for each in await self.diagnose(coalition)}
        if case not in found:
            told = "; ".join(f"{name}: {words}" for name, words in found.items())
            raise CannotRepair(f"That is not what is wrong here. {told or 'Nothing is.'}")
        try:
            match case:
                case Case.DATABASE_BEHIND | Case.DATABASE_LOST:
                    return await self._from_journals(coalition)
                case Case.SIGNER_LOST:
                    return await self._adopted(coalition)
                case Case.FROZEN:
                    return await self._thawed(coalition)
                case Case.BOTH_LOST:
                    raise CannotRepair(f"{found[case]}. Only a copy of it helps.")
                case Case.JOURNAL_BEHIND | Case.JOURNAL_CHANGED:
                    raise CannotRepair(f"{found[case]}. Restore that journal first.")
        except NotSigned as error:
            raise CannotRepair(f"The signer refuses: {error}.") from error

    # The database, from the signer's order and the journals

    async def _from_journals(self, coalition: UUID) -> str:
        origin = await self._origin_of(coalition)
        leaves = await self._signer.leaves(origin)
        log_id = await self._frozen(coalition, origin)
        missing = await self._missing(coalition, log_id, leaves)
        for service, source in self._sources.items():
            await self._fill(coalition, log_id, service, source, missing)
        if missing:
            first = min(missing.values())
            raise CannotRepair(
                f"{len(missing)} of {len(leaves)} entries are in no journal, the first is entry "
                f"{first}. Restore the journals, or repair from a copy of the log."
            )
        await self._settle(coalition, log_id, origin, leaves)
        return f"{origin} has its {len(leaves)} entries again, in the order that was signed"

    async def _origin_of(self, coalition: UUID) -> str:
        """Return the log of which the signer signed this coalition's events."""
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(_LOG, coalition)
        if row is not None and await self._signed(row["origin"]):
            return str(row["origin"])
        for source in self._sources.values():
            page = await source.page(coalition, 0)
            origin = await self._signer.whose([leaf_hash(each) for each, _ in page.entries])
            if origin is not None:
                return origin
        raise CannotRepair("The signer has signed nothing of this coalition.")

    async def _frozen(self, coalition: UUID, origin: str, *, instead: bool = False) -> str:
        """Return the id of a log whose row is there and frozen; a false start is ended.

        Args:
            instead: Whether one that was signed may be ended, as it began when nobody knew better.

        Raises:
            CannotRepair: another one was signed.
        """
        log_id = origin.rpartition("/")[2]
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(f"{_LOG} for update", coalition)
            if row is not None and row["log_id"] != log_id:
                signed = await db.fetchval(
                    "select max(size) from log.checkpoint where coalition_id = $1 and log_id = $2",
                    coalition, row["log_id"],
                )  # fmt: skip
                if signed is not None and not instead:
                    raise CannotRepair(f"The log {row['origin']} was signed meanwhile.")
                await db.execute(
                    "update log.log set state = 'ended', reason = $3"
                    " where coalition_id = $1 and log_id = $2",
                    coalition, row["log_id"], f"{origin} was lost then, and is there again",
                )  # fmt: skip
            await db.execute(
                "insert into log.log (coalition_id, log_id, origin, state, reason)"
                " values ($1, $2, $3, 'frozen', 'it is being repaired')"
                " on conflict (coalition_id, log_id) do update set state = 'frozen',"
                " reason = coalesce(log.log.reason, excluded.reason)",
                coalition, log_id, origin,
            )  # fmt: skip
            await db.execute(
                "delete from log.entry e using log.log l"
                " where e.coalition_id = $1 and e.log_id = $2"
                " and l.coalition_id = $1 and l.log_id = $2 and e.seq >= l.sealed_size",
                coalition, log_id,
            )  # fmt: skip
            await db.execute(
                "update log.log set size = sealed_size where coalition_id = $1 and log_id = $2",
                coalition, log_id,
            )  # fmt: skip
        return log_id

    async def _missing(
        self, coalition: UUID, log_id: str, leaves: Sequence[bytes]
    ) -> dict[bytes, int]:
        """Return leaf hashes that no entry has, with their places.

        Raises:
            CannotRepair: an entry is not what was signed.
        """
        async with tenant(self._app, [coalition]) as db:
            rows = await db.fetch(
                "select seq, leaf, leaf_hash from log.entry"
                " where coalition_id = $1 and log_id = $2",
                coalition, log_id,
            )  # fmt: skip
        held = set[int]()
        for seq, leaf, kept in rows:
            if seq >= len(leaves) or leaf_hash(leaf) != kept or kept != leaves[seq]:
                raise CannotRepair(
                    f"Entry {seq} in the database is not what was signed: restore the database "
                    "from a backup before it was changed, or give it up and repair from a copy."
                )
            held.add(seq)
        return {each: seq for seq, each in enumerate(leaves) if seq not in held}

    async def _fill(
        self, coalition: UUID, log_id: str, service: str, source: Source, missing: dict[bytes, int]
    ) -> None:
        """Put back what a journal has; what is found is no longer missing."""
        after = 0
        while missing:
            page = await source.page(coalition, after)
            puts = []
            for position, (leaf, _) in enumerate(page.entries, after + 1):
                made = leaf_hash(leaf)
                if (seq := missing.pop(made, None)) is not None:
                    puts.append(_put(seq, leaf, coalition, service, position))
            await self._insert(coalition, log_id, puts)
            after += len(page.entries)
            if not page.more:
                return

    async def _insert(self, coalition: UUID, log_id: str, puts: Sequence[Put]) -> None:
        if puts:
            columns = [list(column) for column in zip(*puts, strict=True)]
            async with tenant(self._app, [coalition]) as db:
                await db.execute(_PUT, coalition, log_id, *columns)

    async def _settle(
        self, coalition: UUID, log_id: str, origin: str, leaves: Sequence[bytes]
    ) -> None:
        """Seal what is there again, as it was signed, and let the log go on."""
        edge = Edge()
        for first in range(0, len(leaves), AT_ONCE):
            full = edge.extend(leaves[first : first + AT_ONCE])
            async with tenant(self._app, [coalition]) as db:
                await store_tiles(db, coalition, log_id, full, again=True)
        opened, about = await self._signer.open(origin, new=False), await self._signer.about(origin)
        async with tenant(self._app, [coalition]) as db:
            for service in SOURCES:
                await _turn_back(db, coalition, log_id, service)
            await db.execute(
                "update log.log set size = $3, sealed_size = $3, sealed_peaks = $4, vkey = $5,"
                " about = $6, state = 'open', reason = null, changed_at = null, urgent = false"
                " where coalition_id = $1 and log_id = $2 and state = 'frozen'",
                coalition, log_id, len(leaves), b"".join(edge.peaks().hashes), opened.vkey,
                bytes(about).decode(),
            )  # fmt: skip

    # The signer, from the database or a copy

    async def _adopted(self, coalition: UUID) -> str:
        async with tenant(self._app, [coalition]) as db:
            row, note = await db.fetchrow(_LOG, coalition), await newest_note(db, coalition)
            if note is None:  # nothing was signed yet: its first key is made again
                await db.execute(
                    "update log.log set origin = null, vkey = null, about = null, state = 'open',"
                    " reason = null where coalition_id = $1 and state <> 'ended'",
                    coalition,
                )
                return "the log gets its first key again; nothing was signed with the one before"
        assert row is not None
        size, leaves = Checkpoint.parse(note.text).size, list[bytes]()
        for first in range(0, size, PAGE):
            async with tenant(self._app, [coalition]) as db:
                rows = await db.fetch(
                    "select leaf from log.entry where coalition_id = $1 and log_id = $2"
                    " and seq >= $3 and seq < $4 order by seq",
                    coalition, row["log_id"], first, min(first + PAGE, size),
                )  # fmt: skip
            leaves += [leaf_hash(each["leaf"]) for each in rows]
        former = _former(row["origin"], row["about"], row["vkey"])
        await self._adopt(note, former, leaves)
        await self._refresh(coalition, row["log_id"], row["origin"])
        return f"the signer goes on with {row['origin']} at {size}, as its witnesses saw it"

    async def _adopt(self, note: Note, former: About, leaves: Sequence[bytes]) -> Note:
        """Let the signer go on from a checkpoint that no witness is ahead of.

        Returns:
            It, with the signatures that witnesses gave.
        """
        checkpoint = Checkpoint.parse(note.text)
        if (len(leaves), root_of(leaves)) != (checkpoint.size, checkpoint.root):
            raise CannotRepair("The entries do not lead to the root that was signed.")
        cosigned = await self._cosigned(note, leaves)
        await self._signer.adopt(cosigned, former, leaves)
        return cosigned

    async def _cosigned(self, note: Note, leaves: Sequence[bytes]) -> Note:
        """Return a checkpoint with a signature of every witness that can be asked.

        Raises:
            CannotRepair: one is ahead of it, saw another history, or does not answer.
        """

        def prove(old: int) -> Sequence[bytes]:
            span = lambda first, count: root_of(leaves[first : first + count])  # noqa: E731 - its type is the parameter's
            return consistency(old, len(leaves), span)

        asked = [each for each in self._policy.witnesses if each.url is not None]
        answers = await asyncio.to_thread(lambda: list(submit(note, asked, {}, prove)))
        for answer in answers:
            if not answer.signatures:
                who = answer.witness.key.name
                raise CannotRepair(
                    f"{who} does not stand by this checkpoint of size {len(leaves)}: {answer.why} "
                    "Every witness must, or what it saw would be lost for good."
                )
        return note.signed_by(*(line for answer in answers for line in answer.signatures))

    async def _refresh(self, coalition: UUID, log_id: str, origin: str) -> None:
        """Let a log whose signer is whole again go on."""
        opened, about = await self._signer.open(origin, new=False), await self._signer.about(origin)
        async with tenant(self._app, [coalition]) as db:
            await db.execute(
                "update log.log set vkey = $3, about = $4, state = 'open', reason = null"
                " where coalition_id = $1 and log_id = $2",
                coalition, log_id, opened.vkey, bytes(about).decode(),
            )  # fmt: skip
            await _unpark(db, coalition)

    # Both, from a copy

    async def restore(
        self, coalition: UUID, raw: bytes, about: str | None, key: str,
        entries: AsyncIterable[bytes],
    ) -> str:  # fmt: skip
        """Put a log back from a copy of it, where database and signer are lost.

        Args:
            raw: The copy's checkpoint.
            about: What the log said of itself, where the copy has that.
            key: The log's vkey.
            entries: All of them, in order.

        Raises:
            CannotRepair: the copy is not whole, not this coalition's, or older than what a witness
                has seen.
        """
        try:
            note = Note.parse(raw)
            checkpoint = Checkpoint.parse(note.text)
            former = _former(checkpoint.origin, about, key)
        except Unreadable as error:
            raise CannotRepair(f"The copy cannot be read: {error}") from error
        with tempfile.TemporaryFile() as spool:
            leaves = await _spooled(spool, entries, coalition)
            try:
                cosigned = await self._adopt(note, former, leaves)
            except NotSigned as error:
                raise CannotRepair(f"The signer refuses: {error}.") from error
            log_id = await self._frozen(coalition, checkpoint.origin, instead=True)
            if (await self._missing(coalition, log_id, leaves)).keys() != set(leaves):
                raise CannotRepair("The database has entries of this log: repair what it lost.")
            for puts in _read_back(spool, coalition):
                await self._insert(coalition, log_id, puts)
        own = tuple(each for each in cosigned.signatures if each.name == checkpoint.origin)
        async with tenant(self._app, [coalition]) as db:
            await db.execute(
                "insert into log.checkpoint (coalition_id, log_id, size, root, note)"
                " values ($1, $2, $3, $4, $5) on conflict do nothing",
                coalition, log_id, checkpoint.size, checkpoint.root,
                bytes(Note(note.text, own)).decode(),
            )  # fmt: skip
        await self._settle(coalition, log_id, checkpoint.origin, leaves)
        return f"{checkpoint.origin} is there again with {checkpoint.size} entries"

    # Neither

    async def begin_anew(self, coalition: UUID) -> str:
        """End a log whose order or entries are lost for good; the next one names it.

        Raises:
            CannotRepair: it is not frozen, so nothing was lost.
        """
        async with tenant(self._app, [coalition]) as db:
            row = await db.fetchrow(f"{_LOG} for update", coalition)
            if row is None or row["state"] != "frozen":
                raise CannotRepair("Only a log that is frozen is given up.")
            note = await newest_note(db, coalition)
            await db.execute(
                "update log.log set state = 'ended', reason = 'lost for good: another log follows'"
                " where coalition_id = $1 and log_id = $2",
                coalition, row["log_id"],
            )  # fmt: skip
            await db.execute(
                "insert into log.log (coalition_id, log_id, predecessor) values ($1, $2, $3)",
                coalition, secrets.token_hex(16), note.text if note else row["predecessor"],
            )  # fmt: skip
            await db.execute(
                "delete from inbox.cursor where coalition_id = $1 and reader = $2",
                coalition, READER,
            )  # fmt: skip
            await _unpark(db, coalition)
        last = f"size {Checkpoint.parse(note.text).size}" if note else "nothing"
        return f"{row['origin']} ended at {last}; a new log takes all journals in from the start"

    async def _thawed(self, coalition: UUID) -> str:
        """Let a log go on in which nothing differs any more."""
        examiner = Examiner(self._app, self._watch, self._sources)
        async for each in examiner.differences(coalition):
            raise CannotRepair(f"It still differs: {each.why}.")
        async with tenant(self._app, [coalition]) as db:
            await db.execute(
                "update log.log set state = 'open', reason = null"
                " where coalition_id = $1 and state = 'frozen'",
                coalition,
            )
            await _unpark(db, coalition)
        return "all that is kept was compared, nothing differs; the log goes on"


async def _turn_back(db: Connection, coalition: UUID, log_id: str, service: str) -> None:
    """Let the intake go on behind what is kept of a journal.

    Raises:
        CannotRepair: a position is missing.
    """
    rows = await db.fetch(
        "select position, leaf_hash from log.entry"
        " where coalition_id = $1 and log_id = $2 and service = $3 order by position",
        coalition, log_id, service,
    )  # fmt: skip
    chain = chain_start(service, coalition)
    for position, (stated, each) in enumerate(rows, 1):
        if stated != position:
            raise CannotRepair(f"Event {position} of {service} is missing in the log.")
        chain = sha256(chain + each).digest()
    await db.execute(
        "insert into inbox.cursor values ($1, $2, $3, $4, $5)"
        " on conflict (coalition_id, source, reader)"
        " do update set position = excluded.position, chain = excluded.chain",
        coalition, service, READER, len(rows), chain,
    )  # fmt: skip
    await _unpark(db, coalition)


async def _unpark(db: Connection, coalition: UUID) -> None:
    await db.execute(
        "delete from inbox.parked where coalition_id = $1 and reader = $2", coalition, READER
    )


async def _spooled(spool: IO[bytes], entries: AsyncIterable[bytes], coalition: UUID) -> list[bytes]:
    """Write the entries of a copy down, once each is one of this coalition; return their hashes."""
    leaves = list[bytes]()
    async for leaf in entries:
        leaves.append(_placed(len(leaves), leaf, coalition).leaf_hash)
        spool.write(len(leaf).to_bytes(2, "big") + leaf)
    spool.seek(0)
    return leaves


def _read_back(spool: IO[bytes], coalition: UUID) -> Iterator[list[Put]]:
    """Yield the entries that were written down, some at a time."""
    seq, puts = 0, list[Put]()
    while length := spool.read(2):
        puts.append(_placed(seq, spool.read(int.from_bytes(length, "big")), coalition))
        seq += 1
        if len(puts) == PAGE:
            yield puts
            puts = []
    yield puts


def _put(seq: int, leaf: bytes, coalition: UUID, service: str, position: int) -> Put:
    try:
        [written] = entries([leaf], coalition, service, position).ids
    except Unfit as error:
        raise CannotRepair(f"Entry {seq} is {error}.") from error
    return Put(seq, service, position, UUID(written), leaf, leaf_hash(leaf))


def _placed(seq: int, leaf: bytes, coalition: UUID) -> Put:
    """Return an entry with the place that its own bytes name."""
    try:
        written = orjson.loads(leaf)
        service, position = str(written["source"]).rpartition("/")[2], int(written["sequence"])
    except (ValueError, TypeError, KeyError) as error:
        raise CannotRepair(f"Entry {seq} of the copy is no event.") from error
    return _put(seq, leaf, coalition, service, position)


def _former(origin: str, about: str | None, key: str) -> About:
    """Return what a log said of itself, or what follows from its key."""
    if about is not None:
        return About.parse(Note.parse(about.encode()).text)
    return About(origin, (Term(vkey(key), 0),))
