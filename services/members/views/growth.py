"""What only a person themselves sees: their goals, what they consented to, and how they were."""

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


class ConsentRow(BaseModel):
    consent: UUID
    purpose: str
    until: date | None
    given_at: datetime
    withdrawn_at: datetime | None
    refs: list[str]


class WellbeingRow(BaseModel):
    """How a person was in a month, from 1 to 5."""

    period: str
    score: int | None
    ref: str


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


def consents(entries: Iterable[Entry]) -> list[ConsentRow]:
    """Return the consents of one person: those that hold first, and of these the newest.

    Args:
        entries: Of that person, oldest first.
    """
    found: dict[str, ConsentRow] = {}
    for entry in entries:
        data = entry.data
        match entry.type:
            case "ConsentGiven":
                found[data["consent"]] = ConsentRow(
                    consent=data["consent"], purpose=data["purpose"], until=data.get("until"),
                    given_at=entry.at, withdrawn_at=None, refs=[entry.ref],
                )  # fmt: skip
            case "ConsentWithdrawn":
                found[data["consent"]].withdrawn_at = entry.at
                found[data["consent"]].refs.append(entry.ref)
    newest_first = reversed(found.values())
    return sorted(newest_first, key=lambda row: row.withdrawn_at is not None)


def wellbeing(entries: Iterable[Entry]) -> list[WellbeingRow]:
    """Return how one person was, the newest month first.

    Args:
        entries: Of that person.
    """
    rows = [
        WellbeingRow(period=entry.data["period"], score=entry.data.get("score"), ref=entry.ref)
        for entry in entries
        if entry.type == "WellbeingPulseSubmitted"
    ]
    return sorted(rows, key=lambda row: row.period, reverse=True)
