"""What people and rules look up in credit."""

from services.credit.views.facts import (
    CONTRIBUTIONS,
    cited,
    erased,
    mandates,
    office,
    participants,
    references,
    roll,
    took_part,
)
from services.credit.views.lessons import FoundRow, LessonRow, found, lessons
from services.credit.views.queries import (
    ContributionRow,
    ReceivedRow,
    SuggestionRow,
    WinDetail,
    WinRow,
    celebrated_on,
    contributions,
    received,
    suggestions,
    undisclosed,
    win,
    wins,
)
from services.credit.views.tables import projection

__all__ = [
    "CONTRIBUTIONS",
    "ContributionRow",
    "FoundRow",
    "LessonRow",
    "ReceivedRow",
    "SuggestionRow",
    "WinDetail",
    "WinRow",
    "celebrated_on",
    "cited",
    "contributions",
    "erased",
    "found",
    "lessons",
    "mandates",
    "office",
    "participants",
    "projection",
    "received",
    "references",
    "roll",
    "suggestions",
    "took_part",
    "undisclosed",
    "win",
    "wins",
]
