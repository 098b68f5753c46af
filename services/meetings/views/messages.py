"""What people look up of messages: who stands behind each, its variants, and who may see them."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel

from services.meetings.views.queries import Audiences, names
from services.meetings.views.rows import Named, Words, ref, words
from shared.hot import Connection

SEEN = (
    "select m.*, array(select distinct d.told from disclosed d"
    "  where d.coalition_id = m.coalition_id and d.position = m.position order by 1) as shown_to"
    " from message m where m.coalition_id = $1 and (m.audience && $2 or exists ("
    "  select from disclosed d where d.coalition_id = m.coalition_id"
    "  and d.position = m.position and d.audience && $2))"
)
"""The events of messages that somebody may see, because of their class or since a disclosure."""


class VariantRow(BaseModel):
    """The same message in words for one audience, and who says it so.

    `shown_to` are the classes that a disclosure raised it to.
    """

    variant: UUID
    audience: str
    text: Words | None
    approved_by: Named
    shown_to: list[str]
    ref: str


class MessageRow(BaseModel):
    """`approved`: at least one organisation stands behind it, as far as this reader may see.

    Who may see a variant but not the message itself gets it without text, author and reference.
    """

    message: UUID
    issue: UUID | None = None
    text: Words | None = None
    drafted_by: Named | None = None
    drafted_at: datetime | None = None
    approved: bool = False
    approved_by: list[Named]
    variants: list[VariantRow]
    shown_to: list[str]
    ref: str | None = None


async def messages(db: Connection, coalition: UUID, seen_by: Audiences) -> list[MessageRow]:
    """Return the messages, the newest first."""
    rows = await db.fetch(f"{SEEN} order by m.position", *(coalition, list(seen_by)))
    named = await names(db, coalition, seen_by)
    found: dict[UUID, MessageRow] = {}
    for row in rows:
        by, key = named.organisation(row["by_org"]), row["message"]
        known = found.setdefault(
            key, MessageRow(message=key, approved_by=[], variants=[], shown_to=[])
        )
        match row["type"]:
            case "MessageDrafted":
                found[key] = known.model_copy(update=_drafted(row, by))
            case "MessageApproved":
                known.approved = True
                known.approved_by.append(by)
            case "MessageVariantApproved":
                known.variants.append(_variant(row, by))
    return [*reversed(found.values())]


def _drafted(row: Record, by: Named) -> dict[str, object]:
    return {
        "issue": row["issue"],
        "text": words(row["text"]),
        "drafted_by": by,
        "drafted_at": row["at"],
        "shown_to": row["shown_to"],
        "ref": ref(row),
    }


def _variant(row: Record, by: Named) -> VariantRow:
    return VariantRow(
        variant=row["variant"],
        audience=row["told"],
        text=words(row["text"]),
        approved_by=by,
        shown_to=row["shown_to"],
        ref=ref(row),
    )
