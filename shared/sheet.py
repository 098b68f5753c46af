"""Sheets: RFC 4180 with CRLF, and no cell that a spreadsheet would take for a formula.

A text cell that begins like one gets a leading quote, which imports take away again.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA = tuple("=+-@'\t\r\uff1d\uff0b\uff0d\uff20")
BOM = "\ufeff"
"""Makes a spreadsheet read UTF-8."""
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"


def written(lines: Iterable[Sequence[Any]]) -> str:
    """Return lines as a sheet."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows(lines)
    return sheet.getvalue()


def cell(value: Any) -> Any:
    """Return what a value is in a cell: nothing, yes or no, guarded text, or itself."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
