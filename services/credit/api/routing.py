"""The routers of credit, and what its routes share."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Protocol, TypeVar

from fastapi import Query

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


class Placed(Protocol):
    """A row that stands where its event does."""

    ref: str


P = TypeVar("P", bound=Placed)


def following(rows: Sequence[Placed], limit: int) -> str | None:
    """Return where the next page begins: below the position of the last row shown."""
    return rows[limit - 1].ref.partition("/")[2] if len(rows) > limit else None


def page(rows: Sequence[P], cursor: str | None, limit: int) -> tuple[list[P], str | None]:
    """Return a page of a register that is folded whole, and where the next one begins."""
    last = int(cursor or NEWEST)
    below = [row for row in rows if int(row.ref.partition("/")[2]) < last][: limit + 1]
    return below[:limit], following(below, limit)
