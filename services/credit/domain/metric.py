"""A metric: something that is counted or measured, with its source, for everybody to follow.

A counter counts up: its records are parts of one whole. A gauge is read, such as the size of a
list: its records are never added up. A wrong record stays, and a correction stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal, assert_never

from pydantic import Field

from services.credit.domain.ids import OrgId
from services.credit.domain.roll import Roll, speaker
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Day, Event, Ref, Sealed, Text

Kind = Literal["counter", "gauge"]
LARGEST = 2**53 - 1
Amount = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]


@dataclass(frozen=True)
class Corrected:
    """Whether the record that a command corrects is one of this metric, and counts still."""

    counts: bool


class DefineMetric(Command):
    """`unit` is what is counted, such as `meals`; `source`: where the numbers come from."""

    name: Text
    unit: Code
    kind: Kind
    source: Text


class RecordMetric(Command):
    """`corrects` is the record that this one stands for, if it does for one."""

    value: Amount
    on: Day
    corrects: Ref | None = None


class ImpactMetricDefined(Event):
    """Something is counted or measured from now on."""

    by: OrgId
    name: Sealed[Text]
    unit: Code
    kind: Kind
    source: Sealed[Text]


class ImpactMetricRecorded(Event):
    """So much it was, on a day; or it should have been, where an earlier record was wrong."""

    by: OrgId
    value: int
    on: date
    corrects: Ref | None = None


MetricCommand = DefineMetric | RecordMetric
MetricEvent = ImpactMetricDefined | ImpactMetricRecorded
Reading = tuple[int, date, Ref | None]


@dataclass(frozen=True)
class Defined:
    by: OrgId
    unit: Code
    kind: Kind
    newest: Reading | None = None


Metric = Defined | None


def decide(command: MetricCommand, metric: Metric, context: Context) -> list[MetricEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case DefineMetric():
            return _define(command, metric, context)
        case RecordMetric():
            return _record(command, metric, context)
        case _:
            assert_never(command)


def evolve(metric: Metric, event: MetricEvent) -> Metric:
    """Return the metric after `event`. Never refuses: history has already happened."""
    match event:
        case ImpactMetricDefined(by=by, unit=unit, kind=kind):
            return Defined(by, unit, kind)
        case ImpactMetricRecorded(value=value, on=on, corrects=corrects):
            assert metric is not None
            return replace(metric, newest=(value, on, corrects))
        case _:
            assert_never(event)


def total(kind: Kind, values: Iterable[int]) -> int:
    """Return what a counter counted in all.

    Args:
        values: Of its records that count: none that was corrected.

    Raises:
        Refused: it is a gauge (K13).
    """
    if kind == "gauge":
        raise Refused("not_summed", "What is measured is never added up: look at its newest value.")
    return sum(values)


def _define(command: DefineMetric, metric: Metric, context: Context) -> list[MetricEvent]:
    by, roll = speaker(context), context.fact(Roll)
    if metric is not None:
        if (metric.by, metric.unit, metric.kind) == (by, command.unit, command.kind):
            return []
        raise Refused("already_defined", "Under this id another metric is defined: use a new one.")
    return [
        ImpactMetricDefined(
            by=by,
            name=roll.seal(command.name, by),
            unit=command.unit,
            kind=command.kind,
            source=roll.seal(command.source, by),
        )
    ]


def _record(command: RecordMetric, metric: Metric, context: Context) -> list[MetricEvent]:
    by = speaker(context)
    if metric is None:
        raise Refused("not_defined", "There is no such metric: define it first.")
    once = metric.kind == "gauge" or command.corrects is not None
    if once and metric.newest == (command.value, command.on, command.corrects):
        return []
    if command.on > context.at.date():
        raise Refused("not_yet", "That day is yet to come.")
    if metric.kind == "counter" and command.value < 0:
        raise Refused("counts_up", "A counter only counts up: correct the record that was wrong.")
    if command.corrects is not None and not context.fact(Corrected).counts:
        raise Refused(
            "unknown_record", "No record of this metric that still counts is known there."
        )
    return [
        ImpactMetricRecorded(by=by, value=command.value, on=command.on, corrects=command.corrects)
    ]


decider: Decider[MetricCommand, Metric, MetricEvent] = Decider(
    "metric", MetricEvent, None, decide, evolve
)
