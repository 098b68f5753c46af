"""R1, the decision register: every outcome, under which rule, with dissent, and counted again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from services.transparency.domain.case import Opened, Outcome, Proposal
from services.transparency.domain.chain import Link, shown
from services.transparency.domain.mandate import Front
from services.transparency.domain.moment import Moment
from services.transparency.domain.numbers import percentile, six
from services.transparency.domain.objections import objections
from services.transparency.domain.recount import Recount, recomputed, refs
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names, Said
from services.transparency.domain.signing import about, minority, sign_ons, stood_aside
from services.transparency.domain.tally import OPTIONS, Result, Threshold
from shared.event import timestamp


@dataclass(frozen=True)
class Entry:
    """What a line of the register is made of.

    Args:
        again: `None` where the reader does not see every stance.
        reasons: Of those who were against, by the positions of their stances.
        later: What happened to the proposal after the outcome.
        chain: How one decision led to the next, where it did.
        front: What was settled at the front line, where that is what it is.
    """

    outcome: Outcome
    proposal: Proposal
    voting: Opened | None
    moments: Sequence[Moment]
    again: Recount | None
    reasons: Mapping[int, Said]
    later: Sequence[tuple[int, bytes]]
    chain: Sequence[Link] = ()
    front: Front | None = None


def row(entry: Entry, names: Names) -> dict[str, Any]:
    """Return the line of one outcome."""
    outcome, proposal, voting = entry.outcome, entry.proposal, entry.voting
    result = entry.again.result if entry.again else None
    counts = outcome.counts or (result.counts if result else None)
    return {
        "decision": str(outcome.decision),
        "proposal": str(proposal.id),
        "source_id": outcome.source_id,
        "date": outcome.at.date().isoformat(),
        "at": timestamp(outcome.at),
        "title": names.known.get(outcome.decision) if entry.front else proposal.title,
        "outcome": outcome.outcome,
        "issue": names.of(proposal.issue),
        "objective": proposal.objective and str(proposal.objective),
        "body": names.of(proposal.body),
        "method": _method(entry),
        "rule": {"id": str(voting.rule), "version": voting.rule_version} if voting else None,
        "text": outcome.text or (voting.text if voting else None),
        "counts": {option: counts.get(option, 0) for option in OPTIONS} if counts else None,
        "voters": result.voters if outcome.voters is None and result else outcome.voters,
        "entitled": result.entitled if outcome.entitled is None and result else outcome.entitled,
        "quorum": quorum(outcome, result),
        "thresholds": [threshold(each) for each in result.thresholds] if result else None,
        "objections": dict(sorted(Counter(_dispositions(entry)).items())),
        "dissent": _dissent(entry, names),
        "stood_aside": [
            names.of(org) for org in names.ordered(stood_aside(entry.moments, outcome))
        ],
        "sign_ons": [names.of(org) for org in names.ordered(sign_ons(entry.moments, outcome))],
        "minority_statements": minority(entry.moments, outcome, names),
        "ratifications": _ratifications(entry),
        "told": len(_told(entry)),
        "acknowledged": len(
            {each.by for each in about(entry.moments, outcome, "DecisionAcknowledged")}
        ),
        "gate": {"result": voting.gate, "override": voting.override} if voting else None,
        "review_date": _last(entry, "DecisionReviewScheduled", "on"),
        "supersedes": (proposal.supersedes or {}).get("decision"),
        "superseded_by": _last(entry, "DecisionSuperseded", "successor"),
        "reopened": _last(entry, "DecisionReopened", None),
        "implementation_issues": len(about(entry.moments, outcome, "ImplementationIssueReported")),
        "chain": shown(entry.chain, names),
        "front_line": _front_line(entry.front, names),
        "imported": outcome.imported,
        "recomputed": None if entry.front else recomputed(outcome, entry.again),
        **(
            cite(entry.front.events)
            if entry.front
            else refs(entry.outcome, entry.again, entry.later)
        ),
    }


def _method(entry: Entry) -> str | None:
    if entry.front:
        return "front_line"
    return entry.voting.terms.get("method") if entry.voting else None


def _front_line(front: Front | None, names: Names) -> dict[str, Any] | None:
    """Return who decided at the front line, by which verdict, who consented, and the review."""
    if front is None or front.made is None:
        return None
    return {
        "id": str(front.made.front),
        "organisation": names.of(front.made.by),
        "verdict": front.made.verdict,
        "outside_mandate": front.made.outside,
        "consents": [names.of(org) for org in names.ordered(front.agreed)],
        "review": front.review.result if front.review else None,
    }


def threshold(held: Threshold) -> dict[str, Any]:
    """Return a threshold and whether it held: `value` of `of` was for `option`."""
    return {
        "option": held.option,
        "test": held.test,
        "ratio": list(held.ratio),
        "base": held.base,
        "of": held.of,
        "value": held.value,
        "holds": held.holds,
    }


def quorum(outcome: Outcome | None, result: Result | None) -> dict[str, Any] | None:
    """Return what was needed and reached; as recorded where it cannot be counted again."""
    if result is not None:
        held = result.quorum
        return {"needed": held.needed, "reached": held.reached, "holds": held.holds}
    if outcome is not None and outcome.needed is not None:
        return {"needed": outcome.needed, "reached": outcome.reached, "holds": False}
    return None


RATIFICATIONS = {
    "requested": "RatificationRequested",
    "ratified": "DecisionRatified",
    "declined": "RatificationDeclined",
}


def _ratifications(entry: Entry) -> dict[str, int]:
    """Return how many stances waited for their organisation in this voting, and what came."""
    begins = entry.voting.position if entry.voting else entry.outcome.position
    kinds = Counter(
        moment.type for moment in entry.moments if begins < moment.position < entry.outcome.position
    )
    return {name: kinds[kind] for name, kind in RATIFICATIONS.items() if kinds[kind]}


def _told(entry: Entry) -> frozenset[str]:
    """Return the organisations that were told; R15 has their share, and how long it took."""
    told = about(entry.moments, entry.outcome, "DecisionCommunicated")
    return frozenset(org for each in told for org in each.data.get("orgs", ()))


def _dispositions(entry: Entry) -> Iterable[str]:
    """Return what became of each objection, as the decision recorded it."""
    if entry.outcome.made:
        return entry.outcome.objections.values()
    before = (moment for moment in entry.moments if moment.position < entry.outcome.position)
    return [each.disposition for each in objections(before).values()]


def _dissent(entry: Entry, names: Names) -> list[dict[str, Any]]:
    """Return who disagreed or objected at close, with their reasons."""
    against = {each.org: each for each in (entry.again.against if entry.again else ())}
    return [
        {
            "organisation": names.of(org),
            "option": against[org].option,
            "reason": entry.reasons.get(against[org].position),
        }
        for org in names.ordered(against)
    ]


def _last(entry: Entry, kind: str, name: str | None) -> Any:
    found = about(entry.moments, entry.outcome, kind)
    if not found:
        return None
    return found[-1].data.get(name) if name else timestamp(found[-1].at)


class Passed(NamedTuple):
    """A decision as the summary needs it."""

    decided: Cited
    decided_at: datetime
    drafted: Cited
    has_objective: bool
    published: Cited | None = None
    published_at: datetime | None = None
    reopened: tuple[Cited, ...] = ()
    reversed: tuple[Cited, ...] = ()


def summary(passed: Iterable[Passed]) -> list[dict[str, Any]]:
    """Return the figures over all decisions of the register; durations in seconds."""
    decisions = list(passed)
    decided = [each.decided for each in decisions]
    timed = [each for each in decisions if each.published and each.published_at]
    latencies = [_seconds(each) for each in timed]
    ends = [cited for each in timed for cited in (each.published, each.decided) if cited]
    aimless = [each.drafted for each in decisions if not each.has_objective]
    of_decided, of_ends = cite(decided), cite(ends)
    return [
        {"figure": "decisions", "value": len(decisions), **of_decided},
        _latency("latency_p50", percentile(latencies, 50), of_ends),
        _latency("latency_p95", percentile(latencies, 95), of_ends),
        _share("reopened", [each.reopened for each in decisions], decided, of_decided),
        _share("reversed", [each.reversed for each in decisions], decided, of_decided),
        figure("without_objective", len(aimless), aimless),
    ]


def _latency(name: str, seconds: int | None, of: dict[str, Any]) -> dict[str, Any]:
    return {"figure": name, "value": seconds, "unit": "seconds", **of}


def _seconds(each: Passed) -> int:
    assert each.published_at is not None
    return int((each.decided_at - each.published_at).total_seconds())


def _share(
    name: str,
    events: Sequence[tuple[Cited, ...]],
    decided: Sequence[Cited],
    of_decided: dict[str, Any],
) -> dict[str, Any]:
    """Return a share of the decisions; those it happened to are cited beside all of them."""
    happened = [cited for each in events for cited in each]
    count = sum(bool(each) for each in events)
    of = cite([*decided, *happened]) if happened else of_decided
    return {"figure": name, "value": six(count, len(decided)), "count": count, **of}
