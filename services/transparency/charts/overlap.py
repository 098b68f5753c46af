"""Charts of what sets share, as inline SVG for pages and print: Venn up to three, UpSet above.

A chart has a title, a description that says what is to be seen, direct labels, and patterns, so
that nothing rests on colour. It holds no style and no script, so a strict policy lets it stand. The
table with the same numbers stands beside it; where a region links there, screen readers get the
links, else one picture. Same input, same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

Region = frozenset[int]
VENN_AT_MOST = 3
LABEL = 28
"""Letters of a label; what is longer is cut here and whole in the table."""


class Circle(NamedTuple):
    x: int
    y: int
    r: int

    def holds(self, x: int, y: int) -> bool:
        return (x - self.x) ** 2 + (y - self.y) ** 2 < self.r**2


@dataclass(frozen=True)
class Overlap:
    """What to draw.

    Args:
        id: Of the chart on its page; letters, digits and hyphens.
        finding: What is to be seen, in a sentence or two.
        sets: The names of the sets.
        regions: For each combination of sets, by their places, how many things lie in just these;
            none is in none. Of three sets or fewer those that are not named hold nothing.
        notes: What no region shows, such as how much is unknown; drawn below.
        links: Where a region leads.
    """

    id: str
    title: str
    finding: str
    sets: Sequence[str]
    regions: Mapping[Region, int]
    notes: Sequence[str] = ()
    links: Mapping[Region, str] = field(default_factory=dict)

    def named(self, region: Region) -> str:
        """Return a region in words: `Clinic and School: 2`."""
        names = [self.sets[place] for place in sorted(region)]
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        return f"{listed}: {self.regions.get(region, 0)}"


def overlap(chart: Overlap) -> str:
    """Return the chart that fits the number of sets."""
    return venn(chart) if len(chart.sets) <= VENN_AT_MOST else upset(chart)


CIRCLES: Mapping[int, Sequence[Circle]] = {
    1: (Circle(320, 185, 125),),
    2: (Circle(250, 185, 125), Circle(390, 185, 125)),
    3: (Circle(250, 185, 125), Circle(390, 185, 125), Circle(320, 305, 125)),
}
LABELS: Mapping[int, Sequence[tuple[int, int]]] = {
    1: ((320, 40),),
    2: ((170, 40), (470, 40)),
    3: ((170, 40), (470, 40), (320, 458)),
}
PLACES: Mapping[int, Mapping[Region, tuple[int, int]]] = {
    1: {frozenset({0}): (320, 185)},
    2: {
        frozenset({0}): (190, 185),
        frozenset({1}): (450, 185),
        frozenset({0, 1}): (320, 185),
    },
    3: {
        frozenset({0}): (195, 155),
        frozenset({1}): (445, 155),
        frozenset({2}): (320, 375),
        frozenset({0, 1}): (320, 130),
        frozenset({0, 2}): (247, 267),
        frozenset({1, 2}): (393, 267),
        frozenset({0, 1, 2}): (320, 225),
    },
}
"""Where the number of each region stands: inside its circles and outside the others."""
_TINTS = "#2f6fb5", "#b5622f", "#3d8f5a"
_MARKS = (
    '<path d="M0 12 12 0" stroke="currentColor" stroke-opacity=".35"/>',
    '<circle cx="6" cy="6" r="1.6" fill="currentColor" fill-opacity=".35"/>',
    '<path d="M0 6H12" stroke="currentColor" stroke-opacity=".35"/>',
)


def venn(chart: Overlap) -> str:
    """Return circles, one a set; each region of them has its number, nought too."""
    many = len(chart.sets)
    drawn = [_pattern(chart, place) for place in range(many)]
    drawn += [
        f'<circle cx="{circle.x}" cy="{circle.y}" r="{circle.r}" fill="url(#{chart.id}-{place})"'
        ' stroke="currentColor" stroke-width="2"/>'
        for place, circle in enumerate(CIRCLES[many])
    ]
    drawn += [
        _text(x, y, _cut(name), "middle", bold=True)
        for (x, y), name in zip(LABELS[many], chart.sets, strict=True)
    ]
    drawn += [
        _linked(chart, region, _target(x, y) + _text(x, y + 7, str(chart.regions.get(region, 0)),
                                                     "middle", size=20))
        for region, (x, y) in PLACES[many].items()
    ]  # fmt: skip
    below = 490 if many == VENN_AT_MOST else 350
    drawn += _notes(chart, 24, below)
    return _svg(chart, 640, below + 24 * len(chart.notes), drawn)


def _pattern(chart: Overlap, place: int) -> str:
    return (
        f'<pattern id="{chart.id}-{place}" width="12" height="12" patternUnits="userSpaceOnUse">'
        f'<rect width="12" height="12" fill="{_TINTS[place]}" fill-opacity=".14"/>'
        f"{_MARKS[place]}</pattern>"
    )


NAMES, ROW, COLUMN, BARS, TOP = 250, 26, 36, 120, 40
"""Of an UpSet: the width of names, the size of a cell, the height of bars, the room above them."""


def upset(chart: Overlap) -> str:
    """Return a column for each region in the order given: a bar, and a dot for each of its sets."""
    most = max(chart.regions.values(), default=0)
    foot = TOP + BARS + 16
    width = NAMES + COLUMN * len(chart.regions) + 24
    drawn = [
        f'<rect x="0" y="{foot + ROW * place}" width="{width}" height="{ROW}"'
        ' fill="currentColor" fill-opacity=".06"/>'
        for place in range(0, len(chart.sets), 2)
    ]
    drawn += [
        _text(NAMES - 12, foot + ROW * place + 18, _cut(name), "end")
        for place, name in enumerate(chart.sets)
    ]
    drawn.append(f'<path d="M{NAMES} {TOP + BARS}H{width - 24}" stroke="currentColor"/>')
    for n, (region, count) in enumerate(chart.regions.items()):
        x = NAMES + COLUMN * n + COLUMN // 2
        tall = BARS * count // most if most else 0
        column = [_bar(x, tall), _text(x, TOP + BARS - tall - 8, str(count), "middle")]
        ys = [foot + ROW * place + ROW // 2 for place in sorted(region)]
        column.append(f'<path d="M{x} {ys[0]}V{ys[-1]}" stroke="currentColor" stroke-width="3"/>')
        column += [
            _dot(x, foot + ROW * place + ROW // 2, inside=place in region)
            for place in range(len(chart.sets))
        ]
        drawn.append(_linked(chart, region, "".join(column)))
    below = foot + ROW * len(chart.sets) + 28
    drawn += _notes(chart, 24, below)
    return _svg(chart, max(width, 640), below + 24 * len(chart.notes), drawn)


def _bar(x: int, tall: int) -> str:
    return (
        f'<rect x="{x - 11}" y="{TOP + BARS - tall}" width="22" height="{tall}"'
        ' fill="currentColor" fill-opacity=".7"/>'
    )


def _dot(x: int, y: int, *, inside: bool) -> str:
    if inside:
        return f'<circle cx="{x}" cy="{y}" r="8" fill="currentColor"/>'
    return f'<circle cx="{x}" cy="{y}" r="4" fill="none" stroke="currentColor" opacity=".5"/>'


def _notes(chart: Overlap, x: int, y: int) -> list[str]:
    return [_text(x, y + 24 * n, note, "start") for n, note in enumerate(chart.notes)]


def _linked(chart: Overlap, region: Region, drawn: str) -> str:
    """Return what stands for a region: its words on hovering, and where it leads."""
    named = escape(chart.named(region))
    if link := chart.links.get(region):
        return f'<a href="{escape(link)}" aria-label="{named}"><title>{named}</title>{drawn}</a>'
    return f"<g><title>{named}</title>{drawn}</g>"


def _target(x: int, y: int) -> str:
    """Return something to hit that is larger than a digit."""
    return f'<circle cx="{x}" cy="{y}" r="22" fill="none" pointer-events="all"/>'


def _text(x: int, y: int, words: str, anchor: str, *, size: int = 15, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"{weight}'
        ' fill="currentColor" stroke="Canvas" stroke-width="4" stroke-linejoin="round"'
        f' paint-order="stroke">{escape(words)}</text>'
    )


def _cut(name: str) -> str:
    return name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"


def _svg(chart: Overlap, width: int, height: int, drawn: Sequence[str]) -> str:
    role = "group" if chart.links else "img"
    title, finding = f"{chart.id}-title", f"{chart.id}-finding"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="{role}" aria-labelledby="{title} {finding}"'
        ' font-family="system-ui, sans-serif">'
        f'<title id="{title}">{escape(chart.title)}</title>'
        f'<desc id="{finding}">{escape(chart.finding)}</desc>{"".join(drawn)}</svg>'
    )
