"""What people ask about the table: the coalition, its members, bodies, issues and people."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel

from services.members.domain.body import PRESIDING
from shared.hot import Connection

Words = dict[str, str]
"""`lang` and `text`; nothing where it may not be seen, or was erased.

Of words that were redacted: that they are `withheld`, the `reason`, `by` whom, `digest` and `ref`.
"""
Names = Mapping[UUID, Words | None]
"""Of organisations, as a reader may see them."""


class CoalitionRow(BaseModel):
    coalition: UUID
    slug: str
    name: Words | None
    mode: str
    template: str
    plenary: UUID | None = None


class ListingRow(BaseModel):
    """A coalition as others find it: neither its address nor its id."""

    topics: list[str]
    name: Words | None
    contact: Words | None


class Named(BaseModel):
    id: UUID
    name: Words | None


class MemberRow(Named):
    """`kind` and `sector` are known once it applied or joined."""

    kind: str | None
    sector: str | None
    state: str
    commitment: str | None
    voting_right: bool | None
    person: UUID | None
    joined_at: datetime | None
    ref: str


class RoleRow(BaseModel):
    role: str
    accreditation: UUID
    organisation: Named
    until: date | None


class TakenRow(BaseModel):
    """A role that a person took; `held`: they have it still."""

    role: str
    body: Named
    organisation: Named
    held: bool
    ref: str


class SeatRow(BaseModel):
    seat: UUID
    constituency: UUID | None
    organisation: Named | None


class BodyRow(Named):
    kind: str
    scope: list[UUID] | Literal["all"]
    dissolved: bool
    roles: list[RoleRow]
    seats: list[SeatRow]
    ref: str


class IssueRow(Named):
    summary: Words | None
    scope: str
    raised_by: Named | None
    ref: str


class MandateRow(BaseModel):
    accreditation: UUID
    organisation: Named
    body: Named
    authority: str
    voting: bool
    begins: date
    ends: date | None
    roles: list[str]


class PersonRow(Named):
    mandates: list[MandateRow]


class Me(BaseModel):
    """`presides`: the organisations for which the person may now do what the chair does."""

    person: UUID | None = None
    name: Words | None = None
    mandates: list[MandateRow] = []
    presides: list[UUID] = []


def _words(stored: str | None) -> Words | None:
    return orjson.loads(stored) if stored else None


def _ref(position: int) -> str:
    return f"members/{position}"


async def find(db: Connection, subject: str) -> list[tuple[UUID, UUID]]:
    """Return (coalition, person) of who signs in with this address; the first to register it."""
    rows = await db.fetch(
        "select distinct on (coalition_id) coalition_id, person from person"
        " where subject = $1 order by coalition_id, position",
        subject.strip().lower(),
    )
    return [(row["coalition_id"], row["person"]) for row in rows]


async def coalitions(
    db: Connection, ids: Sequence[UUID], audiences: Sequence[str]
) -> list[CoalitionRow]:
    """Return coalitions, by address."""
    rows = await db.fetch(
        "select c.*, (select b.body from body_now b where b.coalition_id = c.coalition_id"
        "  and b.kind = 'plenary' and b.audience && $2 limit 1) as plenary from charter_now c"
        " where c.coalition_id = any($1) and c.audience && $2 order by c.slug",
        list(ids), list(audiences),
    )  # fmt: skip
    return [
        CoalitionRow(
            coalition=row["coalition_id"],
            slug=row["slug"],
            name=_words(row["name"]),
            mode=row["mode"],
            template=row["template"],
            plenary=row["plenary"],
        )
        for row in rows
    ]


async def listed(
    db: Connection, topic: str | None, limit: int
) -> dict[UUID, tuple[list[str], Words | None]]:
    """Return topics and contact of coalitions that were listed and have not adjourned.

    The newest listing holds; where it has no contact, that of the one before stays.

    Args:
        db: Of the role that sees every coalition.
        topic: Only those that work on it; without, all that name any.
    """
    rows = await db.fetch(
        "select * from (select coalition_id,"
        "  (array_agg(data->'topics' order by position desc))[1] as topics,"
        "  (array_agg(data->'contact' order by position desc)"
        "   filter (where data ? 'contact'))[1] as contact"
        "  from said where type = 'CoalitionListed' group by coalition_id) listing"
        " where jsonb_array_length(topics) > 0 and ($1::text is null or topics ? $1)"
        " and not exists (select from said over where over.type = 'CoalitionAdjourned'"
        "  and over.coalition_id = listing.coalition_id)"
        " order by coalition_id limit $2",
        topic, limit,
    )  # fmt: skip
    return {
        row["coalition_id"]: (orjson.loads(row["topics"]), _words(row["contact"])) for row in rows
    }


async def members(
    db: Connection,
    coalition: UUID,
    audiences: Sequence[str],
    *,
    state: str | None = None,
    after: UUID | None = None,
    only: UUID | None = None,
    limit: int = 50,
) -> list[MemberRow]:
    """Return organisations that were invited, applied or joined, by id."""
    rows = await db.fetch(
        "select * from member_now where coalition_id = $1 and audience && $2"
        " and ($3::text is null or state = $3) and ($4::uuid is null or org > $4)"
        " and ($5::uuid is null or org = $5) order by org limit $6",
        coalition, list(audiences), state, after, only, limit,
    )  # fmt: skip
    return [member(row) for row in rows]


def member(row: Any) -> MemberRow:
    """Return an organisation from its row in `member_now`."""
    return MemberRow(
        id=row["org"],
        name=_words(row["name"]),
        ref=_ref(row["position"]),
        kind=row["kind"],
        sector=row["sector"],
        state=row["state"],
        commitment=row["commitment"],
        voting_right=row["voting_right"],
        person=row["person"],
        joined_at=row["joined_at"],
    )


async def names(
    db: Connection, coalition: UUID, audiences: Sequence[str]
) -> dict[UUID, Words | None]:
    """Return the names of all organisations that applied or joined, by their ids."""
    rows = await db.fetch(
        "select org, name from member_now where coalition_id = $1 and audience && $2",
        coalition, list(audiences),
    )  # fmt: skip
    return {row["org"]: _words(row["name"]) for row in rows}


async def issue_names(
    db: Connection, coalition: UUID, audiences: Sequence[str]
) -> dict[UUID, Words | None]:
    """Return the names of all issues, by their ids."""
    rows = await db.fetch(
        "select issue, name from issue_now where coalition_id = $1 and audience && $2",
        coalition, list(audiences),
    )  # fmt: skip
    return {row["issue"]: _words(row["name"]) for row in rows}


async def joined(db: Connection, coalition: UUID, audiences: Sequence[str]) -> dict[UUID, date]:
    """Return the members, suspended ones too, with the day on which each joined."""
    rows = await db.fetch(
        "select org, joined_at from member_now where coalition_id = $1 and audience && $2"
        " and state in ('joined', 'suspended') and joined_at is not null",
        coalition, list(audiences),
    )  # fmt: skip
    return {row["org"]: row["joined_at"].date() for row in rows}


async def together(
    db: Connection, coalition: UUID, audiences: Sequence[str], orgs: Collection[UUID]
) -> list[frozenset[UUID]]:
    """Return for each issue those of `orgs` that support it or can live with it now."""
    rows = await db.fetch(
        "select array_agg(org) as orgs from ("
        " select distinct on (org, issue) org, issue,"
        "  case when sealed is null or sealed->'stands'->>0 = any($2) then stands end as stands"
        "  from stand where coalition_id = $1 and org = any($3) and audience && $2"
        "  order by org, issue, position desc) as newest"
        " where stands in ('support', 'can_live_with') group by issue",
        coalition, list(audiences), list(orgs),
    )  # fmt: skip
    return [frozenset(row["orgs"]) for row in rows]


async def active(db: Connection, coalition: UUID, audiences: Sequence[str]) -> set[UUID]:
    """Return the members that are not suspended."""
    rows = await db.fetch(
        "select org from member_now where coalition_id = $1 and audience && $2"
        " and state = 'joined'",
        coalition, list(audiences),
    )  # fmt: skip
    return {row["org"] for row in rows}


async def issues(
    db: Connection,
    coalition: UUID,
    audiences: Sequence[str],
    *,
    after: UUID | None = None,
    only: UUID | None = None,
    limit: int = 50,
) -> list[IssueRow]:
    """Return issues, by id."""
    rows = await db.fetch(
        "select issue.*, member.name as raised_by_name from issue_now issue"
        " left join member_now member"
        " on member.coalition_id = issue.coalition_id and member.org = issue.raised_by"
        " and member.audience && $2"
        " where issue.coalition_id = $1 and issue.audience && $2"
        " and ($3::uuid is null or issue > $3) and ($4::uuid is null or issue = $4)"
        " order by issue limit $5",
        coalition, list(audiences), after, only, limit,
    )  # fmt: skip
    return [
        IssueRow(
            id=row["issue"],
            name=_words(row["name"]),
            summary=_words(row["summary"]),
            scope=row["scope"],
            raised_by=_organisation(row["raised_by"], row["raised_by_name"]),
            ref=_ref(row["position"]),
        )
        for row in rows
    ]


async def bodies(db: Connection, coalition: UUID, audiences: Sequence[str]) -> list[BodyRow]:
    """Return all bodies with their roles and seats, the plenary first."""
    seen = coalition, list(audiences)
    rows = await db.fetch(
        "select * from body_now where coalition_id = $1 and audience && $2"
        " order by dissolved, kind <> 'plenary', kind <> 'steering', body",
        *seen,
    )
    roles = await db.fetch(
        "select role.*, given.org, member.name from role_now role"
        " join accreditation_now given using (coalition_id, accreditation)"
        " join member_now member using (coalition_id, org)"
        " where coalition_id = $1 and member.audience && $2 order by role, accreditation",
        *seen,
    )
    seats = await db.fetch(
        "select seat.*, member.name from seat_now seat"
        " left join member_now member using (coalition_id, org)"
        " where coalition_id = $1 order by seat",
        coalition,
    )
    return [
        BodyRow(
            id=row["body"],
            name=_words(row["name"]),
            kind=row["kind"],
            scope=orjson.loads(row["scope"]),
            dissolved=row["dissolved"],
            roles=[
                RoleRow(
                    role=role["role"],
                    accreditation=role["accreditation"],
                    organisation=Named(id=role["org"], name=_words(role["name"])),
                    until=role["until"],
                )
                for role in roles
                if role["body"] == row["body"]
            ],
            seats=[
                SeatRow(
                    seat=seat["seat"],
                    constituency=seat["constituency"],
                    organisation=_organisation(seat["org"], seat["name"]),
                )
                for seat in seats
                if seat["body"] == row["body"]
            ],
            ref=_ref(row["position"]),
        )
        for row in rows
    ]


async def people(
    db: Connection,
    coalition: UUID,
    audiences: Sequence[str],
    *,
    after: UUID | None = None,
    only: UUID | None = None,
    limit: int = 50,
) -> list[PersonRow]:
    """Return people with what they are accredited for, by id."""
    rows = await db.fetch(
        "select distinct on (person) person, name from person where coalition_id = $1"
        " and ($2::uuid is null or person > $2) and ($3::uuid is null or person = $3)"
        " order by person, position desc limit $4",
        coalition, after, only, limit,
    )  # fmt: skip
    held = await _mandates(db, coalition, audiences, [row["person"] for row in rows])
    return [
        PersonRow(id=row["person"], name=_words(row["name"]), mandates=held.get(row["person"], []))
        for row in rows
    ]


async def _mandates(
    db: Connection, coalition: UUID, audiences: Sequence[str], persons: Sequence[UUID]
) -> dict[UUID, list[MandateRow]]:
    rows = await db.fetch(
        "select given.*, member.name as org_name, body.name as body_name,"
        " array(select role from role_now role where role.coalition_id = $1"
        "  and role.body = given.body and role.accreditation = given.accreditation"
        "  and (role.until is null or role.until >= current_date) order by role) as roles"
        " from accreditation_now given"
        " join member_now member using (coalition_id, org)"
        " join body_now body using (coalition_id, body)"
        " where coalition_id = $1 and given.person = any($3) and member.audience && $2"
        " and body.audience && $2 order by given.accreditation",
        coalition, list(audiences), list(persons),
    )  # fmt: skip
    found: dict[UUID, list[MandateRow]] = {}
    for row in rows:
        found.setdefault(row["person"], []).append(
            MandateRow(
                accreditation=row["accreditation"],
                organisation=Named(id=row["org"], name=_words(row["org_name"])),
                body=Named(id=row["body"], name=_words(row["body_name"])),
                authority=row["authority"],
                voting=row["voting"],
                begins=row["begins"],
                ends=row["until"],
                roles=row["roles"],
            )
        )
    return found


async def person(
    db: Connection, coalition: UUID, audiences: Sequence[str], of: UUID | None
) -> PersonRow | None:
    """Return a person, where there is one."""
    if of is None:
        return None
    rows = await people(db, coalition, audiences, only=of, limit=1)
    return rows[0] if rows else None


async def me(db: Connection, coalition: UUID, audiences: Sequence[str], person: UUID | None) -> Me:
    """Return the person as a coalition knows them."""
    if person is None:
        return Me()
    rows = await people(db, coalition, audiences, only=person, limit=1)
    if not rows:
        return Me()
    [row] = rows
    presides = await _presides(db, coalition, row.mandates)
    return Me(person=row.id, name=row.name, mandates=row.mandates, presides=presides)


async def _presides(db: Connection, coalition: UUID, mandates: Sequence[MandateRow]) -> list[UUID]:
    """Return for whom a person is chair or secretary of the charter: informally, all are."""
    here: Any = await db.fetchrow(
        "select current_date as today,"
        " (select mode from charter_now where coalition_id = $1) as mode,"
        " (select body from body_now where coalition_id = $1 and kind in ('steering', 'plenary')"
        "  and not dissolved order by kind = 'plenary', body limit 1) as body",
        coalition,
    )
    speaking = [
        mandate
        for mandate in mandates
        if mandate.authority in {"full", "ad_referendum"}
        and mandate.begins <= here["today"]
        and (mandate.ends is None or here["today"] <= mandate.ends)
    ]
    return sorted(
        {
            mandate.organisation.id
            for mandate in speaking
            if here["mode"] == "informal"
            or (mandate.body.id == here["body"] and not PRESIDING.isdisjoint(mandate.roles))
        }
    )


async def hours_taken(db: Connection, coalition: UUID) -> dict[UUID, int]:
    """Return how many hours the open steps take that organisations have accepted."""
    rows = await db.fetch(
        "select owner, sum(hours)::bigint as hours from heard.step where coalition_id = $1"
        " and accepted and hours is not null group by owner",
        coalition,
    )
    return {row["owner"]: row["hours"] for row in rows}


async def roles_of(
    db: Connection, coalition: UUID, audiences: Sequence[str], person: UUID
) -> list[TakenRow]:
    """Return the roles that a person took, newest first."""
    rows = await db.fetch(
        "select taken.*, given.org, member.name as org_name, body.name as body_name,"
        " exists (select from role_now now where now.coalition_id = $1 and now.body = taken.body"
        "  and now.role = taken.role and now.accreditation = taken.accreditation"
        "  and (now.until is null or now.until >= current_date)"
        "  and now.accreditation in (select accreditation from accreditation_now"
        "   where coalition_id = $1)) as held"
        " from role taken join accreditation given using (coalition_id, accreditation)"
        " left join member_now member on member.coalition_id = $1 and member.org = given.org"
        "  and member.audience && $2"
        " left join body_now body on body.coalition_id = $1 and body.body = taken.body"
        "  and body.audience && $2"
        " where taken.coalition_id = $1 and taken.held and given.person = $3"
        " order by taken.position desc",
        coalition, list(audiences), person,
    )  # fmt: skip
    return [
        TakenRow(
            role=row["role"],
            body=Named(id=row["body"], name=_words(row["body_name"])),
            organisation=Named(id=row["org"], name=_words(row["org_name"])),
            held=row["held"],
            ref=_ref(row["position"]),
        )
        for row in rows
    ]


async def plenary(db: Connection, coalition: UUID) -> UUID | None:
    """Return the body in which every active member sits."""
    found: Any = await db.fetchval(
        "select body from body_now where coalition_id = $1 and kind = 'plenary'", coalition
    )
    return UUID(str(found)) if found else None


def _organisation(org: UUID | None, name: str | None) -> Named | None:
    return None if org is None else Named(id=org, name=_words(name))


def named(org: UUID | str, names: Names) -> Named:
    """Return an organisation with its name, where the reader may see it."""
    id_ = org if isinstance(org, UUID) else UUID(org)
    return Named(id=id_, name=names.get(id_))
