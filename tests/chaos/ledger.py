"""What clients were told: every command with its key, and the answer it got."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ACCEPTED = {200, 201}
DOCUMENTED = {200, 201, 409, 412, 422, 429, 503}
"""What the rig's commands may be answered; a 503 says when to come back."""


@dataclass
class Entry:
    """A command under one key.

    Args:
        other: Another body that the same route would take.
    """

    key: str
    service: str
    path: str
    body: Any
    person: str
    by: str | None
    if_match: int | None = None
    other: Any = None
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0

    @property
    def accepted(self) -> bool:
        return self.status in ACCEPTED

    @property
    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.answer.get("events", []) if self.accepted else []
        return found


class Ledger:
    """All entries of a run, by key; and what was answered that should not have been."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.entries: dict[str, Entry] = {}
        self.complaints: list[str] = []
        self.attempts = Counter[str]()
        self.longest = 0.0

    def enter(
        self, service: str, path: str, body: Any, person: str, by: str | None,
        *, if_match: int | None = None, other: Any = None,
    ) -> Entry:  # fmt: skip
        """Write a command down before it is sent."""
        key = f"chaos-{self.seed}-{len(self.entries)}"
        entry = Entry(key, service, path, body, person, by, if_match, other)
        self.entries[key] = entry
        return entry

    def accepted(self) -> Iterator[Entry]:
        return (entry for entry in self.entries.values() if entry.accepted)

    def unanswered(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.status is None]

    def complain(self, words: str) -> None:
        self.complaints.append(words)
