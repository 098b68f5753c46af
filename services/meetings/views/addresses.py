"""The secret addresses of calendars: whose they are and what they show; kept as digests only."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel

from shared.hot import Connection

Of = Literal["mine", "body", "coalition"]


class AddressRow(BaseModel):
    """A calendar's address, by its id: the address itself was shown once."""

    address: UUID
    of: Of
    body: UUID | None
    person: UUID
    made_at: datetime


class MadeAddress(BaseModel):
    """A new address; `path` is a secret: who knows it reads the calendar."""

    address: UUID
    path: str


async def keep(
    db: Connection, coalition: UUID, made: AddressRow, digest: bytes, at_most: int
) -> bool:
    """Keep an address; return whether there was room for another one of that person."""
    kept: int | None = await db.fetchval(
        "insert into heard.calendar_address select $1, $2, $3, $4, $5, $6, $7"
        " where (select count(*) from heard.calendar_address"
        "  where coalition_id = $1 and person = $3) < $8 returning 1",
        *(coalition, made.address, made.person, made.of, made.body, digest, made.made_at, at_most),
    )
    return kept is not None


async def of_person(db: Connection, coalition: UUID, person: UUID) -> list[AddressRow]:
    """Return the addresses of a person, the oldest first."""
    rows = await db.fetch(
        "select * from heard.calendar_address where coalition_id = $1 and person = $2"
        " order by made_at, address",
        *(coalition, person),
    )
    return [_row(row) for row in rows]


async def of_digest(db: Connection, coalition: UUID, digest: bytes) -> AddressRow | None:
    """Return the address of this digest, as long as it was not revoked."""
    row = await db.fetchrow(
        "select * from heard.calendar_address where coalition_id = $1 and digest = $2",
        *(coalition, digest),
    )
    return _row(row) if row else None


async def revoke(db: Connection, coalition: UUID, person: UUID, address: UUID) -> None:
    """Let nobody read at that address any more."""
    await db.execute(
        "delete from heard.calendar_address"
        " where coalition_id = $1 and person = $2 and address = $3",
        *(coalition, person, address),
    )


def _row(row: Record) -> AddressRow:
    return AddressRow(
        address=row["address"],
        of=row["of"],
        body=row["body"],
        person=row["person"],
        made_at=row["made_at"],
    )
