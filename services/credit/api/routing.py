"""The routers of credit, and what its routes share."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Query

from services.credit import views
from shared.ask import Written
from shared.http import Receipt, Router, requires

router = Router()
everywhere = Router()
"""Routes that name no coalition."""
R = TypeVar("R", bound=Callable[..., Awaitable[Written]])

Cursor = Annotated[str | None, Query(pattern="^[1-9][0-9]{0,15}$")]
NEWEST = 2**53  # no position is as high


def adds(path: str, action: str) -> Callable[[R], R]:
    """Declare the route of a command, and the action that it needs."""
    needs = [requires(action)]
    return router.post(path, status_code=201, response_model=Receipt, dependencies=needs)


Placed = TypeVar("Placed", views.ContributionRow, views.WinRow, views.LessonRow)


def following(rows: list[Placed], limit: int) -> str | None:
    """Return where the next page begins: below the position of the last row shown."""
    return rows[limit - 1].ref.partition("/")[2] if len(rows) > limit else None
