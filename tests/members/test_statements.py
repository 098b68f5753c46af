"""What members say of themselves: what they bring and gain, what they accept, who is with them."""

from contextlib import suppress
from functools import reduce
from typing import get_args

import pytest
from hypothesis import strategies as st

from services.members.domain.membership import (
    AcceptGroundRules,
    AcknowledgeStructure,
    AlignmentStated,
    DecisionStructureAcknowledged,
    DeclareRelated,
    GroundRulesAccepted,
    Here,
    HoldBriefing,
    InterestStated,
    InternalBriefingHeld,
    Involvement,
    InvolvementLevelSet,
    Itself,
    Joined,
    Membership,
    MembershipCommand,
    MembershipEvent,
    NamePointPerson,
    NeedStated,
    PointPersonNamed,
    RelatedOrganizationDeclared,
    SetInvolvement,
    StateAlignment,
    StateInterest,
    StateNeed,
    decider,
)
from services.members.domain.standing import Charter
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    BO,
    CHAIR,
    CLINIC,
    NAME,
    OWN,
    SCHOOL,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    WHY,
    by,
    imported,
)
from tests.members.test_membership import SELF, admit, applied, joined, joined_alone, left

SECOND = Charter(ground_rules=2, structure=2)
HERE, NOT_HERE, OF_CLINIC = Here(known=True), Here(known=False), Itself(CLINIC)
align = StateAlignment(brings=NAME, problem=WHY, goals=WHY)
gain, need = StateInterest(mutual_benefit=WHY), StateNeed(need=WHY, stakeholders=NAME)
relate = DeclareRelated(related=(UNION, SCHOOL, UNION))
related = RelatedOrganizationDeclared(related=(SCHOOL, UNION))
brief = HoldBriefing(on=TODAY, attended=4)
briefed = InternalBriefingHeld(on=TODAY, attended=4)
ALL: list[MembershipCommand] = [
    align, gain, need, SetInvolvement(phase="design", level="decide"), relate, brief,
    AcceptGroundRules(version=2), AcknowledgeStructure(version=2), NamePointPerson(person=BO),
]  # fmt: skip


def given(*history: MembershipEvent) -> Given[MembershipCommand, Membership, MembershipEvent]:
    return Given(decider, history)


@pytest.mark.parametrize("command", ALL, ids=lambda command: type(command).__name__)
def test_only_a_member_speaks_and_only_for_itself(command: MembershipCommand) -> None:
    facts = SECOND, HERE, OF_CLINIC
    for history in ((), (applied,), (joined, left)):
        given(*history).when(command, by(CLINIC, OWN, *facts)).then_refused("not_a_member")
    given(joined).when(command, by(UNION, STRANGER, *facts)).then_refused("not_your_organisation")


def test_f29_a_member_answers_the_three_questions() -> None:
    stated = AlignmentStated(brings=Sealed(NAME), problem=Sealed(WHY), goals=Sealed(WHY))
    given(joined).when(align, by(CLINIC, OWN)).then(stated)
    given(joined, stated).when(align, by(CLINIC, OWN)).then(stated)


def test_a_member_says_what_it_gains_and_needs() -> None:
    gains = InterestStated(mutual_benefit=Sealed(WHY))
    needs = NeedStated(need=Sealed(WHY), stakeholders=Sealed(NAME))
    for context in (by(CLINIC, OWN), imported()):
        given(joined).when(gain, context).then(gains)
        given(joined).when(need, context).then(needs)


def test_what_a_one_person_member_says_goes_with_the_person() -> None:
    given(joined_alone).when(gain, by(CLINIC, SELF)).then(
        InterestStated(mutual_benefit=Sealed(WHY, BO), answers_to=Sealed(None, BO))
    )
    given(joined_alone).when(need, by(CLINIC, SELF)).then(
        NeedStated(need=Sealed(WHY, BO), stakeholders=Sealed(NAME, BO))
    )


def test_f39_involvement_is_set_for_each_phase() -> None:
    ask = SetInvolvement(phase="design", level="inform")
    told = InvolvementLevelSet(phase="design", level="inform")
    given(joined).when(ask, by(CLINIC, OWN)).then(told)
    given(joined).when(ask, by(UNION, CHAIR)).then(told)
    given(joined, told).when(ask, by(CLINIC, OWN)).then_nothing()
    more = SetInvolvement(phase="design", level="decide")
    given(joined, told).when(more, by(CLINIC, OWN)).then(
        InvolvementLevelSet(phase="design", level="decide")
    )


def test_m2_only_the_current_version_is_accepted() -> None:
    accept, acknowledge = AcceptGroundRules(version=2), AcknowledgeStructure(version=2)
    given(joined).when(accept, by(CLINIC, OWN, SECOND)).then(GroundRulesAccepted(version=2))
    given(joined).when(acknowledge, by(CLINIC, OWN, SECOND)).then(
        DecisionStructureAcknowledged(version=2)
    )
    for charter in (Charter(), Charter(ground_rules=1, structure=1), Charter(ground_rules=3)):
        for ask in (accept, acknowledge):
            given(joined).when(ask, by(CLINIC, OWN, charter)).then_refused("unknown_version")
    for none in (AcceptGroundRules(version=0), AcknowledgeStructure(version=0)):
        given(joined).when(none, by(CLINIC, OWN, Charter())).then_refused("unknown_version")


