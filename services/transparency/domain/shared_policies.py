"""R17, shared-policy adoption: which unit follows which policy, and how consistently.

A cell is a unit that a policy is put to. It is adopted, adapted (adopted otherwise than written),
declined, dropped (adopted once) or unanswered. Consistency is the share of the cells that are
adopted or adapted: of a policy, and over all policies that hold. What was retired for all counts
in no total, and is shown as it stood.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.numbers import six
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names, Said
from shared.event import timestamp

ANSWERS = ("adopted", "adapted", "declined", "dropped", "unanswered")
FOLLOWED = frozenset({"adopted", "adapted"})
_SAYS: Mapping[str, str] = {
    "PolicyAdopted": "adopted",
    "PolicyAdaptationReported": "adapted",
    "PolicyDeclined": "declined",
    "PolicyRetired": "dropped",
}


class AskedUnit(NamedTuple):
    """A unit that a policy is put to, who answers for it, and what it is called."""

    unit: UUID
    owner: UUID
    name: Said


class PolicyEvent(NamedTuple):
    """Something that happened to a policy.

    Args:
        words: The reason, or what a unit changed.
        units: All that are asked, where it is agreed on.
    """

    cited: Cited
    policy: UUID
    type: str
    at: datetime
    unit: UUID | None = None
    words: Said = None
    version: int | None = None
    relation: str | None = None
    units: tuple[AskedUnit, ...] = ()


@dataclass
class Cell:
    """What a unit answered; `events` are where it was asked, and each answer."""

    unit: UUID
    owner: UUID
    name: Said
    answer: str = "unanswered"
    answered_at: datetime | None = None
    reason: Said = None
    changes: list[Said] = field(default_factory=list)
    events: list[Cited] = field(default_factory=list)

    def take(self, event: PolicyEvent) -> None:
        self.answer, self.answered_at = _SAYS[event.type], event.at
        self.events.append(event.cited)
        if self.answer == "adapted":
            self.changes.append(event.words)
        else:
            self.reason = event.words
        if self.answer == "adopted":
            self.changes = []


@dataclass
class Policy:
    """A policy; `version` counts how often it was agreed on, 0 is a draft."""

    id: UUID
    drafted: Cited
    version: int = 0
    relation: str | None = None
    retired: Cited | None = None
    cells: dict[UUID, Cell] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.version > 0 and self.retired is None

    def ask(self, event: PolicyEvent) -> None:
        """Put it to these units; those that stay with their owner keep what they answered."""
        assert event.version is not None
        before, self.cells = self.cells, {}
        self.version, self.relation = event.version, event.relation
        for unit, owner, name in event.units:
            held = before.get(unit)
            if held is None or held.owner != owner:
                held = Cell(unit, owner, name)
            held.name = name
            held.events.append(event.cited)
            self.cells[unit] = held


def policies(events: Iterable[PolicyEvent]) -> list[Policy]:
    """Return the policies as they stand, in the order in which they were drafted."""
    found: dict[UUID, Policy] = {}
    for event in events:
        if event.type == "PolicyDrafted":
            found[event.policy] = Policy(event.policy, event.cited)
            continue
        policy = found.get(event.policy)
        if policy is None:
            continue
        if event.type == "PolicyAgreed":
            policy.ask(event)
        elif event.unit is None:
            policy.retired = event.cited
        elif event.unit in policy.cells:
            policy.cells[event.unit].take(event)
    return [*found.values()]


def lines(found: Sequence[Policy], names: Names) -> list[tuple[Policy, Cell]]:
    """Return the cells: by policy as these were drafted, then by the name of who answers."""
    return [
        (policy, cell)
        for policy in found
        for cell in sorted(
            policy.cells.values(), key=lambda cell: (*names.place(cell.owner), cell.unit)
        )
    ]


def row(policy: Policy, cell: Cell, names: Names) -> dict[str, Any]:
    """Return the line of one cell."""
    return {
        "policy": names.of(policy.id),
        "version": policy.version,
        "state": "agreed" if policy.holds else "retired",
        "relation": policy.relation,
        "unit": {"id": str(cell.unit), "name": cell.name},
        "owner": names.of(cell.owner),
        "answer": cell.answer,
        "answered_at": timestamp(cell.answered_at) if cell.answered_at else None,
        "reason": cell.reason,
        "changes": cell.changes,
        **cite(cell.events),
    }


def summary(found: Sequence[Policy], names: Names) -> list[dict[str, Any]]:
    """Return consistency over all policies that hold, how units answered, then each policy."""
    holding = [policy for policy in found if policy.holds]
    cells = [cell for policy in holding for cell in policy.cells.values()]
    counts = Counter(cell.answer for cell in cells)
    drafts = [policy.drafted for policy in found if policy.version == 0 and policy.retired is None]
    over = [policy.retired for policy in found if policy.retired is not None]
    return [
        _consistency(cells),
        figure("policies", len(holding), [policy.drafted for policy in holding]),
        figure("drafts", len(drafts), drafts),
        figure("retired", len(over), over),
        *(
            figure(answer, counts[answer], _events(cell for cell in cells if cell.answer == answer))
            for answer in ANSWERS
        ),
        *(
            _consistency(policy.cells.values(), policy=names.of(policy.id))
            for policy in found
            if policy.version
        ),
    ]


def _consistency(cells: Iterable[Cell], **of: Any) -> dict[str, Any]:
    asked = [*cells]
    followed = sum(cell.answer in FOLLOWED for cell in asked)
    why = {} if asked else {"reason": "no unit was asked"}
    return figure("consistency", six(followed, len(asked)), _events(asked), **of, **why)


def _events(cells: Iterable[Cell]) -> list[Cited]:
    """Return the events of these cells, each once: one asks several units."""
    return sorted({event for cell in cells for event in cell.events})
