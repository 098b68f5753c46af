"""Threats that organisations share."""

from uuid import UUID

from services.members.api.routing import adds, write
from services.members.domain import threat
from shared.ask import Written
from shared.http import Caller


@adds("/threats", "members:threat:identify")
async def identify_threat(identifying: threat.IdentifyThreat, caller: Caller) -> Written:
    """Name what threatens your organisation, for others to say that it threatens them too."""
    return await write(caller, threat.decider, caller.new_id(), identifying)


@adds("/threats/{threat_id}/shares", "members:threat:share")
async def share_threat(threat_id: UUID, sharing: threat.ShareThreat, caller: Caller) -> Written:
    """Say that a threat threatens your organisation too."""
    return await write(caller, threat.decider, threat_id, sharing)


@adds("/threats/{threat_id}/retirements", "members:threat:retire")
async def retire_threat(threat_id: UUID, retiring: threat.RetireThreat, caller: Caller) -> Written:
    """Retire a threat that is over."""
    return await write(caller, threat.decider, threat_id, retiring)
