from fractions import Fraction
from typing import Any, get_args
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.ids import OrgId
from services.meetings.domain.rule import (
    Base,
    Method,
    Minimum,
    Objecting,
    Option,
    Quorum,
    Rule,
    Test,
    Threshold,
)
from services.meetings.domain.tally import Poll, Shortfall, VoteClass, tally
from tests.laws import over
from tests.meetings.coalition import CLINIC, MIGRANTS, PARENTS, SCHOOL, UNION, YOUTH

AGREE, DISAGREE, ABSTAIN, OBJECT = Option
FOUR = tuple(VoteClass(class_=(org,)) for org in (CLINIC, SCHOOL, UNION, YOUTH))


def rule(method: Method = Method.MAJORITY, **more: Any) -> Rule:
    return Rule(method=method, **{"quorum": Quorum(at_least=(0, 1)), **more})


def outcome(terms: Rule, *stances: Option, **more: Any) -> str:
    return tally(Poll(terms, FOUR, dict(enumerate(stances)), **more)).outcome


def test_d16_a_tie_is_rejected_by_majority() -> None:
    assert outcome(rule(), AGREE, DISAGREE) == "rejected"
    assert outcome(rule(), AGREE, AGREE, DISAGREE) == "adopted"


def test_d16_abstaining_is_neither_yes_nor_no() -> None:
    assert outcome(rule(), AGREE, ABSTAIN, ABSTAIN, ABSTAIN) == "adopted"


def test_d16_two_thirds_are_enough_for_a_supermajority() -> None:
    assert outcome(rule(Method.SUPERMAJORITY), AGREE, AGREE, DISAGREE) == "adopted"
    assert outcome(rule(Method.SUPERMAJORITY), AGREE, DISAGREE) == "rejected"


def test_d16_an_objection_is_a_disagreement() -> None:
    assert outcome(rule(), AGREE, OBJECT) == "rejected"


def test_d16_one_objection_ends_consent() -> None:
    assert outcome(rule(Method.CONSENT), AGREE, DISAGREE, DISAGREE) == "adopted"
    assert outcome(rule(Method.CONSENT), AGREE, AGREE, AGREE, OBJECT) == "rejected"


def test_d16_an_empty_base_fails() -> None:
    assert outcome(rule()) == "rejected"
    assert outcome(rule(), ABSTAIN, ABSTAIN) == "rejected"
    assert outcome(rule(Method.CONSENT)) == "rejected"


def test_d16_every_threshold_has_to_hold() -> None:
    both = (
        Threshold(option=AGREE, test="more_than", ratio=(1, 2), base="yes_no"),
        Threshold(option=ABSTAIN, test="at_most", ratio=(1, 4), base="cast"),
    )
    assert outcome(rule(thresholds=both), AGREE, AGREE, AGREE, ABSTAIN) == "adopted"
    assert outcome(rule(thresholds=both), AGREE, ABSTAIN) == "rejected"


def test_d17_consensus_waits_for_every_objection() -> None:
    stances = AGREE, AGREE, AGREE
    assert outcome(rule(Method.CONSENSUS), *stances, objection_open=True) == "rejected"
    assert outcome(rule(Method.CONSENSUS), *stances, objection_open=False) == "adopted"
    assert outcome(rule(), *stances, objection_open=True) == "adopted"


def test_d15_quorum_counts_classes() -> None:
    half = rule(quorum=Quorum(at_least=(1, 2)))
    assert tally(Poll(half, FOUR, {0: AGREE})).shortfall == Shortfall(needed=2, reached=1)
    assert tally(Poll(half, FOUR, {0: AGREE, 3: ABSTAIN})).shortfall is None


def test_d15_a_share_of_a_class_is_a_whole_one() -> None:
    third = rule(quorum=Quorum(at_least=(1, 3)))
    assert tally(Poll(third, FOUR, {0: AGREE})).shortfall == Shortfall(needed=2, reached=1)


def test_d15_the_chair_may_be_left_out_of_the_quorum() -> None:
    without = rule(quorum=Quorum(at_least=(1, 2), chair_counts=False))
    polled = tally(Poll(without, FOUR, {0: AGREE, 1: AGREE}, chair=CLINIC))
    assert polled.shortfall == Shortfall(needed=2, reached=1)
    assert polled.counts[AGREE] == 2


def test_d15_each_constituency_has_its_minimum() -> None:
    electorate = (
        VoteClass(class_=(CLINIC,), constituencies=(PARENTS,)),
        VoteClass(class_=(SCHOOL,), constituencies=(PARENTS, MIGRANTS)),
    )
    two = Quorum(at_least=(0, 1), per_constituency=(Minimum(constituency=PARENTS, min=2),))
    polled = tally(Poll(rule(quorum=two), electorate, {1: AGREE}))
    assert polled.shortfall == Shortfall(needed=2, reached=1)
    assert polled.groups == {
        PARENTS: {AGREE: 1, DISAGREE: 0, ABSTAIN: 0, OBJECT: 0},
        MIGRANTS: {AGREE: 1, DISAGREE: 0, ABSTAIN: 0, OBJECT: 0},
    }


