"""What was checked at the front line, whom it crosses, and what was decided there."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.frontline import Result
from services.meetings.domain.mandate import Verdict
from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry


class ConsentRow(BaseModel):
    by: Named
    reason: Words | None
    at: datetime
    ref: str


class ReportBackRow(BaseModel):
    """The step by which the organisation reports back; missing of what was imported."""

    step: UUID
    due: date | None
    done: bool
    overdue: bool


class MadeRow(BaseModel):
    """The decision; its verdict is that of its instant, which later lines do not change."""

    decision: UUID
    verdict: Verdict
    outside_mandate: bool
    text: Words | None
    at: datetime
    report_back: ReportBackRow | None
    ref: str


class ReviewRow(BaseModel):
    result: Result
    text: Words | None
    by: Named | None
    at: datetime
    ref: str


class FrontLineRow(BaseModel):
    """The values as checked last, by their terms; `checks` is how often they were checked.

    `waits_for` are those whom the values cross and who have not consented. `reviews` are newest
    first.
    """

    front_line: UUID
    organisation: Named
    checked_at: datetime
    checks: int
    terms: dict[UUID, str | int]
    verdict: Verdict
    crosses: list[Named]
    unknown: list[UUID]
    consents: list[ConsentRow]
    waits_for: list[Named]
    decision: MadeRow | None
    reviews: list[ReviewRow]
    ref: str


def owed(entries: Iterable[Entry]) -> list[UUID]:
    """Return the steps by which organisations report back."""
    made = (entry for entry in entries if entry.type == "FrontLineDecisionMade")
    return [UUID(entry.data["report_back"]) for entry in made]


def front_lines(
    entries: Iterable[Entry], named: Names, reports: Mapping[UUID, ReportBackRow]
) -> list[FrontLineRow]:
    """Return what was checked, the newest first.

    Args:
        entries: What was said, oldest first.
        reports: The steps by which organisations report back, by their ids.
    """
    found: dict[UUID, FrontLineRow] = {}
    for entry in entries:
        row = found.get(entry.key)
        if entry.type == "MandateChecked":
            found[entry.key] = _checked(entry, named, row)
        elif row is None:
            continue
        elif entry.type == "FrontLineConsentGiven":
            row.consents.append(
                ConsentRow(
                    by=named.organisation(entry.org),
                    reason=entry.data.get("reason"),
                    at=entry.at,
                    ref=entry.ref,
                )
            )
            row.waits_for = [org for org in row.waits_for if org.id != entry.org]
        elif entry.type == "FrontLineDecisionMade":
            row.decision = _made(entry, reports)
        else:
            row.reviews.insert(0, _reviewed(entry, named))
    return sorted(found.values(), key=lambda row: row.checked_at, reverse=True)


def _checked(entry: Entry, named: Names, before: FrontLineRow | None) -> FrontLineRow:
    data = entry.data
    terms = {UUID(term): value for term, value in data["terms"].items()}
    consents = before.consents if before and before.terms == terms else []
    crosses = [named.organisation(UUID(org)) for org in data["crosses"]]
    agreed = {one.by.id for one in consents}
    return FrontLineRow(
        front_line=entry.key,
        organisation=named.organisation(entry.org),
        checked_at=entry.at,
        checks=before.checks + 1 if before else 1,
        terms=terms,
        verdict=data["verdict"],
        crosses=crosses,
        unknown=data["unknown"],
        consents=consents,
        waits_for=[org for org in crosses if org.id not in agreed],
        decision=None,
        reviews=[],
        ref=entry.ref,
    )


def _made(entry: Entry, reports: Mapping[UUID, ReportBackRow]) -> MadeRow:
    data = entry.data
    return MadeRow(
        decision=data["decision"],
        verdict=data["verdict"],
        outside_mandate=data["outside_mandate"],
        text=data.get("text"),
        at=entry.at,
        report_back=reports.get(UUID(data["report_back"])),
        ref=entry.ref,
    )


def _reviewed(entry: Entry, named: Names) -> ReviewRow:
    return ReviewRow(
        result=entry.data["result"],
        text=entry.data.get("text"),
        by=named.org(entry.by),
        at=entry.at,
        ref=entry.ref,
    )
