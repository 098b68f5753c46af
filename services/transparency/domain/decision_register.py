"""R1, the decision register: every outcome, under which rule, with dissent, and counted again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.transparency.domain.case import Case, Spoken
from services.transparency.domain.numbers import percentile, six
from services.transparency.domain.refs import Cited, cite, cite_stream
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names
from services.transparency.domain.tally import OPTIONS, Threshold
from shared.event import timestamp


def row(case: Case, names: Names) -> dict[str, Any]:
    """Return the line of one outcome."""
    outcome, proposal, voting, result = case.outcome, case.proposal, case.voting, case.recount
    assert outcome is not None
    counts = outcome.counts or (result.counts if result else None)
    return {
        "decision": str(outcome.decision),
        "proposal": str(proposal.id),
        "source_id": outcome.source_id,
        "date": outcome.at.date().isoformat(),
        "at": timestamp(outcome.at),
        "title": proposal.title,
        "outcome": outcome.outcome,
        "issue": names.of(proposal.issue),
        "objective": proposal.objective and str(proposal.objective),
        "body": names.of(proposal.body),
        "method": voting.terms.get("method") if voting else None,
        "rule": {"id": str(voting.rule), "version": voting.rule_version} if voting else None,
        "text": outcome.text or (voting.text if voting else None),
        "counts": {option: counts.get(option, 0) for option in OPTIONS} if counts else None,
        "voters": result.voters if outcome.voters is None and result else outcome.voters,
        "entitled": result.entitled if outcome.entitled is None and result else outcome.entitled,
        "quorum": quorum(case),
        "thresholds": [threshold(each) for each in result.thresholds] if result else None,
        "objections": dict(sorted(Counter(dispositions(case).values()).items())),
        "dissent": dissent(case, names),
        "stood_aside": [names.of(org) for org in names.ordered(outcome.stood_aside)],
        "minority_statements": _minority(case, names),
        "gate": {"result": voting.gate, "override": voting.override} if voting else None,
        "review_date": _last(case, "DecisionReviewScheduled", "on"),
        "supersedes": (proposal.supersedes or {}).get("decision"),
        "superseded_by": _last(case, "DecisionSuperseded", "successor"),
        "reopened": _last(case, "DecisionReopened", None),
        "implementation_issues": _count(case, "ImplementationIssueReported"),
        "imported": outcome.imported,
        "recomputed": case.recomputed,
        **cite_stream("meetings", case.events),
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


def quorum(case: Case) -> dict[str, Any] | None:
    """Return what was needed and reached; as recorded where it cannot be counted again."""
    outcome, result = case.outcome, case.recount
    if result is not None:
        held = result.quorum
        return {"needed": held.needed, "reached": held.reached, "holds": held.holds}
    if outcome is not None and outcome.needed is not None:
        return {"needed": outcome.needed, "reached": outcome.reached, "holds": False}
    return None


def dispositions(case: Case) -> dict[str, str]:
    """Return what became of each objection, as the decision recorded it."""
    if case.outcome is not None and case.outcome.made:
        return dict(case.outcome.objections)
    return {each.id: each.disposition for each in case.objections}


def dissent(case: Case, names: Names) -> list[dict[str, Any]]:
    """Return who disagreed or objected at close, with their reasons."""
    against = {said.org: said for said in case.against}
    return [_against(against[org], names) for org in names.ordered(against)]


def _against(said: Spoken, names: Names) -> dict[str, Any]:
    return {"organisation": names.of(said.org), "option": said.option, "reason": said.detail.reason}


def _of_decision(case: Case, kind: str) -> list[Any]:
    """Return what was recorded of this decision, and not of another one on the same proposal."""
    decision = str(case.outcome.decision) if case.outcome else None
    return [
        moment
        for moment in case.moments
        if moment.type == kind and moment.data.get("decision") == decision
    ]


def _last(case: Case, kind: str, name: str | None) -> Any:
    found = _of_decision(case, kind)
    if not found:
        return None
    return found[-1].data.get(name) if name else timestamp(found[-1].at)


def _count(case: Case, kind: str) -> int:
    return len(_of_decision(case, kind))


def _minority(case: Case, names: Names) -> list[dict[str, Any]]:
    return [
        {"organisation": names.of(moment.by), "text": moment.data.get("text"), "ref": moment.ref}
        for moment in _of_decision(case, "MinorityStatementFiled")
    ]


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
