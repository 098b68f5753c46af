"""Heard of constituencies: which there are, and which organisations speak for them (D4, quorum)."""

from datetime import date

from services.meetings.inbox.happened import Happened, change
from shared.changes import Changes
from shared.event import Heard, Recorded
from shared.inbox import Hears


class ConstituencyRepresented(Heard):
    since: date
    until: date | None = None


async def identify(db: Changes, seen: Recorded, _identified: Happened) -> None:
    """Know that there is such a perspective."""
    statement = "insert into heard.constituency values ($1, $2) on conflict do nothing"
    await change(db, seen, statement)


async def represent(db: Changes, seen: Recorded, represented: ConstituencyRepresented) -> None:
    """Count the organisation as speaking for it, from a day and perhaps until one."""
    await change(
        db,
        seen,
        "insert into heard.represented values ($1, $2, $3, $4, $5)"
        " on conflict (coalition_id, constituency, org) do update"
        " set since = excluded.since, until = excluded.until",
        *(seen.by, represented.since, represented.until),
    )


CONSTITUENCIES = (
    Hears(Happened, identify, type="ConstituencyIdentified"),
    Hears(ConstituencyRepresented, represent),
)
