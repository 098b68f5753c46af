"""What credit hears from the other services, and what it keeps of it (`inbox.sql`)."""

from services.credit.inbox.meetings import from_meetings
from services.credit.inbox.members import from_members

__all__ = ["from_meetings", "from_members"]
