"""R7 ranks nobody, whoever did how much."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain.credit_statement import (
    DEGREES,
    Contribution,
    Credit,
    Statement,
    statement,
    summary,
)
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names
from tests.laws import over

CLINIC, SCHOOL, UNION = (UUID(int=n) for n in range(1, 4))
NAMES = Names({CLINIC: {"text": "Clinic"}, SCHOOL: {"text": "School"}, UNION: {"text": "A union"}})
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SWAPPED = {CLINIC: CLINIC, SCHOOL: UNION, UNION: SCHOOL}

orgs = st.sampled_from([CLINIC, SCHOOL, UNION])
roles = st.sampled_from(["drafting", "media"])
degrees = st.sampled_from(DEGREES)
keys = st.integers(1, 40).map(lambda number: UUID(int=100 + number))
times = st.integers(0, 5).map(lambda days: NOON + timedelta(days=days))
contributions = st.builds(
    Contribution, id=keys, at=times, of=orgs, role=roles, degree=degrees, recorded_by=orgs,
    about=st.just(("meetings/1",)), what=st.none(), declined=st.booleans(),
    events=st.integers(1, 99).map(lambda position: (Cited("credit", position, b""),)),
)  # fmt: skip
thanks = st.builds(
    Credit, id=keys, at=times, win=keys, by=orgs, to=orgs, external=st.none(), role=roles,
    degree=degrees, basis=st.just("gratitude"),
    state=st.sampled_from(["assigned", "accepted", "waived"]),
)  # fmt: skip


def of_clinic(made: list[Contribution], thanked: list[Credit]) -> Statement:
    return statement(CLINIC, {one.id: one for one in made}, {one.id: one for one in thanked})


def swapped(made: list[Contribution], thanked: list[Credit]) -> Statement:
    """Return the statement, had each of the two others done what the other one did."""
    return of_clinic(
        [
            replace(one, of=SWAPPED[one.of], recorded_by=SWAPPED[one.recorded_by or CLINIC])
            for one in made
        ],
        [
            replace(one, by=SWAPPED[one.by or CLINIC], to=SWAPPED[one.to or CLINIC])
            for one in thanked
        ],
    )


def order(told: Statement) -> list[tuple[str, UUID]]:
    return [(line.part, line.fact.id) for line in told.lines]


def figures(told: Statement, figure: str) -> list[Any]:
    return [each for each in summary(told, NAMES) if each["figure"] == figure]


@over(st.lists(contributions, max_size=12), st.lists(thanks, max_size=12), examples=150)
def test_k6_the_order_is_the_same_whoever_did_how_much(
    made: list[Contribution], thanked: list[Credit]
) -> None:
    told = of_clinic(made, thanked)
    assert order(told) == order(swapped(made, thanked))
    together = [each["organisation"]["name"]["text"] for each in figures(told, "co_contributor")]
    assert together == sorted(together)
    assert all(each["value"] == 1 for each in figures(told, "co_contributor"))


@over(
    st.lists(contributions, max_size=8),
    st.lists(thanks, max_size=8),
    thanks,
    st.permutations([SCHOOL, UNION]),
    examples=150,
)
def test_k4_thanks_between_others_change_nothing_that_is_said_of_one(
    made: list[Contribution], thanked: list[Credit], more: Credit, between: list[UUID]
) -> None:
    by, to = between
    new = replace(more, id=UUID(int=999), by=by, to=to)
    before, after = of_clinic(made, thanked), of_clinic(made, [*thanked, new])
    assert after == before
    assert summary(after, NAMES) == summary(before, NAMES)
