"""What was counted again when a voting ended, and how it compares with what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.case import Case, Outcome
from services.transparency.domain.listed import listed
from services.transparency.domain.refs import SHOWN, Range, cite_range
from services.transparency.domain.said import Reason, withheld
from services.transparency.domain.tally import DISSENT, OPTIONS, Result, Voting, counted, tally

NO_EVENTS = Range()


class Against(NamedTuple):
    """A stance at close that disagrees or objects."""

    org: UUID
    option: str
    position: int


@dataclass(frozen=True)
class Recount:
    """A count from the recorded stances alone.

    Args:
        result: `None` where it cannot be had; `untold` says why.
        events: What it rests on: the proposal's events so far.
        positions: Of those events, where they are few enough to be listed.
    """

    result: Result | None
    untold: Reason | None = None
    against: tuple[Against, ...] = ()
    events: Range = NO_EVENTS
    positions: tuple[int, ...] = ()


def recount(case: Case) -> Recount:
    """Count the stances of `case` again."""
    end = case.outcome.position if case.outcome else None
    events = [event for event in case.events if end is None or event[0] <= end]
    rests_on = Range().extend(leaf for _, leaf in events)
    positions = tuple(position for position, _ in events) if len(events) <= SHOWN else ()
    untold = _untold(case)
    if untold is not None or case.voting is None:
        return Recount(None, untold, (), rests_on, positions)
    against = tuple(
        Against(said.org, said.option, said.position)
        for said in case.held.values()
        if said.option is not None and said.option in DISSENT
    )
    return Recount(_result(case), None, against, rests_on, positions)


def _untold(case: Case) -> Reason | None:
    if not case.complete:
        return "audience"
    if case.voting is not None and case.voting.terms.get("ballot") == "detached_anonymous":
        return "ballot"
    if case.voting is not None and case.voting.electorate is None:
        return "lost"
    if any(said.option is None for said in case.held.values()):
        return "ballot"
    return "lost" if _present(case) is None else None


def _present(case: Case) -> frozenset[UUID] | None:
    """Return who sat in the linked meeting; `None` where the list of them is not known."""
    data = case.closed.data if case.closed else {}
    if data.get("present") is None:
        return frozenset()
    there = listed(data["present"], data.get("listed"))
    return None if there is None else frozenset(UUID(org) for org in there)


def _result(case: Case) -> Result:
    voting = case.voting
    assert voting is not None
    frozen = Voting(
        terms=voting.terms,
        electorate=case.electorate,
        chair=voting.by,
        proposer=case.proposal.by,
        lead=voting.lead,
        present=_present(case) or frozenset(),
        objection_open=any(each.disposition == "stands" for each in case.objections),
    )
    ratified = {
        moment.by: moment.position
        for moment in case.before_outcome
        if moment.type == "DecisionRatified" and moment.by is not None
    }
    return tally(frozen, counted(case.held, ratified))


def recomputed(outcome: Outcome | None, again: Recount | None) -> Any:
    """Return `yes`, the figures that differ, or why nothing can be compared.

    Args:
        again: `None` where the reader does not see every stance.
    """
    if outcome is None or outcome.type == "DecisionDeferred":
        return None
    if again is None or again.result is None:
        return withheld((again and again.untold) or ("lost" if again else "audience"))
    return _differences(outcome, again.result) or "yes"


def refs(
    outcome: Outcome, again: Recount | None, later: Sequence[tuple[int, bytes]]
) -> dict[str, Any]:
    """Cite what led to an outcome, and what happened to the proposal since."""
    if again is None:
        return {"refs": [f"meetings/{outcome.position}"]}
    if again.events.size + len(later) > SHOWN:
        return cite_range(again.events.extend(leaf for _, leaf in later))
    positions = *again.positions, *(position for position, _ in later)
    return {"refs": [f"meetings/{position}" for position in positions]}


def _differences(outcome: Outcome, result: Result) -> dict[str, Any]:
    recorded: dict[str, Any] = {"outcome": outcome.outcome}
    computed: dict[str, Any] = {"outcome": result.outcome}
    if outcome.counts is not None:
        recorded |= {option: outcome.counts.get(option, 0) for option in OPTIONS}
        computed |= result.counts
    if outcome.voters is not None:
        recorded |= {"voters": outcome.voters, "entitled": outcome.entitled}
        computed |= {"voters": result.voters, "entitled": result.entitled}
    return {
        name: {"recorded": recorded[name], "computed": computed[name]}
        for name in recorded
        if recorded[name] != computed[name]
    }
