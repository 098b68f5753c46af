"""What meetings does by itself: a voting closes when its time is over, and so does a sense check; a
weekly series begins; an item that was parked is back on its day; a voting lapses for want of
stances that nobody ratified.

The series has no event of its own to wait for: it is due once the inbox has heard of the plenary.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from services.meetings.domain import (
    meeting,
    parking,
    proposal,
    ratification,
    sense_check,
    series,
    voting,
)
from services.meetings.domain.ids import BodyId, CheckId, ItemId
from services.meetings.views import NEEDS, box
from shared.ask import Step
from shared.event import Recorded
from shared.timers import Due, Timer

When = Iterator[tuple[str, datetime | None]]


def _opened(seen: Recorded) -> When:
    """Set when a voting closes; one that was imported was over long ago."""
    imported = seen.authority == "imported"
    yield seen.key, None if imported else datetime.fromisoformat(seen.data["closes_at"])


def _closed(seen: Recorded) -> When:
    yield seen.key, None


def _close(row: Due) -> Step:
    needs = NEEDS[voting.CloseVoting]
    key = UUID(row.key)
    emptied = box.empty_ballots(key)
    return Step(proposal.decider, key, voting.CloseVoting(), needs, beside=emptied)


def _asked(seen: Recorded) -> When:
    yield f"{seen.key}/{seen.data['check']}", datetime.fromisoformat(seen.data["closes_at"])


def _told(seen: Recorded) -> When:
    yield f"{seen.key}/{seen.data['check']}", None


def _take(row: Due) -> Step:
    key, _, check = row.key.partition("/")
    command = sense_check.TakeSenseCheck(check=CheckId(UUID(check)))
    needs = NEEDS[sense_check.TakeSenseCheck]
    emptied = box.empty(command.check)
    return Step(proposal.decider, UUID(key), command, needs, beside=emptied)


def _to_ratify(seen: Recorded) -> When:
    day_after = date.fromisoformat(seen.data["due"]) + timedelta(days=1)
    yield f"{seen.key}/{seen.data['org']}", datetime.combine(day_after, time(), UTC)


def _end_ratification(row: Due) -> Step:
    key, _, _org = row.key.partition("/")
    return Step(proposal.decider, UUID(key), ratification.EndRatification())


def _establish(row: Due) -> Step:
    body, _, rrule = row.key.partition("/")
    command = series.EstablishSeries(body=BodyId(UUID(body)), rrule=rrule, name=series.WEEKLY)
    return Step(series.decider, uuid5(row.coalition, "weekly"), command)


def _parked(seen: Recorded) -> When:
    """Set when an item is back; one that an import parked was back long ago."""
    day = datetime.combine(date.fromisoformat(seen.data["until"]), time(), UTC)
    yield f"{seen.key}/{seen.data['item']}", None if seen.authority == "imported" else day


def _resumed(seen: Recorded) -> When:
    yield f"{seen.key}/{seen.data['item']}", None


def _resume(row: Due) -> Step:
    held, _, item = row.key.partition("/")
    command = parking.ResumeDiscussion(item=ItemId(UUID(item)))
    return Step(meeting.decider, UUID(held), command)


TIMERS = (
    Timer("voting", sets={"VotingOpened": _opened, "VotingClosed": _closed}, step=_close),
    Timer("sense_check", sets={"SenseCheckOpened": _asked, "SenseCheckTaken": _told}, step=_take),
    Timer(
        "parked", sets={"DiscussionParked": _parked, "DiscussionResumed": _resumed}, step=_resume
    ),
    Timer("ratification", sets={"RatificationRequested": _to_ratify}, step=_end_ratification),
    Timer("series", sets={}, step=_establish),
)
