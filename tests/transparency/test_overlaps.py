"""Charts anybody can read: words, patterns and links, and the same bytes for the same numbers."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import strategies as st

from services.transparency.charts.overlap import (
    CIRCLES,
    LABELS,
    PLACES,
    Overlap,
    overlap,
    upset,
    venn,
)
from tests.laws import over

SVG = "{http://www.w3.org/2000/svg}"
A, B, C, D = (frozenset({n}) for n in range(4))


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def three(**more: object) -> Overlap:
    regions = {A | B | C: 1, A | B: 12, A: 3}
    given: dict[str, object] = {
        "id": "shared", "title": "What is shared", "finding": "All three share one.",
        "sets": ("Aid & Co", "Buses", "<Clinic>"), "regions": regions,
    }  # fmt: skip
    return Overlap(**(given | more))  # type: ignore[arg-type] # the fields of a chart


def words(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("many", [1, 2, 3])
def test_every_number_stands_in_its_circles_and_outside_the_others(many: int) -> None:
    places = PLACES[many]
    every = [frozenset(some) for n in range(1, many + 1) for some in combinations(range(many), n)]
    assert set(places) == set(every)
    for region, (x, y) in places.items():
        inside = {place for place, circle in enumerate(CIRCLES[many]) if circle.holds(x, y)}
        assert inside == region
    for x, y in LABELS[many]:
        assert not any(circle.holds(x, y) for circle in CIRCLES[many])


def test_a_chart_has_a_title_and_says_what_is_to_be_seen() -> None:
    svg = drawn(venn(three()))
    title, finding = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert finding is not None
    assert (title.text, finding.text) == ("What is shared", "All three share one.")
    assert svg.get("aria-labelledby") == f"{title.get('id')} {finding.get('id')}"
    assert svg.get("role") == "img"


def test_every_region_of_three_has_its_number_nought_too() -> None:
    svg = drawn(venn(three()))
    assert sorted(words(svg)) == sorted(["Aid & Co", "Buses", "<Clinic>", *"0000", "1", "3", "12"])
    said = [element.text for element in svg.iter(f"{SVG}title")]
    assert "Aid & Co, Buses and <Clinic>: 1" in said
    assert "Buses and <Clinic>: 0" in said


def test_circles_differ_by_pattern_and_not_by_colour_alone() -> None:
    svg = drawn(venn(three()))
    patterns = {p.get("id"): ET.tostring(p[1]) for p in svg.iter(f"{SVG}pattern")}
    assert len(set(patterns.values())) == 3
    fills = [circle.get("fill") or "" for circle in svg.iter(f"{SVG}circle")]
    assert [fill for fill in fills if fill.startswith("url")] == [
        f"url(#{id_})" for id_ in patterns
    ]


def test_nothing_that_a_strict_policy_refuses() -> None:
    four = three(sets=tuple("ABCD"), regions={A | D: 2, B: 1}, links={B: "#b"})
    for svg in (venn(three(links={A: "#a"})), upset(four)):
        assert "style" not in svg
        assert "script" not in svg
        assert {element.tag.removeprefix(SVG) for element in drawn(svg).iter()} <= {
            "svg", "title", "desc", "pattern", "rect", "path", "circle", "text", "g", "a",
        }  # fmt: skip


def test_with_links_it_is_a_group_of_them_and_each_says_where_it_leads() -> None:
    svg = drawn(venn(three(links={A: "#region-2", A | B: "#region-1"})))
    assert svg.get("role") == "group"
    links = {link.get("href"): link.get("aria-label") for link in svg.iter(f"{SVG}a")}
    assert links == {"#region-2": "Aid & Co: 3", "#region-1": "Aid & Co and Buses: 12"}


def test_more_than_three_sets_are_a_column_each_region() -> None:
    chart = three(sets=tuple("ABCD"), regions={A | B | D: 1, A | C: 4, D: 2})
    svg = drawn(overlap(chart))
    columns = [group for group in svg if group.tag == f"{SVG}g"]
    assert len(columns) == 3
    dots = [
        [circle.get("fill") == "currentColor" for circle in column.iter(f"{SVG}circle")]
        for column in columns
    ]
    assert dots == [
        [True, True, False, True],
        [True, False, True, False],
        [False, False, False, True],
    ]


def test_bars_begin_at_nought_and_are_as_tall_as_their_numbers() -> None:
    chart = three(sets=tuple("ABCD"), regions={A | B: 1, A | C: 4, D: 2})
    columns = [group for group in drawn(upset(chart)) if group.tag == f"{SVG}g"]
    bars = [column.find(f"{SVG}rect") for column in columns]
    tall = [int(bar.get("height", "0")) for bar in bars if bar is not None]
    feet = {int(bar.get("y", "0")) + int(bar.get("height", "0")) for bar in bars if bar is not None}
    assert tall == [30, 120, 60]
    assert len(feet) == 1


def test_what_no_region_shows_is_said_below() -> None:
    for sets, regions in ((("A",), {A: 1}), (tuple("ABCD"), {A: 1})):
        chart = three(sets=sets, regions=regions, notes=("Unknown until heard: 2.",))
        assert words(drawn(overlap(chart)))[-1] == "Unknown until heard: 2."


def test_a_long_name_is_cut_in_the_picture_and_whole_in_its_words() -> None:
    name = "The association of all who wait for the bus"
    svg = drawn(venn(three(sets=(name,), regions={A: 1})))
    assert "The association of all who …" in words(svg)
    assert f"{name}: 1" in [element.text for element in svg.iter(f"{SVG}title")]


def test_an_upset_of_nothing_is_drawn() -> None:
    assert drawn(upset(three(sets=tuple("ABCD"), regions={}))).tag == f"{SVG}svg"


names = st.text(st.characters(exclude_categories=("Cc", "Cn", "Cs")), min_size=1, max_size=40)


@over(
    st.lists(names, min_size=1, max_size=7),
    st.dictionaries(st.frozensets(st.integers(0, 6), min_size=1), st.integers(0, 10**6)),
    names,
)
def test_any_numbers_and_names_give_a_picture_and_always_the_same(
    sets: list[str], regions: dict[frozenset[int], int], finding: str
) -> None:
    inside = {region: n for region, n in regions.items() if max(region) < len(sets)}
    chart = three(sets=sets, regions=inside, finding=finding, links=dict.fromkeys(inside, "#x"))
    svg = overlap(chart)
    assert svg == overlap(chart)
    found = drawn(svg)
    said = found.find(f"{SVG}desc")
    assert said is not None
    assert said.text == finding
    assert len(list(found.iter(f"{SVG}a"))) == len(inside)
