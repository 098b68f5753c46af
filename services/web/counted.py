"""Counts as they are drawn: one bar, its parts in the order of the options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OPTIONS = ("agree", "disagree", "abstain", "object")


@dataclass(frozen=True)
class Bar:
    """One option's part of the drawn count: where it begins, and how many it is."""

    option: str
    begins: int
    figure: int


def bars(counts: Mapping[str, int]) -> Sequence[Bar]:
    """Return the counts as parts of one bar, in the order of the options."""
    drawn, begins = [], 0
    for option in OPTIONS:
        figure = counts.get(option, 0)
        drawn.append(Bar(option, begins, figure))
        begins += figure
    return drawn
