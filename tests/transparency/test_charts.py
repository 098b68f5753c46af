"""Charts are SVG that can be read without seeing it, and the same for the same input."""

from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import strategies as st

from services.transparency.charts.curve import Step, curve
from services.transparency.charts.pairs import Pair, pairs
from services.transparency.charts.series import Point, series
from services.transparency.charts.timeline import Bar, Span, Strip, timeline
from tests.laws import over

SVG = "{http://www.w3.org/2000/svg}"
DAYS = date(2026, 1, 1), date(2026, 3, 31)
JANUARY = date(2026, 1, 1), date(2026, 1, 31)
SPANS = (
    Span("forming", "forming, 31 d", *JANUARY),
    Span("storming", "storming, 59 d", date(2026, 2, 1), date(2026, 3, 31)),
)
STRIPS = (
    Strip("Trust", (Bar(*JANUARY, 0.5, "50.0 %"), Bar(date(2026, 2, 1), date(2026, 2, 28), None,
                                                      "too few"))),
)  # fmt: skip
STEPS = (Step(0, 1.0, "100.0 %"), Step(30, 0.75, "75.0 %"), Step(90, 0.5, "50.0 %"))


PAIRS = (
    Pair("Parents", (0.75, 0.5), ("75.0 %", "50.0 %")),
    Pair("Those who look after the youngest of all", (0.25, 0.5), ("25.0 %", "50.0 %")),
)


POINTS = (Point(date(2026, 1, 5), 50), Point(date(2026, 1, 7), 40))


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def words(svg: str) -> list[str]:
    return [each.text or "" for each in read(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "svg",
    [
        timeline("Stages", "It formed, then it stormed.", DAYS, SPANS, STRIPS),
        curve("Retention", "Half of them stayed.", STEPS, 120),
        timeline("Stages", "Nothing was declared.", DAYS, (), ()),
        curve("Retention", "Nobody joined.", (), 1),
        pairs("Voice", "Parents spoke more.", ("Voice", "Seats"), PAIRS),
        pairs("Voice", "Nobody spoke.", ("Voice", "Seats"), ()),
        series("Meals", "90 in all.", "meals", POINTS, counted=True, key="metric-0"),
        series("Meals", "Nothing.", "meals", (), counted=False, key="metric-0"),
    ],
    ids=[
        "timeline",
        "curve",
        "empty timeline",
        "empty curve",
        "pairs",
        "no pairs",
        "series",
        "empty series",
    ],
)
def test_a_chart_has_a_name_and_says_what_is_to_be_seen(svg: str) -> None:
    root = read(svg)
    assert root.get("role") == "img"
    ids = {each.get("id") for each in root if each.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert root.get("aria-labelledby", "").split() == sorted(filter(None, ids), reverse=True)
    assert all(each.text for each in root.findall(f"{SVG}title") + root.findall(f"{SVG}desc"))
    assert not any("style" in each.attrib or each.tag == f"{SVG}style" for each in root.iter())


def test_stages_are_told_apart_by_pattern_and_name() -> None:
    svg = timeline("Stages", "Two.", DAYS, SPANS, STRIPS)
    fills = [each.get("fill", "") for each in read(svg).iter(f"{SVG}rect")]
    assert {"url(#timeline-0)", "url(#timeline-1)", "url(#timeline-unknown)"} <= set(fills)
    drawn = {each.get("id"): ET.tostring(each[0]) for each in read(svg).iter(f"{SVG}pattern")}
    assert len(set(drawn.values())) == len(drawn) == 3
    assert {"forming, 31 d", "storming, 59 d", "50.0 %", "too few"} <= set(words(svg))


def test_what_is_unknown_is_drawn_and_is_not_zero() -> None:
    bars = [Bar(*JANUARY, 0.0, "0.0 %"), Bar(*JANUARY, None, "unknown")]
    zero, unknown = (timeline("T", "F", DAYS, (), [Strip("Trust", [bar])]) for bar in bars)
    assert "stroke-dasharray" in unknown
    assert "stroke-dasharray" not in zero
    assert 'height="0"' in zero


def test_spans_are_cut_to_the_axis() -> None:
    long = Span("forming", "forming", date(2020, 1, 1), date(2030, 1, 1))
    [band] = [
        each
        for each in read(timeline("T", "F", DAYS, [long], ())).iter(f"{SVG}rect")
        if each.get("fill", "").startswith("url")
    ]
    assert (band.get("x"), band.get("width")) == ("150", "596")


def test_words_are_words() -> None:
    odd = '<script>"&'
    span = Span(odd, odd, *DAYS)
    svg = timeline(odd, odd, DAYS, [span], [Strip(odd, [Bar(*DAYS, 1.0, odd)])])
    assert "<script>" not in svg
    assert odd in words(svg)
    assert "<script>" not in curve(odd, odd, [Step(0, 1.0, odd)], 1)


def test_the_curve_falls_at_its_steps() -> None:
    root = read(curve("Retention", "Half of them stayed.", STEPS, 120))
    [path] = [each for each in root.iter(f"{SVG}path") if each.get("stroke-width") == "2"]
    assert path.get("d") == "M58 20H216V78.5H532V137H690"
    assert "50.0 %" in words(curve("Retention", "Half of them stayed.", STEPS, 120))


@over(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 100)), max_size=20),
    st.integers(0, 5000),
)
def test_any_curve_is_whole(points: Sequence[tuple[int, int]], last: int) -> None:
    steps = [Step(days, share / 100, f"{share} %") for days, share in sorted(points)]
    svg = curve("Retention", "As it is.", steps, last)
    assert svg == curve("Retention", "As it is.", steps, last)
    for circle in read(svg).iter(f"{SVG}circle"):
        assert 58 <= float(circle.get("cx", "0")) <= 690
        assert 20 <= float(circle.get("cy", "0")) <= 254


