"""What organisations accept for the coalition's terms today, and what they settled on.

The values of a sealed line are for its owner; that there is one, every member may know: an older
line would seem to hold still.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, named
from services.members.views.said import Entry

Acceptable = list[str] | dict[str, int]
"""Some of a term's choices, or `min` and `max`."""


class Declared(BaseModel):
    """A line as it was declared; no value where the reader may not see it."""

    acceptable: Acceptable | None
    sealed: bool
    valid_until: date
    at: datetime
    ref: str


class LineRow(Declared):
    """The newest line of an organisation for a term; past its last day, it does not count."""

    organisation: Named
    term: UUID
    counts: bool
    before: list[Declared]


class CompromiseRow(BaseModel):
    """In force once every party has agreed, up to its last day."""

    compromise: UUID
    parties: list[Named]
    agreed: list[Named]
    terms: dict[UUID, Acceptable]
    valid_until: date
    in_force: bool
    refs: list[str]


def lines(entries: Iterable[Entry], names: Names, *, today: date) -> list[LineRow]:
    """Return the newest line of each organisation for each term, by term and organisation.

    Args:
        entries: Their events, oldest first.
    """
    found: dict[tuple[UUID, UUID], list[Declared]] = {}
    for entry in entries:
        if entry.type == "BottomLineDeclared":
            of = UUID(entry.data["term"]), UUID(entry.key)
            found.setdefault(of, []).insert(0, _declared(entry))
    return [
        LineRow(
            **dict(newest), organisation=named(org, names), term=term,
            counts=newest.valid_until >= today, before=before,
        )
        for (term, org), (newest, *before) in sorted(found.items())
    ]  # fmt: skip


def _declared(entry: Entry) -> Declared:
    data = entry.data
    return Declared(
        acceptable=data.get("acceptable"), sealed=data["sealed"], valid_until=data["valid_until"],
        at=entry.at, ref=entry.ref,
    )  # fmt: skip


def compromises(entries: Iterable[Entry], names: Names, *, today: date) -> list[CompromiseRow]:
    """Return the compromises that somebody proposed: those in force first, then by id.

    Args:
        entries: The events of bottom lines, oldest first.
    """
    found: dict[UUID, CompromiseRow] = {}
    for entry in entries:
        if entry.type != "CompromiseAgreed":
            continue
        data: dict[str, Any] = entry.data
        key = UUID(data["compromise"])
        if data.get("parties"):
            found[key] = CompromiseRow(
                compromise=key, parties=[named(org, names) for org in data["parties"]], agreed=[],
                terms=data.get("terms") or {}, valid_until=data["valid_until"], in_force=False,
                refs=[],
            )  # fmt: skip
        row = found[key]
        row.agreed.append(named(entry.key, names))
        row.refs.append(entry.ref)
        row.in_force = len(row.agreed) == len(row.parties) and today <= row.valid_until
    return sorted(found.values(), key=lambda row: (not row.in_force, row.compromise))
