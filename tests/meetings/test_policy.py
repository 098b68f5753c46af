from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.meetings.domain.electorate import Roll
from services.meetings.domain.policy import (
    AdoptPolicy,
    AgreePolicy,
    AskedUnit,
    Cited,
    DeclinePolicy,
    Drafted,
    DraftPolicy,
    Policy,
    PolicyAdaptationReported,
    PolicyAdopted,
    PolicyAgreed,
    PolicyCommand,
    PolicyDeclined,
    PolicyDrafted,
    PolicyEvent,
    PolicyRetired,
    Presides,
    ReportAdaptation,
    RetirePolicy,
    Unit,
    UnitId,
    decider,
)
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import (
    BUS,
    CLINIC,
    COST,
    NEWCOMER,
    NEWS,
    NOON,
    SCHOOL,
    UNION,
    VAN,
    by,
    imported,
    knowing,
)

RED, BLUE = (UnitId(UUID(int=n)) for n in (71, 72))
LATER = NOON + timedelta(hours=1)
ROLL = Roll(frozenset({CLINIC, SCHOOL, UNION}))
KNOWN = ROLL, Cited(adopted=True), Presides(presides=True)

draft = DraftPolicy(title=VAN, text=BUS)
drafted = PolicyDrafted(by=UNION, title=Sealed(VAN), text=Sealed(BUS))
RED_ROOM = AskedUnit(unit=RED, owner=SCHOOL, name=VAN)
BLUE_ROOM = AskedUnit(unit=BLUE, owner=UNION, name=BUS)
agree = AgreePolicy(relation="fills_gap", units=(BLUE_ROOM, RED_ROOM), decision="meetings/41")
agreed = PolicyAgreed(
    version=1,
    relation="fills_gap",
    units=(
        Unit(unit=RED, owner=SCHOOL, name=Sealed(VAN)),
        Unit(unit=BLUE, owner=UNION, name=Sealed(BUS)),
    ),
    decision="meetings/41",
)
adopt = AdoptPolicy(unit=RED, reason=NEWS)
adopted = PolicyAdopted(by=SCHOOL, unit=RED, reason=Sealed(NEWS))
decline = DeclinePolicy(unit=RED, reason=COST)
declined = PolicyDeclined(by=SCHOOL, unit=RED, reason=Sealed(COST))
adapt = ReportAdaptation(unit=RED, change=NEWS)
adapted = PolicyAdaptationReported(by=SCHOOL, at=NOON, unit=RED, change=Sealed(NEWS))
drop = RetirePolicy(unit=RED, reason=COST)
dropped = PolicyRetired(unit=RED, reason=Sealed(COST))
retire = RetirePolicy(reason=COST)
retired = PolicyRetired(reason=Sealed(COST))

chair = by(CLINIC, facts=KNOWN)
school = by(SCHOOL, facts=KNOWN)
union = by(UNION, facts=KNOWN)


def given(*history: PolicyEvent) -> Given[PolicyCommand, Policy, PolicyEvent]:
    return Given(decider, history)


def test_a_policy_is_drafted_by_a_member() -> None:
    given().when(draft, union).then(drafted)
    given(drafted).when(draft, union).then_nothing()
    given(drafted).when(draft, school).then_refused("already_drafted")
    given().when(draft, by(None)).then_refused("no_organisation")


@pytest.mark.parametrize("command", [agree, adopt, decline, adapt, drop, retire])
def test_what_was_not_drafted_is_nobodys_policy(command: PolicyCommand) -> None:
    given().when(command, chair).then_refused("unknown_policy")


def test_f109_a_policy_is_agreed_on_with_its_relation_to_the_rules_that_hold_anyway() -> None:
    given(drafted).when(agree, chair).then(agreed)
    given(drafted, agreed).when(agree, chair).then_nothing()
    stronger = agree.model_copy(update={"relation": "overrides"})
    given(drafted, agreed).when(stronger, chair).then(
        agreed.model_copy(update={"relation": "overrides", "version": 2})
    )
    given(drafted, retired).when(agree, chair).then_refused("policy_retired")


def test_i2_each_unit_is_named_once_and_a_member_answers_for_it() -> None:
    strange = AskedUnit(unit=BLUE, owner=NEWCOMER, name=BUS)
    unknown = agree.model_copy(update={"units": (strange,)})
    given(drafted).when(unknown, chair).then_refused("unknown_organisation")
    twice = agree.model_copy(update={"units": (RED_ROOM, RED_ROOM)})
    given(drafted).when(twice, chair).then_refused("unit_named_twice")


def test_a_decision_that_is_cited_was_made_and_adopted() -> None:
    nothing = knowing(chair, Cited(adopted=False))
    given(drafted).when(agree, nothing).then_refused("needs_decision")
    uncited = agree.model_copy(update={"decision": None})
    given(drafted).when(uncited, nothing).then(agreed.model_copy(update={"decision": None}))


