"""Who put its name to a decision, who stood aside from it, and who says why it is wrong."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.transparency.domain.case import Outcome
from services.transparency.domain.moment import Moment
from services.transparency.domain.said import Names
from shared.event import timestamp

ASKED_AGAIN = frozenset({"ProposalAmended", "DecisionReopened"})
"""After these, everybody is asked again whether it stands aside."""


def stood_aside(moments: Sequence[Moment], outcome: Outcome | None) -> set[UUID]:
    """Return who stood aside, and is named: as the decision lists them, and who did so since."""
    named = {*outcome.stood_aside} if outcome else set()
    return named | {
        moment.by
        for moment in _of(moments, outcome)
        if moment.type == "MemberStoodAside" and moment.by and moment.data.get("public")
    }


def sign_ons(moments: Sequence[Moment], outcome: Outcome | None) -> set[UUID]:
    """Return who signed on; whoever stood aside, named or not, is not among them (D25)."""
    if outcome is None or not outcome.made:
        return set()
    aside = {moment.by for moment in _of(moments, outcome) if moment.type == "MemberStoodAside"}
    signed = {
        moment.by for moment in about(moments, outcome, "MemberSignedOn") if moment.by is not None
    }
    return signed - aside - {*outcome.stood_aside}


def minority(
    moments: Sequence[Moment], outcome: Outcome | None, names: Names
) -> list[dict[str, Any]]:
    """Return the minority statements on a decision, in the order they were filed."""
    if outcome is None:
        return []
    return [
        {
            "organisation": names.of(moment.by),
            "text": moment.data.get("text"),
            "at": timestamp(moment.at),
            "ref": moment.ref,
        }
        for moment in about(moments, outcome, "MinorityStatementFiled")
    ]


def about(moments: Sequence[Moment], outcome: Outcome, kind: str) -> list[Moment]:
    """Return what was recorded of this decision, and not of another one on the same proposal."""
    decision = str(outcome.decision)
    return [
        moment
        for moment in moments
        if moment.type == kind and moment.data.get("decision") == decision
    ]


def _of(moments: Sequence[Moment], outcome: Outcome | None) -> list[Moment]:
    """Return what belongs to one outcome, from one asking to the next."""
    decided = outcome.position if outcome else float("inf")
    breaks = [moment.position for moment in moments if moment.type in ASKED_AGAIN]
    begins = max((each for each in breaks if each < decided), default=0)
    ends = min((each for each in breaks if each > decided), default=float("inf"))
    return [moment for moment in moments if begins < moment.position < ends]
