"""HTTP in: how the coalition speaks, decides and follows through."""

from services.meetings.api import (
    ballots,
    calendars,
    campaigns,
    concerns,
    floors,
    frontlines,
    meetings,
    messages,
    policies,
    preparations,
    proposals,
    reports,
    rules,
    steps,
)
from services.meetings.api.imports import IMPORTS
from shared.http import Router

PARTS = (
    ballots,
    calendars,
    campaigns,
    concerns,
    floors,
    frontlines,
    meetings,
    messages,
    policies,
    preparations,
    rules,
    proposals,
    reports,
    steps,
)
router = Router(routes=[route for part in PARTS for route in part.router.routes])

__all__ = ["IMPORTS", "router"]
