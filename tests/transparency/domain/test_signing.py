"""Who signed on, who stood aside, and which statements stand beside a decision."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.transparency.domain.case import Outcome
from services.transparency.domain.moment import Moment
from services.transparency.domain.signing import about, sign_ons, stood_aside
from tests.transparency.history import NOON

CLINIC, UNION, YOUTH = (UUID(int=n) for n in (1, 2, 3))
FIRST, SECOND = UUID(int=11), UUID(int=12)
made = Outcome(10, "DecisionMade", FIRST, NOON, "adopted", stood_aside=(UNION,))


def moment(position: int, kind: str, by: UUID | None = None, **data: Any) -> Moment:
    return Moment(position, kind, NOON, by, data)


def signed(position: int, by: UUID, decision: UUID = FIRST) -> Moment:
    return moment(position, "MemberSignedOn", by, decision=str(decision))


def aside(position: int, by: UUID, *, public: bool = True) -> Moment:
    return moment(position, "MemberStoodAside", by, public=public)


@pytest.mark.parametrize(
    ("moments", "listed"),
    [
        ([signed(11, CLINIC), signed(12, YOUTH)], {CLINIC, YOUTH}),
        ([signed(11, UNION)], set()),
        ([signed(11, CLINIC), aside(12, CLINIC)], set()),
        ([signed(11, CLINIC), aside(12, CLINIC, public=False)], set()),
        ([aside(5, CLINIC, public=False), signed(11, CLINIC)], set()),
        ([aside(5, CLINIC), moment(6, "ProposalAmended"), signed(11, CLINIC)], {CLINIC}),
        ([signed(11, CLINIC), moment(12, "DecisionReopened"), aside(13, CLINIC)], {CLINIC}),
        ([signed(11, CLINIC, SECOND)], set()),
    ],
)
def test_f36_d25_who_stood_aside_is_in_no_list_of_sign_ons(
    moments: Sequence[Moment], listed: set[UUID]
) -> None:
    assert sign_ons(moments, made) == listed


def test_nobody_signs_what_is_not_decided() -> None:
    lapsed = Outcome(10, "QuorumNotMet", FIRST, NOON, "lapsed")
    assert sign_ons([signed(11, CLINIC)], lapsed) == set()
    assert sign_ons([signed(11, CLINIC)], None) == set()


def test_only_who_stood_aside_in_public_is_named() -> None:
    quietly = [aside(4, CLINIC), aside(5, YOUTH, public=False)]
    assert stood_aside(quietly, None) == {CLINIC}
    assert stood_aside([aside(12, CLINIC)], made) == {CLINIC, UNION}
    assert stood_aside([aside(12, CLINIC), moment(13, "DecisionReopened")], None) == set()


def test_f84_a_statement_stands_beside_the_decision_it_is_about() -> None:
    of_first = moment(11, "MinorityStatementFiled", YOUTH, decision=str(FIRST))
    of_second = moment(21, "MinorityStatementFiled", YOUTH, decision=str(SECOND))
    assert about([of_first, of_second], made, "MinorityStatementFiled") == [of_first]
