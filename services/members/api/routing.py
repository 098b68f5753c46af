"""How a command gets from a route to the journal."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from services.members.domain import founding
from services.members.views import facts
from shared.ask import Written
from shared.event import Command
from shared.hot import AnyDecider
from shared.http import Caller, Page, Reader, Receipt, Router, requires
from shared.sheet import BOM, MEDIA_TYPE

Endpoint = Callable[..., Any]
Row = TypeVar("Row")
Organisation = Annotated[UUID, Path(description="the organisation's id")]
EVERY_MEMBER = ("members", "public")

router = Router()
"""Routes within a coalition."""
everywhere = Router()
"""Routes that name no coalition."""


def adds(path: str, action: str, to: Router = router) -> Callable[[Endpoint], Endpoint]:
    """Declare a command: what it is added to, and the action it needs."""
    return to.post(path, status_code=201, response_model=Receipt, dependencies=[requires(action)])


async def write(caller: Caller, decider: AnyDecider, key: UUID | str, command: Command) -> Written:
    """Decide a command with the facts that it needs."""
    return await caller.handle(decider, key, command, facts=facts.NEEDS.get(type(command), ()))


def with_facts(steps: Sequence[founding.Step], *, forming: bool) -> list[tuple[Any, ...]]:
    """Return steps with the facts they need; who forms a coalition presides at once."""
    made = []
    for decider, key, command in steps:
        needs = facts.NEEDS.get(type(command), ())
        if forming:
            asks = facts.standing, facts.standing_in_body
            needs = tuple(facts.founding if fact in asks else fact for fact in needs)
        made.append((decider, key, command, needs))
    return made


def window(
    rows: Sequence[Row], limit: int | None, cursor: str | None, key: Callable[[Row], object]
) -> Page[Row]:
    """Return a part of a list that is folded whole; without a limit, the rest of it.

    Args:
        cursor: The key of the last row that the reader has; one that no row has begins again.
    """
    keys = [str(key(row)) for row in rows]
    first = keys.index(cursor) + 1 if cursor in keys else 0
    end = len(rows) if limit is None else first + limit
    return Page(items=rows[first:end], next_cursor=keys[end - 1] if end < len(rows) else None)


SHEET: dict[int | str, dict[str, Any]] = {
    200: {"description": "The list as a sheet.", "content": {"text/csv": {"schema": {}}}}
}
Bom = Annotated[bool, Query(description="make a spreadsheet read UTF-8")]


def sheet(name: str, lines: str, *, bom: bool) -> Response:
    """Answer with a sheet to download."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}.csv",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response((BOM if bom else "") + lines, headers=headers, media_type=MEDIA_TYPE)


def own_orgs(reader: Reader) -> frozenset[UUID]:
    """Return the organisations that a reader acts for, or watches for."""
    return frozenset(UUID(token[4:]) for token in reader.audiences if token.startswith("org:"))


def page(found: Sequence[Any], limit: int) -> Page[Any]:
    """Return rows with the cursor of the next ones: the last id, where there may be more."""
    return Page(items=list(found), next_cursor=str(found[-1].id) if len(found) == limit else None)