@over(st.dates(date(1900, 1, 1), date(2900, 1, 1)), st.integers(0, 3000))
def test_any_days_make_a_timeline(begins: date, days: int) -> None:
    ends = date.fromordinal(begins.toordinal() + days)
    svg = timeline("T", "F", (begins, ends), [Span("a", "a", begins, ends)], ())
    assert read(svg).get("width") == "760"


def test_pairs_are_told_apart_by_pattern_and_words() -> None:
    drawn = pairs("Voice", "Parents spoke more.", ("Voice", "Seats"), PAIRS)
    said = words(drawn)
    assert said[:2] == ["Voice", "Seats"]
    assert {"Parents", "75.0 %", "50.0 %", "25.0 %"} <= set(said)
    assert "Those who look after the younge…" in said
    assert len([*read(drawn).iter(f"{SVG}pattern")]) == 1
    bars = [float(each.get("width", 0)) for each in read(drawn).iter(f"{SVG}rect")][2:]
    assert bars[0] > bars[1] == bars[3] > bars[2]
    assert "nothing to draw" in words(pairs("Voice", "Nobody spoke.", ("Voice", "Seats"), ()))


@over(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-(10**9), 10**9)),
        min_size=1,
        max_size=20,
    )
)
def test_a_series_stays_inside_and_what_is_more_stands_higher(
    told: list[tuple[date, int]],
) -> None:
    points = [Point(on, value) for on, value in sorted(told)]
    root = read(series("List", "So.", "members", points, counted=False, key="metric-0"))
    _, _, wide, high = map(float, root.get("viewBox", "").split())
    circles = [
        (float(each.get("cx", "")), float(each.get("cy", ""))) for each in root.iter(f"{SVG}circle")
    ]
    assert len(circles) == len(points)
    assert all(0 < x < wide and 0 < y < high for x, y in circles)
    assert [x for x, _ in circles] == sorted(x for x, _ in circles)
    by_value = sorted(zip(points, circles, strict=True), key=lambda one: one[0].value)
    heights = [y for _, (_, y) in by_value]
    assert heights == sorted(heights, reverse=True)


def test_what_is_counted_is_drawn_from_nought_on() -> None:
    svg = series("Meals", "90 in all.", "meals", POINTS, counted=True, key="metric-0")
    bars = [each for each in read(svg).iter(f"{SVG}rect") if each.get("stroke")]
    floors = {float(bar.get("y", "")) + float(bar.get("height", "")) for bar in bars}
    [axis] = {
        float(each.get("y1", ""))
        for each in read(svg).iter(f"{SVG}line")
        if each.get("stroke-opacity") == "1"
    }
    assert all(abs(floor - axis) < 0.2 for floor in floors)
    assert {"50", "40", "2026-01-05", "2026-01-07"} <= {*words(svg)}
