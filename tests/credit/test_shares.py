"""Shares are of money, and they are whole; nobody's credit is divided."""

from uuid import UUID

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.credit.domain.ids import OrgId
from services.credit.domain.shares import (
    Made,
    PlanShares,
    Share,
    Shares,
    SharesAllocated,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Ref, Sealed, Text
from tests.credit.cast import ANNA, CLINIC, SCHOOL, STRANGER, TEACHER, UNION, by
from tests.given import Given
from tests.laws import obey, over

POT = Text(lang="en", text="The grant for the second year.")
KNOWN, UNKNOWN = Made(known=True), Made(known=False)


def given(*history: SharesAllocated) -> Given[PlanShares, Shares, SharesAllocated]:
    return Given(decider, history)


def plan(*shares: tuple[OrgId, int], decision: Ref | None = None) -> PlanShares:
    return PlanShares(pot=POT, shares=_shares(*shares), decision=decision)


def planned(*shares: tuple[OrgId, int], decision: Ref | None = None) -> SharesAllocated:
    return SharesAllocated(pot=Sealed(POT), shares=_shares(*shares), decision=decision)


def _shares(*shares: tuple[OrgId, int]) -> tuple[Share, ...]:
    return tuple(Share(org=org, basis_points=points) for org, points in shares)


HALVES = (CLINIC, 5_000), (UNION, 5_000)


def test_money_is_divided() -> None:
    given().when(plan(*reversed(HALVES)), by(CLINIC, KNOWN)).then(planned(*HALVES))
    given(planned(*HALVES)).when(plan(*HALVES), by(UNION, KNOWN)).then_nothing()
    other = (CLINIC, 9_999), (UNION, 1)
    given(planned(*HALVES)).when(plan(*other), by(CLINIC, KNOWN)).then(planned(*other))


def test_m18_what_one_person_writes_is_personal() -> None:
    alone = SharesAllocated(pot=Sealed(POT, about=ANNA), shares=_shares(*HALVES))
    given().when(plan(*HALVES), by(TEACHER, KNOWN)).then(alone)


@pytest.mark.parametrize("points", [4_999, 5_001])
def test_k12_the_shares_are_the_whole(points: int) -> None:
    ask = plan((CLINIC, 5_000), (UNION, points))
    given().when(ask, by(CLINIC, KNOWN)).then_refused("sum")


def test_each_share_is_one_members() -> None:
    twice = plan(*HALVES[:1], *HALVES[:1])
    given().when(twice, by(CLINIC, KNOWN)).then_refused("one_share")
    strange = plan((CLINIC, 5_000), (STRANGER, 5_000))
    given().when(strange, by(CLINIC, KNOWN)).then_refused("unknown_organisation")
    with pytest.raises(ValidationError):
        plan((CLINIC, 0))


def test_the_decision_it_rests_on_was_made() -> None:
    ask = plan(*HALVES, decision="meetings/7")
    given().when(ask, by(CLINIC, KNOWN)).then(planned(*HALVES, decision="meetings/7"))
    given().when(ask, by(CLINIC, UNKNOWN)).then_refused("unknown_decision")


orgs = st.sampled_from([CLINIC, UNION, SCHOOL, TEACHER, OrgId(UUID(int=99))])
points = st.sampled_from([1, 2_500, 5_000, 7_500, 10_000])
commands = st.builds(
    lambda shares: plan(*shares), st.lists(st.tuples(orgs, points), min_size=1, max_size=4)
)
contexts = st.builds(by, orgs, st.sampled_from([KNOWN, UNKNOWN]))


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: list[tuple[PlanShares, Context]]) -> None:
    obey(decider, requests)


@over(st.tuples(commands, contexts), examples=300)
def test_k12_what_is_allocated_is_the_whole_each_once(asked: tuple[PlanShares, Context]) -> None:
    command, context = asked
    try:
        events = decider.decide(command, None, context)
    except Refused:
        return
    for event in events:
        assert sum(share.basis_points for share in event.shares) == 10_000
        assert len({share.org for share in event.shares}) == len(event.shares)
