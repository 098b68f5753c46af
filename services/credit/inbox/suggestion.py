"""What might deserve thanks: offered to people, recorded only if one of them says so."""

from uuid import UUID

from services.credit.domain.roles import Role
from shared.changes import Changes
from shared.event import Recorded


async def suggest(
    db: Changes, seen: Recorded, org: UUID | None, role: str, meeting: UUID | None = None
) -> None:
    """Keep that `org` did this; where it needs a meeting, it shows once that has been held."""
    if org is None:
        return
    where = seen.coalition, seen.service, seen.position
    what = org, Role(role), meeting, meeting is None, seen.audience or (seen.visibility,)
    await db.execute(
        "insert into heard.suggestion values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " on conflict do nothing",
        *(where + what),
    )


async def withdraw(db: Changes, seen: Recorded, role: str, meeting: UUID) -> None:
    """Forget who did this at a meeting: somebody else will."""
    await db.execute(
        "delete from heard.suggestion where coalition_id = $1 and meeting = $2 and role = $3",
        *(seen.coalition, meeting, Role(role)),
    )


async def ripen(db: Changes, seen: Recorded, meeting: UUID) -> None:
    """Show what a meeting suggests, now that it was held."""
    await db.execute(
        "update heard.suggestion set ripe = true where coalition_id = $1 and meeting = $2",
        *(seen.coalition, meeting),
    )
