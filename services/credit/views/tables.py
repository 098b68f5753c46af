"""The events of credit, folded into rows (`sql`)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson

from services.credit.views.said import SAID, said
from shared.event import Recorded
from shared.projection import Projection, Row, Rows, Table, sealing

_WHERE = ("coalition_id", "uuid"), ("position", "bigint")
_BY = ("by_org", "uuid"), ("at", "timestamptz")
_SEEN = (("audience", "text[]"),)
_SEALED = (("sealed", "jsonb"),)

CONTRIBUTIONS = Table(
    "contributions",
    *_WHERE,
    ("contribution", "uuid"),
    ("of_org", "uuid"),
    ("role", "text"),
    ("degree", "text"),
    ("about", "text[]"),
    ("what", "jsonb"),
    *(_BY + _SEEN + _SEALED),
)
CONTRIBUTION_ANSWERS = Table(
    "contribution_answers",
    *_WHERE,
    ("contribution", "uuid"),
    ("by_org", "uuid"),
    ("confirmed", "boolean"),
    *_SEEN,
)
WINS = Table(
    "wins",
    *_WHERE,
    ("win", "uuid"),
    ("size", "text"),
    ("title", "jsonb"),
    ("decisions", "uuid[]"),
    ("objectives", "uuid[]"),
    *(_BY + _SEEN + _SEALED),
)
CREDITS = Table(
    "credits",
    *_WHERE,
    ("win", "uuid"),
    ("credit", "uuid"),
    ("to_org", "uuid"),
    ("external", "jsonb"),
    ("role", "text"),
    ("degree", "text"),
    ("basis", "text"),
    ("contributions", "uuid[]"),
    *(_BY + _SEEN + _SEALED),
)
CREDIT_ANSWERS = Table(
    "credit_answers",
    *_WHERE,
    ("win", "uuid"),
    ("credit", "uuid"),
    ("accepted", "boolean"),
    *_SEEN,
)
CORRECTIONS = Table(
    "corrections",
    *_WHERE,
    ("win", "uuid"),
    ("credit", "uuid"),
    ("role", "text"),
    ("degree", "text"),
    ("reason", "jsonb"),
    *(_BY + _SEEN + _SEALED),
)
LATECOMERS = Table(
    "latecomers",
    *_WHERE,
    ("win", "uuid"),
    ("to_org", "uuid"),
    ("external", "jsonb"),
    ("before", "jsonb"),
    ("now", "jsonb"),
    ("target", "uuid"),
    *(_BY + _SEEN + _SEALED),
)
ANNOUNCEMENTS = Table(
    "announcements",
    *_WHERE,
    ("win", "uuid"),
    ("told", "text"),
    ("uncredited", "uuid[]"),
    *(_BY + _SEEN),
)
CELEBRATIONS = Table(
    "celebrations",
    *_WHERE,
    ("win", "uuid"),
    ("day", "date"),
    ("orgs", "uuid[]"),
    ("by_org", "uuid"),
    *_SEEN,
)


LESSONS = Table(
    "lessons",
    *_WHERE,
    ("campaign", "uuid"),
    ("lesson", "uuid"),
    ("kind", "text"),
    ("what", "jsonb"),
    ("why", "jsonb"),
    *(_BY + _SEEN + _SEALED),
)
LESSON_SHARES = Table(
    "lesson_shares",
    *_WHERE,
    ("campaign", "uuid"),
    ("lesson", "uuid"),
    ("told", "text"),
    *(_BY + _SEEN),
)


def row(
    seen: Recorded, *values: object, by: bool = True, sealed: Mapping[str, str] | None = None
) -> Row:
    """Return a row of one of the tables above: place, aggregate, values, who and when, for whom.

    Args:
        sealed: Which column holds which sealed field.
    """
    seen_by = seen.audience or (seen.visibility,)
    ends: Row = (*((seen.by, seen.at) if by else ()), seen_by)
    if sealed:
        ends += (jsonb(sealing(seen, **sealed) or None),)
    return (seen.coalition, seen.position, seen.key, *values, *ends)


def jsonb(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _recorded(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    said = seen.data
    what = said["of"], said["role"], said["degree"], said["about"], jsonb(said.get("what"))
    yield CONTRIBUTIONS, row(seen, *what, sealed={"what": "what"})


def _answered(*, confirmed: bool) -> Rows:
    def rows(seen: Recorded) -> Iterable[tuple[Table, Row]]:
        yield CONTRIBUTION_ANSWERS, row(seen, seen.by, confirmed, by=False)

    return rows


def _declared(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    said = seen.data
    what = said.get("size"), jsonb(said.get("title")), said["decisions"], said["objectives"]
    yield WINS, row(seen, *what, sealed={"title": "title"})


def _assigned(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    said = seen.data
    whom = said["credit"], said.get("to"), jsonb(said.get("external"))
    what = said["role"], said["degree"], said["basis"], said["contributions"]
    yield CREDITS, row(seen, *whom, *what, sealed={"external": "external"})


def _credit_answered(*, accepted: bool) -> Rows:
    def rows(seen: Recorded) -> Iterable[tuple[Table, Row]]:
        yield CREDIT_ANSWERS, row(seen, seen.data["credit"], accepted, by=False)

    return rows


def _corrected(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    said = seen.data
    what = said["credit"], said["role"], said["degree"], jsonb(said.get("reason"))
    yield CORRECTIONS, row(seen, *what, sealed={"reason": "reason"})


def _welcomed(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    said = seen.data
    whom = said.get("to"), jsonb(said.get("external"))
    what = jsonb(said.get("from")), jsonb(said.get("now")), said.get("target")
    sealed = {"external": "external", "before": "from", "now": "now"}
    yield LATECOMERS, row(seen, *whom, *what, sealed=sealed)


def _announced(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    yield ANNOUNCEMENTS, row(seen, seen.data["audience"], seen.data["uncredited"])


def _celebrated(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    day = date.fromisoformat(seen.data["on"])
    yield CELEBRATIONS, row(seen, day, seen.data["orgs"], seen.by, by=False)


def _learned(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    said = seen.data
    what = said["lesson"], said["kind"], jsonb(said.get("what")), jsonb(said.get("why"))
    yield LESSONS, row(seen, *what, sealed={"what": "what", "why": "why"})


def _shared(seen: Recorded) -> Iterable[tuple[Table, Row]]:
    yield LESSON_SHARES, row(seen, seen.data["lesson"], seen.data["to"])


FOLDED = (
    "AttributionStatementApproved",
    "AttributionStatementDrafted",
    "AttributionStatementReleased",
    "BenefitArticulated",
    "ClaimReviewed",
    "CreditClaimed",
    "CreditDisputeMediated",
    "CreditDisputeResolved",
    "CreditDisputed",
    "EvaluationAnswered",
    "ImpactMetricDefined",
    "ImpactMetricRecorded",
    "ObjectiveAssessed",
    "RetrospectiveHeld",
    "SharesAllocated",
    "StoryRecorded",
)
"""Types of which a register is folded when it is asked for, and nothing else."""

projection = Projection(
    "credit",
    sources=("credit",),
    tables=(
        CONTRIBUTIONS,
        CONTRIBUTION_ANSWERS,
        WINS,
        CREDITS,
        CREDIT_ANSWERS,
        CORRECTIONS,
        LATECOMERS,
        ANNOUNCEMENTS,
        CELEBRATIONS,
        LESSONS,
        LESSON_SHARES,
        SAID,
    ),
    rows={
        "ContributionRecorded": _recorded,
        "ContributionConfirmed": _answered(confirmed=True),
        "ContributionDeclined": _answered(confirmed=False),
        "WinDeclared": _declared,
        "LossAcknowledged": _declared,
        "CreditAssigned": _assigned,
        "CreditAccepted": _credit_answered(accepted=True),
        "CreditWaived": _credit_answered(accepted=False),
        "CreditCorrected": _corrected,
        "LatecomerWelcomed": _welcomed,
        "WinAnnounced": _announced,
        "WinCelebrated": _celebrated,
        "LessonRecorded": _learned,
        "LessonShared": _shared,
    }
    | dict.fromkeys(FOLDED, said),
    lets_pass=frozenset({"FieldRedacted"}),
)
