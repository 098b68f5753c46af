"""Heard of bodies: what they may decide on, and who sits in them."""

from typing import Literal
from uuid import UUID

import orjson

from services.meetings.inbox.happened import Happened, audience, change, words
from shared.changes import Changes
from shared.event import Heard, Recorded, Text
from shared.inbox import Hears
from shared.projection import sealing

Scope = tuple[UUID, ...] | Literal["all"]


class BodyConstituted(Heard):
    name: Text | None = None
    kind: str
    scope: Scope = "all"


class BodyMandateChanged(Heard):
    scope: Scope


class SeatFilled(Heard):
    seat: UUID
    org: UUID


class SeatVacated(Heard):
    seat: UUID


def _issues(scope: Scope) -> list[UUID] | None:
    return None if scope == "all" else list(scope)


_MEETS = (
    "insert into timing.timer (coalition_id, what, key, due)"
    " select $1, 'series', $2 || '/' || weekly, $3 from heard.coalition"
    " where coalition_id = $1 and weekly is not null on conflict do nothing"
)
"""The plenary's weekly series is due at once; `timers.py` establishes it."""


async def constitute(db: Changes, seen: Recorded, body: BodyConstituted) -> None:
    """Let the body meet, and decide on the issues of its scope (D2); the plenary, each week."""
    await change(
        db,
        seen,
        "insert into heard.body values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        words(body.name),
        body.kind,
        _issues(body.scope),
        list(audience(seen)),
        orjson.dumps(sealing(seen, "name")).decode(),
    )
    if body.kind == "plenary":
        await db.execute(_MEETS, seen.coalition, seen.key, seen.recorded_at)


async def change_mandate(db: Changes, seen: Recorded, changed: BodyMandateChanged) -> None:
    """Let the body decide on other issues."""
    await change(
        db,
        seen,
        "update heard.body set scope = $3 where coalition_id = $1 and body = $2",
        _issues(changed.scope),
    )


async def dissolve(db: Changes, seen: Recorded, _: Happened) -> None:
    """Let the body decide nothing more; its name stays with what it did."""
    await change(
        db, seen, "update heard.body set scope = '{}' where coalition_id = $1 and body = $2"
    )


async def fill(db: Changes, seen: Recorded, filled: SeatFilled) -> None:
    """Let the organisation sit in the body."""
    await change(
        db,
        seen,
        "insert into heard.seat values ($1, $2, $3, $4)"
        " on conflict (coalition_id, body, seat) do update set org = excluded.org",
        filled.seat,
        filled.org,
    )


async def vacate(db: Changes, seen: Recorded, vacated: SeatVacated) -> None:
    """Let nobody sit there."""
    await change(
        db,
        seen,
        "delete from heard.seat where coalition_id = $1 and body = $2 and seat = $3",
        vacated.seat,
    )


BODIES = (
    Hears(BodyConstituted, constitute),
    Hears(BodyMandateChanged, change_mandate),
    Hears(Happened, dissolve, type="BodyDissolved"),
    Hears(SeatFilled, fill),
    Hears(SeatVacated, vacate),
)
