"""A decision, or a proposal on its way to one, with its whole history: what its page shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.transparency.domain import chain as chains
from services.transparency.domain.around import NOTHING, Around, area, scenario
from services.transparency.domain.case import TAKEN, Case, Opened, Spoken
from services.transparency.domain.decision_register import quorum, threshold
from services.transparency.domain.moment import Moment
from services.transparency.domain.objections import Objection
from services.transparency.domain.open_next_steps import Step
from services.transparency.domain.recount import recomputed, recount
from services.transparency.domain.refs import Cited, cite, cite_stream
from services.transparency.domain.said import Names, Said
from services.transparency.domain.signing import minority, sign_ons, stood_aside
from services.transparency.domain.tally import OPTIONS
from shared.event import timestamp

STATES = {
    "ProposalDrafted": "drafted",
    "ProposalPublished": "published",
    "ProposalAmended": "published",
    "ProposalWithdrawn": "withdrawn",
    "VotingOpened": "voting",
    "VotingClosed": "closed",
    "QuorumNotMet": "lapsed",
    "DecisionMade": "decided",
    "DecisionDeferred": "deferred",
    "DecisionReopened": "published",
    "DecisionSuperseded": "superseded",
}
WORDS = (
    *("because", "reason", "text", "grounds", "reasoning", "new_information", "what", "note"),
    "summary",
)
SAYS = {
    "ProposalDrafted": "drafted the proposal",
    "ProposalPublished": "published the proposal",
    "ProposalAmended": "amended the text",
    "ProposalWithdrawn": "withdrew the proposal",
    "VotingOpened": "opened voting",
    "VotingClosed": "Voting closed",
    "QuorumNotMet": "Quorum was not met, the voting lapsed",
    "DecisionDeferred": "deferred the decision",
    "ConstituencyConsulted": "consulted a constituency",
    "ObjectionRaised": "raised an objection",
    "ObjectionAccommodated": "accommodated an objection",
    "ObjectionRetracted": "retracted an objection",
    "ObjectionSetAside": "set an objection aside",
    "ObjectionOutweighed": "outweighed an objection",
    "FormalObjectionRegistered": "registered a formal objection",
    "FormalObjectionResolved": "resolved a formal objection",
    "MemberStoodAside": "stood aside",
    "MemberSignedOn": "signed on",
    "MinorityStatementFiled": "filed a minority statement",
    "DecisionCommunicated": "communicated the decision",
    "DecisionAcknowledged": "acknowledged the decision",
    "DecisionReviewScheduled": "A review was scheduled",
    **chains.SAYS,
}


def page(
    case: Case,
    history: Sequence[Opened],
    spoken: Sequence[Spoken],
    outcomes: Sequence[Cited],
    steps: Sequence[Step],
    names: Names,
    around: Around = NOTHING,
    chain: Sequence[chains.Link] = (),
) -> dict[str, Any]:
    """Return everything about one proposal as it stands.

    Args:
        history: All rounds of voting; `spoken` all their stances.
        outcomes: The decisions made on it, in order.
        steps: The next steps that follow from it.
        around: What was said in advance. The scenarios show while an objection is open.
        chain: How one decision led to the next, where it did.
    """
    proposal, voting, outcome = case.proposal, case.voting, case.outcome
    again = recount(case)
    result = again.result
    made = outcome if outcome is not None and outcome.made else None
    spoke = {said.org: said for said in case.held.values()}
    entitled = names.ordered(case.electorate.places)
    counts = outcome.counts if outcome and outcome.counts else result and result.counts
    objected = any(each.disposition == "stands" for each in case.objections)
    return {
        "proposal": str(proposal.id),
        "decision": str(made.decision) if made else None,
        "state": state(case, history),
        "outcome": outcome.outcome if outcome else None,
        "title": proposal.title,
        "text": current_text(case),
        "body": names.of(proposal.body),
        "issue": names.of(proposal.issue),
        "by": names.of(proposal.by),
        "objective": proposal.objective and str(proposal.objective),
        "rule": rule(voting) if voting else None,
        "rounds": [_round(each, case.moments) for each in history],
        "opened_at": _at(voting.at if voting else None),
        "closes_at": _at(voting.closes_at if voting else None),
        "closed_at": _at(case.closed.at if case.closed else None),
        "decided_at": _at(made.at if made else None),
        "accountable": [names.of(org) for org in names.ordered(made.accountable if made else ())],
        "gate": {"result": voting.gate, "override": voting.override} if voting else None,
        "electorate": _electorate(case, entitled, names),
        "counts": {option: counts.get(option, 0) for option in OPTIONS} if counts else {},
        "voters": result.voters if result else outcome and outcome.voters,
        "entitled": result.entitled if result else outcome and outcome.entitled,
        "quorum": quorum(outcome, result),
        "thresholds": [threshold(each) for each in result.thresholds] if result else [],
        "stances": [_stance(spoke[org], case, names, around) for org in names.ordered(spoke)],
        "silent": [names.of(org) for org in entitled if case.stance_of(org) is None],
        "objections": [_objection(each, names) for each in case.objections],
        "scenarios": [scenario(each, names) for each in around.scenarios if objected],
        "conflict_areas": [area(each, names) for each in around.areas],
        "stood_aside": [names.of(o) for o in names.ordered(stood_aside(case.moments, made))],
        "sign_ons": [names.of(org) for org in names.ordered(sign_ons(case.moments, made))],
        "minority_statements": minority(case.moments, made, names),
        "timeline": timeline(case, history, spoken, names),
        "meeting": names.of(_meeting(case)),
        "steps": [_step(step, names) for step in steps],
        "supersedes": proposal.supersedes,
        "superseded_by": _superseded(case.moments),
        "reopened": _reopened(case.moments),
        "chain": chains.shown(chain, names),
        "decisions": [cited.ref for cited in outcomes],
        "recomputed": recomputed(outcome, again),
        "visibility": proposal.visibility,
        "imported": bool(made and made.imported),
        "source_id": made.source_id if made else None,
        **cite_stream("meetings", case.events),
    }


def state(case: Case, history: Sequence[Opened]) -> str:
    """Return the state after the newest event that changes it."""
    newest, found = case.proposal.position, "drafted"
    happened = [(voting.position, "VotingOpened") for voting in history]
    happened += [(moment.position, moment.type) for moment in case.moments]
    if case.outcome:
        happened.append((case.outcome.position, case.outcome.type))
    for position, kind in happened:
        if position > newest and kind in STATES:
            newest, found = position, STATES[kind]
    return found


def rule(voting: Opened) -> dict[str, Any]:
    return {
        "id": str(voting.rule),
        "version": voting.rule_version,
        "method": voting.terms.get("method"),
        "terms": dict(voting.terms),
    }


def current_text(case: Case) -> Said:
    """Return the text as last amended before the outcome shown."""
    amended = [moment for moment in case.before_outcome if moment.type == "ProposalAmended"]
    return amended[-1].data.get("text") if amended else case.proposal.text


def _round(voting: Opened, moments: Sequence[Moment]) -> dict[str, Any]:
    ended = next(
        (
            moment
            for moment in moments
            if moment.type == "VotingClosed" and moment.position > voting.position
        ),
        None,
    )
    return {
        "round": voting.round,
        "opened_at": timestamp(voting.at),
        "closes_at": _at(voting.closes_at),
        "closed_at": _at(ended.at if ended else None),
        "reason": ended.data.get("reason") if ended else None,
        "counts": ended.data.get("counts") if ended else None,
        "ref": f"meetings/{voting.position}",
    }


def _electorate(case: Case, entitled: Sequence[UUID], names: Names) -> list[dict[str, Any]]:
    by_name = dict.fromkeys(case.electorate.places[org] for org in entitled)
    return [
        {"orgs": [names.of(org) for org in names.ordered(each.orgs)], "weight": each.weight}
        for each in map(case.electorate.__getitem__, by_name)
    ]


def _stance(said: Spoken, case: Case, names: Names, around: Around) -> dict[str, Any]:
    orgs = case.electorate[case.electorate.places[said.org]].orgs
    interest = around.answers_to.get(said.org)
    return {
        "org": names.of(said.org),
        "answers_to": interest.data.get("answers_to") or [] if interest else [],
        "option": said.option,
        "reason": said.detail.reason,
        "at": timestamp(said.at),
        "authority": said.authority,
        "ref": said.ref,
        "changes": [
            {
                "from": each.detail.before,
                "to": each.option,
                "because": each.detail.reason,
                "at": timestamp(each.at),
                "ref": each.ref,
            }
            for each in case.spoken
            if each.org in orgs and each.detail.type != TAKEN
        ],
    }


def _objection(each: Objection, names: Names) -> dict[str, Any]:
    newest = each.newest
    return {
        "id": each.id,
        "by": names.of(each.by),
        "grounds": each.grounds,
        "remove_by": each.remove_by,
        "state": "open" if each.disposition == "stands" else "closed",
        "raised_at": timestamp(each.raised_at),
        "disposition": each.disposition,
        "reasoning": newest and newest.why,
        "by_whom": names.of(newest.by) if newest else None,
        "ref": each.raised,
        "answer_ref": newest and newest.ref,
        "answers": [
            {
                "became": answer.became,
                "at": timestamp(answer.at),
                "by": names.of(answer.by),
                "why": answer.why,
                "alternatives": answer.alternatives,
                "to": names.of(answer.to),
                "amendment": answer.amendment,
                "ref": answer.ref,
            }
            for answer in each.answers
        ],
    }


def timeline(
    case: Case, history: Sequence[Opened], spoken: Sequence[Spoken], names: Names
) -> list[dict[str, Any]]:
    """Return what happened, in order, each line with the event it is about."""
    proposal = case.proposal
    lines = [(proposal.position, proposal.at, "ProposalDrafted", proposal.by, proposal.text)]
    lines += [(each.position, each.at, "VotingOpened", each.by, each.override) for each in history]
    lines += [(each.position, each.at, each.type, each.by, _words(each)) for each in case.moments]
    if case.outcome is not None and case.outcome.made:
        lines.append((case.outcome.position, case.outcome.at, "DecisionMade", None, None))
    written = [
        (position, at, kind, SAYS.get(kind, kind), by, said)
        for position, at, kind, by, said in lines
    ]
    written += [
        (each.position, each.at, each.detail.type, _spoke(each), each.org, each.detail.reason)
        for each in spoken
    ]
    return [
        {
            "at": timestamp(at),
            "type": kind,
            "words": says,
            "said": said,
            "by": names.of(by),
            "ref": f"meetings/{position}",
        }
        for position, at, kind, says, by, said in sorted(written, key=lambda line: line[0])
    ]


def _spoke(each: Spoken) -> str:
    option = each.option or "something not shown"
    if each.detail.type == TAKEN:
        return f"took the stance: {option}"
    if each.detail.type == "StanceChanged":
        return f"changed from {each.detail.before or 'something not shown'} to {option}"
    return "withdrew its stance"


def _words(moment: Moment) -> Said:
    found = (moment.data.get(name) for name in WORDS)
    return next((said for said in found if isinstance(said, dict)), None)


def _step(step: Step, names: Names) -> dict[str, Any]:
    return {
        "step": str(step.id),
        "what": step.what,
        "owner": names.of(step.owner),
        "due": step.due.isoformat() if step.due else None,
        "state": step.state,
        **cite(step.events),
    }


def _meeting(case: Case) -> UUID | None:
    if case.outcome is not None and case.outcome.meeting is not None:
        return case.outcome.meeting
    return case.voting.meeting if case.voting else None


def _superseded(moments: Sequence[Moment]) -> dict[str, Any] | None:
    found = [moment for moment in moments if moment.type == "DecisionSuperseded"]
    if not found:
        return None
    newest = found[-1]
    return {
        "decision": newest.data.get("successor"),
        "effect": newest.data.get("effect"),
        "ref": newest.ref,
    }


def _reopened(moments: Sequence[Moment]) -> dict[str, Any] | None:
    found = [moment for moment in moments if moment.type == "DecisionReopened"]
    if not found:
        return None
    newest = found[-1]
    return {
        "at": timestamp(newest.at),
        "new_information": newest.data.get("new_information"),
        "ref": newest.ref,
    }


def _at(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def line(case: Case, names: Names) -> dict[str, Any]:
    """Return an open voting in one line, with whom it still waits for."""
    voting, places = case.voting, case.electorate.places
    return {
        "id": str(case.proposal.id),
        "title": case.proposal.title,
        "body": names.of(case.proposal.body),
        "closes_at": _at(voting.closes_at if voting else None),
        "voters": len(case.held),
        "entitled": len(case.electorate),
        "silent": [names.of(org) for org in names.ordered(places) if places[org] not in case.held],
        "ref": f"meetings/{voting.position}" if voting else None,
    }
