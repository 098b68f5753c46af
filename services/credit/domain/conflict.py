"""A conflict: two organisations are said to have led one role, or one did less than is said.

Nothing here judges who is right: it finds what cannot both be so, for people to settle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

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
class Lead:
    """Who led in which role; `about` is empty where it is not said in what."""

    org: OrgId
    role: Role
    about: frozenset[Ref]

    def excludes(self, other: "Lead") -> bool:
        """Whether not both can be so: what is said of nothing in particular is said of all."""
        if self.org == other.org or self.role != other.role:
            return False
        return not (self.about and other.about) or not self.about.isdisjoint(other.about)


@dataclass(frozen=True)
class Told:
    """Who is said to have led elsewhere, by the event that says it.

    Args:
        recorded: The event that each contribution is recorded in.
    """

    leads: tuple[tuple[Ref, Lead], ...] = ()
    recorded: Mapping[UUID, Ref] = field(default_factory=dict)


def leads(telling: Telling, ground: Ground) -> tuple[Lead, ...]:
    """Return the leads that a telling speaks of."""
    found = (_lead(fact, telling, ground) for fact in telling.facts)
    return tuple(lead for lead in found if lead is not None)


def gather(
    others: Iterable[tuple[Ref, Telling]], recorded: Mapping[UUID, Ref], ground: Ground
) -> Told:
    """Return who is said to have led: by others, and by confirmed contributions."""
    said = [(ref, lead) for ref, other in others for lead in leads(other, ground)]
    return Told((*said, *confirmed(recorded, ground)), recorded)


def confirmed(recorded: Mapping[UUID, Ref], ground: Ground) -> Iterable[tuple[Ref, Lead]]:
    """Yield the leads that confirmed contributions speak of, by the events that record them."""
    for key, deed in ground.contributions.items():
        if deed.confirmed and deed.degree is Degree.LEAD and key in recorded:
            yield recorded[key], Lead(deed.of, deed.role, ground.around(deed.about))


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
    for key in ground.short_of(fact, telling.by):
        if key in told.recorded:
            yield told.recorded[key]
    lead = _lead(fact, telling, ground)
    if lead is not None:
        yield from (ref for ref, other in told.leads if lead.excludes(other))


def _lead(fact: Fact, telling: Telling, ground: Ground) -> Lead | None:
    """Return the lead that a fact speaks of, if it does."""
    win = ground.wins.get(telling.win) if telling.win is not None else None
    within = frozenset({win.ref}) if win else frozenset()
    if fact.kind == "contribution":
        deed = ground.contributions.get(fact.id)
        if deed is None or (fact.degree or deed.degree) is not Degree.LEAD:
            return None
        return Lead(deed.of, fact.role or deed.role, ground.around(deed.about) | within)
    if fact.role is None or fact.degree is not Degree.LEAD or fact.id not in ground.decisions:
        return None
    about = ground.around({ground.decisions[fact.id]}) | within
    return Lead(telling.by, fact.role, about)


def _in_order(found: tuple[int, Ref]) -> tuple[int, str, int]:
    place, ref = found
    service, _, position = ref.partition("/")
    return place, service, int(position)
