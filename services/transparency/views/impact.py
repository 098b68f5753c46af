"""Rows of what came of the work: objectives, evaluations, metrics, stories, wins, demands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson

from services.transparency.domain.impact import Consent, Given, Happening
from services.transparency.domain.refs import Cited
from services.transparency.views.events import Lens, audience, day, jsonb, newest, sealing
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

IMPACT = Table(
    "impact",
    ("coalition_id", "uuid"),
    ("service", "text"),
    ("position", "bigint"),
    ("key", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("first", "jsonb"),
    ("second", "jsonb"),
    ("third", "jsonb"),
    ("plain", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
CONSENT = Table(
    "consent",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("person", "uuid"),
    ("type", "text"),
    ("consent", "uuid"),
    ("purpose", "text"),
    ("until", "date"),
    ("audience", "text[]"),
)
COLUMNS = ("first", "second", "third")
WORDS: Mapping[str, tuple[str, ...]] = {
    "ObjectiveSet": ("text",),
    "ActionHeld": (),
    "DemandPresented": ("office", "text"),
    "DemandEscalated": ("to",),
    "DemandAnswered": ("text",),
    "ObjectiveAssessed": ("why",),
    "EvaluationAnswered": ("done", "met_as_intended", "changed"),
    "LessonRecorded": ("what", "why"),
    "LessonShared": (),
    "ImpactMetricDefined": ("name", "source"),
    "ImpactMetricRecorded": (),
    "StoryRecorded": ("text",),
    "WinDeclared": ("title",),
    "LossAcknowledged": ("title",),
    "WinCelebrated": (),
}
"""The fields of each type that hold words, in the order of the columns that keep them."""


def happened(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data, words = seen.data, WORDS[seen.type]
    columns = dict(zip(COLUMNS, words, strict=False))
    kept = [jsonb(data.get(columns.get(column, ""))) for column in COLUMNS]
    plain = {name: value for name, value in data.items() if name not in words}
    yield (
        IMPACT,
        (
            seen.coalition,
            seen.service,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            *kept,
            jsonb(plain),
            audience(seen),
            sealing(seen, **columns),
        ),
    )


def agreed(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    """Keep what a person agreed to, took back, or that they were erased."""
    data = seen.data
    what = data.get("consent"), data.get("purpose"), day(data.get("until"))
    yield CONSENT, (seen.coalition, seen.position, seen.key, seen.type, *what, audience(seen))


ROWS: dict[str, Rows] = {
    **dict.fromkeys(WORDS, happened),
    **dict.fromkeys(("ConsentGiven", "ConsentWithdrawn", "PersonErased"), agreed),
}


async def happenings(db: Connection, lens: Lens) -> list[Happening]:
    """Return what this reader may see, in order; of lessons also those shared with them."""
    rows = await db.fetch(
        "select i.*, e.leaf, s.shared from impact i join event e"
        " using (coalition_id, service, position)"
        " cross join lateral (select i.type = 'LessonRecorded' and exists (select from impact s"
        "  where s.coalition_id = $1 and s.service = 'credit' and s.position <= $3"
        "  and s.type = 'LessonShared' and s.plain->>'lesson' = i.plain->>'lesson'"
        "  and s.plain->>'to' = any($4)) as shared) s"
        " where i.coalition_id = $1 and i.type <> 'LessonShared'"
        " and i.position <= case i.service when 'meetings' then $2::bigint else $3 end"
        " and (i.audience && $4 or s.shared)"
        " order by i.service = 'credit', i.position",
        *(lens.coalition, lens.meetings, lens.credit, list(lens.audiences)),
    )
    return [_happening(lens, row) for row in rows]


def _happening(lens: Lens, row: asyncpg.Record) -> Happening:
    if row["shared"]:
        lens = replace(lens, audiences=(*lens.audiences, "members"))
    fields = zip(WORDS[row["type"]], COLUMNS, strict=False)
    return Happening(
        cited=Cited(row["service"], row["position"], row["leaf"]),
        key=row["key"],
        type=row["type"],
        at=row["at"],
        by=row["by_org"],
        words={field: lens.said(row, column) for field, column in fields},
        plain=orjson.loads(row["plain"]),
    )


async def hidden(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    found: int = await db.fetchval(
        "select count(*) from impact i where coalition_id = $1 and type <> 'LessonShared'"
        " and position <= case service when 'meetings' then $2::bigint else $3 end"
        " and not audience && $4 and not (type = 'LessonRecorded' and exists (select from impact s"
        "  where s.coalition_id = $1 and s.service = 'credit' and s.position <= $3"
        "  and s.type = 'LessonShared' and s.plain->>'lesson' = i.plain->>'lesson'"
        "  and s.plain->>'to' = any($4)))",
        *(lens.coalition, lens.meetings, lens.credit, list(lens.audiences)),
    )
    return found


async def given(db: Connection, lens: Lens) -> Given | None:
    """Return what the report needs beside; `None` before anything happened.

    Consents are those of now, whatever positions are asked for: what was taken back since is shown
    no more (K14).
    """
    now = await newest(db, lens)
    if now is None:
        return None
    rows = await db.fetch(
        "select consent, purpose, until from consent c where coalition_id = $1"
        " and type = 'ConsentGiven' and not exists (select from consent l"
        " where l.coalition_id = $1 and l.person = c.person and (l.type = 'PersonErased'"
        " or (l.type = 'ConsentWithdrawn' and l.consent = c.consent)))",
        lens.coalition,
    )
    consents: dict[UUID, Consent] = {
        row["consent"]: Consent(row["purpose"], row["until"]) for row in rows
    }
    return Given(now, datetime.now(UTC).date(), consents)
