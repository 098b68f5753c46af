"""A conflict: two organisations are said to have led one role, or one did less than is said.

Nothing here judges who is right: it finds what cannot both be so, for people to settle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.credit.domain.contribution import Deed
from services.credit.domain.fact import Fact, Ground
from services.credit.domain.ids import OrgId, WinId
from services.credit.domain.roles import Degree, Role
from shared.event import Ref, Value, Whole


class Conflict(Value):
    """The place of a fact, from 0, and the event that says otherwise."""

    fact: Whole
    with_: Ref


@dataclass(frozen=True)
class Telling:
    """What an organisation tells others, in one claim or one version of a statement."""

    by: OrgId
    facts: tuple[Fact, ...]
    win: WinId | None = None


@dataclass(frozen=True)
class Told:
    """What else is told, by the event that says it, and the events that contributions are in."""

    others: tuple[tuple[Ref, Telling], ...] = ()
    recorded: Mapping[UUID, Ref] | None = None


@dataclass(frozen=True)
class _Lead:
    """Who led in which role; `about` is empty where it is not said in what."""

    org: OrgId
    role: Role
    about: frozenset[Ref]

    def excludes(self, other: "_Lead") -> bool:
        together = not (self.about and other.about) or self.about & other.about
        return self.org != other.org and self.role == other.role and bool(together)


def conflicts(telling: Telling, told: Told, ground: Ground) -> tuple[Conflict, ...]:
    """Return what speaks against the facts of a telling: by fact, then the oldest event first."""
    found = {
        (place, ref)
        for place, fact in enumerate(telling.facts)
        for ref in _against(fact, telling, told, ground)
    }
    return tuple(Conflict(fact=place, with_=ref) for place, ref in sorted(found, key=_in_order))


def matches(facts: Sequence[Fact], by: OrgId, ground: Ground) -> tuple[int, ...]:
    """Return the places of the facts that confirmed contributions bear out."""
    return tuple(place for place, fact in enumerate(facts) if ground.supports(fact, by))


def _against(fact: Fact, telling: Telling, told: Told, ground: Ground) -> Iterable[Ref]:
    recorded = told.recorded or {}
    for key in ground.short_of(fact, telling.by):
        if key in recorded:
            yield recorded[key]
    lead = _lead(fact, telling, ground)
    if lead is None:
        return
    for key, deed in ground.contributions.items():
        if deed.confirmed and key in recorded and _excluded(lead, deed, ground):
            yield recorded[key]
    for ref, other in told.others:
        theirs = (_lead(one, other, ground) for one in other.facts)
        if any(one is not None and lead.excludes(one) for one in theirs):
            yield ref


def _excluded(lead: _Lead, deed: Deed, ground: Ground) -> bool:
    led = deed.degree is Degree.LEAD
    return led and lead.excludes(_Lead(deed.of, deed.role, ground.around(deed.about)))


def _lead(fact: Fact, telling: Telling, ground: Ground) -> _Lead | None:
    """Return the lead that a fact speaks of, if it does."""
    win = ground.wins.get(telling.win) if telling.win is not None else None
    within = frozenset({win.ref}) if win else frozenset()
    if fact.kind == "contribution":
        deed = ground.contributions.get(fact.id)
        if deed is None or (fact.degree or deed.degree) is not Degree.LEAD:
            return None
        return _Lead(deed.of, fact.role or deed.role, ground.around(deed.about) | within)
    if fact.role is None or fact.degree is not Degree.LEAD or fact.id not in ground.decisions:
        return None
    about = ground.around({ground.decisions[fact.id]}) | within
    return _Lead(telling.by, fact.role, about)


def _in_order(found: tuple[int, Ref]) -> tuple[int, str, int]:
    place, ref = found
    service, _, position = ref.partition("/")
    return place, service, int(position)
