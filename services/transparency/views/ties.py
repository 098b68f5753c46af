"""Rows of what joins organisations: touchpoints, resources matched, practice questions answered.

And of how far they trust each other, which only the two of a pair may see.
"""

from collections.abc import Iterable
from datetime import date

from services.transparency.domain.ties import PracticeEvent
from services.transparency.domain.unlikely_pairs import TieEvent
from services.transparency.views.events import Lens, audience, cited_rows, citing, hidden_rows
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

TIE = Table(
    "tie",
    ("coalition_id", "uuid"),
    ("service", "text"),
    ("position", "bigint"),
    ("type", "text"),
    ("thing", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("orgs", "uuid[]"),
    ("on_day", "date"),
    ("trust", "int"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]


def touched(seen: Recorded) -> Given:
    """Keep a touchpoint: its stream is named for the two."""
    yield _tie(seen, seen.key, seen.key.split("_"), date.fromisoformat(seen.data["on"]))


def matched(seen: Recorded) -> Given:
    yield _tie(seen, seen.data["match"], seen.data.get("parties") or (), None)


def practised(seen: Recorded) -> Given:
    yield _tie(seen, seen.key, (), None)


def trusted(seen: Recorded) -> Given:
    """Keep a pulse as the sum of its three parts, where it could be opened."""
    parts = ("reliability", "mission", "openness")
    ratings = [seen.data[part] for part in parts if part in seen.data]
    if len(ratings) == len(parts):
        yield _tie(seen, seen.data["period"], seen.key.split("_"), None, sum(ratings))


def _tie(
    seen: Recorded, thing: str, orgs: Iterable[str], on: date | None, trust: int | None = None
) -> tuple[Table, Row]:
    return TIE, (
        seen.coalition,
        seen.service,
        seen.position,
        seen.type,
        thing,
        seen.at,
        seen.by,
        tuple(orgs),
        on,
        trust,
        audience(seen),
    )


OF_MEMBERS = ("TouchpointLogged", "ResourceMatched")
PULSE = "TrustPulseSubmitted"
OF_MEETINGS = ("PracticeAsked", "PracticeShared")
ROWS: dict[str, Rows] = {
    "TouchpointLogged": touched,
    "ResourceMatched": matched,
    PULSE: trusted,
    **dict.fromkeys(OF_MEETINGS, practised),
}


async def tie_events(db: Connection, lens: Lens) -> list[TieEvent]:
    """Return what joins organisations, of each service in order."""
    return [
        TieEvent(
            cited=citing(service, row),
            type=row["type"],
            thing=row["thing"],
            at=row["at"],
            by=row["by_org"],
            orgs=tuple(row["orgs"]),
            on=row["on_day"],
            trust=row["trust"],
        )
        for service, kinds in (("members", (*OF_MEMBERS, PULSE)), ("meetings", OF_MEETINGS))
        for row in await cited_rows(db, lens, TIE, service, *kinds)
    ]


async def practice_events(db: Connection, lens: Lens) -> list[PracticeEvent]:
    """Return the questions of practice and their answers, in order."""
    return [
        PracticeEvent(citing("meetings", row), row["type"], row["thing"], row["at"], row["by_org"])
        for row in await cited_rows(db, lens, TIE, "meetings", *OF_MEETINGS)
    ]


async def hidden_tie_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, TIE, "members", *OF_MEMBERS) + await hidden_rows(
        db, lens, TIE, "meetings", *OF_MEETINGS
    )
