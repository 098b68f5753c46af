"""One organisation: what it gains by taking part, how far it commits itself, and what it did."""

from typing import Any
from uuid import UUID

from services.transparency.domain.engagement import Act, engagement
from services.transparency.domain.refs import Cited
from services.transparency.domain.window import day_of
from services.transparency.views import names
from services.transparency.views.events import Lens
from services.transparency.views.register import Search
from services.transparency.views.stated import interest
from services.transparency.views.windows import frame
from shared.event import timestamp
from shared.hot import Connection

_SEEN = "coalition_id = $1 and position <= $2 and audience && $3"
_ACTS = (
    "select acts.kind, acts.position, acts.at, acts.about, coalesce(acts.leaf, e.leaf) as leaf"  # noqa: S608 - a condition of ours
    " from (select 'attended' as kind, position, at, meeting as about, null::bytea as leaf"
    f"  from sitting where {_SEEN} and org = $4 and type = 'AttendanceRecorded'"
    " union all select 'stances', position, at, proposal, leaf"
    f"  from stance where {_SEEN} and org = $4 and type in ('StanceTaken', 'StanceChanged')"
    " union all select 'steps_done', position, at, step, null"
    f"  from step where {_SEEN} and by_org = $4 and type = 'NextStepCompleted') acts"
    " left join event e on e.coalition_id = $1 and e.service = 'meetings'"
    " and e.position = acts.position order by acts.position"
)


async def of_organisation(db: Connection, lens: Lens, org: UUID) -> dict[str, Any] | None:
    """Return what a page shows of an organisation; `None` where the reader knows of none."""
    member = (await names.members(db, lens)).get(org)
    if member is None:
        return None
    known = await names.names(db, lens)
    stands = await frame(db, lens, Search())
    return {
        "id": str(org),
        "name": known.known.get(org),
        "kind": member.kind,
        "state": member.state,
        "joined_at": timestamp(member.joined_at) if member.joined_at else None,
        "commitments": await _commitments(db, lens, org),
        "interest": await interest(db, lens, org),
        "engagement": engagement(await _acts(db, lens, org), stands.window) if stands else [],
    }


async def _acts(db: Connection, lens: Lens, org: UUID) -> list[Act]:
    rows = await db.fetch(_ACTS, lens.coalition, lens.meetings, lens.audiences, org)
    return [
        Act(
            row["kind"],
            day_of(row["at"]),
            row["about"],
            Cited("meetings", row["position"], row["leaf"]),
        )
        for row in rows
    ]


async def _commitments(db: Connection, lens: Lens, org: UUID) -> list[dict[str, Any]]:
    """Return how far it committed itself, the newest first."""
    rows = await db.fetch(
        f"select position, at, commitment from membership where {_SEEN} and org = $4"  # noqa: S608 - a condition of ours
        " and commitment is not null order by position desc",
        *(lens.coalition, lens.members, lens.audiences, org),
    )
    return [
        {
            "level": row["commitment"],
            "since": timestamp(row["at"]),
            "ref": f"members/{row['position']}",
        }
        for row in rows
    ]
