"""Repair: what follows from a breach, and how trust comes back (`reports.md` 4.6).

Each thing that follows is an answer of the organisation that was injured: known from some event on,
and then the same for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from services.transparency.domain.answers import Answer
from services.transparency.domain.boundary import Boundary
from services.transparency.domain.pulses import Pulse
from services.transparency.domain.refs import Cited
from services.transparency.domain.ties import Between
from services.transparency.domain.window import day_of, quarters_between

REPORTED, ACCEPTED = "BoundaryBreachReported", "AmendsAccepted"
Gain = tuple[Fraction, int]
"""Points of trust, and in how many quarters."""
T = TypeVar("T")


@dataclass(frozen=True)
class Breach:
    """A boundary that one of two crossed; `accepted`: amends for it."""

    injured: UUID
    offender: UUID
    reported: Between
    accepted: Between | None = None

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """Whose trust in whom it hurts."""
        return self.injured, self.offender


def breaches(between: Iterable[Between]) -> list[Breach]:
    """Return each breach, in the order in which they were reported."""
    found: dict[UUID, Breach] = {}
    for event in between:
        if event.breach is None:
            continue
        if event.type == REPORTED and event.offender is not None:
            [injured] = event.pair - {event.offender}
            found[event.breach] = Breach(injured, event.offender, event)
        elif event.type == ACCEPTED and event.breach in found:
            found[event.breach] = replace(found[event.breach], accepted=event)
    return list(found.values())


def amends(reported: Iterable[Breach], boundary: Boundary) -> list[Answer[int]]:
    """Return the days until amends were accepted, of each breach for which they were."""
    found = []
    for breach in reported:
        if breach.accepted is not None:
            events = breach.reported.cited, breach.accepted.cited
            days = (day_of(breach.accepted.at) - day_of(breach.reported.at)).days
            found.append(_of_injured(breach, boundary, events, days))
    return found


def recoveries(
    reported: Iterable[Breach], pulses: Iterable[Pulse], boundary: Boundary
) -> list[Answer[int]]:
    """Return the days until the injured trusted the offender as before, where they do again."""
    said = _by_pair(pulses)
    found = []
    for breach in reported:
        told = said[breach.pair]
        was = [pulse for pulse in told if _key(pulse) < _key(breach.reported)]
        if not was:
            continue
        later = told[len(was) :]
        back = next((pulse for pulse in later if pulse.trust >= was[-1].trust), None)
        if back is not None:
            events = was[-1].cited, breach.reported.cited, back.cited
            days = (day_of(back.at) - day_of(breach.reported.at)).days
            found.append(_of_injured(breach, boundary, events, days))
    return found


def moves(
    reported: Iterable[Breach], pulses: Iterable[Pulse], boundary: Boundary
) -> tuple[list[Answer[Fraction]], list[Answer[Gain]]]:
    """Return how trust moved from one pulse to the next where there ever was a breach.

    Returns:
        Drops, in points, where a breach came between the two pulses; gains where none did.
    """
    affecting: defaultdict[tuple[UUID, UUID], list[Breach]] = defaultdict(list)
    for breach in reported:
        affecting[breach.pair].append(breach)
    said = _by_pair(pulses)
    drops: list[Answer[Fraction]] = []
    gains: list[Answer[Gain]] = []
    for pair, crossed in affecting.items():
        for one, other in pairwise(said[pair]):
            between = [each for each in crossed if _key(one) < _key(each.reported) < _key(other)]
            passed = quarters_between(one.period, other.period)
            because = (between or crossed)[0]
            events = one.cited, because.reported.cited, other.cited
            if between:
                fell = one.trust - other.trust
                drops.append(_of_injured(because, boundary, events, fell))
            elif passed > 0:
                gained = other.trust - one.trust, passed
                gains.append(_of_injured(because, boundary, events, gained))
    return drops, gains


def asymmetry(drops: Sequence[Fraction], gains: Sequence[Gain]) -> Fraction | None:
    """Return the mean drop over the mean gain a quarter; `None` where nothing was gained."""
    gained = sum((points for points, _ in gains), start=Fraction(0))
    if not drops or gained <= 0:
        return None
    each_quarter = gained / sum(passed for _, passed in gains)
    return sum(drops, start=Fraction(0)) / len(drops) / each_quarter


def _of_injured(
    breach: Breach, boundary: Boundary, events: tuple[Cited, ...], said: T
) -> Answer[T]:
    known = max(event.position for event in events)
    return Answer(
        known=known,
        by=frozenset({breach.injured}),
        least=boundary.least(known),
        said=said,
        events=events,
    )


def _by_pair(pulses: Iterable[Pulse]) -> Mapping[tuple[UUID, UUID], list[Pulse]]:
    """Return what each said of each other, in the order in which it was said."""
    found: defaultdict[tuple[UUID, UUID], list[Pulse]] = defaultdict(list)
    for pulse in sorted(pulses, key=_key):
        found[pulse.by, pulse.about].append(pulse)
    return found


def _key(event: Pulse | Between) -> tuple[datetime, int]:
    return event.at, event.cited.position
