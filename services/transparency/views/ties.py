"""Rows of what joins organisations: touchpoints, resources matched, practice questions answered."""

from collections.abc import Iterable
from datetime import date

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


def _tie(seen: Recorded, thing: str, orgs: Iterable[str], on: date | None) -> tuple[Table, Row]:
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
        audience(seen),
    )


OF_MEMBERS = ("TouchpointLogged", "ResourceMatched")
OF_MEETINGS = ("PracticeAsked", "PracticeShared")
ROWS: dict[str, Rows] = {
    "TouchpointLogged": touched,
    "ResourceMatched": matched,
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
        )
        for service, kinds in (("members", OF_MEMBERS), ("meetings", OF_MEETINGS))
        for row in await cited_rows(db, lens, TIE, service, *kinds)
    ]


async def hidden_tie_events(db: Connection, lens: Lens) -> int:
    """Return how many of them this reader may not see."""
    return await hidden_rows(db, lens, TIE, "members", *OF_MEMBERS) + await hidden_rows(
        db, lens, TIE, "meetings", *OF_MEETINGS
    )
