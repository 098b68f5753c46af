"""How far a checkpoint is relied on, in words: who signed it, who witnessed it, and when."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.tlog.encoding import shown
from shared.tlog.policy import Judged, Policy


@dataclass(frozen=True)
class Relied:
    """A checkpoint as a policy judges it."""

    policy: Policy
    judged: Judged

    @property
    def origin(self) -> str:
        return self.judged.checkpoint.origin

    @property
    def size(self) -> int:
        return self.judged.checkpoint.size

    @property
    def short(self) -> str:
        """Why it is relied on less than the policy asks for; empty where it is not."""
        if self.judged.met:
            return ""
        have, of, needed = self._quorum()
        return f"{have} of {of} witnesses signed it, and {needed} are needed."

    @property
    def since(self) -> int | None:
        """POSIX seconds: a quorum had seen it by then. `None` where none is asked for, or met."""
        if self.policy.quorum is None or not self.judged.met:
            return None
        counted: set[bytes] = set()
        for name, at in sorted(self.judged.witnessed.items(), key=lambda each: -each[1]):
            counted.add(name)
            if self.policy.met_by(counted):
                return at
        return None

    @property
    def established(self) -> tuple[str, ...]:
        clauses = [f"log signature of {shown(self.origin)}"]
        if seen := self._seen():
            said = ", ".join(f"{name} ({moment(at)})" for name, at in seen)
            have, of, needed = self._quorum()
            count = f" ({have} of {of}; {needed} needed)" if self.policy.quorum else ""
            clauses.append(f"witnessed by {said}{count}")
        return tuple(clauses)

    @property
    def not_established(self) -> tuple[str, ...]:
        after = f"anything after entry {self.size - 1}" if self.size else "that anything was logged"
        alone = "that others are shown the same history: the policy asks for no witness"
        missing = "events that were never submitted, and whether what is said in them is true"
        return (after, missing) if self.policy.quorum else (after, alone, missing)

    @property
    def facts(self) -> Mapping[str, Any]:
        have, of, needed = self._quorum()
        return {
            "origin": self.origin,
            "size": self.size,
            "root": base64.b64encode(self.judged.checkpoint.root).decode(),
            "witnesses": [{"name": name, "at": moment(at)} for name, at in self._seen()],
            "quorum": {"met": self.judged.met, "have": have, "of": of, "needed": needed},
        }

    def _seen(self) -> list[tuple[str, int]]:
        """Return who witnessed and when, the latest first, by organisation where one has a group.

        A witness that is the only part of a group goes by the group's name.
        """
        alone = {
            group.parts[0]: group.name for group in self.policy.groups if len(group.parts) == 1
        }
        return [
            (alone.get(name, name).decode(errors="backslashreplace"), at)
            for name, at in sorted(self.judged.witnessed.items(), key=lambda each: (-each[1], each))
        ]

    def _quorum(self) -> tuple[int, int, int]:
        """Return how many parts of the quorum are met, of how many, and how many are needed."""
        name, counted = self.policy.quorum, self.policy.counted(self.judged.witnessed)
        if name is None:
            return len(self.judged.witnessed), len(self.policy.witnesses), 0
        for group in self.policy.groups:
            if group.name == name:
                return len(counted.intersection(group.parts)), len(group.parts), group.needed
        return int(name in counted), 1, 1


def moment(at: int) -> str:
    """Return POSIX seconds as people read them, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
