from contextlib import suppress
from functools import reduce

import pytest
from hypothesis import strategies as st

from services.members.domain.conflict import (
    Area,
    Concerned,
    Conflict,
    ConflictAreaNamed,
    ConflictCommand,
    ConflictEvent,
    NameConflictArea,
    RaiseTurfConcern,
    SettleTurf,
    Turf,
    TurfConcernRaised,
    TurfSettled,
    decider,
)
from services.members.domain.ids import OrgId, PersonId
from services.members.domain.standing import Author
from shared.decider import Refused
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import BUSES, CLINIC, MEALS, NAME, SCHOOL, UNION, WHY, by

ORG, HERE = Author(), Concerned(members=True)
AWAY, UNRAISED = Concerned(members=False), Concerned(members=True, issue=False)
name = NameConflictArea(name=NAME, issue=MEALS, orgs=(SCHOOL, CLINIC, SCHOOL))
area = ConflictAreaNamed(name=Sealed(NAME), issue=MEALS, orgs=(CLINIC, SCHOOL))
claim = RaiseTurfConcern(domain=NAME, with_=(UNION, SCHOOL))
raised = TurfConcernRaised(by=CLINIC, domain=Sealed(NAME), with_=(SCHOOL, UNION))
ALL = (CLINIC, SCHOOL, UNION)
propose = SettleTurf(parties=(UNION, SCHOOL, CLINIC), terms=WHY)
proposed = TurfSettled(by=CLINIC, parties=ALL, terms=Sealed(WHY))
agree = SettleTurf()


def given(*history: ConflictEvent) -> Given[ConflictCommand, Conflict, ConflictEvent]:
    return Given(decider, history)


def state(*history: ConflictEvent) -> Conflict:
    return reduce(decider.evolve, history, decider.initial)


def test_f73_an_area_is_named_in_advance_for_its_issue() -> None:
    given().when(name, by(UNION, ORG, HERE)).then(area)
    assert state(area) == Area(MEALS, (CLINIC, SCHOOL))
    given().when(NameConflictArea(name=NAME), by(UNION, ORG, HERE)).then(
        ConflictAreaNamed(name=Sealed(NAME), orgs=())
    )


def test_an_area_names_members_and_a_raised_issue() -> None:
    given().when(name, by(UNION, ORG, AWAY)).then_refused("not_a_member")
    given().when(name, by(UNION, ORG, UNRAISED)).then_refused("unknown_issue")


def test_a_conflict_is_recorded_once() -> None:
    other = name.model_copy(update={"issue": BUSES})
    given(area).when(other, by(UNION, ORG, HERE)).then_refused("already_raised")
    given(area).when(claim, by(CLINIC, ORG, HERE)).then_refused("already_raised")
    given(raised).when(name, by(CLINIC, ORG, HERE)).then_refused("already_raised")
    fewer = RaiseTurfConcern(domain=NAME, with_=(SCHOOL,))
    given(raised).when(fewer, by(CLINIC, ORG, HERE)).then_refused("already_raised")


def test_i4_naming_or_raising_again_changes_nothing() -> None:
    given(area).when(name, by(UNION, ORG, HERE)).then_nothing()
    given(raised).when(claim, by(CLINIC, ORG, HERE)).then_nothing()
    given(raised, proposed).when(claim, by(CLINIC, ORG, HERE)).then_nothing()


def test_f66_a_turf_concern_is_raised_with_those_who_claim_the_same() -> None:
    given().when(claim, by(CLINIC, ORG, HERE)).then(raised)
    assert state(raised) == Turf(frozenset(ALL))


def test_a_turf_concern_is_raised_with_other_members() -> None:
    given().when(claim, by(CLINIC, ORG, AWAY)).then_refused("not_a_member")
    for others in ((), (CLINIC,), (SCHOOL, CLINIC)):
        ask = RaiseTurfConcern(domain=NAME, with_=others)
        given().when(ask, by(CLINIC, ORG, HERE)).then_refused("with_itself")


def test_what_a_one_person_member_says_goes_with_the_person() -> None:
    alone = Author(PersonId(CLINIC))
    given().when(claim, by(CLINIC, alone, HERE)).then(
        TurfConcernRaised(by=CLINIC, domain=Sealed(NAME, CLINIC), with_=(SCHOOL, UNION))
    )


def test_f66_a_turf_is_settled_once_every_party_agreed() -> None:
    given(raised).when(propose, by(CLINIC, ORG, HERE)).then(proposed)
    given(raised, proposed).when(agree, by(SCHOOL)).then(TurfSettled(by=SCHOOL))
    history = raised, proposed, TurfSettled(by=SCHOOL)
    for at, settled in ((history, False), ((*history, TurfSettled(by=UNION)), True)):
        turf = state(*at)
        assert isinstance(turf, Turf)
        assert turf.settled is settled


