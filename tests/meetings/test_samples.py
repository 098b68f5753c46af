"""Every event type has a sample, and each sample is what its stream's decider reads."""

from functools import reduce

from services.meetings.__main__ import service
from tests.contracts.samples_meetings import SAMPLES

DECIDERS = service.deciders


def test_each_type_has_one_sample() -> None:
    types = [type(event).__name__ for _, event in SAMPLES]
    assert sorted(types) == sorted(name for decider in DECIDERS for name in decider.types)


def test_the_samples_are_histories() -> None:
    for stream in dict.fromkeys(stream for stream, _ in SAMPLES):
        (decider,) = (one for one in DECIDERS if stream.startswith(f"{one.prefix}-"))
        events = [event for name, event in SAMPLES if name == stream]
        assert reduce(decider.evolve, events, decider.initial) is not decider.initial


def test_the_rows_know_every_type() -> None:
    assert service.projection is not None
    known = service.projection.rows.keys() | service.projection.lets_pass
    assert known == {"FieldRedacted", *(name for decider in DECIDERS for name in decider.types)}
