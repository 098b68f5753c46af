"""What stands around a proposal: what was said in advance, by and of those who decide.

The best and the worst case that parties agreed on, areas of conflict that were named, and to whom
each organisation answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.said import Names, Said

OUTLOOKS = ("best", "worst")


class Stated(NamedTuple):
    """An event as the reader may see it; `key` is the id of its aggregate."""

    position: int
    type: str
    key: UUID
    by: UUID | None
    data: Mapping[str, Any]

    @property
    def ref(self) -> str:
        return f"members/{self.position}"


@dataclass(frozen=True)
class Scenario:
    """The best or the worst case; in force once every party has agreed."""

    kind: str
    text: Said
    parties: tuple[UUID, ...]
    agreed: tuple[UUID, ...]
    refs: tuple[str, ...]

    @property
    def in_force(self) -> bool:
        return set(self.agreed) >= set(self.parties)


@dataclass(frozen=True)
class Around:
    """`answers_to`: what each organisation stated last."""

    scenarios: tuple[Scenario, ...] = ()
    areas: tuple[Stated, ...] = ()
    answers_to: Mapping[UUID, Stated] = field(default_factory=dict)


NOTHING = Around()


def around(events: Iterable[Stated], issue: UUID | None) -> Around:
    """Return what was said in advance of a proposal about an issue.

    Args:
        events: Oldest first.

    Returns:
        Scenarios in force, the best case first, then in the order they were described; conflict
        areas in the order they were named.
    """
    scenarios: dict[str, Scenario] = {}
    areas: list[Stated] = []
    answers: dict[UUID, Stated] = {}
    for event in events:
        match event.type:
            case "ScenarioAgreed":
                _agree(scenarios, event)
            case "ConflictAreaNamed":
                if issue is not None and event.data.get("issue") == str(issue):
                    areas.append(event)
            case "InterestStated":
                answers[event.key] = event
    in_force = [each for each in scenarios.values() if each.in_force]
    in_force.sort(key=lambda each: OUTLOOKS.index(each.kind))
    return Around(tuple(in_force), tuple(areas), answers)


def _agree(scenarios: dict[str, Scenario], event: Stated) -> None:
    assert event.by is not None
    key, data = event.data["scenario"], event.data
    before = scenarios.get(key)
    if before is None:
        before = Scenario(
            kind=data["kind"],
            text=data.get("text"),
            parties=tuple(map(UUID, data["parties"])),
            agreed=(),
            refs=(),
        )
    scenarios[key] = Scenario(
        before.kind,
        before.text,
        before.parties,
        (*before.agreed, event.by),
        (*before.refs, event.ref),
    )


def scenario(each: Scenario, names: Names) -> dict[str, Any]:
    """Return a scenario as pages show it."""
    return {
        "kind": each.kind,
        "text": each.text,
        "parties": [names.of(org) for org in names.ordered(each.parties)],
        "refs": list(each.refs),
    }


def area(named: Stated, names: Names) -> dict[str, Any]:
    """Return an area of conflict as pages show it."""
    orgs = map(UUID, named.data.get("orgs", ()))
    return {
        "name": named.data.get("name"),
        "organisations": [names.of(org) for org in names.ordered(orgs)],
        "ref": named.ref,
    }
