"""The stretch of days that a report looks at, and the one before it of the same length.

It ends on the day of the newest event and is 90 days long, or reaches back to where the last six
closed meetings began, whichever is longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

DAYS, MEETINGS = 90, 6
ONE_DAY = timedelta(days=1)


class Held(NamedTuple):
    """A meeting that was closed: when it began, as far as that is known, and when it was closed."""

    began: datetime
    closed: datetime


@dataclass(frozen=True)
class Window:
    """`begins` and `ends` are its first and its last day."""

    begins: date
    ends: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.begins, time(), UTC)

    @property
    def end(self) -> datetime:
        """The moment at which it is over: everything in it happened before."""
        return datetime.combine(self.ends + ONE_DAY, time(), UTC)

    @property
    def before(self) -> "Window":
        """The window of the same length that ends on the day before it begins."""
        length = self.ends - self.begins
        last = self.begins - ONE_DAY
        return Window(last - length, last)

    def covers(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def has(self, day: date) -> bool:
        return self.begins <= day <= self.ends


def window(
    newest: datetime, meetings: Iterable[Held], begins: date | None, ends: date | None
) -> Window:
    """Return the window of a report.

    Args:
        newest: When the newest event was recorded that the report includes.
        begins: The first day, where it was asked for; `ends` likewise the last.
    """
    last = ends or newest.astimezone(UTC).date()
    if begins is not None:
        return Window(begins, max(begins, last))
    closed = sorted((held for held in meetings if _day(held.closed) <= last), key=_closed)
    began = [_day(held.began) for held in closed[-MEETINGS:]]
    return Window(min([last - (DAYS - 1) * ONE_DAY, *began]), last)


def _closed(held: Held) -> datetime:
    return held.closed


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
