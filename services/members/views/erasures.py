"""Erasures: who asked for one and on what ground, when it was made, and who has confirmed it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, named
from services.members.views.said import Entry

BACKUPS_KEPT = timedelta(days=30)  # of key stores, at most: until then one of them has the keys

TYPES = ("ErasureRequested", "PersonErased", "ErasureReceiptIssued")


class Asked(BaseModel):
    by: Named
    ground: str
    at: datetime
    ref: str


class ErasureRow(BaseModel):
    """`services`: up to where each has read the journal of members, and so erased.

    `complete_on`: the day on which no backup of a key store can hold the keys any more.
    """

    person: UUID
    requests: list[Asked]
    ground: str | None = None
    approved_by: list[Named] = []
    erased_at: datetime | None = None
    ref: str | None = None
    services: dict[str, int] | None = None
    receipt: str | None = None
    complete_on: date | None = None


def erasures(entries: Iterable[Entry], names: Names) -> list[ErasureRow]:
    """Return those asked for first, then those made, the newest first.

    Args:
        entries: Of persons, oldest first.
    """
    found: dict[str, ErasureRow] = {}
    for entry in entries:
        if entry.type not in TYPES:
            continue
        row = found.setdefault(entry.key, ErasureRow(person=UUID(entry.key), requests=[]))
        match entry.type:
            case "ErasureRequested":
                by = named(entry.org, names)
                ground = entry.data["ground"]
                row.requests.append(Asked(by=by, ground=ground, at=entry.at, ref=entry.ref))
            case "PersonErased":
                row.ground, row.erased_at, row.ref = entry.data["ground"], entry.at, entry.ref
                row.approved_by = [named(org, names) for org in entry.data["approved_by"]]
                row.complete_on = (entry.at + BACKUPS_KEPT).date()
            case "ErasureReceiptIssued":
                row.services, row.receipt = entry.data["services"], entry.ref
    oldest_first = list(found.values())
    open_ones = [row for row in oldest_first if row.erased_at is None]
    made = [row for row in oldest_first if row.erased_at is not None]
    return open_ones + made[::-1]
