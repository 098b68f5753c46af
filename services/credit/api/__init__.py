"""HTTP in: contributions, wins and the thanks for them, what is told of it, and lessons."""

from services.credit.api import (
    attributions,
    claims,
    contributions,
    disputes,
    lessons,
    shares,
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
    "everywhere",
    "lessons",
    "router",
    "shares",
    "wins",
]
