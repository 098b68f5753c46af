"""Which unit follows which shared policy, and how they stand to the rules that hold anyway.

Folded from what was said. Consistency is the share of the units asked that adopted a policy, as it
is or adapted; of all policies, the same over all that were asked.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.policy import FOLLOWED, Answer, Relation
from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry

State = Literal["drafted", "agreed", "retired"]
Share = tuple[int, int]
"""Numerator and denominator, as they were counted."""


class AdaptationRow(BaseModel):
    change: Words | None
    at: datetime
    ref: str


class TurnRow(BaseModel):
    """An answer of a unit, with its reason."""

    answer: Answer
    reason: Words | None
    at: datetime
    by: Named
    ref: str


class UnitRow(BaseModel):
    """A unit that a policy was put to; `history` holds its answers, the newest first.

    `adaptations` are what it does otherwise since it adopted the policy last.
    """

    unit: UUID
    name: Words | None
    owner: Named
    answer: Answer
    reason: Words | None
    adaptations: list[AdaptationRow]
    history: list[TurnRow]


class PolicyRow(BaseModel):
    """A policy; `relation` says how it stands to the rules that hold anyway.

    `consistency` is undefined where no unit was asked. `refs` are where it was drafted, agreed on
    and retired.
    """

    policy: UUID
    title: Words | None
    text: Words | None
    drafted_by: Named
    drafted_at: datetime
    state: State
    version: int
    relation: Relation | None
    decision: str | None
    units: list[UnitRow]
    counts: dict[Answer, int]
    consistency: Share | None
    retired_because: Words | None
    refs: list[str]


class MatrixRow(BaseModel):
    """What each unit answered to a policy; a unit that was not asked is not named."""

    policy: UUID
    title: Words | None
    relation: Relation | None
    answers: dict[UUID, Answer]
    consistency: Share | None


class ColumnRow(BaseModel):
    unit: UUID
    name: Words | None
    owner: Named


class Matrix(BaseModel):
    """All policies that hold, by all units that were asked."""

    units: list[ColumnRow]
    policies: list[MatrixRow]
    consistency: Share | None


def policies(entries: Iterable[Entry], named: Names) -> list[PolicyRow]:
    """Return the policies: those that hold, drafts, retired ones; the newest first among these."""
    found: dict[UUID, PolicyRow] = {}
    for entry in entries:
        if entry.type == "PolicyDrafted":
            found[entry.key] = _drafted(entry, named)
        elif entry.key in found:
            _happened(found[entry.key], entry, named)
    for row in found.values():
        for unit in row.units:
            row.counts[unit.answer] = row.counts.get(unit.answer, 0) + 1
        row.consistency = _share(row.units)
    order = {"agreed": 0, "drafted": 1, "retired": 2}
    newest = [*reversed(found.values())]
    return sorted(newest, key=lambda row: order[row.state])


def matrix(rows: Iterable[PolicyRow]) -> Matrix:
    """Return the matrix of the policies that hold, columns in the order of the units' ids."""
    holding = [row for row in rows if row.state == "agreed"]
    columns = {unit.unit: unit for row in reversed(holding) for unit in row.units}
    return Matrix(
        units=[
            ColumnRow(unit=key, name=unit.name, owner=unit.owner)
            for key, unit in sorted(columns.items())
        ],
        policies=[
            MatrixRow(
                policy=row.policy,
                title=row.title,
                relation=row.relation,
                answers={unit.unit: unit.answer for unit in row.units},
                consistency=row.consistency,
            )
            for row in holding
        ],
        consistency=_share([unit for row in holding for unit in row.units]),
    )


def _share(units: list[UnitRow]) -> Share | None:
    followed = sum(unit.answer in FOLLOWED for unit in units)
    return (followed, len(units)) if units else None


def _drafted(entry: Entry, named: Names) -> PolicyRow:
    return PolicyRow(
        policy=entry.key,
        title=entry.data.get("title"),
        text=entry.data.get("text"),
        drafted_by=named.organisation(entry.org),
        drafted_at=entry.at,
        state="drafted",
        version=0,
        relation=None,
        decision=None,
        units=[],
        counts={},
        consistency=None,
        retired_because=None,
        refs=[entry.ref],
    )


def _happened(row: PolicyRow, entry: Entry, named: Names) -> None:
    data = entry.data
    if entry.type == "PolicyAgreed":
        row.state, row.version = "agreed", data["version"]
        row.relation, row.decision = data["relation"], data.get("decision")
        row.units = _asked(row, entry, named)
        row.refs.append(entry.ref)
    elif entry.type == "PolicyRetired" and data.get("unit") is None:
        row.state, row.retired_because = "retired", data.get("reason")
        row.refs.append(entry.ref)
    else:
        _answered(row, entry, named)


def _asked(row: PolicyRow, entry: Entry, named: Names) -> list[UnitRow]:
    """Return the units that are asked now; who stays keeps what they answered."""
    before = {unit.unit: unit for unit in row.units}
    found = []
    for asked in entry.data["units"]:
        key, owner = UUID(asked["unit"]), UUID(asked["owner"])
        unit = before.get(key)
        if unit is None or unit.owner.id != owner:
            unit = UnitRow(
                unit=key,
                name=None,
                owner=named.organisation(owner),
                answer="unanswered",
                reason=None,
                adaptations=[],
                history=[],
            )
        unit.name = asked.get("name")
        found.append(unit)
    return found


ANSWERS: dict[str, Answer] = {
    "PolicyAdopted": "adopted",
    "PolicyDeclined": "declined",
    "PolicyAdaptationReported": "adapted",
    "PolicyRetired": "dropped",
}


def _answered(row: PolicyRow, entry: Entry, named: Names) -> None:
    data, key = entry.data, UUID(entry.data["unit"])
    unit = next((one for one in row.units if one.unit == key), None)
    if unit is None:
        return
    said = data.get("change") if entry.type == "PolicyAdaptationReported" else data.get("reason")
    unit.answer = ANSWERS[entry.type]
    if unit.answer == "adapted":
        unit.adaptations.append(AdaptationRow(change=said, at=entry.at, ref=entry.ref))
    else:
        unit.reason = said
    if unit.answer == "adopted":
        unit.adaptations = []
    turn = TurnRow(
        answer=unit.answer,
        reason=said,
        at=entry.at,
        by=named.organisation(entry.org),
        ref=entry.ref,
    )
    unit.history.insert(0, turn)
