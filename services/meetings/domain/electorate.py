"""Who may decide: organisations, grouped into vote classes, and weighed by the rule."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.meetings.domain.ids import ConstituencyId, OrgId
from services.meetings.domain.rule import Rule
from services.meetings.domain.tally import VoteClass


@dataclass(frozen=True)
class Electorate:
    """The vote classes of a body, as known at a position of the members journal."""

    classes: tuple[VoteClass, ...]
    members_position: int


@dataclass(frozen=True)
class Roll:
    """The organisations that joined and have not left."""

    joined: AbstractSet[OrgId]


def vote_classes(
    orgs: Iterable[OrgId],
    related: Mapping[OrgId, Collection[OrgId]],
    constituencies: Mapping[OrgId, Collection[ConstituencyId]],
) -> tuple[VoteClass, ...]:
    """Group `orgs` so that related ones share one vote.

    Args:
        related: What each organisation declared. One side is enough, and relation carries on:
            an organisation outside `orgs` can relate two inside.
    """
    nearest: dict[OrgId, OrgId] = {}

    def root(org: OrgId) -> OrgId:
        while (near := nearest.get(org, org)) != org:
            org = near
        return org

    for org, others in related.items():
        for other in others:
            smaller, larger = sorted((root(org), root(other)))
            nearest[larger] = smaller

    groups: dict[OrgId, list[OrgId]] = {}
    for org in sorted(orgs):
        groups.setdefault(root(org), []).append(org)
    return tuple(
        VoteClass(
            class_=tuple(group),
            constituencies=tuple(sorted({c for org in group for c in constituencies.get(org, ())})),
        )
        for group in sorted(groups.values())
    )


def weighed(classes: Iterable[VoteClass], terms: Rule) -> tuple[VoteClass, ...]:
    """Give each class the weight of its heaviest member; one where the rule names none."""
    if not terms.weights:
        return tuple(classes)
    weights = {each.org: each.weight for each in terms.weights}
    return tuple(
        each.model_copy(update={"weight": max(weights.get(org, 1) for org in each.class_)})
        for each in classes
    )
