"""Lessons: what members read of each other, and what everybody finds of those that were shared."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel

from services.credit.views.queries import Audiences, Words, said
from shared.event import Text
from shared.hot import Connection


class FoundRow(BaseModel):
    """A lesson that was shared with everybody, as who is outside finds it.

    `coalition` is what the coalition is called, and `topics` what it works on, where it lets
    itself be found.
    """

    kind: Literal["right", "wrong"]
    what: Text | None
    why: Text | None
    shared_at: datetime
    coalition: Text | None
    topics: list[str]


class LessonRow(BaseModel):
    """A lesson; `shared`: with whom outside."""

    lesson: UUID
    campaign: UUID
    kind: Literal["right", "wrong"]
    what: Words | None
    why: Words | None
    by: UUID | None
    at: datetime
    shared: list[str]
    ref: str


async def lessons(
    db: Connection, coalition: UUID, seen_by: Audiences, before: int, limit: int
) -> list[LessonRow]:
    """Return lessons that this reader may see, newest first, up to a position.

    A reader from outside sees those that were shared with them.
    """
    rows = await db.fetch(
        "select l.*, s.shared from lessons l cross join lateral (select"
        "  coalesce(array_agg(distinct told order by told), '{}') as shared from lesson_shares"
        "  where (coalition_id, lesson) = (l.coalition_id, l.lesson)) s"
        " where l.coalition_id = $1 and l.position < $3 and (l.audience || s.shared) && $2"
        " order by l.position desc limit $4",
        *(coalition, list(seen_by), before, limit),
    )
    return [
        LessonRow(
            lesson=row["lesson"],
            campaign=row["campaign"],
            by=row["by_org"],
            at=row["at"],
            shared=row["shared"],
            ref=f"credit/{row['position']}",
            **_words(row),
        )
        for row in rows
    ]


async def found(db: Connection, topic: str | None, limit: int) -> list[FoundRow]:
    """Return the lessons that any coalition shared with everybody, those shared last first.

    Args:
        db: Of the role that sees every coalition.
        topic: Only of coalitions that let themselves be found under it.
    """
    rows = await db.fetch(
        "select l.kind, l.what, l.why, s.at as shared_at, h.name, h.topics from lesson_shares s"
        " join lessons l on (l.coalition_id, l.lesson) = (s.coalition_id, s.lesson)"
        " left join heard.listing h on h.coalition_id = s.coalition_id and h.topics <> '{}'"
        " where s.told = 'public' and ($1::text is null or $1 = any(h.topics))"
        " order by s.at desc, s.coalition_id, s.position desc limit $2",
        *(topic, limit),
    )
    return [
        FoundRow(
            shared_at=row["shared_at"],
            kind=row["kind"],
            what=_only_text(row["what"]),
            why=_only_text(row["why"]),
            coalition=_only_text(row["name"]),
            topics=row["topics"] or [],
        )
        for row in rows
    ]


def _words(row: Record) -> dict[str, Any]:
    return {"kind": row["kind"], "what": said(row["what"]), "why": said(row["why"])}


def _only_text(stored: str | None) -> Text | None:
    """Return words for who is outside; who redacted them, and where, is no concern of theirs."""
    words = said(stored)
    return words if isinstance(words, Text) else None
