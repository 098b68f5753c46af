"""Meetings as a calendar that people subscribe to (RFC 5545, with the names of RFC 7986).

A meeting keeps its UID; SEQUENCE rises by one whenever it is moved or cancelled, and what was
cancelled stays, so that calendars show it as such. Times are in UTC. It says nothing of people.

A series is an event of its own, tentative, that comes back by its rule after the last meeting that
was called of it: what is called is shown as that meeting, what is not yet called as the rhythm.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from services.meetings.views.rows import words
from shared.hot import Connection

LONGEST = 75
"""Octets of a line, its end not counted (RFC 5545, 3.1)."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True)
class Occasion:
    """A meeting as calendars know it.

    Args:
        sequence: How often it was moved or cancelled.
        changed: When that was last, or when it was called.
    """

    meeting: UUID
    body: UUID
    sequence: int
    changed: datetime
    starts_at: datetime
    ends_at: datetime | None
    title: str | None
    place: str | None
    cancelled: bool


@dataclass(frozen=True)
class Rhythm:
    """A series as calendars know it.

    Args:
        sequence: How often a meeting of it was called, moved or cancelled.
        changed: When that was last, or when the series was established.
        since: When the last of them begins; before there is one, when the series was established.
        until: When that one ends, where that is known.
    """

    series: UUID
    body: UUID
    rrule: str
    sequence: int
    changed: datetime
    since: datetime
    until: datetime | None
    title: str | None


async def rhythms(db: Connection, coalition: UUID, seen_by: Collection[str]) -> list[Rhythm]:
    """Return the series that a reader may see, the oldest first.

    One of which no meeting was called yet, and whose rule names no hour, is left out: nobody knows
    when it would be.
    """
    rows = await db.fetch(
        "select s.*, last.starts_at, last.ends_at, changed.times, e.bytes from series s"
        " left join lateral (select m.starts_at, m.ends_at from meeting_now m"
        "  where m.coalition_id = $1 and m.series = s.series and m.audience && $2"
        "  order by m.starts_at desc, m.meeting limit 1) last on true"
        " cross join lateral (select count(*) as times, max(c.position) as last"
        "  from meeting_now m join meeting c on c.coalition_id = $1 and c.meeting = m.meeting"
        "  where m.coalition_id = $1 and m.series = s.series and m.audience && $2"
        "  and (c.state is null or c.state in ('scheduled', 'cancelled'))) changed"
        " left join journal.event e on e.coalition_id = $1 and e.position = changed.last"
        " where s.coalition_id = $1 and s.audience && $2 order by s.position",
        *(coalition, list(seen_by)),
    )
    return [
        Rhythm(
            series=row["series"],
            body=row["body"],
            rrule=row["rrule"],
            sequence=row["times"],
            changed=_recorded(row["bytes"]) if row["times"] else row["at"],
            since=row["starts_at"] or row["at"].replace(second=0, microsecond=0),
            until=row["ends_at"],
            title=_said(row["name"]),
        )
        for row in rows
        if row["times"] or "BYHOUR=" in row["rrule"]
    ]


async def occasions(db: Connection, coalition: UUID, seen_by: Collection[str]) -> list[Occasion]:
    """Return the meetings that a reader may see, in the order in which they begin."""
    rows = await db.fetch(
        "select m.*, changed.times, e.bytes, (select s.name from series s"
        "  where (s.coalition_id, s.series) = (m.coalition_id, m.series) and s.audience && $2)"
        "  as of_series from meeting_now m cross join lateral ("
        "  select count(*) - 1 as times, max(c.position) as last from meeting c"
        "  where c.coalition_id = m.coalition_id and c.meeting = m.meeting"
        "  and (c.state is null or c.state in ('scheduled', 'cancelled'))) changed"
        " join journal.event e on e.coalition_id = m.coalition_id and e.position = changed.last"
        " where m.coalition_id = $1 and m.audience && $2 order by m.starts_at, m.meeting",
        *(coalition, list(seen_by)),
    )
    return [
        Occasion(
            meeting=row["meeting"],
            body=row["body"],
            sequence=row["times"],
            changed=_recorded(row["bytes"]),
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            title=_said(row["title"] or row["of_series"]),
            place=_said(row["place"]),
            cancelled=row["state"] == "cancelled",
        )
        for row in rows
    ]


