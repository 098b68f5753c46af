"""What ties organisations to each other, and the shape of the network that ties make.

A tie is a touchpoint, an answer to a question of practice, or a match in force: from when its last
party agreed until all of it was delivered (`reports.md` 3).
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited
from services.transparency.domain.window import Window, day_of

TOUCHED = "TouchpointLogged"
TWO, THREE = 2, 3

Pair = frozenset[UUID]


class Between(NamedTuple):
    """Something that happened between two organisations."""

    cited: Cited
    type: str
    pair: Pair
    at: datetime
    on: date | None = None
    breach: UUID | None = None
    offender: UUID | None = None


class MatchEvent(NamedTuple):
    """A party agreed to a match, the first with its terms; or something of it was delivered.

    Args:
        quantity: What is matched, or what came in all so far; `None` is everything.
    """

    cited: Cited
    type: str
    match: UUID
    at: datetime
    by: UUID
    parties: tuple[UUID, ...] = ()
    quantity: int | None = None


class Tie(NamedTuple):
    """`ends` is `None` while it goes on."""

    pair: Pair
    begins: date
    ends: date | None
    events: tuple[Cited, ...]

    def touches(self, days: Window) -> bool:
        return self.begins <= days.ends and (self.ends is None or self.ends >= days.begins)


@dataclass
class _Match:
    parties: frozenset[UUID] = frozenset()
    quantity: int | None = None
    agreed: set[UUID] = field(default_factory=set)
    begins: date | None = None
    ends: date | None = None
    events: list[Cited] = field(default_factory=list)

    def take(self, event: MatchEvent) -> None:
        self.events.append(event.cited)
        if event.type == "ResourceMatched":
            if event.parties:
                self.parties, self.quantity = frozenset(event.parties), event.quantity
            self.agreed.add(event.by)
            if self.begins is None and self.agreed == self.parties:
                self.begins = day_of(event.at)
        elif event.quantity is None or event.quantity == self.quantity:
            self.ends = day_of(event.at)


def touches(between: Iterable[Between]) -> list[Tie]:
    return [
        Tie(event.pair, event.on, event.on, (event.cited,))
        for event in between
        if event.type == TOUCHED and event.on is not None
    ]


def matches(events: Iterable[MatchEvent]) -> list[Tie]:
    """Return a tie for each two parties of each match that came into force."""
    found: dict[UUID, _Match] = {}
    for event in events:
        found.setdefault(event.match, _Match()).take(event)
    return [
        Tie(frozenset(pair), match.begins, match.ends, tuple(match.events))
        for match in found.values()
        if match.begins is not None
        for pair in combinations(sorted(match.parties), TWO)
    ]


class PracticeEvent(NamedTuple):
    """A question was asked, or somebody answered it."""

    cited: Cited
    type: str
    question: str
    at: datetime
    by: UUID


def answers(events: Iterable[PracticeEvent]) -> list[Tie]:
    """Return a tie of its day for each answer to somebody else's question."""
    asked: dict[str, PracticeEvent] = {}
    found: list[Tie] = []
    for event in events:
        if event.type == "PracticeAsked":
            asked[event.question] = event
            continue
        question = asked.get(event.question)
        if question is not None and question.by != event.by:
            pair, day = frozenset({question.by, event.by}), day_of(event.at)
            found.append(Tie(pair, day, day, (question.cited, event.cited)))
    return found


def density(n: int, pairs: Collection[Pair]) -> Fraction | None:
    """Return the share of all possible pairs that are tied."""
    return None if n < TWO else Fraction(len(pairs), n * (n - 1) // 2)


def centralisation(n: int, pairs: Collection[Pair]) -> Fraction | None:
    """Return Freeman's degree centralisation: 1 for a star, 0 where all have as many ties."""
    if n < THREE:
        return None
    degrees = list(Counter(org for pair in pairs for org in pair).values())
    missing = max(degrees, default=0) * n - sum(degrees)
    return Fraction(missing, (n - 1) * (n - 2))
