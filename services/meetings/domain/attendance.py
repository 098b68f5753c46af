"""Who is at a meeting: by person and organisation, and whether that makes a quorum.

It is part of the meeting's stream.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from immutables import Map

from services.meetings.domain.ids import AccId, AttendanceId, BodyId, OrgId, PersonId
from services.meetings.domain.rule import Rule
from shared.decider import Refused
from shared.event import Command, Context, Event, Personal, Sealed

Mode = Literal["in_person", "remote"]


@dataclass(frozen=True)
class BodyRules:
    """The rules in force in the body, and the organisations that sit in it."""

    terms: tuple[Rule, ...]
    orgs: frozenset[OrgId]

    @property
    def notice(self) -> timedelta:
        """The longest notice one of them asks for."""
        return timedelta(hours=max((each.notice_hours for each in self.terms), default=0))

    @property
    def needed(self) -> int | None:
        """The organisations that make a quorum by all of them; `None` without a rule."""
        shares = (each.quorum.at_least for each in self.terms)
        return max((-(-share * len(self.orgs) // whole) for share, whole in shares), default=None)


@dataclass(frozen=True)
class SamePerson:
    """The attendances recorded for the person a command names."""

    recorded: frozenset[AttendanceId]


@dataclass(frozen=True)
class Chairs:
    """The bodies that the acting person chairs, for the acting organisation."""

    bodies: frozenset[BodyId]


class RecordAttendance(Command):
    attendance: AttendanceId
    org: OrgId | None = None
    person: PersonId
    accreditation: AccId | None = None
    mode: Mode


class RecordDeparture(Command):
    attendance: AttendanceId


class AttendanceRecorded(Event):
    """A person came to a meeting, for an organisation or for nobody."""

    attendance: AttendanceId
    org: OrgId | None = None
    person: Personal[PersonId]
    accreditation: AccId | None = None
    mode: Mode


class DepartureRecorded(Event):
    """Somebody who attended left the meeting."""

    attendance: AttendanceId


class QuorumEstablished(Event):
    """Enough organisations are present for the body to decide."""

    present: int
    needed: int


class QuorumLost(Event):
    """Too few organisations are still present for the body to decide."""

    present: int
    needed: int


AttendanceEvent = AttendanceRecorded | DepartureRecorded | QuorumEstablished | QuorumLost


@dataclass(frozen=True)
class Attendance:
    org: OrgId | None
    accreditation: AccId | None
    left: bool = False


Attendances = Map[AttendanceId, Attendance]


@dataclass(frozen=True)
class Room:
    """Who was recorded in the meeting of a body, and whether they made a quorum last."""

    body: BodyId
    people: Attendances
    quorate: bool


def organisations(people: Attendances) -> frozenset[OrgId]:
    """Return the organisations in the room now."""
    return frozenset(each.org for each in people.values() if each.org and not each.left)


def arrived(command: RecordAttendance, room: Room, context: Context) -> list[AttendanceEvent]:
    """Return the arrival, and the quorum where it makes one."""
    if known := room.people.get(command.attendance):
        if (known.org, known.accreditation) == (command.org, command.accreditation):
            return []
        raise Refused("counted_twice", "Another attendance has that id: use a new one.")
    _for_own(command.org, room, context)
    _not_here_yet(command, room.people, context)
    event = AttendanceRecorded(
        attendance=command.attendance,
        org=command.org,
        person=Sealed(command.person, about=command.person),
        accreditation=command.accreditation,
        mode=command.mode,
    )
    return [event, *_quorum(after(room.people, event), room, context)]


def departed(command: RecordDeparture, room: Room, context: Context) -> list[AttendanceEvent]:
    """Return the departure, and the quorum's loss where it breaks one."""
    here = room.people.get(command.attendance)
    if here is None:
        raise Refused("unknown_attendance", "Nobody was recorded here under that id.")
    if here.left:
        return []
    _for_own(here.org, room, context)
    event = DepartureRecorded(attendance=command.attendance)
    return [event, *_quorum(after(room.people, event), room, context)]


def after(people: Attendances, event: AttendanceRecorded | DepartureRecorded) -> Attendances:
    """Return who was recorded after `event`."""
    if isinstance(event, DepartureRecorded):
        return people.set(event.attendance, replace(people[event.attendance], left=True))
    return people.set(event.attendance, Attendance(event.org, event.accreditation))


def _for_own(org: OrgId | None, room: Room, context: Context) -> None:
    if context.imported:
        return
    if org is None:
        raise Refused("no_organisation", "Say for which organisation the person is here.")
    if org != context.by and room.body not in context.fact(Chairs).bodies:
        raise Refused("not_your_organisation", "For other organisations, the chair records it.")


def _not_here_yet(command: RecordAttendance, people: Attendances, context: Context) -> None:
    same = context.fact(SamePerson).recorded
    if any(
        _is_here(each) and each.org == command.org
        for each in (*_of(people, same), *_holding(people, command.accreditation))
    ):
        raise Refused("counted_twice", "That person is recorded here for the organisation.")


def _is_here(attendance: Attendance) -> bool:
    return not attendance.left


def _of(people: Attendances, ids: Iterable[AttendanceId]) -> list[Attendance]:
    return [people[id_] for id_ in ids if id_ in people]


def _holding(
    people: Mapping[AttendanceId, Attendance], accreditation: AccId | None
) -> list[Attendance]:
    held = (each for each in people.values() if each.accreditation is not None)
    return [each for each in held if each.accreditation == accreditation]


def _quorum(
    people: Attendances, room: Room, context: Context
) -> list[QuorumEstablished | QuorumLost]:
    if context.imported:
        return []
    rules = context.fact(BodyRules)
    present, needed = len(organisations(people) & rules.orgs), rules.needed
    if needed is None or (present >= needed) == room.quorate:
        return []
    if room.quorate:
        return [QuorumLost(present=present, needed=needed)]
    return [QuorumEstablished(present=present, needed=needed)]
