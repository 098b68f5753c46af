"""A meeting: called, prepared, held, and closed once every next step has an owner.

Its stream has more: what is on the `agenda.py`, who is asked to come (`invitation.py`) and to
prepare something (`prework.py`), who is there (`attendance.py`), who speaks and for
how long (`floor.py`), whether that may be recorded (`recording.py`), which items rest
(`parking.py`), and what is written down (`minutes.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

from immutables import Map
from pydantic import AwareDatetime, Field

from services.meetings.domain import agenda as agendas
from services.meetings.domain import attendance as attendances
from services.meetings.domain import floor as floors
from services.meetings.domain import invitation, minutes, parking, prework, recording
from services.meetings.domain.agenda import (
    AgendaCommand,
    AgendaEvent,
    AgendaPublished,
    Items,
    PublishAgenda,
)
from services.meetings.domain.attendance import (
    AttendanceEvent,
    AttendanceRecorded,
    Attendances,
    DepartureRecorded,
    QuorumEstablished,
    QuorumLost,
    RecordAttendance,
    RecordDeparture,
)
from services.meetings.domain.floor import Discussed, Floor, FloorCommand, FloorEvent
from services.meetings.domain.ids import (
    AccId,
    BodyId,
    ItemId,
    OrgId,
    PersonId,
    SeriesId,
    StepId,
)
from services.meetings.domain.invitation import InvitationCommand, InvitationEvent, Invitations
from services.meetings.domain.minutes import MeetingSteps, Minutes, MinutesCommand, MinutesEvent
from services.meetings.domain.parking import Parked, ParkingCommand, ParkingEvent
from services.meetings.domain.prework import PreWork, PreWorkCommand, PreWorkEvent
from services.meetings.domain.recording import AnswerRecording, Answers, RecordingAnswered
from shared.decider import Decider, Refused
from shared.event import (
    Command,
    Context,
    Digest,
    Event,
    Moment,
    Personal,
    Ref,
    Sealed,
    Text,
    Value,
)


@dataclass(frozen=True)
class Formality:
    """Whether the coalition works in formal mode."""

    formal: bool


@dataclass(frozen=True)
class Recurring:
    """What the series that a meeting belongs to says: its body, where there is such a series.

    Args:
        written: Whether the minutes of the meeting before this one are at least drafted.
    """

    body: BodyId | None = None
    written: bool = True


@dataclass(frozen=True)
class WayBack:
    """Whether the organisation is only informed in some phase, and the way back in is there."""

    informed: bool
    entry: bool


class ScheduleMeeting(Command):
    """A meeting of a `series` needs no title: it is called as the series is."""

    series: SeriesId | None = None
    title: Text | None = None
    body: BodyId
    host: OrgId | None = None
    starts_at: Moment
    ends_at: Moment | None = None
    place: Text | None = None
    piggyback_on: Text | None = None


class RescheduleMeeting(Command):
    starts_at: Moment
    ends_at: Moment
    place: Text


class CancelMeeting(Command):
    reason: Text


class AppointFacilitator(Command):
    person: PersonId
    accreditation: AccId | None = None
    org: OrgId | None = None
    external: bool


class InviteBack(Command):
    """`entry`: the event at which the organisation can come in again, such as an agenda item."""

    org: OrgId
    entry: Ref


class OpenMeeting(Command):
    pass


class Override(Value):
    """The steps left unowned, and why the meeting closes all the same."""

    steps: tuple[StepId, ...] = Field(max_length=500)
    reason: Text


class CloseMeeting(Command):
    override: Override | None = None


class MeetingScheduled(Event):
    """A meeting of a body is called."""

    series: SeriesId | None = None
    title: Sealed[Text] = Sealed()
    body: BodyId
    host: OrgId | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    place: Sealed[Text] = Sealed()
    piggyback_on: Sealed[Text] = Sealed()


class MeetingRescheduled(Event):
    """A meeting takes place at another time or place."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    place: Sealed[Text]


class MeetingCancelled(Event):
    """A meeting will not take place."""

    reason: Sealed[Text]


class FacilitatorAppointed(Event):
    """Somebody, of a member or from outside, is to lead through the meeting."""

    person: Personal[PersonId]
    accreditation: AccId | None = None
    org: OrgId | None = None
    external: bool


class ReengagementInvited(Event):
    """An organisation that was only informed is asked to take part again, and why now."""

    org: OrgId
    entry: Ref


class MeetingOpened(Event):
    """The meeting begins."""


