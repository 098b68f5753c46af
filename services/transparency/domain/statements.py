"""Statements that were released: who put their name to each, and how far apart they once stood.

Former opponents are those who sign and once stood on the other side of an issue than another who
signs: one for it, the other against it, at whatever time before the release (F12). Diversity is
Blau's index of the sectors of those who sign, over the most that so many sectors can have.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.issues import POLARITY, IssueEvent
from services.transparency.domain.numbers import decimal
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import cell
from services.transparency.domain.said import Names, Said
from services.transparency.domain.size import diversity
from shared.event import timestamp


class Belongs(NamedTuple):
    """The sector an organisation named when it joined last."""

    cited: Cited
    sector: str | None


class Minority(NamedTuple):
    """A minority statement on a decision."""

    cited: Cited
    org: UUID | None
    text: Said


@dataclass(frozen=True)
class Statement:
    """What was released.

    Args:
        text: The digest of the message's words.
        minority: The minority statements that travel with it, as far as the reader sees them.
    """

    cited: Cited
    at: datetime
    by: UUID | None
    message: UUID
    decision: UUID
    audience: str
    text: str
    sign_ons: tuple[UUID, ...]
    minority: tuple[Minority, ...]


class Opponents(NamedTuple):
    """On which issues each organisation once stood against another, and what says so."""

    issues: Mapping[UUID, frozenset[UUID]]
    events: Sequence[Cited]


def former_opponents(
    orgs: Collection[UUID], stands: Iterable[IssueEvent], before: datetime
) -> Opponents:
    """Return who of `orgs` once stood on the other side of an issue than another of them."""
    sides: defaultdict[UUID, dict[int, dict[UUID, Cited]]] = defaultdict(lambda: {1: {}, -1: {}})
    for event in stands:
        polarity = POLARITY.get(event.stand or "", 0)
        if event.by in orgs and event.by is not None and polarity and event.at < before:
            sides[event.issue][polarity].setdefault(event.by, event.cited)
    apart: defaultdict[UUID, set[UUID]] = defaultdict(set)
    events: set[Cited] = set()
    for issue, held in sides.items():
        for one, other in ((held[1], held[-1]), (held[-1], held[1])):
            for org, cited in one.items():
                if other.keys() - {org}:
                    apart[org].add(issue)
                    events.add(cited)
    return Opponents({org: frozenset(on) for org, on in apart.items()}, sorted(events))


def row(
    statement: Statement, belongs: Mapping[UUID, Belongs], stands: Iterable[IssueEvent],
    names: Names,
) -> dict[str, Any]:  # fmt: skip
    """Return a statement with everybody who signs it, by name.

    Args:
        belongs: Of each organisation, its sector.
        stands: Every position that was taken, in order.
    """
    signs = names.ordered(statement.sign_ons)
    against = former_opponents(statement.sign_ons, stands, statement.at)
    members = [belongs[org] for org in signs if org in belongs]
    sectors = [each.sector for each in members if each.sector]
    joined = sorted(each.cited for each in members)
    filed = [each.cited for each in statement.minority]
    return {
        "statement": statement.cited.ref,
        "message": names.of(statement.message),
        "decision": names.of(statement.decision),
        "audience": statement.audience,
        "released_at": timestamp(statement.at),
        "released_by": names.of(statement.by),
        "text": statement.text,
        "sign_ons": [
            {
                "organisation": names.of(org),
                "sector": belongs[org].sector if org in belongs else None,
            }
            for org in signs
        ],
        "sectors": sorted(set(sectors)),
        "diversity": cell(decimal(diversity(sectors)), joined, "fewer than two sectors sign"),
        "former_opponents": [
            {
                "organisation": names.of(org),
                "issues": [names.of(issue) for issue in names.ordered(against.issues[org])],
            }
            for org in names.ordered(against.issues)
        ],
        "minority_statements": [
            {"organisation": names.of(each.org), "text": each.text, "ref": each.cited.ref}
            for each in statement.minority
        ],
        **cite(sorted({statement.cited, *joined, *against.events, *filed})),
    }
