"""The events of meetings, folded into rows (`sql`): one row an event, never changed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import orjson

from services.meetings.domain.ballot import OWN
from services.meetings.domain.rule import DISSENT
from shared.event import Recorded
from shared.projection import Projection, Row, Table, sealing

Rows = Iterable[tuple[Table, Row]]
_WHERE = ("coalition_id", "uuid"), ("position", "bigint")
_SEEN = ("audience", "text[]"), ("sealed", "jsonb")

MEETING = Table(
    "meeting", *_WHERE,
    ("meeting", "uuid"), ("state", "text"), ("title", "jsonb"), ("body", "uuid"),
    ("host", "uuid"), ("starts_at", "timestamptz"), ("ends_at", "timestamptz"),
    ("place", "jsonb"), ("imported", "boolean"), *_SEEN, ("series", "uuid"),
)  # fmt: skip
SERIES = Table(
    "series", *_WHERE,
    ("series", "uuid"), ("body", "uuid"), ("rrule", "text"), ("name", "jsonb"),
    ("at", "timestamptz"), *_SEEN,
)  # fmt: skip
ITEM = Table(
    "item", *_WHERE,
    ("meeting", "uuid"), ("item", "uuid"), ("kind", "text"), ("title", "jsonb"),
    ("proposal", "uuid"), ("issue", "uuid"), ("minutes", "int"), ("by_org", "uuid"), *_SEEN,
)  # fmt: skip
AGENDA = Table(
    "agenda", *_WHERE,
    ("meeting", "uuid"), ("items", "uuid[]"), ("short_notice", "boolean"), *_SEEN,
)  # fmt: skip
FACILITATOR = Table(
    "facilitator", *_WHERE,
    ("meeting", "uuid"), ("person", "uuid"), ("org", "uuid"), ("external", "boolean"), *_SEEN,
)  # fmt: skip
REENGAGEMENT = Table(
    "reengagement", *_WHERE,
    ("meeting", "uuid"), ("org", "uuid"), ("entry", "text"), *_SEEN,
)  # fmt: skip
ATTENDANCE = Table(
    "attendance", *_WHERE,
    ("meeting", "uuid"), ("attendance", "uuid"), ("org", "uuid"), ("person", "uuid"),
    ("mode", "text"), ("here", "boolean"), *_SEEN,
)  # fmt: skip
QUORUM = Table(
    "quorum", *_WHERE,
    ("meeting", "uuid"), ("present", "int"), ("needed", "int"), ("established", "boolean"),
    *_SEEN,
)  # fmt: skip
MINUTES = Table(
    "minutes", *_WHERE,
    ("meeting", "uuid"), ("version", "int"), ("corrects", "int"), ("text", "jsonb"),
    ("reason", "jsonb"), ("decisions", "text[]"), ("at", "timestamptz"), *_SEEN,
)  # fmt: skip
APPROVAL = Table(
    "approval", *_WHERE,
    ("meeting", "uuid"), ("version", "int"), ("org", "uuid"), *_SEEN,
)  # fmt: skip
STEP = Table(
    "step", *_WHERE,
    ("step", "uuid"), ("state", "text"), ("what", "jsonb"), ("meeting", "uuid"),
    ("decision", "uuid"), ("owner", "uuid"), ("due", "date"), ("moved", "boolean"),
    ("by_org", "uuid"), *_SEEN, ("hours", "int"),
)  # fmt: skip
MESSAGE = Table(
    "message", *_WHERE,
    ("message", "uuid"), ("type", "text"), ("issue", "uuid"), ("variant", "uuid"),
    ("told", "text"), ("text", "jsonb"), ("by_org", "uuid"), ("at", "timestamptz"), *_SEEN,
)  # fmt: skip
DISCLOSURE = Table(
    "disclosure", *_WHERE,
    ("disclosure", "uuid"), ("type", "text"), ("items", "text[]"), ("told", "text"),
    ("named", "uuid[]"), ("needs", "uuid[]"), ("reason", "jsonb"), ("by_org", "uuid"),
    ("at", "timestamptz"), *_SEEN,
)  # fmt: skip
SAID = Table(
    "said", *_WHERE,
    ("aggregate", "text"), ("key", "uuid"), ("type", "text"), ("at", "timestamptz"),
    ("by", "uuid"), ("data", "jsonb"), *_SEEN,
)  # fmt: skip
RULE = Table(
    "rule", *_WHERE,
    ("rule", "uuid"), ("version", "int"), ("body", "uuid"), ("terms", "jsonb"),
    ("retired", "boolean"), *_SEEN,
)  # fmt: skip
PROPOSAL = Table(
    "proposal", *_WHERE,
    ("proposal", "uuid"), ("body", "uuid"), ("issue", "uuid"), ("by_org", "uuid"),
    ("title", "jsonb"), ("text", "jsonb"), ("version", "int"), *_SEEN, ("objective", "uuid"),
)  # fmt: skip
DECISION = Table(
    "decision", *_WHERE,
    ("decision", "uuid"), ("proposal", "uuid"), ("outcome", "text"), ("meeting", "uuid"),
    ("source_id", "text"), *_SEEN,
)  # fmt: skip


def audience(seen: Recorded) -> list[str]:
    """Return the tokens of readers who may see what an event says (`security.md` 3)."""
    if seen.audience:
        return [token if ":" in token else f"org:{token}" for token in seen.audience]
    return [seen.visibility] if seen.visibility in {"members", "public"} else []


def jsonb(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _row(seen: Recorded, *values: object, sealed: tuple[str, ...] = ()) -> Row:
    """Return a row of one of the tables above: place, aggregate, values, for whom, under what."""
    ends = audience(seen), jsonb(sealing(seen, *sealed) or None)
    return (seen.coalition, seen.position, seen.key, *values, *ends)


def _time(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _meeting(state: str | None) -> Callable[[Recorded], Rows]:
    def rows(seen: Recorded) -> Rows:
        data = seen.data
        row = _row(
            seen, state, jsonb(data.get("title")), data.get("body"), data.get("host"),
            _time(data.get("starts_at")), _time(data.get("ends_at")), jsonb(data.get("place")),
            seen.authority == "imported", sealed=("title", "place"),
        )  # fmt: skip
        yield MEETING, (*row, data.get("series"))

    return rows


def _series(seen: Recorded) -> Rows:
    data = seen.data
    terms = data["body"], data["rrule"], jsonb(data.get("name")), seen.at
    yield SERIES, _row(seen, *terms, sealed=("name",))


def _item(seen: Recorded) -> Rows:
    data = seen.data
    yield ITEM, _row(
        seen, data["item"], data["kind"], jsonb(data.get("title")), data.get("proposal"),
        data.get("issue"), data.get("minutes"), seen.by, sealed=("title",),
    )  # fmt: skip


def _agenda(seen: Recorded) -> Rows:
    yield AGENDA, _row(seen, seen.data["items"], seen.data["short_notice"])


def _facilitator(seen: Recorded) -> Rows:
    data = seen.data
    who = data.get("person"), data.get("org"), data["external"]
    yield FACILITATOR, _row(seen, *who, sealed=("person",))


def _reengagement(seen: Recorded) -> Rows:
    yield REENGAGEMENT, _row(seen, seen.data["org"], seen.data["entry"])


def _attendance(seen: Recorded) -> Rows:
    data = seen.data
    yield ATTENDANCE, _row(
        seen, data["attendance"], data.get("org"), data.get("person"), data.get("mode"),
        seen.type == "AttendanceRecorded", sealed=("person",),
    )  # fmt: skip


def _quorum(seen: Recorded) -> Rows:
    data = seen.data
    yield QUORUM, _row(seen, data["present"], data["needed"], seen.type == "QuorumEstablished")


def _minutes(seen: Recorded) -> Rows:
    data = seen.data
    yield MINUTES, _row(
        seen, data["version"], data.get("corrects"), jsonb(data.get("text")),
        jsonb(data.get("reason")), data.get("decisions", ()), seen.at, sealed=("text", "reason"),
    )  # fmt: skip


def _approval(seen: Recorded) -> Rows:
    yield APPROVAL, _row(seen, seen.data["version"], seen.by)


def _step(state: str | None) -> Callable[[Recorded], Rows]:
    def rows(seen: Recorded) -> Rows:
        data = seen.data
        owner = seen.by if seen.type == "NextStepVolunteered" else data.get("owner")
        row = _row(
            seen, state, jsonb(data.get("what")), data.get("meeting"), data.get("decision"),
            owner, _day(data.get("due")), seen.type == "NextStepDueDateMoved", seen.by,
            sealed=("what",),
        )  # fmt: skip
        yield STEP, (*row, data.get("hours"))

    return rows


def _message(seen: Recorded) -> Rows:
    data = seen.data
    yield MESSAGE, _row(
        seen, seen.type, data.get("issue"), data.get("variant"), data.get("audience"),
        jsonb(data.get("text")), seen.by, seen.at, sealed=("text",),
    )  # fmt: skip


def _disclosure(seen: Recorded) -> Rows:
    data = seen.data
    yield DISCLOSURE, _row(
        seen, seen.type, data.get("items", ()), data.get("to"), data.get("audience", ()),
        data.get("needs", ()), jsonb(data.get("reason")), seen.by, seen.at, sealed=("reason",),
    )  # fmt: skip


def _said(seen: Recorded) -> Rows:
    """Keep an event whole, as far as it could be opened."""
    yield SAID, (
        seen.coalition, seen.position, seen.stream.partition("-")[0], seen.key, seen.type, seen.at,
        seen.by, orjson.dumps(dict(seen.data)).decode(), audience(seen),
        jsonb(sealing(seen, *seen.sealed) or None),
    )  # fmt: skip


def _rule(seen: Recorded) -> Rows:
    data = seen.data
    terms = data.get("version"), data.get("body"), jsonb(data.get("rule"))
    yield RULE, _row(seen, *terms, seen.type == "DecisionRuleRetired")


def _proposal(seen: Recorded) -> Rows:
    data = seen.data
    row = _row(
        seen, data.get("body"), data.get("issue"), seen.by, jsonb(data.get("title")),
        jsonb(data.get("text")), data.get("version", 1), sealed=("title", "text"),
    )  # fmt: skip
    yield PROPOSAL, (*row, data.get("objective"))


def _decision(seen: Recorded) -> Rows:
    data = seen.data
    yield DECISION, (
        seen.coalition, seen.position, data["decision"], seen.key, data["outcome"],
        data.get("meeting"), data.get("source_id"), audience(seen), None,
    )  # fmt: skip


def _and_said(rows: Callable[[Recorded], Rows]) -> Callable[[Recorded], Rows]:
    """Keep an event whole, beside the rows that it gives."""

    def both(seen: Recorded) -> Rows:
        yield from rows(seen)
        yield from _said(seen)

    return both


def _dissent(seen: Recorded) -> Rows:
    """Keep a stance in dissent, with its reason; not one that waits to be revealed.

    An imported one has no reason, and there are hundreds of thousands.
    """
    option = seen.data.get("option") or seen.data.get("to")
    if option in DISSENT and OWN not in seen.audience and seen.authority != "imported":
        yield from _said(seen)


FOLDED = (
    "CampaignLaunched",
    "ObjectiveSet",
    "ActionHeld",
    "TargetStanceRecorded",
    "WorkstreamStarted",
    "ProgressReported",
    "WorkstreamClosed",
    "DemandPresented",
    "DemandAnswered",
    "DemandEscalated",
    "PolicyDrafted",
    "PolicyAgreed",
    "PolicyAdopted",
    "PolicyDeclined",
    "PolicyAdaptationReported",
    "PolicyRetired",
    "PracticeAsked",
    "PracticeShared",
    "IdeaPitched",
    "IdeaReviewed",
    "PilotStarted",
    "PilotReported",
    "InvitationSent",
    "InvitationAnswered",
    "PreWorkAssigned",
    "PreWorkCompleted",
    "FloorRequested",
    "SpeechStarted",
    "SpeechEnded",
    "HeatRaised",
    "HeatLowered",
    "DissentInvited",
    "DiscussionParked",
    "DiscussionResumed",
    "RecordingAnswered",
    "ReportIssued",
    "StatementReleased",
    "IndicatorFlagAnswered",
    "ConcernRaised",
    "ConcernResolved",
    "MandateChecked",
    "FrontLineConsentGiven",
    "FrontLineDecisionMade",
    "FrontLineDecisionReviewed",
    "ObjectionRaised",
    "ObjectionAccommodated",
    "ObjectionRetracted",
    "ObjectionSetAside",
    "ObjectionOutweighed",
    "FormalObjectionRegistered",
    "FormalObjectionResolved",
    "MinorityStatementFiled",
)
"""Event types that registers are folded from (`said.py`)."""

projection = Projection(
    "meetings",
    sources=("meetings",),
    tables=(
        MEETING, SERIES, ITEM, AGENDA, FACILITATOR, REENGAGEMENT, ATTENDANCE, QUORUM, MINUTES,
        APPROVAL, STEP, MESSAGE, DISCLOSURE, SAID, RULE, PROPOSAL, DECISION,
    ),
    rows={
        "MeetingScheduled": _meeting("scheduled"),
        "MeetingRescheduled": _meeting(None),
        "MeetingCancelled": _and_said(_meeting("cancelled")),
        "MeetingOpened": _meeting("open"),
        "MeetingClosed": _and_said(_meeting("closed")),
        "MeetingSeriesEstablished": _series,
        "AgendaItemProposed": _item,
        "AgendaPublished": _agenda,
        "FacilitatorAppointed": _facilitator,
        "ReengagementInvited": _reengagement,
        "AttendanceRecorded": _attendance,
        "DepartureRecorded": _attendance,
        "QuorumEstablished": _quorum,
        "QuorumLost": _quorum,
        "MinutesDrafted": _minutes,
        "MinutesCorrected": _minutes,
        "MinutesApproved": _approval,
        "NextStepProposed": _step("proposed"),
        "NextStepVolunteered": _step("accepted"),
        "NextStepAssigned": _step("assigned"),
        "NextStepReassigned": _step("assigned"),
        "NextStepAccepted": _step("accepted"),
        "NextStepStarted": _step("started"),
        "NextStepDeclined": _step("declined"),
        "NextStepBlocked": _step("blocked"),
        "NextStepDropped": _step("dropped"),
        "NextStepDueDateMoved": _step(None),
        "NextStepCompleted": _step("completed"),
        "MessageDrafted": _message,
        "MessageApproved": _message,
        "MessageVariantApproved": _message,
        "DisclosureRequested": _disclosure,
        "DisclosureApproved": _disclosure,
        "DisclosureRefused": _disclosure,
        "DecisionRuleAdopted": _rule,
        "DecisionRuleRetired": _rule,
        "ProposalDrafted": _proposal,
        "ProposalAmended": _proposal,
        "DecisionMade": _and_said(_decision),
        "StanceTaken": _dissent,
        "StanceChanged": _dissent,
        "StanceRevealed": _dissent,
    }
    | dict.fromkeys(FOLDED, _said),
    lets_pass=frozenset(
        {
            "ProposalPublished", "ProposalWithdrawn", "VotingOpened", "StanceWithdrawn",
            "VotingClosed", "QuorumNotMet", "DecisionDeferred", "DecisionReopened",
            "FieldRedacted", "SenseCheckOpened", "SenseCheckTaken", "BallotReceived",
            "ElectorateExtended", "RatificationRequested", "DecisionRatified",
            "RatificationDeclined", "ConstituencyConsulted", "MemberSignedOn",
            "MemberStoodAside", "DecisionAcknowledged", "DecisionCommunicated",
            "DecisionReviewScheduled", "DecisionSuperseded", "ImplementationIssueReported",
        }
    ),
)  # fmt: skip
