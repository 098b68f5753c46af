"""Decisions with whom they affect and who could vote on them: who was heard before each."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from services.transparency.domain.hearing import Decided
from services.transparency.domain.refs import Cited
from services.transparency.views import events
from services.transparency.views.events import Lens
from services.transparency.views.register import titles
from shared.hot import Connection


async def decided(db: Connection, lens: Lens, begins: datetime, ends: datetime) -> list[Decided]:
    """Return the decisions made from `begins` until before `ends`, in order."""
    rows = await db.fetch(
        "select d.position, d.decision, d.proposal, coalesce(d.meeting, v.meeting) as meeting,"
        " d.outcome, d.at, a.position as drafted, a.constituencies, v.position as opened,"
        " v.at as opened_at, v.electorate"
        " from decision d"
        " left join affected a on a.coalition_id = d.coalition_id and a.proposal = d.proposal"
        " and a.position <= $2 and a.audience && $3"
        " left join lateral (select position, at, meeting, electorate from voting v"
        " where v.coalition_id = d.coalition_id and v.proposal = d.proposal"
        " and v.position < d.position and v.audience && $3"
        " order by v.position desc limit 1) v on true"
        " where d.coalition_id = $1 and d.position <= $2 and d.audience && $3"
        " and d.type = 'DecisionMade' and d.at >= $4 and d.at < $5 order by d.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        begins,
        ends,
    )
    names = ("position", "drafted", "opened")
    positions = {row[name] for row in rows for name in names if row[name] is not None}
    cited = await events.at_positions(db, lens, "meetings", positions)
    called = await titles(db, lens, [row["decision"] for row in rows])
    return [_decided(row, cited)._replace(title=called.get(row["decision"])) for row in rows]


def _decided(row: asyncpg.Record, cited: Mapping[int, Cited]) -> Decided:
    listed: list[UUID] | None = row["electorate"]
    return Decided(
        cited=cited[row["position"]],
        decision=row["decision"],
        proposal=row["proposal"],
        meeting=row["meeting"],
        title=None,
        outcome=row["outcome"],
        at=row["at"],
        affected=tuple(row["constituencies"] or ()),
        drafted=cited.get(row["drafted"]),
        opened=cited.get(row["opened"]),
        opened_at=row["opened_at"],
        electorate=None if listed is None else frozenset(listed),
    )
