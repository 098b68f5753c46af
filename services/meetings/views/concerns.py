"""Concerns, their age, and what became of each; of an anonymous one neither raiser nor hour."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.concern import How, Kind, Source
from services.meetings.views.raisers import May
from services.meetings.views.rows import Named, Names, Words
from services.meetings.views.said import Entry


class Resolution(BaseModel):
    how: How
    text: Words | None
    by: Named | None
    on: date
    ref: str


class ConcernRow(BaseModel):
    """A concern; `days` is how long it waited or has waited for an answer, if the reader may know.

    It is `answered` though the reader sees no `resolution`, where only the concern was disclosed.

    `raised_by` is missing where it is anonymous: who `may_know` can ask for it. `may_resolve` and
    `may_know` are of the reader.
    """

    concern: UUID
    source: Source
    kind: Kind
    anonymous: bool
    raised_by: Named | None
    raised_on: date
    days: int | None
    answered: bool
    body: Named
    about: Named | None
    item: UUID | None
    text: Words | None
    resolution: Resolution | None
    may_resolve: bool
    may_know: bool
    ref: str

    def is_about(self, proposal: UUID) -> bool:
        """Tell whether it is about a proposal."""
        return self.about is not None and self.about.id == proposal


class Raiser(BaseModel):
    """Who raised a concern; missing once an anonymous one was resolved: then nobody knows."""

    raised_by: Named | None


NOTHING = May(resolve=False, know=False)


def concerns(
    entries: Iterable[Entry],
    named: Names,
    titles: Mapping[UUID, Words | None],
    may: Mapping[UUID, May],
    today: date,
) -> list[ConcernRow]:
    """Return the concerns: those that wait, the oldest first; then, the newest first, the others.

    Args:
        titles: Of the proposals that they are about, as far as the reader may see them.
        may: What the reader may do about those that wait.
    """
    found: dict[UUID, ConcernRow] = {}
    for entry in entries:
        if entry.type == "ConcernRaised":
            found[entry.key] = _raised(entry, named, titles, may.get(entry.key, NOTHING), today)
        elif (row := found.get(entry.key)) is not None:
            row.resolution = Resolution(
                how=entry.data["how"],
                text=entry.data.get("text"),
                by=named.org(entry.by),
                on=entry.at.date(),
                ref=entry.ref,
            )
            row.days = (row.resolution.on - row.raised_on).days
            row.answered = True
    waiting = [row for row in found.values() if not row.answered]
    answered = [row for row in found.values() if row.answered]
    return [*waiting, *reversed(answered)]


def _raised(
    entry: Entry, named: Names, titles: Mapping[UUID, Words | None], may: May, today: date
) -> ConcernRow:
    data, on = entry.data, entry.at.date()
    about = UUID(data["about"]) if "about" in data else None
    return ConcernRow(
        concern=entry.key,
        source=data["source"],
        kind=data["kind"],
        anonymous=data["anonymous"],
        raised_by=named.org(entry.by),
        raised_on=on,
        days=None if may.answered else (today - on).days,
        answered=may.answered,
        body=named.body(UUID(data["body"])),
        about=Named(id=about, name=titles.get(about)) if about else None,
        item=data.get("item"),
        text=data.get("text"),
        resolution=None,
        may_resolve=may.resolve and not may.answered,
        may_know=may.know and data["anonymous"] and not may.answered,
        ref=entry.ref,
    )
