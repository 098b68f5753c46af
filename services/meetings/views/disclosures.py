"""What people look up of disclosures: what is to be shown to whom, and who has answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel

from services.meetings.views.messages import SEEN
from services.meetings.views.queries import Audiences, names
from services.meetings.views.rows import Named, Names, Words, ref, words
from shared.hot import Connection

State = Literal["open", "disclosed", "refused"]


CONCERNS = (
    "select position, type, data->'text' as text, by as by_org from said m"
    " where coalition_id = $1 and aggregate = 'concern' and position = any($3)"
    " and (audience && $2 or exists (select from disclosed d where d.coalition_id = m.coalition_id"
    "  and d.position = m.position and d.audience && $2))"
)
"""What concerns say that somebody may see, by the class they were told or since a disclosure."""


class DisclosedRow(BaseModel):
    """An event to be disclosed; of one that the reader may not see, only its reference."""

    ref: str
    type: str | None
    text: Words | None
    by: Named | None


class AnswerRow(BaseModel):
    """An organisation that something is shown of; no `answer` yet means that it waits."""

    organisation: Named
    answer: Literal["approved", "refused"] | None
    reason: Words | None
    at: datetime | None
    ref: str | None


class DisclosureRow(BaseModel):
    """`to` is the class it is raised to; partners and funders are named in `audience`."""

    disclosure: UUID
    state: State
    to: str
    audience: list[Named]
    items: list[DisclosedRow]
    requested_by: Named
    requested_at: datetime
    answers: list[AnswerRow]
    ref: str


async def disclosures(db: Connection, coalition: UUID, seen_by: Audiences) -> list[DisclosureRow]:
    """Return the disclosures asked for, the newest first."""
    rows = await db.fetch(
        "select * from disclosure where coalition_id = $1 and audience && $2 order by position",
        *(coalition, list(seen_by)),
    )
    named = await names(db, coalition, seen_by)
    asked = [row for row in rows if row["type"] == "DisclosureRequested"]
    items = [_position(item) for row in asked for item in row["items"]]
    seen = coalition, list(seen_by), items
    messages = await db.fetch(f"{SEEN} and m.position = any($3)", *seen)
    told = {ref(row): row for row in [*messages, *await db.fetch(CONCERNS, *seen)]}
    return [
        _row(one, [row for row in rows if row["disclosure"] == one["disclosure"]], told, named)
        for one in reversed(asked)
    ]


def _position(item: str) -> int:
    return int(item.partition("/")[2])


def _row(
    asked: Record, rows: Iterable[Record], told: Mapping[str, Record], named: Names
) -> DisclosureRow:
    said = {row["by_org"]: row for row in rows if row["type"] != "DisclosureRequested"}
    answers = [_answer(org, said.get(org), named) for org in asked["needs"]]
    given = [each.answer for each in answers]
    state: State = "open"
    if "refused" in given:
        state = "refused"
    elif None not in given:
        state = "disclosed"
    return DisclosureRow(
        disclosure=asked["disclosure"],
        state=state,
        to=asked["told"],
        audience=[named.organisation(org) for org in asked["named"]],
        items=[_item(item, told.get(item), named) for item in asked["items"]],
        requested_by=named.organisation(asked["by_org"]),
        requested_at=asked["at"],
        answers=answers,
        ref=ref(asked),
    )


def _answer(org: UUID, said: Record | None, named: Names) -> AnswerRow:
    refused = said is not None and said["type"] == "DisclosureRefused"
    return AnswerRow(
        organisation=named.organisation(org),
        answer=None if said is None else "refused" if refused else "approved",
        reason=words(said["reason"]) if said else None,
        at=said["at"] if said else None,
        ref=ref(said) if said else None,
    )


def _item(item: str, shown: Record | None, named: Names) -> DisclosedRow:
    return DisclosedRow(
        ref=item,
        type=shown["type"] if shown else None,
        text=words(shown["text"]) if shown else None,
        by=named.organisation(shown["by_org"]) if shown else None,
    )
