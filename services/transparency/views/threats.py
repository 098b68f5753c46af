"""Rows of threats, and of who shares them."""

from collections.abc import Iterable

from services.transparency.domain.threats import ThreatEvent
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    hidden_rows,
    together,
)
from services.transparency.views.names import named
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

THREAT = Table(
    "threat",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("threat", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("issues", "uuid[]"),
    ("audience", "text[]"),
)


def happened(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    yield (
        THREAT,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            seen.data.get("issues") or (),
            audience(seen),
        ),
    )


KINDS = ("ThreatIdentified", "ThreatShared", "ThreatRetired")
ROWS: dict[str, Rows] = together(
    dict.fromkeys(KINDS, happened), {"ThreatIdentified": named("threat")}
)


async def threat_events(db: Connection, lens: Lens) -> list[ThreatEvent]:
    """Return what happened to threats, in order."""
    return [
        ThreatEvent(
            cited=citing("members", row),
            type=row["type"],
            threat=row["threat"],
            at=row["at"],
            by=row["by_org"],
            issues=tuple(row["issues"]),
        )
        for row in await cited_rows(db, lens, THREAT, "members")
    ]


async def hidden_threat_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, THREAT, "members")
