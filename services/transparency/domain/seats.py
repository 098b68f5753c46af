"""The seats of bodies: kept for a constituency, and held by an organisation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited


class SeatEvent(NamedTuple):
    """A seat was reserved, filled or vacated, or its whole body dissolved."""

    cited: Cited
    type: str
    body: UUID
    at: datetime
    seat: UUID | None = None
    org: UUID | None = None
    constituency: UUID | None = None


class Share(NamedTuple):
    """What a constituency has of a body.

    Args:
        kept: The seats reserved for it; `filled` are those of them that somebody holds.
        held: All seats that organisations hold which represent it.
    """

    kept: int
    filled: int
    held: int


@dataclass
class Seats:
    """The seats of one body. Only the fold below changes one."""

    kept: dict[UUID, UUID | None] = field(default_factory=dict)
    held: dict[UUID, UUID | None] = field(default_factory=dict)
    events: dict[UUID, list[Cited]] = field(default_factory=dict)

    def share(self, constituency: UUID, orgs: Collection[UUID]) -> Share:
        """Return what a constituency has, which these organisations represent."""
        kept = [seat for seat, kept in self.kept.items() if kept == constituency]
        filled = sum(self.held[seat] is not None for seat in kept)
        return Share(len(kept), filled, sum(org in orgs for org in self.held.values()))

    def events_of(self, constituency: UUID, orgs: Collection[UUID]) -> set[Cited]:
        """Return what that rests on."""
        return {
            cited
            for seat, org in self.held.items()
            if org in orgs or self.kept.get(seat) == constituency
            for cited in self.events[seat]
        }


def seats(events: Iterable[SeatEvent], moment: datetime) -> dict[UUID, Seats]:
    """Return the seats of each body, as all that happened before `moment` left them."""
    found: dict[UUID, Seats] = {}
    for event in events:
        if event.at >= moment:
            continue
        if event.type == "BodyDissolved":
            found.pop(event.body, None)
        elif event.seat is not None:
            body = found.setdefault(event.body, Seats())
            if event.type == "SeatReserved":
                body.kept[event.seat] = event.constituency
            body.held[event.seat] = event.org
            body.events.setdefault(event.seat, []).append(event.cited)
    return found
