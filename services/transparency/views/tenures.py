"""Rows of why organisations left, and how long they stayed."""

from collections.abc import Iterable

from services.transparency.domain.members import MemberEvent
from services.transparency.domain.refs import Cited
from services.transparency.domain.retention import MemberChange
from services.transparency.views.events import Lens, audience
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

LEAVING = Table(
    "leaving",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("org", "uuid"),
    ("reason", "text"),
    ("audience", "text[]"),
)


def left(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Keep why the membership ended."""
    reason = seen.data.get("reason_code")
    yield LEAVING, (seen.coalition, seen.position, seen.key, reason, audience(seen))


ROWS: dict[str, Rows] = {"MemberLeft": left}


async def changes(db: Connection, lens: Lens) -> list[MemberChange]:
    """Return what happened to memberships, in order."""
    rows = await db.fetch(
        "select m.position, m.org, m.type, m.at, m.commitment, l.reason, m.sector, leaf"
        " from membership m"
        " join event e on e.coalition_id = m.coalition_id and e.service = 'members'"
        " and e.position = m.position"
        " left join leaving l on l.coalition_id = m.coalition_id and l.position = m.position"
        " where m.coalition_id = $1 and m.position <= $2 and m.audience && $3"
        " order by m.position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return [
        MemberChange(
            cited=Cited("members", row["position"], row["leaf"]),
            org=row["org"],
            type=row["type"],
            at=row["at"],
            commitment=row["commitment"],
            reason=row["reason"],
            sector=row["sector"],
        )
        for row in rows
    ]


def as_events(changed: Iterable[MemberChange]) -> list[MemberEvent]:
    """Return the same, as far as it says who was active."""
    return [
        MemberEvent(each.cited.position, each.org, each.type, each.at, commitment=each.commitment)
        for each in changed
    ]
