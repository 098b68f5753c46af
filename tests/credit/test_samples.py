"""Every event type has a sample, and each sample is what its stream's decider reads."""

from functools import reduce
from typing import Any

from services.credit.domain import (
    attribution,
    claim,
    contribution,
    dispute,
    evaluation,
    metric,
    shares,
    story,
    win,
)
from shared.decider import Decider
from tests.contracts.samples_credit import SAMPLES

DECIDERS: tuple[Decider[Any, Any, Any], ...] = (
    attribution.decider,
    claim.decider,
    contribution.decider,
    dispute.decider,
    evaluation.decider,
    metric.decider,
    shares.decider,
    story.decider,
    win.decider,
)


def test_each_type_has_one_sample() -> None:
    types = [type(event).__name__ for _, event in SAMPLES]
    assert sorted(types) == sorted(name for decider in DECIDERS for name in decider.types)


def test_the_samples_are_histories() -> None:
    for stream in dict.fromkeys(stream for stream, _ in SAMPLES):
        (decider,) = (one for one in DECIDERS if stream.startswith(f"{one.prefix}-"))
        events = [event for name, event in SAMPLES if name == stream]
        state = reduce(decider.evolve, events, decider.initial)
        assert state is not decider.initial
