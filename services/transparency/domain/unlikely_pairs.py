"""Unlikely pairs: who has no tie or stands opposed, and yet shares an issue or a threat (F9).

A tie is a touchpoint or an answered practice question in the window, or a match in force. Pairs
are sorted by how much they share (most first), by the days since they were last in touch (never
first), and by their ids: the same events always give the same order. A coalition of a thousand has
half a million pairs: the first hundred are listed, and all are counted.

A trust pulse below 2 makes a pair unlikely too, but only the two themselves ever see that: it is
not among the ties that others read.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.issues import Issue
from services.transparency.domain.numbers import six
from services.transparency.domain.refs import Cited
from services.transparency.domain.threats import Threat
from services.transparency.domain.window import Window

Two = tuple[UUID, UUID]
NOBODY: frozenset[UUID] = frozenset()
LISTED = 100
LITTLE = 2
"""Of 1 to 4: what a pulse says below that is little trust."""


class TieEvent(NamedTuple):
    """Something that joins organisations.

    Args:
        thing: The match or the question it is about; the pair itself for a touchpoint.
        orgs: The two who were in touch, or the parties that the first of a match names.
        on: The day on which two were in touch.
        trust: Of a pulse the sum of reliability, mission and openness, each 1 to 4.
    """

    cited: Cited
    type: str
    thing: str
    at: datetime
    by: UUID | None = None
    orgs: tuple[UUID, ...] = ()
    on: date | None = None
    trust: int | None = None


class Touch(NamedTuple):
    on: date
    cited: Cited


@dataclass(frozen=True)
class Ties:
    """Which pairs are tied, by what, when each was last in touch, and who trusts little."""

    events: Mapping[Two, Sequence[Cited]]
    last: Mapping[Two, Touch]
    distrust: Mapping[Two, Sequence[Cited]] = field(default_factory=dict)


def two(a: UUID, b: UUID) -> Two:
    """Return a pair, the smaller id first."""
    return (a, b) if a < b else (b, a)


def ties(events: Iterable[TieEvent], seen: Window) -> Ties:
    """Return the ties of a window; what comes after it is not looked at."""
    tied: defaultdict[Two, list[Cited]] = defaultdict(list)
    last: dict[Two, Touch] = {}
    asked: dict[str, TieEvent] = {}
    matched: dict[str, list[TieEvent]] = {}
    pulses: dict[tuple[UUID | None, Two], TieEvent] = {}
    for event in events:
        if event.at >= seen.end:
            continue
        match event.type:
            case "TouchpointLogged":
                assert event.on is not None
                pair = two(*event.orgs)
                last[pair] = max(last.get(pair, Touch(event.on, event.cited)),
                                 Touch(event.on, event.cited))  # fmt: skip
                if event.on in seen:
                    tied[pair].append(event.cited)
            case "ResourceMatched":
                matched.setdefault(event.thing, []).append(event)
            case "TrustPulseSubmitted":
                pulses[event.by, two(*event.orgs)] = event
            case "PracticeAsked":
                asked[event.thing] = event
            case "PracticeShared":
                question = asked.get(event.thing)
                if question and question.by and event.by and seen.holds(event.at):
                    pair = two(question.by, event.by)
                    tied[pair] += [question.cited, event.cited]
    for recorded in matched.values():
        parties = {org for event in recorded for org in event.orgs}
        if parties and parties <= {event.by for event in recorded}:
            for pair in combinations(sorted(parties), 2):
                tied[pair] += [event.cited for event in recorded]
    return Ties(tied, last, _distrust(pulses.values()))


def _distrust(pulses: Iterable[TieEvent]) -> dict[Two, list[Cited]]:
    """Return the pairs of which one trusts the other below 2, by the newest pulse of each."""
    found: defaultdict[Two, list[Cited]] = defaultdict(list)
    for pulse in pulses:
        if pulse.trust is not None and pulse.trust < 3 * LITTLE:
            found[two(*pulse.orgs)].append(pulse.cited)
    return dict(found)


class Pair(NamedTuple):
    """Two organisations that could stand together.

    Args:
        shared: How many issues that both are for, and threats that both share.
        days: Since they were last in touch; `None` for never.
    """

    orgs: Two
    shared: int
    days: int | None
    tied: bool
    opposed: bool


class Unlikely(NamedTuple):
    """How many pairs there are, and the first of them in their order."""

    total: int = 0
    first: Sequence[Pair] = ()


def unlikely_pairs(
    orgs: Iterable[UUID],
    issues: Iterable[Issue],
    threats: Iterable[Threat],
    between: Ties,
    today: date,
    own: Collection[UUID] | None = None,
) -> Unlikely:
    """Return the pairs among `orgs`; only those with one of `own`, where that is given.

    Args:
        today: The last day of the window.
    """
    listed = sorted(orgs)
    shared, against = (list(marks.values()) for marks in _marks(listed, issues, threats))
    near = _near(between)
    best = _Best(between.last, today)
    total, wanted = 0, own or NOBODY
    for i, a in enumerate(listed):
        mine = own is None or a in wanted
        others, for_it, not_it = near.get(a, NOBODY), shared[i], against[i]
        for j in range(i + 1, len(listed)):
            common = for_it & shared[j]
            if not common:
                continue
            b = listed[j]
            if not (mine or b in wanted):
                continue
            opposed = bool(for_it & against[j] or shared[j] & not_it)
            if opposed or b not in others:
                total += 1
                best.meet((a, b), common.bit_count(), opposed=opposed)
    found = [
        Pair(each.orgs, each.shared, each.days, each.orgs in between.events, each.opposed)
        for each in best.first()
    ]
    return Unlikely(total, found)


def _near(between: Ties) -> dict[UUID, set[UUID]]:
    """Return with whom each is tied, and neither trusts the other little; the smaller id first."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for a, b in between.events:
        if (a, b) not in between.distrust:
            found[a].add(b)
    return found


