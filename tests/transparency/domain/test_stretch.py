"""Windows: 90 days, or back to where the last six closed meetings began."""

from datetime import UTC, date, datetime, timedelta, timezone

from services.transparency.domain.stretch import Held, Window, window

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def held(day: int, lasted: int = 0) -> Held:
    closed = NOON - timedelta(days=day)
    return Held(closed - timedelta(days=lasted), closed)


def test_a_window_is_ninety_days_that_end_with_the_newest_event() -> None:
    seen = window(NOON, [], None, None)
    assert seen == Window(date(2026, 4, 2), date(2026, 6, 30))
    assert (seen.ends - seen.begins).days + 1 == 90


def test_six_meetings_make_it_longer_and_never_shorter() -> None:
    monthly = [held(30 * n) for n in range(1, 9)]
    assert window(NOON, monthly, None, None).begins == date(2026, 6, 30) - timedelta(days=180)
    weekly = [held(7 * n) for n in range(1, 9)]
    assert window(NOON, weekly, None, None).begins == date(2026, 4, 2)


def test_it_reaches_back_to_where_the_sixth_began() -> None:
    long = [*(held(30 * n) for n in range(1, 6)), held(180, lasted=2)]
    assert window(NOON, long, None, None).begins == date(2026, 6, 30) - timedelta(days=182)


def test_fewer_than_six_count_all() -> None:
    assert window(NOON, [held(200)], None, None).begins == NOON.date() - timedelta(days=200)


def test_days_that_are_asked_for_come_first() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    assert window(NOON, [held(200)], first, last) == Window(first, last)
    assert window(NOON, [], first, None) == Window(first, NOON.date())


def test_a_last_day_that_is_asked_for_leaves_out_what_came_after() -> None:
    last = date(2026, 5, 1)
    later = [held(n) for n in range(1, 7)]
    assert window(NOON, [*later, held(300)], None, last).begins == NOON.date() - timedelta(days=300)
    assert window(NOON, later, None, last) == Window(date(2026, 2, 1), last)


def test_a_first_day_after_the_newest_event_is_a_day_of_its_own() -> None:
    day = date(2027, 1, 1)
    assert window(NOON, [], day, None) == Window(day, day)


def test_windows_adjoin() -> None:
    seen = Window(date(2026, 4, 2), date(2026, 6, 30))
    assert seen.before.ends == date(2026, 4, 1)
    assert seen.before.end == seen.start
    assert (seen.before.end - seen.before.start) == (seen.end - seen.start)


def test_days_are_those_of_utc() -> None:
    seen = Window(date(2026, 4, 2), date(2026, 6, 30))
    midnight = datetime(2026, 7, 1, tzinfo=UTC)
    assert seen.covers(midnight - timedelta(microseconds=1))
    assert not seen.covers(midnight)
    assert seen.covers(seen.start)
    assert not seen.covers(seen.start - timedelta(microseconds=1))
    late = datetime(2026, 6, 30, 23, tzinfo=timezone(timedelta(hours=-5)))
    assert window(late, [], None, None).ends == date(2026, 7, 1)
    assert seen.has(seen.begins)
    assert seen.has(seen.ends)
    assert not seen.has(date(2026, 7, 1))
