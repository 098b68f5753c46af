"""What a person sees of their own growth."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from services.members.views.growth import consents, goals, wellbeing
from services.members.views.said import Entry
from tests.members.table import ANA, NOON

READ, WRITE, SPEAK = (str(UUID(int=n)) for n in (81, 82, 83))
_positions = count(1)


def said(type_: str, goal: str, **data: Any) -> Entry:
    position = next(_positions)
    at = NOON + timedelta(hours=position)
    return Entry(position, str(ANA), type_, at, None, {"goal": goal} | data)


def test_f116_open_goals_come_first_by_their_day_then_those_reached() -> None:
    told = [
        said("GrowthGoalSet", READ, due="2026-05-01", text={"text": "Read."}),
        said("GrowthGoalSet", WRITE, due="2026-06-01"),
        said("GrowthGoalSet", SPEAK, due="2026-04-01"),
        said("ConsentGiven", SPEAK),
        said("GrowthGoalReached", SPEAK),
    ]
    rows = goals(told)
    assert [str(row.goal) for row in rows] == [READ, WRITE, SPEAK]
    assert [row.text for row in rows] == [{"text": "Read."}, None, None]
    assert [row.reached_at for row in rows] == [None, None, told[-1].at]
    assert rows[-1].refs == [told[2].ref, told[4].ref]


def of_person(type_: str, **data: Any) -> Entry:
    position = next(_positions)
    return Entry(position, str(ANA), type_, NOON + timedelta(hours=position), None, data)


def test_consents_that_hold_come_first_and_of_these_the_newest() -> None:
    told = [
        of_person("ConsentGiven", consent=READ, purpose="story"),
        of_person("ConsentGiven", consent=WRITE, purpose="photo", until="2026-12-31"),
        of_person("ConsentGiven", consent=SPEAK, purpose="press"),
        of_person("ConsentWithdrawn", consent=WRITE),
    ]
    rows = consents(told)
    assert [row.purpose for row in rows] == ["press", "story", "photo"]
    assert [row.withdrawn_at for row in rows] == [None, None, told[-1].at]
    assert rows[-1].refs == [told[1].ref, told[-1].ref]


def test_months_come_newest_first_and_an_erased_score_stays_absent() -> None:
    told = [
        of_person("WellbeingPulseSubmitted", period="2026-03", score=4),
        of_person("WellbeingPulseSubmitted", period="2026-05"),
        of_person("WellbeingPulseSubmitted", period="2026-04", score=2),
    ]
    assert [(row.period, row.score) for row in wellbeing(told)] == [
        ("2026-05", None), ("2026-04", 2), ("2026-03", 4),
    ]  # fmt: skip
