"""Roll calls told again: each a proposal put to all members, and decided on its day.

A state is a member from the day it first votes; one without a row did not vote. An important vote
needs two thirds of yes and no, any other more yes than no. The Secretariat answers for what was
decided, and never votes.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from accord.sources.lines import Coalition, ImportLine, day_end, member, midnight, text
from accord.sources.roll_calls import Assembly, Ballot, RollCall

AROUND_A_VOTE = 5
"""Commands of a proposal that are not stances."""


def size(assembly: Assembly, decided: Collection[str]) -> int:
    """Return about how many lines `commands` gives."""
    todo = [each for each in assembly.roll_calls if each.rcid not in decided]
    return sum(len(each.votes) + AROUND_A_VOTE for each in todo)


def commands(
    assembly: Assembly, coalition: Coalition, decided: Collection[str]
) -> Iterator[ImportLine]:
    """Yield the commands that tell the roll calls again, in their order.

    Args:
        decided: Roll calls that the coalition has decided. They are left out, but who voted in
            them is a member, so that every electorate is the same however often it is told.
    """
    telling = _Telling(assembly, coalition)
    if all(roll_call.rcid in decided for roll_call in assembly.roll_calls):
        return
    yield from telling.beginning()
    joined: set[str] = set()
    joins: list[ImportLine] = []
    for roll_call in assembly.roll_calls:
        ballots = roll_call.ballots(assembly.states)
        for ballot in ballots:
            if ballot.state not in joined:
                joined.add(ballot.state)
                joins.append(telling.join(roll_call.on, ballot))
        if roll_call.rcid not in decided:
            yield from joins
            joins.clear()
            yield from telling.proposal(roll_call, ballots)


@dataclass(frozen=True)
class _Telling:
    assembly: Assembly
    coalition: Coalition

    @cached_property
    def states(self) -> dict[str, str]:
        return {state: self.coalition.derive(f"state/{state}") for state in self.assembly.states}

    def beginning(self) -> Iterator[ImportLine]:
        """Yield the coalition, its issues and its two rules."""
        first = self.assembly.roll_calls[0]
        file = self.assembly.roll_calls_file
        yield self.coalition.opening(file, first.on, public=True)
        raised: set[str] = set()
        for roll_call in self.assembly.roll_calls:
            if roll_call.issue not in raised:
                raised.add(roll_call.issue)
                yield self._issue(roll_call)
        for important in (False, True):
            body = {"body": self.coalition.plenary, "rule": _rule(important=important)}
            yield ImportLine(
                "meetings",
                "AdoptRule",
                self._rule_id(important=important),
                midnight(first.on),
                1,
                body,
                file,
                first.line,
                self.coalition.secretariat,
                public=True,
                waits=True,
            )

    def join(self, on: date, ballot: Ballot) -> ImportLine:
        """Return how a state becomes a member."""
        return ImportLine(
            "members",
            "AdmitMember",
            self.states[ballot.state],
            midnight(on),
            1,
            member(ballot.state, "government", votes=True),
            self.assembly.votes_file,
            ballot.line,
            self.coalition.secretariat,
            public=True,
        )

    def proposal(self, roll_call: RollCall, ballots: list[Ballot]) -> Iterator[ImportLine]:
        """Yield one roll call, from its draft to its decision."""
        key = self.coalition.derive(f"roll-call/{roll_call.rcid}")
        at = midnight(roll_call.on)
        file, secretariat = self.assembly.roll_calls_file, self.coalition.secretariat

        def around(version: int, command: str, body: dict[str, Any]) -> ImportLine:
            return ImportLine(
                "meetings",
                command,
                key,
                at,
                version,
                body,
                file,
                roll_call.line,
                secretariat,
                public=True,
                waits=command == "OpenVoting",
            )

        draft = {
            "body": self.coalition.plenary,
            "issue": self._issue_id(roll_call.issue),
            "affected": [],
            "title": text(roll_call.title),
            "text": text(roll_call.description),
        }
        terms = {
            "rule": self._rule_id(important=roll_call.important),
            "closes_at": day_end(roll_call.on),
        }
        yield around(1, "DraftProposal", draft)
        yield around(2, "PublishProposal", {})
        yield around(3, "OpenVoting", terms)
        votes_file = self.assembly.votes_file
        for version, (state, option, line) in enumerate(ballots, start=4):
            stance = {"option": option}
            voter = self.states[state]
            yield ImportLine(
                "meetings",
                "TakeStance",
                key,
                at,
                version,
                stance,
                votes_file,
                line,
                voter,
                public=True,
            )
        decision = {"accountable": [secretariat], "source_id": roll_call.rcid}
        yield around(len(ballots) + 4, "CloseVoting", {})
        yield around(len(ballots) + 5, "MakeDecision", decision)

    def _issue(self, roll_call: RollCall) -> ImportLine:
        short_name = roll_call.issue
        name = self.assembly.issues[short_name] if short_name else "Other"
        said = f"under {short_name}" if short_name else "under no issue"
        return ImportLine(
            "members",
            "RaiseIssue",
            self._issue_id(short_name),
            midnight(roll_call.on),
            1,
            {"name": text(name), "summary": text(f"Roll calls that the source files {said}.")},
            self.assembly.roll_calls_file,
            roll_call.line,
            self.coalition.secretariat,
            public=True,
        )

    def _issue_id(self, short_name: str) -> str:
        return self.coalition.derive(f"issue/{short_name}" if short_name else "issue")

    def _rule_id(self, *, important: bool) -> str:
        return self.coalition.derive("rule/two-thirds" if important else "rule/majority")


def _rule(*, important: bool) -> dict[str, Any]:
    """Return the rule of an assembly: nothing but its threshold restricts anybody."""
    threshold = {
        "option": "agree",
        "test": "at_least" if important else "more_than",
        "ratio": [2, 3] if important else [1, 2],
        "base": "yes_no",
    }
    return {
        "method": "supermajority" if important else "majority",
        "quorum": {"at_least": [0, 1], "per_constituency": [], "chair_counts": True},
        "thresholds": [threshold],
        "objections": {
            "who": "any_entitled",
            "must_be_addressed": False,
            "caller_may_outweigh": False,
        },
        "weights": [],
        "notice_hours": 0,
        "min_open_hours": 0,
        "silence": "not_counted",
        "ratify_within_days": None,
        "proxies": "none",
        "ballot": "named",
        "representation_gate": "off",
        "review_after_days": None,
        "report_back_hours": 48,
    }
