"""Rows of the stages that a coalition declares, and of its end."""

from collections.abc import Iterable

from services.transparency.domain.refs import Cited
from services.transparency.domain.stage_timeline import StageEvent
from services.transparency.views.events import Lens, audience, jsonb, sealing
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

STAGE = Table(
    "stage",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("stage", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("reason", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)


def entered(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Keep the stage entered; none where the coalition adjourns."""
    yield (
        STAGE,
        (
            seen.coalition,
            seen.position,
            seen.data.get("stage"),
            seen.at,
            seen.by,
            jsonb(seen.data.get("reason")),
            audience(seen),
            sealing(seen, "reason"),
        ),
    )


ROWS: dict[str, Rows] = {"StageEntered": entered, "CoalitionAdjourned": entered}


async def stage_events(db: Connection, lens: Lens) -> list[StageEvent]:
    """Return the stages as they were entered, in order."""
    rows = await db.fetch(
        "select s.position, stage, at, by_org, reason, sealed, leaf from stage s"
        " join event e on e.coalition_id = s.coalition_id and e.service = 'members'"
        " and e.position = s.position"
        " where s.coalition_id = $1 and s.position <= $2 and audience && $3 order by s.position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return [
        StageEvent(
            cited=Cited("members", row["position"], row["leaf"]),
            at=row["at"],
            by=row["by_org"],
            stage=row["stage"],
            reason=lens.said(row, "reason"),
        )
        for row in rows
    ]