def test_i4_accepting_again_changes_nothing() -> None:
    accepted, known = GroundRulesAccepted(version=2), DecisionStructureAcknowledged(version=2)
    given(joined, accepted).when(
        AcceptGroundRules(version=2), by(CLINIC, OWN, SECOND)
    ).then_nothing()
    given(joined, known).when(
        AcknowledgeStructure(version=2), by(CLINIC, OWN, SECOND)
    ).then_nothing()


def test_f47_m2_a_new_version_asks_again() -> None:
    third = Charter(ground_rules=3, structure=3)
    given(joined, GroundRulesAccepted(version=2)).when(
        AcceptGroundRules(version=3), by(CLINIC, OWN, third)
    ).then(GroundRulesAccepted(version=3))


def test_m5_who_joined_accepted_the_rules_as_they_were() -> None:
    in_second = joined.model_copy(update={"ground_rules": 2})
    given(in_second).when(AcceptGroundRules(version=2), by(CLINIC, OWN, SECOND)).then_nothing()


def test_m6_a_member_declares_the_whole_set_of_those_related_to_it() -> None:
    facts = OWN, OF_CLINIC, HERE
    given(joined).when(relate, by(CLINIC, *facts)).then(related)
    given(joined, related).when(relate, by(CLINIC, *facts)).then_nothing()
    given(joined, related).when(DeclareRelated(related=()), by(CLINIC, *facts)).then(
        RelatedOrganizationDeclared(related=())
    )


def test_m6_nobody_is_related_to_itself_or_to_strangers() -> None:
    ask = DeclareRelated(related=(CLINIC, UNION))
    given(joined).when(ask, by(CLINIC, OWN, OF_CLINIC, HERE)).then_refused("related_to_itself")
    given(joined).when(relate, by(CLINIC, OWN, OF_CLINIC, NOT_HERE)).then_refused("not_a_member")


def test_f51_a_member_names_a_point_person_and_holds_briefings() -> None:
    given(joined).when(NamePointPerson(person=BO), by(CLINIC, OWN, HERE)).then(
        PointPersonNamed(person=Sealed(BO, BO))
    )
    given(joined).when(NamePointPerson(person=BO), by(CLINIC, OWN, NOT_HERE)).then_refused(
        "unknown_person"
    )
    given(joined).when(brief, by(CLINIC, OWN)).then(briefed)
    given(joined, briefed).when(brief, by(CLINIC, OWN)).then_nothing()
    ahead = HoldBriefing(on=TOMORROW, attended=4)
    given(joined).when(ahead, by(CLINIC, OWN)).then_refused("not_yet")


commands = st.one_of(
    st.just(admit),
    st.sampled_from(ALL),
    st.builds(
        SetInvolvement,
        phase=st.sampled_from(["design", "report"]),
        level=st.sampled_from(get_args(Involvement)),
    ),
    st.builds(AcceptGroundRules, version=st.integers(0, 3)),
    st.builds(AcknowledgeStructure, version=st.integers(0, 3)),
    st.builds(DeclareRelated, related=st.sets(st.sampled_from([CLINIC, SCHOOL, UNION])).map(tuple)),
    st.builds(HoldBriefing, on=st.sampled_from([TODAY, TOMORROW]), attended=st.integers(1, 3)),
)
contexts = st.builds(
    lambda *facts: by(CLINIC, OF_CLINIC, *facts),
    st.builds(Charter, ground_rules=st.integers(0, 3), structure=st.integers(0, 3)),
    st.sampled_from([OWN, CHAIR, STRANGER]),
    st.sampled_from([HERE, NOT_HERE]),
)


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[MembershipCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_m6_nobody_is_ever_related_to_itself(
    requests: list[tuple[MembershipCommand, Context]],
) -> None:
    state = decider.evolve(None, joined)
    for command, context in requests:
        with suppress(Refused):
            state = reduce(decider.evolve, decider.decide(command, state, context), state)
        assert isinstance(state, Joined)
        assert CLINIC not in state.related


@over(st.lists(st.tuples(commands, contexts), max_size=20))
def test_m2_what_is_accepted_is_current_and_a_new_version_asks_again(
    requests: list[tuple[MembershipCommand, Context]],
) -> None:
    state = reduce(decider.evolve, (joined,), decider.initial)
    accepted: dict[type, int] = {GroundRulesAccepted: joined.ground_rules}
    for command, context in requests:
        charter = context.fact(Charter)
        current = {
            AcceptGroundRules: (GroundRulesAccepted, charter.ground_rules),
            AcknowledgeStructure: (DecisionStructureAcknowledged, charter.structure),
        }
        kind, version = current.get(type(command), (None, 0))
        with suppress(Refused):
            for event in decider.decide(command, state, context):
                if isinstance(event, GroundRulesAccepted | DecisionStructureAcknowledged):
                    assert (type(event), event.version) == (kind, version)
                    assert getattr(command, "version", 0) == version > 0
                    accepted[type(event)] = version
                state = decider.evolve(state, event)
            if kind is not None:
                assert accepted[kind] == version
