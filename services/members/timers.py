"""What members does by itself on its day: a review opens, an accreditation ends, a role is over.

A day begins at midnight UTC, as in every rule.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from services.members.domain import accreditation, body, coalition
from services.members.domain.ids import AccId, ReviewId
from shared.ask import Step
from shared.event import Recorded
from shared.timers import Due, Timer

When = Iterator[tuple[str, datetime | None]]


def _on(day: str) -> datetime:
    """Return when a day begins."""
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _after(day: str | None) -> datetime | None:
    """Return when a last day is over."""
    return None if day is None else _on(day) + timedelta(days=1)


def _planned(seen: Recorded) -> When:
    """Set the next review of what was adopted, published or reviewed, where one is planned."""
    kinds = {"NorthStarAdopted": "vision", "DecisionStructurePublished": "roles"}
    if day := seen.data.get("next_review"):
        yield kinds.get(seen.type) or seen.data["kind"], _on(day)


def _opened(seen: Recorded) -> When:
    if seen.data["trigger"] == "schedule":
        yield seen.data["kind"], None


def _open(row: Due) -> Step:
    command = coalition.OpenReview(
        review=ReviewId(uuid5(row.coalition, f"review/{row.key}/{row.due:%Y-%m-%d}")),
        kind=row.key,  # type: ignore[arg-type]  # as the event had it
        trigger="schedule",
    )
    return Step(coalition.decider, row.coalition, command)


def _accredited(seen: Recorded) -> When:
    yield f"{seen.key}/{seen.data['accreditation']}", _after(seen.data.get("until"))
    if replaced := seen.data.get("ended"):
        yield f"{seen.key}/{replaced}", None


def _ended(seen: Recorded) -> When:
    yield f"{seen.key}/{seen.data['accreditation']}", None


def _end(row: Due) -> Step:
    org, _, held = row.key.partition("/")
    command = accreditation.EndAccreditation(accreditation=AccId(UUID(held)), reason="expired")
    return Step(accreditation.decider, org, command)


def _taken(seen: Recorded) -> When:
    """Set or unset when a role is over: who takes it again may take it for other days."""
    held = f"{seen.key}/{seen.data['accreditation']}/{seen.data['role']}"
    yield held, _after(seen.data.get("until"))


def _release(row: Due) -> Step:
    where, held, role = row.key.split("/")
    command = body.ReleaseRole(role=role, accreditation=AccId(UUID(held)))
    return Step(body.decider, where, command)


TIMERS = (
    Timer(
        "review",
        sets={
            "NorthStarAdopted": _planned,
            "DecisionStructurePublished": _planned,
            "ReviewClosed": _planned,
            "ReviewOpened": _opened,
        },
        step=_open,
    ),
    Timer(
        "accreditation",
        sets={
            "RepresentativeAccredited": _accredited,
            "RepresentativeReplaced": _accredited,
            "AccreditationEnded": _ended,
        },
        step=_end,
    ),
    Timer("role", sets={"RoleTaken": _taken, "RoleReleased": _taken}, step=_release),
)
"""Pledges, bottom lines, proxies, consents: whether they hold is read from their last day."""
