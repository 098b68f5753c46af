"""R4: golden vectors of `reports.md` 5, and what must hold of any positions."""

from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.common_ground import (
    Carried,
    Heard,
    consensus,
    divisiveness,
    regions,
    row,
)
from services.transparency.domain.numbers import six
from services.transparency.domain.unlikely_pairs import closeness
from tests.laws import over
from tests.transparency.domain.ground import (
    I1,
    I2,
    I3,
    I4,
    I5,
    NURSES,
    PARENTS,
    SEEN,
    TEACHERS,
    A,
    B,
    C,
    D,
    Story,
    called,
)

LONG_AGO = SEEN.start - timedelta(days=30)
FOR = {A: {I1, I2, I3}, B: {I1, I2}, C: {I1, I4}}
"""The Venn of the golden vectors: ABC{1} AB{2} A{3} C{4}."""


def carried(*groups: tuple[int, int]) -> dict[str, Any]:
    """Return the figures of an issue from (agree, said) of each group."""
    heard = {UUID(int=n): Heard(agree, 0, said) for n, (agree, said) in enumerate(groups)}
    return Carried(heard).written()


@pytest.mark.parametrize(
    ("groups", "gac"),
    [
        ([(8, 10), (5, 6), (3, 4)], "0.721125"),
        ([(95, 100), (0, 5)], "0.366679"),
        ([(8, 10)], "0.750000"),
        ([], None),
    ],
)
def test_golden_consensus(groups: list[tuple[int, int]], gac: str | None) -> None:
    assert consensus(groups) == gac


def test_golden_what_is_multiplied_and_what_is_not_shown() -> None:
    product = reduce(lambda of, n: (of[0] * n[0], of[1] * n[1]), [(9, 12), (6, 8), (4, 6)])
    assert six(*product) == "0.375000"
    assert six(96 * 1, 102 * 7) == "0.134454"
    assert six(95, 105) == "0.904762"  # the trap: a small group is outvoted in the raw share


def test_golden_silence_is_unknown_and_never_half_a_yes() -> None:
    found = carried((8, 10), (0, 0))
    assert (found["gac"], found["coverage"], found["state"]) == ("0.750000", "0.500000", "unknown")
    assert carried((8, 10), (5, 6), (3, 4))["state"] == "known"


def test_golden_regions_and_closeness() -> None:
    supporters = {issue: {org for org in FOR if issue in FOR[org]} for issue in (I1, I2, I3, I4)}
    found = {frozenset(orgs): list(held) for orgs, held in regions(supporters).items()}
    assert found == {
        frozenset({A, B, C}): [I1],
        frozenset({A, B}): [I2],
        frozenset({A}): [I3],
        frozenset({C}): [I4],
    }
    assert closeness(frozenset(FOR[A]), frozenset(FOR[B])) == "0.666667"
    assert closeness(frozenset(), frozenset()) is None


def test_what_is_undefined_says_why() -> None:
    nobody = carried()
    assert (nobody["gac"], nobody["coverage"], nobody["divisiveness"]) == (None, None, None)
    assert nobody["state"] == "unknown"
    assert set(nobody["reasons"].values()) == {"no constituency has an active organisation"}
    silent = carried((0, 0), (0, 0))
    assert (silent["gac"], silent["coverage"], silent["state"]) == (None, "0.000000", "unknown")
    assert silent["reasons"] == {
        "gac": "no constituency was heard",
        "gar": "no constituency was heard",
        "divisiveness": "fewer than two constituencies were heard",
    }


def test_divisiveness_is_how_far_two_groups_are_apart() -> None:
    assert divisiveness([(8, 10), (0, 5), (3, 4)]) == six(9 * 7 - 1 * 12, 12 * 7)
    assert divisiveness([(8, 10)]) is None
    assert divisiveness([(2, 2), (2, 2)]) == "0.000000"


def test_against_is_counted_as_for_is() -> None:
    groups = {UUID(int=1): Heard(1, 2, 4), UUID(int=2): Heard(0, 3, 3)}
    found = Carried(groups).written()
    assert found["gac"] == consensus([(1, 4), (0, 3)])
    assert found["gar"] == consensus([(2, 4), (3, 3)])


supports = st.dictionaries(
    st.integers(0, 40).map(lambda n: UUID(int=n)),
    st.frozensets(st.integers(100, 108).map(lambda n: UUID(int=n))),
)


@over(supports)
def test_each_supported_issue_stands_in_exactly_one_region(
    supporters: dict[UUID, frozenset[UUID]],
) -> None:
    found = regions(supporters)
    listed = [issue for held in found.values() for issue in held]
    assert sorted(listed) == sorted(issue for issue, orgs in supporters.items() if orgs)
    for orgs, held in found.items():
        assert held
        for issue in held:
            assert supporters[issue] == orgs


