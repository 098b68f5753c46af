"""Pairs of bars: two shares of the same whole, side by side, for each of some things."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.transparency.charts.svg import box, element, label, line, pattern, picture

WIDTH, LEFT, RIGHT, TOP = 760, 230, 64, 34
BAR, BETWEEN = 16, 18
LONGEST = 32
"""Longer words are cut here; the table has them whole."""


@dataclass(frozen=True)
class Pair:
    """Two shares, of 1, and how they are written."""

    words: str
    shares: tuple[float, float]
    shown: tuple[str, str]


def pairs(
    title: str, finding: str, sides: tuple[str, str], drawn: Sequence[Pair], key: str = "pairs"
) -> str:
    """Return the chart; where there are no pairs it says so.

    Args:
        sides: What the two shares are of: the first is hatched, the second is not.
    """
    height = TOP + max(1, len(drawn)) * (2 * BAR + BETWEEN)
    parts = [*_legend(sides, key), *_axis(height)]
    for place, pair in enumerate(drawn):
        parts += _pair(pair, TOP + place * (2 * BAR + BETWEEN), key)
    if not drawn:
        parts.append(label(LEFT + 8, TOP + BAR + 4, "nothing to draw"))
    hatch = element("path", d="M0 8L8 0", stroke="currentColor", stroke_width=1.5, fill="none")
    return picture(key, title, finding, (WIDTH, height), parts, [pattern(f"{key}-first", 8, hatch)])


def _legend(sides: tuple[str, str], key: str) -> Iterable[str]:
    for place, (words, fill) in enumerate(zip(sides, _fills(key), strict=True)):
        x = LEFT + place * 120
        yield box(x, 8, 22, 12, stroke="currentColor", **fill)
        yield label(x + 28, 18, words)


def _fills(key: str) -> tuple[dict[str, str | float], dict[str, str | float]]:
    return {"fill": f"url(#{key}-first)"}, {"fill": "currentColor", "fill_opacity": 0.35}


def _axis(height: float) -> Iterable[str]:
    for percent in (0, 25, 50, 75, 100):
        x = _x(percent / 100)
        yield line(x, TOP - 6, x, height, stroke_opacity=0.25 if percent else 1)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _pair(pair: Pair, top: float, key: str) -> Iterable[str]:
    words = pair.words if len(pair.words) <= LONGEST else f"{pair.words[: LONGEST - 1]}…"
    yield label(LEFT - 8, top + BAR + 4, words, text_anchor="end")
    for place, fill in enumerate(_fills(key)):
        y, share = top + place * BAR, pair.shares[place]
        yield box(LEFT, y, _x(share) - LEFT, BAR - 2, stroke="currentColor", **fill)
        yield label(_x(share) + 6, y + BAR - 4, pair.shown[place])
