"""A report with its proof: the log as everybody reads it, and what may be told of its entries."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from services.transparency import releases
from services.transparency.asked import AUDIENCES
from services.transparency.domain.proof import is_for
from services.transparency.proof import ProofZip
from services.transparency.published import LATER, PublishedLog, published
from services.transparency.sealed import Journal, SealedField
from services.transparency.views import events
from services.transparency.views.events import SERVICES
from shared import redacting
from shared.event import timestamp
from shared.feed import CLOSED
from shared.http import ReaderOf
from shared.problems import Problem
from shared.source import Peer
from shared.tlog.tiles import bundles, tiles
from shared.tlog.tree import Peaks

Page = Callable[[Mapping[str, int]], Awaitable[bytes]]
"""Makes the page to read, as of these positions."""


async def prove(
    reader: ReaderOf, token: str, report: str, audience: str, first: int, page: Page
) -> AsyncGenerator[bytes, None]:
    """Yield the zip of a report on the entries from `first` to the newest checkpoint.

    What was sealed goes last, after it was written down that it goes. Where something does not fit
    by then, the zip ends without its directory, and nobody takes it for whole.

    Args:
        token: Of who asks; the log judges it.

    Raises:
        Problem: 422, no checkpoint was published at `first`; 503, it cannot be made now.
    """
    log = await published(reader.host.peers, token, reader.coalition)
    old, peaks = await _start(log, first)
    known = await _ended(reader)
    with ProofZip(AUDIENCES[audience], first, peaks) as proof:
        async for piece in _entries(reader, log, proof, known.redacted):
            yield piece
        log.check(proof.peaks)
        as_of = {name: last for name, (_, last) in proof.positions.items()}
        reached = ",".join(f"{name}/{last}" for name, last in as_of.items())
        await reader.host.wait_for(reached, reader.coalition)
        _check_same(known, await _ended(reader))
        read = await page(as_of)
        await releases.record(reader, report, audience, log.checkpoint, proof)
        head = {
            "origin": log.checkpoint.origin, "coalition": str(reader.coalition),
            "report": report, "audience": audience, "made_at": timestamp(datetime.now(UTC)),
        }  # fmt: skip
        await asyncio.to_thread(proof.finish, head)
        proof.add("policy.txt", log.policy)
        proof.add("new/checkpoint", log.note)
        if old is not None:
            proof.add("old/checkpoint", old)
        proof.add("report.html", read)
        yield proof.drained()
        if not first and not proof.hidden:
            async for piece in _tree(log, proof):
                yield piece
        yield proof.ended()


async def _start(log: PublishedLog, first: int) -> tuple[bytes | None, list[bytes]]:
    """Return the checkpoint where the report begins, and the peaks that lead to it."""
    if not first:
        return None, []
    checkpoint, note = await log.checkpoint_at(first)
    peaks = await log.peaks(first)
    log.check(Peaks(first, list(peaks)), checkpoint)
    return note, peaks


async def _entries(
    reader: ReaderOf, log: PublishedLog, proof: ProofZip, redacted: Mapping[str, str]
) -> AsyncIterator[bytes]:
    """Put the entries in, a bundle at a time."""
    host = reader.host
    journals = {
        name: Journal(host, reader.coalition, Peer(name, host.peers), proof.tokens, redacted)
        for name in SERVICES
    }
    async for leaves in log.bundles(proof.first):
        given: list[tuple[bytes, Mapping[str, Any], list[SealedField]]] = []
        for leaf in leaves:
            event = orjson.loads(leaf)
            fields: list[SealedField] = []
            if CLOSED in leaf and is_for(event, proof.tokens):
                journal = journals[event["source"].rpartition("/")[2]]
                fields = await journal.fields(int(event["sequence"]), event)
            given.append((leaf, event, fields))
        await asyncio.to_thread(proof.take, given)
        yield proof.drained()


async def _tree(log: PublishedLog, proof: ProofZip) -> AsyncIterator[bytes]:
    """Put the log in as public clients open it."""
    proof.add("log/checkpoint", log.note)
    size = log.checkpoint.size
    for tile in (*tiles(size), *bundles(size)):
        proof.add(f"log/{tile.path}", await log.tile(tile.level, tile.n))
        yield proof.drained()


class _Ended(NamedTuple):
    """What may not be told any more: by what each text was redacted, and where who was erased."""

    redacted: Mapping[str, str]
    erased: tuple[int, ...]


async def _ended(reader: ReaderOf) -> _Ended:
    async with reader.rows() as db:
        listed = await redacting.listed(db, reader.coalition)
        erased = await events.erasures(db, reader.coalition)
    return _Ended({digest: shown["ref"] for digest, shown in listed.items()}, erased)


def _check_same(before: _Ended, now: _Ended) -> None:
    """Refuse to tell what may have ended while it was read.

    Raises:
        Problem: 503.
    """
    if before != now:
        detail = "Something was erased or redacted just now: ask again."
        raise Problem(503, "changed_meanwhile", detail, headers=LATER)
