"""What members ask each other, with the answers, and what they try out."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.pilot import Outcome
from services.meetings.domain.practice import Works
from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry


class ShareRow(BaseModel):
    """How somebody does it, and whether that works."""

    answer: Words | None
    works: Works
    by: Named
    at: datetime
    ref: str


class PracticeRow(BaseModel):
    """A question and its answers, the oldest first.

    `ties` are who asked and who answered: each pair once.
    """

    practice: UUID
    question: Words | None
    asked_by: Named
    asked_at: datetime
    answers: list[ShareRow]
    ties: list[tuple[Named, Named]]
    ref: str


class ReviewRow(BaseModel):
    text: Words | None
    by: Named
    at: datetime
    ref: str


class TrialRow(BaseModel):
    """A try of an idea; `result` is empty while it goes on."""

    by: Named
    started_at: datetime
    until: date
    result: Outcome | None
    text: Words | None
    refs: list[str]


class IdeaRow(BaseModel):
    """An idea with its reviews, and its pilots with what came of each, the oldest first."""

    idea: UUID
    text: Words | None
    pitched_by: Named
    pitched_at: datetime
    reviews: list[ReviewRow]
    pilots: list[TrialRow]
    ref: str


def practices(entries: Iterable[Entry], named: Names) -> list[PracticeRow]:
    """Return the questions, the newest first."""
    found: dict[UUID, PracticeRow] = {}
    for entry in entries:
        by = named.organisation(entry.org)
        if entry.type == "PracticeAsked":
            found[entry.key] = PracticeRow(
                practice=entry.key,
                question=entry.data.get("question"),
                asked_by=by,
                asked_at=entry.at,
                answers=[],
                ties=[],
                ref=entry.ref,
            )
        elif (row := found.get(entry.key)) is not None:
            shared = ShareRow(
                answer=entry.data.get("answer"),
                works=entry.data["works"],
                by=by,
                at=entry.at,
                ref=entry.ref,
            )
            row.answers.append(shared)
            if by != row.asked_by and (row.asked_by, by) not in row.ties:
                row.ties.append((row.asked_by, by))
    return [*reversed(found.values())]


def ideas(entries: Iterable[Entry], named: Names) -> list[IdeaRow]:
    """Return the ideas, the newest first."""
    found: dict[UUID, IdeaRow] = {}
    for entry in entries:
        by, data = named.organisation(entry.org), entry.data
        if entry.type == "IdeaPitched":
            found[entry.key] = IdeaRow(
                idea=entry.key,
                text=data.get("text"),
                pitched_by=by,
                pitched_at=entry.at,
                reviews=[],
                pilots=[],
                ref=entry.ref,
            )
        elif (row := found.get(entry.key)) is not None:
            _tried(row, entry, by)
    return [*reversed(found.values())]


def _tried(row: IdeaRow, entry: Entry, by: Named) -> None:
    data = entry.data
    match entry.type:
        case "IdeaReviewed":
            review = ReviewRow(text=data.get("text"), by=by, at=entry.at, ref=entry.ref)
            row.reviews.append(review)
        case "PilotStarted":
            trial = TrialRow(
                by=by,
                started_at=entry.at,
                until=data["until"],
                result=None,
                text=None,
                refs=[entry.ref],
            )
            row.pilots.append(trial)
        case "PilotReported" if row.pilots:
            trial = row.pilots[-1]
            trial.result, trial.text = data["result"], data.get("text")
            trial.refs.append(entry.ref)
