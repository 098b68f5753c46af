"""How a command gets from a route to the journal."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path

from services.members.domain import founding
from services.members.views import facts
from shared.ask import Written
from shared.event import Command
from shared.hot import AnyDecider
from shared.http import Caller, Page, Receipt, Router, requires

Endpoint = Callable[..., Any]
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


def page(found: Sequence[Any], limit: int) -> Page[Any]:
    """Return rows with the cursor of the next ones: the last id, where there may be more."""
    return Page(items=list(found), next_cursor=str(found[-1].id) if len(found) == limit else None)
