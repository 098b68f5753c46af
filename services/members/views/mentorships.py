"""Mentorships: how often they met. What was said there has no place anywhere."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from pydantic import BaseModel

from services.members.views.said import Entry


class MentorshipRow(BaseModel):
    """A person who was erased is absent."""

    id: UUID
    mentor: UUID | None
    mentees: list[UUID]
    started_on: date
    sessions: int
    last_session: date | None
    ended: bool
    refs: list[str]


def mentorships(entries: Iterable[Entry]) -> list[MentorshipRow]:
    """Return the mentorships, those that go on first, then by id.

    Args:
        entries: Their events, oldest first.
    """
    found: dict[str, MentorshipRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "MentorshipStarted":
            mentees = [one["person"] for one in data["mentees"] if one.get("person")]
            found[entry.key] = MentorshipRow(
                id=UUID(entry.key), mentor=data.get("mentor"), mentees=mentees,
                started_on=entry.at.date(), sessions=0, last_session=None, ended=False, refs=[],
            )  # fmt: skip
        row = found[entry.key]
        row.refs.append(entry.ref)
        if entry.type == "MentorshipSessionLogged":
            on = date.fromisoformat(data["on"])
            row.sessions += 1
            row.last_session = max(on, row.last_session or on)
        row.ended |= entry.type == "MentorshipEnded"
    return sorted(found.values(), key=lambda row: (row.ended, row.id))