def test_silence_assents_only_where_nobody_objects() -> None:
    lazy = rule(silence="assent_if_uncontested")
    assert tally(Poll(lazy, FOUR, {0: ABSTAIN})).counts[AGREE] == 3
    assert tally(Poll(lazy, FOUR, {0: DISAGREE})).counts[AGREE] == 0
    assert tally(Poll(lazy, FOUR, {0: AGREE}, objection_open=True)).counts[AGREE] == 1
    assert tally(Poll(rule(), FOUR, {0: ABSTAIN})).counts[AGREE] == 0


def _brute_force(poll: Poll) -> tuple[dict[Option, int], bool]:
    """Count by writing every unit of weight down, one by one, and comparing fractions."""
    silent_agree = (
        poll.terms.silence == "assent_if_uncontested"
        and not poll.objection_open
        and all(option not in {DISAGREE, OBJECT} for option in poll.stances.values())
    )
    units: list[Option] = []
    for place, each in enumerate(poll.electorate):
        option = poll.stances.get(place, AGREE if silent_agree else None)
        units += [option] * each.weight if option else []
    bases = {
        "yes_no": len([unit for unit in units if unit is not ABSTAIN]),
        "cast": len(units),
        "entitled": sum(each.weight for each in poll.electorate),
        "entitled_present": sum(
            each.weight for each in poll.electorate if set(each.class_) & poll.present
        ),
    }
    adopted = not (poll.terms.objections.must_be_addressed and poll.objection_open)
    for threshold in poll.terms.thresholds:
        base = bases[threshold.base]
        if base == 0:
            adopted = False
            continue
        share, bound = Fraction(units.count(threshold.option), base), Fraction(*threshold.ratio)
        if threshold.test == "at_least":
            adopted &= share >= bound
        elif threshold.test == "more_than":
            adopted &= share > bound
        else:
            adopted &= share <= bound
    return {option: units.count(option) for option in Option}, adopted


ratios = st.tuples(st.integers(0, 5), st.integers(1, 5)).filter(lambda pair: pair[0] <= pair[1])
thresholds = st.builds(
    Threshold,
    option=st.sampled_from(Option),
    test=st.sampled_from(get_args(Test)),
    ratio=ratios,
    base=st.sampled_from(get_args(Base)),
)
rules = st.builds(
    Rule,
    method=st.just(Method.MAJORITY),
    quorum=st.builds(Quorum, at_least=ratios, chair_counts=st.booleans()),
    thresholds=st.lists(thresholds, min_size=1, max_size=3).map(tuple),
    objections=st.builds(Objecting, must_be_addressed=st.booleans()),
    silence=st.sampled_from(["not_counted", "assent_if_uncontested"]),
)


@st.composite
def polls(draw: st.DrawFn) -> Poll:
    size = draw(st.integers(0, 6))
    orgs = [OrgId(UUID(int=n)) for n in range(size)]
    weights = draw(st.lists(st.integers(1, 4), min_size=size, max_size=size))
    electorate = tuple(
        VoteClass(class_=(org,), weight=weight) for org, weight in zip(orgs, weights, strict=True)
    )
    places = st.integers(0, size - 1) if size else st.nothing()
    return Poll(
        terms=draw(rules),
        electorate=electorate,
        stances=draw(st.dictionaries(places, st.sampled_from(Option))),
        chair=draw(st.none() | (st.sampled_from(orgs) if orgs else st.none())),
        present=frozenset(draw(st.lists(st.sampled_from(orgs)))) if orgs else frozenset(),
        objection_open=draw(st.booleans()),
    )


@over(polls(), examples=300)
def test_d18_the_tally_is_what_counting_by_hand_gives(poll: Poll) -> None:
    polled = tally(poll)
    counts, adopted = _brute_force(poll)
    assert polled.counts == counts
    assert polled.outcome == ("adopted" if adopted else "rejected")
    assert (polled.voters, polled.entitled) == (len(poll.stances), len(poll.electorate))


@over(polls(), examples=200)
def test_d15_the_quorum_is_what_counting_by_hand_gives(poll: Poll) -> None:
    counted = [
        place
        for place, each in enumerate(poll.electorate)
        if poll.terms.quorum.chair_counts or poll.chair not in each.class_
    ]
    heard = [place for place in counted if place in poll.stances]
    met = len(heard) >= Fraction(*poll.terms.quorum.at_least) * len(counted)
    assert (tally(poll).shortfall is None) == met


@given(st.permutations([AGREE, AGREE, DISAGREE, OBJECT]))
def test_d18_the_order_of_stances_does_not_matter(stances: list[Option]) -> None:
    assert outcome(rule(), *stances) == "rejected"
