"""What R4 and R5 are written from, read in one transaction."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from services.transparency.domain import common_ground
from services.transparency.domain.common_ground import Sheet, ground
from services.transparency.domain.hearing import Hearing, Hidden
from services.transparency.domain.representation_gaps import CAME, SPOKE, Record
from services.transparency.domain.said import Names
from services.transparency.domain.seats import seats
from services.transparency.domain.table import Tables
from services.transparency.domain.unlikely_pairs import ties, unlikely_pairs
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
from shared.hot import Connection


async def sheet(
    db: Connection,
    lens: Lens,
    seen: Window,
    tables: Tables,
    known: Names,
    among: Collection[UUID] = (),
) -> Sheet:
    """Return the common ground at the end of a window, and when it began.

    Args:
        among: Only what is common to these organisations; to all where none is named.
    """
    said = await issues.issue_events(db, lens)
    faced = await threats.threat_events(db, lens)
    now, before = (ground(said, faced, tables, moment) for moment in (seen.end, seen.start))
    between = ties(await tie_rows.tie_events(db, lens), seen)
    orgs = now.table.active.intersection(among) if among else now.table.active
    pairs = unlikely_pairs(orgs, now.issues.values(), now.threats.values(), between, seen.ends)
    return Sheet(now, before, between, pairs, known, frozenset(among))


async def partners(db: Connection, lens: Lens, own: Collection[UUID]) -> dict[str, Any]:
    """Return the unlikely pairs with one of these organisations, as they themselves see them.

    Args:
        lens: With the reader's own eyes: what is between two is for these two.
    """
    newest = await events.newest(db, lens)
    if newest is None:
        return {"items": [], "window": None}
    seen = await sittings.window_of(db, lens, newest, None, None)
    known, tables = await names.names(db, lens), await constituencies.tables(db, lens)
    written = await sheet(db, lens, seen, tables, known)
    pairs = [each for each in written.pairs if not set(own).isdisjoint(each.orgs)]
    return {
        "items": [common_ground.partner(each, written) for each in pairs],
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
