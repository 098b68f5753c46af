"""Rows of the proposals' streams: drafts, rounds of voting, stances, outcomes, and the rest."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.transparency.domain.listed import listed
from services.transparency.views.events import audience, jsonb, kept, sealing
from shared.event import Recorded
from shared.projection import Row, Rows, Table

PROPOSAL = Table(
    "proposal",
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
    "voting",
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
    ("electorate", "uuid[]"),
    ("classes", "jsonb"),
    ("lead", "uuid"),
    ("meeting", "uuid"),
    ("closes_at", "timestamptz"),
    ("gate", "text"),
    ("override", "jsonb"),
    ("audience", "text[]"),
    ("sealed", "jsonb"),
)
STANCE = Table(
    "stance",
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
    ("recorded_at", "timestamptz"),
    ("leaf", "bytea"),
)
MOMENT = Table(
    "moment",
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
    "decision",
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
    classes = listed(data["electorate"], data.get("listed"))
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
            None if classes is None else [org for each in classes for org in each["class"]],
            jsonb(classes) if any(map(_more_than_one, classes or ())) else None,
            data.get("lead"),
            data.get("meeting"),
            datetime.fromisoformat(closes_at) if closes_at else None,
            data.get("gate"),
            jsonb(data.get("override")),
            audience(seen),
            sealing(seen, "override"),
        ),
    )


def _more_than_one(vote_class: Mapping[str, Any]) -> bool:
    alone = len(vote_class["class"]) == 1 and vote_class.get("weight", 1) == 1
    return not alone or bool(vote_class.get("constituencies"))


def _told(rows: Rows) -> Rows:
    """Leave out a stance of a voting that is sealed until it closes: it is revealed then."""

    def told(seen: Recorded) -> Given:
        if not kept(seen):
            yield from rows(seen)

    return told


def revealed(seen: Recorded) -> Given:
    """Keep a stance that was sealed until voting closed, and the objection that came with it."""
    data = seen.data
    yield (
        STANCE,
        (
            seen.coalition,
            seen.position,
            seen.key,
            data["org"],
            "StanceTaken",
            data.get("option"),
            None,
            jsonb(data.get("reason")),
            seen.at,
            "ad_referendum" if data.get("ad_referendum") else "full",
            False,
            audience(seen),
            _sealing(seen, option="option", reason="reason"),
            seen.recorded_at,
            seen.leaf,
        ),
    )
    if data.get("objection"):
        raised = {"objection": data["objection"]}
        raised |= {"grounds": data["reason"]} if "reason" in data else {}
        under = {"grounds": seen.sealed["reason"]} if "reason" in seen.sealed else {}
        yield from happened(
            seen._replace(type="ObjectionRaised", by=UUID(data["org"]), data=raised, sealed=under)
        )


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
            _sealing(seen, option="option", reason="reason"),
            seen.recorded_at,
            seen.leaf,
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
            _sealing(seen, option="to", reason="because"),
            seen.recorded_at,
            seen.leaf,
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
            _sealing(seen, reason="because"),
            seen.recorded_at,
            seen.leaf,
        ),
    )


def _sealing(seen: Recorded, **columns: str) -> str | None:
    """Leave out a stance that its own audience may see: no erasure ever asks for it."""
    if not seen.sealed:
        return None
    if "option" in columns and seen.sealed.get(columns["option"], ("",))[0] in audience(seen):
        del columns["option"]
    return sealing(seen, **columns)


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
            sealing(seen, *seen.sealed),
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


def settled(seen: Recorded) -> Given:
    """Keep a decision of the front line beside the others: no proposal, and nobody voted."""
    yield _outcome(seen, seen.data["decision"], "adopted")


def _outcome(seen: Recorded, decision: str, outcome: str) -> tuple[Table, Row]:
    data = seen.data
    text = data.get("text")
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
        text if isinstance(text, str) else None,
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
STANCES: dict[str, Rows] = {
    "StanceTaken": _told(taken),
    "StanceChanged": _told(changed),
    "StanceWithdrawn": _told(withdrawn),
    "StanceRevealed": revealed,
}
ROWS: dict[str, Rows] = {
    "ProposalDrafted": drafted,
    "VotingOpened": opened,
    **STANCES,
    "DecisionMade": decided,
    "QuorumNotMet": lapsed,
    "DecisionDeferred": deferred,
    "FrontLineDecisionMade": settled,
    **dict.fromkeys(HISTORY, happened),
}
