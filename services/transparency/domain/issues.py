"""Issues at a moment: where each organisation stands on them, and which are parked.

Organisations may agree to disagree, which parks the issue until one of them reopens it. Who said
nothing has no position: silence counts neither for nor against.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Said

POLARITY = {"support": 1, "can_live_with": 1, "no_position": 0, "oppose": -1}


class IssueEvent(NamedTuple):
    """Something that happened to an issue; `stand` is the position that was taken."""

    cited: Cited
    type: str
    issue: UUID
    at: datetime
    by: UUID | None = None
    stand: str | None = None
    scope: str | None = None
    parties: tuple[UUID, ...] = ()
    terms: Said = None


class Stand(NamedTuple):
    """Where an organisation stands: for it (+1), against it (-1), or neither (0)."""

    polarity: int
    cited: Cited


@dataclass(frozen=True)
class Disagreement:
    """It is in force, and the issue parked, once every party has agreed."""

    parties: frozenset[UUID]
    terms: Said
    agreed: frozenset[UUID] = frozenset()
    since: datetime | None = None
    events: tuple[Cited, ...] = ()


@dataclass
class Issue:
    """`events` are those of its being raised and scoped. Only the fold below changes one."""

    id: UUID
    scope: str = "in"
    stands: dict[UUID, Stand] = field(default_factory=dict)
    disagreement: Disagreement | None = None
    events: list[Cited] = field(default_factory=list)

    @property
    def parked(self) -> Disagreement | None:
        """The disagreement in force, if there is one."""
        return self.disagreement if self.disagreement and self.disagreement.since else None

    def holding(self, polarity: int, orgs: Iterable[UUID]) -> frozenset[UUID]:
        """Return those of `orgs` who stand there."""
        stands = self.stands
        return frozenset(org for org in orgs if org in stands and stands[org].polarity == polarity)


def issues(events: Iterable[IssueEvent], moment: datetime) -> dict[UUID, Issue]:
    """Return each issue as all that happened before `moment` left it."""
    found: dict[UUID, Issue] = {}
    for event in events:
        if event.at < moment:
            _add(found.setdefault(event.issue, Issue(event.issue)), event)
    return found


def _add(issue: Issue, event: IssueEvent) -> None:
    match event.type:
        case "IssueRaised" | "IssueScoped":
            issue.scope = event.scope or issue.scope
            issue.events.append(event.cited)
        case "PositionTaken" | "PositionChanged":
            if event.by is not None and event.stand is not None:
                issue.stands[event.by] = Stand(POLARITY[event.stand], event.cited)
        case "AgreedToDisagree":
            issue.disagreement = _agreed(issue.disagreement, event)
        case "DisagreementReopened":
            issue.disagreement = None


def _agreed(before: Disagreement | None, event: IssueEvent) -> Disagreement:
    between = before or Disagreement(frozenset(event.parties), event.terms)
    agreed = between.agreed | ({event.by} if event.by else set())
    return replace(
        between,
        agreed=agreed,
        since=between.since or (event.at if agreed >= between.parties else None),
        events=(*between.events, event.cited),
    )
