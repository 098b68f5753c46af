"""What only its authors may read, and what may be counted of it without showing it (ADR 0023).

A figure needs enough contributors. That alone would not do: a report can be had as of any
position, and two of them that differ by one answer give that answer away. So answers are counted
in groups, each of enough contributors, and what is counted after an event is what was counted
before it, or more by whole groups.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from services.transparency.domain.refs import Cited

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """Something that one of them said, or that follows from what they said.

    Args:
        known: The position from which on it is known.
        by: The organisations, or the person, whose answer it is.
        least: How many have to be counted together; as agreed when it became known.
        said: `None` where it is erased.
        events: What it rests on.
        timely: It came before its period was over. Such answers are asked for only after that,
            so they are all known, and counted together.
    """

    known: int
    by: frozenset[UUID]
    least: int
    said: T | None
    events: tuple[Cited, ...]
    timely: bool = False


def counted(answers: Iterable[Answer[T]]) -> list[Answer[T]]:
    """Return the answers that may be counted, in the order in which they became known."""
    in_order = sorted(answers, key=lambda answer: (answer.known, answer.events))
    together: list[list[Answer[T]]] = [[answer for answer in in_order if answer.timely]]
    together += [[answer] for answer in in_order if not answer.timely]
    found: list[Answer[T]] = []
    waiting: list[Answer[T]] = []
    for came in together:
        waiting += came
        if waiting and len(contributors(waiting)) >= max(each.least for each in waiting):
            found += waiting
            waiting = []
    return found


def contributors(answers: Iterable[Answer[T]]) -> frozenset[UUID]:
    """Return whose answers these are."""
    return frozenset(org for answer in answers for org in answer.by)


def cited(answers: Sequence[Answer[T]]) -> list[Cited]:
    """Return what the answers rest on, each event once, in order."""
    return sorted({event for answer in answers for event in answer.events})
