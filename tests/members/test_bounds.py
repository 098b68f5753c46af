"""Which class an event is recorded in, once a boundary was agreed."""

from typing import Any, get_args

import pytest
from hypothesis import strategies as st
from immutables import Map

from services.members.domain import bottomline, issue, relationship
from services.members.domain.bottomline import DeclareBottomLine, Stand, Term, Terms
from services.members.domain.ids import TermId
from services.members.domain.issue import ChangePosition, IssueRaised, TakePosition
from services.members.domain.membership import Itself
from services.members.domain.relationship import (
    AcceptAmends,
    OfferAmends,
    Pair,
    RecordTension,
    ReportBreach,
    SubmitTrustPulse,
)
from services.members.domain.standing import Author, Bounds, as_agreed
from shared.event import Event, Sealed, Visibility
from tests.laws import over
from tests.members.table import (
    CLINIC,
    NAME,
    OWN,
    SCHOOL,
    STEERING,
    TOMORROW,
    WHY,
    by,
    imported,
)
from tests.members.test_bottomline import RENT
from tests.members.test_relationship import LEAK, SIX

ORDER: tuple[Visibility, ...] = ("dyad", "body", "members")
"""From narrow to wide, as far as an agreement alone goes."""
TWO = Pair((CLINIC, SCHOOL), members=True)
TOGETHER = tuple(map(str, TWO.orgs))
RAISED = issue.evolve(None, IssueRaised(name=Sealed(NAME), summary=Sealed(WHY)))
TAKEN = issue.evolve(RAISED, issue.PositionTaken(by=CLINIC, position="support", reason=Sealed(WHY)))
LINE = DeclareBottomLine(term=TermId(RENT), acceptable=("low",), sealed=False, valid_until=TOMORROW)
REPORTED = relationship.evolve(
    relationship.decider.initial,
    relationship.BoundaryBreachReported(
        breach=LEAK, offender=CLINIC, kind="leak", what=Sealed(WHY)
    ),
)
OFFERED = relationship.evolve(REPORTED, relationship.AmendsOffered(breach=LEAK, offer=Sealed(WHY)))
WORDS = Author()
LOW = Terms(Map({TermId(RENT): Term(frozenset({"low"}))}))
PULSE = SubmitTrustPulse(about=SCHOOL, period="2026-Q1", **SIX)
BREACH = ReportBreach(breach=LEAK, offender=SCHOOL, kind="leak", what=WHY)
CASES: list[tuple[str, Any, Any, Any, tuple[object, ...], tuple[str, ...]]] = [
    ("position", issue.decider, TakePosition(position="support", reason=WHY), RAISED, (WORDS,),
     (f"org:{CLINIC}",)),
    ("position", issue.decider, ChangePosition(to="oppose", reason=WHY), TAKEN, (WORDS,),
     (f"org:{CLINIC}",)),
    ("bottom_line", bottomline.decider, LINE, Stand(), (OWN, Itself(CLINIC), LOW),
     (f"org:{CLINIC}",)),
    ("tension", relationship.decider, RecordTension(cause=WHY), None, (WORDS, TWO), TOGETHER),
    ("pulse", relationship.decider, PULSE, None, (TWO,), TOGETHER),
    ("breach", relationship.decider, BREACH, None, (WORDS, TWO), TOGETHER),
    ("breach", relationship.decider, OfferAmends(breach=LEAK, offer=WHY), REPORTED, (WORDS, TWO),
     TOGETHER),
    ("breach", relationship.decider, AcceptAmends(breach=LEAK), OFFERED, (TWO,), TOGETHER),
]  # fmt: skip


def recorded(case: Any, classes: dict[str, Visibility]) -> tuple[Visibility, tuple[str, ...]]:
    """Return the class and the audience of what a command of a case brings about."""
    _, decider, command, state, facts, _ = case
    actor = SCHOOL if isinstance(command, AcceptAmends) else CLINIC
    context = by(actor, *facts, Bounds(classes, STEERING))
    [event] = decider.decide(command, decider.initial if state is None else state, context)
    return event.recorded_within(None), event.audience


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {type(case[2]).__name__}")
def test_f21_the_boundary_agreement_sets_the_class(case: Any) -> None:
    kind, alone = case[0], case[5]
    usual = recorded(case, {})
    assert usual == (("dyad", TOGETHER) if alone == TOGETHER else ("members", ()))
    assert recorded(case, {"stance": "dyad"}) == usual
    assert recorded(case, {kind: "dyad"}) == ("dyad", alone)
    assert recorded(case, {kind: "body"}) == ("body", (f"body:{STEERING}",))
    for wide in ("members", "partners", "funders", "public"):
        assert recorded(case, {kind: wide}) == ("members", ())


def test_f21_a_sealed_line_stays_with_its_owner_whatever_was_agreed() -> None:
    sealed = LINE.model_copy(update={"sealed": True})
    facts = OWN, Itself(CLINIC), LOW, Bounds({"bottom_line": "members"}, STEERING)
    [event] = bottomline.decider.decide(sealed, Stand(), by(CLINIC, *facts))
    assert (event.recorded_within(None), event.audience) == ("dyad", (f"org:{CLINIC}",))


class Happened(Event):
    pass


kinds = st.sampled_from(["position", "pulse"])
classes = st.dictionaries(kinds, st.sampled_from(get_args(Visibility)))


@over(kinds, classes, st.sampled_from([None, STEERING]))
def test_f21_an_agreement_alone_widens_nothing_beyond_the_members(
    kind: str, agreed: dict[str, Visibility], body: Any
) -> None:
    event = as_agreed(Happened(), kind, [CLINIC, SCHOOL], by(CLINIC, Bounds(agreed, body)))
    found = event.recorded_within(None)
    assert found in ORDER
    asked = agreed.get(kind)
    if asked in ORDER and (asked != "body" or body):
        assert found == asked
    assert bool(event.audience) == (found != "members")


def test_f21_history_keeps_the_class_that_its_import_asks_for() -> None:
    event = as_agreed(Happened(), "position", [CLINIC], imported())
    assert event.recorded_within("public") == "public"
