"""What organisations accept for the coalition's terms, as heard: the ground of a mandate check.

An organisation accepts what its own bottom line says, and what each compromise says that it is a
party to; both only until their last day. Who said nothing about a term is not named for it:
silence accepts nothing and forbids nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

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
