"""The shapes of what people read, and how stored values become them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BaseModel

Words = dict[str, str]
"""`lang` and `text`; nothing where it may not be seen, or was erased.

Of words that were redacted: that they are `withheld`, the `reason`, `by` whom, `digest` and `ref`.
"""


class Named(BaseModel):
    id: UUID
    name: Words | None = None


class MeetingRow(BaseModel):
    """A meeting in the list; `present` is the number of people who came."""

    meeting: UUID
    date: date
    title: Words | None
    present: int
    state: str
    starts_at: datetime
    ref: str


class SeriesRow(BaseModel):
    """A series; `rrule` is its recurrence rule (RFC 5545), with times of day in UTC."""

    series: UUID
    name: Words | None
    body: Named
    rrule: str
    at: datetime
    ref: str


class ItemRow(BaseModel):
    item: UUID
    kind: str
    title: Words | None
    proposal: UUID | None
    issue: UUID | None
    minutes: int | None
    proposed_by: Named | None
    ref: str


class AttendanceRow(BaseModel):
    """Who came; `who`: that person's id, where the reader may know their name."""

    attendance: UUID
    org: Named | None
    person: Words | None
    who: UUID | None = None
    mode: str | None
    left: bool
    ref: str


class MinutesRow(BaseModel):
    """A version of the minutes: `final` once every organisation that was present approved it."""

    version: int
    state: str
    text: Words | None
    reason: Words | None
    corrects: int | None
    decisions: list[str]
    at: datetime
    approved_by: list[Named]
    ref: str


class StepRow(BaseModel):
    """A next step. Whoever was `asked` is its owner once they have accepted it (S2, S3).

    `overload`: with this step, they have more open hours than they pledged (S5).
    """

    step: UUID
    what: Words | None
    state: str
    asked: Named | None
    owner: Named | None
    hours: int | None
    overload: bool
    due: date | None
    overdue: bool
    moved: int
    meeting: Named | None
    decision: Named | None
    proposed_by: Named | None
    ref: str


class QuorumRow(BaseModel):
    present: int
    needed: int
    established: bool
    ref: str


class FacilitatorRow(BaseModel):
    """Who facilitates; `who`: that person's id, where the reader may know their name."""

    person: Words | None
    who: UUID | None = None
    org: Named | None
    external: bool
    ref: str


class DecidedRow(BaseModel):
    """A decision made at a meeting, as minutes cite it: by `ref`."""

    decision: UUID
    title: Words | None
    outcome: str
    ref: str


class MeetingDetail(MeetingRow):
    """All of a meeting; `waiting`: items that are not on the published agenda."""

    body: Named
    host: Named | None
    ends_at: datetime | None
    place: Words | None
    imported: bool
    series: Named | None
    short_notice: bool | None
    facilitators: list[FacilitatorRow]
    agenda: list[ItemRow]
    waiting: list[ItemRow]
    attendance: list[AttendanceRow]
    quorum: QuorumRow | None
    minutes: list[MinutesRow]
    decisions: list[DecidedRow]
    steps: list[StepRow]
    version: int
    as_of: dict[str, int]


class RuleRow(BaseModel):
    rule: UUID
    version: int
    body: Named
    terms: dict[str, Any]
    retired: bool
    ref: str


class InformedRow(BaseModel):
    """A member that is only informed in these phases; `invited`: the event that invited it back."""

    organisation: Named
    phases: list[str]
    invited: str | None


class StanceRow(BaseModel):
    organisation: UUID
    option: str


class SenseCheckRow(BaseModel):
    """An anonymous sense check; its counts once it was taken.

    `gap`, once voting was closed: the share of answers that were concerned, less the share of
    stances that disagreed or objected, as a numerator and a denominator.
    """

    check: UUID
    closes_at: datetime
    comfortable: int | None = None
    unsure: int | None = None
    concerned: int | None = None
    gap: tuple[int, int] | None = None


class ProposalDetail(BaseModel):
    """A proposal as it stands now; `version` is that of its stream, for `If-Match`.

    `informed`: who is only informed, and whether they were invited back in for this proposal.
    """

    proposal: UUID
    state: str
    version: int
    body: Named
    issue: UUID
    proposer: Named
    title: Words | None
    text: Words | None
    text_version: int
    round: int
    rule: UUID | None
    rule_version: int | None
    closes_at: datetime | None
    meeting: UUID | None
    decision: UUID | None
    entitled: int | None
    heard: int | None
    my_stance: StanceRow | None
    objections: list[UUID]
    sense_checks: list[SenseCheckRow]
    informed: list[InformedRow]
    as_of: dict[str, int]


def words(stored: str | None) -> Words | None:
    return None if stored is None else orjson.loads(stored)


def ref(row: Record) -> str:
    return f"meetings/{row['position']}"


class Names:
    """What organisations, bodies and people are called, as far as the reader may know."""

    def __init__(
        self, orgs: dict[UUID, str | None], bodies: dict[UUID, str | None],
        people: dict[UUID, str | None],
    ) -> None:  # fmt: skip
        self._orgs = orgs
        self._bodies = bodies
        self._people = people

    def org(self, org: UUID | None) -> Named | None:
        return None if org is None else self.organisation(org)

    def organisation(self, org: UUID) -> Named:
        return Named(id=org, name=words(self._orgs.get(org)))

    def has_body(self, body: UUID) -> bool:
        """Say whether the reader may know of a body."""
        return body in self._bodies

    def body(self, body: UUID) -> Named:
        return Named(id=body, name=words(self._bodies.get(body)))

    def person(self, person: UUID | None) -> Words | None:
        return None if person is None else words(self._people.get(person))

    def known(self, person: UUID | None) -> UUID | None:
        """Return a person's id, where the reader may know their name."""
        return person if self.person(person) else None
