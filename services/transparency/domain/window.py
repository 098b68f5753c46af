"""Windows of time that reports cover, and the months and quarters in them (`reports.md` 3).

A window ends on the day of the newest event and is 90 days long, or reaches back to where the last
six closed meetings began, whichever is longer. A month is written `2026-03` and a quarter
`2026-Q1`; days are those of UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

DAYS = 90
"""The days of a window that nobody asked for; longer where six meetings reach back further."""
MEETINGS = 6
WINDOWS = 3
"""How many adjoining windows a trend compares."""
ONE_DAY = timedelta(days=1)
MONTHS, QUARTERS = 12, 4


class Held(NamedTuple):
    """A meeting that was closed: when it began, as far as that is known, and when it was closed."""

    began: datetime
    closed: datetime


@dataclass(frozen=True)
class Window:
    """From the first day to the last, both included; empty where the last is earlier."""

    begins: date
    ends: date

    def __contains__(self, day: date) -> bool:
        return self.begins <= day <= self.ends

    @property
    def days(self) -> int:
        return max(0, (self.ends - self.begins).days + 1)

    @property
    def start(self) -> datetime:
        return _midnight(self.begins)

    @property
    def end(self) -> datetime:
        """The moment at which it is over: everything in it happened before."""
        return _midnight(self.begins + self.days * ONE_DAY)

    def holds(self, at: datetime) -> bool:
        return self.begins <= day_of(at) <= self.ends

    def within(self, other: "Window") -> "Window":
        """Return what is common to both."""
        return Window(max(self.begins, other.begins), min(self.ends, other.ends))


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def window(
    newest: datetime,
    meetings: Iterable[Held] = (),
    begins: date | None = None,
    ends: date | None = None,
) -> Window:
    """Return the window of a report.

    Args:
        newest: When the newest event included was recorded; no window goes beyond that day.
        begins: The first day, where it is asked for; `ends` likewise the last.
    """
    now = day_of(newest)
    last = now if ends is None else min(ends, now)
    if begins is not None:
        return Window(begins, last)
    closed = sorted((held for held in meetings if day_of(held.closed) <= last), key=_closed)
    began = [day_of(held.began) for held in closed[-MEETINGS:]]
    return Window(min([last - (DAYS - 1) * ONE_DAY, *began]), last)


def _closed(held: Held) -> datetime:
    return held.closed


def adjoining(newest: Window, count: int = WINDOWS) -> list[Window]:
    """Return the window and those before it, each as long, the newest first."""
    length = timedelta(days=newest.days)
    return [Window(newest.begins - n * length, newest.ends - n * length) for n in range(count)]


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def quarter_of(day: date) -> str:
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def days_of(period: str) -> Window:
    """Return the days of a month or of a quarter."""
    year, part = int(period[:4]), period[5:]
    first, months = (3 * int(part[1]) - 3, 3) if part[0] == "Q" else (int(part) - 1, 1)
    after, month = divmod(year * MONTHS + first + months, MONTHS)
    return Window(date(year, first + 1, 1), date(after, month + 1, 1) - ONE_DAY)


def months(covered: Window) -> list[str]:
    """Return the months that have a day in the window, in order."""
    found = []
    day = covered.begins
    while day <= covered.ends:
        found.append(month_of(day))
        day = days_of(found[-1]).ends + ONE_DAY
    return found


def quarters(last: str, count: int) -> list[str]:
    """Return so many quarters up to the last, in order."""
    found = [last]
    while len(found) < count:
        found.insert(0, before(found[0]))
    return found


def before(quarter: str) -> str:
    return quarter_of(days_of(quarter).begins - ONE_DAY)


def quarters_between(earlier: str, later: str) -> int:
    """Return how many quarters lie between the beginnings of these two."""
    one, other = (QUARTERS * int(each[:4]) + int(each[-1]) for each in (earlier, later))
    return other - one


def is_over(period: str, day: date) -> bool:
    """Say whether a month or quarter had ended when this day began."""
    return days_of(period).ends < day
