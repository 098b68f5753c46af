"""On whose behalf a command comes."""

from services.meetings.domain.ids import OrgId
from shared.decider import Refused
from shared.event import Context


def organisation(context: Context) -> OrgId:
    """Return the acting organisation: rules of this service concern organisations, not persons."""
    if context.by is None:
        raise Refused("no_organisation", "Say on which organisation's behalf you act.")
    return OrgId(context.by)
