"""Contributions: from rows to commands. They stand apart, as credit has a journal of its own.

A row is told in the name of who recorded it, and confirmed by whoever confirmed it, together or
not at all. One that the coalition has is left as it is. What `about` says is not read: positions
of one journal mean nothing in another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from accord.sheets.cells import is_ours
from accord.sheets.changes import LANGUAGE
from accord.sheets.reading import Row
from accord.sheets.register import Register
from accord.sources.lines import Coalition, ImportLine, midnight
from accord.sources.refusals import BadRow, Refuse
from shared.event import TEXT_BYTES, Text


@dataclass
class Telling:
    """What the commands are made from.

    Args:
        register: Knows the members.
        into: Where the import goes.
        versions: Of the streams that credit has.
        now: Nothing is later.
    """

    register: Register
    into: Coalition
    versions: Mapping[str, int]
    on: date
    now: str
    refuse: Refuse
    skipped: int = 0
    _taken: dict[str, Row] = field(default_factory=dict)

    def lines(self, rows: Iterable[Row]) -> Iterator[ImportLine]:
        """Yield what rows that can be used ask for, a line each."""
        told = [*self._told(rows)]
        if told and any(line.by == self.into.secretariat for line in told):
            yield self.into.opening(told[0].file, self.on, public=False)
        yield from told

    def _told(self, rows: Iterable[Row]) -> Iterator[ImportLine]:
        for row in rows:
            try:
                yield from [*self._of(row)]
            except BadRow as bad:
                self.refuse(bad.at(row.file, row.line))

    def _of(self, row: Row) -> Iterator[ImportLine]:
        org = self._meant("organisation", row["organisation"])
        by = self.into.secretariat
        if row["recorded_by"]:
            by = self._meant("recorded_by", row["recorded_by"])
        at: str = row["from"] or midnight(self.on)
        if at > self.now:
            raise BadRow("in_the_future", "This day is yet to come.", "from")
        key = self._key(row, org, at)
        if before := self._taken.get(key):
            detail = f"It is listed already in line {before.line}."
            raise BadRow("duplicate", detail, "id" if row["id"] else "")
        confirming = self._confirming(row, org, by)
        self._taken[key] = row
        if self.versions.get(f"contribution-{key}"):
            self.skipped += 1
            return
        confirmed = {"command": "ConfirmContribution", "id": key, "at": at, "body": {}}
        yield ImportLine(
            "credit", "RecordContribution", key, at, 1, self._body(row, org), row.file, row.line,
            by, waits=True, then=tuple(confirmed | {"by": org} for org in confirming),
        )  # fmt: skip

    def _key(self, row: Row, org: str, at: str) -> str:
        given = row["id"]
        if given is None:
            said = f"{org}/{row['role']}/{at}/{row['what']}"
            return self.into.derive(f"contribution/{sha256(said.encode()).hexdigest()}")
        return given if is_ours(given) else self.into.derive(f"contribution/{given}")

    def _meant(self, column: str, cell: str) -> str:
        try:
            return self.register.meant("members", cell)
        except BadRow as bad:
            raise BadRow(bad.reason, bad.detail, column) from bad

    def _confirming(self, row: Row, org: str, by: str) -> list[str]:
        meant = [self._meant("confirmed_by", each) for each in row["confirmed_by"] or ()]
        if org in meant:
            detail = "Another organisation has to confirm what one did."
            raise BadRow("own_confirmation", detail, "confirmed_by")
        return [each for each in dict.fromkeys(meant) if each != by]

    def _body(self, row: Row, org: str) -> dict[str, Any]:
        if row["what"] is None:
            raise BadRow("empty_cell", "Say what was contributed.", "what")
        try:
            what = Text(lang=row["language"] or LANGUAGE, text=row["what"]).model_dump()
        except ValidationError as wrong:
            detail = f"The text is longer than {TEXT_BYTES:,} bytes, or holds control characters."
            raise BadRow("bad_text", detail, "what") from wrong
        degree = row["degree"] or "equal"
        return {"of": org, "role": row["role"], "degree": degree, "about": [], "what": what}
