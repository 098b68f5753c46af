"""An entry of the log: the bytes of one event, as its journal holds them."""

from dataclasses import dataclass
from uuid import UUID

import orjson

LARGEST = 65_535
"""Bytes that a bundle can hold of one entry (C2SP tlog-tiles)."""
URGENT = frozenset({
    "AttributionStatementReleased", "DecisionMade", "FrontLineDecisionMade", "PersonErased",
    "ReportIssued", "StatementReleased", "VotingClosed", "VotingOpened",
})  # fmt: skip
"""Types that are sealed at once, not at the next turn."""


class Unfit(ValueError):
    """Bytes that are no entry of this place: the message says what does not fit."""


@dataclass(frozen=True)
class Entry:
    """What the log knows of an event without interpreting it."""

    id: UUID
    type: str
    leaf: bytes

    @property
    def urgent(self) -> bool:
        return self.type.rpartition(".")[2] in URGENT


def entry(leaf: bytes, coalition: UUID, service: str, position: int) -> Entry:
    """Check that bytes are canonical and of this coalition, service and position; types are free.

    Raises:
        Unfit: they are not.
    """
    if len(leaf) > LARGEST:
        raise Unfit(f"{len(leaf)} bytes; an entry has {LARGEST} at most")
    try:
        written = orjson.loads(leaf)
        canonical = orjson.dumps(written, option=orjson.OPT_SORT_KEYS) == leaf
        stated = written["coalition"], written["source"], written["sequence"]
        found = Entry(UUID(written["id"]), str(written["type"]), leaf)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unfit("no event: " + type(error).__name__) from error
    if not canonical:
        raise Unfit("not in canonical form")
    if stated != (str(coalition), f"/coalitions/{coalition}/{service}", f"{position:020d}"):
        raise Unfit(f"an event of another place: {stated[1]} {stated[2]}")
    return found
