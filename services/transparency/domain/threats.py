"""Threats at a moment, and who shares them; one that was retired threatens nobody any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited


class ThreatEvent(NamedTuple):
    cited: Cited
    type: str
    threat: UUID
    at: datetime
    by: UUID | None = None
    issues: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Threat:
    """`shared_by` has whoever identified it, too, each with the event that says so."""

    id: UUID
    since: datetime
    issues: tuple[UUID, ...] = ()
    shared_by: Mapping[UUID, Cited] = field(default_factory=dict)


def threats(events: Iterable[ThreatEvent], moment: datetime) -> dict[UUID, Threat]:
    """Return the threats that last, as all that happened before `moment` left them."""
    found: dict[UUID, Threat] = {}
    for event in events:
        if event.at >= moment:
            continue
        if event.type == "ThreatRetired":
            found.pop(event.threat, None)
            continue
        if event.type == "ThreatIdentified":
            found[event.threat] = Threat(event.threat, event.at, event.issues)
        if event.by is not None and event.threat in found:
            threat = found[event.threat]
            shared = {**threat.shared_by, event.by: event.cited}
            found[event.threat] = replace(threat, shared_by=shared)
    return found
