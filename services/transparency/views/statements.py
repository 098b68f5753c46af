"""Rows of statements that were released, and what the list of them is made of."""

from collections.abc import Iterable
from typing import Any

from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names
from services.transparency.domain.statements import Belongs, Minority, Statement, row
from services.transparency.views import issues, names, register
from services.transparency.views.events import Lens, audience, cited_rows, citing
from services.transparency.views.names import MEMBERSHIP
from shared.event import Recorded
from shared.hot import Connection
from shared.projection import Row, Rows, Table

STATEMENT = Table(
    "statement",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("message", "uuid"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("decision", "uuid"),
    ("told", "text"),
    ("text_digest", "text"),
    ("sign_ons", "uuid[]"),
    ("minority", "text[]"),
    ("audience", "text[]"),
)


def released(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    data = seen.data
    yield (
        STATEMENT,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.at,
            seen.by,
            data["decision"],
            data["audience"],
            data["text"],
            data["sign_ons"],
            data["minority"],
            audience(seen),
        ),
    )


ROWS: dict[str, Rows] = {
    "StatementReleased": released,
    "MessageDrafted": names.named("message", "text"),
}


async def statements(db: Connection, lens: Lens) -> list[dict[str, Any]]:
    """Return the statements that were released, the newest first."""
    rows = await cited_rows(db, lens, STATEMENT, "meetings")
    if not rows:
        return []
    filed = await _minority(db, lens)
    belongs = {
        each["org"]: Belongs(citing("members", each), each["sector"])
        for each in await cited_rows(db, lens, MEMBERSHIP, "members", "MemberJoined")
    }
    stands = await issues.issue_events(db, lens)
    called = await names.names(db, lens)
    titles = await register.titles(db, lens, {each["decision"] for each in rows})
    known = Names({**called.known, **titles}, called.persons)
    return [
        row(
            Statement(
                cited=citing("meetings", each),
                at=each["at"],
                by=each["by_org"],
                message=each["message"],
                decision=each["decision"],
                audience=each["told"],
                text=each["text_digest"],
                sign_ons=tuple(each["sign_ons"]),
                minority=tuple(filed[ref] for ref in each["minority"] if ref in filed),
            ),
            belongs, stands, known,
        )
        for each in reversed(rows)
    ]  # fmt: skip


async def _minority(db: Connection, lens: Lens) -> dict[str, Minority]:
    """Return every minority statement that this reader may see, by its event."""
    rows = await db.fetch(
        "select m.position, m.by_org, m.data->'text' as text, m.sealed, e.leaf from moment m"
        " join event e on e.coalition_id = m.coalition_id and e.service = 'meetings'"
        " and e.position = m.position where m.coalition_id = $1 and m.position <= $2"
        " and m.audience && $3 and m.type = 'MinorityStatementFiled' order by m.position",
        lens.coalition,
        lens.meetings,
        lens.audiences,
    )
    return {
        f"meetings/{each['position']}": Minority(
            Cited("meetings", each["position"], each["leaf"]),
            each["by_org"],
            lens.said(each, "text"),
        )
        for each in rows
    }
