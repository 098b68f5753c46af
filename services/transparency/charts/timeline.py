"""A timeline: spans of time on one axis, and months of measures below them on the same axis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.transparency.charts.svg import box, element, label, line, pattern, picture

WIDTH = 760
LEFT, RIGHT = 150, 14
TOP, BAND, GAP = 22, 34, 26
STRIP, BETWEEN = 40, 22
LETTER = 6.4
"""The width of a letter, about: words that do not fit inside their span are left to the table."""
FEW_MONTHS = 18
"""Above that, only every third month is named."""


@dataclass(frozen=True)
class Span:
    """From the first day until the last; `kind` decides the pattern."""

    kind: str
    words: str
    begins: date
    ends: date


@dataclass(frozen=True)
class Bar:
    """A measure of one month, from 0 to 1; `None` is unknown, and `shown` then says why."""

    begins: date
    ends: date
    value: float | None
    shown: str


@dataclass(frozen=True)
class Strip:
    """One measure, month by month."""

    words: str
    bars: Sequence[Bar]


def timeline(
    title: str,
    finding: str,
    days: tuple[date, date],
    spans: Sequence[Span],
    strips: Sequence[Strip],
    key: str = "timeline",
) -> str:
    """Return the chart.

    Args:
        days: The first and the last day on the axis; what reaches beyond is cut there.
    """
    axis = _Axis(*days)
    kinds = sorted({span.kind for span in spans})
    parts = [label(LEFT - 8, TOP + BAND / 2 + 4, "Stage", text_anchor="end", font_weight="600")]
    for span in spans:
        parts += _span(axis, span, f"{key}-{kinds.index(span.kind)}")
    if not spans:
        parts.append(label(LEFT, TOP + BAND / 2 + 4, "none was declared"))
    y = float(TOP + BAND + GAP)
    parts += _months(axis, TOP + BAND, y + len(strips) * (STRIP + BETWEEN) - BETWEEN)
    for strip in strips:
        parts += _strip(axis, strip, y, f"{key}-unknown")
        y += STRIP + BETWEEN
    patterns = [_hatched(f"{key}-{place}", place) for place in range(len(kinds))]
    patterns.append(_hatched(f"{key}-unknown", len(_PATTERNS) - 1))
    return picture(key, title, finding, (WIDTH, y), parts, patterns)


class _Axis:
    def __init__(self, begins: date, ends: date) -> None:
        self.begins = begins
        self.after = max(begins, ends) + timedelta(days=1)
        self._wide = (WIDTH - LEFT - RIGHT) / (self.after - begins).days

    def x(self, day: date) -> float:
        """Return where a day begins, cut to the axis."""
        cut = min(max(day, self.begins), self.after)
        return LEFT + (cut - self.begins).days * self._wide

    def across(self, begins: date, ends: date) -> tuple[float, float]:
        """Return where these days begin, and how wide they are."""
        x = self.x(begins)
        return x, self.x(ends + timedelta(days=1)) - x

    def months(self) -> list[date]:
        found = []
        first = self.begins.replace(day=1)
        while first < self.after:
            found.append(first)
            first = (first + timedelta(days=32)).replace(day=1)
        return found


def _span(axis: _Axis, span: Span, fill: str) -> Iterable[str]:
    x, width = axis.across(span.begins, span.ends)
    yield box(
        x, TOP, width, BAND, fill=f"url(#{fill})", stroke="currentColor", stroke_width=1.5
    )  # fmt: skip
    if len(span.words) * LETTER + 8 <= width:
        yield box(x + 3, TOP + 9, len(span.words) * LETTER + 4, 17, fill="Canvas", rx=2)
        yield label(x + 5, TOP + BAND / 2 + 5, span.words)


def _months(axis: _Axis, top: float, bottom: float) -> Iterable[str]:
    months = axis.months()
    for first in months:
        if first >= axis.begins:
            yield line(axis.x(first), top, axis.x(first), bottom, stroke_opacity=0.35)
        if len(months) <= FEW_MONTHS or first.month % 3 == 1:
            yield label(max(axis.x(first), LEFT) + 2, TOP - 8, f"{first:%Y-%m}", font_size=9)


def _strip(axis: _Axis, strip: Strip, top: float, unknown: str) -> Iterable[str]:
    yield label(LEFT - 8, top + STRIP / 2 + 4, strip.words, text_anchor="end")
    yield line(LEFT, top + STRIP, WIDTH - RIGHT, top + STRIP)
    for bar in strip.bars:
        x, width = axis.across(bar.begins, bar.ends)
        if bar.value is None:
            yield box(
                x + 2, top, width - 4, STRIP, fill=f"url(#{unknown})",
                stroke="currentColor", stroke_dasharray="3 3",
            )  # fmt: skip
        else:
            high = min(1.0, max(0.0, bar.value)) * STRIP
            yield box(
                x + 2, top + STRIP - high, width - 4, high, fill="currentColor", fill_opacity=0.45,
                stroke="currentColor",
            )  # fmt: skip
        if len(bar.shown) * LETTER <= width:
            yield label(x + width / 2, top - 4, bar.shown, text_anchor="middle", font_size=10)


def _hatched(key: str, place: int) -> str:
    return pattern(key, 8, *_PATTERNS[place % len(_PATTERNS)])


def _path(d: str) -> str:
    return element("path", d=d, stroke="currentColor", stroke_opacity=0.6, fill="none")


_PATTERNS = (
    (_path("M0 8L8 0"),),
    (_path("M0 0L8 8"),),
    (_path("M0 4H8"),),
    (_path("M4 0V8"),),
    (element("circle", cx=4, cy=4, r=1.5, fill_opacity=0.6),),
    (_path("M0 4H2"),),
)
