"""What every decider must satisfy, whatever it is asked."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import reduce
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from shared.decider import C, Decider, E, Refused, S
from shared.event import Context, Event, Sealed

Test = Callable[..., None]


def over(*strategies: SearchStrategy[Any], examples: int = 60) -> Callable[[Test], Test]:
    """Run a test over generated values; no deadline, as machines are noisy."""

    def wrap(test: Test) -> Test:
        quiet = settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=True,
        )
        return quiet(given(*strategies)(test))

    return wrap


def obey(decider: Decider[C, S, E], requests: Iterable[tuple[C, Context]]) -> None:
    """Make `requests` in turn, and check the laws after each that is not refused."""
    state = decider.initial
    for command, context in requests:
        try:
            events = decider.decide(command, state, context)
        except Refused:
            continue
        stored = [type(event).model_validate_json(event.model_dump_json()) for event in events]
        after = reduce(decider.evolve, events, state)

        # A sealed value never stands in the bytes, and no rule rests on one.
        assert not any(_opened(event) for event in stored)
        assert reduce(decider.evolve, stored, state) == after
        # An event read back is written again as the same bytes.
        assert [e.model_dump_json() for e in stored] == [e.model_dump_json() for e in events]
        # Asking again moves nothing.
        with suppress(Refused):
            again = decider.decide(command, after, context)
            assert reduce(decider.evolve, again, after) == after
        state = after


def _opened(event: Event) -> bool:
    return any(isinstance(value, Sealed) and value.value is not None for _, value in event)
