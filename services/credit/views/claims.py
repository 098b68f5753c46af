"""What is told of credit: claims, statements, disputes about them; and how money is divided.

Newest first. What stands for and against a claim or a statement is found when it is asked for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.credit.domain import attribution, claim
from services.credit.domain.attribution import missing
from services.credit.domain.conflict import (
    Lead,
    Telling,
    Told,
    confirmed,
    conflicts,
    leads,
    matches,
)
from services.credit.domain.fact import Ground
from services.credit.domain.ids import OrgId
from services.credit.domain.roles import Role
from services.credit.views.grounds import STATEMENTS, grounds, places, tellings
from services.credit.views.queries import Words
from services.credit.views.said import Entry
from shared.event import Ref
from shared.hot import Reading


class FactRow(BaseModel):
    """`disputed`: a dispute about it was open when it was stated."""

    kind: str
    id: UUID
    role: str | None
    degree: str | None
    disputed: bool


class ConflictRow(BaseModel):
    """The place of a fact, from 0, and the event that says otherwise."""

    fact: int
    with_event: str


class FoundRow(BaseModel):
    """What stands for and against: places of facts, from 0."""

    matches: list[int] = []
    conflicts: list[ConflictRow] = []


class NowRow(FoundRow):
    """What stands for and against now; `missing` are those named who have not approved."""

    disputed: list[int] = []
    missing: list[UUID] = []


class ReviewRow(FoundRow):
    by: UUID | None
    at: datetime
    ref: str


class ClaimRow(BaseModel):
    claim: UUID
    audience: str
    text: Words | None
    facts: list[FactRow]
    review: ReviewRow | None = None
    now: NowRow = NowRow()
    by: UUID | None
    at: datetime
    ref: str


class ApprovalRow(BaseModel):
    by: UUID | None
    at: datetime
    ref: str


class ReleaseRow(ApprovalRow):
    unilateral: bool
    text: str


class VersionRow(BaseModel):
    version: int
    audience: str
    win: UUID | None
    text: Words | None
    facts: list[FactRow]
    approvals: list[ApprovalRow] = []
    released: ReleaseRow | None = None
    by: UUID | None
    at: datetime
    ref: str


class AttributionRow(BaseModel):
    """A statement: its versions, the newest first, and what stands for and against that one."""

    attribution: UUID
    author: UUID | None
    audience: str
    versions: list[VersionRow]
    now: NowRow = NowRow()
    ref: str


class MediatorRow(ApprovalRow):
    """Either a member organisation or somebody outside."""

    org: UUID | None
    external: Words | None


class ResolutionRow(ApprovalRow):
    result: str
    wording: Words | None


class DisputeRow(BaseModel):
    dispute: UUID
    about: str
    grounds: Words | None
    requested: Words | None
    due: date
    parties: list[UUID]
    facts: list[FactRow]
    credit: UUID | None
    state: Literal["open", "resolved"] = "open"
    mediators: list[MediatorRow] = []
    resolution: ResolutionRow | None = None
    by: UUID | None
    at: datetime
    ref: str


class ShareRow(BaseModel):
    org: UUID
    basis_points: int


class SharesRow(BaseModel):
    shares: UUID
    pot: Words | None
    parts: list[ShareRow]
    decision: str | None
    earlier: list[str] = []
    by: UUID | None
    at: datetime
    ref: str


def claims(entries: Iterable[Entry]) -> list[ClaimRow]:
    """Return the claims, newest first, each with its last review."""
    found: dict[UUID, ClaimRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "CreditClaimed":
            found[entry.key] = ClaimRow(
                claim=entry.key,
                audience=data["audience"],
                text=data.get("text"),
                facts=_facts(data["facts"]),
                **entry.told,
            )
        elif (row := found.get(entry.key)) is not None:
            row.review = ReviewRow(
                matches=data["matches"],
                conflicts=[
                    ConflictRow(fact=one["fact"], with_event=one["with"])
                    for one in data["conflicts"]
                ],
                **entry.told,
            )
    return list(found.values())[::-1]


def attributions(entries: Iterable[Entry]) -> list[AttributionRow]:
    """Return the statements, those drafted last first."""
    found: dict[UUID, AttributionRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "AttributionStatementDrafted":
            version = VersionRow(
                version=data["version"],
                audience=data["audience"],
                win=data.get("win"),
                text=data.get("text"),
                facts=_facts(data["facts"]),
                **entry.told,
            )
            before = found.pop(entry.key, None)
            found[entry.key] = AttributionRow(
                attribution=entry.key,
                author=before.author if before else entry.by,
                audience=version.audience,
                versions=[version, *(before.versions if before else [])],
                ref=version.ref,
            )
        elif (row := found.get(entry.key)) is not None:
            for version in row.versions:
                if version.version == data["version"]:
                    _take(version, entry)
    return list(found.values())[::-1]


def _take(version: VersionRow, entry: Entry) -> None:
    if entry.type == "AttributionStatementApproved":
        version.approvals.append(ApprovalRow(**entry.told))
        return
    data = entry.data
    version.released = ReleaseRow(unilateral=data["unilateral"], text=data["text"], **entry.told)


def disputes(entries: Iterable[Entry]) -> list[DisputeRow]:
    """Return the disputes, newest first."""
    found: dict[UUID, DisputeRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "CreditDisputed":
            found[entry.key] = DisputeRow(
                dispute=entry.key,
                about=data["about"],
                grounds=data.get("grounds"),
                requested=data.get("requested"),
                due=data["due"],
                parties=data["parties"],
                facts=_facts(data["facts"]),
                credit=data.get("credit"),
                **entry.told,
            )
        elif (row := found.get(entry.key)) is None:
            continue
        elif entry.type == "CreditDisputeMediated":
            row.mediators.append(
                MediatorRow(org=data.get("mediator"), external=data.get("external"), **entry.told)
            )
        else:
            row.state = "resolved"
            row.resolution = ResolutionRow(
                result=data["result"], wording=data.get("wording"), **entry.told
            )
    return list(found.values())[::-1]


def divisions(entries: Iterable[Entry]) -> list[SharesRow]:
    """Return how money is divided, newest first, with the events of earlier divisions."""
    found: dict[UUID, SharesRow] = {}
    for entry in entries:
        data, before = entry.data, found.pop(entry.key, None)
        found[entry.key] = SharesRow(
            shares=entry.key,
            pot=data.get("pot"),
            parts=data["shares"],
            decision=data.get("decision"),
            earlier=[*before.earlier, before.ref] if before else [],
            **entry.told,
        )
    return list(found.values())[::-1]


def _facts(told: Iterable[Mapping[str, Any]]) -> list[FactRow]:
    return [
        FactRow(
            kind=fact["kind"],
            id=fact["id"],
            role=fact.get("role"),
            degree=fact.get("degree"),
            disputed=fact.get("disputed", False),
        )
        for fact in told
    ]


@dataclass(frozen=True)
class Standing:
    """All that is told of credit now, by its stream, and what it may rest on."""

    ground: Ground
    told: Mapping[str, Telling]
    leads: Sequence[tuple[str, Ref, Lead]]
    recorded: Mapping[UUID, Ref]
    lacking: Mapping[str, frozenset[OrgId]]

    def of(self, stream: str) -> NowRow:
        """Return what stands for and against what is told on a stream."""
        if stream not in self.told:
            return NowRow()
        telling = self.told[stream]
        roles = {lead.role for lead in leads(telling, self.ground)}
        told = (one for role in roles for one in self._by_role[role])
        elsewhere = tuple((ref, lead) for name, ref, lead in told if name != stream)
        against = conflicts(telling, Told(elsewhere, self.recorded), self.ground)
        return NowRow(
            matches=list(matches(telling.facts, telling.by, self.ground)),
            conflicts=[ConflictRow(fact=one.fact, with_event=one.with_) for one in against],
            disputed=[
                place
                for place, fact in enumerate(telling.facts)
                if fact.key in self.ground.disputed
            ],
            missing=sorted(self.lacking.get(stream, ())),
        )

    @cached_property
    def _by_role(self) -> Mapping[Role, list[tuple[str, Ref, Lead]]]:
        found: dict[Role, list[tuple[str, Ref, Lead]]] = {role: [] for role in Role}
        for one in self.leads:
            found[one[2].role].append(one)
        return found


async def standing(read: Reading) -> Standing:
    """Return what is told and what it may rest on, as of now."""
    ground, statements = await grounds(read), await read.fold(STATEMENTS)
    told = await tellings(read)
    at, recorded = await places(read, told)
    said = [
        (name, at[name], lead)
        for name, telling in told.items()
        if name in at
        for lead in leads(telling, ground)
    ]
    said += [("", ref, lead) for ref, lead in confirmed(recorded, ground)]
    lacking = {
        attribution.decider.stream(key): missing(one.by, one.versions[one.newest], ground)
        for key, one in statements.items()
        if one is not None
    }
    return Standing(ground, told, said, recorded, lacking)


def weigh(rows: Iterable[ClaimRow | AttributionRow], stands: Standing) -> set[str]:
    """Say for each row what stands for and against it now; return the events that are named."""
    named: set[str] = set()
    for row in rows:
        if isinstance(row, ClaimRow):
            stream = claim.decider.stream(row.claim)
        else:
            stream = attribution.decider.stream(row.attribution)
        row.now = stands.of(stream)
        named |= {one.with_event for one in row.now.conflicts}
        if isinstance(row, ClaimRow) and row.review is not None:
            named |= {one.with_event for one in row.review.conflicts}
    return named


def hide(rows: Iterable[ClaimRow | AttributionRow], seen: Collection[str]) -> None:
    """Leave out the conflicts with events that the reader may not see."""
    for row in rows:
        found: list[FoundRow] = [row.now]
        if isinstance(row, ClaimRow) and row.review is not None:
            found.append(row.review)
        for one in found:
            one.conflicts = [each for each in one.conflicts if each.with_event in seen]
