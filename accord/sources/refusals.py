"""What of a file could not be taken, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Refusal:
    """A row that becomes nothing. `reason` is stable, `detail` is for people.

    `column` is named where one cell is to blame.
    """

    file: str
    line: int
    reason: str
    detail: str
    column: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}"
        place += f", column {self.column}" if self.column else ""
        return f"{place}: {self.detail} ({self.reason})"


Refuse: TypeAlias = Callable[[Refusal], None]


class BadRow(Exception):
    """A row that breaks the format; whoever reads the file knows where it stands."""

    def __init__(self, reason: str, detail: str, column: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.column = column

    def at(self, file: str, line: int) -> Refusal:
        """Return the refusal of the row at this place."""
        return Refusal(file, line, self.reason, self.detail, self.column)


class Damaged(Exception):
    """A file that cannot be read to its end, so nothing it says can be trusted to be whole."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
