"""HTTP in: who forms a coalition, joins it, speaks in it, and for what."""

from services.members.api import (
    bodies,
    bottomlines,
    capacities,
    charter,
    circles,
    coalitions,
    conflicts,
    constituencies,
    exchanges,
    issues,
    members,
    mentorships,
    people,
    relationships,
    roster,
    sheets,
    threats,
)
from services.members.api.imports import IMPORTS
from services.members.api.people import confirm_erasure
from services.members.api.routing import everywhere, router

__all__ = [
    "IMPORTS",
    "bodies",
    "bottomlines",
    "capacities",
    "charter",
    "circles",
    "coalitions",
    "confirm_erasure",
    "conflicts",
    "constituencies",
    "everywhere",
    "exchanges",
    "issues",
    "members",
    "mentorships",
    "people",
    "relationships",
    "roster",
    "router",
    "sheets",
    "threats",
]
