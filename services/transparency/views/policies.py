"""Rows of shared policies, and of what units answered to them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from services.transparency.domain.shared_policies import AskedUnit, PolicyEvent
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    hidden_rows,
    jsonb,
    sealing,
    together,
)
from services.transparency.views.names import named
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

POLICY = Table(
    "shared_policy",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("policy", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("unit", "uuid"),
    ("version", "int"),
    ("relation", "text"),
    ("units", "jsonb"),
    ("words", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)


def happened(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    said = "change" if seen.type == "PolicyAdaptationReported" else "reason"
    yield (
        POLICY,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            data.get("unit"),
            data.get("version"),
            data.get("relation"),
            jsonb(data.get("units")),
            jsonb(data.get(said)),
            audience(seen),
            sealing(seen, "units", words=said),
        ),
    )


KINDS = (
    "PolicyDrafted",
    "PolicyAgreed",
    "PolicyAdopted",
    "PolicyDeclined",
    "PolicyAdaptationReported",
    "PolicyRetired",
)
ROWS: dict[str, Rows] = together(
    dict.fromkeys(KINDS, happened), {"PolicyDrafted": named("policy", "title")}
)


async def policy_events(db: Connection, lens: Lens) -> list[PolicyEvent]:
    """Return what happened to policies, in order."""
    return [
        PolicyEvent(
            cited=citing("meetings", row),
            policy=row["policy"],
            type=row["type"],
            at=row["at"],
            unit=row["unit"],
            words=lens.said(row, "words"),
            version=row["version"],
            relation=row["relation"],
            units=tuple(_asked(row, lens)),
        )
        for row in await cited_rows(db, lens, POLICY, "meetings")
    ]


def _asked(row: Any, lens: Lens) -> Iterable[AskedUnit]:
    seals = orjson.loads(row["sealed"]) if row["sealed"] else {}
    for n, unit in enumerate(orjson.loads(row["units"]) if row["units"] else ()):
        name = lens.opened(jsonb(unit.get("name")), seals.get(f"units/{n}/name"))
        yield AskedUnit(UUID(unit["unit"]), UUID(unit["owner"]), name)


async def hidden_policy_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, POLICY, "meetings")
