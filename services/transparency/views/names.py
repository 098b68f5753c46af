"""What things are called, who is a member, and the charter: from the members' journal mostly."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from services.transparency.domain.members import MemberEvent, Membership, fold
from services.transparency.domain.said import Names
from services.transparency.views.events import Lens, audience, jsonb, sealing
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

NAME = Table(
    "name",
    ("coalition_id", "uuid"),
    ("service", "text"),
    ("position", "bigint"),
    ("key", "uuid"),
    ("kind", "text"),
    ("name", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
CHARTER = Table(
    "charter",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("slug", "text"),
    ("mode", "text"),
)
MEMBERSHIP = Table(
    "membership",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("org", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("kind", "text"),
    ("sector", "text"),
    ("commitment", "text"),
    ("voting_right", "boolean"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]
PERSON = "person"
"""What a member is that is one person."""


def named(kind: str, field: str = "name", *, always: bool = False) -> Rows:
    """Return rows for an event that names its aggregate.

    Args:
        always: Also where it gives no name.
    """

    def rows(seen: Recorded) -> Given:
        if always or field in seen.data or field in seen.sealed:
            name, sealed = jsonb(seen.data.get(field)), sealing(seen, name=field)
            yield NAME, (
                seen.coalition, seen.service, seen.position, seen.key, kind, name,
                audience(seen), sealed,
            )  # fmt: skip

    return rows


def formed(seen: Recorded) -> Given:
    yield CHARTER, (seen.coalition, seen.position, seen.data["slug"], None)
    yield from named("coalition")(seen)


def mode_set(seen: Recorded) -> Given:
    yield CHARTER, (seen.coalition, seen.position, None, seen.data["mode"])


def member(seen: Recorded) -> Given:
    """Keep what happened to a membership."""
    data = seen.data
    yield (
        MEMBERSHIP,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            data.get("kind"),
            data.get("sector"),
            data.get("commitment") or data.get("level"),
            data.get("voting_right"),
            audience(seen),
        ),
    )


def named_member(seen: Recorded) -> Given:
    yield from member(seen)
    yield from named(PERSON if seen.data.get("kind") == "person" else "organisation")(seen)


ROWS: dict[str, Rows] = {
    "CoalitionFormed": formed,
    "OperatingModeSet": mode_set,
    "MemberInvited": named_member,
    "MembershipApplied": named_member,
    "MembershipDeclined": member,
    "MemberJoined": named_member,
    "MemberSuspended": member,
    "MemberReinstated": member,
    "MemberLeft": member,
    "CommitmentLevelSet": member,
    "BodyConstituted": named("body"),
    "IssueRaised": named("issue"),
    "MeetingSeriesEstablished": named("series"),
    "CampaignLaunched": named("campaign"),
    "WinDeclared": named("win", "title"),
    "LossAcknowledged": named("loss", "title"),
}


async def names(db: Connection, lens: Lens) -> Names:
    """Return the newest name of everything that has one."""
    rows = await db.fetch(
        "select distinct on (key) key, kind, name, audience, sealed from name"
        " join unnest($2::text[], $3::bigint[]) as up_to(service, reached) using (service)"
        " where coalition_id = $1 and position <= reached"
        " order by key, service, position desc",
        lens.coalition,
        list(lens.as_of),
        list(lens.as_of.values()),
    )
    return Names(
        {row["key"]: lens.said(row, "name") for row in rows if lens.sees(row["audience"])},
        frozenset(row["key"] for row in rows if row["kind"] == PERSON),
    )


class Charter(NamedTuple):
    slug: str | None
    mode: str | None


async def charter(db: Connection, lens: Lens) -> Charter:
    """Return the coalition's address, and how it decides about itself."""
    rows = await db.fetch(
        "select slug, mode from charter where coalition_id = $1 and position <= $2"
        " order by position",
        lens.coalition,
        lens.members,
    )
    slugs, modes = ([row[n] for row in rows if row[n]] for n in range(2))
    return Charter(slugs[-1] if slugs else None, modes[-1] if modes else None)


async def members(db: Connection, lens: Lens) -> dict[UUID, Membership]:
    """Return every organisation that ever applied or joined, as it stands."""
    rows = await db.fetch(
        "select position, org, type, at, kind, sector, commitment, voting_right"
        " from membership where coalition_id = $1 and position <= $2 and audience && $3"
        " order by position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return fold(MemberEvent(*row) for row in rows)
