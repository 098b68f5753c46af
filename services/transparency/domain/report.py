"""What all reports share: the head that is hashed, figures, and what is left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson

from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.said import Reason
from shared.event import Digest, base64url, timestamp

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Head:
    """What a report is about, and what it stands on. Nothing here says when it was made (T1).

    Args:
        as_of: The position of each journal it includes.
        as_of_time: When the newest event it includes was recorded.
        n: Active members at that point.
        withheld: How many items were left out, by reason; the filters of a page do not count.
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
            "boundary_version": 0,
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


def canonical(written: Any) -> bytes:
    """Return the bytes of a report: the same positions give the same bytes (T1)."""
    return orjson.dumps(written, option=orjson.OPT_SORT_KEYS)


def content(head: Any, summary: Any, rows: Any) -> Digest:
    """Return the digest of what is hashed of a report."""
    return base64url(sha256(canonical([head, summary, rows])).digest())
