"""What a reader is shown of words and names: the words, the reason why not, or nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

Said = Mapping[str, Any] | None

Reason = Literal["audience", "erased", "redacted", "lost", "suppressed", "ballot"]


def withheld(reason: Reason) -> Said:
    """Return what stands in a cell whose value is not shown (T3)."""
    return {"withheld": reason}


def words(said: Said) -> str:
    """Return plain words, for a table of cells; `[reason]` where they are withheld."""
    if said is None:
        return ""
    if "withheld" in said:
        return f"[{said['withheld']}]"
    text: str = said["text"]
    return text


@dataclass(frozen=True)
class Names:
    """What organisations, bodies, issues, meetings and wins are called, as this reader sees it."""

    known: Mapping[UUID, Said]
    persons: frozenset[UUID] = frozenset()
    """The members that are one person: their names may be erased, so no order rests on them."""
    _shown: dict[UUID, dict[str, Any]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, key: UUID | None) -> dict[str, Any] | None:
        """Return `{id, name}`, one and the same each time; `None` for nobody."""
        if key is None:
            return None
        if (shown := self._shown.get(key)) is None:
            shown = self._shown[key] = {"id": str(key), "name": self.known.get(key)}
        return shown

    def words(self, key: UUID | None) -> str:
        """Return the name, or the id where no name is known."""
        if key is None:
            return ""
        return words(self.known.get(key)) or str(key)

    def ordered(self, keys: Iterable[UUID]) -> list[UUID]:
        """Return organisations by name: nothing ranks them (K6). Persons follow, by id."""
        ranks, last = self._ranks, len(self._ranks)
        return sorted(keys, key=lambda key: (ranks.get(key, last), key))

    def place(self, key: UUID) -> tuple[bool, str, UUID]:
        """Return what comes before what where names are listed; it stays after an erasure."""
        person = key in self.persons
        return person, "" if person else self.words(key).casefold(), key

    @cached_property
    def _ranks(self) -> dict[UUID, int]:
        listed = sorted(self.known, key=self.place)
        return {key: rank for rank, key in enumerate(listed)}
