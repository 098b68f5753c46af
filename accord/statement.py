"""What a verifier says: what is established, what is not, and how that ends a command."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Self


class Verdict(IntEnum):
    """How a verification ended; the numbers are exit codes."""

    VERIFIED = 0
    INVALID = 1
    SHORT = 3
    """Valid, but below the quorum or stale."""
    FORKED = 4


@dataclass(frozen=True)
class Statement:
    """What was verified, for people and, by stable names, for programs.

    Args:
        subject: What it is about, such as a report, its log and its entries.
        established: What holds now, one clause each.
        not_established: What this could not tell, one clause each; never empty.
        reason: Why it is not `VERIFIED`, in one sentence; empty where it is.
        facts: The same as values; joins the names of the other fields in JSON.
    """

    subject: str
    verdict: Verdict
    established: tuple[str, ...] = ()
    not_established: tuple[str, ...] = ()
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def with_evidence(self, file: Path) -> Self:
        """Return it with where the evidence of a fork lies."""
        return replace(
            self,
            reason=f"{self.reason} The evidence is in {file}.",
            facts={**self.facts, "evidence": str(file)},
        )

    def text(self) -> str:
        """Return it as lines for a terminal."""
        lines = [self.subject]
        if self.reason:
            lines.append(f"{self.verdict.name}: {self.reason}")
        for title, clauses in (
            ("Established", self.established),
            ("Not established", self.not_established),
        ):
            if clauses:
                lines.append(f"{title}: " + ";\n    ".join(clauses) + ".")
        return "\n".join(lines)

    def json(self) -> str:
        """Return it as one JSON object."""
        return json.dumps(
            {
                **self.facts,
                "subject": self.subject,
                "verdict": self.verdict.name.lower(),
                "exit": int(self.verdict),
                "reason": self.reason,
                "established": list(self.established),
                "not_established": list(self.not_established),
            },
            ensure_ascii=False, indent=2,
        )  # fmt: skip
