"""Sheets: RFC 4180 with CRLF, and no cell that a spreadsheet would take for a formula.

A text cell that begins like one gets a leading quote, which imports take away again.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from shared.cells import BOM, guarded

__all__ = ["BOM", "MEDIA_TYPE", "cell", "written"]

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
    return guarded(value) if isinstance(value, str) else value
