"""Safe circles, of which nobody learns who is in them."""

from uuid import UUID

from services.members.api.routing import adds, write
from services.members.domain import circle
from shared.ask import Written
from shared.http import Caller


@adds("/circles", "members:circle:open")
async def open_circle(opening: circle.OpenCircle, caller: Caller) -> Written:
    """Open a safe circle. Its event does not say who did."""
    return await write(caller, circle.decider, caller.new_id(), opening)


@adds("/circles/{circle_id}/closings", "members:circle:close")
async def close_circle(circle_id: UUID, closing: circle.CloseCircle, caller: Caller) -> Written:
    """Close a safe circle. Its event does not say who did."""
    return await write(caller, circle.decider, circle_id, closing)
