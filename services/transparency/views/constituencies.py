"""Rows of constituencies: who should be heard, who represents them, and what reviews say."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.transparency.domain.hearing import Consulted, Reviewed
from services.transparency.domain.members import MemberEvent
from services.transparency.domain.refs import Cited
from services.transparency.domain.table import Belongs, Identified, Represents, Tables
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    hidden_rows,
    together,
)
from services.transparency.views.names import MEMBERSHIP, named
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

CONSTITUENCY = Table(
    "constituency",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("constituency", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("kind", "text"),
    ("least_well_served", "boolean"),
    ("implementer", "boolean"),
    ("historically_excluded", "boolean"),
    ("seats_wanted", "bigint"),
    ("occasion", "text"),
    ("consulted", "boolean"),
    ("audience", "text[]"),
)
REPRESENTATION = Table(
    "representation",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("org", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("constituencies", "uuid[]"),
    ("since", "date"),
    ("until", "date"),
    ("audience", "text[]"),
)
AFFECTED = Table(
    "affected",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("proposal", "uuid"),
    ("constituencies", "uuid[]"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]


def identified(seen: Recorded) -> Given:
    data = seen.data
    yield (
        CONSTITUENCY,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            data.get("kind"),
            data.get("least_well_served"),
            data.get("implementer"),
            data.get("historically_excluded"),
            data.get("seats_wanted"),
            data.get("occasion"),
            data.get("consulted"),
            audience(seen),
        ),
    )


def joined(seen: Recorded) -> Given:
    """Keep whom an organisation joined for."""
    yield _representation(seen, seen.key, seen.data.get("constituencies") or (), None, None)


def represented(seen: Recorded) -> Given:
    """Keep from when until when an organisation represents a constituency."""
    since, until = (_day(seen.data.get(name)) for name in ("since", "until"))
    yield _representation(seen, str(seen.by), (seen.key,), since, until)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _representation(
    seen: Recorded, org: str, constituencies: Iterable[str], since: date | None, until: date | None
) -> tuple[Table, Row]:
    return REPRESENTATION, (
        seen.coalition,
        seen.position,
        org,
        seen.type,
        seen.at,
        tuple(constituencies),
        since,
        until,
        audience(seen),
    )


def drafted(seen: Recorded) -> Given:
    """Keep whom a proposal affects, where it says so."""
    if affected := seen.data.get("affected"):
        yield (
            AFFECTED,
            (seen.coalition, seen.position, seen.key, tuple(affected), audience(seen)),
        )


ROWS: dict[str, Rows] = together(
    {
        "ConstituencyIdentified": identified,
        "RepresentationReviewed": identified,
        "MemberJoined": joined,
        "ConstituencyRepresented": represented,
        "ProposalDrafted": drafted,
    },
    {"ConstituencyIdentified": named("constituency")},
)
AT_THE_TABLE = (
    "MemberJoined",
    "MemberSuspended",
    "MemberReinstated",
    "MemberLeft",
    "CommitmentLevelSet",
)


async def tables(db: Connection, lens: Lens) -> Tables:
    """Return who is at the table, at any moment, as far as this reader sees it."""
    return Tables(
        [
            Belongs(
                citing("members", row),
                MemberEvent(
                    row["position"], row["org"], row["type"], row["at"], row["kind"],
                    row["sector"], row["commitment"], row["voting_right"],
                ),
            )
            for row in await cited_rows(db, lens, MEMBERSHIP, "members", *AT_THE_TABLE)
        ],
        [
            Identified(
                cited=citing("members", row),
                constituency=row["constituency"],
                at=row["at"],
                kind=row["kind"],
                least_well_served=row["least_well_served"],
                implementer=row["implementer"],
                historically_excluded=row["historically_excluded"],
                seats_wanted=row["seats_wanted"],
            )
            for row in await cited_rows(
                db, lens, CONSTITUENCY, "members", "ConstituencyIdentified"
            )
        ],
        [
            Represents(
                cited=citing("members", row),
                org=row["org"],
                constituencies=tuple(row["constituencies"]),
                at=row["at"],
                since=row["since"],
                until=row["until"],
            )
            for row in await cited_rows(db, lens, REPRESENTATION, "members")
        ],
    )  # fmt: skip


async def hidden_at_the_table(db: Connection, lens: Lens) -> int:
    """Return how many events this reader may not see that say who represents whom."""
    return (
        await hidden_rows(db, lens, MEMBERSHIP, "members", *AT_THE_TABLE)
        + await hidden_rows(db, lens, CONSTITUENCY, "members", "ConstituencyIdentified")
        + await hidden_rows(db, lens, REPRESENTATION, "members", "ConstituencyRepresented")
    )


async def reviews(db: Connection, lens: Lens) -> list[Reviewed]:
    """Return the reviews of who represents a constituency, in order."""
    rows = await cited_rows(db, lens, CONSTITUENCY, "members", "RepresentationReviewed")
    about = await _about(db, lens, [row["occasion"] for row in rows])
    return [
        Reviewed(
            cited=citing("members", row),
            constituency=row["constituency"],
            about=about.get(row["occasion"]),
            consulted=row["consulted"],
            at=row["at"],
        )
        for row in rows
    ]


async def _about(db: Connection, lens: Lens, occasions: Iterable[str]) -> dict[str, UUID]:
    """Return the proposal or meeting that each occasion is an event of."""
    positions = {
        int(occasion.partition("/")[2])
        for occasion in occasions
        if occasion.startswith("meetings/")
    }
    rows = await db.fetch(
        "select position, key from event where coalition_id = $1 and service = 'meetings'"
        " and position = any($2) and position <= $3 and key is not null",
        lens.coalition,
        list(positions),
        lens.meetings,
    )
    return {f"meetings/{row['position']}": row["key"] for row in rows}


async def consultations(db: Connection, lens: Lens) -> list[Consulted]:
    """Return who was consulted on which proposal, in order."""
    rows = await db.fetch(
        "select m.position, proposal, at, data->>'constituency' as constituency,"
        " data->>'on' as on_day, leaf from moment m join event e"
        " on e.coalition_id = m.coalition_id and e.service = 'meetings'"
        " and e.position = m.position"
        " where m.coalition_id = $1 and m.position <= $2 and m.audience && $3"
        " and m.type = 'ConstituencyConsulted' order by m.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return [
        Consulted(
            cited=Cited("meetings", row["position"], row["leaf"]),
            proposal=row["proposal"],
            constituency=UUID(row["constituency"]),
            on=date.fromisoformat(row["on_day"]),
            at=row["at"],
        )
        for row in rows
    ]


async def hidden_consultations(db: Connection, lens: Lens) -> int:
    """Return how many consultations and reviews this reader may not see."""
    found: int = await db.fetchval(
        "select count(*) from moment where coalition_id = $1 and position <= $2"
        " and type = 'ConstituencyConsulted' and not audience && $3",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return found + await hidden_rows(db, lens, CONSTITUENCY, "members", "RepresentationReviewed")
