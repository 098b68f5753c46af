from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st

from services.members.domain.body import (
    Body,
    BodyCommand,
    BodyConstituted,
    BodyDissolved,
    BodyEvent,
    BodyMandateChanged,
    ChangeMandate,
    ConstituteBody,
    DissolveBody,
    FillSeat,
    Holder,
    ReleaseRole,
    ReserveSeat,
    RoleReleased,
    RoleTaken,
    Seatable,
    SeatFilled,
    SeatReserved,
    SeatVacated,
    TakeRole,
    Unique,
    VacateSeat,
    decider,
)
from services.members.domain.ids import IssueId, SeatId
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.members.table import (
    ACC_1,
    ACC_2,
    ADOPTED,
    BUSES,
    CHAIR,
    CLINIC,
    FORMAL,
    INFORMAL,
    MEALS,
    NAME,
    NOON,
    OWN,
    PARENTS,
    SCHOOL,
    STRANGER,
    TODAY,
    TOMORROW,
    UNION,
    UNKNOWN,
    WHY,
    by,
    by_itself,
    imported,
)

FIRST = Unique(plenary=False, steering=False)
SEAT = SeatId(UUID(int=71))
constitute = ConstituteBody(name=NAME, kind="working_group", scope=(MEALS, BUSES, MEALS))
group = BodyConstituted(name=Sealed(NAME), kind="working_group", scope=(BUSES, MEALS))
plenary = BodyConstituted(name=Sealed(NAME), kind="plenary", scope="all")
dissolved = BodyDissolved(reason=Sealed(WHY))
dissolve = DissolveBody(reason=WHY)
reserved = SeatReserved(seat=SEAT, constituency=PARENTS)
filled = SeatFilled(seat=SEAT, org=SCHOOL)
take = TakeRole(role="treasurer", accreditation=ACC_1)
taken = RoleTaken(role="treasurer", accreditation=ACC_1)
preside = TakeRole(role="chair", accreditation=ACC_1)
THEIRS = Holder(CLINIC)


def given(*history: BodyEvent) -> Given[BodyCommand, Body, BodyEvent]:
    return Given(decider, history)


def test_a_body_is_constituted_with_a_scope_in_order() -> None:
    given().when(constitute, by(UNION, FIRST)).then(group)


def test_m9_a_scope_is_not_empty() -> None:
    given().when(constitute.model_copy(update={"scope": ()}), by(UNION, FIRST)).then_refused(
        "no_scope"
    )
    given(group).when(ChangeMandate(scope=()), by(UNION, INFORMAL)).then_refused("no_scope")


def test_i4_constituting_again_changes_nothing() -> None:
    changed = BodyMandateChanged(scope="all")
    for history in ((group,), (group, changed), (group, dissolved)):
        given(*history).when(constitute, by(UNION, FIRST)).then_nothing()


def test_a_body_is_constituted_once() -> None:
    ask = constitute.model_copy(update={"scope": "all"})
    given(group).when(ask, by(UNION, FIRST)).then_refused("already_constituted")


def test_there_is_one_plenary_and_one_steering_body() -> None:
    both = Unique(plenary=True, steering=True)
    ask = ConstituteBody(name=NAME, kind="plenary", scope="all")
    given().when(ask, by(UNION, FIRST)).then(plenary)
    given().when(ask, by(UNION, both)).then_refused("one_plenary")
    ask = ConstituteBody(name=NAME, kind="steering", scope="all")
    given().when(ask, by(UNION, both)).then_refused("one_steering_body")
    given().when(constitute, by(UNION, both)).then(group)


def test_m1_a_body_cites_what_was_decided() -> None:
    ask = constitute.model_copy(update={"decision": "meetings/7"})
    given().when(ask, by(UNION, FIRST, UNKNOWN)).then_refused("needs_decision")
    given().when(ask, by(UNION, FIRST, ADOPTED)).then(
        group.model_copy(update={"decision": "meetings/7"})
    )


def test_a_mandate_changes() -> None:
    given(group).when(ChangeMandate(scope="all"), by(UNION, INFORMAL)).then(
        BodyMandateChanged(scope="all")
    )
    given(group).when(ChangeMandate(scope=(MEALS, BUSES)), by(UNION, FORMAL)).then_nothing()
    given().when(ChangeMandate(scope="all"), by(UNION, INFORMAL)).then_refused("unknown_body")


def test_m1_in_formal_mode_a_changed_mandate_cites_a_decision() -> None:
    given(group).when(ChangeMandate(scope="all"), by(UNION, FORMAL)).then_refused("needs_decision")
    ask = ChangeMandate(scope="all", decision="meetings/7")
    given(group).when(ask, by(UNION, FORMAL, UNKNOWN)).then_refused("needs_decision")
    given(group).when(ask, by(UNION, FORMAL, ADOPTED)).then(
        BodyMandateChanged(scope="all", decision="meetings/7")
    )


