"""January: eight at one table, four issues, and the rules they decide by."""

from typing import Any

from accord.demo.cast import (
    AGNES,
    ALONE,
    BETH,
    CITY,
    COLM,
    DELE,
    INES,
    JONAS,
    LIBRARY,
    LUCIA,
    MAREN,
    MUDLARK,
    OSKAR,
    PARENTS,
    PRIYA,
    QUAYSIDE,
    SAMIR,
    TEACHERS,
    TOMAS,
)
from accord.demo.table import PLENARY, STEERING, Table

LUNCH = "A hot lunch for every child"
ROAD = "A safe way across Quay Road"
AFTER = "Somewhere to go after school"
HOW = "How we work together"

MAJORITY: dict[str, Any] = {
    "method": "majority", "quorum": {"at_least": [1, 2]}, "notice_hours": 72,
}  # fmt: skip
MONEY: dict[str, Any] = {
    "method": "supermajority", "quorum": {"at_least": [2, 3]}, "notice_hours": 168,
}  # fmt: skip
PUBLIC: dict[str, Any] = {
    "method": "consensus", "notice_hours": 168,
    "objections": {"must_be_addressed": True, "caller_may_outweigh": True},
}  # fmt: skip
CONSENT: dict[str, Any] = {"method": "consent", "notice_hours": 48}


def tell(table: Table) -> None:
    """Form the coalition, without a meeting yet."""
    voice = table.voice
    voice.at("2026-01-19 09:00")
    table.form("Harbour schools")
    table.work("informal")
    _sit_down(table)
    voice.at("2026-01-22 17:00")
    _name_issues(table)
    voice.at("2026-01-27 16:00")
    _steer(table)
    voice.at("2026-01-29 10:00")
    table.adopt("majority", MAJORITY)
    table.adopt("money", MONEY)
    table.adopt("public", PUBLIC)
    table.adopt("consent", CONSENT, body=STEERING)


def _sit_down(table: Table) -> None:
    for person in (TOMAS, PRIYA, JONAS, COLM, DELE, OSKAR, INES):
        table.register(person)
    for org in (QUAYSIDE, TEACHERS, PARENTS, LIBRARY, MUDLARK, CITY):
        table.admit(org)
    table.admit(ALONE, person=INES)
    for person in (TOMAS, PRIYA, JONAS, COLM, DELE, OSKAR):
        table.accredit(person, PLENARY)


def _name_issues(table: Table) -> None:
    table.raise_issue(
        JONAS, LUNCH,
        "One child in four on the waterfront sits in afternoon lessons hungry. What does it take "
        "to feed them all, with no card to show and no queue for the poor?",
    )  # fmt: skip
    table.raise_issue(
        TOMAS, ROAD,
        "Three schools, one road, ninety lorries an hour. A child of eight should be able to walk.",
    )  # fmt: skip
    table.raise_issue(
        DELE, AFTER,
        "Between the last bell and the last ferry there are two hours in which no door is open.",
    )  # fmt: skip
    table.raise_issue(
        MAREN, HOW,
        "Who decides what, by which rule, and how we hear those who see it differently.",
    )  # fmt: skip


def _steer(table: Table) -> None:
    """Make a small body for what should not wait for a plenary."""
    for person, by in ((BETH, MAREN), (LUCIA, TOMAS), (SAMIR, PRIYA), (AGNES, JONAS)):
        table.register(person, by)
    table.constitute(STEERING, "Steering group", (AFTER, HOW))
    for person, by in (
        (MAREN, MAREN),
        (LUCIA, TOMAS),
        (SAMIR, PRIYA),
        (AGNES, JONAS),
        (DELE, DELE),
    ):
        table.seat(person, STEERING, by)
    table.take_role(MAREN, "chair", STEERING)
    table.take_role(SAMIR, "secretary", STEERING)
