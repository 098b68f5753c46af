"""Who should be heard, who speaks for them today, and what was done to reach them.

Nothing here says what a constituency thinks: many organisations may speak for one, none is it.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class OutreachRow(BaseModel):
    by: Named
    to: Words | None
    why_now: Words | None
    different_now: Words | None
    at: datetime
    ref: str


class SessionRow(BaseModel):
    """A listening session; needs are kept only with the consent of those who took part."""

    held_by: Named
    on: date
    participants: int
    consent: bool
    needs: list[Words]
    ref: str


class ConstituencyRow(Named):
    """`gap`: no member speaks for it today."""

    kind: str
    least_well_served: bool
    implementer: bool
    historically_excluded: bool
    seats_wanted: int
    represented_by: list[Named]
    gap: bool
    outreaches: list[OutreachRow]
    sessions: list[SessionRow]
    ref: str


class Span(NamedTuple):
    """From when until when an organisation said it represents a constituency."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def constituencies(
    entries: Iterable[Entry], members: Collection[UUID], names: Names, *, today: date
) -> list[ConstituencyRow]:
    """Return the constituencies: those that nobody represents first, then by id.

    An organisation represents those it joined for, until it says otherwise of one.

    Args:
        entries: Of constituencies, and of members joining; oldest first.
        members: Those that are members and not suspended.
    """
    found: dict[UUID, ConstituencyRow] = {}
    joined_for: dict[UUID, set[UUID]] = {}
    said: dict[UUID, dict[UUID, Span]] = {}
    for entry in entries:
        key, data = UUID(entry.key), entry.data
        match entry.type:
            case "MemberJoined":
                joined_for[key] = {UUID(one) for one in data["constituencies"]}
            case "ConstituencyIdentified":
                found[key] = ConstituencyRow(
                    id=key, name=data.get("name"), represented_by=[], gap=True, outreaches=[],
                    sessions=[], ref=entry.ref,
                    **{field: data[field] for field in _IDENTIFIED},
                )  # fmt: skip
            case "ConstituencyRepresented":
                until = data.get("until")
                said.setdefault(key, {})[entry.org] = Span(
                    date.fromisoformat(data["since"]), date.fromisoformat(until) if until else None
                )
            case "OutreachMade":
                found[key].outreaches.insert(0, _outreach(entry, names))
            case "ListeningSessionHeld":
                found[key].sessions.insert(0, _session(entry, names))
    for key, row in found.items():
        spans = said.get(key, {})
        orgs = {org for org, span in spans.items() if span.covers(today)}
        orgs |= {org for org, of in joined_for.items() if key in of and org not in spans}
        row.represented_by = [named(org, names) for org in sorted(orgs & set(members))]
        row.gap = not row.represented_by
    return sorted(found.values(), key=lambda row: (not row.gap, row.id))


_IDENTIFIED = (
    "kind", "least_well_served", "implementer", "historically_excluded", "seats_wanted",
)  # fmt: skip


def _outreach(entry: Entry, names: Names) -> OutreachRow:
    data = entry.data
    return OutreachRow(
        by=named(entry.org, names), to=data.get("to"), why_now=data.get("why_now"),
        different_now=data.get("different_now"), at=entry.at, ref=entry.ref,
    )  # fmt: skip


def _each(needs: list[Words] | Words | None) -> list[Words]:
    return [needs] if isinstance(needs, dict) else needs or []


def _session(entry: Entry, names: Names) -> SessionRow:
    data = entry.data
    return SessionRow(
        held_by=named(entry.org, names), on=data["on"], participants=data["participants"],
        consent=data["consent"], needs=_each(data.get("needs")), ref=entry.ref,
    )  # fmt: skip
