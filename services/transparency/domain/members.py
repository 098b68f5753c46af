"""Memberships: what became of each organisation that applied or joined."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.window import Window, day_of
from shared.event import Ref

STATES = {
    "MemberInvited": "invited",
    "MembershipApplied": "applied",
    "MembershipDeclined": "declined",
    "MemberJoined": "joined",
    "MemberSuspended": "suspended",
    "MemberReinstated": "joined",
    "MemberLeft": "left",
}


class MemberEvent(NamedTuple):
    position: int
    org: UUID
    type: str
    at: datetime
    kind: str | None = None
    sector: str | None = None
    commitment: str | None = None
    voting_right: bool | None = None


@dataclass(frozen=True)
class Membership:
    """`ref` is the event that the state follows from."""

    org: UUID
    state: str
    ref: Ref
    kind: str | None = None
    sector: str | None = None
    commitment: str | None = None
    voting_right: bool | None = None
    joined_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Joined, not suspended, and more than an observer."""
        return self.state == "joined" and self.commitment != "observer"


def fold(events: Iterable[MemberEvent]) -> dict[UUID, Membership]:
    """Return each membership as its events left it."""
    found: dict[UUID, Membership] = {}
    for event in events:
        before = found.get(event.org, Membership(event.org, "unknown", ""))
        found[event.org] = replace(
            before,
            state=STATES.get(event.type, before.state),
            ref=f"members/{event.position}",
            kind=event.kind or before.kind,
            sector=event.sector or before.sector,
            commitment=event.commitment or before.commitment,
            voting_right=before.voting_right if event.voting_right is None else event.voting_right,
            joined_at=event.at if event.type == "MemberJoined" else before.joined_at,
        )
    return found


class Active(NamedTuple):
    """An organisation from when it became active until it was no more; `None`: it still is."""

    org: UUID
    begins: datetime
    ends: datetime | None = None


def active_times(events: Iterable[MemberEvent]) -> list[Active]:
    """Return when organisations were active, in the order in which they became so."""
    found: list[Active] = []
    running: dict[UUID, int] = {}
    now: dict[UUID, Membership] = {}
    for event in events:
        was = now.get(event.org, Membership(event.org, "unknown", ""))
        state = STATES.get(event.type, was.state)
        now[event.org] = replace(was, state=state, commitment=event.commitment or was.commitment)
        if now[event.org].active and event.org not in running:
            running[event.org] = len(found)
            found.append(Active(event.org, event.at))
        elif not now[event.org].active and event.org in running:
            place = running.pop(event.org)
            found[place] = found[place]._replace(ends=event.at)
    return found


def active_in(times: Collection[Active], days: Window) -> frozenset[UUID]:
    """Return the organisations that were active at any time in these days."""
    return frozenset(
        each.org
        for each in times
        if day_of(each.begins) <= days.ends
        and (each.ends is None or day_of(each.ends) >= days.begins)
    )
