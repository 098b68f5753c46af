"""The style sheet: small, layered, and readable by day and by night."""

import gzip
import re
from itertools import product

import pytest

from services.web.edge import ASSETS

CSS = ASSETS["accord.css"].body.decode()
SMALLEST_TEXT, LARGE_OR_DRAWN = 4.5, 3.0  # WCAG 2.2: 1.4.3, 1.4.11
GROUNDS = ("paper", "surface", "sunk")
TEXT = ("ink", "quiet", "link", "agree", "disagree", "object", "abstain", "open", "wrong", "brand")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


DAY, NIGHT = (tokens(block) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2])


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("scheme", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("text", "ground"), [*product(TEXT, GROUNDS), ("on-brand", "brand")])
def test_text_can_be_read(scheme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(scheme[text], scheme[ground]) >= SMALLEST_TEXT


@pytest.mark.parametrize("scheme", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(("drawn", "ground"), [*product(("focus", "line-strong"), GROUNDS)])
def test_focus_and_borders_of_fields_can_be_seen(
    scheme: dict[str, str], drawn: str, ground: str
) -> None:
    assert contrast(scheme[drawn], scheme[ground]) >= LARGE_OR_DRAWN


@pytest.mark.parametrize("scheme", [DAY, NIGHT], ids=["day", "night"])
def test_no_side_is_louder_than_the_other(scheme: dict[str, str]) -> None:
    loudness = [contrast(scheme[side], scheme["surface"]) for side in ("agree", "disagree")]

    assert max(loudness) / min(loudness) < 1.35


def test_the_style_sheet_fits_its_budget() -> None:
    assert len(gzip.compress(CSS.encode())) <= 15_000
    assert len(ASSETS["accord.css"].packed) <= 15_000


def test_its_layers_come_in_order() -> None:
    assert CSS.startswith("@layer tokens, base, layout, components, print;")
    assert re.findall(r"^@layer (\w+) \{", CSS, re.MULTILINE) == [
        "tokens", "base", "layout", "components", "print",
    ]  # fmt: skip


def test_it_fetches_nothing() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
