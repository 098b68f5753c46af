"""HTTP in: contributions, wins and the thanks for them, what is told of it, and lessons."""

from services.credit.api import (
    attributions,
    claims,
    contributions,
    disputes,
    evaluations,
    lessons,
    metrics,
    shares,
    stories,
    wins,
)
from services.credit.api.imports import IMPORTS
from services.credit.api.routing import everywhere, router

__all__ = [
    "IMPORTS",
    "attributions",
    "claims",
    "contributions",
    "disputes",
    "evaluations",
    "everywhere",
    "lessons",
    "metrics",
    "router",
    "shares",
    "stories",
    "wins",
]
