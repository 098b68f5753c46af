"""What a row asks for: commands that are carried out together, and on what they rest."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, auto
from typing import Any, NamedTuple

from pydantic import ValidationError

from accord.sheets.columns import SHEETS
from accord.sheets.reading import Row
from accord.sheets.register import Register
from accord.sources.refusals import BadRow, Refuse
from shared.event import TEXT_BYTES, Text

Mark = tuple[str, ...]
"""What was changed, such as `("bodies", <id>)`."""
LANGUAGE = "en"


class Phase(IntEnum):
    """What comes first of things that happened at the same moment."""

    CONSTITUENCY = auto()
    PERSON = auto()
    ISSUE = auto()
    MEMBER = auto()
    DISSOLVED = auto()  # so that another of its kind may follow it
    BODY = auto()
    ACCREDITATION = auto()
    SEAT = auto()
    POSITION = auto()
    OVER = auto()


class Act(NamedTuple):
    """One command on one stream."""

    aggregate: str
    key: str
    command: str
    at: str
    body: dict[str, Any]
    by: str | None = None

    @property
    def stream(self) -> str:
        return f"{self.aggregate}-{self.key}"

    def part(self) -> dict[str, Any]:
        """Return it as it is sent with another."""
        said = {"command": self.command, "id": self.key, "at": self.at, "body": self.body}
        return said | ({"by": self.by} if self.by else {})


@dataclass(frozen=True)
class Change:
    """Commands that are carried out together or not at all.

    Args:
        after: What must have been changed before, if this import changes it.
    """

    mark: Mark
    row: Row
    acts: tuple[Act, ...]
    phase: Phase
    after: tuple[Mark, ...] = ()


@dataclass
class Making:
    """What changes are made from: what the coalition has, and what is known of it.

    Args:
        has: The rows of the coalition's own sheets, by sheet and id.
        on: The moment of what has no date.
        now: What is later has not happened.
        formal: Whether some changes need a decision, which an import cannot name.
    """

    register: Register
    has: Mapping[str, Mapping[str, list[Row]]]
    on: str
    now: str
    plenary: str
    formal: bool
    ground_rules: int
    refuse: Refuse
    remark: Refuse
    skipped: int = 0
    gone: set[str] = field(default_factory=set)
    """Organisations that have left, and do not come back with this import."""

    def each(
        self, rows: Iterable[Row], make: Callable[["Making", Row], Iterator[Change]]
    ) -> Iterator[Change]:
        """Yield what is made of each row; one that cannot be used is refused."""
        for row in rows:
            try:
                yield from [*make(self, row)]
            except BadRow as bad:
                self.refuse(bad.at(row.file, row.line))

    def known(self, kind: str, row: Row, *, ends: Iterable[str] = ()) -> Row | None:
        """Return the coalition's own row of the same thing, if it has it.

        Args:
            ends: Columns that may be filled in later.
        """
        rows = self.has[kind].get(row["id"])
        return self.compare(kind, row, rows[-1], ends) if rows else None

    def compare(self, kind: str, row: Row, own: Row, ends: Iterable[str] = ()) -> Row:
        """Return the coalition's own row, and remark on cells that say something else."""
        self.skipped += 1
        later = {name for name in ends if own[name] is None}
        different = [
            column.name
            for column in SHEETS[kind]
            if row[column.name] not in (None, own[column.name]) and column.name not in later
        ]
        if different:
            detail = "The coalition has this otherwise. An import changes nothing that is there."
            self.remark(row.bad("differs", detail, ", ".join(different)))
        return own

    def when(self, row: Row, column: str, default: str | None = None) -> str:
        """Return the moment in a cell, or of what has none."""
        at: str = row[column] or default or self.on
        if at > self.now:
            raise BadRow("in_the_future", "This day is yet to come.", column)
        return at

    def later(self, row: Row, column: str, begun: str) -> str:
        """Return the moment of an end."""
        at = self.when(row, column)
        if at < begun:
            detail = f"It is over on {at[:10]}, before it begins on {begun[:10]}."
            raise BadRow("over_before_it_begins", detail, column)
        return at

    def undecided(self, column: str) -> None:
        """Refuse what a formal coalition does by a decision only."""
        if self.formal:
            detail = "The coalition works formally: this needs a decision. Record it in Accord."
            raise BadRow("needs_decision", detail, column)

    def text(self, row: Row, column: str) -> dict[str, str]:
        """Return a text with its language."""
        words = row[column]
        if words is None:
            raise BadRow("empty_cell", "The cell is empty: fill it in.", column)
        lang = row[f"{column}_language"] or row["language"] or LANGUAGE
        try:
            return Text(lang=lang, text=words).model_dump()
        except ValidationError as wrong:
            detail = f"The text is longer than {TEXT_BYTES:,} bytes, or holds control characters."
            raise BadRow("bad_text", detail, column) from wrong
