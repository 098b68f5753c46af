"""A sheet as a spreadsheet saves it: with a mark at its beginning or none, commas or semicolons.

The whole file is read before anything is made of it. A bad row is refused and the next one read;
a file that breaks off, is in another encoding, or lacks a column is `Damaged`.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accord.sheets.columns import EVERY, Column
from accord.sources.refusals import BadRow, Damaged, Refusal, Refuse
from accord.sources.rows import shown, unprintable
from shared.cells import unguarded

FILE_BYTES = 64 * 1024 * 1024
WITHHELD = " [withheld]"
DELIMITERS = ",;\t"
_UTF_16 = b"\xff\xfe", b"\xfe\xff"
_SPELLINGS = {"organization": "organisation"}
_SEPARATOR_LINE = re.compile(r"sep=.\r?\n")
"""What some spreadsheets write before the header, for themselves."""


@dataclass
class Row:
    """A row: what its cells hold, by column, `None` where a cell is empty or its column absent."""

    file: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    def bad(self, reason: str, detail: str, column: str = "") -> Refusal:
        """Return the refusal of this row."""
        return Refusal(self.file, self.line, reason, detail, column)


@dataclass
class _Header:
    """Which columns there are, and at which places of a row."""

    width: int
    columns: list[tuple[int, Column]]


def read(path: Path, kind: str, refuse: Refuse, remark: Refuse) -> list[Row]:
    """Return the rows of a file, plain or gzipped.

    Raises:
        Damaged: it cannot be read as a whole.
    """
    file = str(path)
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            raw = stream.read(FILE_BYTES + 1)
    except EOFError as broken:
        raise _damaged(file, 1, "truncated", "The file breaks off.") from broken
    except (OSError, zlib.error) as broken:
        raise _damaged(file, 1, "unreadable", f"The file cannot be read: {broken}.") from broken
    if len(raw) > FILE_BYTES:
        detail = f"The file is longer than {FILE_BYTES:,} bytes: split it."
        raise _damaged(file, 1, "file_too_long", detail)
    return parsed(raw, kind, file, refuse, remark)


def parsed(raw: bytes, kind: str, file: str, refuse: Refuse, remark: Refuse) -> list[Row]:
    """Return the rows of what was read from `file`.

    Raises:
        Damaged: it is in another encoding, or its header is not that of the sheet.
    """
    text = _decoded(raw, file)
    skipped = 0
    if hint := _SEPARATOR_LINE.match(text):
        text, skipped = text[hint.end() :], 1
    rows = _rows(text, _delimiter(text, EVERY[kind]), file, skipped, refuse)
    number, names = next(rows, (1, []))
    header = _header(kind, names, file, number, remark)
    found: list[Row] = []
    for line, cells in rows:
        row = Row(file, line)
        try:
            _fill(row, cells, header)
        except BadRow as bad:
            refuse(bad.at(file, line))
        else:
            found.append(row)
    return found


def _decoded(raw: bytes, file: str) -> str:
    hint = "In the spreadsheet choose “CSV UTF-8” when you save it."
    if raw.startswith(_UTF_16):
        raise _damaged(file, 1, "not_utf8", f"The file is UTF-16, not UTF-8. {hint}")
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise _damaged(file, line, "not_utf8", f"The line is not UTF-8. {hint}") from wrong


def _delimiter(text: str, columns: Sequence[Column]) -> str:
    """Return what stands between cells: that which lets the header name most columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    known = {column.name for column in columns}

    def names(delimiter: str) -> int:
        return sum(_plain(name.strip('"')) in known for name in first.split(delimiter))

    return max(DELIMITERS, key=names)


def _rows(
    text: str, delimiter: str, file: str, skipped: int, refuse: Refuse
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows that are not empty, each with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            detail = "The quotation marks do not pair up from this line on."
            refuse(Refusal(file, line, "quotes", detail))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header(kind: str, names: Sequence[str], file: str, line: int, remark: Refuse) -> _Header:
    """Return where the columns stand; tell `remark` of those that are not read.

    Raises:
        Damaged: one that is needed is absent, or one stands there twice.
    """
    given = [_plain(name) for name in names]
    withheld = {name.removesuffix(WITHHELD) for name in given if name.endswith(WITHHELD)}
    given = [name.removesuffix(WITHHELD) for name in given]
    known = {column.name: column for column in EVERY[kind]}
    if twice := sorted({name for name in given if name in known and given.count(name) > 1}):
        detail = f"The header names a column twice: {', '.join(twice)}."
        raise _damaged(file, line, "column_twice", detail)
    needed = [column.name for column in EVERY[kind] if column.needed]
    if missing := [name for name in needed if name not in given]:
        detail = (
            f"The first line must name the columns. Missing: {', '.join(missing)}."
            f" A sheet of {kind} may have: {', '.join(known)}."
        )
        raise _damaged(file, line, "missing_column", detail)
    for place, name in enumerate(given):
        if name in withheld:
            detail = "What stood here was withheld from who exported it, and is taken as unknown."
            remark(Refusal(file, line, "withheld", detail, name))
        elif name and name not in known:
            detail = f"{shown(names[place].strip())} is no column of {kind}: it is not read."
            remark(Refusal(file, line, "unknown_column", detail))
    places = [
        (place, known[name])
        for place, name in enumerate(given)
        if name in known and name not in withheld
    ]
    return _Header(len(names), places)


def _plain(name: str) -> str:
    """Return the name of a column, however it is written: `Organization` is `organisation`."""
    words, bracket, rest = unguarded(name).strip().lower().partition(WITHHELD)
    plain = re.sub(r"[\s-]+", "_", words)
    return _SPELLINGS.get(plain, plain) + bracket + rest


def _fill(row: Row, cells: Sequence[str], header: _Header) -> None:
    """Read the cells of a row.

    Raises:
        BadRow: one cannot be read, or is missing.
    """
    if len(cells) < header.width or any(cell.strip() for cell in cells[header.width :]):
        detail = f"The row has {len(cells)} cells, not {header.width}: check quotation marks."
        raise BadRow("columns", detail)
    for place, column in header.columns:
        cell = cells[place].replace("\r\n", "\n")
        if unprintable(cell):
            raise BadRow("control_characters", "The cell holds control characters.", column.name)
        if not cell.strip():
            if column.needed:
                raise BadRow("empty_cell", "The cell is empty: fill it in.", column.name)
            continue
        try:
            row.values[column.name] = column.reads(cell)
        except BadRow as bad:
            raise BadRow(bad.reason, bad.detail, column.name) from bad


def _damaged(file: str, line: int, reason: str, detail: str) -> Damaged:
    return Damaged(Refusal(file, line, reason, detail))