class Overridden(Value):
    steps: tuple[StepId, ...]
    reason: Sealed[Text] = Sealed()


class MeetingClosed(Event):
    """The meeting ends; its next steps have owners, or the exception is named."""

    steps: tuple[StepId, ...]
    override: Overridden | None = None


PlanCommand = AgendaCommand | InvitationCommand | PreWorkCommand
PlanEvent = AgendaEvent | InvitationEvent | PreWorkEvent
RoomCommand = (
    RecordAttendance
    | RecordDeparture
    | FloorCommand
    | ParkingCommand
    | AnswerRecording
    | MinutesCommand
)
RoomEvent = AttendanceEvent | FloorEvent | ParkingEvent | RecordingAnswered | MinutesEvent
MeetingCommand = (
    ScheduleMeeting
    | RescheduleMeeting
    | CancelMeeting
    | PlanCommand
    | AppointFacilitator
    | InviteBack
    | OpenMeeting
    | RoomCommand
    | CloseMeeting
)
MeetingEvent = (
    MeetingScheduled
    | MeetingRescheduled
    | MeetingCancelled
    | PlanEvent
    | FacilitatorAppointed
    | ReengagementInvited
    | MeetingOpened
    | RoomEvent
    | MeetingClosed
)


@dataclass(frozen=True)
class Meeting:
    body: BodyId
    host: OrgId | None
    starts_at: datetime
    ends_at: datetime | None
    place: Digest | None
    piggybacked: bool
    series: SeriesId | None = None
    stage: Literal["scheduled", "open", "closed", "cancelled"] = "scheduled"
    invitations: Invitations = field(default_factory=Invitations)
    prework: PreWork = field(default_factory=Map)
    items: Items = field(default_factory=Map)
    agenda: tuple[ItemId, ...] = ()
    facilitated: bool = False
    facilitators: frozenset[AccId] = frozenset()
    facilitating: frozenset[OrgId] = frozenset()
    invited_back: frozenset[tuple[OrgId, Ref]] = frozenset()
    attendance: Attendances = field(default_factory=Map)
    quorate: bool = False
    floor: Floor = field(default_factory=Floor)
    parked: Parked = field(default_factory=Map)
    recording: Answers = field(default_factory=Map)
    minutes: Minutes | None = None

    @property
    def present(self) -> frozenset[OrgId]:
        """The organisations in the room now."""
        return attendances.organisations(self.attendance)

    @property
    def discussed(self) -> Discussed:
        """What the floor is about, and who may have it."""
        return Discussed(self.body, self.items, self.parked, self.present)


