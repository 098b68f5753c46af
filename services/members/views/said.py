"""What was said of an aggregate, event by event: registers are folded from that when asked for.

A row holds an event as this service could open it. A reader gets a field only where they belong to
the audience that it was sealed for, even where they may see the event.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Table

SAID = Table(
    "said", ("coalition_id", "uuid"), ("position", "bigint"),
    ("aggregate", "text"), ("key", "text"), ("type", "text"), ("at", "timestamptz"),
    ("by", "uuid"), ("data", "jsonb"), ("audience", "text[]"), ("sealed", "jsonb"),
)  # fmt: skip


class Entry(NamedTuple):
    """An event as one reader may see it; a field they may not see is not in `data`."""

    position: int
    key: str
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
        return f"members/{self.position}"


def readers(seen: Recorded) -> list[str]:
    """Return the tokens of readers who may see what an event says (`security.md` 3)."""
    named = [token if ":" in token else f"org:{token}" for token in seen.audience]
    return named or [seen.visibility]


def said(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Return the row of an event."""
    sealed = {name: list(map(str, under)) for name, under in seen.sealed.items()}
    yield SAID, (
        seen.coalition, seen.position, seen.stream.partition("-")[0], seen.key, seen.type, seen.at,
        seen.by, orjson.dumps(dict(seen.data)).decode(),
        readers(seen),
        orjson.dumps(sealed).decode() if sealed else None,
    )  # fmt: skip


async def entries(
    db: Connection,
    coalition: UUID,
    audiences: Collection[str],
    *aggregates: str,
    key: str | None = None,
    types: Collection[str] | None = None,
    all_of_them: bool = False,
) -> list[Entry]:
    """Return what was said of these aggregates that the reader may see, oldest first.

    Args:
        audiences: Those that the reader belongs to.
        key: Of one aggregate only.
        types: Only events of these.
        all_of_them: Those too that are for others, with nothing that was sealed for these; only
            for what must not seem to hold any more, where others know what took its place.
    """
    rows = await db.fetch(
        "select position, key, type, at, by, data, sealed from said where coalition_id = $1"
        " and aggregate = any($2) and (audience && $3 or $6) and ($4::text is null or key = $4)"
        " and ($5::text[] is null or type = any($5)) order by position",
        coalition, list(aggregates), list(audiences), key, None if types is None else list(types),
        all_of_them,
    )  # fmt: skip
    return [
        Entry(
            row["position"], row["key"], row["type"], row["at"], row["by"],
            visible(orjson.loads(row["data"]), row["sealed"], audiences),
        )
        for row in rows
    ]  # fmt: skip


def visible(data: dict[str, Any], sealed: str | None, audiences: Collection[str]) -> dict[str, Any]:
    """Return the fields that a reader of these audiences may see."""
    under = orjson.loads(sealed) if sealed else {}
    return {
        name: value
        for name, value in data.items()
        if name not in under or not _tokens(under[name][0]).isdisjoint(audiences)
    }


def spoken(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields but those whose words are gone: for cells, which hold words or nothing."""
    return {
        name: value
        for name, value in data.items()
        if not (isinstance(value, dict) and "withheld" in value)
    }


def _tokens(sealed_for: str) -> set[str]:
    """Return the tokens of who may read what was sealed for an audience, or for organisations."""
    kind, _, ids = sealed_for.partition(":")
    return {f"org:{id_}" for id_ in ids.split("_")} if kind == "dyad" else {sealed_for}


async def reached(db: Connection, coalition: UUID) -> int:
    """Return the position of the newest event that was said here."""
    found: int | None = await db.fetchval(
        "select max(position) from said where coalition_id = $1", coalition
    )
    return found or 0
