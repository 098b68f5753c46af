from services.meetings.domain.electorate import vote_classes, weighed
from services.meetings.domain.rule import Method, Rule, Weight
from services.meetings.domain.tally import VoteClass
from tests.meetings.coalition import CLINIC, MIGRANTS, NEWCOMER, PARENTS, SCHOOL, UNION, YOUTH


def test_every_organisation_is_a_class_of_its_own() -> None:
    assert vote_classes([UNION, CLINIC], {}, {}) == (
        VoteClass(class_=(CLINIC,)),
        VoteClass(class_=(UNION,)),
    )


def test_d8_related_organisations_share_one_vote() -> None:
    related = {SCHOOL: {YOUTH}}
    assert vote_classes([YOUTH, CLINIC, SCHOOL], related, {}) == (
        VoteClass(class_=(CLINIC,)),
        VoteClass(class_=(SCHOOL, YOUTH)),
    )


def test_d8_relation_carries_on_from_one_to_the_next() -> None:
    related = {SCHOOL: {YOUTH}, UNION: {YOUTH, NEWCOMER}, CLINIC: {NEWCOMER}}
    (only,) = vote_classes([CLINIC, SCHOOL, UNION, YOUTH], related, {})
    assert only.class_ == (CLINIC, SCHOOL, UNION, YOUTH)


def test_a_class_speaks_for_the_constituencies_of_all_its_organisations() -> None:
    constituencies = {CLINIC: {PARENTS}, SCHOOL: {MIGRANTS, PARENTS}}
    (only,) = vote_classes([CLINIC, SCHOOL], {CLINIC: {SCHOOL}}, constituencies)
    assert only.constituencies == (PARENTS, MIGRANTS)


def test_a_class_weighs_as_its_heaviest_organisation() -> None:
    weights = (Weight(org=CLINIC, weight=2), Weight(org=SCHOOL, weight=5))
    classes = (VoteClass(class_=(CLINIC, SCHOOL)), VoteClass(class_=(UNION,)))
    heavy, light = weighed(classes, Rule(method=Method.MAJORITY, weights=weights))
    assert (heavy.weight, light.weight) == (5, 1)
    assert weighed(classes, Rule(method=Method.MAJORITY)) == classes
