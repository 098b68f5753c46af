"""Rows of meetings as they were held: opened, who came, who spoke; and the window they give."""

from collections.abc import Iterable
from datetime import date, datetime

from services.transparency.domain.representation_gaps import CAME, SPOKE, Sat
from services.transparency.domain.window import Held, Window, window
from services.transparency.views.events import Lens, audience, cited_rows, citing, hidden_rows
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

SITTING = Table(
    "sitting",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("meeting", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("org", "uuid"),
    ("audience", "text[]"),
)


def happened(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    yield (
        SITTING,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.data.get("org"),
            audience(seen),
        ),
    )


ROWS: dict[str, Rows] = dict.fromkeys(("MeetingOpened", CAME, SPOKE), happened)


async def sat(db: Connection, lens: Lens) -> list[Sat]:
    """Return which meetings were opened, who came and who spoke there, in order."""
    return [
        Sat(citing("meetings", row), row["type"], row["meeting"], row["at"], row["org"])
        for row in await cited_rows(db, lens, SITTING, "meetings")
    ]


async def hidden_sat(db: Connection, lens: Lens, *types: str) -> int:
    """Return how many of them, of these event types, this reader may not see."""
    return await hidden_rows(db, lens, SITTING, "meetings", *types)


async def window_of(
    db: Connection, lens: Lens, newest: datetime, begins: date | None, ends: date | None
) -> Window:
    """Return the window of a report; `begins` and `ends` are the days asked for."""
    rows = await db.fetch(
        "select c.at as closed, least(c.at, min(s.at)) as began from closing c"
        " left join sitting s on s.coalition_id = c.coalition_id and s.meeting = c.meeting"
        " and s.position <= $2 and s.audience && $3"
        " where c.coalition_id = $1 and c.position <= $2 and c.audience && $3"
        " group by c.position, c.at order by c.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return window(newest, [Held(row["began"], row["closed"]) for row in rows], begins, ends)
