"""What was said of an aggregate, event by event: registers are folded from that when asked for.

A row holds an event as this service could open it. A reader gets a field only where they belong to
the audience that it was sealed for, even where they may see the event.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from services.credit.views.queries import said as words_of
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Table

SAID = Table(
    "said", ("coalition_id", "uuid"), ("position", "bigint"),
    ("aggregate", "text"), ("key", "uuid"), ("type", "text"), ("at", "timestamptz"),
    ("by_org", "uuid"), ("data", "jsonb"), ("audience", "text[]"), ("sealed", "jsonb"),
)  # fmt: skip


class Entry(NamedTuple):
    """An event as one reader may see it; a field they may not see is not in `data`.

    Words that were redacted are a `Redacted` there.
    """

    position: int
    key: UUID
    type: str
    at: datetime
    by: UUID | None
    data: dict[str, Any]

    @property
    def ref(self) -> str:
        return f"credit/{self.position}"

    @property
    def told(self) -> dict[str, Any]:
        """Who said it, when, and the event."""
        return {"by": self.by, "at": self.at, "ref": self.ref}


def said(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Return the row of an event."""
    sealed = {name: list(map(str, under)) for name, under in seen.sealed.items()}
    yield SAID, (
        seen.coalition, seen.position, seen.stream.partition("-")[0], seen.key, seen.type, seen.at,
        seen.by, orjson.dumps(dict(seen.data)).decode(),
        list(seen.audience) or [seen.visibility],
        orjson.dumps(sealed).decode() if sealed else None,
    )  # fmt: skip


async def entries(
    db: Connection, coalition: UUID, audiences: Collection[str], aggregate: str
) -> list[Entry]:
    """Return what was said of an aggregate's instances that the reader may see, oldest first."""
    rows = await db.fetch(
        "select position, key, type, at, by_org, data, sealed from said"
        " where coalition_id = $1 and aggregate = $2 and audience && $3 order by position",
        *(coalition, aggregate, list(audiences)),
    )
    return [
        Entry(
            row["position"], row["key"], row["type"], row["at"], row["by_org"],
            _visible(orjson.loads(row["data"]), row["sealed"], audiences),
        )
        for row in rows
    ]  # fmt: skip


def _visible(
    data: dict[str, Any], sealed: str | None, audiences: Collection[str]
) -> dict[str, Any]:
    under = orjson.loads(sealed) if sealed else {}
    return {
        name: _words(value)
        for name, value in data.items()
        if name not in under or under[name][0] in audiences
    }


def _words(value: Any) -> Any:
    """Return a value as it is, and words that were redacted as who did it and why."""
    if isinstance(value, dict) and "withheld" in value:
        return words_of(orjson.dumps(value).decode())
    return value


async def seen(
    db: Connection, coalition: UUID, audiences: Collection[str], refs: Collection[str]
) -> set[str]:
    """Return those of these events of credit that the reader may see."""
    found = await db.fetch(
        "select position from said where coalition_id = $1 and position = any($2)"
        " and audience && $3 union all"
        " select position from contributions where coalition_id = $1 and position = any($2)"
        " and audience && $3",
        *(coalition, [int(ref.partition("/")[2]) for ref in refs], list(audiences)),
    )
    return {f"credit/{position}" for (position,) in found}
