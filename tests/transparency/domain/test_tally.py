"""The second reading of the rules in words: quorum, thresholds, silence, objections."""

from typing import Any, NamedTuple
from uuid import UUID

import pytest

from services.transparency.domain.tally import (
    Electorate,
    Result,
    VoteClass,
    Voting,
    counted,
    extended,
    held,
    tally,
)

CLINIC, SCHOOL, UNION, YOUTH, HOSPITAL = (UUID(int=n) for n in range(1, 6))
HALF, TWO_THIRDS = [1, 2], [2, 3]


def rule(option: str = "agree", test: str = "more_than", ratio: Any = HALF, base: str = "yes_no",
         **more: Any) -> dict[str, Any]:  # fmt: skip
    threshold = {"option": option, "test": test, "ratio": ratio, "base": base}
    return {"method": "majority", "thresholds": [threshold], **more}


class Stance(NamedTuple):
    """A stance as recorded."""

    position: int
    org: UUID
    option: str | None
    ad_referendum: bool = False

    @property
    def withdrawn(self) -> bool:
        return self.option is None


def count(voting: Voting, stances: list[Stance], ratified: dict[UUID, int] | None = None) -> Result:
    return tally(voting, counted(held(voting.electorate, stances), ratified or {}))


def took(*options: str) -> list[Stance]:
    voters = (CLINIC, SCHOOL, UNION, YOUTH)
    return [
        Stance(n, org, option) for n, (org, option) in enumerate(zip(voters, options, strict=False))
    ]


FOUR = Electorate((CLINIC, SCHOOL, UNION, YOUTH))


@pytest.mark.parametrize(
    ("terms", "options", "outcome"),
    [
        (rule(), ("agree", "agree", "disagree"), "adopted"),
        (rule(), ("agree", "disagree"), "rejected"),  # a tie
        (rule(), ("agree", "object"), "rejected"),
        (rule(), ("agree", "abstain", "abstain"), "adopted"),
        (rule(), ("abstain", "abstain"), "rejected"),  # an empty base
        (rule(), (), "rejected"),
        (rule(test="at_least", ratio=TWO_THIRDS), ("agree", "agree", "disagree"), "adopted"),
        (rule(test="at_least", ratio=TWO_THIRDS), ("agree", "disagree"), "rejected"),
        (rule(base="cast"), ("agree", "agree", "abstain", "abstain"), "rejected"),
        (rule(base="entitled"), ("agree", "agree"), "rejected"),
        (rule(base="entitled"), ("agree", "agree", "agree"), "adopted"),
        (rule("object", "at_most", [0, 1], "cast"), ("agree", "disagree"), "adopted"),
        (rule("object", "at_most", [0, 1], "cast"), ("agree", "object"), "rejected"),
        (rule("object", "at_most", [0, 1], "cast"), (), "rejected"),
    ],
)
def test_d16_every_threshold_holds_or_it_is_rejected(
    terms: dict[str, Any], options: tuple[str, ...], outcome: str
) -> None:
    assert count(Voting(terms, FOUR), took(*options)).outcome == outcome


def test_a_threshold_shows_what_it_compared() -> None:
    terms = rule(test="at_least", ratio=TWO_THIRDS)
    result = count(Voting(terms, FOUR), took("agree", "agree", "object"))
    [threshold] = result.thresholds
    assert (threshold.value, threshold.of, threshold.ratio, threshold.holds) == (2, 3, (2, 3), True)
    assert dict(result.counts) == {"agree": 2, "disagree": 0, "abstain": 0, "object": 1}
    assert (result.voters, result.entitled) == (3, 4)


@pytest.mark.parametrize(
    ("at_least", "voters", "outcome"),
    [
        (HALF, 2, "adopted"),
        (HALF, 1, "lapsed"),
        (TWO_THIRDS, 2, "lapsed"),
        (TWO_THIRDS, 3, "adopted"),
    ],
)
def test_d15_below_quorum_it_lapses(at_least: list[int], voters: int, outcome: str) -> None:
    terms = rule(quorum={"at_least": at_least})
    result = count(Voting(terms, FOUR), took(*["agree"] * voters))
    assert result.outcome == outcome
    assert result.quorum.reached == voters
    assert result.quorum.needed == (2 if at_least == HALF else 3)


def test_d15_an_abstention_is_a_voice_for_the_quorum() -> None:
    terms = rule(quorum={"at_least": HALF})
    assert count(Voting(terms, FOUR), took("agree", "abstain")).quorum.holds


def test_d15_the_chair_leaves_both_sides_unless_it_counts() -> None:
    terms = rule(quorum={"at_least": TWO_THIRDS, "chair_counts": False})
    voting = Voting(terms, FOUR, chair=CLINIC)
    assert count(voting, took("agree", "agree", "agree")).quorum.reached == 2
    assert count(voting, took("agree", "agree")).outcome == "lapsed"
    counts = rule(quorum={"at_least": TWO_THIRDS, "chair_counts": True})
    all_count = count(Voting(counts, FOUR, chair=CLINIC), took("agree", "agree"))
    assert (all_count.quorum.needed, all_count.quorum.reached) == (3, 2)


