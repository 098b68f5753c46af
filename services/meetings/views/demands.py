"""What people look up of demands: which office was asked, until when, and what it answered.

Folded from what was said; that an office gave no answer is read from the day.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.demand import Reading, Result, reads
from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry


class AnswerRow(BaseModel):
    result: Result
    text: Words | None
    at: datetime
    recorded_by: Named
    ref: str


class AskedRow(BaseModel):
    """An office that was asked, until when, and what it answered: `no_answer` where it did not."""

    office: Words | None
    asked_at: datetime
    asked_by: Named
    due: date
    reads: Reading
    answers: list[AnswerRow]
    ref: str


class DemandRow(BaseModel):
    """A demand; `reads` is the answer of the office asked last, `no_answer` past its day.

    `asked` are the offices in the order in which they were asked.
    """

    demand: UUID
    campaign: UUID | None
    text: Words | None
    presented_by: Named
    presented_at: datetime
    office: Words | None
    due: date
    reads: Reading
    escalated: bool
    asked: list[AskedRow]
    ref: str


def demands(entries: Iterable[Entry], named: Names, today: date) -> list[DemandRow]:
    """Return the demands: those without an answer, those that wait, then answered ones.

    Among these, the one that was due first comes first.
    """
    found: dict[UUID, DemandRow] = {}
    for entry in entries:
        begun = entry.type == "DemandPresented" or entry.key in found
        if entry.aggregate == "demand" and begun:
            _demanded(found, entry, named, today)
    order = {"no_answer": 0, "waiting": 1}
    return sorted(found.values(), key=lambda row: (order.get(row.reads, 2), row.due))


def _demanded(found: dict[UUID, DemandRow], entry: Entry, named: Names, today: date) -> None:
    data, by = entry.data, named.organisation(entry.org)
    if entry.type == "DemandAnswered":
        row = found[entry.key]
        answer = AnswerRow(
            result=data["result"],
            text=data.get("text"),
            at=entry.at,
            recorded_by=by,
            ref=entry.ref,
        )
        row.asked[-1].answers.append(answer)
        row.reads = row.asked[-1].reads = answer.result
        return
    due = date.fromisoformat(data["due"])
    office = data.get("office" if entry.type == "DemandPresented" else "to")
    asked = AskedRow(
        office=office,
        asked_at=entry.at,
        asked_by=by,
        due=due,
        reads=reads(None, due, today),
        answers=[],
        ref=entry.ref,
    )
    if entry.type == "DemandPresented":
        found[entry.key] = DemandRow(
            demand=entry.key,
            campaign=data.get("campaign"),
            text=data.get("text"),
            presented_by=by,
            presented_at=entry.at,
            office=office,
            due=due,
            reads=asked.reads,
            escalated=False,
            asked=[asked],
            ref=entry.ref,
        )
        return
    row = found[entry.key]
    if not row.asked[-1].answers:
        row.asked[-1].reads = "no_answer"
    row.asked.append(asked)
    row.office, row.due, row.reads, row.escalated = office, due, asked.reads, True
