"""Trust pulses: what organisations said of each other for a quarter (`reports.md` 4.6).

Parts and scale follow PARTNER (Visible Network Labs): six ratings from 1 to 4.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.answers import Answer, counted
from services.transparency.domain.boundary import Boundary
from services.transparency.domain.refs import Cited
from services.transparency.domain.window import day_of, days_of

TRUST = ("reliability", "mission", "openness")
VALUE = ("power", "involvement", "resources")
HIGHEST = 4
ONE_POINT = 1


class Pulse(NamedTuple):
    """What one organisation said of another for a quarter.

    Args:
        ratings: In the order of `TRUST` and `VALUE`.
        recorded_at: When it came, by the clock of who recorded it.
    """

    cited: Cited
    by: UUID
    about: UUID
    period: str
    at: datetime
    recorded_at: datetime
    ratings: tuple[int, ...]

    @property
    def trust(self) -> Fraction:
        """The mean of reliability, mission and openness, in points."""
        return Fraction(sum(self.ratings[: len(TRUST)]), len(TRUST))


def of_quarter(pulses: Iterable[Pulse], quarter: str, boundary: Boundary) -> list[Answer[Pulse]]:
    """Return the pulses of a quarter that is over, as far as they may be counted."""
    end = days_of(quarter).ends
    return counted(
        Answer(
            known=pulse.cited.position,
            by=frozenset({pulse.by}),
            least=boundary.least(pulse.cited.position),
            said=pulse,
            events=(pulse.cited,),
            timely=day_of(pulse.recorded_at) <= end,
        )
        for pulse in pulses
        if pulse.period == quarter
    )


def both_ways(
    given: Sequence[Answer[Pulse]], boundary: Boundary
) -> list[Answer[tuple[Pulse, Pulse]]]:
    """Return the pairs in which each said something of the other, as far as they may be counted."""
    ways = {(answer.said.by, answer.said.about): answer for answer in given if answer.said}
    found = []
    for (one, other), said in ways.items():
        back = ways.get((other, one))
        if one < other and back is not None and said.said and back.said:
            known = max(said.known, back.known)
            pair = Answer(
                known=known,
                by=said.by | back.by,
                least=boundary.least(known),
                said=(said.said, back.said),
                events=said.events + back.events,
                timely=said.timely and back.timely,
            )
            found.append(pair)
    return counted(found)


def share(rated: Sequence[Sequence[int]]) -> Fraction | None:
    """Return the mean of the means of ratings, over the highest: the index of trust or value."""
    if not rated:
        return None
    means = (Fraction(sum(each), len(each)) for each in rated)
    return sum(means, start=Fraction(0)) / len(rated) / HIGHEST


def reciprocity(levels: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Return the share of pairs that trust each other alike: at most a point apart."""
    if not levels:
        return None
    alike = sum(abs(one - other) <= ONE_POINT for one, other in levels)
    return Fraction(alike, len(levels))
