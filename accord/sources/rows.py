"""Rows of a CSV file, plain or gzipped, of any size and from anybody.

One row is one line. Memory is bounded by the longest line that is read, whatever the file holds.
A bad row is refused and the next one read; a file that breaks off, or has no usable header, is
`Damaged`.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from unicodedata import category

from accord.sources.refusals import BadRow, Damaged, Refusal, Refuse

LINE_BYTES = 64 * 1024
SHOWN = 40

_ORDINARY = re.compile(r"[\x20-\x7e\t]*")


def unprintable(text: str) -> bool:
    """Say whether `text` holds control or bidirectional-override characters."""
    return not _ORDINARY.fullmatch(text) and any(map(_unprintable, text))


def _unprintable(sign: str) -> bool:
    bidirectional = "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"
    return bidirectional or (category(sign) == "Cc" and sign not in "\n\t")


def find(folder: Path, name: str) -> Path:
    """Return `name.csv` or `name.csv.gz` in `folder`.

    Raises:
        FileNotFoundError: neither is there.
        FileExistsError: both are, and they may differ.
    """
    found = [path for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz") if path.exists()]
    if not found:
        raise FileNotFoundError(f"There is no {name}.csv or {name}.csv.gz in {folder}.")
    if len(found) > 1:
        raise FileExistsError(f"{folder} has {name}.csv and {name}.csv.gz: keep one of them.")
    return found[0]


def read(
    path: Path,
    columns: tuple[str, ...],
    take: Callable[[int, list[str]], None],
    refuse: Refuse,
) -> None:
    """Give each row to `take`: its line number and its cells, in the order of `columns`.

    Args:
        columns: What the header must name; others are passed over.
        take: Raises `BadRow` for a row that it cannot use.
        refuse: Told of each row that could not be read or used.

    Raises:
        Damaged: the file breaks off, is not what its name says, or lacks a column.
    """
    file = str(path)
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
        lines = _lines(file, stream)
        width, picked = _header(file, next(lines, (1, b"")), columns)
        for number, raw in lines:
            try:
                cells = _cells(raw, width)
                take(number, [cells[column] for column in picked])
            except BadRow as bad:
                refuse(bad.at(file, number))


def shown(cell: str) -> str:
    """Return a cell as it may stand in a sentence."""
    return repr(cell if len(cell) <= SHOWN else cell[:SHOWN] + "…")


def _lines(file: str, stream: IO[bytes] | gzip.GzipFile) -> Iterator[tuple[int, bytes | None]]:
    """Yield numbered lines without their ends; `None` for one that is too long to be read."""
    number = 0
    try:
        while raw := stream.readline(LINE_BYTES + 1):
            number += 1
            if len(raw) <= LINE_BYTES or raw.endswith(b"\n"):
                yield number, raw.rstrip(b"\r\n")
                continue
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(LINE_BYTES)
            yield number, None
    except EOFError:
        raise _damaged(file, number + 1, "truncated", "The file breaks off here.") from None
    except (OSError, zlib.error) as broken:
        detail = f"The file cannot be read on: {broken}."
        raise _damaged(file, number + 1, "unreadable", detail) from broken


def _cells(raw: bytes | None, width: int | None = None) -> list[str]:
    if raw is None:
        raise BadRow("line_too_long", f"The line is longer than {LINE_BYTES:,} bytes.")
    try:
        text = raw.decode()
        cells = text.split(",") if '"' not in text else next(csv.reader([text], strict=True))
    except UnicodeDecodeError as wrong:
        detail = f"Byte {wrong.start + 1} of the line is not UTF-8."
        raise BadRow("not_utf8", detail) from wrong
    except csv.Error as wrong:
        raise BadRow("quotes", "The quotation marks do not pair up on this line.") from wrong
    if unprintable(text):
        raise BadRow("control_characters", "The line holds control characters.")
    if len(cells) != (width or len(cells)):
        raise BadRow("columns", f"The row has {len(cells)} cells, not {width}.")
    return cells


def _header(
    file: str, first: tuple[int, bytes | None], columns: tuple[str, ...]
) -> tuple[int, list[int]]:
    """Return how many columns there are, and where those that matter stand."""
    number, raw = first
    try:
        names = _cells(raw.removeprefix(b"\xef\xbb\xbf") if raw is not None else None)
    except BadRow as bad:
        raise Damaged(bad.at(file, number)) from bad
    missing = [column for column in columns if names.count(column) != 1]
    if missing:
        detail = f"The header must name each of these columns once: {', '.join(missing)}."
        raise _damaged(file, number, "missing_column", detail)
    return len(names), [names.index(column) for column in columns]


def _damaged(file: str, line: int, reason: str, detail: str) -> Damaged:
    return Damaged(Refusal(file, line, reason, detail))
