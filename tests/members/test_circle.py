from functools import reduce

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from services.members.domain.circle import (
    Circle,
    CircleClosed,
    CircleCommand,
    CircleEvent,
    CircleOpened,
    CloseCircle,
    OpenCircle,
    decider,
)
from shared.decider import Refused
from shared.event import Context
from tests.contracts.golden import golden
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import ANA, CLINIC, UNION, by

opened, closed = CircleOpened(), CircleClosed()


def given(*history: CircleEvent) -> Given[CircleCommand, Circle, CircleEvent]:
    return Given(decider, history)


def test_a_circle_is_opened_once() -> None:
    given().when(OpenCircle(), by(UNION)).then(opened)
    given(opened).when(OpenCircle(), by(UNION)).then_nothing()
    given(opened, closed).when(OpenCircle(), by(UNION)).then_refused("circle_closed")


def test_a_circle_is_closed_once() -> None:
    given(opened).when(CloseCircle(), by(UNION)).then(closed)
    given(opened, closed).when(CloseCircle(), by(UNION)).then_nothing()
    given().when(CloseCircle(), by(UNION)).then_refused("unknown_circle")


def test_anybody_closes_it_as_nobody_knows_who_opened_it() -> None:
    given(opened).when(CloseCircle(), by(CLINIC)).then(closed)


@pytest.mark.parametrize("command", [OpenCircle, CloseCircle])
@pytest.mark.parametrize("field", ["members", "text", "by", "actor"])
def test_m17_a_circle_takes_no_content(command: type[CircleCommand], field: str) -> None:
    with pytest.raises(ValidationError):
        command.model_validate({field: str(ANA)})


@pytest.mark.parametrize("event", [opened, closed])
def test_f111_the_bytes_name_nobody(event: CircleEvent) -> None:
    written = golden("members", "circle-1", event)
    assert b'"data":{}' in written
    assert b"onbehalfof" not in written
    assert b"accreditation" not in written


commands = st.sampled_from([OpenCircle(), CloseCircle()])
contexts = st.sampled_from([by(UNION), by(CLINIC)])
Requests = list[tuple[CircleCommand, Context]]


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_m17_no_event_of_a_circle_says_more_than_that_it_happened(requests: Requests) -> None:
    circle = decider.initial
    for command, context in requests:
        try:
            events = decider.decide(command, circle, context)
        except Refused:
            continue
        assert all(event.unsigned and event.model_dump() == {} for event in events)
        circle = reduce(decider.evolve, events, circle)
