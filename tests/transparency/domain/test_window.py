"""Windows: 90 days, or back to where the last six closed meetings began; months and quarters."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import strategies as st

from services.transparency.domain.window import (
    ONE_DAY,
    Held,
    Window,
    adjoining,
    before,
    day_of,
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

TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
DAYS = st.dates(date(1801, 1, 1), date(2998, 12, 31))


def held(day: date, lasted: int = 0) -> Held:
    """Return a meeting that was closed on a day, and began so many days before."""
    closed = datetime.combine(day, time(12), UTC)
    return Held(closed - lasted * ONE_DAY, closed)


def ago(days: int, lasted: int = 0) -> Held:
    return held(TODAY - days * ONE_DAY, lasted)


def test_a_window_is_ninety_days_that_end_with_the_newest_event() -> None:
    covered = window(NOW)
    assert covered == Window(date(2026, 1, 1), TODAY)
    assert covered.days == 90


def test_six_meetings_make_it_longer_and_never_shorter() -> None:
    closed = [held(date(2025, month, 10)) for month in (2, 4, 6, 8, 10, 12)]
    assert window(NOW, closed).begins == date(2025, 2, 10)
    assert window(NOW, [*closed, held(date(2026, 2, 10))]).begins == date(2025, 4, 10)
    assert window(held(date(2025, 9, 1)).closed, closed).begins == date(2025, 2, 10)
    assert window(NOW, map(ago, range(20))).begins == date(2026, 1, 1)
    assert window(NOW, [ago(200)]).begins == TODAY - 200 * ONE_DAY


def test_it_reaches_back_to_where_the_sixth_began() -> None:
    long = [*(ago(30 * n) for n in range(1, 6)), ago(180, lasted=2)]
    assert window(NOW, long).begins == TODAY - 182 * ONE_DAY


def test_it_begins_and_ends_where_asked_and_never_after_now() -> None:
    meetings = [ago(200)]
    assert window(NOW, meetings, date(2020, 5, 1)) == Window(date(2020, 5, 1), TODAY)
    assert window(NOW, (), None, date(2030, 1, 1)).ends == TODAY
    nothing = window(NOW, (), date(2026, 3, 2), date(2026, 3, 1))
    assert (nothing.days, months(nothing)) == (0, [])
    assert nothing.start == nothing.end
    assert not nothing.holds(nothing.start)


def test_a_last_day_that_is_asked_for_leaves_out_what_came_after() -> None:
    last = date(2026, 2, 1)
    later = [ago(n) for n in range(1, 7)]
    assert window(NOW, [*later, ago(300)], None, last).begins == TODAY - 300 * ONE_DAY
    assert window(NOW, later, None, last) == Window(date(2025, 11, 4), last)


def test_windows_adjoin() -> None:
    newest, before, first = adjoining(Window(date(2026, 1, 1), TODAY))
    assert newest.start == before.end
    assert before.start == first.end
    assert {each.days for each in (newest, before, first)} == {90}


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
    today = Window(TODAY, TODAY)
    assert window(late).ends == TODAY
    assert today.holds(late)
    assert not today.holds(today.end)
    assert today.holds(today.end - timedelta(microseconds=1))
    assert today.holds(today.start)
    assert not today.holds(today.start - timedelta(microseconds=1))
    assert today.end == datetime(2026, 4, 1, tzinfo=UTC)


@over(DAYS, st.integers(0, 400), st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_in_the_window_from_start_to_end(begins: date, days: int, at: datetime) -> None:
    covered = Window(begins, begins + days * ONE_DAY)
    assert covered.holds(at) == (covered.start <= at < covered.end)
    assert covered.holds(at) == (day_of(at) in covered)
