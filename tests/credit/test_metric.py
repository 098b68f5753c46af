"""What is counted adds up, what is measured does not; a wrong record stays, corrected or not."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.credit.domain.metric import (
    Corrected,
    DefineMetric,
    ImpactMetricDefined,
    ImpactMetricRecorded,
    Kind,
    Metric,
    MetricCommand,
    MetricEvent,
    RecordMetric,
    decider,
    total,
)
from services.credit.views.impact import metrics
from services.credit.views.said import Entry
from shared.decider import Refused
from shared.event import Context, Ref, Sealed, Text
from tests.credit.cast import ANNA, CLINIC, NOON, TEACHER, UNION, by
from tests.given import Given
from tests.laws import obey, over

MEALS, LIST = Text(lang="en", text="Meals served"), Text(lang="en", text="The kitchen's list.")
TODAY = NOON.date()
COUNTS, COUNTED_NOT = Corrected(counts=True), Corrected(counts=False)


def given(*history: MetricEvent) -> Given[MetricCommand, Metric, MetricEvent]:
    return Given(decider, history)


def define(kind: Kind = "counter", unit: str = "meals") -> DefineMetric:
    return DefineMetric(name=MEALS, unit=unit, kind=kind, source=LIST)


def defined(kind: Kind = "counter") -> ImpactMetricDefined:
    return ImpactMetricDefined(
        by=CLINIC, name=Sealed(MEALS), unit="meals", kind=kind, source=Sealed(LIST)
    )


def record(value: int, on: date = TODAY, corrects: Ref | None = None) -> RecordMetric:
    return RecordMetric(value=value, on=on, corrects=corrects)


def recorded(value: int, on: date = TODAY, corrects: Ref | None = None) -> ImpactMetricRecorded:
    return ImpactMetricRecorded(by=CLINIC, value=value, on=on, corrects=corrects)


def test_a_metric_is_defined_once() -> None:
    given().when(define(), by(CLINIC)).then(defined())
    given(defined()).when(define(), by(CLINIC)).then_nothing()
    for other in (define("gauge"), define(unit="plates")):
        given(defined()).when(other, by(CLINIC)).then_refused("already_defined")
    given(defined()).when(define(), by(UNION)).then_refused("already_defined")


def test_m18_what_one_person_names_is_personal() -> None:
    alone = ImpactMetricDefined(
        by=TEACHER, name=Sealed(MEALS, about=ANNA), unit="meals", kind="counter",
        source=Sealed(LIST, about=ANNA),
    )  # fmt: skip
    given().when(define(), by(TEACHER)).then(alone)


def test_values_are_recorded_for_days_that_were() -> None:
    given(defined()).when(record(40), by(CLINIC)).then(recorded(40))
    given().when(record(40), by(CLINIC)).then_refused("not_defined")
    tomorrow = date(2026, 1, 2)
    given(defined()).when(record(40, tomorrow), by(CLINIC)).then_refused("not_yet")


def test_a_counter_may_count_the_same_twice_a_gauge_reads_it_once() -> None:
    given(defined(), recorded(40)).when(record(40), by(CLINIC)).then(recorded(40))
    given(defined("gauge"), recorded(40)).when(record(40), by(CLINIC)).then_nothing()


def test_a_counter_counts_up_a_gauge_goes_anywhere() -> None:
    given(defined()).when(record(-1), by(CLINIC)).then_refused("counts_up")
    given(defined("gauge")).when(record(-1), by(CLINIC)).then(recorded(-1))


def test_a_correction_is_a_new_record_of_one_that_counts() -> None:
    ask = record(41, corrects="credit/7")
    given(defined(), recorded(40)).when(ask, by(CLINIC, COUNTS)).then(
        recorded(41, corrects="credit/7")
    )
    given(defined()).when(ask, by(CLINIC, COUNTED_NOT)).then_refused("unknown_record")
    again = recorded(41, corrects="credit/7")
    given(defined(), again).when(ask, by(CLINIC, COUNTED_NOT)).then_nothing()


@over(st.lists(st.integers(-1_000, 1_000), max_size=20))
def test_k13_gauges_are_never_added_up(values: list[int]) -> None:
    assert total("counter", values) == sum(values)
    with pytest.raises(Refused) as refused:
        total("gauge", values)
    assert refused.value.reason == "not_summed"


def entry(position: int, type_: str, /, **data: object) -> Entry:
    at = datetime(2026, 1, position, tzinfo=UTC)
    return Entry(position, UUID(int=1), type_, at, CLINIC, data)


def shown(kind: Kind) -> list[Entry]:
    """Return a metric with three records, of which the second was corrected."""
    about = {"unit": "meals", "kind": kind, "name": MEALS.model_dump()}
    return [
        entry(1, "ImpactMetricDefined", **about),
        entry(2, "ImpactMetricRecorded", value=40, on="2026-01-03"),
        entry(3, "ImpactMetricRecorded", value=400, on="2026-01-01"),
        entry(4, "ImpactMetricRecorded", value=39, on="2026-01-01", corrects="credit/3"),
    ]


def test_f94_a_series_goes_by_day_and_shows_what_was_corrected() -> None:
    [row] = metrics(shown("counter"))
    assert [(one.value, one.corrected_by) for one in row.series] == [
        (400, "credit/4"),
        (39, None),
        (40, None),
    ]
    assert (row.newest, row.whole) == (40, 79)
    [gauge] = metrics(shown("gauge"))
    assert (gauge.newest, gauge.whole) == (40, None)


commands: st.SearchStrategy[MetricCommand] = st.one_of(
    st.builds(define, st.sampled_from(["counter", "gauge"]), st.sampled_from(["meals", "plates"])),
    st.builds(
        record,
        st.integers(-5, 5),
        st.sampled_from([TODAY, date(2026, 1, 2)]),
        st.sampled_from([None, "credit/7", "credit/8"]),
    ),
)
contexts = st.builds(by, st.sampled_from([CLINIC, UNION]), st.sampled_from([COUNTS, COUNTED_NOT]))


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: list[tuple[MetricCommand, Context]]) -> None:
    obey(decider, requests)
