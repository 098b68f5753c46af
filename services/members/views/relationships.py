"""What is between organisations, two by two: when they were last in touch, tensions, breaches.

Everybody sees touchpoints. Tensions, breaches and amends are seen by the two alone, and stay where
representatives change: they belong to the organisations.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class TensionRow(BaseModel):
    since: date | None
    cause: Words | None
    recorded_by: Named
    ref: str


class BreachRow(BaseModel):
    """A boundary that one crossed; repaired once the other accepted amends."""

    breach: UUID
    offender: Named
    kind: str
    what: Words | None
    reported_at: datetime
    offers: list[Words | None]
    repaired: bool
    refs: list[str]


class RelationshipRow(BaseModel):
    """Two organisations; `stale`: out of touch for too long, or not in touch since both joined.

    `refs`: of the touchpoints.
    """

    id: str
    organisations: tuple[Named, Named]
    touchpoints: int
    last_touchpoint: date | None
    stale: bool
    tensions: list[TensionRow]
    breaches: list[BreachRow]
    refs: list[str] = []


def relationships(
    entries: Iterable[Entry],
    members: Mapping[UUID, date],
    names: Names,
    *,
    of: Collection[UUID],
    today: date,
    days: int,
) -> list[RelationshipRow]:
    """Return the pairs of members: the stale ones first, the longest out of touch first.

    Args:
        entries: Their events that the reader may see, oldest first.
        members: When each joined.
        of: Only pairs with one of these organisations.
        days: Out of touch for more than so many days is stale.
    """
    pairs = {
        (min(own, other), max(own, other))
        for own in of
        for other in members
        if own in members and own != other
    }
    found = {
        f"{a}_{b}": RelationshipRow(
            id=f"{a}_{b}", organisations=(named(a, names), named(b, names)), touchpoints=0,
            last_touchpoint=None, stale=False, tensions=[], breaches=[],
        )
        for a, b in pairs
    }  # fmt: skip
    for entry in entries:
        if (row := found.get(entry.key)) is not None:
            _add(row, entry, names)
    last = {key: _last(row, members) for key, row in found.items()}
    for key, row in found.items():
        row.stale = last[key] < today - timedelta(days=days)
    return sorted(found.values(), key=lambda row: (not row.stale, last[row.id], row.id))


def _last(row: RelationshipRow, members: Mapping[UUID, date]) -> date:
    joined = max(members[org.id] for org in row.organisations)
    return row.last_touchpoint or joined


def _add(row: RelationshipRow, entry: Entry, names: Names) -> None:
    data = entry.data
    match entry.type:
        case "TouchpointLogged":
            on = date.fromisoformat(data["on"])
            row.touchpoints += 1
            row.refs.append(entry.ref)
            row.last_touchpoint = max(on, row.last_touchpoint or on)
        case "HistoricTensionRecorded":
            tension = TensionRow(
                since=data.get("since"), cause=data.get("cause"),
                recorded_by=named(entry.org, names), ref=entry.ref,
            )  # fmt: skip
            row.tensions.append(tension)
        case "BoundaryBreachReported":
            breach = BreachRow(
                breach=data["breach"], offender=named(data["offender"], names),
                kind=data["kind"], what=data.get("what"), reported_at=entry.at, offers=[],
                repaired=False, refs=[entry.ref],
            )  # fmt: skip
            row.breaches.append(breach)
        case "AmendsOffered" | "AmendsAccepted":
            breach = next(one for one in row.breaches if one.breach == UUID(data["breach"]))
            breach.refs.append(entry.ref)
            if entry.type == "AmendsAccepted":
                breach.repaired = True
            else:
                breach.offers.append(data.get("offer"))
