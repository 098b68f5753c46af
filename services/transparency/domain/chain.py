"""How one decision led to the next: decided, an issue in practice, reopened, replaced.

A chain runs through all proposals that are tied so: a decision on one superseded one on another.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.said import Names, Said
from shared.event import timestamp

MADE, SUPERSEDED = "DecisionMade", "DecisionSuperseded"
SAYS = {
    MADE: "The decision was made",
    "ImplementationIssueReported": "reported an issue with putting it into practice",
    "DecisionReopened": "reopened the decision",
    SUPERSEDED: "A later decision superseded this one",
}


class Link(NamedTuple):
    """Something that happened to a decision.

    Args:
        title: What the proposal is called.
        said: What goes wrong, or what is new.
        because: The event that it was reopened for.
        successor: The decision that took its place; `effect` is whether it reversed it.
    """

    position: int
    type: str
    at: datetime
    proposal: UUID
    decision: UUID
    title: Said = None
    by: UUID | None = None
    said: Said = None
    because: str | None = None
    successor: UUID | None = None
    effect: str | None = None


def chain(proposal: UUID, links: Sequence[Link]) -> list[Link]:
    """Return what happened to the decisions tied to a proposal, in order.

    Nothing where they were made, and that is all.
    """
    on = {link.decision: link.proposal for link in links if link.type == MADE}
    tied: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for link in links:
        if link.successor in on:
            tied[link.proposal].add(on[link.successor])
            tied[on[link.successor]].add(link.proposal)
    found, waiting = {proposal}, [proposal]
    while waiting:
        more = tied[waiting.pop()] - found
        found |= more
        waiting += more
    own = sorted((each for each in links if each.proposal in found), key=lambda each: each.position)
    return own if any(link.type != MADE for link in own) else []


def shown(links: Iterable[Link], names: Names) -> list[dict[str, Any]]:
    """Return the links as a reader is shown them."""
    return [
        {
            "type": link.type,
            "words": SAYS[link.type],
            "at": timestamp(link.at),
            "decision": str(link.decision),
            "title": link.title,
            "by": names.of(link.by),
            "said": link.said,
            "because": link.because,
            "successor": str(link.successor) if link.successor else None,
            "effect": link.effect,
            "ref": f"meetings/{link.position}",
        }
        for link in links
    ]
