"""Who is at the table, as sheets to take away, and to bring in again: folded from what was said.

Seven lists of things and one of positions, each row what holds now; positions keep their history.
A row names other things by their names where no two are called alike, else by their ids. What
somebody may not see, or is gone, is an empty cell. `docs/reference/sheets.md` is this for people.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from services.members.views.queries import Words
from services.members.views.said import Entry
from services.members.views.sheet_rows import Row, Table, folded
from shared.cells import BOM, compared, guarded
from shared.event import timestamp

COLUMNS: Mapping[str, Sequence[str]] = {
    "constituencies": (
        "id", "name", "language", "kind", "least_well_served", "implementer",
        "historically_excluded", "seats", "from",
    ),
    "people": ("id", "name", "language", "email", "locale", "from"),
    "issues": (
        "id", "name", "language", "summary", "summary_language", "organisation", "from", "until",
        "reason", "reason_language",
    ),
    "members": (
        "id", "name", "language", "kind", "person", "sector", "constituency", "commitment",
        "voting", "from", "suspended", "suspended_because", "suspended_because_language", "until",
        "reason", "note", "note_language",
    ),
    "bodies": (
        "id", "name", "language", "kind", "scope", "from", "until", "reason", "reason_language",
    ),
    "accreditations": (
        "id", "organisation", "body", "person", "authority", "voting", "executive", "role", "from",
        "until", "given", "replaces", "ended", "reason",
    ),
    "seats": ("id", "body", "constituency", "organisation", "from", "filled"),
    "positions": ("issue", "organisation", "position", "reason", "language", "from"),
}  # fmt: skip
PERSONAL: Mapping[str, Sequence[str]] = {"people": ("email",)}
"""Columns that are for who presides, and for the operator."""
RESTS_ON: Mapping[str, Sequence[str]] = {
    "constituencies": ("constituency",),
    "people": ("person",),
    "issues": ("issue", "membership"),
    "members": ("accreditation", "constituency", "membership", "person"),
    "bodies": ("body", "issue"),
    "accreditations": ("accreditation", "body", "membership", "person"),
    "seats": ("body", "constituency", "membership"),
    "positions": ("issue", "membership"),
}
"""The aggregates whose events a sheet is folded from."""
WITHHELD = "[withheld]"
EVERYTHING = "all"


def sheet(kind: str, entries: Iterable[Entry], *, personal: bool, bom: bool = False) -> bytes:
    """Return a sheet as CSV: RFC 4180, UTF-8, CRLF.

    Args:
        entries: Of the aggregates it rests on, as the reader may see them; oldest first.
        personal: Whether the reader may see columns that are `PERSONAL`.
        bom: So that a spreadsheet knows that it is UTF-8.
    """
    table = folded(entries)
    withheld = () if personal else PERSONAL.get(kind, ())
    names = _Names(table)
    columns = COLUMNS[kind]
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow([f"{name} {WITHHELD}" if name in withheld else name for name in columns])
    for row in table.rows(kind):
        cells = _CELLS[kind](row, table, names)
        lines.writerow(["" if name in withheld else cells.get(name, "") for name in columns])
    return ((BOM if bom else "") + written.getvalue()).encode()


class _Names:
    """What things are called in cells: a name where it is the only one of its kind, else the id."""

    def __init__(self, table: Table) -> None:
        self.of_constituencies = _unmistakable(table.constituencies)
        self.of_people = _unmistakable(table.people)
        self.of_issues = _unmistakable(table.issues)
        self.of_bodies = _unmistakable(table.bodies)
        self.of_members = _unmistakable({org: spans[-1] for org, spans in table.members.items()})
        self.persons: dict[str, str] = {}
        for row in table.rows("accreditations"):
            if row["person"]:
                self.persons.setdefault(row["organisation"], row["person"])


def _unmistakable(rows: Mapping[str, Row]) -> dict[str, str]:
    named = {id_: row["name"]["text"] for id_, row in rows.items() if row["name"]}
    times = Counter(map(compared, named.values()))
    return {id_: name for id_, name in named.items() if _tells(name) and times[compared(name)] == 1}


def _tells(name: str) -> bool:
    """Whether a name, as a cell or in a list, can be taken for nothing else."""
    if compared(name) in {"", EVERYTHING} or ";" in name:
        return False
    try:
        UUID(name.strip())
    except ValueError:
        return True
    return False


def _thing(id_: str | None, names: Mapping[str, str]) -> str:
    return "" if id_ is None else guarded(names.get(id_, id_))


def _things(ids: Iterable[str], names: Mapping[str, str]) -> str:
    return guarded("; ".join(names.get(id_, id_) for id_ in ids))


def _words(main: str, row: Row, *others: str) -> Row:
    """Return the cells of texts: `language` is the main one's, others name theirs if it differs."""
    said: Words | None = row[main]
    language = said["lang"] if said else ""
    cells = {main: guarded(said["text"]) if said else "", "language": language}
    for name in others:
        if (said := row[name]) is not None:
            cells[name] = guarded(said["text"])
            cells[f"{name}_language"] = "" if said["lang"] == language else said["lang"]
    return cells


