"""SVG by hand: the same input gives the same bytes.

A chart has a title, a description that says what is to be seen, and nothing that only colour tells
apart: areas have patterns and labels. It has no style of its own, which a page's policy would
refuse: colours are attributes, and lines and letters take the colour of the text around them.
"""

from collections.abc import Iterable
from html import escape

FONT = 12
SMALL = 11


def number(value: float) -> str:
    """Return a length or place with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, *inside: str, **attributes: str | float) -> str:
    """Return an element; `inside` is SVG already. `stroke_width` is written `stroke-width`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def label(x: float, y: float, words: str, **attributes: str | float) -> str:
    """Return words at a place; `y` is their baseline."""
    return element("text", escape(words), x=x, y=y, **{"font_size": SMALL, **attributes})


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": "currentColor", **attributes})


def box(x: float, y: float, width: float, height: float, **attributes: str | float) -> str:
    return element("rect", x=x, y=y, width=max(0.0, width), height=height, **attributes)


def picture(
    key: str,
    title: str,
    finding: str,
    size: tuple[float, float],
    parts: Iterable[str],
    patterns: Iterable[str] = (),
) -> str:
    """Return the whole chart.

    Args:
        key: Its id on the page; ids inside begin with it.
        finding: What is to be seen, for those who do not see it.
        size: Width and height.
    """
    width, height = size
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-title"),
        element("desc", escape(finding), id=f"{key}-desc"),
        element("defs", *patterns) if patterns else "",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        id=key,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        font_family="system-ui, sans-serif",
        font_size=FONT,
        fill="currentColor",
    )


def pattern(key: str, size: float, *inside: str) -> str:
    """Return a pattern that areas are filled with: `fill="url(#key)"`."""
    return element(
        "pattern", *inside, id=key, width=size, height=size, patternUnits="userSpaceOnUse"
    )


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)
