"""What R4 and R5 are written from."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain import common_ground
from services.transparency.domain.common_ground import Sheet, ground
from services.transparency.domain.hearing import Hearing, Hidden
from services.transparency.domain.issues import IssueEvent
from services.transparency.domain.representation_gaps import CAME, SPOKE, Record
from services.transparency.domain.said import Names
from services.transparency.domain.seats import seats
from services.transparency.domain.table import Tables
from services.transparency.domain.threats import ThreatEvent
from services.transparency.domain.unlikely_pairs import TieEvent, ties, unlikely_pairs
from services.transparency.domain.window import Window
from services.transparency.views import (
    constituencies,
    events,
    hearings,
    issues,
    names,
    sittings,
    threats,
)
from services.transparency.views import seats as seat_rows
from services.transparency.views import ties as tie_rows
from services.transparency.views.events import Lens
from services.transparency.views.held import Held
from services.transparency.views.standings import Rows
from shared.hot import Connection

FED_BY = ("name", "membership", "constituency", "representation", "issue", "threat", "tie")
"""Tables of which the common ground is made, all but practice questions from members' events."""
GROUNDS, PARTNERS = 4, 256
_sheets: Held[Sheet] = Held(GROUNDS)
_partners: Held[dict[str, Any]] = Held(PARTNERS)


async def sheet(rows: Rows, lens: Lens, seen: Window, among: Collection[UUID] = ()) -> Sheet:
    """Return the common ground at the end of a window, and when it began.

    It is held until something happens that it is made of.

    Args:
        among: Only what is common to these organisations; to all where none is named.
    """
    async with rows() as db:
        fed = await _fed(db, lens)
    rest = ("sheet", lens.audiences, seen, fed)
    found = await _sheets.of(lens, rest, lambda: _folded(rows, lens, seen))
    return await asyncio.to_thread(_among, found, frozenset(among)) if among else found


async def partners(rows: Rows, lens: Lens, own: Collection[UUID]) -> dict[str, Any]:
    """Return the unlikely pairs with one of these organisations, as they themselves see them.

    Args:
        lens: With the reader's own eyes: what is between two is for these two.
    """
    async with rows() as db:
        newest, fed = await events.newest(db, lens), await _fed(db, lens)
        if newest is None:
            return {"items": [], "total": 0, "window": None}
        seen = await sittings.window_of(db, lens, newest, None, None)

    async def made() -> dict[str, Any]:
        read = await _read(rows, lens)
        return await asyncio.to_thread(_with_own, read, seen, frozenset(own))

    return await _partners.of(lens, ("partners", lens.audiences, seen, fed), made)


async def _fed(db: Connection, lens: Lens) -> tuple[int, ...]:
    """Return the newest position, up to those of the lens, of each table that is folded."""
    newest = ", ".join(
        f"(select coalesce(max(position), 0) from {name} where coalition_id = $1"  # noqa: S608 - a table of ours
        f" and position <= $2{' and service = $3' if name in {'name', 'tie'} else ''})"
        for name in FED_BY
    )
    found: list[int] = await db.fetchval(
        f"select array[{newest}, (select coalesce(max(position), 0) from tie"  # noqa: S608 - ours
        " where coalition_id = $1 and position <= $4 and service = 'meetings')]",
        lens.coalition,
        lens.members,
        "members",
        lens.meetings,
    )
    return tuple(found)


class _Read(NamedTuple):
    """What the common ground is folded from."""

    known: Names
    tables: Tables
    said: Sequence[IssueEvent]
    faced: Sequence[ThreatEvent]
    tied: Sequence[TieEvent]


async def _read(rows: Rows, lens: Lens) -> _Read:
    """Read what is folded: folding takes longer than a transaction may."""
    async with rows() as db:
        return _Read(
            await names.names(db, lens),
            await constituencies.tables(db, lens),
            await issues.issue_events(db, lens),
            await threats.threat_events(db, lens),
            await tie_rows.tie_events(db, lens),
        )


async def _folded(rows: Rows, lens: Lens, seen: Window) -> Sheet:
    return await asyncio.to_thread(_sheet, await _read(rows, lens), seen)


def _sheet(read: _Read, seen: Window, own: Collection[UUID] | None = None) -> Sheet:
    """Fold the ground; only the pairs with one of `own`, where that is given."""
    now, before = (
        ground(read.said, read.faced, read.tables, moment) for moment in (seen.end, seen.start)
    )
    between = ties(read.tied, seen)
    unlikely = unlikely_pairs(
        now.table.active, now.issues.values(), now.threats.values(), between, seen.ends, own
    )
    return Sheet(now, before, between, unlikely, seen, read.known)


def _among(whole: Sheet, among: frozenset[UUID]) -> Sheet:
    now = whole.now
    unlikely = unlikely_pairs(
        now.table.active & among, now.issues.values(), now.threats.values(), whole.ties,
        whole.seen.ends,
    )  # fmt: skip
    return replace(whole, unlikely=unlikely, among=among)


def _with_own(read: _Read, seen: Window, own: frozenset[UUID]) -> dict[str, Any]:
    written = _sheet(read, seen, own)
    return {
        "items": [common_ground.partner(each, written) for each in written.unlikely.first],
        "total": written.unlikely.total,
        "window": {"from": seen.begins.isoformat(), "to": seen.ends.isoformat()},
    }


async def record(db: Connection, lens: Lens, seen: Window, tables: Tables, known: Names) -> Record:
    """Return who was there and who was heard in a window."""
    hidden = Hidden(
        table=await constituencies.hidden_at_the_table(db, lens) > 0,
        seats=await seat_rows.hidden_seat_events(db, lens) > 0,
        attended=await sittings.hidden_sat(db, lens, "MeetingOpened", CAME) > 0,
        spoke=await sittings.hidden_sat(db, lens, SPOKE) > 0,
        consulted=await constituencies.hidden_consultations(db, lens) > 0,
    )
    hearing = Hearing(
        tables,
        await constituencies.consultations(db, lens),
        await constituencies.reviews(db, lens),
        hidden,
        known,
    )
    return Record(
        window=seen,
        hearing=hearing,
        seats=seats(await seat_rows.seat_events(db, lens), seen.end),
        plenary=await seat_rows.plenary(db, lens),
        sat=await sittings.sat(db, lens),
        decided=await hearings.decided(db, lens, seen.start, seen.end),
    )


async def hidden_from_ground(db: Connection, lens: Lens) -> int:
    """Return how many events of the common ground this reader may not see."""
    return (
        await issues.hidden_issue_events(db, lens)
        + await threats.hidden_threat_events(db, lens)
        + await tie_rows.hidden_tie_events(db, lens)
    )


async def hidden_from_record(db: Connection, lens: Lens) -> int:
    """Return how many events of who was there this reader may not see."""
    return (
        await constituencies.hidden_at_the_table(db, lens)
        + await seat_rows.hidden_seat_events(db, lens)
        + await sittings.hidden_sat(db, lens)
        + await constituencies.hidden_consultations(db, lens)
    )
