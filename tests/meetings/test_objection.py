from typing import get_args
from uuid import UUID

from services.meetings.domain.electorate import Roll
from services.meetings.domain.ids import ObjectionId
from services.meetings.domain.objection import (
    OF_ONE_ORGANISATION,
    AccommodateObjection,
    Disposed,
    FormalObjectionRegistered,
    FormalObjectionResolved,
    ObjectionAccommodated,
    ObjectionOutweighed,
    ObjectionRaised,
    ObjectionRetracted,
    ObjectionSetAside,
    OutweighObjection,
    RaiseObjection,
    RegisterFormalObjection,
    ResolveFormalObjection,
    RetractObjection,
    SetAsideObjection,
)
from services.meetings.domain.proposal import ProposalEvent
from services.meetings.domain.rule import Method, Objecting, Option, Rule
from services.meetings.domain.voting import TakeStance
from shared.event import Sealed
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    COST,
    NEWCOMER,
    PLENARY,
    SCHOOL,
    STEERING,
    UNION,
    YOUTH,
)
from tests.meetings.test_proposal import (
    FIRST,
    SECOND,
    acting,
    amended,
    closed,
    given,
    opened,
    raised,
    ready,
    under_way,
    with_rule,
)

history = *under_way, raised(YOUTH)
weighable = *ready, with_rule(objections=Objecting(caller_may_outweigh=True)), raised(YOUTH)

retract = RetractObjection(objection=FIRST, reason=COST)
retracted = ObjectionRetracted(objection=FIRST, reason=Sealed(COST))
set_aside = SetAsideObjection(objection=FIRST, reasoning=COST)
was_set_aside = ObjectionSetAside(objection=FIRST, reasoning=Sealed(COST))
outweigh = OutweighObjection(objection=FIRST, reasoning=COST, alternatives=(BUS,))
was_outweighed = ObjectionOutweighed(
    objection=FIRST, reasoning=Sealed(COST), alternatives=Sealed((BUS,))
)
register = RegisterFormalObjection(objection=FIRST, to=STEERING)
registered = FormalObjectionRegistered(objection=FIRST, to=STEERING)
overrule = ResolveFormalObjection(objection=FIRST, result="overruled", reasoning=COST)
overruled = FormalObjectionResolved(objection=FIRST, result="overruled", reasoning=Sealed(COST))


def test_whom_the_rule_asks_may_object() -> None:
    ask = RaiseObjection(objection=FIRST, grounds=COST, remove_by=BUS)
    full = ObjectionRaised(by=YOUTH, objection=FIRST, grounds=Sealed(COST), remove_by=Sealed(BUS))
    given(*under_way).when(ask, acting(YOUTH)).then(full)
    given(*under_way).when(ask, acting(NEWCOMER)).then_refused("not_accredited")
    anybody = *ready, with_rule(objections=Objecting(who="any_member"))
    given(*anybody).when(ask, acting(NEWCOMER)).then(full.model_copy(update={"by": NEWCOMER}))
    left = acting(NEWCOMER, Roll(frozenset({CLINIC})))
    given(*anybody).when(ask, left).then_refused("not_accredited")


def test_i4_raising_an_objection_again_changes_nothing() -> None:
    ask = RaiseObjection(objection=FIRST, grounds=COST)
    given(*history).when(ask, acting(YOUTH)).then_nothing()
    given(*history).when(ask, acting(SCHOOL)).then_refused("already_raised")


def test_there_is_room_for_everybodys_objections_not_for_one_organisations_hundred() -> None:
    many = [ObjectionId(UUID(int=n)) for n in range(1, OF_ONE_ORGANISATION + 1)]
    full: tuple[ProposalEvent, ...] = (*under_way, *(raised(YOUTH, each) for each in many))
    ask = RaiseObjection(objection=FIRST, grounds=COST)
    given(*full).when(ask, acting(YOUTH)).then_refused("too_many_objections")
    stance = TakeStance(option=Option.OBJECT, reason=COST)
    given(*full).when(stance, acting(YOUTH)).then_refused("too_many_objections")
    given(*full).when(ask, acting(SCHOOL)).then(raised(SCHOOL))


def test_an_objection_that_nobody_raised_has_no_end() -> None:
    ask = RetractObjection(objection=SECOND, reason=COST)
    given(*history).when(ask, acting(YOUTH)).then_refused("unknown_objection")


def test_d11_only_the_objector_retracts() -> None:
    given(*history).when(retract, acting(CLINIC)).then_refused("not_the_objector")
    given(*history).when(retract, acting(YOUTH)).then(retracted)
    given(*history, retracted).when(retract, acting(YOUTH)).then_nothing()


def test_d11_only_the_objector_registers_a_formal_objection() -> None:
    given(*history).when(register, acting(CLINIC)).then_refused("not_the_objector")
    given(*history).when(register, acting(YOUTH)).then(registered)
    given(*history, registered).when(register, acting(YOUTH)).then_nothing()


