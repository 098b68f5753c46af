"""What the readers of this inbox share: an event of which no field is needed, and words."""

from typing import Any
from uuid import UUID

import orjson

from shared.changes import Changes
from shared.event import Heard, Recorded, Text


class Happened(Heard):
    """An event whose having happened, to whom its stream belongs, is all that matters."""


def key(seen: Recorded) -> UUID:
    """Return the id of the aggregate that the event belongs to."""
    return UUID(seen.key)


def words(text: Text | None) -> str | None:
    """Return what a jsonb column keeps of a name."""
    return None if text is None else orjson.dumps(text.model_dump()).decode()


def audience(seen: Recorded) -> tuple[str, ...]:
    """Return who may read what the event names."""
    return seen.audience or (seen.visibility,)


async def change(db: Changes, seen: Recorded, statement: str, *values: Any) -> None:
    """Run a statement on rows of the event's coalition, `$1`, and aggregate, `$2`."""
    await db.execute(statement, seen.coalition, key(seen), *values)
