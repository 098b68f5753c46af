"""Decide every roll call of an assembly in memory: `python -m tests.meetings.roll_calls DIR`.

The commands are those that `accord import roll-calls` sends, and the rules those that answer it.
What comes of them is compared with the files themselves, read here and nowhere else: each count,
and whether it was carried.
"""

import csv
import gzip
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from typing import Any
from uuid import UUID

from accord.sources import proposals, roll_calls
from accord.sources.lines import Coalition, ImportLine
from accord.sources.refusals import Refusal
from services.meetings.domain import proposal, voting
from services.meetings.domain.electorate import Electorate, Roll
from services.meetings.domain.ids import BodyId, Decisions, Itself, OrgId, RuleId
from services.meetings.domain.rule import InForce, Option, Rule
from services.meetings.domain.tally import VoteClass
from shared.event import Context, Ratio
from tests.meetings.coalition import PLENARY

TWO_THIRDS, HALF = (2, 3), (1, 2)
COMMANDS: Mapping[str, type[Any]] = {
    each.__name__: each
    for each in (
        proposal.DraftProposal, proposal.PublishProposal, voting.OpenVoting, voting.TakeStance,
        voting.CloseVoting, proposal.MakeDecision,
    )
}  # fmt: skip
NOTHING: frozenset[str] = frozenset()


@dataclass
class Decided:
    """What came of the roll calls, each by its number in the source."""

    decisions: dict[str, proposal.DecisionMade] = field(default_factory=dict)
    votes: int = 0


@dataclass
class _Assembly:
    """Who has joined, which rules there are, and the proposal that is under way."""

    joined: list[OrgId] = field(default_factory=list)
    rules: dict[RuleId, Rule] = field(default_factory=dict)
    state: proposal.Proposal | None = None

    @property
    def body(self) -> BodyId | None:
        """The body that the proposal under way is put to."""
        return self.state.body if self.state else None

    def take(self, line: ImportLine) -> list[proposal.ProposalEvent]:
        """Do what a line asks for; return what that made of a proposal."""
        if line.command == "AdmitMember":
            self.joined.append(OrgId(UUID(line.key)))
        elif line.command == "AdoptRule":
            rule = Rule.model_validate(line.body["rule"], strict=False)
            self.rules[RuleId(UUID(line.key))] = rule
        elif line.command in COMMANDS:
            return self._decide(line)
        return []

    def _decide(self, line: ImportLine) -> list[proposal.ProposalEvent]:
        if line.command == "DraftProposal":
            self.state = None
        command = COMMANDS[line.command].model_validate(line.body, strict=False)
        at, by = datetime.fromisoformat(line.at), OrgId(UUID(line.by))
        facts = self._facts(command, UUID(line.key), by)
        context = Context(PLENARY, None, by, at, facts, authority="imported")
        events = proposal.decide(command, self.state, context)
        self.state = reduce(proposal.evolve, events, self.state)
        return events

    def _facts(self, command: Any, key: UUID, by: OrgId) -> tuple[object, ...]:
        if isinstance(command, voting.TakeStance):
            return voting.Speaker(voting=True, members_position=1), voting.Sitting()
        rule = self.rules[command.rule] if isinstance(command, voting.OpenVoting) else None
        classes = tuple(VoteClass(class_=(org,)) for org in self.joined)
        return (
            voting.RuleInForce(InForce(1, self.body, rule) if rule and self.body else None),
            Electorate(classes, members_position=1), voting.Remit(covers=True), voting.Lead(None),
            voting.Sitting(), Roll(frozenset({*self.joined, by})), Itself(key), Decisions(set()),
        )  # fmt: skip


def decided(folder: Path, today: date) -> Decided:
    """Return what is decided on every roll call in a folder.

    Raises:
        ValueError: a row of the source was refused.
    """

    def refuse(refusal: Refusal) -> None:
        raise ValueError(refusal)

    source = roll_calls.read(folder, today, refuse)
    assembly, found = _Assembly(), Decided()
    for line in proposals.commands(source, Coalition.to_be_formed("all"), NOTHING):
        for event in assembly.take(line):
            found.votes += isinstance(event, voting.StanceTaken)
            if isinstance(event, proposal.DecisionMade):
                assert event.source_id is not None
                found.decisions[event.source_id] = event
    return found


def differences(folder: Path, found: Decided) -> Iterator[str]:
    """Yield how what was decided differs from what the files say."""
    votes: dict[str, Counter[str]] = {row["rcid"]: Counter() for row in _rows(folder, "roll_calls")}
    for row in _rows(folder, "votes"):
        votes[row["rcid"]][row["vote"]] += 1
    if {*votes} != {*found.decisions}:
        yield f"{len(found.decisions)} of {len(votes)} roll calls are decided"
    if (cast := sum(sum(each.values()) for each in votes.values())) != found.votes:
        yield f"{found.votes} of {cast} votes were taken"
    for row in _rows(folder, "roll_calls"):
        made, there = found.decisions.get(row["rcid"]), votes[row["rcid"]]
        if made is None:
            continue
        counts = there["yes"], there["no"], there["abstain"], 0
        if tuple(made.counts[option] for option in Option) != counts:
            yield f"roll call {row['rcid']}: {made.counts}, by the source {counts}"
        share = TWO_THIRDS if float(row["importantvote"]) else HALF
        outcome = "adopted" if _carried(there, share) else "rejected"
        if made.outcome != outcome:
            yield f"roll call {row['rcid']}: {made.outcome}, by the source {outcome}"


def _carried(votes: Counter[str], share: Ratio) -> bool:
    """Say whether enough of those who said yes or no said yes: two thirds, or more than half."""
    over, under = share
    yes, no = votes["yes"], votes["no"]
    enough = yes * under >= (yes + no) * over if share == TWO_THIRDS else yes > no
    return enough and yes + no > 0


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    plain = folder / f"{name}.csv"
    packed = folder / f"{name}.csv.gz"
    with plain.open(newline="") if plain.exists() else gzip.open(packed, "rt", newline="") as file:
        yield from csv.DictReader(file)


def main(folder: Path) -> int:
    """Compare all roll calls; print what differs, or that nothing does."""
    began = time.monotonic()
    found = decided(folder, datetime.now().astimezone().date())
    wrong = [*differences(folder, found)]
    for each in wrong:
        print(each)  # noqa: T201 - what it is for
    said = f"{len(found.decisions):,} roll calls, {found.votes:,} votes, {len(wrong)} differences"
    print(f"{said}, {time.monotonic() - began:.0f} s")  # noqa: T201 - what it is for
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
