import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.meetings.domain.series import (
    DAYS,
    EstablishSeries,
    MeetingSeriesEstablished,
    Series,
    SeriesCommand,
    SeriesEvent,
    decider,
    recurring,
)
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import BUS, CLINIC, NOON, PLENARY, STEERING, VAN, by, by_itself

TUESDAYS = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=15;BYMINUTE=30"
establish = EstablishSeries(body=PLENARY, rrule=TUESDAYS, name=VAN)
established = MeetingSeriesEstablished(body=PLENARY, rrule=TUESDAYS, name=Sealed(VAN))


def given(*history: SeriesEvent) -> Given[SeriesCommand, Series, SeriesEvent]:
    return Given(decider, history)


def test_a_body_meets_again_and_again() -> None:
    for context in (by(CLINIC), by_itself(NOON)):
        given().when(establish, context).then(established)


def test_i4_establishing_a_series_again_changes_nothing() -> None:
    given(established).when(establish, by(CLINIC)).then_nothing()
    renamed = establish.model_copy(update={"name": BUS})
    given(established).when(renamed, by(CLINIC)).then_nothing()


def test_another_series_has_another_id() -> None:
    for other in ({"body": STEERING}, {"rrule": "FREQ=MONTHLY;BYDAY=1TU"}):
        ask = establish.model_copy(update=other)
        given(established).when(ask, by(CLINIC)).then_refused("already_established")


@pytest.mark.parametrize(
    "wrong",
    [
        "", "weekly", "FREQ=SOMETIMES", "BYDAY=TU", "FREQ=WEEKLY;FREQ=DAILY", "FREQ=WEEKLY;",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=6TU", "FREQ=WEEKLY;BYHOUR=24",
        "FREQ=WEEKLY;BYHOUR=-1", "FREQ=WEEKLY;UNTIL=20300101", "FREQ=WEEKLY;BYHOUR=",
        "FREQ=WEEKLY;BYMONTHDAY=0", "FREQ=WEEKLY;BYHOUR=1=2",
    ],
)  # fmt: skip
def test_a_rule_of_recurrence_can_be_followed(wrong: str) -> None:
    with pytest.raises(ValidationError):
        EstablishSeries(body=PLENARY, rrule=wrong, name=VAN)


days = st.builds(
    lambda n, day: f"{n}{day}", st.sampled_from(["", "1", "-1"]), st.sampled_from([*DAYS])
)
rules = st.builds(
    lambda often, on, hour, minute: (
        f"FREQ={often};BYDAY={','.join(on)};BYHOUR={hour};BYMINUTE={minute}"
    ),
    st.sampled_from(["WEEKLY", "MONTHLY"]),
    st.lists(days, min_size=1, max_size=3),
    st.integers(0, 23),
    st.integers(0, 59),
)


@over(rules)
def test_what_can_be_followed_is_taken_as_it_is(rule: str) -> None:
    assert recurring(rule) == rule


commands = st.builds(
    EstablishSeries,
    body=st.sampled_from([PLENARY, STEERING]),
    rrule=st.sampled_from([TUESDAYS, "FREQ=DAILY"]),
    name=st.just(VAN),
)


@over(st.lists(st.tuples(commands, st.just(by(CLINIC)))))
def test_laws(requests: list[tuple[SeriesCommand, Context]]) -> None:
    obey(decider, requests)