class _Met(NamedTuple):
    orgs: Two
    shared: int
    days: int | None
    opposed: bool

    @property
    def order(self) -> tuple[int, bool, int, Two]:
        return -self.shared, self.days is not None, -(self.days or 0), self.orgs


class _Best:
    """The first pairs of all that are met in the order of their ids.

    A pair is passed over once enough are kept that come before it: that share more, or as much and
    were never in touch.
    """

    def __init__(self, last: Mapping[Two, Touch], today: date) -> None:
        self._last, self._today = last, today
        self._kept: list[_Met] = []
        self._sharing: Counter[int] = Counter()
        self._strangers: Counter[int] = Counter()
        self._least = 1

    def meet(self, orgs: Two, shared: int, *, opposed: bool) -> None:
        if shared < self._least:
            return
        touch = self._last.get(orgs)
        days = max(0, (self._today - touch.on).days) if touch else None
        self._kept.append(_Met(orgs, shared, days, opposed))
        self._sharing[shared] += 1
        self._strangers[shared] += days is None
        while self._before(self._least) >= LISTED:
            self._least += 1

    def _before(self, shared: int) -> int:
        more = sum(n for at, n in self._sharing.items() if at > shared)
        return more + self._strangers[shared]

    def first(self) -> list[_Met]:
        return sorted(self._kept, key=_order)[:LISTED]


def _order(met: _Met) -> tuple[int, bool, int, Two]:
    return met.order


def _marks(
    orgs: Sequence[UUID], issues: Iterable[Issue], threats: Iterable[Threat]
) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Return of each organisation what it is for or faces, and what it is against, as bits."""
    shared, against = dict.fromkeys(orgs, 0), dict.fromkeys(orgs, 0)
    bit = 1
    for issue in issues:
        for org in issue.holding(1, orgs):
            shared[org] |= bit
        for org in issue.holding(-1, orgs):
            against[org] |= bit
        bit <<= 1
    for threat in threats:
        for org in threat.shared_by.keys() & shared.keys():
            shared[org] |= bit
        bit <<= 1
    return shared, against


def closeness(a: frozenset[UUID], b: frozenset[UUID]) -> str | None:
    """Return Jaccard's index of the issues that two are for; `None` where neither is for any."""
    return six(len(a & b), len(a | b))
