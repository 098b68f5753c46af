"""How many hours organisations have left, from what was said and what they took on."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from services.members.views.capacities import capacities
from services.members.views.queries import Names
from services.members.views.said import Entry
from tests.members.table import CLINIC, NOON, SCHOOL, TODAY, TOMORROW, YESTERDAY

NAMES: Names = {CLINIC: {"lang": "en", "text": "Clinic"}, SCHOOL: None}
_positions = count(1)


def said(type_: str, org: UUID, **data: Any) -> Entry:
    return Entry(next(_positions), str(org), type_, NOON, org, data)


def pledge(org: UUID, hours: int, first: date, last: date) -> Entry:
    days = {"from": f"{first}", "until": f"{last}"}
    return said("CapacityPledged", org, hours_per_month=hours, **days)


def left(*entries: Entry, taken: int = 0) -> dict[UUID, int | None]:
    rows = capacities(entries, {CLINIC: taken}, NAMES, today=TODAY, days=90)
    return {row.organisation.id: row.hours_left for row in rows}


def test_f52_what_was_taken_on_is_no_longer_left() -> None:
    whole = pledge(CLINIC, 10, YESTERDAY, TOMORROW), pledge(SCHOOL, 4, TODAY, TODAY)
    assert left(*whole) == {CLINIC: 10, SCHOOL: 4}
    assert left(*whole, taken=7) == {CLINIC: 3, SCHOOL: 4}
    assert left(*whole, taken=12) == {CLINIC: -2, SCHOOL: 4}


def test_f52_nothing_is_said_of_what_is_left_without_a_pledge_for_today() -> None:
    over = pledge(CLINIC, 10, YESTERDAY, YESTERDAY)
    assert left(over, said("StrengthDeclared", SCHOOL, strength="printing")) == {
        CLINIC: None, SCHOOL: None,
    }  # fmt: skip
    assert left(over, pledge(CLINIC, 3, TODAY, TOMORROW), taken=1) == {CLINIC: 2}
