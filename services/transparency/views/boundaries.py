"""Rows of the boundary agreement, as far as reports obey it."""

from collections.abc import Iterable

from services.transparency.domain.boundary import Agreed, Boundary
from services.transparency.views.events import Lens
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

BOUNDARY = Table(
    "boundary",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("version", "bigint"),
    ("min_group", "bigint"),
)


def agreed(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    yield BOUNDARY, (seen.coalition, seen.position, data["version"], data["min_group"])


ROWS: dict[str, Rows] = {"BoundaryAgreed": agreed}


async def boundary(db: Connection, lens: Lens) -> Boundary:
    """Return what was agreed so far."""
    rows = await db.fetch(
        "select position, version, min_group from boundary"
        " where coalition_id = $1 and position <= $2 order by position",
        lens.coalition,
        lens.members,
    )
    return Boundary(tuple(Agreed(*row) for row in rows))
