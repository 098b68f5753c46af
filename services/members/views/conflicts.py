"""Where organisations are likely to clash, and who claims the same domain until they settle it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class AreaRow(Named):
    issue: UUID | None
    about: Named | None
    organisations: list[Named]
    ref: str


class TurfRow(BaseModel):
    """Claims to one domain; they overlap until each party of a settlement has recorded it."""

    id: UUID
    domain: Words | None
    claimants: list[Named]
    parties: list[Named]
    agreed: list[Named]
    terms: Words | None
    overlap: bool
    refs: list[str]


class Conflicts(BaseModel):
    areas: list[AreaRow]
    turf: list[TurfRow]


def conflicts(entries: Iterable[Entry], names: Names) -> Conflicts:
    """Return the areas by id, and the claims: those that overlap first, then by id.

    Args:
        entries: Their events, oldest first.
    """
    areas: dict[str, AreaRow] = {}
    turf: dict[str, TurfRow] = {}
    for entry in entries:
        data = entry.data
        match entry.type:
            case "ConflictAreaNamed":
                areas[entry.key] = AreaRow(
                    id=UUID(entry.key), name=data.get("name"), issue=data.get("issue"),
                    about=named(data["issue"], names) if data.get("issue") else None,
                    organisations=_all_named(data["orgs"], names), ref=entry.ref,
                )  # fmt: skip
            case "TurfConcernRaised":
                turf[entry.key] = TurfRow(
                    id=UUID(entry.key), domain=data.get("domain"),
                    claimants=[named(entry.org, names), *_all_named(data["with"], names)],
                    parties=[], agreed=[], terms=None, overlap=True, refs=[entry.ref],
                )  # fmt: skip
            case "TurfSettled":
                _settle(turf[entry.key], entry, names)
    return Conflicts(
        areas=sorted(areas.values(), key=lambda row: row.id),
        turf=sorted(turf.values(), key=lambda row: (not row.overlap, row.id)),
    )


def _all_named(orgs: Any, names: Names) -> list[Named]:
    return [named(org, names) for org in orgs]


def _settle(row: TurfRow, entry: Entry, names: Names) -> None:
    data = entry.data
    if data.get("parties"):
        row.parties, row.terms = _all_named(data["parties"], names), data.get("terms")
    row.agreed.append(named(entry.org, names))
    row.overlap = {one.id for one in row.agreed} != {one.id for one in row.parties}
    row.refs.append(entry.ref)
