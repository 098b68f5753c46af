"""Heard of people: who speaks for which organisation, in which role, and what they are called."""

from datetime import date
from uuid import UUID

from services.meetings.inbox.happened import Happened, change, key, words
from shared.changes import Changes
from shared.event import Heard, Recorded, Text
from shared.inbox import Hears


class RepresentativeAccredited(Heard):
    accreditation: UUID
    body: UUID
    person: UUID | None = None
    authority: str
    voting: bool
    from_: date
    until: date | None = None


class RepresentativeReplaced(RepresentativeAccredited):
    ended: UUID


class AccreditationEnded(Heard):
    accreditation: UUID


class ProxyGranted(Heard):
    proxy: UUID
    to: UUID
    body: UUID
    from_: date
    until: date


class ProxyRevoked(Heard):
    proxy: UUID


class RoleTaken(Heard):
    role: str
    accreditation: UUID
    until: date | None = None


class RoleReleased(Heard):
    role: str
    accreditation: UUID


class PersonRegistered(Heard):
    name: Text | None = None


async def accredit(db: Changes, seen: Recorded, new: RepresentativeAccredited) -> None:
    """Let a person act for the organisation."""
    await db.execute(
        "insert into heard.accreditation values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " on conflict do nothing",
        seen.coalition,
        new.accreditation,
        key(seen),
        new.body,
        new.person,
        new.authority,
        new.voting,
        new.from_,
        new.until,
    )


async def replace(db: Changes, seen: Recorded, new: RepresentativeReplaced) -> None:
    """Let one person act in the place of another; a voting under way hears the new one (D7)."""
    await _end(db, seen, new.ended)
    await accredit(db, seen, new)


async def end(db: Changes, seen: Recorded, ended: AccreditationEnded) -> None:
    """Let a person no longer act."""
    await _end(db, seen, ended.accreditation)


async def _end(db: Changes, seen: Recorded, accreditation: UUID) -> None:
    await db.execute(
        "delete from heard.accreditation where coalition_id = $1 and accreditation = $2",
        *(seen.coalition, accreditation),
    )


async def entrust(db: Changes, seen: Recorded, granted: ProxyGranted) -> None:
    """Let one organisation vote for another in a body, from one day to another."""
    await change(
        db,
        seen,
        "insert into heard.proxy (coalition_id, org, proxy, holder, body, begins, ends)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        granted.proxy,
        granted.to,
        granted.body,
        granted.from_,
        granted.until,
    )


async def revoke(db: Changes, seen: Recorded, revoked: ProxyRevoked) -> None:
    """Let it vote for the other no longer; what it said stays said."""
    await change(
        db,
        seen,
        "delete from heard.proxy where coalition_id = $1 and org = $2 and proxy = $3",
        revoked.proxy,
    )


async def take_role(db: Changes, seen: Recorded, taken: RoleTaken) -> None:
    """Know who chairs, or keeps the minutes of, a body."""
    await change(
        db,
        seen,
        "insert into heard.role values ($1, $2, $3, $4, $5)"
        " on conflict (coalition_id, body, role, accreditation)"
        " do update set until = excluded.until",
        taken.role,
        taken.accreditation,
        taken.until,
    )


async def release_role(db: Changes, seen: Recorded, released: RoleReleased) -> None:
    """Know that an office was given up."""
    await change(
        db,
        seen,
        "delete from heard.role"
        " where coalition_id = $1 and body = $2 and role = $3 and accreditation = $4",
        released.role,
        released.accreditation,
    )


async def register(db: Changes, seen: Recorded, registered: PersonRegistered) -> None:
    """Know what a person is called, for lists of who was there."""
    await change(
        db,
        seen,
        "insert into heard.person values ($1, $2, $3)"
        " on conflict (coalition_id, person) do update set name = excluded.name",
        words(registered.name),
    )


async def erase(db: Changes, seen: Recorded, _: Happened) -> None:
    """Forget the person, and the name of an organisation that is only them (M18)."""
    await change(
        db,
        seen,
        "update heard.organisation set name = null where coalition_id = $1 and one_person and org"
        " in (select org from heard.accreditation where coalition_id = $1 and person = $2)",
    )
    await change(db, seen, "delete from heard.person where coalition_id = $1 and person = $2")
    await change(
        db, seen, "delete from heard.calendar_address where coalition_id = $1 and person = $2"
    )
    await change(
        db,
        seen,
        "update heard.accreditation set person = null where coalition_id = $1 and person = $2",
    )


PEOPLE = (
    Hears(RepresentativeAccredited, accredit),
    Hears(RepresentativeReplaced, replace),
    Hears(AccreditationEnded, end),
    Hears(ProxyGranted, entrust),
    Hears(ProxyRevoked, revoke),
    Hears(RoleTaken, take_role),
    Hears(RoleReleased, release_role),
    Hears(PersonRegistered, register),
    Hears(Happened, erase, type="PersonErased"),
)
