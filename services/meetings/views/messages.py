"""What people look up of messages: who stands behind each, and its variants."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.meetings.views.queries import Audiences, names
from services.meetings.views.rows import Named, Words, ref, words
from shared.hot import Connection


class VariantRow(BaseModel):
    """The same message in words for one audience, and who says it so."""

    variant: UUID
    audience: str
    text: Words | None
    approved_by: Named
    ref: str


class MessageRow(BaseModel):
    """`approved`: at least one organisation stands behind it."""

    message: UUID
    issue: UUID
    text: Words | None
    drafted_by: Named
    drafted_at: datetime
    approved: bool
    approved_by: list[Named]
    variants: list[VariantRow]
    ref: str


async def messages(db: Connection, coalition: UUID, seen_by: Audiences) -> list[MessageRow]:
    """Return the messages, the newest first."""
    rows = await db.fetch(
        "select * from message where coalition_id = $1 and audience && $2 order by position",
        *(coalition, list(seen_by)),
    )
    named = await names(db, coalition, seen_by)
    found: dict[UUID, MessageRow] = {}
    for row in rows:
        by = named.organisation(row["by_org"])
        match row["type"]:
            case "MessageDrafted":
                found[row["message"]] = MessageRow(
                    message=row["message"],
                    issue=row["issue"],
                    text=words(row["text"]),
                    drafted_by=by,
                    drafted_at=row["at"],
                    approved=False,
                    approved_by=[],
                    variants=[],
                    ref=ref(row),
                )
            case "MessageApproved":
                found[row["message"]].approved = True
                found[row["message"]].approved_by.append(by)
            case "MessageVariantApproved":
                variant = VariantRow(
                    variant=row["variant"],
                    audience=row["told"],
                    text=words(row["text"]),
                    approved_by=by,
                    ref=ref(row),
                )
                found[row["message"]].variants.append(variant)
    return [*reversed(found.values())]
