"""What organisations are good at, and the hours that they have pledged."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class StrengthRow(BaseModel):
    strength: str
    note: Words | None
    ref: str


class PledgeRow(BaseModel):
    """`stale`: neither given nor reviewed for too long; `covers_today`: its days include today."""

    hours_per_month: int
    first: date
    last: date
    covers_today: bool
    pledged_on: date
    reviewed_on: date | None
    stale: bool
    refs: list[str]


class CapacityRow(BaseModel):
    """`hours_taken`: of the open steps that it accepted; `hours_left`: of today's pledge.

    Where it took on more than it pledged, less than nothing is left; nothing is said of what is
    left where no pledge covers today.
    """

    organisation: Named
    strengths: list[StrengthRow]
    pledge: PledgeRow | None
    hours_taken: int
    hours_left: int | None


def capacities(
    entries: Iterable[Entry],
    taken: Mapping[UUID, int],
    names: Names,
    *,
    today: date,
    days: int,
) -> list[CapacityRow]:
    """Return what organisations said of their capacity, by id.

    Args:
        entries: Their events, oldest first.
        taken: The hours of the open steps that each has accepted.
        days: A pledge that was not reviewed for more than so many days is stale.
    """
    found: dict[str, CapacityRow] = {}
    for entry in entries:
        row = found.setdefault(
            entry.key,
            CapacityRow(
                organisation=named(entry.key, names), strengths=[], pledge=None,
                hours_taken=taken.get(UUID(entry.key), 0), hours_left=None,
            ),
        )  # fmt: skip
        data, on = entry.data, entry.at.date()
        match entry.type:
            case "StrengthDeclared":
                row.strengths.append(
                    StrengthRow(strength=data["strength"], note=data.get("note"), ref=entry.ref)
                )
            case "CapacityPledged":
                first, last = date.fromisoformat(data["from"]), date.fromisoformat(data["until"])
                row.pledge = PledgeRow(
                    hours_per_month=data["hours_per_month"], first=first, last=last,
                    covers_today=first <= today <= last, pledged_on=on, reviewed_on=None,
                    stale=False, refs=[entry.ref],
                )  # fmt: skip
            case "CapacityReviewed":
                assert row.pledge is not None
                row.pledge.reviewed_on = on
                row.pledge.refs.append(entry.ref)
    for row in found.values():
        if row.pledge is not None:
            newest = row.pledge.reviewed_on or row.pledge.pledged_on
            row.pledge.stale = newest < today - timedelta(days=days)
            if row.pledge.covers_today:
                row.hours_left = row.pledge.hours_per_month - row.hours_taken
    return sorted(found.values(), key=lambda row: row.organisation.id)