def test_c11_each_unit_answers_for_itself() -> None:
    command: PolicyCommand
    history = drafted, agreed
    given(*history).when(adopt, school).then(adopted)
    given(*history).when(decline, school).then(declined)
    for command in (adopt, decline):
        given(*history).when(command, union).then_refused("voluntary")
    for command in (adapt, drop):
        given(*history, adopted).when(command, union).then_refused("voluntary")
        given(*history, adopted).when(command, chair).then_refused("voluntary")
    for command in (adopt, decline, adapt, drop):
        given(drafted).when(command, school).then_refused("unknown_unit")
        given(*history).when(command, by(None)).then_refused("no_organisation")


def test_f107_who_declined_may_adopt_and_who_adopted_drops() -> None:
    history = drafted, agreed
    given(*history, adopted).when(adopt, school).then_nothing()
    given(*history, adopted, adapted).when(adopt, school).then_nothing()
    given(*history, declined).when(adopt, school).then(adopted)
    given(*history, declined).when(decline, school).then_nothing()
    given(*history, adopted).when(decline, school).then_refused("already_answered")
    given(*history, adopted, dropped).when(decline, school).then_refused("already_answered")
    given(*history, adopted).when(drop, school).then(dropped)
    given(*history, adopted, adapted).when(drop, school).then(dropped)
    given(*history, adopted, dropped).when(drop, school).then_nothing()
    given(*history, adopted, dropped).when(adopt, school).then(adopted)
    given(*history).when(drop, school).then_refused("not_adopted")
    given(*history, declined).when(drop, school).then_refused("not_adopted")


def test_f107_what_is_adopted_may_be_adapted_more_than_once() -> None:
    history = drafted, agreed, adopted
    given(*history).when(adapt, school).then(adapted)
    given(*history, adapted).when(adapt, school).then_nothing()
    given(*history, adapted).when(adapt, replace(school, at=LATER)).then(
        adapted.model_copy(update={"at": LATER})
    )
    given(drafted, agreed).when(adapt, school).then_refused("not_adopted")
    given(drafted, agreed, declined).when(adapt, school).then_refused("not_adopted")


def test_the_chair_retires_a_policy_for_all() -> None:
    command: PolicyCommand
    history = drafted, agreed, adopted
    given(*history).when(retire, chair).then(retired)
    given(*history, retired).when(retire, chair).then_nothing()
    other = knowing(school, Presides(presides=False))
    given(*history).when(retire, other).then_refused("not_the_chair")
    given(*history).when(retire, imported(None)).then(retired)
    for command in (adapt, drop):
        given(*history, retired).when(command, school).then_refused("policy_retired")
    for command in (adopt, decline):
        given(drafted, agreed, retired).when(command, school).then_refused("policy_retired")


def test_agreed_on_again_a_unit_keeps_its_answer_while_it_is_the_same_owners() -> None:
    more = agreed.model_copy(update={"version": 2, "units": agreed.units[:1]})
    given(drafted, agreed, adopted, more).when(adopt, school).then_nothing()
    handed = (Unit(unit=RED, owner=UNION, name=Sealed(VAN)),)
    other = agreed.model_copy(update={"version": 2, "units": handed})
    given(drafted, agreed, adopted, other).when(adopt, school).then_refused("voluntary")
    theirs = adopted.model_copy(update={"by": UNION})
    given(drafted, agreed, adopted, other).when(adopt, union).then(theirs)


units = st.sampled_from([RED, BLUE])
commands: st.SearchStrategy[PolicyCommand] = st.one_of(
    st.just(draft),
    st.builds(
        AgreePolicy,
        relation=st.sampled_from(["overrides", "none"]),
        units=st.sampled_from([(RED_ROOM,), (RED_ROOM, BLUE_ROOM)]),
    ),
    st.builds(AdoptPolicy, unit=units, reason=st.just(NEWS)),
    st.builds(DeclinePolicy, unit=units, reason=st.just(COST)),
    st.builds(ReportAdaptation, unit=units, change=st.just(NEWS)),
    st.builds(RetirePolicy, unit=st.one_of(st.none(), units, units, units), reason=st.just(COST)),
)
contexts = st.builds(
    lambda org, at: by(org, at, facts=KNOWN),
    st.sampled_from([SCHOOL, UNION]),
    st.sampled_from([NOON, LATER]),
)
Requests = list[tuple[PolicyCommand, Context]]


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: Requests) -> None:
    obey(decider, requests)


OPENED: tuple[tuple[PolicyCommand, Context], ...] = (
    (draft, union),
    (AgreePolicy(relation="none", units=(RED_ROOM, BLUE_ROOM)), chair),
)


@over(st.lists(st.tuples(commands, contexts), min_size=5, max_size=30), examples=100)
def test_c11_nobody_answers_for_the_unit_of_another(requests: Requests) -> None:
    policy = decider.initial
    for command, context in (*OPENED, *requests):
        try:
            events = decider.decide(command, policy, context)
        except Refused:
            continue
        for event in events:
            unit = getattr(event, "unit", None)
            if unit is not None:
                assert isinstance(policy, Drafted)
                assert policy.units[unit].owner == context.by
            policy = decider.evolve(policy, event)
    assert isinstance(policy, Drafted)
    assert {cell.owner for cell in policy.units.values()} <= {SCHOOL, UNION}
