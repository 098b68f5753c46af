"""Rows of what happened at meetings: who was asked, came, spoke and set the agenda; the heat."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from services.transparency.domain.engagement import Act
from services.transparency.domain.participation import Hidden
from services.transparency.domain.refs import Cited
from services.transparency.domain.rooms import (
    ASKED,
    CAME,
    ENDED,
    LOWERED,
    OPENED,
    PROPOSED,
    RAISED,
    SCHEDULED,
    STARTED,
    Event,
)
from services.transparency.domain.window import day_of
from services.transparency.views.events import (
    Lens,
    audience,
    cited_rows,
    citing,
    hidden_rows,
    jsonb,
    sealing,
)
from shared.event import Recorded, Ref
from shared.hot import Connection
from shared.projection import Row, Rows, Table

ROOM = Table(
    "room",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("meeting", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("org", "uuid"),
    ("thing", "uuid"),
    ("accreditation", "uuid"),
    ("seconds", "bigint"),
    ("body", "uuid"),
    ("orgs", "uuid[]"),
    ("words", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
EXECUTIVE = Table(
    "executive",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("type", "text"),
    ("accreditation", "uuid"),
    ("audience", "text[]"),
)
THINGS = {
    CAME: "attendance", STARTED: "speech", ENDED: "speech", RAISED: "item", LOWERED: "item",
    PROPOSED: "item",
}  # fmt: skip
WORDS = {RAISED: "reason", LOWERED: "reason", PROPOSED: "title"}

Given = Iterable[tuple[Table, Row]]


def happened(seen: Recorded) -> Given:
    data, field = seen.data, WORDS.get(seen.type)
    org = {SCHEDULED: data.get("host"), PROPOSED: str(seen.by) if seen.by else None}.get(
        seen.type, data.get("org")
    )
    yield (
        ROOM,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            org,
            data.get(THINGS.get(seen.type, "")),
            data.get("accreditation"),
            data.get("seconds"),
            data.get("body"),
            tuple(data.get("orgs") or ()),
            jsonb(data.get(field)) if field else None,
            audience(seen),
            sealing(seen, words=field) if field else None,
        ),
    )


def accredited(seen: Recorded) -> Given:
    """Keep who may decide for their organisation."""
    if seen.data.get("executive"):
        row = seen.coalition, seen.position, seen.type, seen.data["accreditation"], audience(seen)
        yield EXECUTIVE, row


TYPES = (SCHEDULED, OPENED, ASKED, CAME, STARTED, ENDED, RAISED, LOWERED, PROPOSED)
ROWS: dict[str, Rows] = dict.fromkeys(TYPES, happened) | dict.fromkeys(
    ("RepresentativeAccredited", "RepresentativeReplaced"), accredited
)


async def events_of(db: Connection, lens: Lens) -> list[Event]:
    """Return what happened at meetings, in order, as far as this reader sees it."""
    return [
        Event(
            cited=citing("meetings", row),
            type=row["type"],
            meeting=row["meeting"],
            at=row["at"],
            org=row["org"],
            thing=row["thing"],
            accreditation=row["accreditation"],
            seconds=row["seconds"],
            body=row["body"],
            orgs=tuple(row["orgs"]),
            words=lens.said(row, "words"),
        )
        for row in await cited_rows(db, lens, ROOM, "meetings")
    ]


async def speakers(
    db: Connection, lens: Lens, meetings: Collection[UUID]
) -> dict[UUID, dict[UUID, Ref] | None]:
    """Return who spoke in each meeting, with the first speech of each; `None` where it is hidden.

    Hidden is a meeting of which this reader may not see every speech.
    """
    rows = await db.fetch(
        "select meeting, org, position, audience && $3 as seen from room"
        " where coalition_id = $1 and position <= $2 and type = $4 and meeting = any($5)"
        " order by position desc",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        STARTED,
        list(meetings),
    )
    found: dict[UUID, dict[UUID, Ref] | None] = {meeting: {} for meeting in meetings}
    for row in rows:
        spoke = found[row["meeting"]]
        if not row["seen"]:
            found[row["meeting"]] = None
        elif spoke is not None:
            spoke[row["org"]] = f"meetings/{row['position']}"
    return found


async def executives(db: Connection, lens: Lens) -> dict[UUID, Cited]:
    """Return the accreditations whose holders may decide, with the events that say so."""
    return {
        row["accreditation"]: citing("members", row)
        for row in await cited_rows(db, lens, EXECUTIVE, "members")
    }


async def hidden(db: Connection, lens: Lens, *, table: bool) -> tuple[Hidden, int]:
    """Return of what something is not for this reader, and how many events that are.

    Args:
        table: Whether something of who is at the table is not.
    """
    counts = [
        await hidden_rows(db, lens, ROOM, "meetings", *types)
        for types in ((ASKED,), (OPENED, CAME), (STARTED, ENDED), (PROPOSED,), (SCHEDULED,))
    ]
    heat = await hidden_rows(db, lens, ROOM, "meetings", RAISED, LOWERED)
    executive = await hidden_rows(db, lens, EXECUTIVE, "members")
    asked, came, spoke, items, hosts = (count > 0 for count in counts)
    found = Hidden(asked, came, spoke, items, hosts, table, executive > 0)
    return found, sum(counts) + heat + executive


async def acts(db: Connection, lens: Lens, since: datetime) -> dict[UUID, list[Act]]:
    """Return what each organisation did from a moment on, in the order of the events."""
    rows = await db.fetch(
        "select acts.*, coalesce(acts.own, e.leaf) as leaf from ("
        " select org, 'attended' as kind, position, at, meeting as about, null::bytea as own"
        "  from room where coalition_id = $1 and position <= $2 and audience && $3 and at >= $4"
        "  and type = 'AttendanceRecorded'"
        " union all select org, 'stances', position, at, proposal, leaf from stance"
        "  where coalition_id = $1 and position <= $2 and audience && $3 and at >= $4"
        "  and type in ('StanceTaken', 'StanceChanged')"
        " union all select by_org, 'steps_done', position, at, step, null from step"
        "  where coalition_id = $1 and position <= $2 and audience && $3 and at >= $4"
        "  and type = 'NextStepCompleted') acts"
        " left join event e on e.coalition_id = $1 and e.service = 'meetings'"
        " and e.position = acts.position where acts.org is not null order by acts.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
        since,
    )
    found: defaultdict[UUID, list[Act]] = defaultdict(list)
    for row in rows:
        cited = Cited("meetings", row["position"], row["leaf"])
        found[row["org"]].append(Act(row["kind"], day_of(row["at"]), row["about"], cited))
    return found
