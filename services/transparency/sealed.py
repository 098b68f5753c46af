"""What was sealed in events, from the journals it was sealed in: disclosed, or why not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.proof import Why, shows, tells
from shared.feed import Entry
from shared.host import Host
from shared.problems import Problem
from shared.sealing import Disclosure, Key, decrypted, said_by
from shared.source import Peer


class SealedField(NamedTuple):
    """A field of an event.

    Args:
        disclosure: What it says; `None`: it is withheld.
        why: It is withheld.
        by: By what it was ended: the ref of the redaction, or whose erasure it was.
    """

    digest: str
    disclosure: str | None = None
    why: Why = "audience"
    by: str | UUID | None = None


@dataclass
class Journal:
    """The sealed fields of one journal, read in the order of its positions.

    Args:
        tokens: Of those whom the values are for.
        redacted: By what each digest was redacted.
    """

    host: Host
    coalition: UUID
    source: Peer
    tokens: Collection[str]
    redacted: Mapping[str, str]
    _first: int = 0
    _entries: Sequence[Entry] = ()
    _keys: Mapping[UUID, Key] = field(default_factory=dict)
    _ended: frozenset[UUID] = frozenset()
    _whose: Mapping[UUID, UUID] = field(default_factory=dict)

    async def fields(self, position: int, event: Mapping[str, Any]) -> list[SealedField]:
        """Return the sealed fields of an event.

        Raises:
            Problem: 503, its journal does not answer.
        """
        if not self._first <= position < self._first + len(self._entries):
            await self._read(position)
        _, closed = self._entries[position - self._first]
        return [self._field(each, event) for each in closed]

    async def _read(self, position: int) -> None:
        try:
            page = await self.source.page(self.coalition, position - 1)
            self._first, self._entries = position, page.entries
            if not page.entries:
                raise _silent(self.source.service)
            wanted = {closed.key for _, each in page.entries for closed in each}
            assert self.host.keys is not None
            keys, ended = await self.host.keys.look(self.coalition, wanted)
            if wanted - keys.keys() - ended:
                made = await self.source.keys(self.coalition, 0)
                await self.host.keys.keep(self.coalition, self.source.service, made)
                keys, ended = await self.host.keys.look(self.coalition, wanted)
            self._keys, self._ended = keys, ended
            self._whose = await self.host.keys.persons(self.coalition, wanted)
        except OSError as error:
            raise _silent(self.source.service) from error

    def _field(self, closed: Disclosure, event: Mapping[str, Any]) -> SealedField:
        digest = closed.digest
        if by := self.redacted.get(digest):
            return SealedField(digest, why="redacted", by=by)
        if closed.erased is not None or closed.key in self._ended:
            return SealedField(digest, why="erased", by=self._whose.get(closed.key))
        if closed.audience not in self.tokens or not tells(event):
            return SealedField(digest)
        key = self._keys.get(closed.key)
        said = decrypted(key, self.coalition, UUID(event["id"]), closed) if key else None
        if said is None:
            return SealedField(digest, why="lost")
        name, _ = said_by(said)
        return SealedField(digest, said.decode() if shows(name) else None)


def _silent(service: str) -> Problem:
    detail = f"The journal of {service} does not answer: ask again in a few seconds."
    return Problem(503, "journal_silent", detail, headers={"Retry-After": "2"})
