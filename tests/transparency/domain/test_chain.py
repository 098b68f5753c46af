"""How one decision led to the next, whichever of them one asks about."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.transparency.domain.chain import MADE, SUPERSEDED, Link, chain
from tests.laws import over
from tests.transparency.history import NOON, key

OLD, NEW, NEWEST, OTHER = (key(name) for name in ("Van", "Bus", "Tram", "Roof"))
ISSUE, REOPENED = "ImplementationIssueReported", "DecisionReopened"


def link(position: int, kind: str, proposal: UUID, successor: UUID | None = None) -> Link:
    at = NOON + timedelta(minutes=position)
    return Link(position, kind, at, proposal, decision(proposal),
                successor=successor and decision(successor))  # fmt: skip


def decision(proposal: UUID) -> UUID:
    return key(f"decision of {proposal}")


REGRET = [
    link(1, MADE, OLD),
    link(2, MADE, OTHER),
    link(3, ISSUE, OLD),
    link(4, REOPENED, OLD),
    link(6, MADE, NEW),
    link(7, SUPERSEDED, OLD, NEW),
    link(8, MADE, NEWEST),
    link(9, SUPERSEDED, NEW, NEWEST),
]


@pytest.mark.parametrize("asked", [OLD, NEW, NEWEST])
def test_f15_all_decisions_of_a_chain_show_all_of_it_in_order(asked: UUID) -> None:
    positions = [each.position for each in chain(asked, REGRET[::-1])]
    assert positions == [1, 3, 4, 6, 7, 8, 9]


def test_a_decision_that_led_nowhere_has_no_chain() -> None:
    assert chain(OTHER, REGRET) == []
    assert chain(key("unheard of"), REGRET) == []


def test_an_issue_alone_begins_a_chain() -> None:
    told = [link(1, MADE, OLD), link(2, ISSUE, OLD)]
    assert chain(OLD, told) == told


def test_a_successor_that_the_reader_may_not_see_ends_it() -> None:
    told = [link(1, MADE, OLD), link(2, SUPERSEDED, OLD, NEW)]
    assert chain(OLD, told) == told


proposals = st.sampled_from([OLD, NEW, NEWEST, OTHER])
happened = st.lists(
    st.tuples(st.sampled_from([MADE, ISSUE, SUPERSEDED]), proposals, proposals), max_size=12
)


@over(happened, proposals, proposals)
def test_whoever_is_in_the_chain_of_another_has_the_same_one(
    told: list[tuple[str, UUID, UUID]], one: UUID, other: UUID
) -> None:
    links = [
        link(n, kind, proposal, to if kind == SUPERSEDED else None)
        for n, (kind, proposal, to) in enumerate(told)
    ]
    found = chain(one, links)
    if other in {each.proposal for each in found}:
        assert chain(other, links) == found
