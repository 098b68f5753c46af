"""A curve of steps that only falls: which share is still there after so many days."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.transparency.charts.svg import element, label, line, number, pattern, picture

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 70, 20, 46
TICKS = (1, 2, 5)
AT_MOST = 6


@dataclass(frozen=True)
class Step:
    """From so many days on this share is still there, of 1."""

    days: int
    share: float
    shown: str


def curve(title: str, finding: str, steps: Sequence[Step], last: int, key: str = "curve") -> str:
    """Return the chart.

    Args:
        steps: The first at 0 days; none draws the empty axes.
        last: Up to how many days anybody was followed.
    """
    last = max([last, 1, *(step.days for step in steps)])
    parts = [*_axes(last), *_drawn(steps, last, key)] if steps else [*_axes(last)]
    lines = element(
        "path", d="M0 8L8 0", stroke="currentColor", stroke_opacity=0.3, fill="none"
    )  # fmt: skip
    patterns = [pattern(f"{key}-under", 8, lines)]
    return picture(key, title, finding, (WIDTH, HEIGHT), parts, patterns)


def _x(days: float, last: int) -> float:
    return LEFT + days / last * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def _axes(last: int) -> list[str]:
    parts = []
    for percent in range(0, 101, 25):
        y = _y(percent / 100)
        parts += [
            line(LEFT, y, WIDTH - RIGHT, y, stroke_opacity=0.25 if percent else 1),
            label(LEFT - 8, y + 4, f"{percent} %", text_anchor="end"),
        ]
    every = _every(last)
    for days in range(0, last + 1, every):
        x = _x(days, last)
        parts += [
            line(x, _y(0), x, _y(0) + 5),
            label(x, _y(0) + 18, f"{days:,}", text_anchor="middle"),
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(label(middle, HEIGHT - 8, "Days since joining", text_anchor="middle"))
    return parts


def _every(last: int) -> int:
    """Return how many days lie between two marks: 1, 2 or 5, or ten times that, and so on."""
    size = 1
    while True:
        for tick in TICKS:
            if last <= tick * size * AT_MOST:
                return tick * size
        size *= 10


def _drawn(steps: Sequence[Step], last: int, key: str) -> list[str]:
    path = f"M{number(_x(0, last))} {number(_y(steps[0].share))}"
    for step in steps[1:]:
        path += f"H{number(_x(step.days, last))}V{number(_y(step.share))}"
    path += f"H{number(_x(last, last))}"
    floor = f"V{number(_y(0))}H{number(_x(0, last))}Z"
    end = steps[-1]
    parts = [
        element("path", d=path + floor, fill=f"url(#{key}-under)"),
        element("path", d=path, fill="none", stroke="currentColor", stroke_width=2),
        label(_x(last, last) + 6, _y(end.share) + 4, end.shown, font_weight="600"),
    ]
    parts += [
        element(
            "circle", cx=_x(step.days, last), cy=_y(step.share), r=3.5, fill="Canvas",
            stroke="currentColor", stroke_width=1.5,
        )
        for step in steps[1:]
    ]  # fmt: skip
    return parts
