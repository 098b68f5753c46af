"""What rules and people look up: facts under the lock, rows for pages."""

from services.meetings.views import box, concerns, frontlines, messages, queries, raisers, rows
from services.meetings.views.facts import NEEDS, appealed_to, superseding
from services.meetings.views.folds import FOLDS
from services.meetings.views.roll import erased, mandates
from services.meetings.views.tables import projection

__all__ = [
    "FOLDS",
    "NEEDS",
    "appealed_to",
    "box",
    "concerns",
    "erased",
    "frontlines",
    "mandates",
    "messages",
    "projection",
    "queries",
    "raisers",
    "rows",
    "superseding",
]
