"""Proposals that name no objective: nobody says what of the North Star they serve."""

from datetime import datetime
from typing import Any

import asyncpg

from services.transparency.domain.said import Names
from services.transparency.views import names
from services.transparency.views.events import Lens
from shared.event import timestamp
from shared.hot import Connection

_WITHDRAWN = (
    "select from moment m where m.coalition_id = $1 and m.proposal = p.proposal"
    " and m.type = 'ProposalWithdrawn' and m.position <= $2"
)
_IMPORTED = (
    "select from decision d where d.coalition_id = $1 and d.proposal = p.proposal and d.imported"
)
_ORPHANS = (
    " from proposal p where p.coalition_id = $1 and p.position <= $2 and p.audience && $3"
    f" and p.objective is null and not exists ({_WITHDRAWN}) and not exists ({_IMPORTED})"
)
_OUTCOME = (
    "(select d.outcome from decision d where d.coalition_id = $1 and d.proposal = p.proposal"
    " and d.position <= $2 and d.audience && $3 order by d.position desc limit 1) as outcome"
)


async def orphans(
    db: Connection, lens: Lens, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return proposals that name no objective, the newest first, and how many there are.

    Those that were withdrawn are left out, and those that were imported: the past was not asked.

    Args:
        before: The position where the page before ended.
    """
    seen = lens.coalition, lens.meetings, lens.audiences
    rows = await db.fetch(
        f"select p.*, {_OUTCOME} {_ORPHANS} and ($4::bigint is null or p.position < $4)"
        " order by p.position desc limit $5",
        *(*seen, before, limit),
    )
    known = await names.names(db, lens)
    total: int = await db.fetchval(f"select count(*) {_ORPHANS}", *seen)
    return [_row(row, lens, known) for row in rows], total


def _row(row: asyncpg.Record, lens: Lens, known: Names) -> dict[str, Any]:
    drafted: datetime = row["at"]
    return {
        "id": str(row["proposal"]),
        "title": lens.said(row, "title"),
        "issue": known.of(row["issue"]),
        "proposed_by": known.of(row["by_org"]),
        "at": timestamp(drafted),
        "outcome": row["outcome"],
        "ref": f"meetings/{row['position']}",
    }
