"""What a person sees of their own growth."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from services.members.views.growth import goals
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
