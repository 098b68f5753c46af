"""Rows of how people fare and grow: wellbeing, goals, mentorships.

Answers and goals are for the person alone. They are read whatever the reader may see, and only
counted: see `domain/retention.py`. A row that stood under a person's key says so, so that an
erasure finds it.
"""

from collections.abc import Iterable

from services.transparency.domain.refs import Cited
from services.transparency.domain.retention import Growth, Mentoring, Wellbeing
from services.transparency.views.events import Lens, audience, day, sealing
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

WELLBEING = Table(
    "wellbeing",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("person", "uuid"),
    ("month", "text"),
    ("score", "int"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
GROWTH = Table(
    "growth",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("person", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("audience", "text[]"),
)
MENTORING = Table(
    "mentoring",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("mentorship", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("on_day", "date"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]


def answered(seen: Recorded) -> Given:
    data = seen.data
    yield (
        WELLBEING,
        (
            seen.coalition,
            seen.position,
            seen.key,
            data["period"],
            data.get("score"),
            audience(seen),
            sealing(seen, "score"),
        ),
    )


def grew(seen: Recorded) -> Given:
    """Keep that a goal was set or reached, without a word of it."""
    yield (
        GROWTH,
        (seen.coalition, seen.position, seen.key, seen.type, seen.at, audience(seen)),
    )


def mentored(seen: Recorded) -> Given:
    """Keep that a mentorship began or ended, or that they met; not who."""
    on = day(seen.data.get("on"))
    yield (
        MENTORING,
        (seen.coalition, seen.position, seen.key, seen.type, seen.at, on, audience(seen)),
    )


ROWS: dict[str, Rows] = {
    "WellbeingPulseSubmitted": answered,
    "GrowthGoalSet": grew,
    "GrowthGoalReached": grew,
    "MentorshipStarted": mentored,
    "MentorshipSessionLogged": mentored,
    "MentorshipEnded": mentored,
}


async def wellbeing(db: Connection, lens: Lens) -> list[Wellbeing]:
    """Return all answers, in order."""
    rows = await db.fetch(
        "select w.position, person, month, score, recorded_at, leaf from wellbeing w"
        " join event e on e.coalition_id = w.coalition_id and e.service = 'members'"
        " and e.position = w.position"
        " where w.coalition_id = $1 and w.position <= $2 order by w.position",
        lens.coalition,
        lens.members,
    )
    return [
        Wellbeing(
            cited=Cited("members", row["position"], row["leaf"]),
            person=row["person"],
            month=row["month"],
            recorded_at=row["recorded_at"],
            score=row["score"],
        )
        for row in rows
    ]


async def growth(db: Connection, lens: Lens) -> list[Growth]:
    """Return when goals were set and reached, in order."""
    rows = await db.fetch(
        "select g.position, person, g.type, at, leaf from growth g"
        " join event e on e.coalition_id = g.coalition_id and e.service = 'members'"
        " and e.position = g.position"
        " where g.coalition_id = $1 and g.position <= $2 order by g.position",
        lens.coalition,
        lens.members,
    )
    return [
        Growth(
            Cited("members", row["position"], row["leaf"]), row["person"], row["type"], row["at"]
        )
        for row in rows
    ]


async def mentoring(db: Connection, lens: Lens) -> list[Mentoring]:
    """Return what happened to mentorships that the reader may see, in order."""
    rows = await db.fetch(
        "select m.position, mentorship, m.type, at, on_day, leaf from mentoring m"
        " join event e on e.coalition_id = m.coalition_id and e.service = 'members'"
        " and e.position = m.position"
        " where m.coalition_id = $1 and m.position <= $2 and audience && $3 order by m.position",
        lens.coalition,
        lens.members,
        lens.audiences,
    )
    return [
        Mentoring(
            cited=Cited("members", row["position"], row["leaf"]),
            mentorship=row["mentorship"],
            type=row["type"],
            at=row["at"],
            on=row["on_day"],
        )
        for row in rows
    ]
