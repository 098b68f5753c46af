"""R15, communications: whether what is decided and done reaches those who ought to know.

Of each decision in the window: who ought to know, who was told and how, who acknowledged, and how
long that took. Of each meeting: whether the agenda, the minutes and the next steps came in time.
Then workstreams nobody hears of, and whom to ask first in each organisation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from services.transparency.domain.hearing import shown
from services.transparency.domain.notices import Contact, Meeting, Workstream
from services.transparency.domain.numbers import percentile, six
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.relayed import Relayed
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names
from services.transparency.domain.window import Window, day_of
from shared.event import timestamp

NOT_TOLD = "nobody was told"
NOT_KNOWN = "nobody acknowledged it since it was communicated"
NOBODY = "nobody ought to know: no organisation was active"
NO_AGENDA = "no agenda was published"
NOT_CLOSED = "the meeting is not closed"
NOT_DUE = "not drafted, and still in time"
NO_STEPS = "no next step was written down"
NONE_YET = "none yet"


@dataclass(frozen=True)
class Known:
    """What the report is made from.

    Args:
        now: The newest moment included.
        relayed: The decisions made in the window, in order.
        meetings: All meetings; `workstreams` those that are open.
        contacts: What organisations said of themselves; `active` are those that are active now.
        minutes_hidden: Of minutes that were drafted, this reader may not see some.
    """

    window: Window
    now: datetime
    names: Names
    relayed: Sequence[Relayed]
    meetings: Sequence[Meeting]
    workstreams: Sequence[Workstream]
    contacts: Mapping[UUID, Contact]
    active: frozenset[UUID]
    minutes_hidden: bool = False

    @cached_property
    def held(self) -> list[Meeting]:
        """The meetings closed in the window, or whose agenda came in it."""
        return [
            each
            for each in self.meetings
            if (each.closed and self.window.holds(each.closed))
            or (each.agenda and self.window.holds(each.agenda.at))
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines: decisions with channels and organisations, meetings, and the rest."""
        decided = [row for each in reversed(self.relayed) for row in self._decision(each)]
        return [
            *decided,
            *map(self._meeting, reversed(self.held)),
            *map(self._workstream, self.workstreams),
            *map(self._organisation, self.names.ordered(self.active)),
        ]

    def _decision(self, each: Relayed) -> Iterable[dict[str, Any]]:
        names, first = self.names, each.first
        silent = [org for org in each.entitled if org not in each.knows]
        yield {
            "part": "decision",
            "decision": names.of(each.made.decision),
            "decided_at": timestamp(each.made.at),
            "first_told_at": timestamp(first.at) if first else None,
            "entitled": len(each.entitled),
            "told": len(each.reached()),
            "acknowledged": len(each.knows),
            "not_acknowledged": [names.of(org) for org in names.ordered(silent)],
            **_times(_known(each), covered=(len(each.knows), len(each.entitled)), told=first),
            **cite(each.events()),
        }
        for channel in each.channels:
            reached = each.reached(channel)
            knows = sum(org in each.knows for org in reached)
            yield {
                "part": "channel",
                "decision": names.of(each.made.decision),
                "channel": channel,
                "told": len(reached),
                "acknowledged": knows,
                **_times(each.seconds_by(channel), covered=(knows, len(reached)), told=first),
                **cite(each.events(channel, reached)),
            }
        for org in names.ordered(each.entitled):
            yield self._acknowledgement(each, org)

    def _acknowledgement(self, each: Relayed, org: UUID) -> dict[str, Any]:
        told, knows = each.telling_of(org), each.knows.get(org)
        since = int((knows.at - each.made.at).total_seconds()) if knows else None
        return {
            "part": "acknowledgement",
            "decision": self.names.of(each.made.decision),
            "organisation": self.names.of(org),
            "channels": [one for one in each.channels if org in each.reached(one)],
            "told_at": timestamp(told.at) if told else None,
            "acknowledged_at": timestamp(knows.at) if knows else None,
            "seconds": each.seconds(org),
            "since_decision": since,
            **cite(each.events(orgs=[org])),
        }

    def _meeting(self, held: Meeting) -> dict[str, Any]:
        agenda, minutes = held.agenda, self._minutes_on_time(held)
        reasons = {} if agenda else {"notice": NO_AGENDA, "short_notice": NO_AGENDA}
        if minutes is None:
            reasons["minutes_on_time"] = NOT_DUE if held.closed else NOT_CLOSED
        if held.steps_on_time() is None:
            reasons["steps_on_time"] = NO_STEPS if held.closed else NOT_CLOSED
        return {
            "part": "meeting",
            "meeting": self.names.of(held.meeting),
            "starts_at": timestamp(held.starts_at) if held.starts_at else None,
            "agenda_at": timestamp(agenda.at) if agenda else None,
            "notice": held.notice,
            "short_notice": agenda.flag if agenda else None,
            "closed_at": timestamp(held.closed) if held.closed else None,
            "remote": held.remote,
            "minutes_at": shown(
                timestamp(held.minutes) if held.minutes else None,
                hidden=self.minutes_hidden and held.minutes is None,
            ),
            "minutes_due": timestamp(held.minutes_due) if held.minutes_due else None,
            "minutes_on_time": minutes,
            "steps": len(held.steps),
            "steps_due": timestamp(held.steps_due) if held.steps_due else None,
            "steps_on_time": held.steps_on_time(),
            "reasons": reasons,
            **cite(held.events),
        }

    def _minutes_on_time(self, held: Meeting) -> Any:
        unseen = self.minutes_hidden and held.minutes is None
        return shown(held.minutes_on_time(self.now), hidden=unseen)

    def _workstream(self, each: Workstream) -> dict[str, Any]:
        return {
            "part": "workstream",
            "workstream": {"id": str(each.workstream), "name": each.name},
            "lead": self.names.of(each.lead),
            "updated_at": timestamp(each.updated),
            "days": each.days(self.now),
            "quiet": each.quiet(self.now),
            **cite(each.events),
        }

    def _organisation(self, org: UUID) -> dict[str, Any]:
        contact = self.contacts.get(org, Contact())
        return {
            "part": "organisation",
            "organisation": self.names.of(org),
            "point_person": contact.named_at is not None,
            "named_at": timestamp(contact.named_at) if contact.named_at else None,
            "last_briefing": contact.briefed.isoformat() if contact.briefed else None,
            "days": _days(contact.briefed, self.now),
            **cite(contact.events),
        }

    def summary(self) -> list[dict[str, Any]]:
        """Return coverage and times over all decisions, by channel and by organisation; the rest.

        Times are seconds from when a decision was first communicated; of a channel, from when it
        told the organisation.
        """
        decided, events = self.relayed, _events(self.relayed)
        knows, entitled = (
            sum(len(each.knows) for each in decided),
            sum(len(each.entitled) for each in decided),
        )
        times = [seconds for each in decided for seconds in _known(each)]
        return [
            figure("decisions", len(decided), [each.made.cited for each in decided]),
            _figure("coverage", six(knows, entitled), NONE_YET if not decided else NOBODY, events),
            *_percentiles(times, events),
            *(found for channel in self._channels for found in self._of_channel(channel)),
            *(found for org in self._entitled for found in self._of_organisation(org)),
            *self._of_meetings(),
            *self._of_the_rest(),
        ]

    @property
    def _channels(self) -> list[str]:
        return sorted({channel for each in self.relayed for channel in each.channels})

    @property
    def _entitled(self) -> list[UUID]:
        return self.names.ordered({org for each in self.relayed for org in each.entitled})

    def _of_channel(self, channel: str) -> Iterable[dict[str, Any]]:
        used = [each for each in self.relayed if channel in each.channels]
        reached = [(each, org) for each in used for org in each.reached(channel)]
        knows = sum(org in each.knows for each, org in reached)
        events = sorted(
            {one for each in used for one in each.events(channel, each.reached(channel))}
        )
        of: dict[str, Any] = {"channel": channel}
        yield _figure("coverage", six(knows, len(reached)), NOBODY, events, **of)
        times = [seconds for each in used for seconds in each.seconds_by(channel)]
        yield from _percentiles(times, events, **of)

    def _of_organisation(self, org: UUID) -> Iterable[dict[str, Any]]:
        concerned = [each for each in self.relayed if org in each.entitled]
        events = sorted({one for each in concerned for one in each.events(orgs=[org])})
        of: dict[str, Any] = {"organisation": self.names.of(org)}
        knows = sum(org in each.knows for each in concerned)
        yield _figure("coverage", six(knows, len(concerned)), NOBODY, events, **of)
        times = [seconds for each in concerned if (seconds := each.seconds(org)) is not None]
        yield from _percentiles(times, events, **of)

    def _of_meetings(self) -> Iterable[dict[str, Any]]:
        agendas = [each for each in self.held if each.agenda]
        short = [each for each in agendas if each.agenda and each.agenda.flag]
        yield figure("agendas", len(agendas), _told_at(agendas))
        yield figure("short_notices", len(short), _told_at(short))
        closed = [each for each in self.held if each.closed and self.window.holds(each.closed)]
        drafted = [each for each in closed if each.minutes_on_time(self.now) is not None]
        done = sum(each.minutes_on_time(self.now) is True for each in drafted)
        share = shown(six(done, len(drafted)), hidden=self.minutes_hidden)
        yield _figure("minutes_on_time", share, NONE_YET, _told_at(drafted))
        written = [each for each in closed if each.steps_on_time() is not None]
        done = sum(each.steps_on_time() is True for each in written)
        yield _figure("steps_on_time", six(done, len(written)), NONE_YET, _told_at(written))

    def _of_the_rest(self) -> Iterable[dict[str, Any]]:
        quiet = [each for each in self.workstreams if each.quiet(self.now)]
        yield figure("quiet_workstreams", len(quiet), sorted(e for w in quiet for e in w.events))
        named = [self.contacts[org] for org in self.active if org in self.contacts]
        asked = [each for each in named if each.named_at]
        cited = sorted(event for each in asked for event in each.events)
        yield figure("without_point_person", len(self.active) - len(asked), cited)


