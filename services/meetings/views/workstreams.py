"""What people look up of workstreams: how far each is, and which nobody reported on for long.

Folded from what was said; nothing here is stored.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry

SILENT_AFTER = 14
"""Days after which a workstream that nobody reported on is flagged."""


class ProgressRow(BaseModel):
    percent: int | None
    text: Words | None
    at: datetime
    by: Named
    ref: str


class WorkstreamRow(BaseModel):
    """A workstream; `flagged`: it goes on, and was without an update for too many days.

    `percent` is what was said last; `updates` are the newest first.
    """

    workstream: UUID
    campaign: UUID | None
    name: Words | None
    lead: Named
    percent: int | None
    started_at: datetime
    updated_at: datetime
    flagged: bool
    closed: bool
    result: Words | None
    updates: list[ProgressRow]
    ref: str


def workstreams(
    entries: Iterable[Entry], named: Names, now: datetime, silent_after: int = SILENT_AFTER
) -> list[WorkstreamRow]:
    """Return the workstreams: those that are flagged, others that go on, closed ones.

    Among these, the one that waits longest for an update comes first.
    """
    found: dict[UUID, WorkstreamRow] = {}
    for entry in entries:
        if entry.aggregate == "workstream":
            _worked(found, entry, named)
    for row in found.values():
        waited = now - row.updated_at
        row.flagged = not row.closed and waited > timedelta(days=silent_after)
    return sorted(found.values(), key=lambda row: (row.closed, not row.flagged, row.updated_at))


def _worked(found: dict[UUID, WorkstreamRow], entry: Entry, named: Names) -> None:
    """Take what happened to a workstream; nothing where its start may not be seen."""
    data = entry.data
    match entry.type:
        case "WorkstreamStarted":
            found[entry.key] = WorkstreamRow(
                workstream=entry.key,
                campaign=data.get("campaign"),
                name=data.get("name"),
                lead=named.organisation(UUID(data["lead"])),
                percent=None,
                started_at=entry.at,
                updated_at=entry.at,
                flagged=False,
                closed=False,
                result=None,
                updates=[],
                ref=entry.ref,
            )
        case "ProgressReported" if entry.key in found:
            row, percent = found[entry.key], data.get("percent")
            row.updated_at = entry.at
            row.percent = row.percent if percent is None else percent
            update = ProgressRow(
                percent=percent,
                text=data.get("text"),
                at=entry.at,
                by=named.organisation(entry.org),
                ref=entry.ref,
            )
            row.updates.insert(0, update)
        case "WorkstreamClosed" if entry.key in found:
            found[entry.key].closed = True
            found[entry.key].result = data.get("result")