@over(supports, st.randoms(use_true_random=False))
def test_the_order_of_what_is_said_changes_no_region(
    supporters: dict[UUID, frozenset[UUID]], chance: Any
) -> None:
    items = list(supporters.items())
    chance.shuffle(items)
    first, second = regions(supporters), regions(dict(items))
    assert {orgs: sorted(held) for orgs, held in first.items()} == {
        orgs: sorted(held) for orgs, held in second.items()
    }


@over(supports)
def test_an_issue_that_nobody_is_for_changes_no_region(
    supporters: dict[UUID, frozenset[UUID]],
) -> None:
    nobody: frozenset[UUID] = frozenset()
    assert regions({**supporters, UUID(int=99): nobody}) == regions(supporters)


positions = st.lists(
    st.tuples(
        st.sampled_from([A, B, C, D]),
        st.sampled_from([I1, I2, I3, I4]),
        st.sampled_from(["support", "can_live_with", "oppose", "no_position"]),
    ),
    max_size=30,
)


def told(said: list[tuple[UUID, UUID, str]]) -> Story:
    story = Story()
    story.identify(PARENTS)
    story.identify(NURSES)
    story.join(A, B, of=(PARENTS,))
    story.join(C, of=(PARENTS, NURSES))
    story.join(D)
    for issue in (I1, I2, I3, I4, I5):
        story.issue("IssueRaised", issue)
    for org, issue, stand in said:
        story.stand(org, issue, stand)
    return story


@over(positions)
def test_of_any_positions_the_newest_counts_and_each_issue_has_one_region(
    said: list[tuple[UUID, UUID, str]],
) -> None:
    sheet = told(said).sheet()
    newest = {(org, issue): stand for org, issue, stand in said}
    for_it = {key for key, stand in newest.items() if stand in {"support", "can_live_with"}}
    found = {issue: region.orgs for region in sheet.regions for issue in region.issues}
    assert sum(len(region.issues) for region in sheet.regions) == len(found)
    assert {(org, issue) for issue, orgs in found.items() for org in orgs} == for_it


@over(positions, st.permutations([A, B, C, D]))
def test_who_joined_first_changes_nothing_but_what_is_cited(
    said: list[tuple[UUID, UUID, str]], order: list[UUID]
) -> None:
    one, other = told(said), told(said)
    other.belongs.sort(key=lambda each: order.index(each.event.org))
    other.represents.sort(key=lambda each: order.index(each.org))
    assert [row(line, one.sheet()) for line in one.sheet().lines] == [
        row(line, other.sheet()) for line in other.sheet().lines
    ]


def parts(story: Story, part: str, *among: UUID) -> list[dict[str, Any]]:
    sheet = story.sheet(*among)
    return [written for line in sheet.lines if (written := row(line, sheet))["part"] == part]


def common() -> Story:
    story = Story()
    story.join(A, B, C)
    for issue in (I1, I2, I3, I4):
        story.issue("IssueRaised", issue)
    for org, issues in FOR.items():
        for issue in sorted(issues):
            story.stand(org, issue, "can_live_with" if org == B else "support")
    return story


def test_the_widest_region_stands_first_and_then_they_stand_by_name() -> None:
    found = [(called(r["organisations"]), called(r["issues"])) for r in parts(common(), "region")]
    assert found == [
        (["Aid", "Bus union", "Clinic"], ["Meals"]),
        (["Aid", "Bus union"], ["Buses"]),
        (["Aid"], ["Books"]),
        (["Clinic"], ["Doctors"]),
    ]


def test_regions_among_some_leave_the_others_out() -> None:
    found = [called(line["organisations"]) for line in parts(common(), "region", A, B)]
    assert found == [["Aid", "Bus union"], ["Aid"]]


def test_who_left_or_only_observes_is_in_no_region() -> None:
    story = common()
    story.membership(C, "MemberLeft")
    assert [called(r["organisations"]) for r in parts(story, "region")] == [
        ["Aid", "Bus union"],
        ["Aid"],
    ]
    story.membership(B, "CommitmentLevelSet", commitment="observer")
    assert [called(line["issues"]) for line in parts(story, "region")] == [
        ["Books", "Buses", "Meals"]
    ]


def test_a_region_rests_on_what_everybody_said_of_its_issues() -> None:
    story = common()
    story.stand(B, I4, "oppose")
    [doctors] = [line for line in parts(story, "region") if called(line["issues"]) == ["Doctors"]]
    said = [one.cited.ref for one in story.said if one.issue == I4]
    assert doctors["refs"] == said
    assert len(said) == 3


def test_an_issue_shows_where_everybody_stands_and_how_far_it_is_carried() -> None:
    story = told([(A, I1, "support"), (B, I1, "oppose"), (D, I1, "no_position")])
    [meals] = [line for line in parts(story, "issue") if called([line["issue"]]) == ["Meals"]]
    assert called(meals["supporting"]) == ["Aid"]
    assert called(meals["opposing"]) == ["Bus union"]
    assert called(meals["undecided"]) == ["Dancers"]
    assert called(meals["silent"]) == ["Clinic"]
    assert (meals["gac"], meals["gar"]) == ("0.500000", "0.500000")
    assert (meals["coverage"], meals["state"]) == ("0.500000", "unknown")
    assert called(meals["unheard"]) == ["Nurses"]
    counts = {
        each["constituency"]["name"]["text"]: {k: v for k, v in each.items() if k != "constituency"}
        for each in meals["groups"]
    }
    assert counts == {
        "Nurses": {"of": 1, "agree": 0, "against": 0, "said": 0},
        "Parents": {"of": 3, "agree": 1, "against": 1, "said": 2},
    }


