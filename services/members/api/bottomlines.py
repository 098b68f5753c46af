"""What organisations accept for the coalition's terms, alone and with others."""

from services.members.api.routing import Organisation, adds, write
from services.members.domain import bottomline
from shared.ask import Written
from shared.http import Caller


@adds("/members/{organisation}/bottom-lines", "members:bottomline:declare")
async def declare_bottom_line(
    organisation: Organisation, line: bottomline.DeclareBottomLine, caller: Caller
) -> Written:
    """Say what your organisation accepts for a term, and until when. Sealed, only you see it."""
    return await write(caller, bottomline.decider, organisation, line)


@adds("/members/{organisation}/compromises", "members:compromise:agree")
async def agree_compromise(
    organisation: Organisation, compromise: bottomline.AgreeCompromise, caller: Caller
) -> Written:
    """Propose a compromise, or agree to one. It holds once all parties agreed."""
    return await write(caller, bottomline.decider, organisation, compromise)