def test_a_raised_turf_is_not_settled() -> None:
    turf = state(raised)
    assert isinstance(turf, Turf)
    assert not turf.settled


@pytest.mark.parametrize("history", [(), (area,)], ids=["nothing", "an area"])
def test_only_a_turf_concern_is_settled(history: tuple[ConflictEvent, ...]) -> None:
    given(*history).when(propose, by(CLINIC, ORG, HERE)).then_refused("unknown_concern")


def test_the_first_party_writes_the_terms() -> None:
    for ask in (agree, SettleTurf(terms=WHY), SettleTurf(parties=ALL), SettleTurf(parties=())):
        given(raised).when(ask, by(CLINIC, ORG, HERE)).then_refused("terms_missing")


def test_nobody_agrees_to_terms_unseen() -> None:
    given(raised, proposed).when(propose, by(SCHOOL, ORG, HERE)).then_refused("terms_stand")
    again = SettleTurf(terms=WHY)
    given(raised, proposed).when(again, by(SCHOOL, ORG, HERE)).then_refused("terms_stand")


def test_nobody_changes_terms_that_stand() -> None:
    for ask in (SettleTurf(terms=WHY), SettleTurf(parties=(CLINIC, SCHOOL), terms=WHY)):
        given(raised, proposed).when(ask, by(CLINIC, ORG, HERE)).then_refused("terms_stand")


def test_everybody_who_claims_the_domain_is_a_party() -> None:
    two = SettleTurf(parties=(CLINIC, SCHOOL), terms=WHY)
    given(raised).when(two, by(CLINIC, ORG, HERE)).then_refused("party_missing")
    given(raised).when(propose, by(CLINIC, ORG, AWAY)).then_refused("not_a_member")


def test_m12_only_a_named_party_settles() -> None:
    two = TurfConcernRaised(by=CLINIC, domain=Sealed(NAME), with_=(SCHOOL,))
    ask = SettleTurf(parties=(CLINIC, SCHOOL), terms=WHY)
    given(two).when(ask, by(UNION, ORG, HERE)).then_refused("not_a_party")
    written = TurfSettled(by=CLINIC, parties=(CLINIC, SCHOOL), terms=Sealed(WHY))
    given(two, written).when(agree, by(UNION)).then_refused("not_a_party")


def test_a_third_may_be_a_party() -> None:
    two = TurfConcernRaised(by=CLINIC, domain=Sealed(NAME), with_=(SCHOOL,))
    given(two).when(propose, by(UNION, ORG, HERE)).then(
        TurfSettled(by=UNION, parties=ALL, terms=Sealed(WHY))
    )


def test_i4_agreeing_again_changes_nothing() -> None:
    given(raised, proposed).when(agree, by(CLINIC)).then_nothing()
    given(raised, proposed).when(propose, by(CLINIC, ORG, HERE)).then_nothing()


some = st.lists(st.sampled_from(ALL), max_size=3).map(tuple)
commands = st.one_of(
    st.just(name),
    st.builds(RaiseTurfConcern, domain=st.just(NAME), with_=some),
    st.builds(SettleTurf, parties=st.none() | some, terms=st.sampled_from([None, WHY])),
)
contexts = st.builds(
    lambda org, named: by(org, ORG, named),
    st.sampled_from(ALL),
    st.sampled_from([HERE, HERE, AWAY, UNRAISED]),
)
requests = st.lists(st.tuples(commands, contexts), min_size=3)


@over(requests)
def test_laws(requests: list[tuple[ConflictCommand, Context]]) -> None:
    obey(decider, requests)


@over(
    st.lists(st.sampled_from(ALL), max_size=2, unique=True),
    st.lists(
        st.tuples(st.sampled_from(ALL), st.sampled_from([agree, propose]) | commands), min_size=3
    ),
)
def test_m12_each_party_settles_for_itself_alone(
    others: list[OrgId], asked: list[tuple[OrgId, ConflictCommand]]
) -> None:
    with_ = tuple(org for org in others if org != CLINIC) or (SCHOOL,)
    now = state(TurfConcernRaised(by=CLINIC, domain=Sealed(NAME), with_=with_))
    agreed: set[OrgId] = set()
    for org, command in asked:
        with suppress(Refused):
            for event in decider.decide(command, now, by(org, ORG, HERE)):
                assert isinstance(event, TurfSettled)
                assert event.by == org
                now = decider.evolve(now, event)
                agreed.add(org)
        assert isinstance(now, Turf)
        assert agreed <= set(now.parties)
        assert now.settled == (bool(agreed) and agreed >= now.claimants | set(now.parties))
