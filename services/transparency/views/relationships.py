"""Rows of what is between two organisations, and of what they exchange.

Most of it is for these two alone. It is read whatever the reader may see, and only counted: see
`domain/relationship_health.py`.
"""

from collections.abc import Iterable

from services.transparency.domain.pulses import TRUST, VALUE, Pulse
from services.transparency.domain.refs import Cited
from services.transparency.domain.ties import TOUCHED, Between, MatchEvent
from services.transparency.views.events import Lens, audience, day
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

RELATIONSHIP = Table(
    "relationship",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("type", "text"),
    ("one", "uuid"),
    ("other", "uuid"),
    ("at", "timestamptz"),
    ("on_day", "date"),
    ("breach", "uuid"),
    ("offender", "uuid"),
    ("audience", "text[]"),
)
RATINGS = (*TRUST, *VALUE)
PULSE = Table(
    "pulse",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("by_org", "uuid"),
    ("about", "uuid"),
    ("period", "text"),
    ("at", "timestamptz"),
    *((rating, "int") for rating in RATINGS),
    ("audience", "text[]"),
)
MATCHING = Table(
    "matching",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("type", "text"),
    ("match", "uuid"),
    ("by_org", "uuid"),
    ("parties", "uuid[]"),
    ("quantity", "bigint"),
    ("at", "timestamptz"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]


def happened(seen: Recorded) -> Given:
    """Keep what happened between two organisations, without a word of it."""
    data = seen.data
    one, other = seen.key.split("_")
    yield (
        RELATIONSHIP,
        (
            seen.coalition,
            seen.position,
            seen.type,
            one,
            other,
            seen.at,
            day(data.get("on")),
            data.get("breach"),
            data.get("offender"),
            audience(seen),
        ),
    )


def submitted(seen: Recorded) -> Given:
    data = seen.data
    yield (
        PULSE,
        (
            seen.coalition,
            seen.position,
            seen.by,
            data["about"],
            data["period"],
            seen.at,
            *(data.get(rating) for rating in RATINGS),
            audience(seen),
        ),
    )


def matched(seen: Recorded) -> Given:
    data = seen.data
    yield (
        MATCHING,
        (
            seen.coalition,
            seen.position,
            seen.type,
            data["match"],
            seen.by,
            data.get("parties"),
            data.get("quantity"),
            seen.at,
            audience(seen),
        ),
    )


ROWS: dict[str, Rows] = {
    **dict.fromkeys(
        (
            TOUCHED,
            "HistoricTensionRecorded",
            "BoundaryBreachReported",
            "AmendsOffered",
            "AmendsAccepted",
        ),
        happened,
    ),
    "TrustPulseSubmitted": submitted,
    "ResourceMatched": matched,
    "ResourceDelivered": matched,
}


async def between(db: Connection, lens: Lens) -> list[Between]:
    """Return what happened between organisations, in order; touchpoints as the reader sees them."""
    rows = await db.fetch(
        "select r.position, r.type, one, other, at, on_day, breach, offender, leaf"
        " from relationship r join event e on e.coalition_id = r.coalition_id"
        " and e.service = 'members' and e.position = r.position"
        " where r.coalition_id = $1 and r.position <= $2 and (r.type <> $4 or audience && $3)"
        " order by r.position",
        lens.coalition,
        lens.members,
        lens.audiences,
        TOUCHED,
    )
    return [
        Between(
            cited=Cited("members", row["position"], row["leaf"]),
            type=row["type"],
            pair=frozenset({row["one"], row["other"]}),
            at=row["at"],
            on=row["on_day"],
            breach=row["breach"],
            offender=row["offender"],
        )
        for row in rows
    ]


async def pulses(db: Connection, lens: Lens) -> list[Pulse]:
    """Return all pulses that could be opened, in order."""
    rows = await db.fetch(
        "select p.position, by_org, about, period, at, recorded_at, leaf,"  # noqa: S608 - columns
        f" {', '.join(RATINGS)} from pulse p join event e on e.coalition_id = p.coalition_id"
        " and e.service = 'members' and e.position = p.position"
        " where p.coalition_id = $1 and p.position <= $2 order by p.position",
        lens.coalition,
        lens.members,
    )
    return [
        Pulse(
            cited=Cited("members", row["position"], row["leaf"]),
            by=row["by_org"],
            about=row["about"],
            period=row["period"],
            at=row["at"],
            recorded_at=row["recorded_at"],
            ratings=tuple(row[rating] for rating in RATINGS),
        )
        for row in rows
        if all(row[rating] is not None for rating in RATINGS)
    ]


async def match_events(db: Connection, lens: Lens) -> list[MatchEvent]:
    """Return what was agreed and delivered of matches, in order."""
    rows = await db.fetch(
        "select m.position, m.type, match, by_org, parties, quantity, at, leaf"
        " from matching m join event e on e.coalition_id = m.coalition_id"
        " and e.service = 'members' and e.position = m.position"
        " where m.coalition_id = $1 and m.position <= $2 and audience && $3 order by m.position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return [
        MatchEvent(
            cited=Cited("members", row["position"], row["leaf"]),
            type=row["type"],
            match=row["match"],
            at=row["at"],
            by=row["by_org"],
            parties=tuple(row["parties"] or ()),
            quantity=row["quantity"],
        )
        for row in rows
    ]
