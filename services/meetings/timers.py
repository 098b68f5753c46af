"""What meetings does by itself: a voting closes when its time is over."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from services.meetings.domain import proposal, voting
from services.meetings.views import NEEDS
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
    return Step(proposal.decider, UUID(row.key), voting.CloseVoting(), needs)


TIMERS = (Timer("voting", sets={"VotingOpened": _opened, "VotingClosed": _closed}, step=_close),)
