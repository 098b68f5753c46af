"""Entries of the log: the bytes of events, as their journal holds them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

SOURCES = "members", "meetings", "credit"
"""Whose journals the log keeps."""
READER = "audit-keeps-the-log"
LARGEST = 65_535
"""Bytes that a bundle can hold of one entry (C2SP tlog-tiles)."""
URGENT = frozenset({
    "AttributionStatementReleased", "DecisionMade", "FrontLineDecisionMade", "PersonErased",
    "ReportIssued", "StatementReleased", "VotingClosed", "VotingOpened",
})  # fmt: skip
"""Types that are sealed at once, not at the next turn."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Unfit(ValueError):
    """Bytes that are no entry of this place: the message says what does not fit."""


@dataclass(frozen=True)
class Entries:
    """What the log knows of consecutive events without interpreting them.

    Args:
        ids: Of each, as it is written.
        urgent: Whether one of them is sealed at once.
    """

    ids: Sequence[str]
    urgent: bool


def entries(leaves: Sequence[bytes], coalition: UUID, service: str, first: int) -> Entries:
    """Check that bytes are canonical, and of these places, one after another; types are free.

    Raises:
        Unfit: they are not; the message names the first that is not.
    """
    written = [_read(leaf, position) for position, leaf in enumerate(leaves, first)]
    if not _canonical(written, leaves):
        positions = enumerate(zip(written, leaves, strict=True), first)
        found = next(n for n, (one, leaf) in positions if not _canonical([one], [leaf]))
        raise Unfit(f"event {found} is not in canonical form")
    ids, types = list[str](), set[str]()
    named, source = str(coalition), f"/coalitions/{coalition}/{service}"
    for position, one in enumerate(written, first):
        try:
            stated = one["coalition"], one["source"], one["sequence"]
            ids.append(_id(one["id"]))
            types.add(one["type"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unfit(f"event {position} is no event: {type(error).__name__}") from error
        if stated != (named, source, f"{position:020d}"):
            words = f"an event of another place: {stated[1]} {stated[2]}"
            raise Unfit(f"event {position} is {words}")
    return Entries(ids, urgent(types))


def urgent(types: Iterable[str]) -> bool:
    """Say whether one of these types is sealed at once, whatever service it is of."""
    return any(each.rpartition(".")[2] in URGENT for each in types)


def _read(leaf: bytes, position: int) -> Any:
    if len(leaf) > LARGEST:
        raise Unfit(f"event {position} has {len(leaf)} bytes; an entry has {LARGEST} at most")
    try:
        return orjson.loads(leaf)
    except ValueError as error:
        raise Unfit(f"event {position} is no event: {type(error).__name__}") from error


def _canonical(written: Sequence[Any], leaves: Sequence[bytes]) -> bool:
    """Say whether each value is written as its bytes are.

    All are written at once: each of these bytes is one JSON value, and in a text that several of
    them make up, joined by commas, only one way leads from the left to where each value ends.
    """
    try:
        again = orjson.dumps(written, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # nested too deeply
        return False
    return again == b"[%b]" % b",".join(leaves)


def _id(written: str) -> str:
    if not _ID.fullmatch(written):
        raise ValueError(written)
    return written
