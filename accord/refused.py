"""Refused rows, for the person who can mend them: a CSV file, and a word at the terminal."""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from accord.failed import Failed
from accord.sources.refusals import Refusal
from shared.cells import guarded

COLUMNS = ("file", "line", "column", "reason", "detail")


class Stopped(Failed):
    """With `--strict`, the first refused row ends the import."""


class RefusedRows:
    """Writes each refused row to a file, which is only made when there is one.

    Args:
        path: The file; an older one is replaced.
        strict: Stop at the first.
    """

    def __init__(self, path: Path, *, strict: bool) -> None:
        self.path = path
        self.count = 0
        self.first: Refusal | None = None
        self._strict = strict
        self._file: IO[str] | None = None
        self._rows: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, refusal: Refusal) -> None:
        """Write down a refused row.

        Raises:
            Stopped: none may be refused.
        """
        self.write(refusal)
        if self._strict:
            raise Stopped(f"{refusal}. Mend the row, or leave out --strict to go on without it.")

    def write(self, refusal: Refusal) -> None:
        """Write down a refused row, and let whoever found it decide what to do."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._rows = csv.writer(self._file)
            self._rows.writerow(COLUMNS)
            self.first = refusal
        self.count += 1
        place = guarded(refusal.file), refusal.line, guarded(refusal.column)
        self._rows.writerow([*place, refusal.reason, guarded(refusal.detail)])
