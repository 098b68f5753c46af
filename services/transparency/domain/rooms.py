"""Meetings as they were held: who was asked, who came, who spoke, and how hot it was."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Said
from services.transparency.domain.table import Table

CAME, OPENED, SCHEDULED = "AttendanceRecorded", "MeetingOpened", "MeetingScheduled"
STARTED, ENDED = "SpeechStarted", "SpeechEnded"
RAISED, LOWERED = "HeatRaised", "HeatLowered"
ASKED, PROPOSED = "InvitationSent", "AgendaItemProposed"


class Event(NamedTuple):
    """Something that happened at a meeting.

    Args:
        org: Who hosts, came, spoke, or proposed the item.
        thing: The attendance, the speech or the item.
        accreditation: With which somebody came.
        orgs: Who was invited.
        words: Why the heat changed, or what the item is called.
    """

    cited: Cited
    type: str
    meeting: UUID
    at: datetime
    org: UUID | None = None
    thing: UUID | None = None
    accreditation: UUID | None = None
    seconds: int | None = None
    body: UUID | None = None
    orgs: tuple[UUID, ...] = ()
    words: Said = None


@dataclass
class Voice:
    """How much an organisation said."""

    turns: int = 0
    seconds: int = 0


@dataclass
class Room:
    """A meeting as it was held. Only the fold below changes one.

    Args:
        came: The accreditation of each attendance.
        first: Those who had never spoken before.
        own: What an organisation was asked to or did there.
    """

    meeting: UUID
    at: datetime | None = None
    host: UUID | None = None
    body: UUID | None = None
    invited: set[UUID] = field(default_factory=set)
    asked: bool = False
    present: set[UUID] = field(default_factory=set)
    came: list[UUID | None] = field(default_factory=list)
    voices: defaultdict[UUID, Voice] = field(default_factory=lambda: defaultdict(Voice))
    first: set[UUID] = field(default_factory=set)
    items: Counter[UUID] = field(default_factory=Counter)
    titles: dict[UUID, Said] = field(default_factory=dict)
    heat: list[Event] = field(default_factory=list)
    events: set[Cited] = field(default_factory=set)
    own: defaultdict[UUID, set[Cited]] = field(default_factory=lambda: defaultdict(set))


def rooms(events: Iterable[Event]) -> list[Room]:
    """Return the meetings that were held, in the order in which they began."""
    found: dict[UUID, Room] = {}
    speeches: dict[UUID, UUID] = {}
    spoken: set[UUID] = set()
    for event in events:
        room = found.setdefault(event.meeting, Room(event.meeting))
        room.events.add(event.cited)
        if event.type in {OPENED, CAME, STARTED} and room.at is None:
            room.at = event.at
        if event.type == STARTED and event.org is not None:
            if event.org not in spoken:
                room.first.add(event.org)
            spoken.add(event.org)
            if event.thing is not None:
                speeches[event.thing] = event.org
        for org in _whose(event, speeches):
            room.own[org].add(event.cited)
        _happen(room, event, speeches)
    return sorted((room for room in found.values() if room.at), key=_when)


def _whose(event: Event, speeches: Mapping[UUID, UUID]) -> Iterable[UUID]:
    """Return the organisations that an event is about."""
    if event.type == ENDED and event.thing is not None and event.thing in speeches:
        return (speeches[event.thing],)
    return event.orgs if event.org is None else (event.org,)


def _happen(room: Room, event: Event, speeches: Mapping[UUID, UUID]) -> None:
    match event.type:
        case "MeetingScheduled":
            room.host, room.body = event.org, event.body
        case "InvitationSent":
            room.asked = True
            room.invited |= {*event.orgs}
        case "AttendanceRecorded":
            room.came.append(event.accreditation)
            if event.org is not None:
                room.present.add(event.org)
        case "SpeechStarted" if event.org is not None:
            room.voices[event.org].turns += 1
        case "SpeechEnded" if event.thing is not None and event.thing in speeches:
            room.voices[speeches[event.thing]].seconds += event.seconds or 0
        case "AgendaItemProposed":
            if event.org is not None:
                room.items[event.org] += 1
            if event.thing is not None:
                room.titles[event.thing] = event.words
        case "HeatRaised" | "HeatLowered":
            room.heat.append(event)


def _when(room: Room) -> tuple[datetime, UUID]:
    assert room.at is not None
    return room.at, room.meeting


def voices(held: Iterable[Room]) -> dict[UUID, Voice]:
    """Return how much each organisation said that was there, the silent ones included."""
    found: defaultdict[UUID, Voice] = defaultdict(Voice)
    for room in held:
        for org in room.present:
            found[org].turns += 0
        for org, voice in room.voices.items():
            found[org].turns += voice.turns
            found[org].seconds += voice.seconds
    return dict(found)


def constituencies(table: Table) -> Mapping[UUID, list[UUID]]:
    """Return the constituencies that each organisation represents."""
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for constituency, orgs in table.represented.items():
        for org in orgs:
            found[org].append(constituency)
    return found


def spread(
    amounts: Mapping[UUID, int], of: Mapping[UUID, list[UUID]]
) -> defaultdict[UUID | None, Fraction]:
    """Return what falls to each constituency: an organisation gives each of its k a k-th."""
    found: defaultdict[UUID | None, Fraction] = defaultdict(Fraction)
    for org, amount in amounts.items():
        own: Sequence[UUID | None] = of.get(org) or (None,)
        for constituency in own:
            found[constituency] += Fraction(amount, len(own))
    return found
