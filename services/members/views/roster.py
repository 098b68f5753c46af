"""Who is at the table: for whom, who speaks for them, in which body, and with which role."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, Field

from services.members.views import queries
from services.members.views.queries import MemberRow, Named, Names, Words, named
from services.members.views.said import Entry
from shared.hot import Connection

Place = Literal["table", "door", "gone"]
"""At the table; invited or applying; declined or left."""
STATES: Mapping[Place, tuple[str, ...]] = {
    "table": ("joined", "suspended"),
    "door": ("invited", "applied"),
    "gone": ("declined", "left"),
}
ASKED = ("MemberInvited", "MembershipApplied", "InterestStated")
"""What stands behind an invitation, or an application."""
TERMS = ("GroundRulesAdopted", "ScopeSet")


class Representative(BaseModel):
    """A person who speaks for an organisation in a body; a name that was erased is absent.

    `executive`: they may decide for it, too.
    """

    accreditation: UUID
    person: UUID | None
    name: Words | None
    body: Named
    authority: str
    voting: bool
    executive: bool
    begins: date
    ends: date | None
    roles: list[str]


class Seated(BaseModel):
    seat: UUID
    body: Named


class RosterRow(MemberRow):
    """`why`: the newest invitation's or application's; `states_interest`: what they gain."""

    why: Words | None = None
    states_interest: bool = False
    represents: list[Named] = Field(default_factory=list)
    representatives: list[Representative] = Field(default_factory=list)
    seats: list[Seated] = Field(default_factory=list)


class Admission(BaseModel):
    """What who joins now accepts, and whether there is room."""

    ground_rules: int = 0
    interest_required: bool = False
    max_members: int | None = None


async def rows(
    db: Connection,
    coalition: UUID,
    audiences: Sequence[str],
    *,
    place: Place | None = None,
    words: str | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[RosterRow]:
    """Return organisations by name, those without one last.

    Args:
        words: Only those with these words in the name.
        after: Only those that follow this organisation.
    """
    found = await db.fetch(
        "with here as (select *, (name is null, lower(coalesce(name ->> 'text', '')), org) as place"
        " from member_now where coalition_id = $1 and audience && $2)"
        " select * from here where ($3::text[] is null or state = any($3))"
        " and ($4::text is null or position(lower($4) in lower(name ->> 'text')) > 0)"
        " and ($5::uuid is null or place > (select place from here where org = $5))"
        " order by place limit $6",
        coalition, list(audiences), None if place is None else list(STATES[place]), words, after,
        limit,
    )  # fmt: skip
    made = [RosterRow(**dict(queries.member(row))) for row in found]
    orgs = [row.id for row in made]
    speak = await representatives(db, coalition, audiences, orgs)
    sit = await _seats(db, coalition, audiences, orgs)
    for row in made:
        row.representatives, row.seats = speak.get(row.id, []), sit.get(row.id, [])
    return made


async def counts(db: Connection, coalition: UUID, audiences: Sequence[str]) -> dict[Place, int]:
    """Return how many organisations are at each place."""
    found = await db.fetch(
        "select state, count(*) as many from member_now where coalition_id = $1 and audience && $2"
        " group by state",
        coalition, list(audiences),
    )  # fmt: skip
    by_state = {row["state"]: row["many"] for row in found}
    return {
        place: sum(by_state.get(state, 0) for state in states) for place, states in STATES.items()
    }


async def representatives(
    db: Connection,
    coalition: UUID,
    audiences: Sequence[str],
    orgs: Sequence[UUID] | None = None,
    *,
    plenary: bool = True,
) -> dict[UUID, list[Representative]]:
    """Return who speaks for each organisation today or later.

    Args:
        orgs: Only for these.
        plenary: Also in the plenary, where every organisation has somebody.
    """
    given = await db.fetch(
        "select * from accreditation where coalition_id = $1"
        " and ($2::uuid[] is null or org in (select unnest($2)))"
        " and (ended or until is null or until >= current_date)",
        coalition, None if orgs is None else list(orgs),
    )  # fmt: skip
    over = {row["accreditation"] for row in given if row["ended"]}
    bodies = await db.fetch(
        "select body, kind, name from body_now where coalition_id = $1 and audience && $2"
        " and ($3 or kind <> 'plenary')",
        coalition, list(audiences), plenary,
    )  # fmt: skip
    of = {row["body"]: row for row in bodies}
    held = [row for row in given if row["accreditation"] not in over and row["body"] in of]
    called = await _called(db, coalition, {row["person"] for row in held} - {None})
    roles: dict[tuple[UUID, UUID], list[str]] = {}
    for row in await db.fetch(
        "select body, accreditation, role from role_now where coalition_id = $1"
        " and (until is null or until >= current_date) order by role",
        coalition,
    ):
        roles.setdefault((row["body"], row["accreditation"]), []).append(row["role"])

    def place(row: Any) -> tuple[Any, ...]:
        kind = of[row["body"]]["kind"]
        return (
            kind != "plenary", kind != "steering", row["body"], not row["voting"],
            row["accreditation"],
        )  # fmt: skip

    by_org: dict[UUID, list[Representative]] = {}
    for row in sorted(held, key=place):
        who = called.get(row["person"])
        taken = roles.get((row["body"], row["accreditation"]), [])
        by_org.setdefault(row["org"], []).append(
            _representative(row, who, of[row["body"]]["name"], taken)
        )
    return by_org


async def _called(
    db: Connection, coalition: UUID, persons: Collection[UUID]
) -> dict[UUID, str | None]:
    """Return the names of people, as JSON."""
    rows = await db.fetch(
        "select distinct on (person) person, name from person where coalition_id = $1"
        " and person in (select unnest($2::uuid[])) order by person, position desc",
        coalition, list(persons),
    )  # fmt: skip
    return {row["person"]: row["name"] for row in rows}


def _representative(
    row: Any, who: str | None, body: str | None, roles: list[str]
) -> Representative:
    return Representative(
        accreditation=row["accreditation"], person=row["person"], name=_words(who),
        body=Named(id=row["body"], name=_words(body)), authority=row["authority"],
        voting=row["voting"], executive=bool(row["executive"]), begins=row["begins"],
        ends=row["until"], roles=roles,
    )  # fmt: skip


async def _seats(
    db: Connection, coalition: UUID, audiences: Sequence[str], orgs: Sequence[UUID]
) -> dict[UUID, list[Seated]]:
    found = await db.fetch(
        "select seat.org, seat.seat, seat.body, body.name from seat_now seat"
        " join body_now body using (coalition_id, body)"
        " where coalition_id = $1 and body.audience && $2 and not body.dissolved"
        " and seat.org = any($3) order by seat.seat",
        coalition, list(audiences), list(orgs),
    )  # fmt: skip
    by_org: dict[UUID, list[Seated]] = {}
    for row in found:
        body = Named(id=row["body"], name=_words(row["name"]))
        by_org.setdefault(row["org"], []).append(Seated(seat=row["seat"], body=body))
    return by_org


async def members_named(db: Connection, coalition: UUID, audiences: Sequence[str]) -> list[Named]:
    """Return the members by name."""
    found = await db.fetch(
        "select org, name from member_now where coalition_id = $1 and audience && $2"
        " and state in ('joined', 'suspended')"
        " order by name is null, lower(name ->> 'text'), org",
        coalition, list(audiences),
    )  # fmt: skip
    return [Named(id=row["org"], name=_words(row["name"])) for row in found]


def admission(entries: Iterable[Entry]) -> Admission:
    """Return what who joins now accepts.

    Args:
        entries: Of the coalition those of `TERMS`, oldest first.
    """
    made = Admission()
    for entry in entries:
        if entry.type == "GroundRulesAdopted":
            made.ground_rules = entry.data["version"]
        elif entry.type == "ScopeSet":
            made.interest_required = entry.data["interest_required"]
            made.max_members = entry.data.get("max_members")
    return made


def tell_why(rows: Sequence[RosterRow], entries: Iterable[Entry]) -> None:
    """Add to those at the door why they were invited or apply.

    Args:
        entries: Of memberships those of `ASKED`, oldest first.
    """
    waiting = {row.id: row for row in rows if row.state in STATES["door"]}
    for entry in entries:
        row = waiting.get(UUID(entry.key))
        if row is None:
            continue
        if entry.type == "InterestStated":
            row.states_interest = True
        else:
            row.why, row.states_interest = entry.data.get("why"), False


def tell_for_whom(
    rows: Sequence[RosterRow], represented: Mapping[UUID, Iterable[UUID]], names: Names
) -> None:
    """Add to each member the constituencies that it represents today, by id."""
    for row in rows:
        row.represents = [named(of, names) for of in sorted(represented.get(row.id, ()))]


def _words(stored: str | None) -> Words | None:
    return orjson.loads(stored) if stored else None
