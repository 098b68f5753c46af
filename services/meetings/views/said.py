"""What was said of an aggregate, event by event: registers are folded from that when asked for.

A reader gets a field only where they belong to the audience that it was sealed for, even where they
may see the event.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.hot import Connection


class Entry(NamedTuple):
    """An event as one reader may see it; a field they may not see is not in `data`."""

    position: int
    aggregate: str
    key: UUID
    type: str
    at: datetime
    by: UUID | None
    data: dict[str, Any]

    @property
    def org(self) -> UUID:
        """The organisation that acted; there is one wherever it is asked for."""
        assert self.by is not None
        return self.by

    @property
    def ref(self) -> str:
        return f"meetings/{self.position}"


RAISED = (
    "exists (select from disclosed d where d.coalition_id = said.coalition_id"
    " and d.position = said.position and d.audience && $3)"
)
"""Whether readers of more audiences see an event than when it was recorded."""


async def entries(
    db: Connection,
    coalition: UUID,
    audiences: Collection[str],
    *aggregates: str,
    key: UUID | None = None,
    disclosed: bool = False,
) -> list[Entry]:
    """Return what was said of these aggregates that the reader may see, oldest first.

    Args:
        audiences: Those that the reader belongs to.
        key: Of one aggregate only.
        disclosed: Also what more may see since a disclosure.
    """
    shown = RAISED if disclosed else "false"
    rows = await db.fetch(
        f"select position, aggregate, key, type, at, by, data, sealed, {shown} as raised from said"  # noqa: S608 - of the two above
        " where coalition_id = $1 and aggregate = any($2)"
        f" and (audience && $3 or {shown})"
        " and ($4::uuid is null or key = $4) order by position",
        *(coalition, list(aggregates), list(audiences), key),
    )
    return [
        Entry(
            row["position"],
            row["aggregate"],
            row["key"],
            row["type"],
            row["at"],
            row["by"],
            visible(orjson.loads(row["data"]), None if row["raised"] else row["sealed"], audiences),
        )
        for row in rows
    ]


def visible(data: dict[str, Any], sealed: str | None, audiences: Collection[str]) -> dict[str, Any]:
    """Return the fields that a reader of these audiences may see."""
    under = orjson.loads(sealed) if sealed else {}
    return {
        name: value
        for name, value in data.items()
        if name not in under or under[name][0] in audiences
    }
