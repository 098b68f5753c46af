"""What people and rules look up in credit."""

from services.credit.views.facts import (
    CONTRIBUTIONS,
    cited,
    mandates,
    office,
    references,
    roll,
    took_part,
)
from services.credit.views.queries import (
    ContributionRow,
    SuggestionRow,
    WinDetail,
    WinRow,
    contributions,
    suggestions,
    undisclosed,
    win,
    wins,
)
from services.credit.views.tables import projection

__all__ = [
    "CONTRIBUTIONS",
    "ContributionRow",
    "SuggestionRow",
    "WinDetail",
    "WinRow",
    "cited",
    "contributions",
    "mandates",
    "office",
    "projection",
    "references",
    "roll",
    "suggestions",
    "took_part",
    "undisclosed",
    "win",
    "wins",
]
