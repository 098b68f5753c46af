"""Events as rows: one row an event, never changed; the newest says what holds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import orjson

from services.members.views.said import SAID, readers, said
from shared.event import Recorded
from shared.projection import Projection, Row, Table, sealing

Rows = Iterable[tuple[Table, Row]]
_WHERE = ("coalition_id", "uuid"), ("position", "bigint")
_SEEN = ("audience", "text[]"), ("sealed", "jsonb")

CHARTER = Table(
    "charter", *_WHERE,
    ("slug", "text"), ("template", "text"), ("name", "jsonb"), ("mode", "text"), *_SEEN,
)  # fmt: skip
MEMBERSHIP = Table(
    "membership", *_WHERE,
    ("org", "uuid"), ("state", "text"), ("name", "jsonb"), ("kind", "text"), ("sector", "text"),
    ("commitment", "text"), ("voting_right", "boolean"), ("person", "uuid"),
    ("at", "timestamptz"), *_SEEN,
)  # fmt: skip
ACCREDITATION = Table(
    "accreditation", *_WHERE,
    ("n", "smallint"), ("accreditation", "uuid"), ("org", "uuid"), ("body", "uuid"),
    ("person", "uuid"), ("authority", "text"), ("voting", "boolean"), ("begins", "date"),
    ("until", "date"), ("ended", "boolean"), ("sealed", "jsonb"), ("executive", "boolean"),
)  # fmt: skip
BODY = Table(
    "body", *_WHERE,
    ("body", "uuid"), ("kind", "text"), ("name", "jsonb"), ("scope", "jsonb"),
    ("dissolved", "boolean"), *_SEEN,
)  # fmt: skip
ROLE = Table(
    "role", *_WHERE,
    ("body", "uuid"), ("role", "text"), ("accreditation", "uuid"), ("until", "date"),
    ("held", "boolean"),
)  # fmt: skip
SEAT = Table(
    "seat", *_WHERE,
    ("body", "uuid"), ("seat", "uuid"), ("constituency", "uuid"), ("org", "uuid"),
)  # fmt: skip
ISSUE = Table(
    "issue", *_WHERE,
    ("issue", "uuid"), ("name", "jsonb"), ("summary", "jsonb"), ("scope", "text"),
    ("raised_by", "uuid"), *_SEEN,
)  # fmt: skip
STAND = Table("stand", *_WHERE, ("issue", "uuid"), ("org", "uuid"), ("stands", "text"), *_SEEN)
PERSON = Table(
    "person", *_WHERE,
    ("person", "uuid"), ("subject", "text"), ("name", "jsonb"), ("locale", "text"),
    ("sealed", "jsonb"),
)  # fmt: skip


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _sealed(seen: Recorded, *names: str, **columns: str) -> str | None:
    """Return under which audience and key the values stand, so that an erasure finds them."""
    return _json(sealing(seen, *names, **columns) or None)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _charter(seen: Recorded) -> Rows:
    data = seen.data
    yield CHARTER, (
        seen.coalition, seen.position, data.get("slug"), data.get("template"),
        _json(data.get("name")), data.get("mode"), readers(seen), _sealed(seen, "name"),
    )  # fmt: skip


def _formed(seen: Recorded) -> Rows:
    data = {**seen.data, "mode": "informal"}
    return _charter(seen._replace(data=data))


def _member(state: str | None) -> Callable[[Recorded], Rows]:
    def rows(seen: Recorded) -> Rows:
        data = seen.data
        alone = seen.type == "MembershipApplied" and data.get("kind") == "person"
        yield MEMBERSHIP, (
            seen.coalition, seen.position, seen.key, state, _json(data.get("name")),
            data.get("kind"), data.get("sector"), data.get("commitment", data.get("level")),
            data.get("voting_right"), seen.actor if alone else None, seen.at, readers(seen),
            _sealed(seen, "name", **({"person": "actor"} if alone else {})),
        )  # fmt: skip

    return rows


def _and_said(rows: Callable[[Recorded], Rows]) -> Callable[[Recorded], Rows]:
    """Return the rows of an event, and what sheets and registers are folded from."""

    def both(seen: Recorded) -> Rows:
        yield from rows(seen)
        yield from said(seen)

    return both


def _accredited(seen: Recorded) -> Rows:
    data = seen.data
    yield ACCREDITATION, (
        seen.coalition, seen.position, 0, data["accreditation"], seen.key, data["body"],
        data.get("person"), data["authority"], data["voting"], _day(data["from"]),
        _day(data.get("until")), False, _sealed(seen, "person"), data["executive"],
    )  # fmt: skip
    if "ended" in data:
        yield _over(seen, data["ended"])


def _ended(seen: Recorded) -> Rows:
    yield _over(seen, seen.data["accreditation"])


def _over(seen: Recorded, accreditation: str) -> tuple[Table, Row]:
    nothing = (None,) * 6
    row = seen.coalition, seen.position, 1, accreditation, seen.key, *nothing, True, None, None
    return ACCREDITATION, row


def _body(seen: Recorded) -> Rows:
    data = seen.data
    yield BODY, (
        seen.coalition, seen.position, seen.key, data.get("kind"), _json(data.get("name")),
        _json(data.get("scope")), True if seen.type == "BodyDissolved" else None,
        readers(seen), _sealed(seen, "name"),
    )  # fmt: skip


def _role(seen: Recorded) -> Rows:
    data = seen.data
    yield ROLE, (
        seen.coalition, seen.position, seen.key, data["role"], data["accreditation"],
        _day(data.get("until")), seen.type == "RoleTaken",
    )  # fmt: skip


def _seat(seen: Recorded) -> Rows:
    data = seen.data
    yield SEAT, (
        seen.coalition, seen.position, seen.key, data["seat"], data.get("constituency"),
        data.get("org"),
    )  # fmt: skip


def _issue(seen: Recorded) -> Rows:
    data = seen.data
    raised = seen.type == "IssueRaised"
    yield ISSUE, (
        seen.coalition, seen.position, seen.key, _json(data.get("name")),
        _json(data.get("summary")), "in" if raised else data["scope"],
        seen.by if raised else None, readers(seen), _sealed(seen, "name", "summary"),
    )  # fmt: skip


def _stand(named: str) -> Callable[[Recorded], Rows]:
    def rows(seen: Recorded) -> Rows:
        yield STAND, (
            seen.coalition, seen.position, seen.key, seen.by, seen.data.get(named), readers(seen),
            _sealed(seen, stands=named),
        )  # fmt: skip

    return rows


def _person(seen: Recorded) -> Rows:
    data = seen.data
    contact = data.get("contact")
    subject = contact["text"].strip().lower() if contact else None
    yield PERSON, (
        seen.coalition, seen.position, seen.key, subject, _json(data.get("name")),
        data["locale"], _sealed(seen, "name", subject="contact"),
    )  # fmt: skip


FOLDED = (
    "AgreedToDisagree",
    "AlignmentStated",
    "AmendsAccepted",
    "AmendsOffered",
    "BottomLineDeclared",
    "BoundaryAgreed",
    "BoundaryBreachReported",
    "CapacityPledged",
    "CapacityReviewed",
    "CircleClosed",
    "CircleOpened",
    "CoalitionAdjourned",
    "CoalitionListed",
    "CompromiseAgreed",
    "ConflictAreaNamed",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ConstituencyIdentified",
    "ConstituencyRepresented",
    "ContextShiftNoted",
    "DecisionStructureAcknowledged",
    "DecisionStructurePublished",
    "DisagreementReopened",
    "ErasureReceiptIssued",
    "ErasureRequested",
    "GroundRulesAccepted",
    "GroundRulesAdopted",
    "GrowthGoalReached",
    "GrowthGoalSet",
    "HistoricTensionRecorded",
    "InterestStated",
    "InternalBriefingHeld",
    "InvolvementLevelSet",
    "LeadAssigned",
    "LeadYielded",
    "ListeningSessionHeld",
    "MentorshipEnded",
    "MentorshipSessionLogged",
    "MentorshipStarted",
    "MessengerChosen",
    "NeedStated",
    "NorthStarAdopted",
    "OutreachMade",
    "PersonErased",
    "PointPersonNamed",
    "ProxyGranted",
    "ProxyRevoked",
    "RelatedOrganizationDeclared",
    "RepresentationReviewed",
    "ResourceDelivered",
    "ResourceMatched",
    "ResourceOffered",
    "ResourceRequested",
    "ReviewClosed",
    "ReviewOpened",
    "ScenarioAgreed",
    "ScopeSet",
    "StageEntered",
    "StrengthDeclared",
    "TermDefined",
    "ThreatIdentified",
    "ThreatRetired",
    "ThreatShared",
    "TouchpointLogged",
    "TrustPulseSubmitted",
    "TurfConcernRaised",
    "TurfSettled",
    "WellbeingPulseSubmitted",
)
"""Types of which a register is folded when it is asked for, and nothing else."""

TABLED: Mapping[str, Callable[[Recorded], Rows]] = {
    "MemberInvited": _member("invited"),
    "MembershipApplied": _member("applied"),
    "MembershipDeclined": _member("declined"),
    "MemberJoined": _member("joined"),
    "CommitmentLevelSet": _member(None),
    "MemberSuspended": _member("suspended"),
    "MemberReinstated": _member("joined"),
    "MemberLeft": _member("left"),
    "RepresentativeAccredited": _accredited,
    "RepresentativeReplaced": _accredited,
    "AccreditationEnded": _ended,
    "BodyConstituted": _body,
    "BodyMandateChanged": _body,
    "BodyDissolved": _body,
    "RoleTaken": _role,
    "RoleReleased": _role,
    "SeatReserved": _seat,
    "SeatFilled": _seat,
    "SeatVacated": _seat,
    "IssueRaised": _issue,
    "IssueScoped": _issue,
    "PositionTaken": _stand("position"),
    "PositionChanged": _stand("to"),
    "PersonRegistered": _person,
}
"""Types that have tables of their own, for what many requests join or page through."""

projection = Projection(
    "members-table",
    sources=("members",),
    tables=(CHARTER, MEMBERSHIP, ACCREDITATION, BODY, ROLE, SEAT, ISSUE, STAND, PERSON, SAID),
    rows={"CoalitionFormed": _formed, "OperatingModeSet": _charter}
    | {kind: _and_said(rows) for kind, rows in TABLED.items()}
    | dict.fromkeys(FOLDED, said),
    lets_pass=frozenset({"FieldRedacted"}),
)
