"""Heard of terms: which there are, what organisations accept for them, alone and together (D21)."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.meetings.inbox.happened import change
from shared.changes import Changes
from shared.event import Heard, Recorded
from shared.inbox import Hears

Acceptable = tuple[str, ...] | dict[str, int]
"""Choices, or `min` and `max`."""


class TermDefined(Heard):
    term: UUID


class BottomLineDeclared(Heard):
    term: UUID
    acceptable: Acceptable | None = None
    valid_until: date


class CompromiseAgreed(Heard):
    """The first of its events names parties, terms and day; each party's own, that it agrees."""

    compromise: UUID
    parties: tuple[UUID, ...] | None = None
    terms: dict[UUID, Acceptable] | None = None
    valid_until: date | None = None


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


async def define(db: Changes, seen: Recorded, defined: TermDefined) -> None:
    """Know the term."""
    await db.execute(
        "insert into heard.term values ($1, $2) on conflict do nothing",
        *(seen.coalition, defined.term),
    )


async def declare(db: Changes, seen: Recorded, line: BottomLineDeclared) -> None:
    """Keep what the organisation accepts now; a line that cannot be opened is as good as none."""
    if line.acceptable is None:
        return
    await change(
        db,
        seen,
        "insert into heard.bottom_line (coalition_id, org, term, acceptable, until)"
        " values ($1, $2, $3, $4, $5) on conflict (coalition_id, org, term) do update"
        " set acceptable = excluded.acceptable, until = excluded.until",
        line.term,
        _json(line.acceptable),
        line.valid_until,
    )


async def agree(db: Changes, seen: Recorded, agreed: CompromiseAgreed) -> None:
    """Keep the compromise as its first party named it, and who has agreed."""
    if agreed.parties is not None and agreed.terms is not None and agreed.valid_until is not None:
        await db.execute(
            "insert into heard.compromise (coalition_id, compromise, parties, terms, until)"
            " values ($1, $2, $3, $4, $5) on conflict do nothing",
            seen.coalition,
            agreed.compromise,
            list(agreed.parties),
            _json(agreed.terms),
            agreed.valid_until,
        )
    await change(
        db,
        seen,
        "update heard.compromise set agreed = array_append(agreed, $2)"
        " where coalition_id = $1 and compromise = $3",
        agreed.compromise,
    )


LINES = (
    Hears(TermDefined, define),
    Hears(BottomLineDeclared, declare),
    Hears(CompromiseAgreed, agree),
)