def _moment(at: datetime | None) -> str:
    """Return a day where only the day is known: history begins it at midnight."""
    if at is None:
        return ""
    at = at.astimezone(UTC)
    return at.date().isoformat() if at.time() == time() else timestamp(at)


def _flag(held: bool) -> str:  # noqa: FBT001 - a cell
    return "yes" if held else "no"


def _constituency(row: Row, _table: Table, _names: _Names) -> Row:
    flags = ("least_well_served", "implementer", "historically_excluded")
    told = {name: _flag(row[name]) for name in flags}
    return {**row, **_words("name", row), **told, "from": _moment(row["from"])}


def _person(row: Row, _table: Table, _names: _Names) -> Row:
    email = guarded(row["email"]["text"]) if row["email"] else ""
    return {**row, **_words("name", row), "email": email, "from": _moment(row["from"])}


def _issue(row: Row, _table: Table, names: _Names) -> Row:
    by = _thing(row["organisation"], names.of_members)
    moments = {name: _moment(row[name]) for name in ("from", "until")}
    return {
        "id": row["id"],
        **_words("name", row, "summary", "reason"),
        "organisation": by,
    } | moments


def _member(row: Row, _table: Table, names: _Names) -> Row:
    alone = names.persons.get(row["id"]) if row["kind"] == "person" else None
    return {
        **row,
        **_words("name", row, "suspended_because", "note"),
        "person": _thing(alone, names.of_people),
        "constituency": _things(row["constituency"], names.of_constituencies),
        "voting": _flag(row["voting"]),
        **{name: _moment(row[name]) for name in ("from", "suspended", "until")},
    }


def _body(row: Row, _table: Table, names: _Names) -> Row:
    scope = row["scope"]
    return {
        "id": row["id"], "kind": row["kind"], **_words("name", row, "reason"),
        "scope": scope if scope == EVERYTHING else _things(scope, names.of_issues),
        "from": _moment(row["from"]), "until": _moment(row["until"]),
    }  # fmt: skip


def _accreditation(row: Row, table: Table, names: _Names) -> Row:
    first = datetime.combine(date.fromisoformat(row["from"]), time(), UTC)
    roles = {} if row["ended"] else table.roles.get((row["body"], row["id"]), {})
    return {
        **row,
        "organisation": _thing(row["organisation"], names.of_members),
        "body": _thing(row["body"], names.of_bodies),
        "person": _thing(row["person"], names.of_people),
        "voting": _flag(row["voting"]),
        "executive": _flag(row["executive"]),
        "role": "; ".join(
            f"{role} until {until}" if until else role for role, until in sorted(roles.items())
        ),
        "given": "" if row["given"] == first else _moment(row["given"]),
        "ended": _moment(row["ended"]),
    }


def _seat(row: Row, _table: Table, names: _Names) -> Row:
    return {
        "id": row["id"],
        "body": _thing(row["body"], names.of_bodies),
        "constituency": _thing(row["constituency"], names.of_constituencies),
        "organisation": _thing(row["organisation"], names.of_members),
        "from": _moment(row["from"]),
        "filled": _moment(row["filled"]),
    }


def _position(row: Row, _table: Table, names: _Names) -> Row:
    return {
        "issue": _thing(row["issue"], names.of_issues),
        "organisation": _thing(row["organisation"], names.of_members),
        "position": row["position"],
        **_words("reason", row),
        "from": _moment(row["from"]),
    }


_CELLS: Mapping[str, Callable[[Row, Table, _Names], Row]] = {
    "constituencies": _constituency,
    "people": _person,
    "issues": _issue,
    "members": _member,
    "bodies": _body,
    "accreditations": _accreditation,
    "seats": _seat,
    "positions": _position,
}
