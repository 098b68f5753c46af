"""How long a search is: short in `make test`, long in `make properties`."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TIMES = 25
QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not LONG,
    database=None,
    print_blob=True,
)


def amount(examples: int) -> int:
    """Return how many examples to try: as many as said, or many more in a long run."""
    return examples * TIMES if LONG else examples


def searching(
    examples: int, *strategies: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Search a test's values; without a deadline, as machines are noisy."""

    def wrap(test: Callable[..., None]) -> Callable[..., None]:
        return settings(QUIET, max_examples=amount(examples))(given(*strategies)(test))

    return wrap


def stateful(examples: int, steps: int, *, shrinks: bool = True) -> settings:
    """Return settings for a state machine: sequences of at most so many steps.

    Args:
        shrinks: Look for the shortest sequence that fails, which takes long where steps are slow.
    """
    return settings(
        QUIET,
        max_examples=amount(examples),
        stateful_step_count=steps,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
    )
