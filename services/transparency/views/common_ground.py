"""What R4 and R5 are written from, read in one transaction."""

from collections.abc import Collection, Sequence
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
from shared.hot import Connection


class Ground(NamedTuple):
    """What the common ground of a window is folded from; all of it was read."""

    seen: Window
    tables: Tables
    known: Names
    said: Sequence[IssueEvent]
    faced: Sequence[ThreatEvent]
    tied: Sequence[TieEvent]

    def sheet(self, among: Collection[UUID] = ()) -> Sheet:
        """Return the common ground at the end of the window, and when it began.

        Args:
            among: Only what is common to these organisations; to all where none is named.
        """
        now, before = (
            ground(self.said, self.faced, self.tables, moment)
            for moment in (self.seen.end, self.seen.start)
        )
        between = ties(self.tied, self.seen)
        orgs = now.table.active.intersection(among) if among else now.table.active
        pairs = unlikely_pairs(
            orgs, now.issues.values(), now.threats.values(), between, self.seen.ends
        )
        return Sheet(now, before, between, pairs, self.known, frozenset(among))


async def read_ground(
    db: Connection, lens: Lens, seen: Window, tables: Tables, known: Names
) -> Ground:
    """Read what the common ground is folded from: folding takes longer than a transaction may."""
    return Ground(
        seen,
        tables,
        known,
        await issues.issue_events(db, lens),
        await threats.threat_events(db, lens),
        await tie_rows.tie_events(db, lens),
    )


async def read_partners(db: Connection, lens: Lens) -> Ground | None:
    """Read what unlikely pairs follow from; `None` where nothing happened.

    Args:
        lens: With the reader's own eyes: what is between two is for these two.
    """
    newest = await events.newest(db, lens)
    if newest is None:
        return None
    seen = await sittings.window_of(db, lens, newest, None, None)
    known, tables = await names.names(db, lens), await constituencies.tables(db, lens)
    return await read_ground(db, lens, seen, tables, known)


def partners(found: Ground | None, own: Collection[UUID]) -> dict[str, Any]:
    """Return the unlikely pairs with one of these organisations, as they themselves see them."""
    if found is None:
        return {"items": [], "window": None}
    written, seen = found.sheet(), found.seen
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
