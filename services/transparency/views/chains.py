"""What led from one decision to the next, on some proposals and those tied to them."""

from collections.abc import Iterable
from uuid import UUID

import orjson

from services.transparency.domain.chain import MADE, SUPERSEDED, Link
from services.transparency.domain.said import Said
from services.transparency.views.cases import moment
from services.transparency.views.events import Lens
from shared.hot import Connection

KINDS = ("ImplementationIssueReported", "DecisionReopened", SUPERSEDED)


async def links(db: Connection, lens: Lens, proposals: Iterable[UUID]) -> list[Link]:
    """Return what happened to the decisions on these proposals and on all that are tied to them."""
    found: list[Link] = []
    seen: set[UUID] = set()
    waiting = {*proposals}
    while waiting:
        seen |= waiting
        titles, before = await _proposals(db, lens, waiting)
        happened = await _happened(db, lens, waiting, titles)
        found += happened
        found += await _made(db, lens, waiting, titles)
        after = {link.successor for link in happened if link.successor}
        waiting = await _of_decisions(db, lens, before | after) - seen
    return found


async def _proposals(
    db: Connection, lens: Lens, keys: set[UUID]
) -> tuple[dict[UUID, Said], set[UUID]]:
    """Return what proposals are called, and the decisions that they are to replace."""
    rows = await db.fetch(
        "select proposal, title, supersedes, sealed from proposal where coalition_id = $1"
        " and proposal = any($2) and position <= $3 and audience && $4",
        *(lens.coalition, list(keys), lens.meetings, lens.audiences),
    )
    older = (orjson.loads(row["supersedes"]) for row in rows if row["supersedes"])
    titles = {row["proposal"]: lens.said(row, "title") for row in rows}
    return titles, {UUID(each["decision"]) for each in older}


async def _happened(
    db: Connection, lens: Lens, keys: set[UUID], titles: dict[UUID, Said]
) -> list[Link]:
    rows = await db.fetch(
        "select * from moment where coalition_id = $1 and proposal = any($2) and position <= $3"
        " and audience && $4 and type = any($5)",
        *(lens.coalition, list(keys), lens.meetings, lens.audiences, list(KINDS)),
    )
    return [
        Link(
            position=row["position"],
            type=row["type"],
            at=row["at"],
            proposal=row["proposal"],
            decision=UUID(data["decision"]),
            title=titles.get(row["proposal"]),
            by=row["by_org"] if row["type"] != SUPERSEDED else None,
            said=data.get("what") or data.get("new_information"),
            because=data.get("because"),
            successor=UUID(data["successor"]) if "successor" in data else None,
            effect=data.get("effect"),
        )
        for row in rows
        for data in (moment(lens, row).data,)
    ]


async def _made(
    db: Connection, lens: Lens, keys: set[UUID], titles: dict[UUID, Said]
) -> list[Link]:
    rows = await db.fetch(
        "select position, at, proposal, decision from decision where coalition_id = $1"
        " and proposal = any($2) and position <= $3 and audience && $4 and type = $5",
        *(lens.coalition, list(keys), lens.meetings, lens.audiences, MADE),
    )
    return [
        Link(
            row["position"], MADE, row["at"], row["proposal"], row["decision"],
            titles.get(row["proposal"]),
        )
        for row in rows
    ]  # fmt: skip


async def _of_decisions(db: Connection, lens: Lens, decisions: set[UUID]) -> set[UUID]:
    """Return the proposals that these decisions were made on."""
    if not decisions:
        return set()
    rows = await db.fetch(
        "select proposal from decision where coalition_id = $1 and decision = any($2)"
        " and position <= $3 and audience && $4",
        *(lens.coalition, list(decisions), lens.meetings, lens.audiences),
    )
    return {row["proposal"] for row in rows}
