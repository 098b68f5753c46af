"""A metric day by day: bars for what is counted, a line for what is measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.transparency.charts.svg import box, element, label, line, number, pattern, picture

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 76, 40, 26, 40
TICKS = (1, 2, 5)
LINES_AT_MOST = 5
DAYS_AT_MOST = 6
"""So many days are named below; the table has them all."""
VALUES_AT_MOST = 12
"""Up to as many records each has its value beside it, above that the last one only."""
BAR = 14.0


@dataclass(frozen=True)
class Point:
    """What was recorded on a day."""

    on: date
    value: int


def series(
    title: str, finding: str, unit: str, points: Sequence[Point], *, counted: bool, key: str
) -> str:
    """Return the chart.

    Args:
        points: By day, those that were corrected left out; none draws the empty axes.
        counted: Bars from nought on; else a line from point to point.
    """
    axis = _Axis.over(points)
    parts = [*_lines(axis), *_days(axis, points), label(LEFT, TOP - 12, unit)]
    drawn = _bars(axis, points, key) if counted else _path(axis, points)
    shown = points if len(points) <= VALUES_AT_MOST else points[-1:]
    values = (
        label(
            axis.x(point.on), axis.y(point.value) - 8, f"{point.value:,}",
            text_anchor="middle", font_weight="600",
        )
        for point in shown
    )  # fmt: skip
    hatch = element("path", d="M0 6L6 0", stroke="currentColor", stroke_opacity=0.6, fill="none")
    patterns = [pattern(f"{key}-bar", 6, hatch)] if counted else []
    return picture(key, title, finding, (WIDTH, HEIGHT), [*parts, *drawn, *values], patterns)


@dataclass(frozen=True)
class _Axis:
    begins: date
    ends: date
    low: int
    high: int
    every: int

    @classmethod
    def over(cls, points: Sequence[Point]) -> "_Axis":
        values = [0, *(point.value for point in points)]
        low, high = min(values), max(values)
        every = _every(high - low)
        low, high = every * (low // every), every * -(-high // every)
        days = [point.on for point in points] or [date(1970, 1, 1)]
        return cls(min(days), max(days), low, max(high, low + every), every)

    def x(self, on: date) -> float:
        wide, span = WIDTH - LEFT - RIGHT - 2 * BAR, (self.ends - self.begins).days
        share = (on - self.begins).days / span if span else 0.5
        return LEFT + BAR + share * wide

    def y(self, value: int) -> float:
        return TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def _every(span: int) -> int:
    """Return how far two lines lie apart: 1, 2 or 5, or ten times that, and so on."""
    size = 1
    while True:
        for tick in TICKS:
            if span <= tick * size * (LINES_AT_MOST - 1):
                return tick * size
        size *= 10


def _lines(axis: _Axis) -> Iterable[str]:
    for value in range(axis.low, axis.high + 1, axis.every):
        y = axis.y(value)
        yield line(LEFT, y, WIDTH - RIGHT, y, stroke_opacity=0.25 if value else 1)
        yield label(LEFT - 8, y + 4, f"{value:,}", text_anchor="end")


def _days(axis: _Axis, points: Sequence[Point]) -> Iterable[str]:
    if not points:
        return
    span = (axis.ends - axis.begins).days
    marks = min(DAYS_AT_MOST, span + 1)
    for n in range(marks):
        on = axis.begins + timedelta(days=round(span * n / max(marks - 1, 1)))
        x, y = axis.x(on), HEIGHT - BOTTOM
        yield line(x, y, x, y + 5)
        yield label(x, y + 20, on.isoformat(), text_anchor="middle")


def _bars(axis: _Axis, points: Iterable[Point], key: str) -> Iterable[str]:
    for point in points:
        top, floor = axis.y(max(point.value, 0)), axis.y(min(point.value, 0))
        yield box(
            axis.x(point.on) - BAR / 2, top, BAR, floor - top,
            fill=f"url(#{key}-bar)", stroke="currentColor",
        )  # fmt: skip


def _path(axis: _Axis, points: Sequence[Point]) -> Iterable[str]:
    places = [(axis.x(point.on), axis.y(point.value)) for point in points]
    if places:
        way = "L".join(f"{number(x)} {number(y)}" for x, y in places)
        yield element("path", d=f"M{way}", fill="none", stroke="currentColor", stroke_width=2)
    for x, y in places:
        yield element(
            "circle", cx=x, cy=y, r=3.5, fill="Canvas", stroke="currentColor", stroke_width=1.5
        )
