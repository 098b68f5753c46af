"""How a cell is read: one function a sort of cell, which says in words what it cannot read.

Dates are written `2026-03-12` only: `12.03.2026` and `03/12/2026` are different days to
different people.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, NoReturn
from unicodedata import normalize
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from accord.sources.refusals import BadRow
from accord.sources.rows import shown
from shared.cells import compared, unguarded
from shared.event import LARGEST, Day, Moment, timestamp

Reads = Callable[[str], Any]

_DAY: TypeAdapter[date] = TypeAdapter(Day)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_CODE = re.compile(r"[a-z0-9_]{1,63}")
_ROLE = re.compile(r"(?P<role>.+?)(?:\s+until\s+(?P<until>\S+))?", re.IGNORECASE)
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Everything(str):
    """That all things are meant, not one that is called so."""

    __slots__ = ()


EVERYTHING = Everything("all")


def words(cell: str) -> str:
    """Return a text, without the quote that guards it."""
    return normalize("NFC", unguarded(cell))


def address(cell: str) -> str:
    """Return how somebody is reached."""
    return unguarded(cell).strip()


def moment(cell: str) -> str:
    """Return a moment as it stands in events; a day is its midnight."""
    given = cell.strip()
    try:
        if "T" in given:
            return timestamp(_MOMENT.validate_python(given))
        return timestamp(datetime.combine(_DAY.validate_python(given), time(), UTC))
    except ValidationError:
        _no_date(given)


def day(cell: str) -> str:
    """Return a day."""
    try:
        return _DAY.validate_python(cell.strip()).isoformat()
    except ValidationError:
        _no_date(cell.strip())


def _no_date(given: str) -> NoReturn:
    detail = f"{shown(given)} is not read as a date: write year, month and day, as 2026-03-12."
    raise BadRow("not_a_date", detail)


def flag(cell: str) -> bool:
    """Return yes or no."""
    given = compared(cell)
    if given not in _FLAGS:
        raise BadRow("not_yes_or_no", f"{shown(cell)} is neither yes nor no: write one of them.")
    return _FLAGS[given]


def code(cell: str) -> str:
    """Return a code: `Health care` is `health_care`."""
    given = cell.strip()
    if _CODE.fullmatch(given):
        return given
    made = "_".join(part for part in re.split(r"[\s_/&-]+", compared(given)) if part)
    if not _CODE.fullmatch(made):
        detail = f"{shown(given)} is no code: use letters a to z, digits and underscores."
        raise BadRow("not_a_code", detail)
    return made


def choice(*allowed: str) -> Reads:
    """Return how one of some words is read."""

    def read(cell: str) -> str:
        given = "_".join(compared(cell).replace("_", " ").replace("-", " ").split())
        if given not in allowed:
            listed = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
            raise BadRow("unknown_word", f"{shown(cell)} is not known here: write {listed}.")
        return given

    return read


def whole(cell: str) -> int:
    """Return a number that is not below 0."""
    given = cell.strip()
    digits = given.isascii() and given.isdecimal() and len(given) <= len(str(LARGEST))
    if not digits or int(given) > LARGEST:
        raise BadRow("not_a_number", f"{shown(cell)} is not a whole number: write digits only.")
    return int(given)


def language(cell: str) -> str:
    """Return a language, as BCP 47 writes it."""
    given = cell.strip()
    if not _LANGUAGE.fullmatch(given):
        detail = f"{shown(cell)} is no language: write its code, such as en, de or pt-BR."
        raise BadRow("not_a_language", detail)
    return given


def named(cell: str) -> str:
    """Return what a thing is called: a name, an id of ours, or the id of the source."""
    return unguarded(cell)


def listed(cell: str) -> list[str]:
    """Return what several things are called; semicolons stand between them."""
    return [part.strip() for part in unguarded(cell).split(";") if part.strip()]


def scope(cell: str) -> list[str] | Everything:
    """Return what several things are called, or that all are meant."""
    return EVERYTHING if compared(cell) == EVERYTHING else listed(cell)


def roles(cell: str) -> list[tuple[str, str | None]]:
    """Return roles, each with its last day: `chair until 2026-12-31; scribe`."""
    found = []
    for part in listed(cell):
        parts = _ROLE.fullmatch(part)
        assert parts is not None, "any text is a role at least"
        found.append((code(parts["role"]), day(parts["until"]) if parts["until"] else None))
    return sorted(found)


def id_of(cell: str) -> str:
    """Return an id: ours in its one spelling, the source's as it stands."""
    given = unguarded(cell).strip()
    return str(UUID(given)) if is_ours(given) else given


def is_ours(given: str) -> bool:
    """Say whether a cell holds an id as Accord writes it."""
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", given) is not None
