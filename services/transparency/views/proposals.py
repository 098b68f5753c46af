"""Rows of the proposals' streams: drafts, rounds of voting, stances, outcomes, and the rest."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.transparency.views.events import audience, jsonb, sealing
from shared.event import Recorded
from shared.projection import Row, Rows, Table

PROPOSAL = Table(
    "views.proposal",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("proposal", "uuid"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("body", "uuid"),
    ("issue", "uuid"),
    ("objective", "uuid"),
    ("title", "jsonb"),
    ("text", "jsonb"),
    ("supersedes", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
VOTING = Table(
    "views.voting",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("proposal", "uuid"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("round", "int"),
    ("rule", "uuid"),
    ("rule_version", "int"),
    ("terms", "jsonb"),
    ("text_digest", "text"),
    ("electorate", "jsonb"),
    ("lead", "uuid"),
    ("meeting", "uuid"),
    ("closes_at", "timestamptz"),
    ("gate", "text"),
    ("override", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
STANCE = Table(
    "views.stance",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("proposal", "uuid"),
    ("org", "uuid"),
    ("type", "text"),
    ("option", "text"),
    ("before", "text"),
    ("reason", "jsonb"),
    ("at", "timestamptz"),
    ("authority", "text"),
    ("proxy", "boolean"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
MOMENT = Table(
    "views.moment",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("proposal", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("by_org", "uuid"),
    ("data", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
DECISION = Table(
    "views.decision",
    ("coalition_id", "uuid"),
    ("position", "bigint"),
    ("decision", "uuid"),
    ("proposal", "uuid"),
    ("type", "text"),
    ("at", "timestamptz"),
    ("outcome", "text"),
    ("issue", "uuid"),
    ("counts", "jsonb"),
    ("voters", "int"),
    ("entitled", "int"),
    ("text_digest", "text"),
    ("dissent", "uuid[]"),
    ("stood_aside", "uuid[]"),
    ("accountable", "uuid[]"),
    ("objections", "jsonb"),
    ("meeting", "uuid"),
    ("source_id", "text"),
    ("imported", "boolean"),
    ("needed", "int"),
    ("reached", "int"),
    ("audience", "text[]"),
)

Given = Iterable[tuple[Table, Row]]


def drafted(seen: Recorded) -> Given:
    data = seen.data
    yield (
        PROPOSAL,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.at,
            seen.by,
            data.get("body"),
            data.get("issue"),
            data.get("objective"),
            jsonb(data.get("title")),
            jsonb(data.get("text")),
            jsonb(data.get("supersedes")),
            audience(seen),
            sealing(seen, "title", "text"),
        ),
    )


def opened(seen: Recorded) -> Given:
    data = seen.data
    closes_at = data.get("closes_at")
    electorate = data["electorate"]
    yield (
        VOTING,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.at,
            seen.by,
            data["round"],
            data["rule"],
            data["rule_version"],
            jsonb(data["terms"]),
            data.get("text"),
            jsonb([_short(each) for each in electorate]) if isinstance(electorate, list) else None,
            data.get("lead"),
            data.get("meeting"),
            datetime.fromisoformat(closes_at) if closes_at else None,
            data.get("gate"),
            jsonb(data.get("override")),
            audience(seen),
            sealing(seen, "override"),
        ),
    )


def _short(vote_class: dict[str, Any]) -> Any:
    alone = len(vote_class["class"]) == 1 and vote_class.get("weight", 1) == 1
    return vote_class["class"][0] if alone and not vote_class.get("constituencies") else vote_class


def taken(seen: Recorded) -> Given:
    data = seen.data
    yield (
        STANCE,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.by,
            "StanceTaken",
            data.get("option"),
            None,
            jsonb(data.get("reason")),
            seen.at,
            seen.authority,
            data.get("proxy") is not None,
            audience(seen),
            sealing(seen, "option", "reason"),
        ),
    )


def changed(seen: Recorded) -> Given:
    data = seen.data
    yield (
        STANCE,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.by,
            "StanceChanged",
            data.get("to"),
            data.get("from"),
            jsonb(data.get("because")),
            seen.at,
            seen.authority,
            data.get("proxy") is not None,
            audience(seen),
            sealing(seen, option="to", before="from", reason="because"),
        ),
    )


def withdrawn(seen: Recorded) -> Given:
    yield (
        STANCE,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.by,
            "StanceWithdrawn",
            None,
            None,
            jsonb(seen.data.get("because")),
            seen.at,
            seen.authority,
            False,
            audience(seen),
            sealing(seen, reason="because"),
        ),
    )


def happened(seen: Recorded) -> Given:
    """Keep an event of a proposal as it is, for its history."""
    yield (
        MOMENT,
        (
            seen.coalition,
            seen.position,
            seen.key,
            seen.type,
            seen.at,
            seen.by,
            jsonb(seen.data),
            audience(seen),
            sealing(seen, *seen.data),
        ),
    )


def decided(seen: Recorded) -> Given:
    data = seen.data
    yield _outcome(seen, data["decision"], data["outcome"])


def lapsed(seen: Recorded) -> Given:
    yield _outcome(seen, seen.key, "lapsed")
    yield from happened(seen)


def deferred(seen: Recorded) -> Given:
    yield _outcome(seen, seen.key, "deferred")
    yield from happened(seen)


def _outcome(seen: Recorded, decision: str, outcome: str) -> tuple[Table, Row]:
    data = seen.data
    return DECISION, (
        seen.coalition,
        seen.position,
        decision,
        seen.key,
        seen.type,
        seen.at,
        outcome,
        data.get("issue"),
        jsonb(data.get("counts")),
        data.get("voters"),
        data.get("entitled"),
        data.get("text"),
        data.get("dissent") or (),
        data.get("stood_aside") or (),
        data.get("accountable") or (),
        jsonb(data.get("objections")),
        data.get("meeting"),
        data.get("source_id"),
        seen.authority == "imported",
        data.get("needed"),
        data.get("reached"),
        audience(seen),
    )


HISTORY = (
    "ProposalPublished",
    "ProposalAmended",
    "ProposalWithdrawn",
    "ConstituencyConsulted",
    "ElectorateExtended",
    "ObjectionRaised",
    "ObjectionAccommodated",
    "ObjectionRetracted",
    "ObjectionSetAside",
    "ObjectionOutweighed",
    "FormalObjectionRegistered",
    "FormalObjectionResolved",
    "VotingClosed",
    "RatificationRequested",
    "DecisionRatified",
    "RatificationDeclined",
    "MemberStoodAside",
    "MemberSignedOn",
    "MinorityStatementFiled",
    "DecisionCommunicated",
    "DecisionAcknowledged",
    "DecisionReviewScheduled",
    "ImplementationIssueReported",
    "DecisionReopened",
    "DecisionSuperseded",
)
ROWS: dict[str, Rows] = {
    "ProposalDrafted": drafted,
    "VotingOpened": opened,
    "StanceTaken": taken,
    "StanceChanged": changed,
    "StanceWithdrawn": withdrawn,
    "DecisionMade": decided,
    "QuorumNotMet": lapsed,
    "DecisionDeferred": deferred,
    **dict.fromkeys(HISTORY, happened),
}