def _known(each: Relayed) -> list[int]:
    times = (each.seconds(org) for org in each.knows)
    return [seconds for seconds in times if seconds is not None]


def _times(times: Sequence[int], *, covered: tuple[int, int], told: object) -> dict[str, Any]:
    """Return the coverage of so many, and how long it took; undefined ones say why."""
    values = {
        "coverage": six(*covered),
        "p50": percentile(times, 50),
        "p95": percentile(times, 95),
    }
    why = {"coverage": NOBODY} | dict.fromkeys(("p50", "p95"), NOT_KNOWN if told else NOT_TOLD)
    return values | {"reasons": {name: why[name] for name in values if values[name] is None}}


def _percentiles(
    times: Sequence[int], events: Sequence[Cited], **of: Any
) -> Iterable[dict[str, Any]]:
    for rank in (50, 95):
        name, value = f"acknowledgement_p{rank}", percentile(times, rank)
        yield _figure(name, value, NOT_KNOWN, events, "seconds", **of)


def _figure(
    name: str, value: Any, why: str, events: Sequence[Cited], unit: str | None = None, **of: Any
) -> dict[str, Any]:
    said = figure(name, value, events, unit, **of)
    return said | ({"reason": why} if value is None else {})


def _events(decided: Iterable[Relayed]) -> list[Cited]:
    return sorted({event for each in decided for event in each.events()})


def _told_at(held: Iterable[Meeting]) -> list[Cited]:
    return sorted({event for each in held for event in each.events})


def _days(day: date | None, now: datetime) -> int | None:
    return max(0, (day_of(now) - day).days) if day else None