def test_no_position_is_something_said() -> None:
    story = told([(C, I1, "no_position")])
    [meals] = [line for line in parts(story, "issue") if called([line["issue"]]) == ["Meals"]]
    assert (meals["state"], meals["gac"]) == ("known", six(1, 3))


def test_a_constituency_without_an_active_organisation_is_no_group() -> None:
    story = told([(A, I1, "support")])
    story.identify(TEACHERS)
    story.membership(C, "MemberSuspended")
    meals = next(line for line in parts(story, "issue") if called([line["issue"]]) == ["Meals"])
    assert (meals["coverage"], meals["state"]) == ("1.000000", "known")


def test_what_changed_since_the_window_before() -> None:
    story = Story()
    story.identify(PARENTS, at=LONG_AGO)
    story.join(A, B, of=(PARENTS,), at=LONG_AGO)
    story.issue("IssueRaised", I1, at=LONG_AGO)
    story.stand(A, I1, "support", at=LONG_AGO)
    story.stand(A, I1, "oppose")
    story.stand(B, I1, "support")
    [meals] = parts(story, "issue")
    assert meals["before"] == {
        "gac": six(2, 3),
        "gar": six(1, 3),
        "coverage": "1.000000",
        "state": "known",
    }
    assert (meals["gac"], meals["gar"]) == ("0.500000", "0.500000")
    assert (called(meals["joined"]), called(meals["left"])) == (["Bus union"], ["Aid"])


def test_what_is_parked_stands_apart_until_it_is_reopened() -> None:
    story = common()
    terms = {"lang": "en", "text": "Each as it likes."}
    story.issue("AgreedToDisagree", I1, A, parties=(A, B), terms=terms)
    assert parts(story, "disagreement") == []
    story.issue("AgreedToDisagree", I1, B)
    [parked] = parts(story, "disagreement")
    assert called(parked["organisations"]) == ["Aid", "Bus union"]
    assert (parked["terms"], parked["since"]) == (terms, "2026-01-01T12:16:00.000Z")
    assert len(parked["refs"]) == 2
    [meals] = [line for line in parts(story, "issue") if line["parked"]]
    assert called([meals["issue"]]) == ["Meals"]
    story.issue("DisagreementReopened", I1, A)
    assert parts(story, "disagreement") == []


def test_threats_are_listed_with_who_shares_them_while_they_last() -> None:
    story = common()
    story.threat("ThreatIdentified", I5, A, I1)
    story.threat("ThreatShared", I5, C)
    [threat] = parts(story, "threat")
    assert (called(threat["organisations"]), called(threat["issues"])) == (
        ["Aid", "Clinic"],
        ["Meals"],
    )
    story.threat("ThreatRetired", I5, A)
    assert parts(story, "threat") == []


def test_what_comes_after_the_window_is_not_looked_at() -> None:
    story = common()
    before = [row(line, sheet) for sheet in (story.sheet(),) for line in sheet.lines]
    later = SEEN.end
    story.stand(A, I4, "support", at=later)
    story.threat("ThreatIdentified", I5, A, at=later)
    story.issue("AgreedToDisagree", I1, A, later, parties=(A,))
    story.membership(C, "MemberLeft", at=later)
    assert [row(line, sheet) for sheet in (story.sheet(),) for line in sheet.lines] == before


def test_a_scope_stands_beside_an_issue() -> None:
    story = common()
    story.issue("IssueScoped", I1, scope="out")
    scopes = {called([line["issue"]])[0]: line["scope"] for line in parts(story, "issue")}
    assert scopes == {"Meals": "out", "Buses": "in", "Books": "in", "Doctors": "in"}


def test_the_totals_and_the_ten_widest() -> None:
    story = told([(org, issue, "support") for org in (A, B) for issue in (I1, I2)])
    figures = story.sheet().summary
    values = {each["figure"]: each["value"] for each in figures}
    assert values == {
        "issues": 5, "supported": 2, "unknown": 5, "parked": 0, "threats": 0, "regions": 1,
        "unlikely_pairs": 1, "widest_region": 2,
    }  # fmt: skip
    widest = figures[-1]
    assert called(widest["organisations"]) == ["Aid", "Bus union"]
    assert widest["refs"]
    many = Story()
    orgs = [UUID(int=0x500 + n) for n in range(12)]
    many.join(*orgs)
    for n, org in enumerate(orgs):
        many.stand(org, UUID(int=0x700 + n), "support")
    shown = [each for each in many.sheet().summary if each["figure"] == "widest_region"]
    assert len(shown) == 10
