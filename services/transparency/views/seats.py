"""Rows of the seats of bodies; and which body is the plenary, where every active member sits."""

from collections.abc import Iterable
from uuid import UUID

from services.transparency.domain.seats import SeatEvent
from services.transparency.domain.who_decided_what import Scope
from services.transparency.views.events import Lens, audience, cited_rows, citing, hidden_rows
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

SEAT = Table(
    "seat",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("body", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("kind", "text"),
    ("seat", "uuid"),
    ("org", "uuid"),
    ("constituency", "uuid"),
    ("scope", "text[]"),
    ("audience", "text[]"),
)


ALL = "all"


def happened(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    yield (
        SEAT,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            data.get("kind"),
            data.get("seat"),
            data.get("org"),
            data.get("constituency"),
            [ALL] if data.get("scope") == ALL else data.get("scope"),
            audience(seen),
        ),
    )


SCOPED = ("BodyConstituted", "BodyMandateChanged")
SEATS = ("SeatReserved", "SeatFilled", "SeatVacated", "BodyDissolved")
ROWS: dict[str, Rows] = dict.fromkeys((*SCOPED, *SEATS), happened)


async def seat_events(db: Connection, lens: Lens) -> list[SeatEvent]:
    """Return what happened to seats, in order."""
    return [
        SeatEvent(
            cited=citing("members", row),
            type=row["type"],
            body=row["body"],
            at=row["at"],
            seat=row["seat"],
            org=row["org"],
            constituency=row["constituency"],
        )
        for row in await cited_rows(db, lens, SEAT, "members", *SEATS)
    ]


async def hidden_seat_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, SEAT, "members", *SEATS)


async def scopes(db: Connection, lens: Lens) -> dict[UUID, Scope]:
    """Return what each body may decide about."""
    return {
        row["body"]: Scope(
            None if row["scope"] == [ALL] else tuple(map(UUID, row["scope"])),
            citing("members", row),
        )
        for row in await cited_rows(db, lens, SEAT, "members", *SCOPED)
    }


async def plenary(db: Connection, lens: Lens) -> UUID | None:
    """Return the body in which every active member sits."""
    found: UUID | None = await db.fetchval(
        "select body from seat where coalition_id = $1 and position <= $2 and audience && $3"
        " and type = 'BodyConstituted' and kind = 'plenary' order by position limit 1",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return found
