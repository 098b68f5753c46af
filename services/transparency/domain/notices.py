"""What meetings, workstreams and members tell: agendas, minutes, progress, who is asked first.

After a meeting that nobody came to in person, minutes are drafted within 48 hours and next steps
written down within 24; after others within two weeks and three days (`reports.md` 4.8).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Said

REMOTE_MINUTES, MINUTES = timedelta(hours=48), timedelta(weeks=2)
REMOTE_STEPS, STEPS = timedelta(hours=24), timedelta(days=3)
QUIET_DAYS = 14
"""After so many days without an update, a workstream is quiet."""


class Notice(NamedTuple):
    """Something that was told, or that telling depends on.

    Args:
        about: The meeting, the workstream, or the organisation.
        org: Who leads a workstream.
        starts_at: When a meeting is to begin.
        flag: Whether an agenda came at short notice, or somebody came from afar.
        on_day: Of a briefing.
    """

    cited: Cited
    type: str
    about: UUID
    at: datetime
    org: UUID | None = None
    starts_at: datetime | None = None
    flag: bool | None = None
    on_day: date | None = None
    name: Said = None


@dataclass
class Meeting:
    """What was told of a meeting. Only the fold below changes one."""

    meeting: UUID
    starts_at: datetime | None = None
    agenda: Notice | None = None
    closed: datetime | None = None
    modes: set[bool] = field(default_factory=set)
    minutes: datetime | None = None
    steps: list[datetime] = field(default_factory=list)
    events: list[Cited] = field(default_factory=list)

    @property
    def remote(self) -> bool | None:
        """Whether nobody came in person; `None` where nobody is known to have come."""
        return False not in self.modes if self.modes else None

    @property
    def notice(self) -> int | None:
        """The seconds from the agenda to the meeting."""
        if self.agenda is None or self.starts_at is None:
            return None
        return int((self.starts_at - self.agenda.at).total_seconds())

    @property
    def minutes_due(self) -> datetime | None:
        within = REMOTE_MINUTES if self.remote else MINUTES
        return self.closed + within if self.closed else None

    @property
    def steps_due(self) -> datetime | None:
        within = REMOTE_STEPS if self.remote else STEPS
        return self.closed + within if self.closed else None

    def minutes_on_time(self, now: datetime) -> bool | None:
        """Return whether minutes were drafted in time; `None` while there is time."""
        if self.minutes_due is None:
            return None
        if self.minutes is not None:
            return self.minutes <= self.minutes_due
        return False if now > self.minutes_due else None

    def steps_on_time(self) -> bool | None:
        """Return whether all next steps were written down in time; `None` where there are none."""
        if self.steps_due is None or not self.steps:
            return None
        return max(self.steps) <= self.steps_due


def meetings(notices: Iterable[Notice]) -> list[Meeting]:
    """Return the meetings, in the order in which they were first told of."""
    found: dict[UUID, Meeting] = {}
    for notice in notices:
        held = found.setdefault(notice.about, Meeting(notice.about))
        held.events.append(notice.cited)
        match notice.type:
            case "MeetingScheduled" | "MeetingRescheduled":
                held.starts_at = notice.starts_at
            case "AgendaPublished":
                held.agenda = held.agenda or notice
            case "AttendanceRecorded":
                held.modes.add(bool(notice.flag))
            case "MeetingClosed":
                held.closed = notice.at
            case "MinutesDrafted":
                held.minutes = held.minutes or notice.at
            case "NextStepProposed":
                held.steps.append(notice.at)
    return [*found.values()]


@dataclass
class Workstream:
    """An open part of the work, and when it was last told of."""

    workstream: UUID
    name: Said
    lead: UUID | None
    updated: datetime
    events: list[Cited]

    def days(self, now: datetime) -> int:
        return max(0, (now - self.updated).days)

    def quiet(self, now: datetime) -> bool:
        return self.days(now) >= QUIET_DAYS


def workstreams(notices: Iterable[Notice]) -> list[Workstream]:
    """Return the open workstreams, in the order in which they started."""
    found: dict[UUID, Workstream] = {}
    for notice in notices:
        if notice.type == "WorkstreamStarted":
            found[notice.about] = Workstream(
                notice.about, notice.name, notice.org, notice.at, [notice.cited]
            )
        elif notice.type == "WorkstreamClosed":
            found.pop(notice.about, None)
        elif notice.about in found:
            found[notice.about].updated = notice.at
            found[notice.about].events.append(notice.cited)
    return [*found.values()]


@dataclass
class Contact:
    """Whether a member named whom to ask first, and when it last briefed its own people."""

    named_at: datetime | None = None
    briefed: date | None = None
    events: list[Cited] = field(default_factory=list)


def contacts(notices: Iterable[Notice]) -> dict[UUID, Contact]:
    """Return what each organisation said of itself."""
    found: defaultdict[UUID, Contact] = defaultdict(Contact)
    for notice in notices:
        contact = found[notice.about]
        contact.events.append(notice.cited)
        if notice.type == "PointPersonNamed":
            contact.named_at = notice.at
        elif notice.on_day is not None:
            contact.briefed = max(notice.on_day, contact.briefed or notice.on_day)
    return dict(found)
