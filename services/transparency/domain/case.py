"""A case: one proposal, the voting on it, and what came of it, as recorded.

The register, the matrix of stances and the page of a decision are all read from cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.moment import Moment
from services.transparency.domain.objections import Objection, objections
from services.transparency.domain.said import Said
from services.transparency.domain.tally import (
    Electorate,
    extended,
    held,
)
from shared.event import Ref

CLOSING = frozenset({"DecisionMade", "QuorumNotMet", "DecisionDeferred"})
NOBODY = Electorate(())
TAKEN, WITHDRAWN = "StanceTaken", "StanceWithdrawn"


@dataclass(frozen=True)
class Proposal:
    id: UUID
    position: int
    at: datetime
    by: UUID | None
    body: UUID | None
    issue: UUID | None
    objective: UUID | None
    title: Said
    text: Said
    supersedes: Mapping[str, Any] | None = None
    audience: tuple[str, ...] = ()

    @property
    def visibility(self) -> str | None:
        """The class of its readers, such as `members`; `None` where nobody is named."""
        classes = {token.partition(":")[0] for token in self.audience}
        return "public" if "public" in classes else min(classes, default=None)


@dataclass(frozen=True)
class Opened:
    """A round of voting, with what was frozen when it opened.

    `electorate` is `None` where the event holds only its digest.
    """

    position: int
    at: datetime
    by: UUID | None
    round: int
    rule: UUID
    rule_version: int
    terms: Mapping[str, Any]
    text: str
    electorate: Electorate | None
    closes_at: datetime | None
    gate: str
    override: Said = None
    lead: UUID | None = None
    meeting: UUID | None = None


class Detail(NamedTuple):
    """What is special about a stance: that it is not a first one, its reason, a proxy."""

    type: str = TAKEN
    before: str | None = None
    reason: Said = None
    proxy: bool = False


PLAIN = Detail()


class Spoken(NamedTuple):
    """A stance taken, changed or withdrawn; `option` is `None` once withdrawn or kept secret."""

    position: int
    org: UUID
    option: str | None
    leaf: bytes
    at: datetime
    authority: str | None
    detail: Detail = PLAIN

    @property
    def ref(self) -> Ref:
        return f"meetings/{self.position}"

    @property
    def withdrawn(self) -> bool:
        return self.detail.type == WITHDRAWN

    @property
    def ad_referendum(self) -> bool:
        return self.authority == "ad_referendum"


@dataclass(frozen=True)
class Outcome:
    """How it ended. `decision` is the proposal's id where no decision was made."""

    position: int
    type: str
    decision: UUID
    at: datetime
    outcome: str
    counts: Mapping[str, int] | None = None
    voters: int | None = None
    entitled: int | None = None
    dissent: tuple[UUID, ...] = ()
    stood_aside: tuple[UUID, ...] = ()
    accountable: tuple[UUID, ...] = ()
    objections: Mapping[str, str] = field(default_factory=dict)
    meeting: UUID | None = None
    source_id: str | None = None
    imported: bool = False
    text: str | None = None
    needed: int | None = None
    reached: int | None = None

    @property
    def made(self) -> bool:
        return self.type == "DecisionMade"


@dataclass(frozen=True)
class Case:
    """One proposal up to one outcome, or up to now where it is still open.

    Args:
        voting: The round that was decided, or is open.
        spoken: The stances of that round, in order.
        moments: What else happened to the proposal, in order, later than the outcome too.
        said: The stances of all rounds.
        rare: All other events of the proposal's stream: their positions and leaf hashes.
        complete: Whether the reader sees every stance.
    """

    proposal: Proposal
    voting: Opened | None
    spoken: Sequence[Spoken]
    moments: Sequence[Moment]
    outcome: Outcome | None
    said: Sequence[Spoken]
    rare: Sequence[tuple[int, bytes]]
    complete: bool = True

    @cached_property
    def events(self) -> list[tuple[int, bytes]]:
        """All events of the proposal's stream."""
        return sorted([*self.rare, *((said.position, said.leaf) for said in self.said)])

    @property
    def later(self) -> list[tuple[int, bytes]]:
        """What happened after the outcome, other rounds' stances left out."""
        assert self.outcome is not None
        return [event for event in self.rare if event[0] > self.outcome.position]

    @cached_property
    def electorate(self) -> Electorate:
        """Who was entitled, by the end of the round; nobody where that is not known."""
        if self.voting is None or self.voting.electorate is None:
            return NOBODY
        grown = [
            each
            for moment in self.before_outcome
            if moment.type == "ElectorateExtended" and moment.position > self.voting.position
            for each in moment.data["classes"]
        ]
        return extended(self.voting.electorate, grown) if grown else self.voting.electorate

    @cached_property
    def held(self) -> dict[int, Spoken]:
        """The stance that each vote class holds at close, by its place in the electorate."""
        return held(self.electorate, self.spoken)

    def stance_of(self, org: UUID) -> Spoken | None:
        """Return what the organisation's vote class holds, whoever of it said so."""
        return self.held.get(self.electorate.places[org])

    @cached_property
    def closed(self) -> Moment | None:
        """The end of this round of voting."""
        return next(
            (
                moment
                for moment in self.moments
                if moment.type == "VotingClosed"
                and self.voting is not None
                and moment.position > self.voting.position
            ),
            None,
        )

    @cached_property
    def objections(self) -> list[Objection]:
        """The objections raised before the outcome, and what became of each by then."""
        return list(objections(self.before_outcome).values())

    @property
    def before_outcome(self) -> Iterator[Moment]:
        end = self.outcome.position if self.outcome else None
        return (moment for moment in self.moments if end is None or moment.position < end)
