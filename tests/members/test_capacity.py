from datetime import timedelta

import pytest
from hypothesis import strategies as st

from services.members.domain.capacity import (
    Capacity,
    CapacityCommand,
    CapacityEvent,
    CapacityPledged,
    CapacityReviewed,
    DeclareStrength,
    PledgeCapacity,
    ReviewCapacity,
    StrengthDeclared,
    decider,
)
from services.members.domain.standing import Standing
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ANA,
    CHAIR,
    CLINIC,
    NOON,
    OWN,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    WHY,
    YESTERDAY,
    by,
    imported,
)

declare = DeclareStrength(strength="translation", note=WHY)
declared = StrengthDeclared(strength="translation", note=Sealed(WHY))
pledge = PledgeCapacity(hours_per_month=12, from_=TODAY, until=TOMORROW)
pledged = CapacityPledged(hours_per_month=12, from_=TODAY, until=TOMORROW)
review = ReviewCapacity(result="kept")
reviewed = CapacityReviewed(at=NOON, result="kept")


def given(*history: CapacityEvent) -> Given[CapacityCommand, Capacity, CapacityEvent]:
    return Given(decider, history)


def test_f52_an_organisation_declares_its_strengths() -> None:
    given().when(declare, by(CLINIC, OWN)).then(declared)
    given(declared).when(DeclareStrength(strength="printing"), by(CLINIC, OWN)).then(
        StrengthDeclared(strength="printing")
    )


def test_i4_declaring_a_strength_again_changes_nothing() -> None:
    given(declared).when(declare, by(CLINIC, OWN)).then_nothing()


def test_i7_what_a_one_person_member_notes_goes_with_the_person() -> None:
    alone = Standing(own=True, presides=False, person=ANA)
    given().when(declare, by(CLINIC, alone)).then(
        StrengthDeclared(strength="translation", note=Sealed(WHY, ANA))
    )


def test_f52_an_organisation_pledges_hours() -> None:
    given().when(pledge, by(CLINIC, OWN)).then(pledged)
    given().when(pledge, imported()).then(pledged)
    less = pledge.model_copy(update={"hours_per_month": 0})
    given(pledged).when(less, by(CLINIC, OWN)).then(
        pledged.model_copy(update={"hours_per_month": 0})
    )


def test_a_pledge_lasts_at_least_a_day() -> None:
    ask = pledge.model_copy(update={"until": TODAY})
    given().when(ask, by(CLINIC, OWN)).then(pledged.model_copy(update={"until": TODAY}))
    ask = pledge.model_copy(update={"until": YESTERDAY})
    given().when(ask, by(CLINIC, OWN)).then_refused("over_before_it_begins")


def test_i4_pledging_the_same_again_changes_nothing() -> None:
    given(pledged).when(pledge, by(CLINIC, OWN)).then_nothing()


def test_f53_a_pledge_is_reviewed_again_and_again() -> None:
    given(pledged).when(review, by(CLINIC, OWN)).then(reviewed)
    later = NOON + timedelta(days=90)
    given(pledged, reviewed).when(review, by(CLINIC, OWN, at=later)).then(
        CapacityReviewed(at=later, result="kept")
    )
    given(pledged, reviewed).when(ReviewCapacity(result="changed"), by(CLINIC, OWN)).then(
        CapacityReviewed(at=NOON, result="changed")
    )


def test_f53_another_pledge_is_reviewed_on_its_own() -> None:
    more = pledged.model_copy(update={"hours_per_month": 20})
    given(pledged, reviewed, more).when(review, by(CLINIC, OWN)).then(reviewed)


def test_f53_there_is_no_review_without_a_pledge() -> None:
    given(declared).when(review, by(CLINIC, OWN)).then_refused("no_pledge")


def test_i4_reviewing_again_on_the_same_day_changes_nothing() -> None:
    evening = NOON + timedelta(hours=7)
    given(pledged, reviewed).when(review, by(CLINIC, OWN, at=evening)).then_nothing()


@pytest.mark.parametrize("ask", [declare, pledge, review], ids=lambda ask: type(ask).__name__)
def test_only_the_organisation_itself_says_what_it_gives(ask: CapacityCommand) -> None:
    for standing in (CHAIR, STRANGER):
        given(pledged).when(ask, by(UNION, standing)).then_refused("not_your_organisation")


days = st.sampled_from([YESTERDAY, TODAY, TOMORROW])
commands = st.one_of(
    st.builds(
        DeclareStrength,
        strength=st.sampled_from(["translation", "printing"]),
        note=st.none() | st.just(WHY),
    ),
    st.builds(PledgeCapacity, hours_per_month=st.integers(0, 2), from_=days, until=days),
    st.builds(ReviewCapacity, result=st.sampled_from(["kept", "changed"])),
)
contexts = st.builds(
    lambda standing, later: by(CLINIC, standing, at=NOON + later),
    st.sampled_from([OWN, OWN, STRANGER]),
    st.sampled_from([timedelta(), timedelta(days=1)]),
)


@over(st.lists(st.tuples(commands, contexts), min_size=3))
def test_laws(requests: list[tuple[CapacityCommand, Context]]) -> None:
    obey(decider, requests)
