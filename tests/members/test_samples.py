"""Every event type has a sample, and each sample is what its stream's decider reads."""

from functools import reduce
from typing import Any

from services.members.domain import (
    accreditation,
    body,
    bottomline,
    capacity,
    circle,
    coalition,
    conflict,
    constituency,
    exchange,
    issue,
    membership,
    mentorship,
    person,
    relationship,
    threat,
)
from shared.decider import Decider
from tests.contracts.samples_members import SAMPLES

DECIDERS: tuple[Decider[Any, Any, Any], ...] = (
    coalition.decider,
    membership.decider,
    accreditation.decider,
    body.decider,
    issue.decider,
    person.decider,
    threat.decider,
    conflict.decider,
    relationship.decider,
    capacity.decider,
    exchange.decider,
    bottomline.decider,
    constituency.decider,
    circle.decider,
    mentorship.decider,
)


def test_each_type_has_one_sample() -> None:
    types = [type(event).__name__ for _, event in SAMPLES]
    assert sorted(types) == sorted(name for decider in DECIDERS for name in decider.types)


def test_the_samples_are_histories() -> None:
    for decider in DECIDERS:
        events = [e for stream, e in SAMPLES if stream.startswith(f"{decider.prefix}-")]
        assert events
        assert reduce(decider.evolve, events, decider.initial) is not decider.initial