def test_the_proposer_accommodates_by_a_later_amendment() -> None:
    ask = AccommodateObjection(objection=FIRST, amendment=2)
    answered = ObjectionAccommodated(objection=FIRST, amendment=2)
    changed = *history, closed("amended"), amended
    given(*changed).when(ask, acting(UNION)).then(answered)
    given(*changed, answered).when(ask, acting(UNION)).then_nothing()
    given(*changed).when(ask, acting(CLINIC)).then_refused("not_the_proposer")
    for version in (1, 3):
        wrong = AccommodateObjection(objection=FIRST, amendment=version)
        given(*changed).when(wrong, acting(UNION)).then_refused("unknown_amendment")


def test_d12_setting_aside_states_its_reasoning() -> None:
    bare = SetAsideObjection(objection=FIRST)
    given(*history).when(bare, acting(CLINIC)).then_refused("reasoning_required")
    given(*history).when(set_aside, acting(CLINIC)).then(was_set_aside)
    given(*history, was_set_aside).when(set_aside, acting(CLINIC)).then_nothing()


def test_d12_outweighing_lists_alternatives_and_needs_a_rule_that_allows_it() -> None:
    given(*weighable).when(outweigh, acting(CLINIC)).then(was_outweighed)
    given(*weighable, was_outweighed).when(outweigh, acting(CLINIC)).then_nothing()
    bare = OutweighObjection(objection=FIRST, reasoning=COST)
    given(*weighable).when(bare, acting(CLINIC)).then_refused("reasoning_required")
    mute = OutweighObjection(objection=FIRST, alternatives=(BUS,))
    given(*weighable).when(mute, acting(CLINIC)).then_refused("reasoning_required")
    given(*history).when(outweigh, acting(CLINIC)).then_refused("reasoning_required")


def test_d13_nobody_disposes_of_objections_to_its_own_proposal() -> None:
    given(*history).when(set_aside, acting(UNION)).then_refused("own_proposal")
    given(*weighable).when(outweigh, acting(UNION)).then_refused("own_proposal")


def test_d13_a_formal_objection_goes_to_another_body() -> None:
    ask = RegisterFormalObjection(objection=FIRST, to=PLENARY)
    given(*history).when(ask, acting(YOUTH)).then_refused("own_proposal")


def test_d13_nobody_judges_a_formal_objection_of_its_own() -> None:
    given(*history, registered).when(overrule, acting(CLINIC)).then(overruled)
    for party in (UNION, YOUTH):
        given(*history, registered).when(overrule, acting(party)).then_refused("own_proposal")


def test_d12_a_formal_objection_is_answered_with_reasons() -> None:
    mute = ResolveFormalObjection(objection=FIRST, result="upheld")
    given(*history, registered).when(mute, acting(CLINIC)).then_refused("reasoning_required")
    given(*history).when(overrule, acting(CLINIC)).then_refused("not_registered")


def test_an_upheld_objection_stands_again() -> None:
    upheld = FormalObjectionResolved(objection=FIRST, result="upheld", reasoning=Sealed(COST))
    ask = ResolveFormalObjection(objection=FIRST, result="upheld", reasoning=COST)
    appealed = *history, was_set_aside, registered
    given(*appealed).when(ask, acting(CLINIC)).then(upheld)
    given(*appealed, upheld).when(set_aside, acting(CLINIC)).then(was_set_aside)


def test_what_is_with_another_body_or_over_is_left_alone() -> None:
    given(*history, registered).when(set_aside, acting(CLINIC)).then_refused("already_resolved")
    given(*history, retracted).when(set_aside, acting(CLINIC)).then_refused("already_resolved")
    given(*history, was_set_aside).when(retract, acting(YOUTH)).then_refused("already_resolved")
    given(*history, retracted).when(register, acting(YOUTH)).then_refused("already_resolved")


def test_d14_a_resolution_is_seen_wherever_its_objection_is() -> None:
    for kind in get_args(Disposed):
        assert kind.visibility == ObjectionRaised.visibility
    answers = (
        (history, set_aside, CLINIC),
        (history, retract, YOUTH),
        (weighable, outweigh, CLINIC),
        (history, register, YOUTH),
        ((*history, registered), overrule, CLINIC),
    )
    for before, command, org in answers:
        state = given(*before).when(command, acting(org))
        (event,) = state.decider.decide(command, state.state, state.context)
        assert event.audience == ()


def test_outweighing_is_possible_between_rounds_as_the_last_rule_said() -> None:
    between = *weighable, closed("amended"), amended
    given(*between).when(outweigh, acting(CLINIC)).then(was_outweighed)
    strict = Rule(method=Method.MAJORITY)
    assert opened.terms == strict
