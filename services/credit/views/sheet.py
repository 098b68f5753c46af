"""Contributions as a sheet to take away, which an import reads: `docs/reference/sheets.md`.

Who declined to be named is not in it. Organisations stand there by their ids: credit knows no
names.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from services.credit.views.queries import ContributionRow
from shared.cells import BOM, guarded
from shared.event import Text, timestamp
from shared.sheet import written

COLUMNS = (
    "id", "organisation", "role", "degree", "what", "language", "about", "from", "recorded_by",
    "confirmed_by",
)  # fmt: skip


def sheet(rows: Iterable[ContributionRow], *, bom: bool = False) -> bytes:
    """Return the sheet as CSV: RFC 4180, UTF-8, CRLF.

    Args:
        rows: As the reader may see them; oldest first.
        bom: So that a spreadsheet knows that it is UTF-8.
    """
    lines = written([COLUMNS, *(_cells(row) for row in rows)])
    return ((BOM if bom else "") + lines).encode()


def _cells(row: ContributionRow) -> tuple[str, ...]:
    what = row.what if isinstance(row.what, Text) else None
    others = [str(org) for org in row.confirmed_by if org != row.by]
    return (
        str(row.contribution),
        str(row.of),
        row.role,
        row.degree,
        guarded(what.text) if what else "",
        what.lang if what else "",
        "; ".join(row.about),
        _moment(row.at),
        str(row.by or ""),
        "; ".join(others),
    )


def _moment(at: datetime) -> str:
    """Return a day where only the day is known: history begins it at midnight."""
    at = at.astimezone(UTC)
    return at.date().isoformat() if at.time() == time() else timestamp(at)
