"""What was offered and asked for, who matched it, and how much of it came."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class SideRow(BaseModel):
    """What an organisation offers, or asks for."""

    side: Literal["offer", "request"]
    organisation: Named
    what: Words | None
    quantity: int | None
    unit: str | None
    until: date | None
    ref: str


class MatchRow(BaseModel):
    """In force once every party has agreed; `delivered` is how much came in all, if counted."""

    match: UUID
    parties: list[Named]
    agreed: list[Named]
    in_force: bool
    quantity: int | None
    delivered: int | None
    complete: bool
    refs: list[str]


class ExchangeRow(BaseModel):
    id: UUID
    kind: str
    sides: list[SideRow]
    matches: list[MatchRow]
    begun_at: datetime


def exchanges(entries: Iterable[Entry], names: Names) -> list[ExchangeRow]:
    """Return the exchanges, the newest first.

    Args:
        entries: Their events, oldest first.
    """
    found: dict[str, ExchangeRow] = {}
    for entry in entries:
        row = found.get(entry.key)
        if row is None:
            row = found[entry.key] = ExchangeRow(
                id=UUID(entry.key), kind=entry.data["kind"], sides=[], matches=[],
                begun_at=entry.at,
            )  # fmt: skip
        match entry.type:
            case "ResourceOffered" | "ResourceRequested":
                row.sides.append(_side(entry, names))
            case "ResourceMatched":
                _match(row, entry, names)
            case "ResourceDelivered":
                _deliver(row, entry)
    return sorted(found.values(), key=lambda row: row.begun_at, reverse=True)


def _side(entry: Entry, names: Names) -> SideRow:
    data = entry.data
    return SideRow(
        side="offer" if entry.type == "ResourceOffered" else "request",
        organisation=named(entry.org, names), what=data.get("what"),
        quantity=data.get("quantity"), unit=data.get("unit"), until=data.get("until"),
        ref=entry.ref,
    )  # fmt: skip


def _matched(row: ExchangeRow, match: str) -> MatchRow | None:
    return next((one for one in row.matches if one.match == UUID(match)), None)


def _match(row: ExchangeRow, entry: Entry, names: Names) -> None:
    data = entry.data
    made = _matched(row, data["match"])
    if made is None:
        made = MatchRow(
            match=data["match"], parties=[named(org, names) for org in data["parties"]],
            agreed=[], in_force=False, quantity=data.get("quantity"), delivered=None,
            complete=False, refs=[],
        )  # fmt: skip
        row.matches.append(made)
    made.agreed.append(named(entry.org, names))
    made.in_force = len(made.agreed) == len(made.parties)
    made.refs.append(entry.ref)


def _deliver(row: ExchangeRow, entry: Entry) -> None:
    made = _matched(row, entry.data["match"])
    assert made is not None
    said = entry.data.get("quantity")
    made.delivered = made.quantity if said is None else said
    made.complete = said is None or said == made.quantity
    made.refs.append(entry.ref)
