"""What organisations accept for the coalition's terms, as heard: the ground of a mandate check.

An organisation accepts what its own bottom line says, and what each compromise says that it is a
party to; both only until their last day. Who said nothing about a term is not named for it:
silence accepts nothing and forbids nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.meetings.domain.ids import OrgId, TermId


@dataclass(frozen=True)
class Range:
    """Every number from `least` to `most`."""

    least: int
    most: int

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.least <= value <= self.most


Accepted = frozenset[str] | Range


@dataclass(frozen=True)
class Line:
    """One organisation's bottom line for a term; it counts on its last day still."""

    accepted: Accepted
    until: date


@dataclass(frozen=True)
class Compromise:
    """In force once every party has agreed, until its last day."""

    parties: frozenset[OrgId]
    agreed: frozenset[OrgId]
    terms: Mapping[TermId, Accepted]
    until: date

    def in_force(self, day: date) -> bool:
        return self.agreed >= self.parties and day <= self.until


Mandate = Mapping[TermId, Mapping[OrgId, tuple[Accepted, ...]]]
"""For each defined term what each organisation accepts; any of the sets will do."""


@dataclass(frozen=True, eq=False)
class Lines:
    """All that was said about terms, by term and organisation."""

    said: Mapping[TermId, Mapping[OrgId, Line]]
    compromises: tuple[Compromise, ...] = ()
    _mandates: dict[date, Mandate] = field(default_factory=dict)

    def mandate(self, day: date) -> Mandate:
        """Return what counts on that day; worked out once a day."""
        if day not in self._mandates:
            self._mandates.clear()
            self._mandates[day] = self._on(day)
        return self._mandates[day]

    def _on(self, day: date) -> Mandate:
        found: dict[TermId, dict[OrgId, tuple[Accepted, ...]]] = {
            term: {org: (line.accepted,) for org, line in lines.items() if day <= line.until}
            for term, lines in self.said.items()
        }
        for compromise in self.compromises:
            if compromise.in_force(day):
                for term, accepted in compromise.terms.items():
                    of = found.setdefault(term, {})
                    for org in compromise.parties:
                        of[org] = (*of.get(org, ()), accepted)
        return found


Verdict = Literal["within", "crosses", "unknown"]


@dataclass(frozen=True)
class Checked:
    """What a check found: whom the values cross, and for which terms nobody has a line; sorted."""

    crosses: tuple[OrgId, ...] = ()
    unknown: tuple[TermId, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """One organisation that is crossed outweighs all that is not known."""
        if self.crosses:
            return "crosses"
        return "unknown" if self.unknown else "within"

    def crosses_already(self, now: "Checked") -> bool:
        """Tell whether all whom the values cross now were named in this check."""
        return set(self.crosses) >= set(now.crosses)


def check(values: Mapping[TermId, str | int], mandate: Mandate) -> Checked:
    """Return how `values` for some terms stand against what organisations accept (D21).

    A value crosses an organisation that accepts it in none of its sets. Who has no line for a term
    is not crossed on it, and a term is unknown when nobody has one.
    """
    crosses: set[OrgId] = set()
    unknown: set[TermId] = set()
    for term, value in values.items():
        of = mandate.get(term)
        if not of:
            unknown.add(term)
            continue
        crosses.update(
            org for org, accepted in of.items() if not any(value in one for one in accepted)
        )
    return Checked(tuple(sorted(crosses)), tuple(sorted(unknown)))
