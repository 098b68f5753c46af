from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import strategies as st

from services.transparency.domain.window import (
    ONE_DAY,
    Window,
    before,
    days_of,
    is_over,
    month_of,
    months,
    quarter_of,
    quarters,
    quarters_between,
    window,
)
from tests.laws import over

NOW = date(2026, 3, 31)
DAYS = st.dates(date(1801, 1, 1), date(2998, 12, 31))


def test_a_window_is_ninety_days() -> None:
    covered = window(NOW, ())
    assert covered == Window(date(2026, 1, 1), NOW)
    assert covered.days == 90


def test_it_holds_the_last_six_closed_meetings() -> None:
    closed = [date(2025, month, 10) for month in (2, 4, 6, 8, 10, 12)]
    assert window(NOW, closed).begins == date(2025, 2, 10)
    assert window(NOW, [*closed, date(2026, 2, 10)]).begins == date(2025, 4, 10)
    assert window(date(2025, 9, 1), closed).begins == date(2025, 2, 10)
    lively = [NOW - timedelta(days=n) for n in range(20)]
    assert window(NOW, lively).begins == date(2026, 1, 1)


def test_it_begins_and_ends_where_asked_and_never_after_now() -> None:
    assert window(NOW, (), date(2020, 5, 1)) == Window(date(2020, 5, 1), NOW)
    assert window(NOW, (), None, date(2026, 2, 1)).ends == date(2026, 2, 1)
    assert window(NOW, (), None, date(2030, 1, 1)).ends == NOW
    nothing = window(NOW, (), date(2026, 3, 2), date(2026, 3, 1))
    assert (nothing.days, months(nothing)) == (0, [])


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_periods_have_days(period: str, begins: date, ends: date) -> None:
    assert days_of(period) == Window(begins, ends)
    assert not is_over(period, ends)
    assert is_over(period, ends + ONE_DAY)


@over(DAYS)
def test_every_day_is_in_its_month_and_its_quarter(day: date) -> None:
    assert day in days_of(month_of(day))
    quarter = quarter_of(day)
    assert day in days_of(quarter)
    assert days_of(before(quarter)).ends + ONE_DAY == days_of(quarter).begins
    assert quarters_between(before(quarter), quarter) == 1


@over(DAYS, st.integers(0, 800))
def test_months_cover_a_window_once(begins: date, days: int) -> None:
    covered = Window(begins, begins + days * ONE_DAY)
    parts = [days_of(month).within(covered) for month in months(covered)]
    assert sum(part.days for part in parts) == covered.days


def test_quarters_go_back_over_the_year() -> None:
    assert quarters("2026-Q2", 4) == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]


def test_days_are_those_of_utc() -> None:
    late = datetime(2026, 4, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert Window(NOW, NOW).holds(late)
    assert not Window(NOW, NOW).holds(datetime(2026, 4, 1, tzinfo=UTC))
