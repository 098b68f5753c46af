"""Who may decide: organisations, grouped into vote classes, and weighed by the rule."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.meetings.domain.ids import ConstituencyId, OrgId
from services.meetings.domain.rule import Rule
from services.meetings.domain.tally import VoteClass
from shared.decider import Refused
from shared.event import Command, Context, Event, Sealed, Text


@dataclass(frozen=True)
class Electorate:
    """The vote classes of a body, as known at a position of the members journal."""

    classes: tuple[VoteClass, ...]
    members_position: int


class ExtendElectorate(Command):
    orgs: Annotated[tuple[OrgId, ...], Field(min_length=1, max_length=100)]
    reason: Text


class ElectorateExtended(Event):
    """Organisations may decide that could not when voting opened; why is said, and nobody leaves.

    `classes` are the vote classes that are new, and those that got another organisation.
    """

    orgs: tuple[OrgId, ...]
    classes: tuple[VoteClass, ...]
    reason: Sealed[Text]
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


def additions(
    command: ExtendElectorate, frozen: Sequence[VoteClass], terms: Rule, context: Context
) -> list[ElectorateExtended]:
    """Return what `command` adds to a frozen electorate; nothing where all are in it.

    Raises:
        Refused: an organisation may not decide in the body as it is now.
    """
    known = context.fact(Electorate)
    entitled = {org for each in frozen for org in each.class_}
    new = set(command.orgs) - entitled
    if not new:
        return []
    classes = weighed(known.classes, terms)
    if not new <= {org for each in classes for org in each.class_}:
        detail = "Only organisations that may decide in this body now can be added."
        raise Refused("additions_only", detail)
    grown = [_grown(each, new, frozen) for each in classes if not new.isdisjoint(each.class_)]
    extended = ElectorateExtended(
        orgs=tuple(sorted(new)),
        classes=tuple(grown),
        reason=Sealed(command.reason),
        members_position=known.members_position,
    )
    return [extended]


def _grown(now: VoteClass, new: AbstractSet[OrgId], frozen: Sequence[VoteClass]) -> VoteClass:
    """Return the class that new organisations make: with those they are related to, if any."""
    related = next((each for each in frozen if not set(each.class_).isdisjoint(now.class_)), None)
    joining = new & set(now.class_)
    if related is None:
        return now.model_copy(update={"class_": tuple(sorted(joining))})
    return VoteClass(
        class_=tuple(sorted({*related.class_, *joining})),
        constituencies=tuple(sorted({*related.constituencies, *now.constituencies})),
        weight=max(related.weight, now.weight),
    )


def with_additions(
    frozen: Sequence[VoteClass], grown: Iterable[VoteClass]
) -> tuple[VoteClass, ...]:
    """Return the electorate after an extension: each class in its place, new ones at the end."""
    electorate = list(frozen)
    for each in grown:
        places = (n for n, one in enumerate(frozen) if not set(one.class_).isdisjoint(each.class_))
        if (place := next(places, None)) is None:
            electorate.append(each)
        else:
            electorate[place] = each
    return tuple(electorate)


def weighed(classes: Iterable[VoteClass], terms: Rule) -> tuple[VoteClass, ...]:
    """Give each class the weight of its heaviest member; one where the rule names none."""
    if not terms.weights:
        return tuple(classes)
    weights = {each.org: each.weight for each in terms.weights}
    return tuple(
        each.model_copy(update={"weight": max(weights.get(org, 1) for org in each.class_)})
        for each in classes
    )