def test_m1_in_formal_mode_dissolving_cites_a_decision() -> None:
    given(group).when(dissolve, by(UNION, FORMAL)).then_refused("needs_decision")
    ask = DissolveBody(reason=WHY, decision="meetings/7")
    given(group).when(ask, by(UNION, FORMAL, ADOPTED)).then(
        BodyDissolved(reason=Sealed(WHY), decision="meetings/7")
    )


def test_a_body_is_dissolved_once() -> None:
    given(group).when(dissolve, by(UNION, INFORMAL)).then(dissolved)
    given(group, dissolved).when(dissolve, by(UNION, FORMAL)).then_nothing()
    given().when(dissolve, by(UNION, INFORMAL)).then_refused("unknown_body")


def test_the_plenary_lasts() -> None:
    given(plenary).when(dissolve, by(UNION, INFORMAL)).then_refused("plenary_stays")


@pytest.mark.parametrize(
    "ask",
    [
        ChangeMandate(scope="all"),
        ReserveSeat(seat=SEAT),
        FillSeat(seat=SEAT, org=SCHOOL),
        VacateSeat(seat=SEAT, reason="moved"),
        take,
        ReleaseRole(role="chair", accreditation=ACC_1),
    ],
    ids=lambda ask: type(ask).__name__,
)
def test_nothing_happens_in_a_dissolved_body(ask: BodyCommand) -> None:
    given(group, dissolved).when(ask, by(UNION, INFORMAL)).then_refused("unknown_body")


def test_a_seat_is_kept_filled_and_vacated() -> None:
    member = Seatable(member=True)
    given(group).when(ReserveSeat(seat=SEAT, constituency=PARENTS), by(UNION)).then(reserved)
    given(group, reserved).when(FillSeat(seat=SEAT, org=SCHOOL), by(UNION, member)).then(filled)
    vacated = SeatVacated(seat=SEAT, reason="moved")
    ask = VacateSeat(seat=SEAT, reason="moved")
    for context in (by(SCHOOL, OWN), by(UNION, CHAIR), imported()):
        given(group, reserved, filled).when(ask, context).then(vacated)
    given(group, reserved, filled).when(ask, by(UNION, STRANGER)).then_refused(
        "not_your_organisation"
    )


def test_i4_reserving_filling_or_vacating_again_changes_nothing() -> None:
    given(group, reserved).when(ReserveSeat(seat=SEAT), by(UNION)).then_nothing()
    given(group, reserved, filled).when(FillSeat(seat=SEAT, org=SCHOOL), by(UNION)).then_nothing()
    given(group, reserved).when(VacateSeat(seat=SEAT, reason="x"), by(UNION)).then_nothing()


def test_a_seat_is_there_free_and_for_a_member() -> None:
    fill = FillSeat(seat=SEAT, org=CLINIC)
    given(group).when(fill, by(UNION)).then_refused("unknown_seat")
    given(group).when(VacateSeat(seat=SEAT, reason="x"), by(UNION)).then_refused("unknown_seat")
    given(group, reserved, filled).when(fill, by(UNION)).then_refused("seat_taken")
    given(group, reserved).when(fill, by(UNION, Seatable(member=False))).then_refused(
        "not_a_member"
    )


def test_the_plenary_has_no_seats() -> None:
    for ask in (
        ReserveSeat(seat=SEAT),
        FillSeat(seat=SEAT, org=SCHOOL),
        VacateSeat(seat=SEAT, reason="x"),
    ):
        given(plenary).when(ask, by(UNION)).then_refused("no_seats")


def test_an_organisation_takes_a_role() -> None:
    given(group).when(take, by(CLINIC, OWN, THEIRS)).then(taken)
    given(group).when(take, by(UNION, CHAIR, THEIRS)).then_refused("not_your_organisation")
    given(group).when(take, by(CLINIC, OWN, Holder(None))).then_refused("not_accredited")


@pytest.mark.parametrize("role", ["chair", "secretary"])
def test_the_chair_makes_chair_and_secretary(role: str) -> None:
    ask = TakeRole(role=role, accreditation=ACC_1)
    chosen = RoleTaken(role=role, accreditation=ACC_1)
    for context in (by(UNION, CHAIR, THEIRS), imported(THEIRS)):
        given(group).when(ask, context).then(chosen)
    given(group).when(ask, by(CLINIC, OWN, THEIRS)).then_refused("not_the_chair")
    given(group).when(ask, by(UNION, CHAIR, Holder(None))).then_refused("not_accredited")


