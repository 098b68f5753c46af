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
from accord.demo.table import STEERING, Issue, Table

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
    voice.at("2026-01-12 09:00")
    table.form("Harbour schools")
    table.work("informal")
    _sit_down(table)
    voice.at("2026-01-15 17:00")
    _name_issues(table)
    voice.at("2026-01-20 16:00")
    _steer(table)
    voice.at("2026-01-22 10:00")
    table.adopt({"majority": MAJORITY, "money": MONEY, "public": PUBLIC})
    table.adopt({"consent": CONSENT}, body=STEERING)


def _sit_down(table: Table) -> None:
    people = TOMAS, PRIYA, JONAS, COLM, DELE, OSKAR
    table.register(*people, INES)
    table.admit(QUAYSIDE, TEACHERS, PARENTS, LIBRARY, MUDLARK, CITY, ALONE)
    table.accredit(dict.fromkeys(people, MAREN))


def _name_issues(table: Table) -> None:
    table.raise_issues(
        Issue(JONAS, LUNCH, "One child in four on the waterfront sits in afternoon lessons hungry. "
              "What does it take to feed them all, with no card to show and no queue apart?"),
        Issue(TOMAS, ROAD, "Three schools, one road, ninety lorries an hour. A child of eight "
              "should be able to walk."),
        Issue(DELE, AFTER, "Between the last bell and the last ferry there are two hours in which "
              "no door is open."),
        Issue(MAREN, HOW, "Who decides what, by which rule, and how we hear those who see it "
              "differently."),
    )  # fmt: skip


def _steer(table: Table) -> None:
    """Make a small body for what should not wait for a plenary."""
    table.register(BETH, LUCIA, SAMIR, AGNES)
    table.constitute(STEERING, "Steering group", (AFTER, HOW))
    sent = {MAREN: MAREN, LUCIA: TOMAS, SAMIR: PRIYA, AGNES: JONAS, DELE: DELE}
    table.seat(sent, STEERING)
    table.accredit({BETH: MAREN}, voting=False)
    table.take_role(MAREN, "chair", STEERING)
    table.take_role(SAMIR, "secretary", STEERING)
