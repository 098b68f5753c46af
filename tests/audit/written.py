"""A journal as its reader sees it, of any length: what the intake fetches, without a service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from shared.canonical import chain_start, chained
from shared.feed import PAGE, Page
from shared.hot import Head

SERVICE = "members"


@dataclass
class Written:
    """The journal of one coalition; `write` appends, and what is there can be read from anywhere.

    Args:
        chains: The chain's value after each event, that before the first in front.
    """

    coalition: UUID
    entries: list[bytes] = field(default_factory=list)
    chains: list[bytes] = field(default_factory=list)
    service: str = SERVICE

    def __post_init__(self) -> None:
        self.chains.append(chain_start(self.service, self.coalition))

    def write(self, count: int, *, of_bytes: int = 0) -> None:
        """Append events; with `of_bytes` each has exactly so many."""
        for _ in range(count):
            position = len(self.entries) + 1
            entry = event(self.coalition, position)
            if of_bytes:
                entry = event(self.coalition, position, "a" * (of_bytes - len(entry)))
            self.entries.append(entry)
            self.chains.append(chained(self.chains[-1], [entry])[0])

    async def page(self, coalition: UUID, after: int) -> Page:
        """Return the events after a position."""
        assert coalition == self.coalition
        ends = min(after + PAGE, len(self.entries))
        entries = [(entry, ()) for entry in self.entries[after:ends]]
        return Page(entries, self.chains[ends], ends < len(self.entries))

    async def heads(self, since: float | None) -> Mapping[UUID, Head]:
        """Return where the journal stands."""
        del since
        return {self.coalition: Head(len(self.entries), self.chains[-1])}

    async def keys(self, coalition: UUID, after: int) -> list[Mapping[str, Any]]:
        """Return no keys: nothing here is sealed."""
        del coalition, after
        return []


def id_of(coalition: UUID, position: int) -> UUID:
    return UUID(int=(coalition.int << 64) % (1 << 128) | position)


def event(coalition: UUID, position: int, words: str = "") -> bytes:
    """Return an event's canonical bytes; the first one names the coalition's address."""
    named = {"slug": f"c-{coalition}"} if position == 1 else {}
    written = {
        "authtype": "app_user",
        "coalition": str(coalition),
        "correlationid": str(UUID(int=position)),
        "data": {"coins": position, "words": words} | named,
        "datacontenttype": "application/json",
        "id": str(id_of(coalition, position)),
        "recordedtime": "2026-03-12T15:04:05.131Z",
        "sequence": f"{position:020d}",
        "source": f"/coalitions/{coalition}/{SERVICE}",
        "specversion": "1.0",
        "streamversion": str(position),
        "subject": "jar-00000000-0000-0000-0000-000000000384",
        "time": "2026-03-12T15:04:05.131Z",
        "type": f"accord.{SERVICE}.CoinsPut",
        "visibility": "members",
    }
    return orjson.dumps(written, option=orjson.OPT_SORT_KEYS)