def test_a_role_may_be_prolonged() -> None:
    ask = TakeRole(role="treasurer", accreditation=ACC_1, until=TODAY)
    given(group, taken).when(ask, by(CLINIC, OWN, THEIRS)).then(
        RoleTaken(role="treasurer", accreditation=ACC_1, until=TODAY)
    )


def test_a_role_is_released() -> None:
    ask = ReleaseRole(role="treasurer", accreditation=ACC_1)
    released = RoleReleased(role="treasurer", accreditation=ACC_1)
    for context in (by(CLINIC, OWN), by(UNION, CHAIR), imported()):
        given(group, taken).when(ask, context).then(released)
    given(group, taken).when(ask, by(UNION, STRANGER)).then_refused("not_your_organisation")


def test_i4_taking_or_releasing_again_changes_nothing() -> None:
    given(group, taken).when(take, by(CLINIC, OWN, THEIRS)).then_nothing()
    ask = ReleaseRole(role="treasurer", accreditation=ACC_1)
    given(group).when(ask, by(CLINIC, OWN)).then_nothing()


def test_a_role_is_over_the_day_after_its_last() -> None:
    ask = ReleaseRole(role="treasurer", accreditation=ACC_1)
    released = RoleReleased(role="treasurer", accreditation=ACC_1)
    until_today = taken.model_copy(update={"until": TODAY})
    tomorrow = by_itself(NOON + timedelta(days=1))
    given(group, until_today).when(ask, tomorrow).then(released)
    given(group, until_today).when(ask, by_itself()).then_refused("too_soon")
    prolonged = taken.model_copy(update={"until": TOMORROW})
    given(group, until_today, prolonged).when(ask, tomorrow).then_refused("too_soon")


def test_a_role_without_a_last_day_or_that_nobody_has_is_not_released_by_itself() -> None:
    ask = ReleaseRole(role="treasurer", accreditation=ACC_1)
    much_later = by_itself(NOON + timedelta(days=9_000))
    until_today = taken.model_copy(update={"until": TODAY})
    given().when(ask, much_later).then_nothing()
    given(group).when(ask, much_later).then_nothing()
    given(group, taken).when(ask, much_later).then_nothing()
    given(group, until_today, taken).when(ask, much_later).then_nothing()
    gone = BodyDissolved(reason=Sealed(WHY))
    given(group, until_today, gone).when(ask, much_later).then_nothing()


maybe = st.none() | st.just("meetings/7")
scopes = st.sampled_from(["all", (), (BUSES,), (MEALS, BUSES)])
roles = {
    "role": st.sampled_from(["chair", "treasurer"]),
    "accreditation": st.sampled_from([ACC_1, ACC_2]),
}
commands = st.one_of(
    st.builds(
        ConstituteBody,
        name=st.just(NAME),
        kind=st.sampled_from(["working_group", "steering", "plenary"]),
        scope=scopes,
        decision=maybe,
    ),
    st.builds(ChangeMandate, scope=scopes, decision=maybe),
    st.just(ReserveSeat(seat=SEAT, constituency=PARENTS)),
    st.builds(FillSeat, seat=st.just(SEAT), org=st.sampled_from([CLINIC, SCHOOL])),
    st.just(VacateSeat(seat=SEAT, reason="moved")),
    st.builds(TakeRole, until=st.sampled_from([None, TOMORROW]), **roles),
    st.builds(ReleaseRole, **roles),
    st.builds(DissolveBody, reason=st.just(WHY), decision=maybe),
)
contexts = st.builds(
    lambda *facts: by(CLINIC, FIRST, *facts),
    st.sampled_from([INFORMAL, FORMAL]),
    st.sampled_from([ADOPTED, UNKNOWN]),
    st.sampled_from([OWN, CHAIR, STRANGER]),
    st.sampled_from([THEIRS, Holder(None)]),
    st.booleans().map(Seatable),
)


@over(st.lists(st.tuples(commands, contexts), min_size=3))
def test_laws(requests: list[tuple[BodyCommand, Context]]) -> None:
    obey(decider, requests)


@over(st.lists(st.sampled_from([MEALS, BUSES]), max_size=3))
def test_m9_whatever_is_asked_no_body_is_without_a_scope(issues: list[IssueId]) -> None:
    scope = tuple(issues)
    begins = given().when(constitute.model_copy(update={"scope": scope}), by(UNION, FIRST))
    changes = given(plenary).when(ChangeMandate(scope=scope), by(UNION, INFORMAL))
    if scope:
        kept = tuple(sorted(set(scope)))
        begins.then(group.model_copy(update={"scope": kept}))
        changes.then(BodyMandateChanged(scope=kept))
    else:
        begins.then_refused("no_scope")
        changes.then_refused("no_scope")
