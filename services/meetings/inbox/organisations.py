"""Heard of the coalition and its organisations: who is here, who may decide, who is related."""

from datetime import date
from typing import Literal
from uuid import UUID

import orjson

from services.meetings.inbox.happened import Happened, audience, change, key, words
from shared.changes import Changes
from shared.event import Heard, Recorded, Text
from shared.inbox import Apply, Hears
from shared.projection import sealing

Commitment = Literal["observer", "voice_only", "homework"]


class Weekly(Heard):
    day: str
    at: str


class CoalitionFormed(Heard):
    slug: str
    template: str | None = None
    weekly: Weekly | None = None


class OperatingModeSet(Heard):
    mode: Literal["informal", "formal"]


class DecisionStructurePublished(Heard):
    bodies: tuple[UUID, ...]


class MemberJoined(Heard):
    name: Text | None = None
    kind: str = "organization"
    constituencies: tuple[UUID, ...] = ()
    commitment: Commitment
    voting_right: bool


class CommitmentLevelSet(Heard):
    level: Commitment


class BoundaryAgreed(Heard):
    defaults: dict[str, str]
    min_group: int = 5


class RelatedOrganizationDeclared(Heard):
    related: tuple[UUID, ...]


class InvolvementLevelSet(Heard):
    phase: str
    level: Literal["inform", "consult", "decide"]


class CapacityPledged(Heard):
    hours_per_month: int
    from_: date
    until: date


async def form(db: Changes, seen: Recorded, formed: CoalitionFormed) -> None:
    """Know the coalition by its address, and when it meets each week.

    What is imported tells of the past: its meetings come with it.
    """
    meets = formed.weekly if seen.authority != "imported" else None
    hour, minute = map(int, meets.at.split(":")) if meets else (0, 0)
    rrule = f"FREQ=WEEKLY;BYDAY={meets.day};BYHOUR={hour};BYMINUTE={minute}" if meets else None
    await db.execute(
        "insert into heard.coalition (coalition_id, slug, weekly, template)"
        " values ($1, $2, $3, $4)"
        " on conflict (coalition_id) do update set slug = excluded.slug,"
        " weekly = excluded.weekly, template = excluded.template",
        *(seen.coalition, formed.slug, rrule, formed.template),
    )


async def set_mode(db: Changes, seen: Recorded, mode: OperatingModeSet) -> None:
    """Know whether every representative may do what a chair does."""
    await db.execute(
        "insert into heard.coalition (coalition_id, informal) values ($1, $2)"
        " on conflict (coalition_id) do update set informal = excluded.informal",
        *(seen.coalition, mode.mode == "informal"),
    )


async def structure(db: Changes, seen: Recorded, published: DecisionStructurePublished) -> None:
    """Know which bodies may decide in formal mode (M9)."""
    await db.execute(
        "insert into heard.coalition (coalition_id, structure) values ($1, $2)"
        " on conflict (coalition_id) do update set structure = excluded.structure",
        *(seen.coalition, list(published.bodies)),
    )


async def bound(db: Changes, seen: Recorded, agreed: BoundaryAgreed) -> None:
    """Know in which class each kind is recorded from now on, and what is too few to be shown."""
    await db.execute(
        "insert into heard.coalition (coalition_id, classes, min_group) values ($1, $2, $3)"
        " on conflict (coalition_id) do update set classes = excluded.classes,"
        " min_group = excluded.min_group",
        *(seen.coalition, orjson.dumps(agreed.defaults).decode(), agreed.min_group),
    )


async def admit(db: Changes, seen: Recorded, joined: MemberJoined) -> None:
    """Let the organisation into the electorate of votings opened from now on."""
    await db.execute(
        "insert into heard.organisation (coalition_id, org, name, one_person, standing,"
        " commitment, voting_right, constituencies, audience, sealed, joined)"
        " values ($1, $2, $3, $4, 'joined', $5, $6, $7, $8, $9, $10)"
        " on conflict (coalition_id, org) do update set name = excluded.name,"
        " sealed = excluded.sealed,"
        " standing = 'joined', commitment = excluded.commitment,"
        " voting_right = excluded.voting_right, constituencies = excluded.constituencies,"
        " audience = excluded.audience, joined = excluded.joined",
        seen.coalition,
        key(seen),
        words(joined.name),
        joined.kind == "person",
        joined.commitment,
        joined.voting_right,
        list(joined.constituencies),
        list(audience(seen)),
        orjson.dumps(sealing(seen, "name")).decode(),
        seen.position,
    )


def stands(standing: str) -> Apply:
    """Return what a change of standing does: who is not joined decides nothing new."""

    async def apply(db: Changes, seen: Recorded, _: Happened) -> None:
        await change(
            db,
            seen,
            "update heard.organisation set standing = $3 where coalition_id = $1 and org = $2",
            standing,
        )

    return apply


async def commit(db: Changes, seen: Recorded, level: CommitmentLevelSet) -> None:
    """Know what the organisation committed itself to: an observer decides nothing (S3)."""
    await change(
        db,
        seen,
        "update heard.organisation set commitment = $3 where coalition_id = $1 and org = $2",
        level.level,
    )


async def relate(db: Changes, seen: Recorded, declared: RelatedOrganizationDeclared) -> None:
    """Know with whom the organisation shares a vote; it declares the whole set."""
    await change(
        db,
        seen,
        "update heard.organisation set related = $3 where coalition_id = $1 and org = $2",
        list(declared.related),
    )


async def involve(db: Changes, seen: Recorded, involvement: InvolvementLevelSet) -> None:
    """Know how far the organisation takes part in a phase, to invite back who is only informed."""
    await change(
        db,
        seen,
        "insert into heard.involvement values ($1, $2, $3, $4)"
        " on conflict (coalition_id, org, phase) do update set level = excluded.level",
        involvement.phase,
        involvement.level,
    )


async def pledge(db: Changes, seen: Recorded, pledged: CapacityPledged) -> None:
    """Know how many hours the organisation has, to warn where it takes on more (S5)."""
    await change(
        db,
        seen,
        "insert into heard.pledge values ($1, $2, $3, $4, $5)"
        " on conflict (coalition_id, org) do update set hours = excluded.hours,"
        " begins = excluded.begins, ends = excluded.ends",
        pledged.hours_per_month,
        pledged.from_,
        pledged.until,
    )


ORGANISATIONS = (
    Hears(CoalitionFormed, form),
    Hears(OperatingModeSet, set_mode),
    Hears(DecisionStructurePublished, structure),
    Hears(BoundaryAgreed, bound),
    Hears(MemberJoined, admit),
    Hears(Happened, stands("suspended"), type="MemberSuspended"),
    Hears(Happened, stands("joined"), type="MemberReinstated"),
    Hears(Happened, stands("left"), type="MemberLeft"),
    Hears(CommitmentLevelSet, commit),
    Hears(RelatedOrganizationDeclared, relate),
    Hears(InvolvementLevelSet, involve),
    Hears(CapacityPledged, pledge),
)
