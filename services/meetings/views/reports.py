"""What people look up of what went out: reports that were issued, and answers to flags."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.flag import Answer
from services.meetings.domain.report import AsOf, Audience, Number
from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry


class IssuedRow(BaseModel):
    """A report that was issued; `content` is the digest of its canonical JSON.

    `superseded_by` is the event by which a later one was issued in its place.
    """

    report: Number
    organisation: Named | None
    audience: Audience
    as_of: AsOf
    boundary_version: int
    format_version: int
    content: str
    withheld: dict[str, int]
    issued_by: Named
    issued_at: datetime
    supersedes: str | None
    superseded_by: str | None
    ref: str


class FlagAnswerRow(BaseModel):
    """What the coalition made of a flag in one window; `before` are earlier answers to it."""

    indicator: str
    window_end: date
    answer: Answer
    reason: Words | None
    by: Named
    at: datetime
    ref: str
    before: list["FlagAnswerRow"]


def issued(entries: Iterable[Entry], named: Names) -> list[IssuedRow]:
    """Return the reports that were issued, the newest first."""
    found: dict[str, IssuedRow] = {}
    for entry in entries:
        data = entry.data
        about = data.get("organisation")
        row = IssuedRow(
            report=data["report"],
            organisation=named.organisation(UUID(about)) if about else None,
            audience=data["audience"],
            as_of=AsOf(**data["as_of"]),
            boundary_version=data["boundary_version"],
            format_version=data["format_version"],
            content=data["content"],
            withheld=data["withheld"],
            supersedes=data.get("supersedes"),
            issued_by=named.organisation(entry.org),
            issued_at=entry.at,
            superseded_by=None,
            ref=entry.ref,
        )
        found[entry.ref] = row
        if row.supersedes in found:
            found[row.supersedes].superseded_by = row.ref
    return [*reversed(found.values())]


def answers(entries: Iterable[Entry], named: Names) -> list[FlagAnswerRow]:
    """Return the newest answer to each flag in each window: the newest window first."""
    found: dict[tuple[str, date], FlagAnswerRow] = {}
    for entry in entries:
        data = entry.data
        row = FlagAnswerRow(
            indicator=data["indicator"],
            window_end=data["window_end"],
            answer=data["answer"],
            reason=data.get("reason"),
            by=named.organisation(entry.org),
            at=entry.at,
            ref=entry.ref,
            before=[],
        )
        key = row.indicator, row.window_end
        if (earlier := found.get(key)) is not None:
            row.before = [*earlier.before, earlier]
            earlier.before = []
        found[key] = row
    return sorted(found.values(), key=lambda row: (-row.window_end.toordinal(), row.indicator))
