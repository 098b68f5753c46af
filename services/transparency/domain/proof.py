"""What the proof of a report shows of each event, and the figures that anybody can count again.

Whoever has the proof has it for good, and may hand it on: it shows an event only where its class is
for that audience, and of what is sealed only what the report tells of, never who acted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from services.transparency.domain.refs import SHOWN, Range

Why = Literal["audience", "erased", "redacted", "lost"]
_TOLD = ("proposal-", "frontline-")
_WHO = "actor"
_MADE = "accord.meetings.DecisionMade"


def is_for(event: Mapping[str, Any], tokens: Collection[str]) -> bool:
    """Say whether readers with these tokens may see that an event happened, and what it says."""
    named = str(event.get("audience", "")).split()
    if named:
        return not {each if ":" in each else f"org:{each}" for each in named}.isdisjoint(tokens)
    return event.get("visibility") in tokens


def tells(event: Mapping[str, Any]) -> bool:
    """Say whether the register of decisions tells what is sealed in an event."""
    return str(event.get("subject", "")).startswith(_TOLD)


def shows(name: str) -> bool:
    """Say whether the register shows a sealed field of an event that it tells of."""
    return name != _WHO


@dataclass
class Figure:
    """A figure as a filter and a fold: `count`, or `sum` or `distinct` of what stands at `of`."""

    name: str
    where: Mapping[str, Any]
    fold: Literal["count", "sum", "distinct"] = "count"
    of: str | None = None
    entries: list[int] = field(default_factory=list)
    total: int = 0
    values: set[str] = field(default_factory=set)
    leaves: Range = field(default_factory=Range)

    def take(self, index: int, leaf_hash: bytes, event: Mapping[str, Any]) -> None:
        """Count an event, if it belongs to the figure."""
        if any(at(event, path) != value for path, value in self.where.items()):
            return
        self.entries.append(index)
        self.leaves = self.leaves.extend([leaf_hash])
        value = at(event, self.of) if self.of else None
        if self.fold == "sum" and value is not None:
            self.total += value
        if self.fold == "distinct" and value is not None:
            self.values.add(str(value))

    def written(self) -> dict[str, Any]:
        values = {"count": len(self.entries), "sum": self.total, "distinct": len(self.values)}
        few = len(self.entries) <= SHOWN
        return {
            "name": self.name, "where": dict(self.where), "fold": self.fold,
            **({"of": self.of} if self.of else {}), "value": values[self.fold],
            "entries": list(self.entries) if few else self.leaves,
        }  # fmt: skip


def figures() -> Sequence[Figure]:
    """Return the figures of the register, with nothing counted yet."""
    kinds = {
        "without_quorum": "QuorumNotMet",
        "deferred": "DecisionDeferred",
        "reopened": "DecisionReopened",
        "superseded": "DecisionSuperseded",
        "front_line": "FrontLineDecisionMade",
        "minority_statements": "MinorityStatementFiled",
    }
    return [
        Figure("decisions", {"type": _MADE}),
        Figure("adopted", {"type": _MADE, "data.outcome": "adopted"}),
        Figure("rejected", {"type": _MADE, "data.outcome": "rejected"}),
        Figure("voters", {"type": _MADE}, "sum", "data.voters"),
        Figure("issues", {"type": _MADE}, "distinct", "data.issue"),
        *(Figure(name, {"type": f"accord.meetings.{kind}"}) for name, kind in kinds.items()),
    ]


def at(event: Mapping[str, Any], path: str) -> Any:
    """Return what stands in clear at a dotted path; `None` where nothing does."""
    here: Any = event
    for name in path.split("."):
        if not isinstance(here, Mapping):
            return None
        here = here.get(name)
    return here


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()
