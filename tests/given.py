"""`given(history).when(command, context)`, then what happens, what is refused, or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic

import pytest

from shared.decider import C, Decider, E, Refused, S
from shared.event import Context

ENDED: defaultdict[str, set[str]] = defaultdict(set)
"""How each command ended where a test said how: events by name, `refused` or `nothing`."""


@dataclass(frozen=True)
class When(Generic[C, S, E]):
    decider: Decider[C, S, E]
    state: S
    command: C
    context: Context

    def then(self, *events: E) -> None:
        assert list(self.decider.decide(self.command, self.state, self.context)) == list(events)
        ended = [type(event).__name__ for event in events] or ["nothing"]
        ENDED[type(self.command).__name__].update(ended)

    def then_refused(self, reason: str) -> None:
        with pytest.raises(Refused) as refused:
            self.decider.decide(self.command, self.state, self.context)
        assert refused.value.reason == reason
        assert refused.value.detail.endswith(".")
        ENDED[type(self.command).__name__].add("refused")

    def then_nothing(self) -> None:
        self.then()


@dataclass(frozen=True)
class Given(Generic[C, S, E]):
    decider: Decider[C, S, E]
    history: Sequence[E]

    def when(self, command: C, context: Context) -> When[C, S, E]:
        state = reduce(self.decider.evolve, self.history, self.decider.initial)
        return When(self.decider, state, command, context)
