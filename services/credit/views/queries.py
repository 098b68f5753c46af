"""What the pages read. Rows sort by time: nothing is counted up, nobody is ranked (K6).

Who declined or waived is not named, and counted as undisclosed (K2).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel, TypeAdapter

from shared.event import Text
from shared.hot import Connection
from shared.redaction import Redacted

Audiences = Sequence[str]
Words = Text | Redacted
"""What somebody said, or who redacted it and why."""
_WORDS: TypeAdapter[Words] = TypeAdapter(Words)


class ContributionRow(BaseModel):
    contribution: UUID
    of: UUID
    role: str
    degree: str
    about: list[str]
    what: Words | None
    state: Literal["claimed", "confirmed"]
    confirmed_by: list[UUID]
    by: UUID | None
    at: datetime
    ref: str


class SuggestionRow(BaseModel):
    of: UUID
    role: str
    about: str


class WinRow(BaseModel):
    win: UUID
    kind: Literal["win", "loss"]
    size: str | None
    title: Words | None
    at: datetime
    told: list[str]
    ref: str


class CorrectionRow(BaseModel):
    role: str
    degree: str
    reason: Words | None
    by: UUID | None
    at: datetime
    ref: str


class CreditRow(BaseModel):
    credit: UUID
    to: UUID | None
    external: Words | None
    role: str
    degree: str
    basis: str
    contributions: list[UUID]
    accepted: bool
    by: UUID | None
    at: datetime
    corrections: list[CorrectionRow]
    ref: str


class ReceivedRow(CreditRow):
    """A credit, with the win that it was given for."""

    win: UUID
    title: Words | None


class LatecomerRow(BaseModel):
    to: UUID | None
    external: Words | None
    before: Words | None
    now: Words | None
    target: UUID | None
    by: UUID | None
    at: datetime
    ref: str


class AnnouncementRow(BaseModel):
    audience: str
    uncredited: list[UUID]
    by: UUID | None
    at: datetime
    ref: str


class CelebrationRow(BaseModel):
    on: date
    orgs: list[UUID]
    ref: str


class WinDetail(WinRow):
    """Latecomers head the thanks."""

    decisions: list[UUID]
    objectives: list[UUID]
    by: UUID | None
    latecomers: list[LatecomerRow]
    credits: list[CreditRow]
    undisclosed: int
    announcements: list[AnnouncementRow]
    celebrations: list[CelebrationRow]


async def contributions(
    db: Connection,
    coalition: UUID,
    seen_by: Audiences,
    of: UUID | None,
    before: int,
    limit: int | None,
) -> list[ContributionRow]:
    """Return contributions that nobody declined, newest first, up to a position."""
    rows = await db.fetch(
        "select c.*, array(select a.by_org from contribution_answers a"
        "   where (a.coalition_id, a.contribution) = (c.coalition_id, c.contribution)"
        "   and a.confirmed and a.audience && $2 order by a.position) as confirmed"
        " from contributions c"
        " where c.coalition_id = $1 and c.audience && $2"
        " and ($3::uuid is null or c.of_org = $3) and c.position < $4"
        " and not exists (select from contribution_answers d where not d.confirmed"
        "   and (d.coalition_id, d.contribution) = (c.coalition_id, c.contribution))"
        " order by c.position desc limit $5",
        *(coalition, seen_by, of, before, limit),
    )
    return [_contribution(row) for row in rows]


async def recorded_up_to(db: Connection, coalition: UUID) -> int:
    """Return the position of the newest event about contributions; 0 where there is none."""
    position: int | None = await db.fetchval(
        "select max(position) from (select position from contributions where coalition_id = $1"
        " union all select position from contribution_answers where coalition_id = $1) as every",
        coalition,
    )
    return position or 0


def _contribution(row: Record) -> ContributionRow:
    recorded_by = [row["by_org"]] if row["by_org"] not in {None, row["of_org"]} else []
    vouchers = recorded_by + row["confirmed"]
    return ContributionRow(
        contribution=row["contribution"],
        of=row["of_org"],
        role=row["role"],
        degree=row["degree"],
        about=row["about"],
        what=said(row["what"]),
        state="confirmed" if vouchers else "claimed",
        confirmed_by=vouchers,
        **_told(row),
    )


async def undisclosed(db: Connection, coalition: UUID, seen_by: Audiences) -> int:
    """Return how many contributions are not shown, as somebody declined to be named for them."""
    count: int = await db.fetchval(
        "select count(distinct contribution) from contribution_answers"
        " where coalition_id = $1 and audience && $2 and not confirmed",
        *(coalition, seen_by),
    )
    return count


async def suggestions(
    db: Connection, coalition: UUID, seen_by: Audiences, of: UUID | None, limit: int
) -> list[SuggestionRow]:
    """Return what was heard of and nobody recorded yet, newest first."""
    rows = await db.fetch(
        "select s.organisation, s.role, s.source || '/' || s.position as about"
        " from heard.suggestion s"
        " where s.coalition_id = $1 and s.ripe and s.audience && $2"
        " and ($3::uuid is null or s.organisation = $3)"
        " and not exists (select from contributions c"
        "   where (c.coalition_id, c.of_org, c.role) = (s.coalition_id, s.organisation, s.role)"
        "   and s.source || '/' || s.position = any(c.about))"
        " order by s.source, s.position desc limit $4",
        *(coalition, seen_by, of, limit),
    )
    return [SuggestionRow(of=org, role=role, about=about) for org, role, about in rows]


_WIN = (
    "select w.*, array(select distinct n.told from announcements n"
    "   where (n.coalition_id, n.win) = (w.coalition_id, w.win) and n.audience && $2"
    "   order by n.told) as told"
    " from wins w where w.coalition_id = $1 and w.audience && $2"
)


async def wins(
    db: Connection, coalition: UUID, seen_by: Audiences, before: int, limit: int
) -> list[WinRow]:
    """Return wins and losses, newest first, up to a position."""
    rows = await db.fetch(
        f"{_WIN} and w.position < $3 order by w.position desc limit $4",
        *(coalition, seen_by, before, limit),
    )
    return [WinRow(**_win(row), at=row["at"], ref=_ref(row)) for row in rows]


async def celebrated_on(db: Connection, coalition: UUID, seen_by: Audiences) -> date | None:
    """Return the day of the last celebration; one that is yet to come has not been."""
    day: date | None = await db.fetchval(
        "select max(day) from celebrations where coalition_id = $1 and audience && $2"
        " and day <= current_date",
        *(coalition, seen_by),
    )
    return day


async def win(db: Connection, coalition: UUID, seen_by: Audiences, key: UUID) -> WinDetail | None:
    """Return all that is said of a win; `None` where there is none that this reader may see."""
    row = await db.fetchrow(f"{_WIN} and w.win = $3", coalition, seen_by, key)

    async def of(table: str) -> list[Record]:
        found: list[Record] = await db.fetch(
            f"select * from {table} where coalition_id = $1 and audience && $2"  # noqa: S608 - one of the names below
            " and win = $3 order by position",
            *(coalition, seen_by, key),
        )
        return found

    if row is None:
        return None
    answers = {one["credit"]: one["accepted"] for one in await of("credit_answers")}
    corrections = await of("corrections")
    given = await of("credits")
    return WinDetail(
        **_win(row),
        **_told(row),
        decisions=row["decisions"],
        objectives=row["objectives"],
        latecomers=[_latecomer(one) for one in await of("latecomers")],
        credits=[
            _credit(one, corrections, accepted=answers.get(one["credit"], False))
            for one in given
            if answers.get(one["credit"], True)
        ],
        undisclosed=sum(answers.get(one["credit"]) is False for one in given),
        announcements=[
            AnnouncementRow(audience=one["told"], uncredited=one["uncredited"], **_told(one))
            for one in await of("announcements")
        ],
        celebrations=[
            CelebrationRow(on=one["day"], orgs=one["orgs"], ref=_ref(one))
            for one in await of("celebrations")
        ],
    )


async def received(
    db: Connection, coalition: UUID, seen_by: Audiences, orgs: Iterable[UUID]
) -> list[ReceivedRow]:
    """Return the credits that these organisations were given and did not waive, newest first."""
    given = await db.fetch(
        "select c.*, w.title from credits c join wins w"
        " on (w.coalition_id, w.win) = (c.coalition_id, c.win) and w.audience && $2"
        " where c.to_org = any($3) and c.coalition_id = $1 and c.audience && $2"
        " order by c.position desc",
        *(coalition, seen_by, list(orgs)),
    )

    async def of(table: str) -> list[Record]:
        found: list[Record] = await db.fetch(
            f"select * from {table} where coalition_id = $1 and audience && $2"  # noqa: S608 - one of the names below
            " and credit = any($3) order by position",
            *(coalition, seen_by, [one["credit"] for one in given]),
        )
        return found

    answers = {one["credit"]: one["accepted"] for one in await of("credit_answers")}
    corrections = await of("corrections")
    return [
        ReceivedRow(
            **dict(_credit(one, corrections, accepted=answers.get(one["credit"], False))),
            win=one["win"],
            title=said(one["title"]),
        )
        for one in given
        if answers.get(one["credit"]) is not False
    ]


def _win(row: Record) -> dict[str, Any]:
    return {
        "win": row["win"],
        "kind": "loss" if row["size"] is None else "win",
        "size": row["size"],
        "title": said(row["title"]),
        "told": row["told"],
    }


def _credit(row: Record, corrections: Iterable[Record], *, accepted: bool) -> CreditRow:
    """Return a credit as it stands after its corrections, and those."""
    own = [one for one in corrections if one["credit"] == row["credit"]]
    stands = own[-1] if own else row
    return CreditRow(
        credit=row["credit"],
        to=row["to_org"],
        external=said(row["external"]),
        role=stands["role"],
        degree=stands["degree"],
        basis=row["basis"],
        contributions=row["contributions"],
        accepted=accepted,
        corrections=[
            CorrectionRow(
                role=one["role"], degree=one["degree"], reason=said(one["reason"]), **_told(one)
            )
            for one in own
        ],
        **_told(row),
    )


def _latecomer(row: Record) -> LatecomerRow:
    return LatecomerRow(
        to=row["to_org"],
        external=said(row["external"]),
        before=said(row["before"]),
        now=said(row["now"]),
        target=row["target"],
        **_told(row),
    )


def _told(row: Record) -> dict[str, Any]:
    return {"by": row["by_org"], "at": row["at"], "ref": _ref(row)}


def _ref(row: Record) -> str:
    return f"credit/{row['position']}"


def said(stored: str | None) -> Words | None:
    """Return words as a row holds them; nothing where they may not be seen, or were erased."""
    return None if stored is None else _WORDS.validate_json(stored)