async def asked_to(
    db: Connection, coalition: UUID, seen_by: Collection[str], orgs: Collection[UUID]
) -> dict[UUID, bool]:
    """Return the meetings to which one of these organisations was invited, or from which all that
    were named are exempt.
    """
    rows = await db.fetch(
        "select key, data from said where coalition_id = $1 and aggregate = 'meeting'"
        " and type = 'InvitationSent' and audience && $2 order by position",
        *(coalition, list(seen_by)),
    )
    wanted, asked = {str(org) for org in orgs}, dict[UUID, bool]()
    for row in rows:
        data = orjson.loads(row["data"])
        if wanted & {*data["orgs"]}:
            asked[row["key"]] = True
        elif wanted & {one["org"] for one in data["exempt"]}:
            asked.setdefault(row["key"], False)
    return asked


def _recorded(event: bytes) -> datetime:
    return datetime.fromisoformat(orjson.loads(event)["recordedtime"])


def _said(stored: str | None) -> str | None:
    said = words(stored)
    return said["text"] if said else None


def calendar(name: str, found: Iterable[Occasion], series: Iterable[Rhythm] = ()) -> str:
    """Return a calendar of these meetings and series; the same ones give the same bytes."""
    return "".join(f"{folded(line)}\r\n" for line in _lines(name, found, series))


def folded(line: str) -> str:
    """Return a line in pieces of 75 octets at most; each further one begins with a space."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST:
            pieces.append(piece)
            piece, size = "", 1  # the space
        piece += sign
        size += octets
    return "\r\n ".join([*pieces, piece])


def escaped(said: str) -> str:
    """Return words as a value of type TEXT."""
    return said.translate(_ESCAPED)


def _lines(name: str, found: Iterable[Occasion], series: Iterable[Rhythm]) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Accord//Meetings//EN"
    yield "METHOD:PUBLISH"
    yield f"NAME:{escaped(name)}"
    yield f"X-WR-CALNAME:{escaped(name)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT1H"
    for occasion in found:
        yield from _event(occasion)
    for rhythm in series:
        yield from _recurring(rhythm)
    yield "END:VCALENDAR"


def _event(occasion: Occasion) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{occasion.meeting}"
    yield f"DTSTAMP:{_moment(occasion.changed)}"
    yield f"LAST-MODIFIED:{_moment(occasion.changed)}"
    yield f"DTSTART:{_moment(occasion.starts_at)}"
    if occasion.ends_at is not None:
        yield f"DTEND:{_moment(occasion.ends_at)}"
    yield f"SEQUENCE:{occasion.sequence}"
    yield f"STATUS:{'CANCELLED' if occasion.cancelled else 'CONFIRMED'}"
    yield f"SUMMARY:{escaped(occasion.title or 'Meeting')}"
    if occasion.place:
        yield f"LOCATION:{escaped(occasion.place)}"
    yield "END:VEVENT"


def _recurring(rhythm: Rhythm) -> Iterator[str]:
    """Yield the event of a series. It begins with what stands for itself, and leaves that out."""
    since = _moment(rhythm.since)
    yield "BEGIN:VEVENT"
    yield f"UID:{rhythm.series}"
    yield f"DTSTAMP:{_moment(rhythm.changed)}"
    yield f"LAST-MODIFIED:{_moment(rhythm.changed)}"
    yield f"DTSTART:{since}"
    if rhythm.until is not None:
        yield f"DTEND:{_moment(rhythm.until)}"
    yield f"RRULE:{rhythm.rrule}"
    yield f"EXDATE:{since}"
    yield f"SEQUENCE:{rhythm.sequence}"
    yield "STATUS:TENTATIVE"
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{escaped(rhythm.title or 'Meeting')}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
