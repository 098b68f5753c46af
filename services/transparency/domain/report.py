"""What all reports share: the head that is hashed, figures, and what is left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson

from services.transparency.domain.refs import Cited, cite, cite_unseen
from services.transparency.domain.said import Reason, withheld
from shared.event import Digest, base64url, timestamp

FORMAT_VERSION = 1
Cell = dict[str, Any]
"""A value and its refs, or `None` and the reason why it is undefined."""


@dataclass(frozen=True)
class Head:
    """What a report is about, and what it stands on. Nothing here says when it was made (T1).

    Args:
        as_of: The position of each journal it includes.
        as_of_time: When the newest event it includes was recorded.
        n: Active members at that point.
        withheld: How many items were left out, by reason; the filters of a page do not count.
        boundary_version: Of the disclosure policy in force; 0 where none was agreed.
    """

    coalition: str
    report: str
    name: str
    as_of: Mapping[str, int]
    as_of_time: datetime | None
    audience: str
    n: int
    withheld: Mapping[Reason, int]
    window: tuple[date | None, date | None] = (None, None)
    more: Mapping[str, Any] = field(default_factory=dict)
    boundary_version: int = 0

    def written(self) -> dict[str, Any]:
        begins, ends = self.window
        window = {"from": begins, "to": ends} if begins or ends else None
        return {
            "coalition": self.coalition,
            "report": self.report,
            "name": self.name,
            "format_version": FORMAT_VERSION,
            "as_of": dict(self.as_of),
            "as_of_time": timestamp(self.as_of_time) if self.as_of_time else None,
            "window": window,
            "audience": self.audience,
            "boundary_version": self.boundary_version,
            "n": self.n,
            "withheld": {reason: count for reason, count in self.withheld.items() if count},
            **self.more,
        }


def figure(
    name: str, value: Any, events: Sequence[Cited], unit: str | None = None, **of: Any
) -> dict[str, Any]:
    """Return a figure with what it rests on (T2).

    Args:
        of: Whose figure it is, such as an organisation's.
    """
    written: dict[str, Any] = {"figure": name, "value": value, **of, **cite(events)}
    return written | ({"unit": unit} if unit else {})


def cell(value: Any, events: Sequence[Cited], why: str = "", *, unseen: bool = False) -> Cell:
    """Return a value with what it rests on.

    Args:
        why: It is undefined, where it is.
        unseen: The reader may not see these events: they are cited by count and root.
    """
    said: Cell = {"value": value, **(cite_unseen(events) if unseen else cite(events))}
    return said | {"reason": why} if value is None else said


def suppressed() -> Cell:
    """Return what stands for a value that too few contributed to: not even how few."""
    return {"value": withheld("suppressed"), "refs": []}


def count_suppressed(written: Any) -> int:
    """Return how many values in there are suppressed."""
    if isinstance(written, Mapping):
        if written.get("withheld") == "suppressed":
            return 1
        return sum(map(count_suppressed, written.values()))
    return sum(map(count_suppressed, written)) if isinstance(written, list | tuple) else 0


def canonical(written: Any) -> bytes:
    """Return the bytes of a report: the same positions give the same bytes (T1)."""
    return orjson.dumps(written, option=orjson.OPT_SORT_KEYS)


def content(head: Any, summary: Any, rows: Any) -> Digest:
    """Return the digest of what is hashed of a report."""
    return base64url(sha256(canonical([head, summary, rows])).digest())
