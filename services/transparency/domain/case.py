"""A case: one proposal, the voting on it, and what came of it, as recorded.

The register, the matrix of stances and the page of a decision are all read from cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Reason, Said, withheld
from services.transparency.domain.tally import DISSENT, OPTIONS, Result, Stance, VoteClass, Voting
from services.transparency.domain.tally import tally as count_again

CLOSING = frozenset({"DecisionMade", "QuorumNotMet", "DecisionDeferred"})
TAKEN, WITHDRAWN = "StanceTaken", "StanceWithdrawn"
ANSWERED = {
    "ObjectionAccommodated": "accommodated",
    "ObjectionRetracted": "retracted",
    "ObjectionSetAside": "set_aside",
    "ObjectionOutweighed": "outweighed",
}


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
    electorate: tuple[VoteClass, ...] | None
    closes_at: datetime | None
    gate: str
    override: Said = None
    lead: UUID | None = None
    meeting: UUID | None = None


class Detail(NamedTuple):
    """What else is known of a stance."""

    type: str = TAKEN
    before: str | None = None
    reason: Said = None
    at: datetime | None = None
    authority: str | None = None
    proxy: bool = False


PLAIN = Detail()


class Spoken(NamedTuple):
    """A stance taken, changed or withdrawn; `option` is `None` once withdrawn or kept secret.

    Args:
        detail: Plain where it is a first stance without a reason, and nobody asked for its time.
    """

    position: int
    org: UUID
    option: str | None
    leaf: bytes
    detail: Detail = PLAIN

    @property
    def cited(self) -> Cited:
        return Cited("meetings", self.position, self.leaf)

    @property
    def at(self) -> datetime:
        assert self.detail.at is not None
        return self.detail.at


@dataclass(frozen=True)
class Moment:
    """Anything else that happened to a proposal; `data` as the reader may see it."""

    position: int
    type: str
    at: datetime
    by: UUID | None
    data: Mapping[str, Any]

    @property
    def ref(self) -> str:
        return f"meetings/{self.position}"


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
class Objection:
    id: str
    by: UUID | None
    grounds: Said
    raised_at: datetime
    raised: str
    disposition: str = "stands"
    reasoning: Said = None
    by_whom: UUID | None = None
    answered: str | None = None


@dataclass(frozen=True)
class Case:
    """One proposal up to one outcome, or up to now where it is still open.

    Args:
        voting: The round that was decided, or is open.
        spoken: The stances of that round, in order.
        moments: What else happened to the proposal, in order, later than the outcome too.
        events: All events of the proposal's stream.
        complete: Whether the reader sees every stance.
    """

    proposal: Proposal
    voting: Opened | None
    spoken: Sequence[Spoken]
    moments: Sequence[Moment]
    outcome: Outcome | None
    events: Sequence[Cited]
    complete: bool = True

    @cached_property
    def held(self) -> dict[UUID, Spoken]:
        """The stance that each entitled organisation's vote class holds at close."""
        held: dict[tuple[UUID, ...], Spoken] = {}
        for spoken in self.spoken:
            if (vote_class := self.classes.get(spoken.org)) is None:
                continue
            if spoken.detail.type == WITHDRAWN:
                held.pop(vote_class.orgs, None)
            else:
                held[vote_class.orgs] = spoken
        return {org: spoken for orgs, spoken in held.items() for org in orgs}

    @cached_property
    def final(self) -> dict[UUID, Spoken]:
        """The stances at close, by the organisation that took them."""
        return {spoken.org: spoken for spoken in self.held.values()}

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
        return list(_objections(self.before_outcome).values())

    @property
    def before_outcome(self) -> Iterator[Moment]:
        end = self.outcome.position if self.outcome else None
        return (moment for moment in self.moments if end is None or moment.position < end)

    @cached_property
    def classes(self) -> Mapping[UUID, VoteClass]:
        """The vote class of each organisation of the electorate."""
        electorate = (self.voting.electorate if self.voting else None) or ()
        return {org: vote_class for vote_class in electorate for org in vote_class.orgs}

    @cached_property
    def recount(self) -> Result | None:
        """What follows from the stances; `None` where they cannot be counted again."""
        voting = self.voting
        if voting is None or voting.electorate is None or self._untold:
            return None
        present = self.closed.data.get("present") if self.closed else None
        frozen = Voting(
            terms=voting.terms,
            electorate=voting.electorate,
            chair=voting.by,
            proposer=self.proposal.by,
            lead=voting.lead,
            present=frozenset(UUID(org) for org in present or ()),
        )
        is_open = any(objection.disposition == "stands" for objection in self.objections)
        return count_again(frozen, self._stances(), objection_open=is_open)

    @property
    def _untold(self) -> Reason | None:
        """Why this reader cannot count again."""
        if not self.complete:
            return "audience"
        secret = (said.option is None and said.detail.type != WITHDRAWN for said in self.spoken)
        return "ballot" if any(secret) else None

    def _stances(self) -> Iterator[Stance]:
        ratified = {
            moment.by: moment.position
            for moment in self.before_outcome
            if moment.type == "DecisionRatified"
        }
        for position, org, option, _, detail in self.spoken:
            pending = detail.authority == "ad_referendum" and ratified.get(org, 0) < position
            yield Stance(position, org, option, pending, detail.reason is not None)

    @property
    def recomputed(self) -> Any:
        """`yes`, the figures that differ, or why nothing can be computed."""
        outcome, result = self.outcome, self.recount
        if outcome is None or outcome.type == "DecisionDeferred":
            return None
        if result is None:
            return withheld(self._untold or "lost")
        return _differences(outcome, result) or "yes"


def dissents(spoken: Spoken) -> bool:
    return spoken.option in DISSENT


def _differences(outcome: Outcome, result: Result) -> dict[str, Any]:
    recorded: dict[str, Any] = {"outcome": outcome.outcome}
    computed: dict[str, Any] = {"outcome": result.outcome}
    if outcome.counts is not None:
        recorded |= {option: outcome.counts.get(option, 0) for option in OPTIONS}
        computed |= result.counts
    for name, of_record, counted in (
        ("voters", outcome.voters, result.voters),
        ("entitled", outcome.entitled, result.entitled),
    ):
        if of_record is not None:
            recorded[name], computed[name] = of_record, counted
    return {
        name: {"recorded": recorded[name], "computed": computed[name]}
        for name in recorded
        if recorded[name] != computed[name]
    }


def _objections(moments: Iterator[Moment]) -> dict[str, Objection]:
    found: dict[str, Objection] = {}
    for moment in moments:
        key = moment.data.get("objection")
        if moment.type == "ObjectionRaised":
            found[moment.data["objection"]] = Objection(
                id=moment.data["objection"],
                by=moment.by,
                grounds=moment.data.get("grounds"),
                raised_at=moment.at,
                raised=moment.ref,
            )
        elif key in found:
            found[key] = _answered(found[key], moment)
    return found


def _answered(objection: Objection, moment: Moment) -> Objection:
    if moment.type in ANSWERED:
        disposition = ANSWERED[moment.type]
    elif moment.type == "FormalObjectionResolved" and moment.data["result"] == "overruled":
        disposition = "overruled"
    elif moment.type in {"FormalObjectionRegistered", "FormalObjectionResolved"}:
        disposition = "stands"
    else:
        return objection
    return replace(
        objection,
        disposition=disposition,
        reasoning=moment.data.get("reasoning") or moment.data.get("reason"),
        by_whom=moment.by,
        answered=moment.ref,
    )
