"""What each sheet holds, in the order in which an export writes it.

`docs/reference/sheets.md` is this for people; a test holds the two, and the export, together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accord.sheets import cells
from accord.sheets.cells import Reads, choice


@dataclass(frozen=True)
class Column:
    """A column, and how its cells are read.

    Args:
        needed: The header names it, and each row fills it in.
        means: The sheet of the things that its cells name.
        loose: An id is taken even where nothing of that id is known.
    """

    name: str
    reads: Reads
    needed: bool = False
    means: str | None = None
    loose: bool = False


POSITIONS = "support", "can_live_with", "oppose", "no_position"
LEAVING = "burnout", "goals", "capacity", "conflict", "dissolved", "expelled", "other"

_ID = Column("id", cells.id_of)
_NAME = Column("name", cells.words, needed=True)
_LANGUAGE = Column("language", cells.language)
_FROM, _UNTIL = Column("from", cells.moment), Column("until", cells.moment)
_WHY = Column("reason", cells.words), Column("reason_language", cells.language)
_ORGANISATION = Column("organisation", cells.named, means="members")
_PERSON = Column("person", cells.named, means="people")

SHEETS: Mapping[str, tuple[Column, ...]] = {
    "constituencies": (
        _ID, _NAME, _LANGUAGE,
        Column("kind", cells.code),
        Column("least_well_served", cells.flag),
        Column("implementer", cells.flag),
        Column("historically_excluded", cells.flag),
        Column("seats", cells.whole),
        _FROM,
    ),
    "people": (
        _ID, _NAME, _LANGUAGE,
        Column("email", cells.address),
        Column("locale", cells.code),
        _FROM,
    ),
    "issues": (
        _ID, _NAME, _LANGUAGE,
        Column("summary", cells.words),
        Column("summary_language", cells.language),
        _ORGANISATION, _FROM, _UNTIL, *_WHY,
    ),
    "members": (
        _ID, _NAME, _LANGUAGE,
        Column("kind", choice("organization", "person")),
        Column("person", cells.named, means="people", loose=True),
        Column("sector", cells.code),
        Column("constituency", cells.listed, means="constituencies", loose=True),
        Column("commitment", choice("observer", "voice_only", "homework")),
        Column("voting", cells.flag),
        _FROM,
        Column("suspended", cells.moment),
        Column("suspended_because", cells.words),
        Column("suspended_because_language", cells.language),
        _UNTIL,
        Column("reason", choice(*LEAVING)),
        Column("note", cells.words),
        Column("note_language", cells.language),
    ),
    "bodies": (
        _ID, _NAME, _LANGUAGE,
        Column("kind", choice("working_group", "steering", "plenary")),
        Column("scope", cells.scope, means="issues", loose=True),
        _FROM, _UNTIL, *_WHY,
    ),
    "accreditations": (
        _ID,
        Column("organisation", cells.named, needed=True, means="members"),
        Column("body", cells.named, means="bodies"),
        _PERSON,
        Column("authority", choice("full", "ad_referendum", "observer")),
        Column("voting", cells.flag),
        Column("executive", cells.flag),
        Column("role", cells.roles),
        Column("from", cells.day),
        Column("until", cells.day),
        Column("given", cells.moment),
        Column("replaces", cells.named, means="accreditations"),
        Column("ended", cells.moment),
        Column("reason", cells.code),
    ),
    "seats": (
        _ID,
        Column("body", cells.named, needed=True, means="bodies"),
        Column("constituency", cells.named, means="constituencies", loose=True),
        _ORGANISATION, _FROM,
        Column("filled", cells.moment),
    ),
    "positions": (
        Column("issue", cells.named, needed=True, means="issues"),
        Column("organisation", cells.named, needed=True, means="members"),
        Column("position", choice(*POSITIONS), needed=True),
        Column("reason", cells.words, needed=True),
        _LANGUAGE, _FROM,
    ),
}  # fmt: skip

APART: Mapping[str, tuple[Column, ...]] = {
    "contributions": (
        _ID,
        Column("organisation", cells.named, needed=True, means="members"),
        Column("role", cells.code, needed=True),
        Column("degree", choice("lead", "equal", "supporting")),
        Column("what", cells.words),
        Column("language", cells.language),
        _FROM,
        Column("recorded_by", cells.named, means="members"),
        Column("confirmed_by", cells.listed, means="members"),
    ),
}
"""Sheets of another service than members, which are exported and imported by themselves."""
EVERY = {**SHEETS, **APART}
