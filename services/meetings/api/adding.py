"""How a route adds something: the action it needs, and the facts that its rules ask for."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.meetings.views import NEEDS
from shared.ask import Beside, Written
from shared.event import Command
from shared.hot import AnyDecider
from shared.http import Caller, Receipt, Router, requires

Endpoint = Callable[..., Any]


def adds(router: Router, path: str, action: str) -> Callable[[Endpoint], Endpoint]:
    """Declare a command: what it is added to, and the action it needs."""
    return router.post(
        path, status_code=201, response_model=Receipt, dependencies=[requires(f"meetings:{action}")]
    )


async def write(
    caller: Caller,
    decider: AnyDecider,
    key: UUID,
    command: Command,
    *,
    needs_match: bool = False,
    beside: Beside | None = None,
) -> Written:
    """Decide `command` on the stream of `key`, with the facts that its rules ask for.

    Args:
        beside: What is to be written beside the events.
    """
    facts = NEEDS.get(type(command), ())
    return await caller.handle(
        decider, key, command, facts=facts, needs_match=needs_match, beside=beside
    )
