"""HTTP in: contributions, wins and the thanks for them, and lessons."""

from services.credit.api import contributions, lessons, wins
from services.credit.api.imports import IMPORTS
from services.credit.api.routing import everywhere, router

__all__ = ["IMPORTS", "contributions", "everywhere", "lessons", "router", "wins"]
