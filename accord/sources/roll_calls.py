"""Roll calls of an assembly: three CSV files, of roll calls, votes and issues.

Rows go in any order. A vote of a roll call that is not there, or was refused, is refused too. The
issue of a roll call is the first by `short_name`.
"""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from accord.sources import rows
from accord.sources.refusals import BadRow, Refuse
from accord.sources.rows import find, shown

ROLL_CALL = ("rcid", "session", "importantvote", "date", "unres", "short", "descr")
ISSUE = ("rcid", "short_name", "issue")
VOTE = ("rcid", "country", "vote")
OPTIONS = ("agree", "disagree", "abstain")
VOTES = {"yes": 0, "no": 1, "abstain": 2}
IMPORTANT = {"0": False, "0.0": False, "1": True, "1.0": True}
NAME_LENGTH = 200
NOTHING = frozenset({"", "0"})

_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STATE_BITS = 22


class Ballot(NamedTuple):
    """How one state voted, and the line that says so."""

    state: str
    option: str
    line: int


@dataclass
class RollCall:
    """One roll call; each vote is packed into one number, so that a million of them are small."""

    rcid: str
    on: date
    important: bool
    title: str
    description: str
    line: int
    issue: str = ""
    votes: "array[int]" = field(default_factory=lambda: array("Q"))
    voted: int = 0

    def add(self, state: int, vote: int, line: int) -> bool:
        """Count a vote; say whether it is the state's first."""
        if self.voted >> state & 1:
            return False
        self.voted |= 1 << state
        self.votes.append((line << _STATE_BITS | state) << 2 | vote)
        return True

    def ballots(self, states: Sequence[str]) -> list[Ballot]:
        """Return the votes, by the names of the states."""
        mask = (1 << _STATE_BITS) - 1
        return sorted(
            Ballot(states[vote >> 2 & mask], OPTIONS[vote & 3], vote >> 2 >> _STATE_BITS)
            for vote in self.votes
        )


@dataclass(frozen=True)
class Assembly:
    """What the three files say: roll calls by (date, rcid), and the issues' names."""

    roll_calls_file: str
    votes_file: str
    roll_calls: Sequence[RollCall]
    states: Sequence[str]
    issues: dict[str, str]


def read(folder: Path, today: date, refuse: Refuse) -> Assembly:
    """Return what the files in `folder` say, without the rows that are told to `refuse`.

    Raises:
        FileNotFoundError, FileExistsError: not exactly one of `.csv` and `.csv.gz` is there.
        Damaged: a file breaks off or lacks a column. Votes may be missing, so nothing counts.
    """
    roll_calls, votes, issues = (find(folder, name) for name in ("roll_calls", "votes", "issues"))
    reading = _Reading(today)
    rows.read(roll_calls, ROLL_CALL, reading.roll_call, refuse)
    rows.read(issues, ISSUE, reading.issue, refuse)
    rows.read(votes, VOTE, reading.vote, refuse)
    return Assembly(
        str(roll_calls),
        str(votes),
        sorted(filter(None, reading.taken.values()), key=lambda each: (each.on, int(each.rcid))),
        list(reading.states),
        reading.issues,
    )


@dataclass
class _Reading:
    """What was read so far.

    Args:
        taken: Roll calls by rcid; `None` for one whose own row was refused.
    """

    today: date
    taken: dict[str, RollCall | None] = field(default_factory=dict)
    issues: dict[str, str] = field(default_factory=dict)
    filed: set[tuple[str, str]] = field(default_factory=set)
    states: dict[str, int] = field(default_factory=dict)

    def roll_call(self, line: int, cells: list[str]) -> None:
        rcid, session, important, day, resolution, short, described = cells
        if rcid in self.taken:
            raise BadRow("duplicate", f"Roll call {rcid} has a row already.")
        self.taken[rcid] = None
        if not _NUMBER.fullmatch(rcid):
            raise BadRow("bad_rcid", f"rcid is {shown(rcid)}, not a number.")
        if important not in IMPORTANT:
            raise BadRow("bad_importantvote", f"importantvote is {shown(important)}, not 0 or 1.")
        on = self._day(day)
        source = f"Roll call {rcid}" + (f" of session {session}" if session else "")
        source += f", {resolution}." if resolution else "."
        words = described.strip()
        title = short.strip() or source
        description = source if words in NOTHING else f"{words}\n\n{source}"
        self.taken[rcid] = RollCall(rcid, on, IMPORTANT[important], title, description, line)

    def issue(self, _line: int, cells: list[str]) -> None:
        rcid, short_name, name = cells
        roll_call = self._known(rcid)
        if not short_name or not name.strip():
            raise BadRow("no_issue", "The row names no issue.")
        if (rcid, short_name) in self.filed:
            raise BadRow("duplicate", f"Roll call {rcid} has this issue already.")
        if self.issues.setdefault(short_name, name.strip()) != name.strip():
            known = shown(self.issues[short_name])
            raise BadRow("two_names", f"{shown(short_name)} is {known} on an earlier line.")
        self.filed.add((rcid, short_name))
        roll_call.issue = min(roll_call.issue or short_name, short_name)

    def vote(self, line: int, cells: list[str]) -> None:
        rcid, country, vote = cells[0], cells[1].strip(), cells[2]
        roll_call = self._known(rcid)
        if vote not in VOTES:
            raise BadRow("unknown_vote", f"{shown(vote)} is not yes, no or abstain.")
        if not country or len(country) > NAME_LENGTH:
            raise BadRow("bad_country", f"{shown(country)} is not the name of a country.")
        state = self.states.setdefault(country, len(self.states))
        if not roll_call.add(state, VOTES[vote], line):
            raise BadRow("duplicate", f"{country} has voted in roll call {rcid} already.")

    def _day(self, day: str) -> date:
        try:
            on = date.fromisoformat(day if _DAY.fullmatch(day) else "")
        except ValueError as wrong:
            raise BadRow("bad_date", f"date is {shown(day)}, not a day as YYYY-MM-DD.") from wrong
        if on > self.today:
            raise BadRow("future", f"{day} is yet to come.")
        return on

    def _known(self, rcid: str) -> RollCall:
        if roll_call := self.taken.get(rcid):
            return roll_call
        if rcid in self.taken:
            raise BadRow("roll_call_refused", f"The row of roll call {shown(rcid)} was refused.")
        raise BadRow("unknown_roll_call", f"There is no roll call {shown(rcid)}.")
