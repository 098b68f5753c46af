"""The goals that a person set themselves, and which they reached."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Words
from services.members.views.said import Entry


class GoalRow(BaseModel):
    goal: UUID
    text: Words | None
    due: date
    set_at: datetime
    reached_at: datetime | None
    refs: list[str]


def goals(entries: Iterable[Entry]) -> list[GoalRow]:
    """Return the goals of one person: those to be reached by their day, then the others.

    Args:
        entries: Of that person, oldest first.
    """
    found: dict[str, GoalRow] = {}
    for entry in entries:
        data = entry.data
        match entry.type:
            case "GrowthGoalSet":
                found[data["goal"]] = GoalRow(
                    goal=data["goal"], text=data.get("text"), due=data["due"], set_at=entry.at,
                    reached_at=None, refs=[entry.ref],
                )  # fmt: skip
            case "GrowthGoalReached":
                found[data["goal"]].reached_at = entry.at
                found[data["goal"]].refs.append(entry.ref)
    return sorted(found.values(), key=lambda row: (row.reached_at is not None, row.due, row.goal))
