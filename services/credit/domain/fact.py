"""A fact: what a claim or a statement says that an organisation did, and what that rests on.

It names a contribution, a metric or a decision, and may say in which role and degree. It is
supported where a confirmed contribution says as much, or more; a metric or a decision bears
itself out. It is disputed as long as a dispute about it is open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.credit.domain.contribution import Deed
from services.credit.domain.ids import OrgId, WinId
from services.credit.domain.roles import Degree, Role
from shared.decider import Refused
from shared.event import Ref, Value

Kind = Literal["contribution", "metric", "decision"]
Audience = Literal["members", "partners", "funders", "public"]
"""Who is told; `public` is the press, and everybody."""
Key = tuple[Kind, UUID, Role | None]
_WEIGHT = {Degree.SUPPORTING: 0, Degree.EQUAL: 1, Degree.LEAD: 2}


class Fact(Value):
    """A contribution in the role and degree it was recorded in, or in those given here.

    A decision says in which role, if any, the organisation that speaks had a part in it.
    """

    kind: Kind
    id: UUID
    role: Role | None = None
    degree: Degree | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "metric" and (self.role or self.degree):
            raise ValueError("a metric has no role: name the contribution that moved it")
        if self.kind == "decision" and (self.role is None) != (self.degree is None):
            raise ValueError("a part in a decision has a role and a degree, or neither")
        return self

    @property
    def key(self) -> Key:
        """What two facts have in common that say the same of the same, in whatever degree."""
        return self.kind, self.id, self.role if self.kind == "decision" else None


Facts = Annotated[tuple[Fact, ...], Field(min_length=1, max_length=100)]


class Stated(Fact):
    """A fact as it was stated, and whether it was disputed then."""

    disputed: bool

    @property
    def plain(self) -> Fact:
        """The fact without what was computed of it."""
        return Fact(kind=self.kind, id=self.id, role=self.role, degree=self.degree)


@dataclass(frozen=True)
class Won:
    """A win: the event that declared it, and the decisions behind it."""

    ref: Ref
    decisions: frozenset[Ref] = frozenset()


@dataclass(frozen=True)
class Ground:
    """What facts may rest on, as it stands.

    Args:
        decisions: The event that each was made in.
        disputed: The facts that an open dispute is about.
    """

    contributions: Mapping[UUID, Deed] = field(default_factory=dict)
    decisions: Mapping[UUID, Ref] = field(default_factory=dict)
    metrics: frozenset[UUID] = frozenset()
    wins: Mapping[WinId, Won] = field(default_factory=dict)
    disputed: frozenset[Key] = frozenset()

    def knows(self, fact: Fact) -> bool:
        """Whether what the fact names is there at all."""
        known = {
            "contribution": self.contributions,
            "metric": self.metrics,
            "decision": self.decisions,
        }
        return fact.id in known[fact.kind]

    def supports(self, fact: Fact, by: OrgId) -> bool:
        """Whether a fact that `by` states rests on a confirmed contribution (K7)."""
        if fact.kind == "contribution":
            deed = self.contributions.get(fact.id)
            return deed is not None and deed.confirmed and _bears(deed, fact)
        if fact.role is None:
            return self.knows(fact)
        return any(_bears(deed, fact) for _, deed in self._parts(fact, by))

    def short_of(self, fact: Fact, by: OrgId) -> list[UUID]:
        """Return the confirmed contributions that say less than the fact does."""
        if fact.kind == "contribution":
            deed = self.contributions.get(fact.id)
            over = deed is not None and deed.confirmed and not _bears(deed, fact)
            return [fact.id] if over else []
        return [] if self.supports(fact, by) else [key for key, _ in self._parts(fact, by)]

    def around(self, refs: Iterable[Ref]) -> frozenset[Ref]:
        """Return these events and those of the wins that they are a part of."""
        own = frozenset(refs)
        wins = (won.ref for won in self.wins.values() if own & won.decisions)
        return own | frozenset(wins)

    def state(self, facts: Iterable[Fact], by: OrgId) -> tuple[Stated, ...]:
        """Return facts as `by` states them now, each once, in the order given.

        Raises:
            Refused: one names what is not there, or somebody who declined to be named.
        """
        told = tuple(dict.fromkeys(facts))
        for fact in told:
            if not self.knows(fact):
                raise Refused("unknown_fact", f"No {fact.kind} with this id is known: {fact.id}.")
            deed = self.contributions.get(fact.id)
            if deed is not None and deed.declined and deed.of != by:
                raise Refused("declined", "The organisation declined to be named for one of these.")
        return tuple(
            Stated(
                kind=fact.kind,
                id=fact.id,
                role=fact.role,
                degree=fact.degree,
                disputed=fact.key in self.disputed,
            )
            for fact in told
        )

    def named(self, facts: Iterable[Fact], by: OrgId) -> frozenset[OrgId]:
        """Return the other organisations whose contributions the facts name."""
        deeds = (self.contributions.get(fact.id) for fact in facts)
        return frozenset(deed.of for deed in deeds if deed is not None) - {by}

    def _parts(self, fact: Fact, by: OrgId) -> list[tuple[UUID, Deed]]:
        """Return what `by` is confirmed to have done in this role for a decision."""
        ref = self.decisions.get(fact.id)
        if ref is None:
            return []
        matter = self.around({ref})
        done = self._confirmed.get((by, fact.role), ())
        return [(key, deed) for key, deed in done if not matter.isdisjoint(deed.about)]

    @cached_property
    def _confirmed(self) -> Mapping[tuple[OrgId, Role | None], list[tuple[UUID, Deed]]]:
        """What is confirmed, by whom and in which role: a page asks it of many facts."""
        found: dict[tuple[OrgId, Role | None], list[tuple[UUID, Deed]]] = {}
        for key, deed in self.contributions.items():
            if deed.confirmed:
                found.setdefault((deed.of, deed.role), []).append((key, deed))
        return found


def _bears(deed: Deed, fact: Fact) -> bool:
    """Whether a contribution was in the role of the fact, and no less than it says."""
    role, degree = fact.role or deed.role, fact.degree or deed.degree
    return role == deed.role and _WEIGHT[degree] <= _WEIGHT[deed.degree]