def test_d15_a_constituency_has_its_own_minimum() -> None:
    parents = UUID(int=99)
    classes = VoteClass((CLINIC,)), VoteClass((SCHOOL,), 1, (parents,)), FOUR[2], FOUR[3]
    groups = Electorate(FOUR.orgs, classes)
    minimum = {"constituency": str(parents), "min": 1}
    terms = rule(quorum={"at_least": [0, 1], "per_constituency": [minimum]})
    without = [Stance(1, CLINIC, "agree"), Stance(2, UNION, "agree")]
    assert count(Voting(terms, groups), without).outcome == "lapsed"
    heard = [*without, Stance(3, SCHOOL, "abstain")]
    assert count(Voting(terms, groups), heard).outcome == "adopted"


def test_d8_a_class_holds_the_latest_stance_of_its_organisations() -> None:
    classes = VoteClass((CLINIC, HOSPITAL), weight=3), VoteClass((SCHOOL,), weight=2)
    related = Electorate((CLINIC, HOSPITAL, SCHOOL), classes)
    stances = [
        Stance(1, CLINIC, "agree"),
        Stance(2, SCHOOL, "disagree"),
        Stance(3, HOSPITAL, "abstain"),
    ]
    result = count(Voting(rule(), related), stances)
    assert dict(result.counts) == {"agree": 0, "disagree": 2, "abstain": 3, "object": 0}
    assert result.voters == 2

    withdrawn = [*stances, Stance(4, HOSPITAL, None)]
    result = count(Voting(rule(), related), withdrawn)
    assert dict(result.counts) == {"agree": 0, "disagree": 2, "abstain": 0, "object": 0}
    assert result.voters == 1


def test_who_is_not_in_the_electorate_counts_for_nothing() -> None:
    stances = [Stance(1, CLINIC, "agree"), Stance(2, HOSPITAL, "disagree")]
    assert count(Voting(rule(), FOUR), stances).voters == 1


def test_d19_ad_referendum_counts_once_ratified() -> None:
    pending = [Stance(1, CLINIC, "agree", ad_referendum=True), Stance(2, SCHOOL, "disagree")]
    assert count(Voting(rule(), FOUR), pending).counts["agree"] == 0
    assert count(Voting(rule(), FOUR), pending, {CLINIC: 3}).counts["agree"] == 1
    replaced = [Stance(1, CLINIC, "agree"), Stance(2, CLINIC, "disagree", ad_referendum=True)]
    assert count(Voting(rule(), FOUR), replaced).voters == 0


def test_silence_agrees_only_while_uncontested() -> None:
    terms = rule("agree", "more_than", HALF, "entitled", silence="assent_if_uncontested")
    voting = Voting(terms, FOUR)
    quiet = count(voting, took("agree"))
    assert (quiet.counts["agree"], quiet.voters, quiet.outcome) == (4, 1, "adopted")
    assert count(voting, took("agree", "disagree")).counts["agree"] == 1
    assert count(voting, took("agree", "object")).counts["agree"] == 1
    contested = Voting(terms, FOUR, objection_open=True)
    assert count(contested, took("agree")).counts["agree"] == 1


@pytest.mark.parametrize(("must", "is_open", "outcome"), [
    (True, True, "rejected"), (True, False, "adopted"), (False, True, "adopted"),
])  # fmt: skip
def test_d17_an_open_objection_stops_where_it_must_be_addressed(
    *, must: bool, is_open: bool, outcome: str
) -> None:
    terms = rule(objections={"must_be_addressed": must})
    voting = Voting(terms, FOUR, objection_open=is_open)
    assert count(voting, took("agree")).outcome == outcome


def test_entitled_present_is_who_was_in_the_meeting() -> None:
    terms = rule(base="entitled_present")
    present = frozenset({CLINIC, SCHOOL, UNION})
    assert count(Voting(terms, FOUR, present=present), took("agree", "agree")).outcome == "adopted"
    everyone = present | {YOUTH}
    assert (
        count(Voting(terms, FOUR, present=everyone), took("agree", "agree")).outcome == "rejected"
    )


def test_advice_leaves_it_to_the_proposer() -> None:
    voting = Voting({"method": "advice"}, FOUR, proposer=CLINIC)
    assert count(voting, took("agree", "disagree")).outcome == "adopted"
    assert count(voting, took("disagree", "agree")).outcome == "rejected"


def test_lead_decides() -> None:
    voting = Voting({"method": "lead_decides"}, FOUR, lead=SCHOOL)
    assert count(voting, took("disagree", "agree")).outcome == "adopted"
    assert count(voting, took("agree", "disagree")).outcome == "rejected"
    assert count(voting, took("agree")).outcome == "rejected"


def test_an_electorate_that_was_extended_keeps_its_classes_and_gets_more() -> None:
    late = UUID(int=99)
    alone = [{"class": [str(late)], "weight": 2}]
    larger = extended(FOUR, alone)
    assert (len(larger), larger.weights, larger.places[late]) == (5, 6, 4)
    assert [larger[place].orgs for place in range(4)] == [FOUR[place].orgs for place in range(4)]
    together = [{"class": [str(CLINIC), str(late)]}]
    joined = extended(FOUR, together)
    assert (len(joined), joined.places[late]) == (4, joined.places[CLINIC])
