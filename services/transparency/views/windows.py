"""What the reports of a window have in common: the window, the boundary, how far members goes."""

from datetime import date, datetime
from typing import NamedTuple

import orjson

from services.transparency.domain.boundary import Boundary
from services.transparency.domain.refs import Cited
from services.transparency.domain.stage_timeline import Decided
from services.transparency.domain.window import Window, day_of
from services.transparency.views import events, sittings
from services.transparency.views.boundaries import boundary
from services.transparency.views.events import Lens
from services.transparency.views.register import Search
from shared.hot import Connection


class Frame(NamedTuple):
    """What a report of a window stands in.

    Args:
        now: The newest moment included.
        heard: The day of the newest event of members that is included.
    """

    now: datetime
    window: Window
    heard: date
    boundary: Boundary


async def frame(db: Connection, lens: Lens, search: Search) -> Frame | None:
    """Return the frame of a report; `None` where nothing was recorded yet."""
    now = await events.newest(db, lens)
    told = await events.heard(db, lens, "members")
    if now is None or told is None:
        return None
    covered = await sittings.window_of(db, lens, now, search.begins, search.ends)
    return Frame(now, covered, day_of(told), await boundary(db, lens))


async def decided(db: Connection, lens: Lens) -> list[Decided]:
    """Return the decisions, in order, and what became of the objections to each."""
    rows = await db.fetch(
        "select d.position, at, objections, leaf from decision d"
        " join event e on e.coalition_id = d.coalition_id and e.service = 'meetings'"
        " and e.position = d.position"
        " where d.coalition_id = $1 and d.position <= $2 and audience && $3"
        " and d.type = 'DecisionMade' order by d.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return [
        Decided(
            Cited("meetings", row["position"], row["leaf"]),
            row["at"],
            tuple(sorted(orjson.loads(row["objections"] or "{}").values())),
        )
        for row in rows
    ]


async def acknowledged(db: Connection, lens: Lens, covered: Window) -> list[tuple[int, Cited]]:
    """Return the seconds from when a decision was first communicated to each acknowledgement.

    Args:
        covered: Only acknowledgements in this window.
    """
    rows = await db.fetch(
        "select m.position, m.at, told.at as told_at, leaf from moment m"
        " join lateral (select min(at) as at from moment t where t.coalition_id = m.coalition_id"
        " and t.proposal = m.proposal and t.type = 'DecisionCommunicated' and t.audience && $3"
        " and t.data->>'decision' = m.data->>'decision' and t.position < m.position) told"
        " on told.at is not null"
        " join event e on e.coalition_id = m.coalition_id and e.service = 'meetings'"
        " and e.position = m.position"
        " where m.coalition_id = $1 and m.position <= $2 and m.audience && $3"
        " and m.type = 'DecisionAcknowledged' order by m.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return [
        (
            int((row["at"] - row["told_at"]).total_seconds()),
            Cited("meetings", row["position"], row["leaf"]),
        )
        for row in rows
        if covered.holds(row["at"])
    ]
