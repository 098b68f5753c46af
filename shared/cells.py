"""Cells of a spreadsheet: text that none takes for a formula, and how names in them are compared.

Export and import are each other's opposite: what `guarded` adds, `unguarded` takes away, and
nothing else (`conventions.md` 4).
"""

from unicodedata import normalize

FORMULA = tuple("=+-@'\t\r\uff1d\uff0b\uff0d\uff20")
BOM = "\ufeff"


def guarded(cell: str) -> str:
    """Return a text cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """Return the text of a cell, without the one quote that guards it.

    A quote that guards nothing is the text's own: `'Twas` was never written by `guarded`.
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def compared(name: str) -> str:
    """Return a name as it is compared: whatever its capitals, spaces and ways to write a letter."""
    return " ".join(normalize("NFKC", name).casefold().split())
