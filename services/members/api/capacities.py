"""What organisations can give: strengths and hours."""

from services.members.api.routing import Organisation, adds, write
from services.members.domain import capacity
from shared.ask import Written
from shared.http import Caller


@adds("/members/{organisation}/strengths", "members:capacity:declare-strength")
async def declare_strength(
    organisation: Organisation, strength: capacity.DeclareStrength, caller: Caller
) -> Written:
    """Say what your organisation is good at."""
    return await write(caller, capacity.decider, organisation, strength)


@adds("/members/{organisation}/pledges", "members:capacity:pledge")
async def pledge_capacity(
    organisation: Organisation, pledge: capacity.PledgeCapacity, caller: Caller
) -> Written:
    """Pledge hours a month, in place of what your organisation pledged before."""
    return await write(caller, capacity.decider, organisation, pledge)


@adds("/members/{organisation}/capacity-reviews", "members:capacity:review")
async def review_capacity(
    organisation: Organisation, review: capacity.ReviewCapacity, caller: Caller
) -> Written:
    """Say that your organisation has reviewed its pledge, and whether it keeps it."""
    return await write(caller, capacity.decider, organisation, review)