def decide(
    command: MeetingCommand, meeting: Meeting | None, context: Context
) -> list[MeetingEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if isinstance(command, ScheduleMeeting):
        return _schedule(command, meeting, context)
    if meeting is None:
        raise Refused("unknown_meeting", "There is no such meeting: schedule it first.")
    if isinstance(command, PlanCommand):
        return _plan(command, meeting, context)
    if isinstance(command, RoomCommand):
        return _sit(command, meeting, context)
    match command:
        case RescheduleMeeting():
            return _reschedule(command, meeting)
        case CancelMeeting():
            return _cancel(command, meeting)
        case AppointFacilitator():
            return _appoint(command, meeting)
        case InviteBack():
            return _invite_back(command, meeting, context)
        case OpenMeeting():
            return _open(meeting, context)
        case CloseMeeting():
            return _close(command, meeting, context)
        case _:
            assert_never(command)


def evolve(meeting: Meeting | None, event: MeetingEvent) -> Meeting:
    """Return the meeting after `event`. Never refuses: history has already happened."""
    if isinstance(event, MeetingScheduled):
        return Meeting(
            body=event.body,
            host=event.host,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            place=event.place.digest,
            piggybacked=event.piggyback_on.digest is not None,
            series=event.series,
        )
    assert meeting is not None
    if isinstance(event, PlanEvent):
        return _planned(meeting, event)
    if isinstance(event, RoomEvent):
        return _sat(meeting, event)
    match event:
        case MeetingRescheduled(starts_at=starts, ends_at=ends, place=place):
            return replace(meeting, starts_at=starts, ends_at=ends, place=place.digest)
        case MeetingCancelled():
            return replace(meeting, stage="cancelled")
        case FacilitatorAppointed():
            return _appointed(meeting, event)
        case ReengagementInvited(org=org, entry=entry):
            return replace(meeting, invited_back=meeting.invited_back | {(org, entry)})
        case MeetingOpened():
            return replace(meeting, stage="open")
        case MeetingClosed():
            return replace(meeting, stage="closed")
        case _:
            assert_never(event)


def _planned(meeting: Meeting, event: PlanEvent) -> Meeting:
    if isinstance(event, InvitationEvent):
        return replace(meeting, invitations=invitation.after(meeting.invitations, event))
    if isinstance(event, PreWorkEvent):
        return replace(meeting, prework=prework.after(meeting.prework, event))
    listed = event.items if isinstance(event, AgendaPublished) else meeting.agenda
    return replace(meeting, items=agendas.after(meeting.items, event), agenda=listed)


def _sat(meeting: Meeting, event: RoomEvent) -> Meeting:
    if isinstance(event, FloorEvent):
        return replace(meeting, floor=floors.after(meeting.floor, event))
    if isinstance(event, ParkingEvent):
        return replace(meeting, parked=parking.after(meeting.parked, event))
    if isinstance(event, MinutesEvent):
        return replace(meeting, minutes=minutes.after(meeting.minutes, event))
    match event:
        case AttendanceRecorded() | DepartureRecorded():
            return replace(meeting, attendance=attendances.after(meeting.attendance, event))
        case QuorumEstablished():
            return replace(meeting, quorate=True)
        case QuorumLost():
            return replace(meeting, quorate=False)
        case RecordingAnswered():
            return replace(meeting, recording=recording.after(meeting.recording, event))
        case _:
            assert_never(event)


def _appointed(meeting: Meeting, event: FacilitatorAppointed) -> Meeting:
    accreditations = {event.accreditation} if event.accreditation else set[AccId]()
    outside = {event.org} if event.external and event.org else set[OrgId]()
    return replace(
        meeting,
        facilitated=True,
        facilitators=meeting.facilitators | accreditations,
        facilitating=meeting.facilitating | outside,
    )


def _schedule(
    command: ScheduleMeeting, meeting: Meeting | None, context: Context
) -> list[MeetingEvent]:
    if meeting is not None:
        asked = command.series, command.body, command.host, command.starts_at, command.ends_at
        known = meeting.series, meeting.body, meeting.host, meeting.starts_at, meeting.ends_at
        if asked == known:
            return []
        raise Refused("already_scheduled", "This meeting exists: move it, or schedule another.")
    if command.series is not None:
        _belongs(command.body, context.fact(Recurring).body)
    wanted = command.title or command.series, command.host, command.ends_at, command.place
    if None in wanted and not context.imported:
        raise Refused("details_missing", "Give the meeting a title, host, end and place.")
    _in_order(command.starts_at, command.ends_at)
    scheduled = MeetingScheduled(
        series=command.series,
        title=Sealed(command.title),
        body=command.body,
        host=command.host,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        place=Sealed(command.place),
        piggyback_on=Sealed(command.piggyback_on),
    )
    return [scheduled]


def _belongs(body: BodyId, of_series: BodyId | None) -> None:
    if of_series is None:
        raise Refused("unknown_series", "There is no such series: establish it first.")
    if of_series != body:
        raise Refused("other_body", "This is a series of another body: name the body that meets.")


def _reschedule(command: RescheduleMeeting, meeting: Meeting) -> list[MeetingEvent]:
    _only("scheduled", meeting)
    asked = command.starts_at, command.ends_at, command.place.digest()
    if asked == (meeting.starts_at, meeting.ends_at, meeting.place):
        return []
    _in_order(command.starts_at, command.ends_at)
    moved = MeetingRescheduled(
        starts_at=command.starts_at, ends_at=command.ends_at, place=Sealed(command.place)
    )
    return [moved]


def _in_order(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise Refused("ends_before_start", "A meeting ends after it starts.")


def _cancel(command: CancelMeeting, meeting: Meeting) -> list[MeetingEvent]:
    if meeting.stage == "cancelled":
        return []
    _only("scheduled", meeting)
    return [MeetingCancelled(reason=Sealed(command.reason))]


def _plan(command: PlanCommand, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    found: Sequence[MeetingEvent]
    if isinstance(command, InvitationCommand):
        found = invitation.sent(command, meeting.invitations, context)
    elif isinstance(command, PreWorkCommand):
        found = prework.prepared(command, meeting.prework, meeting.items, context)
    elif isinstance(command, PublishAgenda):
        called = agendas.Called(meeting.starts_at, meeting.piggybacked)
        found = agendas.published(command, meeting.items, meeting.agenda, called, context)
    else:
        found = agendas.proposed(command, meeting.items, context)
    if found:
        _under_way(meeting)
    return [*found]


def _sit(command: RoomCommand, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    if isinstance(command, FloorCommand):
        return _discuss(command, meeting, context)
    if isinstance(command, ParkingCommand):
        return _rest(command, meeting, context)
    if isinstance(command, MinutesCommand):
        return _write(command, meeting, context)
    match command:
        case RecordAttendance() | RecordDeparture():
            return _attend(command, meeting, context)
        case AnswerRecording():
            if meeting.recording.get(command.attendance) != command.agreed:
                _under_way(meeting)
            answers, here = meeting.recording, meeting.attendance
            return [*recording.answered(command, answers, here, context)]
        case _:
            assert_never(command)


def _discuss(command: FloorCommand, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    found = floors.held(command, meeting.floor, meeting.discussed, context)
    if found:
        _only("open", meeting)
    return [*found]


def _rest(command: ParkingCommand, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    """Park only while the meeting is open; what is due comes back whatever became of it since."""
    parked, floor = meeting.parked, meeting.floor
    found = parking.held(command, parked, floor, meeting.discussed, context)
    if found and not context.system:
        _only("open", meeting)
    return [*found]


def _appoint(command: AppointFacilitator, meeting: Meeting) -> list[MeetingEvent]:
    _under_way(meeting)
    if command.accreditation in meeting.facilitators:
        return []
    appointed = FacilitatorAppointed(
        person=Sealed(command.person, about=command.person),
        accreditation=command.accreditation,
        org=command.org,
        external=command.external,
    )
    return [appointed]


def _invite_back(command: InviteBack, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    if (command.org, command.entry) in meeting.invited_back:
        return []
    _under_way(meeting)
    way = context.fact(WayBack)
    if not way.informed:
        raise Refused("not_at_inform", "Invite back a member that is only informed in some phase.")
    if not way.entry:
        raise Refused("unknown_entry", "Nothing is recorded there: name an event to come in at.")
    return [ReengagementInvited(org=command.org, entry=command.entry)]


def _open(meeting: Meeting, context: Context) -> list[MeetingEvent]:
    if meeting.stage in {"open", "closed"}:
        return []
    _only("scheduled", meeting)
    if not meeting.facilitated and not context.imported and context.fact(Formality).formal:
        raise Refused("no_facilitator", "A formal meeting needs a facilitator: appoint one.")
    if meeting.series and not context.imported and not context.fact(Recurring).written:
        raise Refused(
            "minutes_missing", "Draft the minutes of the series' previous meeting before this one."
        )
    return [MeetingOpened()]


def _attend(
    command: RecordAttendance | RecordDeparture, meeting: Meeting, context: Context
) -> list[MeetingEvent]:
    room = attendances.Room(meeting.body, meeting.attendance, meeting.quorate)
    if isinstance(command, RecordDeparture):
        found = attendances.departed(command, room, context)
    else:
        found = attendances.arrived(command, room, context)
    if found:
        _under_way(meeting)
    return [*found]


def _write(command: MinutesCommand, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    if meeting.stage not in {"open", "closed"}:
        raise Refused("wrong_stage", f"The meeting is {meeting.stage}: open it first.")
    return [*minutes.written(command, meeting.minutes, meeting.body, context)]


def _close(command: CloseMeeting, meeting: Meeting, context: Context) -> list[MeetingEvent]:
    if meeting.stage == "closed":
        return []
    _only("open", meeting)
    known = context.fact(MeetingSteps)
    override = command.override
    named = set(override.steps) if override else set[StepId]()
    if unowned := known.unsettled - named:
        listed = ", ".join(str(step) for step in sorted(unowned))
        detail = f"Nobody has accepted these steps yet: {listed}. Find owners, or name them."
        raise Refused("unowned_steps", detail)
    closed = MeetingClosed(
        steps=tuple(sorted(known.steps)),
        override=Overridden(steps=tuple(sorted(named)), reason=Sealed(override.reason))
        if override
        else None,
    )
    return [*floors.silenced(meeting.floor, meeting.body, context), closed]


def _under_way(meeting: Meeting) -> None:
    if meeting.stage in {"closed", "cancelled"}:
        raise Refused("wrong_stage", f"The meeting is {meeting.stage}.")


def _only(stage: str, meeting: Meeting) -> None:
    if meeting.stage != stage:
        raise Refused("wrong_stage", f"The meeting is {meeting.stage}, not {stage}.")


decider: Decider[MeetingCommand, Meeting | None, MeetingEvent] = Decider(
    "meeting", MeetingEvent, None, decide, evolve
)
